//! Lets a candidate pass that is not worse than the champion by more than a margin.

use portcullis_policy::{Error, Finding, Judgement, Measure, Policy, metrics};

struct Rule;

/// What the user may set; `parameters.json` describes it and holds the defaults.
#[derive(serde::Deserialize)]
struct Parameters {
    metric: String,
    margin: f64,
}

impl Policy for Rule {
    type Parameters = Parameters;

    const PARAMETERS: &'static str = include_str!("../parameters.json");

    fn judge(Parameters { metric, margin }: Parameters) -> Result<Judgement, Error> {
        let Some(comparison) = metrics::compare() else {
            let finding = Finding::info("no-champion", "there is no champion to compare with");
            return Ok(Judgement::not_applicable(finding));
        };
        let Some(difference) = comparison.difference(&metric)? else {
            let message = format!("`{metric}` is undefined for the candidate or the champion");
            return Ok(Judgement::inconclusive(Finding::warning("undefined", message).subject("metric", metric)));
        };
        let Some(higher_is_better) = metrics::higher_is_better(&metric)? else {
            return Err(format!("`{metric}` has no direction: neither more nor less is better").into());
        };
        let change = if higher_is_better { difference } else { -difference };
        Ok(judge(&metric, change, margin).measure(Measure::new("change", change).subject("metric", metric)))
    }
}

/// Apart from what it reads, so that a unit test can call it.
fn judge(metric: &str, change: f64, margin: f64) -> Judgement {
    if change >= -margin {
        return Judgement::pass();
    }
    let message = format!("the candidate's `{metric}` is worse than the champion's by more than the margin");
    let finding = Finding::error("worse", message).subject("metric", metric);
    Judgement::fail(finding.observed(change).expected(0.0 - margin))
}

portcullis_policy::export!(gate, Rule);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_margin_itself_passes() {
        assert!(judge("accuracy", -0.01, 0.01).passed());
        assert!(judge("accuracy", -0.02, 0.01).failed());
    }
}
