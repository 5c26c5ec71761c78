//! The candidate, for policies that call it.

use portcullis_data::{Categories, ColumnKind, Frame, MISSING, Values};
use portcullis_learn::{Model, Predictions};
use portcullis_sandbox::ports::{Answer, Answers, Cells, Column, Failure, Predictor};

use super::data;

/// A model that policies may call.
pub(crate) struct Callable(pub Model);

impl Predictor for Callable {
    fn inputs(&self) -> Vec<Column> {
        self.0.inputs().iter().map(data::column).collect()
    }

    fn predict(&self, batch: &[(String, Cells)]) -> Answer<Answers> {
        let mut columns = Vec::new();
        for input in self.0.inputs() {
            let Some((_, cells)) = batch.iter().find(|(name, _)| *name == input.name) else {
                let needed: Vec<&str> = self.0.inputs().iter().map(|input| input.name.as_str()).collect();
                return Err(bad(format!(
                    "the batch lacks the column `{}`; the model reads: {}",
                    input.name,
                    needed.join(", ")
                )));
            };
            columns.push((input.name.clone(), values(&input.name, input.kind, cells)?));
        }
        let lengths: Vec<usize> = batch.iter().map(|(_, cells)| cells.len()).collect();
        if lengths.windows(2).any(|pair| pair[0] != pair[1]) {
            return Err(bad(format!("the columns of the batch differ in length: {lengths:?}")));
        }
        let frame = Frame::new(columns).map_err(|error| bad(error.to_string()))?;
        let predictions = self.0.predict(&frame).map_err(|error| bad(error.to_string()))?;
        Ok(match predictions {
            Predictions::Classes { labels, scores } => {
                let classes = self.0.classes();
                let label = |code: &u32| classes.get(*code as usize).cloned().unwrap_or_default();
                Answers {
                    labels: labels.iter().map(label).collect(),
                    numbers: Vec::new(),
                    classes: classes.to_vec(),
                    scores,
                }
            }
            Predictions::Numbers(numbers) => {
                Answers { labels: Vec::new(), numbers, classes: Vec::new(), scores: Vec::new() }
            }
        })
    }
}

fn bad(message: String) -> Failure {
    Failure::new("bad-argument", message)
}

/// A column of the batch as the model takes it: numbers for numeric inputs, categories for the others.
fn values(name: &str, kind: ColumnKind, cells: &Cells) -> Answer<Values> {
    match cells {
        Cells::Numbers(numbers) if kind.is_numeric() => {
            Ok(Values::Numbers(numbers.iter().map(|number| number.unwrap_or(f64::NAN)).collect()))
        }
        Cells::Texts(texts) if !kind.is_numeric() => Ok(categories(texts.iter().cloned())),
        Cells::Booleans(values) if kind == ColumnKind::Boolean => {
            Ok(categories(values.iter().map(|value| value.map(|value| value.to_string()))))
        }
        _ => {
            let given = match cells {
                Cells::Numbers(_) => "numbers",
                Cells::Texts(_) => "texts",
                Cells::Booleans(_) => "booleans",
            };
            Err(bad(format!("column `{name}` is {} to the model, and the batch has {given}", kind.as_str())))
        }
    }
}

fn categories(values: impl Iterator<Item = Option<String>>) -> Values {
    let values: Vec<Option<String>> = values.collect();
    let mut levels: Vec<String> = values.iter().flatten().cloned().collect();
    levels.sort();
    levels.dedup();
    let code = |value: &Option<String>| {
        let place = value.as_ref().and_then(|value| levels.binary_search(value).ok());
        place.map_or(MISSING, |place| place as u32)
    };
    Values::Categories(Categories { codes: values.iter().map(code).collect(), levels: levels.clone() })
}
