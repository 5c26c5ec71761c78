//! A table, taped.

use std::ops::Range;
use std::sync::Arc;

use portcullis_sandbox::ports::{Answer, Column, Dataset};

use super::{Tape, shown};

/// A table behind a tape.
pub(super) struct TapedDataset {
    tape: Arc<Tape>,
    /// How questions name it: `current`.
    path: String,
    real: Option<Arc<dyn Dataset>>,
    name: String,
    rows: u64,
    columns: Vec<Column>,
}

impl TapedDataset {
    /// What is known of a table at once, noted or looked up: name, rows, columns.
    pub fn behind(tape: &Arc<Tape>, path: String, real: Option<Arc<dyn Dataset>>) -> Arc<dyn Dataset> {
        let about = real.as_ref().map(|real| {
            let real = Arc::clone(real);
            move || (real.name().to_owned(), real.row_count(), real.columns().to_vec())
        });
        let (name, rows, columns) = tape.noted(&path, about).unwrap_or_default();
        Arc::new(Self { tape: Arc::clone(tape), path, real, name, rows, columns })
    }

    fn ask<T>(&self, question: &str, ask: impl FnOnce(&dyn Dataset) -> Answer<T>) -> Answer<T>
    where
        Answer<T>: super::Noted,
        T: super::Noted,
    {
        let question = format!("{}.{question}", self.path);
        self.tape.answer(&question, self.real.as_ref().map(|real| || ask(&**real)))
    }

    fn of<T: super::Noted>(
        &self,
        column: &str,
        question: &str,
        ask: impl FnOnce(&dyn Dataset) -> Answer<T>,
    ) -> Answer<T> {
        self.ask(&format!("column({}).{question}", shown(&column)), ask)
    }
}

impl Dataset for TapedDataset {
    fn name(&self) -> &str {
        &self.name
    }

    fn row_count(&self) -> u64 {
        self.rows
    }

    fn columns(&self) -> &[Column] {
        &self.columns
    }

    fn duplicate_count(&self, columns: &[String]) -> Answer<u64> {
        self.ask(&format!("duplicate-count({})", shown(&columns)), |real| real.duplicate_count(columns))
    }

    fn null_count(&self, column: &str) -> Answer<u64> {
        self.of(column, "null-count()", |real| real.null_count(column))
    }

    fn distinct_count(&self, column: &str) -> Answer<u64> {
        self.of(column, "distinct-count()", |real| real.distinct_count(column))
    }

    fn frequencies(&self, column: &str, most: u32) -> Answer<Vec<(String, u64)>> {
        self.of(column, &format!("frequencies({most})"), |real| real.frequencies(column, most))
    }

    fn count_not_in(&self, column: &str, values: &[String]) -> Answer<u64> {
        self.of(column, &format!("count-not-in({})", shown(&values)), |real| real.count_not_in(column, values))
    }

    fn minimum(&self, column: &str) -> Answer<Option<f64>> {
        self.of(column, "minimum()", |real| real.minimum(column))
    }

    fn maximum(&self, column: &str) -> Answer<Option<f64>> {
        self.of(column, "maximum()", |real| real.maximum(column))
    }

    fn mean(&self, column: &str) -> Answer<Option<f64>> {
        self.of(column, "mean()", |real| real.mean(column))
    }

    fn standard_deviation(&self, column: &str) -> Answer<Option<f64>> {
        self.of(column, "standard-deviation()", |real| real.standard_deviation(column))
    }

    fn sum(&self, column: &str) -> Answer<Option<f64>> {
        self.of(column, "sum()", |real| real.sum(column))
    }

    fn quantiles(&self, column: &str, probabilities: &[f64]) -> Answer<Vec<f64>> {
        self.of(column, &format!("quantiles({probabilities:?})"), |real| real.quantiles(column, probabilities))
    }

    fn count_outside(&self, column: &str, lowest: Option<f64>, highest: Option<f64>) -> Answer<u64> {
        let bound = |bound: Option<f64>| bound.map_or_else(|| "none".to_owned(), |bound| format!("{bound:?}"));
        let question = format!("count-outside({}, {})", bound(lowest), bound(highest));
        self.of(column, &question, |real| real.count_outside(column, lowest, highest))
    }

    fn histogram(&self, column: &str, edges: &[f64]) -> Answer<Vec<u64>> {
        self.of(column, &format!("histogram({edges:?})"), |real| real.histogram(column, edges))
    }

    fn numbers(&self, column: &str, rows: Range<u64>) -> Answer<Vec<f64>> {
        self.of(column, &format!("numbers({rows:?})"), |real| real.numbers(column, rows))
    }

    fn texts(&self, column: &str, rows: Range<u64>) -> Answer<Vec<Option<String>>> {
        self.of(column, &format!("texts({rows:?})"), |real| real.texts(column, rows))
    }

    fn booleans(&self, column: &str, rows: Range<u64>) -> Answer<Vec<Option<bool>>> {
        self.of(column, &format!("booleans({rows:?})"), |real| real.booleans(column, rows))
    }
}
