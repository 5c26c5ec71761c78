//! Asks the host one question in SQL, and reports how many rows the answer has and what its numbers sum to.

use portcullis_policy::{Error, Judgement, Measure, Policy, sql};

struct Question;

#[derive(serde::Deserialize)]
struct Parameters {
    statement: String,
}

impl Policy for Question {
    type Parameters = Parameters;

    const PARAMETERS: &'static str = include_str!("../parameters.json");

    fn judge(parameters: Parameters) -> Result<Judgement, Error> {
        let reader = sql::query(&parameters.statement)?;
        let mut sum = 0.0;
        while let Some(batch) = reader.next()? {
            for column in batch.column_names() {
                sum += batch.numbers(&column).map_or(0.0, |numbers| numbers.iter().sum::<f64>());
            }
        }
        Ok(Judgement::pass().measure(Measure::new("rows", reader.row_count())).measure(Measure::new("sum", sum)))
    }
}

portcullis_policy::export!(data-check, Question);
