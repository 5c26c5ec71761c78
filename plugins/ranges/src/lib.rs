//! A data check that holds the values of columns between a smallest and a largest.

mod column;
mod judge;
mod parameters;

use column::Counts;
use judge::Seen;
use parameters::{Bounds, Parameters};
use portcullis_policy::dataset::{self, Column};
use portcullis_policy::{Error, Failure, Judgement, Policy};

struct Ranges;

impl Policy for Ranges {
    type Parameters = Parameters;

    const PARAMETERS: &'static str = include_str!("../parameters.json");

    fn judge(parameters: Parameters) -> Result<Judgement, Error> {
        parameters.check()?;
        let data = dataset::current();
        let rows = data.row_count();
        let column =
            |name: &str| data.column(name).ok_or_else(|| format!("the host lists a column `{name}` but has none"));
        let mut columns = Vec::new();
        for name in data.column_names() {
            let kind = column(&name)?.kind();
            columns.push((name, kind));
        }
        judge::judge(&parameters, &columns, |name, bounds| match read(&column(name)?, bounds, rows) {
            Ok(counts) => Ok(Seen::Counts(counts)),
            Err(failure) if failure.is("not-numeric") => Ok(Seen::NotNumeric),
            Err(failure) if failure.is("withheld") => Ok(Seen::Withheld),
            Err(failure) if failure.is("small-group") => Ok(Seen::TooFew(failure.message)),
            Err(failure) => Err(failure.into()),
        })
    }
}

fn read(column: &Column, bounds: &Bounds, rows: f64) -> Result<Counts, Failure> {
    Ok(Counts {
        outside: column.count_outside(bounds.min, bounds.max)?,
        values: rows - column.null_count()?,
        lowest: column.minimum()?,
        highest: column.maximum()?,
    })
}

portcullis_policy::export!(data - check, Ranges);
