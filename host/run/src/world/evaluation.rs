//! Evaluations and comparisons, for policies: sliced by the columns of the evaluated rows.

use std::sync::Arc;

use portcullis_data::{Categories, Table};
use portcullis_evaluate::{Column, Comparison, Evaluation, MetricError};
use portcullis_sandbox::ports::{self, Answer, Failure};

/// An evaluation and the rows that it was made on.
pub(crate) struct Evaluated {
    evaluation: Evaluation,
    rows: Table,
}

/// A comparison and the rows that it was made on.
pub(crate) struct Compared {
    comparison: Comparison,
    rows: Table,
}

impl Evaluated {
    /// An evaluation of all these rows, in their order.
    pub fn new(evaluation: Evaluation, rows: Table) -> Self {
        Self { evaluation, rows }
    }
}

impl Compared {
    /// A comparison on all these rows, in their order.
    pub fn new(comparison: Comparison, rows: Table) -> Self {
        Self { comparison, rows }
    }
}

/// The values of these columns, for slicing.
pub(crate) fn columns(rows: &Table, names: &[String]) -> Answer<Vec<(String, Categories)>> {
    names
        .iter()
        .map(|name| match rows.categories(name) {
            Ok(categories) => Ok((name.clone(), categories)),
            Err(error) => Err(Failure::new(error.code(), error.to_string())),
        })
        .collect()
}

/// The same columns in the evaluation's own terms.
pub(crate) fn borrowed(columns: &[(String, Categories)]) -> Vec<Column<'_>> {
    columns
        .iter()
        .map(|(name, categories)| Column { name, codes: &categories.codes, levels: &categories.levels })
        .collect()
}

fn unanswered(error: &MetricError) -> Failure {
    let code = match error {
        // A metric of another task is as unknown here as a misspelt one: a gate on it must not pass for want of a value.
        MetricError::Unknown { .. } | MetricError::OtherTask { .. } => "unknown-metric",
        MetricError::NeedsScores { .. } => "unavailable",
        MetricError::Level(_) => "bad-argument",
    };
    Failure::new(code, error.to_string())
}

fn bad_argument(error: &impl ToString) -> Failure {
    Failure::new("bad-argument", error.to_string())
}

impl ports::Evaluation for Evaluated {
    fn task(&self) -> &'static str {
        self.evaluation.task().as_str()
    }

    fn row_count(&self) -> u64 {
        self.evaluation.rows() as u64
    }

    fn key(&self) -> &[(String, String)] {
        self.evaluation.key()
    }

    fn classes(&self) -> &[String] {
        self.evaluation.classes()
    }

    fn positive(&self) -> Option<&str> {
        self.evaluation.positive()
    }

    fn metric_names(&self) -> Vec<String> {
        self.evaluation.metric_names().map(str::to_owned).collect()
    }

    fn metric(&self, name: &str) -> Answer<Option<f64>> {
        self.evaluation.metric(name).map_err(|error| unanswered(&error))
    }

    fn interval(&self, metric: &str, level: f64) -> Answer<Option<(f64, f64)>> {
        let interval = self.evaluation.interval(metric, level).map_err(|error| unanswered(&error))?;
        Ok(interval.map(|interval| (interval.low, interval.high)))
    }

    fn confusion(&self) -> Answer<Vec<(String, String, u64)>> {
        let Some(confusion) = self.evaluation.confusion() else { return Ok(Vec::new()) };
        let mut cells = Vec::new();
        for (actual, counts) in confusion.classes.iter().zip(&confusion.counts) {
            for (predicted, count) in confusion.classes.iter().zip(counts) {
                cells.push((actual.clone(), predicted.clone(), *count));
            }
        }
        Ok(cells)
    }

    fn slices(&self, names: &[String]) -> Answer<Vec<Arc<dyn ports::Evaluation>>> {
        let columns = columns(&self.rows, names)?;
        let slices = self.evaluation.slices(&borrowed(&columns)).map_err(|error| bad_argument(&error))?;
        Ok(slices.into_iter().map(|slice| Arc::new(Self::new(slice, self.rows.clone())) as _).collect())
    }
}

impl ports::Comparison for Compared {
    fn row_count(&self) -> u64 {
        self.comparison.rows() as u64
    }

    fn key(&self) -> &[(String, String)] {
        self.comparison.key()
    }

    fn difference(&self, metric: &str) -> Answer<Option<f64>> {
        self.comparison.difference(metric).map_err(|error| unanswered(&error))
    }

    fn relative_difference(&self, metric: &str) -> Answer<Option<f64>> {
        self.comparison.relative_difference(metric).map_err(|error| unanswered(&error))
    }

    fn interval(&self, metric: &str, level: f64) -> Answer<Option<(f64, f64)>> {
        let interval = self.comparison.interval(metric, level).map_err(|error| unanswered(&error))?;
        Ok(interval.map(|interval| (interval.low, interval.high)))
    }

    fn test(&self, name: &str) -> Answer<(Option<f64>, f64)> {
        let result = self.comparison.test(name).map_err(|error| bad_argument(&error))?;
        Ok((result.statistic, result.p_value))
    }

    fn slices(&self, names: &[String]) -> Answer<Vec<Arc<dyn ports::Comparison>>> {
        let columns = columns(&self.rows, names)?;
        let slices = self.comparison.slices(&borrowed(&columns)).map_err(|error| bad_argument(&error))?;
        Ok(slices.into_iter().map(|slice| Arc::new(Self::new(slice, self.rows.clone())) as _).collect())
    }
}
