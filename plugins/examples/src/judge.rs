//! One answer beside the expected one: no host needed.

use portcullis_policy::Finding;
use portcullis_policy::text::{number, number_beside};

use crate::parameters::{Case, Scalar};

/// What the model answered to a case.
#[derive(Debug, Clone)]
pub enum Answer {
    /// The class that scored highest, and the score of the expected one.
    Class { label: String, score: f64 },
    /// The number of a regression.
    Number(f64),
}

/// None where the answer is the expected one.
pub fn judge(case: &Case, index: usize, answer: &Answer, tolerance: f64) -> Option<Finding> {
    let title = case.title(index);
    let finding = match answer {
        Answer::Class { label, score } => {
            let expected = case.expect.to_string();
            match case.min_score {
                Some(least) if *score >= least => return None,
                Some(least) => {
                    let score_text = number_beside(*score, least);
                    let message = format!(
                        "{title}: `{expected}` scores {score_text}, at least {least} expected; the answer is `{label}`"
                    );
                    Finding::error("low-score", message).observed(*score).expected(format!(">= {least}"))
                }
                None if *label == expected => return None,
                None => {
                    let message = format!(
                        "{title}: the answer is `{label}`, expected `{expected}`, which scores {}",
                        number(*score)
                    );
                    Finding::error("wrong-answer", message).observed(label.as_str()).expected(expected)
                }
            }
            .extra("label", label.as_str())
            .extra("score", *score)
        }
        Answer::Number(answer) => {
            let tolerance = case.tolerance.unwrap_or(tolerance);
            let Scalar::Number(expected) = case.expect else {
                let message =
                    format!("{title}: the answer is the number {}, expected `{}`", number(*answer), case.expect);
                return Some(about(
                    Finding::error("wrong-answer", message).observed(*answer).expected(case.expect.to_string()),
                    case,
                    &title,
                ));
            };
            let off = (answer - expected).abs();
            // Not `off > tolerance`: an answer that is not a number is wrong.
            if off <= tolerance {
                return None;
            }
            let message = format!(
                "{title}: the answer is {}, expected {expected} give or take {tolerance}: off by {}",
                number_beside(*answer, expected),
                number_beside(off, tolerance)
            );
            Finding::error("wrong-answer", message)
                .observed(*answer)
                .expected(expected)
                .extra("off", off)
                .extra("tolerance", tolerance)
        }
    };
    Some(about(finding, case, &title))
}

/// The case and what went into it.
fn about(finding: Finding, case: &Case, title: &str) -> Finding {
    case.input.iter().fold(finding.subject("case", title), |finding, (name, value)| {
        let name = format!("input.{name}");
        match value {
            Some(Scalar::Boolean(boolean)) => finding.extra(name, *boolean),
            Some(Scalar::Number(number)) => finding.extra(name, *number),
            Some(Scalar::Text(text)) => finding.extra(name, text.as_str()),
            None => finding,
        }
    })
}

#[cfg(test)]
mod tests {
    use portcullis_policy::testing::parameters;
    use portcullis_policy::{Subject, Value};

    use super::*;
    use crate::Examples;

    fn judged(expectation: &str, answer: &Answer) -> Option<Finding> {
        let json = format!(r#"{{"cases": [{{"input": {{"x": 5.1}}, {expectation}}}], "tolerance": 0.5}}"#);
        let parameters = parameters::<Examples>(&json).unwrap();
        judge(&parameters.cases[0], 0, answer, parameters.tolerance)
    }

    fn class(label: &str, score: f64) -> Answer {
        Answer::Class { label: label.into(), score }
    }

    #[test]
    fn the_expected_class_passes_and_another_does_not() {
        assert_eq!(judged(r#""expect": "setosa""#, &class("setosa", 0.9)), None);
        let finding = judged(r#""expect": "setosa""#, &class("virginica", 0.125)).unwrap();
        assert_eq!(finding.message, "case 1: the answer is `virginica`, expected `setosa`, which scores 0.125");
        assert_eq!(finding.subject, Some(Subject::new("case", "case 1")));
        assert_eq!(finding.observed, Some(Value::Text("virginica".into())));
        assert!(finding.extra.iter().any(|extra| extra.name == "input.x" && extra.value == Value::Number(5.1)));
    }

    #[test]
    fn classes_that_are_numbers_or_truths_compare_as_text() {
        assert_eq!(judged(r#""expect": 1"#, &class("1", 0.9)), None);
        assert_eq!(judged(r#""expect": true"#, &class("true", 0.9)), None);
        assert_eq!(judged(r#""expect": true"#, &class("false", 0.4)).unwrap().rule, "wrong-answer");
    }

    #[test]
    fn with_a_score_the_score_decides() {
        let expectation = r#""expect": "fraud", "min_score": 0.3"#;
        assert_eq!(judged(expectation, &class("honest", 0.3)), None);
        assert_eq!(judged(expectation, &class("fraud", 0.29)).unwrap().rule, "low-score");
    }

    #[test]
    fn a_number_may_be_off_by_the_tolerance() {
        assert_eq!(judged(r#""expect": 10"#, &Answer::Number(10.5)), None);
        assert_eq!(judged(r#""expect": 10, "tolerance": 1"#, &Answer::Number(9.0)), None);
        let finding = judged(r#""expect": 10"#, &Answer::Number(9.0)).unwrap();
        assert_eq!(finding.message, "case 1: the answer is 9, expected 10 give or take 0.5: off by 1");
        assert!(judged(r#""expect": 10"#, &Answer::Number(f64::NAN)).is_some());
        assert!(judged(r#""expect": "ten""#, &Answer::Number(10.0)).is_some());
    }
}
