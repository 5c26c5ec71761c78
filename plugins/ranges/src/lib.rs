//! A data check that holds the values of columns between a smallest and a largest.

mod judge;
mod parameters;

use judge::Counts;
use parameters::{Bounds, Parameters};
use portcullis_policy::dataset::{self, Column};
use portcullis_policy::text::list;
use portcullis_policy::{Error, Failure, Finding, Judgement, Policy};

struct Ranges;

impl Policy for Ranges {
    type Parameters = Parameters;

    const PARAMETERS: &'static str = include_str!("../parameters.json");

    fn judge(parameters: Parameters) -> Result<Judgement, Error> {
        parameters.check()?;
        let data = dataset::current();
        let names = data.column_names();
        let mut findings = unmatched(&parameters, &names);
        let (mut measures, mut open) = (Vec::new(), false);
        for name in &names {
            let column = data.column(name).ok_or_else(|| format!("the host lists a column `{name}` but has none"))?;
            let Some((bounds, mostly)) = parameters.bounds(name, &column.kind()) else { continue };
            match read(&column, &bounds, data.row_count()) {
                Ok(counts) => {
                    let (finding, measure) = judge::judge(name, &bounds, mostly, &counts);
                    findings.extend(finding);
                    measures.push(measure);
                }
                Err(failure) if failure.is("not-numeric") => {
                    let message = format!("column `{name}` is of type {}, which has no range", column.kind());
                    findings
                        .push(Finding::error("not-numeric", message).subject("column", name).expected(bounds.text()));
                }
                Err(failure) if failure.is("small-group") => {
                    findings.push(Finding::warning("small-group", failure.message).subject("column", name));
                    open = true;
                }
                // Whoever named the column wants it judged; whoever did not has chosen to withhold it.
                Err(failure) if failure.is("withheld") && !parameters.columns.contains_key(name) => {
                    let message = format!("column `{name}` is withheld from this policy and was not judged");
                    findings.push(Finding::warning("withheld", message).subject("column", name));
                }
                Err(failure) => return Err(failure.into()),
            }
        }
        Ok(Judgement::from_findings(findings).undecided(open).measures(measures))
    }
}

/// What the user named and the data does not have: a rule about it holds nothing.
fn unmatched(parameters: &Parameters, names: &[String]) -> Vec<Finding> {
    let there = || list(names.iter().take(20).map(String::as_str));
    let missing = parameters.columns.keys().filter(|name| !names.contains(name)).map(|name| {
        Finding::error("missing-column", format!("there is no column `{name}`; there are {}", there()))
            .subject("column", name)
    });
    let idle = parameters.patterns.iter().filter(|pattern| !names.iter().any(|name| pattern.fits(name)));
    let idle = idle.map(|pattern| {
        let message = format!("no column matches `{}`; there are {}", pattern.matches, there());
        Finding::error("no-match", message).subject("column", &pattern.matches)
    });
    missing.chain(idle).collect()
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
