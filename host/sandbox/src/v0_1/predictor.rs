//! `portcullis:model/predictor`.

use portcullis_verdict::FailureKind;
use wasmtime::component::Resource;

use super::bindings::portcullis::model::predictor::{self, Failure, Input};
use crate::failure::Exceeded;
use crate::ports::{self, Answer, Answers, Cells};
use crate::state::State;

/// Most columns of a batch.
const MOST_COLUMNS: usize = 10_000;
/// Most rows of a batch.
const MOST_ROWS: u32 = 10_000;

/// What predicting a value costs beside looking it up: a forest walks hundreds of trees for each row.
const PREDICTING: u64 = 50;

/// A batch's handle: how many rows it has, columns in the order in which they were set, and what they take.
pub struct Batch {
    rows: u32,
    columns: Vec<(String, Cells)>,
    bytes: Vec<u64>,
}

/// The handle of a model's answers, and what they take.
pub struct Answered {
    answers: Answers,
    bytes: u64,
}

impl State {
    fn set(&mut self, batch: &Resource<Batch>, column: String, cells: Cells, bytes: usize) -> wasmtime::Result<()> {
        let bytes = bytes + column.len();
        self.charge(bytes)?;
        self.keep(bytes as u64)?;
        let batch = self.table.get_mut(batch)?;
        let mut columns = batch.columns.iter_mut().zip(&mut batch.bytes);
        if let Some(((_, old), kept)) = columns.find(|((name, _), _)| *name == column) {
            *old = cells;
            let replaced = std::mem::replace(kept, bytes as u64);
            self.release(replaced);
            return Ok(());
        }
        if batch.columns.len() == MOST_COLUMNS {
            let message = format!("it sets more than {MOST_COLUMNS} columns of one batch");
            return Err(Exceeded { kind: FailureKind::HostCalls, message }.into());
        }
        batch.columns.push((column, cells));
        batch.bytes.push(bytes as u64);
        Ok(())
    }

    /// What the answers to so many rows will take: known before the model is asked.
    fn answered_bytes(&self, rows: usize) -> wasmtime::Result<u64> {
        let candidate = self.world()?.candidate();
        let classes = candidate.as_ref().map_or(&[][..], |candidate| candidate.classes());
        let longest = classes.iter().map(String::len).max().unwrap_or(0);
        let row = size_of::<String>() + longest + size_of::<f64>() * classes.len().max(1);
        Ok((rows as u64).saturating_mul(row as u64))
    }
}

fn no_model() -> ports::Failure {
    ports::Failure::new(
        "no-model",
        "this run judges predictions that were made elsewhere, so there is no model to call; \
         a behavior policy needs one: train with `[model] family`, or leave the policy out",
    )
}

/// How many rows a batch has, if it may have so many and every column has a value for each.
fn rows(batch: &Batch) -> Answer<usize> {
    if batch.rows == 0 || batch.rows > MOST_ROWS {
        let message = format!("a batch has between 1 and {MOST_ROWS} rows, not {}", batch.rows);
        return Err(ports::Failure::new("bad-argument", message));
    }
    let rows = batch.rows as usize;
    match batch.columns.iter().find(|(_, cells)| cells.len() != rows) {
        None => Ok(rows),
        Some((name, cells)) => {
            let message = format!("column `{name}` has {} values, and the batch {rows} rows", cells.len());
            Err(ports::Failure::new("bad-argument", message))
        }
    }
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
    fn new(&mut self, rows: u32) -> wasmtime::Result<Resource<Batch>> {
        self.charge(0)?;
        Ok(self.table.push(Batch { rows, columns: Vec::new(), bytes: Vec::new() })?)
    }

    fn set_numbers(
        &mut self,
        batch: Resource<Batch>,
        column: String,
        values: Vec<Option<f64>>,
    ) -> wasmtime::Result<()> {
        let bytes = values.len() * size_of::<Option<f64>>();
        self.set(&batch, column, Cells::Numbers(values), bytes)
    }

    fn set_texts(
        &mut self,
        batch: Resource<Batch>,
        column: String,
        values: Vec<Option<String>>,
    ) -> wasmtime::Result<()> {
        let bytes = values.iter().map(|value| value.as_ref().map_or(0, String::len) + size_of::<String>()).sum();
        self.set(&batch, column, Cells::Texts(values), bytes)
    }

    fn set_booleans(
        &mut self,
        batch: Resource<Batch>,
        column: String,
        values: Vec<Option<bool>>,
    ) -> wasmtime::Result<()> {
        let bytes = values.len() * size_of::<Option<bool>>();
        self.set(&batch, column, Cells::Booleans(values), bytes)
    }

    fn predict(&mut self, batch: Resource<Batch>) -> wasmtime::Result<Result<Resource<Answered>, Failure>> {
        let Some(predictor) = self.world()?.predictor() else { return Ok(Err(no_model().into())) };
        let rows = match rows(self.table.get(&batch)?) {
            Ok(rows) => rows,
            Err(failure) => return Ok(Err(failure.into())),
        };
        self.charge(rows.saturating_mul(predictor.inputs().len()).saturating_mul(8))?;
        self.work((rows as u64).saturating_mul(predictor.inputs().len().max(1) as u64).saturating_mul(PREDICTING))?;
        let bytes = self.answered_bytes(rows)?;
        self.keep(bytes)?;
        match predictor.predict(rows, &self.table.get(&batch)?.columns) {
            Ok(answers) => Ok(Ok(self.table.push(Answered { answers, bytes })?)),
            Err(failure) => {
                self.release(bytes);
                Ok(Err(failure.into()))
            }
        }
    }

    fn drop(&mut self, batch: Resource<Batch>) -> wasmtime::Result<()> {
        let batch = self.table.delete(batch)?;
        self.release(batch.bytes.iter().sum());
        Ok(())
    }
}

impl predictor::HostPredictions for State {
    fn row_count(&mut self, predictions: Resource<Answered>) -> wasmtime::Result<f64> {
        self.charge(8)?;
        let answers = &self.table.get(&predictions)?.answers;
        Ok(answers.labels.len().max(answers.numbers.len()) as f64)
    }

    fn labels(&mut self, predictions: Resource<Answered>) -> wasmtime::Result<Vec<String>> {
        let labels = &self.table.get(&predictions)?.answers.labels;
        self.charge(labels.iter().map(|label| label.len() + 8).sum())?;
        Ok(self.table.get(&predictions)?.answers.labels.clone())
    }

    fn numbers(&mut self, predictions: Resource<Answered>) -> wasmtime::Result<Vec<f64>> {
        let bytes = self.table.get(&predictions)?.answers.numbers.len() * 8;
        self.charge(bytes)?;
        Ok(self.table.get(&predictions)?.answers.numbers.clone())
    }

    fn scores(
        &mut self,
        predictions: Resource<Answered>,
        class: String,
    ) -> wasmtime::Result<Result<Vec<f64>, Failure>> {
        let rows = self.table.get(&predictions)?.answers.labels.len();
        self.charge(class.len() + rows * 8)?;
        let answers = &self.table.get(&predictions)?.answers;
        let classes = &answers.classes;
        let Some(place) = classes.iter().position(|name| *name == class) else {
            let message = if classes.is_empty() {
                "a regression has no classes to score".to_owned()
            } else {
                format!("`{class}` is not a class of this model; valid: {}", classes.join(", "))
            };
            return Ok(Err(ports::Failure::new("bad-argument", message).into()));
        };
        Ok(Ok(answers.scores.iter().skip(place).step_by(classes.len()).copied().collect()))
    }

    fn drop(&mut self, predictions: Resource<Answered>) -> wasmtime::Result<()> {
        let answered = self.table.delete(predictions)?;
        self.release(answered.bytes);
        Ok(())
    }
}
