//! A data check that limits the share of missing values in each column, and the number of rows from below.

mod judge;

use std::collections::BTreeMap;

use judge::Nulls;
use portcullis_policy::{Error, Judgement, Policy, dataset};
use serde::Deserialize;

struct Completeness;

/// What the user may set; `parameters.json` describes it and holds the defaults.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameters {
    max_null_share: f64,
    columns: BTreeMap<String, f64>,
    ignore: Vec<String>,
    min_rows: f64,
}

impl Parameters {
    /// Refuses a column that is to be judged and ignored at once.
    fn check(&self) -> Result<(), Error> {
        match self.ignore.iter().find(|name| self.columns.contains_key(*name)) {
            Some(name) => Err(format!("`ignore` and `columns` both name `{name}`: take it out of one of them").into()),
            None => Ok(()),
        }
    }
}

impl Policy for Completeness {
    type Parameters = Parameters;

    const PARAMETERS: &'static str = include_str!("../parameters.json");

    fn judge(parameters: Parameters) -> Result<Judgement, Error> {
        parameters.check()?;
        let data = dataset::current();
        let mut columns = Vec::new();
        for name in data.column_names() {
            if parameters.ignore.contains(&name) {
                continue;
            }
            let column = data.column(&name).ok_or_else(|| format!("the host lists a column `{name}` but has none"))?;
            let nulls = match column.null_count() {
                Ok(count) => Nulls::Count(count),
                Err(failure) if failure.is("withheld") => Nulls::Withheld,
                Err(failure) if failure.is("small-group") => Nulls::TooFew(failure.message),
                Err(failure) => return Err(failure.into()),
            };
            columns.push((name, nulls));
        }
        Ok(judge::judge(&parameters, data.row_count(), &columns))
    }
}

portcullis_policy::export!(data - check, Completeness);
