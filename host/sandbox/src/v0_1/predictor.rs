//! `portcullis:model/predictor`.

use wasmtime::component::Resource;

use super::bindings::portcullis::model::predictor::{self, Failure, Input};
use crate::ports::{self, Answers, Cells};
use crate::state::State;

/// A batch's handle: columns in the order in which they were set.
#[derive(Default)]
pub struct Batch(Vec<(String, Cells)>);

/// The handle of a model's answers.
pub struct Answered(Answers);

impl State {
    fn set(&mut self, batch: &Resource<Batch>, column: String, cells: Cells, bytes: usize) -> wasmtime::Result<()> {
        self.charge(bytes + column.len())?;
        let columns = &mut self.table.get_mut(batch)?.0;
        match columns.iter_mut().find(|(name, _)| *name == column) {
            Some((_, old)) => *old = cells,
            None => columns.push((column, cells)),
        }
        Ok(())
    }
}

fn no_model() -> ports::Failure {
    ports::Failure::new(
        "no-model",
        "this run judges predictions that were made elsewhere, so there is no model to call; \
         a behavior policy needs one: train with `[model] family`, or leave the policy out",
    )
}

impl predictor::Host for State {
    fn inputs(&mut self) -> wasmtime::Result<Result<Vec<Input>, Failure>> {
        let Some(predictor) = self.world()?.predictor() else { return Ok(Err(no_model().into())) };
        let inputs = predictor.inputs();
        self.charge(inputs.iter().map(|input| input.name.len() + 16).sum())?;
        let input = |column: ports::Column| Input { name: column.name, kind: column.kind.to_owned() };
        Ok(Ok(inputs.into_iter().map(input).collect()))
    }
}

impl predictor::HostBatch for State {
    fn new(&mut self) -> wasmtime::Result<Resource<Batch>> {
        self.charge(0)?;
        Ok(self.table.push(Batch::default())?)
    }

    fn set_numbers(
        &mut self,
        batch: Resource<Batch>,
        column: String,
        values: Vec<Option<f64>>,
    ) -> wasmtime::Result<()> {
        let bytes = values.len() * 16;
        self.set(&batch, column, Cells::Numbers(values), bytes)
    }

    fn set_texts(
        &mut self,
        batch: Resource<Batch>,
        column: String,
        values: Vec<Option<String>>,
    ) -> wasmtime::Result<()> {
        let bytes = values.iter().map(|value| value.as_ref().map_or(0, String::len) + 16).sum();
        self.set(&batch, column, Cells::Texts(values), bytes)
    }

    fn set_booleans(
        &mut self,
        batch: Resource<Batch>,
        column: String,
        values: Vec<Option<bool>>,
    ) -> wasmtime::Result<()> {
        let bytes = values.len() * 2;
        self.set(&batch, column, Cells::Booleans(values), bytes)
    }

    fn predict(&mut self, batch: Resource<Batch>) -> wasmtime::Result<Result<Resource<Answered>, Failure>> {
        self.charge(8)?;
        let Some(predictor) = self.world()?.predictor() else { return Ok(Err(no_model().into())) };
        let columns = &self.table.get(&batch)?.0;
        match predictor.predict(columns) {
            Ok(answers) => Ok(Ok(self.table.push(Answered(answers))?)),
            Err(failure) => Ok(Err(failure.into())),
        }
    }

    fn drop(&mut self, batch: Resource<Batch>) -> wasmtime::Result<()> {
        self.table.delete(batch)?;
        Ok(())
    }
}

impl predictor::HostPredictions for State {
    fn row_count(&mut self, predictions: Resource<Answered>) -> wasmtime::Result<f64> {
        self.charge(8)?;
        let answers = &self.table.get(&predictions)?.0;
        Ok(answers.labels.len().max(answers.numbers.len()) as f64)
    }

    fn labels(&mut self, predictions: Resource<Answered>) -> wasmtime::Result<Vec<String>> {
        let labels = self.table.get(&predictions)?.0.labels.clone();
        self.charge(labels.iter().map(|label| label.len() + 8).sum())?;
        Ok(labels)
    }

    fn numbers(&mut self, predictions: Resource<Answered>) -> wasmtime::Result<Vec<f64>> {
        let numbers = self.table.get(&predictions)?.0.numbers.clone();
        self.charge(numbers.len() * 8)?;
        Ok(numbers)
    }

    fn scores(
        &mut self,
        predictions: Resource<Answered>,
        class: String,
    ) -> wasmtime::Result<Result<Vec<f64>, Failure>> {
        let answers = &self.table.get(&predictions)?.0;
        let classes = &answers.classes;
        let Some(place) = classes.iter().position(|name| *name == class) else {
            let message = if classes.is_empty() {
                "a regression has no classes to score".to_owned()
            } else {
                format!("`{class}` is not a class of this model; valid: {}", classes.join(", "))
            };
            return Ok(Err(ports::Failure::new("bad-argument", message).into()));
        };
        let scores: Vec<f64> = answers.scores.iter().skip(place).step_by(classes.len()).copied().collect();
        self.charge(scores.len() * 8)?;
        Ok(Ok(scores))
    }

    fn drop(&mut self, predictions: Resource<Answered>) -> wasmtime::Result<()> {
        self.table.delete(predictions)?;
        Ok(())
    }
}
