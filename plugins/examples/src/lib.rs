//! A behavior policy: known inputs must give the expected answers.

mod columns;
mod judge;
mod parameters;

use columns::Column;
use judge::Answer;
use parameters::{Case, Parameters};
use portcullis_policy::predictor::{self, Batch};
use portcullis_policy::{Error, Failure, Judgement, Measure, Policy};

struct Examples;

impl Policy for Examples {
    type Parameters = Parameters;

    const PARAMETERS: &'static str = include_str!("../parameters.json");

    fn judge(parameters: Parameters) -> Result<Judgement, Error> {
        if parameters.cases.is_empty() {
            return Err("there is nothing to judge: give at least one of `cases`".into());
        }
        let answers = ask(&parameters.cases)?;
        let cases = parameters.cases.iter().zip(&answers).enumerate();
        let findings: Vec<_> = cases
            .filter_map(|(index, (case, answer))| judge::judge(case, index, answer, parameters.tolerance))
            .collect();
        let (wrong, all) = (findings.len() as f64, answers.len() as f64);
        let measure = Measure::new("pass_rate", (all - wrong) / all).extra("cases", all).extra("wrong", wrong);
        Ok(Judgement::from_findings(findings).measure(measure))
    }
}

/// The model's answer to each case, all asked at once.
fn ask(cases: &[Case]) -> Result<Vec<Answer>, Error> {
    let inputs = predictor::inputs().map_err(without_model)?;
    columns::check_names(&inputs, cases)?;
    let batch = Batch::new(u32::try_from(cases.len()).map_err(|_| "these are more cases than one batch may have")?);
    for input in &inputs {
        match columns::column(input, cases)? {
            Column::Numbers(values) => batch.set_numbers(&input.name, &values),
            Column::Texts(values) => batch.set_texts(&input.name, &values),
            Column::Booleans(values) => batch.set_booleans(&input.name, &values),
        }
    }
    let predictions = batch.predict().map_err(without_model)?;
    let labels = predictions.labels();
    if labels.is_empty() {
        let numbers = predictions.numbers();
        return all(numbers.into_iter().map(Answer::Number).collect(), cases);
    }
    let mut answers = Vec::new();
    for (index, (label, case)) in labels.into_iter().zip(cases).enumerate() {
        // A class that the model does not know fails here, with the host's list of those it does.
        let scores = predictions
            .scores(&case.expect.to_string())
            .map_err(|failure| format!("{}: {}", case.title(index), failure.message))?;
        let score = *scores.get(index).ok_or("the host answered with too few scores")?;
        answers.push(Answer::Class { label, score });
    }
    all(answers, cases)
}

fn all(answers: Vec<Answer>, cases: &[Case]) -> Result<Vec<Answer>, Error> {
    if answers.len() == cases.len() {
        return Ok(answers);
    }
    Err(format!("the model answered {} of {} cases", answers.len(), cases.len()).into())
}

fn without_model(failure: Failure) -> Error {
    if failure.is("no-model") {
        return format!("this policy needs a model to call: {}", failure.message).into();
    }
    failure.into()
}

portcullis_policy::export!(behavior, Examples);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_model_is_said_plainly() {
        let failure = |code: &str| Failure { code: code.into(), message: "the predictions were made elsewhere".into() };
        let error = without_model(failure("no-model")).to_string();
        assert_eq!(error, "this policy needs a model to call: the predictions were made elsewhere");
        assert_eq!(without_model(failure("bad-argument")).to_string(), "the predictions were made elsewhere");
    }
}
