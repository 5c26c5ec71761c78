//! Holds the worst group's metric to a bound.

use portcullis_policy::{Error, Finding, Judgement, Measure, Policy, metrics};

struct Rule;

/// What the user may set; `parameters.json` describes it and holds the defaults.
#[derive(serde::Deserialize)]
struct Parameters {
    metric: String,
    min_value: f64,
    min_rows: f64,
}

/// A group and what was measured in it.
struct Group {
    name: String,
    rows: f64,
    value: f64,
}

impl Policy for Rule {
    type Parameters = Parameters;

    const PARAMETERS: &'static str = include_str!("../parameters.json");

    fn judge(parameters: Parameters) -> Result<Judgement, Error> {
        let columns = metrics::groups();
        if columns.is_empty() {
            let finding = Finding::info("no-groups", "no columns are configured as groups");
            return Ok(Judgement::not_applicable(finding));
        }
        let mut groups = Vec::new();
        for column in columns {
            for slice in metrics::candidate().slices(&[column])? {
                let rows = slice.row_count();
                if rows < parameters.min_rows {
                    continue;
                }
                let value = match slice.metric(&parameters.metric) {
                    Ok(Some(value)) => value,
                    Ok(None) => continue,
                    Err(failure) if failure.is("small-group") => continue,
                    Err(failure) => return Err(failure.into()),
                };
                let name = slice.key().iter().map(|part| format!("{}={}", part.column, part.value)).collect();
                groups.push(Group { name, rows, value });
            }
        }
        Ok(judge(&groups, &parameters))
    }
}

/// Apart from what it reads, so that a unit test can call it.
fn judge(groups: &[Group], parameters: &Parameters) -> Judgement {
    let metric = &parameters.metric;
    let measure =
        |group: &Group| Measure::new(metric, group.value).subject("slice", &*group.name).extra("rows", group.rows);
    let worst = groups.iter().reduce(|worst, group| if group.value < worst.value { group } else { worst });
    let judgement = match worst {
        None => Judgement::inconclusive(Finding::warning("no-rows", "no group has enough rows")),
        Some(worst) if worst.value < parameters.min_value => {
            let message = format!("the lowest `{metric}` of all groups is that of {}", worst.name);
            let finding = Finding::error("low-metric", message).subject("slice", &*worst.name);
            Judgement::fail(finding.observed(worst.value).expected(parameters.min_value).extra("rows", worst.rows))
        }
        Some(_) => Judgement::pass(),
    };
    judgement.measures(groups.iter().map(measure))
}

portcullis_policy::export!(fairness, Rule);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_group_decides() {
        let parameters = Parameters { metric: "recall".into(), min_value: 0.7, min_rows: 10.0 };
        let group = |name: &str, value| Group { name: name.into(), rows: 20.0, value };
        assert!(judge(&[group("a", 0.9), group("b", 0.7)], &parameters).passed());
        let judgement = judge(&[group("a", 0.9), group("b", 0.6)], &parameters);
        assert!(judgement.failed() && judgement.findings[0].message.ends_with("that of b"));
        assert!(!judge(&[], &parameters).passed());
    }
}
