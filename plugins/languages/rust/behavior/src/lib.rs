//! Expects the prediction not to fall when a column rises.

use portcullis_policy::predictor::{self, Batch};
use portcullis_policy::{Error, Finding, Judgement, Measure, Policy};

struct Rule;

/// What the user may set; `parameters.json` describes it and holds the defaults.
#[derive(serde::Deserialize)]
struct Parameters {
    column: String,
    low: f64,
    high: f64,
    class: Option<String>,
}

impl Policy for Rule {
    type Parameters = Parameters;

    const PARAMETERS: &'static str = include_str!("../parameters.json");

    fn judge(parameters: Parameters) -> Result<Judgement, Error> {
        let column = &parameters.column;
        let inputs = predictor::inputs()?;
        let Some(input) = inputs.iter().find(|input| input.name == *column) else {
            return Err(format!("the model does not read `{column}`").into());
        };
        if !matches!(input.kind.as_str(), "integer" | "number") {
            return Err(format!("`{column}` is no column of numbers").into());
        }
        // Two rows that differ in this column alone; everything else is missing.
        let batch = Batch::new(2);
        batch.set_numbers(column, &[Some(parameters.low), Some(parameters.high)]);
        let predictions = batch.predict()?;
        let numbers = predictions.numbers();
        let values = match &parameters.class {
            _ if !numbers.is_empty() => numbers,
            Some(class) => predictions.scores(class)?,
            None => return Err("`class` is needed: the model predicts classes".into()),
        };
        Ok(judge(column, values[1] - values[0]))
    }
}

/// Apart from what it reads, so that a unit test can call it.
fn judge(column: &str, change: f64) -> Judgement {
    let judgement = if change < 0.0 {
        let message = format!("the prediction falls when `{column}` rises");
        let finding = Finding::error("wrong-direction", message).subject("column", column);
        Judgement::fail(finding.observed(change).expected(">= 0"))
    } else {
        Judgement::pass()
    };
    judgement.measure(Measure::new("change", change).subject("column", column))
}

portcullis_policy::export!(behavior, Rule);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn standing_still_is_no_fall() {
        assert!(judge("income", 0.0).passed());
        assert!(judge("income", -0.1).failed());
    }
}
