//! Holds the share of missing values in each column to a bound.

use portcullis_policy::{Error, Finding, Judgement, Measure, Policy, dataset};

struct Rule;

/// What the user may set; `parameters.json` describes it and holds the defaults.
#[derive(serde::Deserialize)]
struct Parameters {
    max_share: f64,
    columns: Vec<String>,
}

impl Policy for Rule {
    type Parameters = Parameters;

    const PARAMETERS: &'static str = include_str!("../parameters.json");

    fn judge(parameters: Parameters) -> Result<Judgement, Error> {
        let data = dataset::current();
        let names = if parameters.columns.is_empty() { data.column_names() } else { parameters.columns };
        let (mut findings, mut measures, mut undecided) = (Vec::new(), Vec::new(), false);
        for name in names {
            let Some(column) = data.column(&name) else {
                let message = format!("there is no column `{name}`");
                findings.push(Finding::error("missing-column", message).subject("column", name));
                continue;
            };
            if column.withheld() {
                let message = format!("the values of `{name}` are withheld from this policy");
                findings.push(Finding::warning("withheld", message).subject("column", name));
                undecided = true;
                continue;
            }
            let (nulls, rows) = (column.null_count()?, data.row_count());
            let share = share(nulls, rows);
            measures.push(Measure::new("null_share", share).subject("column", &*name));
            if share > parameters.max_share {
                let message = format!("`{name}` is missing in {nulls} of {rows} rows");
                let finding = Finding::error("null-share", message).subject("column", name);
                findings.push(finding.observed(share).expected(parameters.max_share));
            }
        }
        Ok(Judgement::from_findings(findings).undecided(undecided).measures(measures))
    }
}

/// Apart from what it reads, so that a unit test can call it.
fn share(nulls: f64, rows: f64) -> f64 {
    if rows == 0.0 { 0.0 } else { nulls / rows }
}

portcullis_policy::export!(data - check, Rule);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_rows_lack_nothing() {
        assert_eq!(share(0.0, 0.0), 0.0);
        assert_eq!(share(5.0, 40.0), 0.125);
    }
}
