//! A data check that compares the columns and their types with those expected.

mod judge;

use std::collections::BTreeMap;

use portcullis_policy::{Error, Judgement, Policy, dataset};
use serde::Deserialize;

struct Schema;

/// What the user may set; `parameters.json` describes it and holds the defaults.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameters {
    columns: BTreeMap<String, String>,
    optional: Vec<String>,
    unexpected: Unexpected,
    order: Vec<String>,
}

/// What to make of a column that nobody listed.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Unexpected {
    Allow,
    Warn,
    Forbid,
}

impl Policy for Schema {
    type Parameters = Parameters;

    const PARAMETERS: &'static str = include_str!("../parameters.json");

    fn judge(parameters: Parameters) -> Result<Judgement, Error> {
        if parameters.columns.is_empty() {
            return Err("there is nothing to judge: give `columns`, a type for each name".into());
        }
        if let Some(name) = parameters.optional.iter().find(|name| !parameters.columns.contains_key(*name)) {
            return Err(format!("`optional` names `{name}`, which `columns` does not have").into());
        }
        let data = dataset::current();
        let mut actual = Vec::new();
        for name in data.column_names() {
            let column = data.column(&name).ok_or_else(|| format!("the host lists a column `{name}` but has none"))?;
            actual.push((name, column.kind()));
        }
        Ok(judge::judge(&parameters, &actual))
    }
}

portcullis_policy::export!(data - check, Schema);
