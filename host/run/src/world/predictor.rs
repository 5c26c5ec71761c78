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

    fn predict(&self, rows: usize, batch: &[(String, Cells)]) -> Answer<Answers> {
        let inputs = self.0.inputs();
        if let Some((stranger, _)) = batch.iter().find(|(name, _)| inputs.iter().all(|input| input.name != *name)) {
            let read: Vec<&str> = inputs.iter().map(|input| input.name.as_str()).collect();
            return Err(bad(format!("the model does not read the column `{stranger}`; it reads: {}", read.join(", "))));
        }
        let mut columns = Vec::new();
        for input in inputs {
            let given = batch.iter().find(|(name, _)| *name == input.name);
            let values = match given {
                Some((name, cells)) => values(name, input.kind, cells)?,
                None if input.kind.is_numeric() => Values::Numbers(vec![f64::NAN; rows]),
                None => Values::Categories(Categories { codes: vec![MISSING; rows], levels: Vec::new() }),
            };
            columns.push((input.name.clone(), values));
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
        Cells::Texts(texts) if !kind.is_numeric() && kind != ColumnKind::Boolean => {
            Ok(categories(texts.iter().cloned()))
        }
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use portcullis_data::{ColumnInfo, Target};
    use portcullis_learn::{Family, Settings, train};

    use super::*;

    /// Learns that those who are above 5 and members pay more.
    fn callable() -> Callable {
        let numbers: Vec<f64> = (0..40).map(f64::from).collect();
        let members = (0..40).map(|row| Some((row % 2 == 0).to_string()));
        let inputs = Frame::new(vec![
            ("age".to_owned(), Values::Numbers(numbers.clone())),
            ("member".to_owned(), categories(members)),
        ]);
        let settings = Settings::new(Family::DecisionTree, &BTreeMap::new(), 42).unwrap();
        let model = train(&settings, &inputs.unwrap(), &Target::Numbers(numbers)).unwrap();
        Callable(model.with_kinds(&[ColumnInfo::new("member", ColumnKind::Boolean)]))
    }

    fn predicted(batch: &[(&str, Cells)]) -> Answer<Vec<f64>> {
        let batch: Vec<_> = batch.iter().map(|(name, cells)| ((*name).to_owned(), cells.clone())).collect();
        callable().predict(2, &batch).map(|answers| answers.numbers)
    }

    fn ages() -> Cells {
        Cells::Numbers(vec![Some(3.0), Some(30.0)])
    }

    #[test]
    fn a_column_that_is_not_set_is_missing_in_every_row() {
        let unset = predicted(&[("age", ages())]).unwrap();
        assert_eq!(unset, predicted(&[("age", ages()), ("member", Cells::Booleans(vec![None; 2]))]).unwrap());
        assert!(unset[0] < unset[1]);
        assert_eq!(predicted(&[]).unwrap().len(), 2);
    }

    #[test]
    fn a_misspelt_column_and_one_of_another_type_are_no_missing_values() {
        let truths = Cells::Texts(vec![Some("true".into()), Some("yes".into())]);
        for (name, cells, says) in [
            ("aeg", ages(), "does not read the column `aeg`; it reads: age, member"),
            ("member", truths, "column `member` is boolean to the model, and the batch has texts"),
            ("member", ages(), "and the batch has numbers"),
        ] {
            let refused = predicted(&[(name, cells)]).unwrap_err();
            assert_eq!(refused.code, "bad-argument");
            assert!(refused.message.contains(says), "{}", refused.message);
        }
    }
}
