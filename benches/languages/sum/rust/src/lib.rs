//! Adds up a column of numbers, row by row.

use portcullis_policy::{Error, Judgement, Measure, Policy, rows};

struct Sum;

#[derive(serde::Deserialize)]
struct Parameters {}

impl Policy for Sum {
    type Parameters = Parameters;

    const PARAMETERS: &'static str = include_str!("../parameters.json");

    fn judge(_: Parameters) -> Result<Judgement, Error> {
        let reader = rows::read("current", &["x".to_owned()])?;
        let mut sum = 0.0;
        while let Some(batch) = reader.next()? {
            for number in batch.numbers("x")? {
                sum += number;
            }
        }
        Ok(Judgement::pass().measure(Measure::new("sum", sum)))
    }
}

portcullis_policy::export!(data-check, Sum);
