//! Evaluations and comparisons, taped.

use std::sync::Arc;

use portcullis_sandbox::ports::{Answer, Comparison, Evaluation};

use super::{Noted, Tape, shown};

type Key = Vec<(String, String)>;

/// An evaluation behind a tape.
pub(super) struct TapedEvaluation {
    tape: Arc<Tape>,
    /// How questions name it: `candidate`, `candidate.slices(["sex"])[1]`.
    path: String,
    real: Option<Arc<dyn Evaluation>>,
    task: &'static str,
    rows: u64,
    key: Key,
    classes: Vec<String>,
    positive: Option<String>,
    metrics: Vec<String>,
}

impl TapedEvaluation {
    pub fn behind(tape: &Arc<Tape>, path: String, real: Option<Arc<dyn Evaluation>>) -> Arc<dyn Evaluation> {
        let about = real.as_ref().map(|real| {
            let real = Arc::clone(real);
            move || {
                let known = (real.task().to_owned(), real.row_count(), real.key().to_vec());
                (known, (real.classes().to_vec(), real.positive().map(str::to_owned), real.metric_names()))
            }
        });
        let ((task, rows, key), (classes, positive, metrics)) = tape.noted(&path, about).unwrap_or_default();
        let task =
            ["binary", "multiclass", "regression"].into_iter().find(|known| *known == task).unwrap_or("regression");
        Arc::new(Self { tape: Arc::clone(tape), path, real, task, rows, key, classes, positive, metrics })
    }

    fn ask<T: Noted>(&self, question: &str, ask: impl FnOnce(&dyn Evaluation) -> Answer<T>) -> Answer<T> {
        let question = format!("{}.{question}", self.path);
        self.tape.answer(&question, self.real.as_ref().map(|real| || ask(&**real)))
    }
}

impl Evaluation for TapedEvaluation {
    fn task(&self) -> &'static str {
        self.task
    }

    fn row_count(&self) -> u64 {
        self.rows
    }

    fn key(&self) -> &[(String, String)] {
        &self.key
    }

    fn classes(&self) -> &[String] {
        &self.classes
    }

    fn positive(&self) -> Option<&str> {
        self.positive.as_deref()
    }

    fn metric_names(&self) -> Vec<String> {
        self.metrics.clone()
    }

    fn metric(&self, name: &str) -> Answer<Option<f64>> {
        self.ask(&format!("metric({})", shown(&name)), |real| real.metric(name))
    }

    fn interval(&self, metric: &str, level: f64) -> Answer<Option<(f64, f64)>> {
        self.ask(&format!("interval({}, {level:?})", shown(&metric)), |real| real.interval(metric, level))
    }

    fn confusion(&self) -> Answer<Vec<(String, String, u64)>> {
        self.ask("confusion()", |real| real.confusion())
    }

    fn slices(&self, columns: &[String]) -> Answer<Vec<Arc<dyn Evaluation>>> {
        let question = format!("slices({})", shown(&columns));
        let mut parts = Vec::new();
        let count = self.ask(&question, |real| {
            parts = real.slices(columns)?;
            Ok(parts.len() as u64)
        })?;
        let mut parts = parts.into_iter();
        let path = |place: u64| format!("{}.{question}[{place}]", self.path);
        Ok((0..count).map(|place| Self::behind(&self.tape, path(place), parts.next())).collect())
    }
}

/// Two models side by side, behind a tape.
pub(super) struct TapedComparison {
    tape: Arc<Tape>,
    path: String,
    real: Option<Arc<dyn Comparison>>,
    rows: u64,
    key: Key,
}

impl TapedComparison {
    pub fn behind(tape: &Arc<Tape>, path: String, real: Option<Arc<dyn Comparison>>) -> Arc<dyn Comparison> {
        let about = real.as_ref().map(|real| {
            let real = Arc::clone(real);
            move || (real.row_count(), real.key().to_vec())
        });
        let (rows, key) = tape.noted(&path, about).unwrap_or_default();
        Arc::new(Self { tape: Arc::clone(tape), path, real, rows, key })
    }

    fn ask<T: Noted>(&self, question: &str, ask: impl FnOnce(&dyn Comparison) -> Answer<T>) -> Answer<T> {
        let question = format!("{}.{question}", self.path);
        self.tape.answer(&question, self.real.as_ref().map(|real| || ask(&**real)))
    }
}

impl Comparison for TapedComparison {
    fn row_count(&self) -> u64 {
        self.rows
    }

    fn key(&self) -> &[(String, String)] {
        &self.key
    }

    fn difference(&self, metric: &str) -> Answer<Option<f64>> {
        self.ask(&format!("difference({})", shown(&metric)), |real| real.difference(metric))
    }

    fn relative_difference(&self, metric: &str) -> Answer<Option<f64>> {
        self.ask(&format!("relative-difference({})", shown(&metric)), |real| real.relative_difference(metric))
    }

    fn interval(&self, metric: &str, level: f64) -> Answer<Option<(f64, f64)>> {
        self.ask(&format!("interval({}, {level:?})", shown(&metric)), |real| real.interval(metric, level))
    }

    fn test(&self, name: &str) -> Answer<(Option<f64>, f64)> {
        self.ask(&format!("test({})", shown(&name)), |real| real.test(name))
    }

    fn slices(&self, columns: &[String]) -> Answer<Vec<Arc<dyn Comparison>>> {
        let question = format!("slices({})", shown(&columns));
        let mut parts = Vec::new();
        let count = self.ask(&question, |real| {
            parts = real.slices(columns)?;
            Ok(parts.len() as u64)
        })?;
        let mut parts = parts.into_iter();
        let path = |place: u64| format!("{}.{question}[{place}]", self.path);
        Ok((0..count).map(|place| Self::behind(&self.tape, path(place), parts.next())).collect())
    }
}
