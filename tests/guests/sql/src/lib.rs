//! A gate that asks the host one question in SQL and reports the rows and the sums of the answer; what the host refuses is
//! its own error.

use portcullis_policy::{Error, Judgement, Measure, Policy, sql};

struct Asking;

#[derive(serde::Deserialize)]
struct Parameters {
    statement: String,
    times: u32,
}

impl Policy for Asking {
    type Parameters = Parameters;

    const PARAMETERS: &'static str = include_str!("../parameters.json");

    fn judge(parameters: Parameters) -> Result<Judgement, Error> {
        let mut judgement = Judgement::pass();
        for time in 0..parameters.times {
            let reader = sql::query(&parameters.statement)?;
            let last = time + 1 == parameters.times;
            if last {
                judgement = judgement.measure(Measure::new("rows", reader.row_count()));
            }
            while let Some(batch) = reader.next()? {
                for column in batch.column_names() {
                    if let (true, Ok(numbers)) = (last, batch.numbers(&column)) {
                        judgement = judgement.measure(Measure::new(column, numbers.iter().sum::<f64>()));
                    }
                }
            }
        }
        Ok(judgement)
    }
}

portcullis_policy::export!(gate, Asking);
