//! A gate that compares the candidate with the champion on the same rows: MLflow's required change, TFMA's allowed
//! regression, and non-inferiority by a paired bootstrap interval.

mod judge;
mod parameters;

use judge::Reading;
use parameters::{Bound, Parameters};
use portcullis_policy::metrics::{self, Comparison, Evaluation};
use portcullis_policy::{Error, Failure, Finding, Judgement, Policy};

struct Champion;

impl Policy for Champion {
    type Parameters = Parameters;

    const PARAMETERS: &'static str = include_str!("../parameters.json");

    fn judge(parameters: Parameters) -> Result<Judgement, Error> {
        let bounds = parameters.bounds()?;
        let Some(champion) = metrics::champion() else {
            return Ok(first_model(parameters.require_champion));
        };
        let comparison = metrics::compare().ok_or("the host has a champion but no comparison with it")?;
        let candidate = metrics::candidate();
        let (mut findings, mut measures, mut open) = (Vec::new(), Vec::new(), false);
        for bound in &bounds {
            let greater_is_better = direction(bound)?;
            let said = match read(bound, &candidate, &champion, &comparison, greater_is_better, parameters.level) {
                Ok(reading) => judge::judge(bound, &reading),
                Err(failure) if failure.is("small-group") => {
                    judge::too_few(bound, comparison.row_count(), &failure.message)
                }
                Err(failure) => return Err(failure.into()),
            };
            findings.extend(said.findings);
            measures.push(said.measure);
            open |= said.open;
        }
        Ok(Judgement::from_findings(findings).undecided(open).measures(measures))
    }
}

/// No champion: nothing can have become worse. TFMA blesses a first model too.
fn first_model(required: bool) -> Judgement {
    let finding = if required {
        Finding::error("no-champion", "there is no champion to compare with, and `require_champion` asks for one")
    } else {
        Finding::info("no-champion", "first model: there is no champion to compare with")
    };
    Judgement::from_findings(vec![finding.subject("model", "champion")])
}

/// Whether more of the metric is better.
fn direction(bound: &Bound) -> Result<bool, Error> {
    if let Some(given) = bound.greater_is_better {
        return Ok(given);
    }
    let metric = bound.metric.as_str();
    let nature = metrics::higher_is_better(metric)?;
    Ok(nature.ok_or_else(|| format!("{metric} has no better direction by nature: set `greater_is_better`"))?)
}

fn read(
    bound: &Bound,
    candidate: &Evaluation,
    champion: &Evaluation,
    comparison: &Comparison,
    greater_is_better: bool,
    level: f64,
) -> Result<Reading, Failure> {
    let metric = bound.metric.as_str();
    let (ours, theirs) = (candidate.metric(metric)?, champion.metric(metric)?);
    let interval = match (bound.non_inferiority_margin, ours, theirs) {
        (Some(_), Some(_), Some(_)) => comparison.interval(metric, level)?,
        _ => None,
    };
    Ok(Reading {
        rows: comparison.row_count(),
        candidate: ours,
        champion: theirs,
        greater_is_better,
        interval: interval.map(|interval| (interval, level)),
    })
}

portcullis_policy::export!(gate, Champion);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_model_passes_unless_a_champion_is_required() {
        assert!(first_model(false).passed());
        assert!(first_model(true).failed());
        assert_eq!(first_model(false).findings[0].rule, "no-champion");
    }
}
