//! A model's predictions on some rows, measured.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use portcullis_stats::{Confusion, Interval, Task, Weights, percentile_interval};
use portcullis_verdict::{ClassMetrics, EvaluationRecord, IntervalRecord, SliceRecord};
use rayon::prelude::*;

use crate::measured::{Measured, Prepared};
use crate::metric::{Formula, METRICS, MetricError, MetricInfo, metric_of};
use crate::resampled::Resampled;
use crate::scored::Scored;
use crate::slices::{Column, ColumnError, grouped};

/// How intervals are computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// The run's seed.
    pub seed: u64,
    /// Bootstrap resamples.
    pub resamples: u32,
}

impl Default for Options {
    /// Seed 0, 1000 resamples.
    fn default() -> Self {
        Self { seed: 0, resamples: 1000 }
    }
}

/// A model's predictions on some rows, measured. Cheap to clone; clones share what has been computed.
///
/// ```
/// use portcullis_evaluate::{Evaluation, Options, Scored};
/// let classes = vec!["no".to_owned(), "yes".to_owned()];
/// let scored = Scored::classes(classes, Some(1), vec![0, 0, 1, 1], vec![0, 1, 1, 1], None)?;
/// let evaluation = Evaluation::new(scored, Options::default());
/// assert_eq!(evaluation.metric("accuracy")?, Some(0.75));
/// assert_eq!(evaluation.metric("recall")?, Some(1.0));
/// assert!(evaluation.metric("roc_auc").is_err()); // no scores
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Evaluation(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    scored: Arc<Scored>,
    /// The rows of the scored data that this is about; none for all.
    rows: Option<Vec<u32>>,
    key: Vec<(String, String)>,
    options: Options,
    labels: OnceLock<Family>,
    scores: OnceLock<Family>,
    numbers: OnceLock<Family>,
}

/// Metrics that are computed together.
#[derive(Debug)]
struct Family {
    measured: Measured,
    resampled: Resampled,
}

impl Evaluation {
    /// An evaluation of all rows.
    pub fn new(scored: impl Into<Arc<Scored>>, options: Options) -> Self {
        Self::part(scored.into(), None, vec![], options)
    }

    fn part(scored: Arc<Scored>, rows: Option<Vec<u32>>, key: Vec<(String, String)>, options: Options) -> Self {
        let (labels, scores, numbers) = (OnceLock::new(), OnceLock::new(), OnceLock::new());
        Self(Arc::new(Inner { scored, rows, key, options, labels, scores, numbers }))
    }

    /// The same rows with other options.
    pub(crate) fn with_options(&self, options: Options) -> Self {
        if options == self.0.options {
            return self.clone();
        }
        Self::part(Arc::clone(&self.0.scored), self.0.rows.clone(), self.0.key.clone(), options)
    }

    /// The predictions that this is made from; all rows of them, also where this is a slice.
    pub fn scored(&self) -> &Scored {
        &self.0.scored
    }

    /// How intervals are computed.
    pub fn options(&self) -> Options {
        self.0.options
    }

    /// The task.
    pub fn task(&self) -> Task {
        self.0.scored.task()
    }

    /// Number of rows, at least one.
    pub fn rows(&self) -> usize {
        self.0.rows.as_ref().map_or_else(|| self.0.scored.rows(), Vec::len)
    }

    /// Which rows of the scored data, in ascending order.
    pub fn row_numbers(&self) -> impl Iterator<Item = u32> {
        let all = if self.0.rows.is_some() { 0 } else { self.0.scored.rows() as u32 };
        self.0.rows.iter().flatten().copied().chain(0..all)
    }

    /// The rows that this is about; none for all.
    pub(crate) fn picked_rows(&self) -> Option<&[u32]> {
        self.0.rows.as_deref()
    }

    /// Column and value for each column of a slice; empty for all rows.
    pub fn key(&self) -> &[(String, String)] {
        &self.0.key
    }

    /// The classes, in the model's order; empty for a regression.
    pub fn classes(&self) -> &[String] {
        self.0.scored.class_names()
    }

    /// The positive class of a binary task.
    pub fn positive(&self) -> Option<&str> {
        self.classes().get(self.0.scored.positive()? as usize).map(String::as_str)
    }

    /// The metrics that this evaluation has: those of its task, and those of scores only if there are scores.
    pub fn metric_infos(&self) -> impl Iterator<Item = &'static MetricInfo> {
        let (task, has_scores) = (self.task(), self.0.scored.has_scores());
        METRICS.iter().filter(move |metric| metric.applies_to(task) && (has_scores || !metric.needs_scores()))
    }

    /// The names of [`Self::metric_infos`].
    pub fn metric_names(&self) -> impl Iterator<Item = &'static str> {
        self.metric_infos().map(|metric| metric.name)
    }

    /// The metric; none where it is undefined (0/0).
    pub fn metric(&self, name: &str) -> Result<Option<f64>, MetricError> {
        let metric = self.info(name)?;
        Ok(self.value(metric))
    }

    /// Every metric that this evaluation has.
    pub fn metrics(&self) -> BTreeMap<String, Option<f64>> {
        self.metric_infos().map(|metric| (metric.name.to_owned(), self.value(metric))).collect()
    }

    fn value(&self, metric: &MetricInfo) -> Option<f64> {
        let family = self.family(metric);
        family.measured.values.get(family.measured.place(metric)?).copied().flatten()
    }

    /// A percentile bootstrap interval of the metric at coverage `level`, in 0..1.
    ///
    /// Rows are drawn with replacement, as many as there are; a resample on which the metric is undefined is left out.
    /// None where the metric is undefined on the rows themselves or on more than half of the resamples. Metrics of one
    /// kind (of labels, of scores, of numbers) share the resamples, and all callers share the result.
    pub fn interval(&self, name: &str, level: f64) -> Result<Option<Interval>, MetricError> {
        check_level(level)?;
        let metric = self.info(name)?;
        Ok(self.resampled(metric).and_then(|values| percentile_interval(&values, level)))
    }

    /// The interval of every metric that has one, for the record.
    pub fn intervals(&self, level: f64) -> Result<BTreeMap<String, IntervalRecord>, MetricError> {
        check_level(level)?;
        let method = format!("bootstrap ({} resamples)", self.0.options.resamples);
        let record = |metric: &MetricInfo| {
            let interval = percentile_interval(&self.resampled(metric)?, level)?;
            let record = IntervalRecord { level, low: interval.low, high: interval.high, method: method.clone() };
            Some((metric.name.to_owned(), record))
        };
        Ok(self.metric_infos().filter_map(record).collect())
    }

    /// The metric on every resample, NaN where it is undefined there; none where it is undefined on the rows themselves.
    pub(crate) fn resampled(&self, metric: &MetricInfo) -> Option<Vec<f64>> {
        self.value(metric)?;
        let Family { measured, resampled } = self.family(metric);
        Some(resampled.values(self.rows(), measured, measured.place(metric)?))
    }

    pub(crate) fn info(&self, name: &str) -> Result<&'static MetricInfo, MetricError> {
        let metric = metric_of(name, self.task())?;
        if metric.needs_scores() && !self.0.scored.has_scores() {
            return Err(MetricError::NeedsScores { name: metric.name, whose: "the" });
        }
        Ok(metric)
    }

    /// One evaluation for each combination of values that occurs, in the order of the values' text; a missing value is
    /// the value `(missing)`. No columns give this evaluation itself.
    pub fn slices(&self, columns: &[Column<'_>]) -> Result<Vec<Self>, ColumnError> {
        let mut names: BTreeSet<&str> = self.0.key.iter().map(|(name, _)| name.as_str()).collect();
        if let Some(twice) = columns.iter().find(|column| !names.insert(column.name)) {
            return Err(ColumnError::Twice(twice.name.to_owned()));
        }
        if columns.is_empty() {
            return Ok(vec![self.clone()]);
        }
        let slice = |(values, rows): (Vec<String>, Vec<u32>)| {
            let more = columns.iter().map(|column| column.name.to_owned()).zip(values);
            let key = self.0.key.iter().cloned().chain(more).collect();
            Self::part(Arc::clone(&self.0.scored), Some(rows), key, self.0.options)
        };
        Ok(grouped(columns, self.0.scored.rows(), self.row_numbers())?.into_iter().map(slice).collect())
    }

    /// Key, rows and metrics of several slices, computed in parallel.
    pub fn slice_records(slices: &[Self]) -> Vec<SliceRecord> {
        let record = |slice: &Self| SliceRecord {
            key: slice.key().to_vec(),
            rows: slice.rows() as u64,
            metrics: slice.metrics(),
        };
        slices.par_iter().map(record).collect()
    }

    /// Counts of true against predicted classes; none for a regression.
    pub fn confusion(&self) -> Option<portcullis_verdict::Confusion> {
        let counts = self.counts()?;
        Some(portcullis_verdict::Confusion {
            classes: self.classes().to_vec(),
            counts: counts.rows().map(<[u64]>::to_vec).collect(),
        })
    }

    /// Precision, recall and F1 of each class, 0 where they are 0/0, as in scikit-learn's `classification_report`; empty
    /// for a regression.
    pub fn per_class(&self) -> Vec<ClassMetrics> {
        let Some(counts) = self.counts() else { return vec![] };
        let of_class = |(class, code): (&String, u32)| ClassMetrics {
            class: class.clone(),
            precision: counts.precision(code).unwrap_or(0.0),
            recall: counts.recall(code).unwrap_or(0.0),
            f1: counts.f1(code).unwrap_or(0.0),
            support: counts.actual(code),
        };
        self.classes().iter().zip(0..).map(of_class).collect()
    }

    fn counts(&self) -> Option<Confusion> {
        match &self.label_family()?.prepared {
            Prepared::Labels { cells, .. } => Some(cells.count(Weights::Once)),
            _ => None,
        }
    }

    /// Everything that is not a single number, for the record.
    pub fn record(&self) -> EvaluationRecord {
        EvaluationRecord {
            task: self.task().as_str().to_owned(),
            rows: self.rows() as u64,
            classes: self.classes().to_vec(),
            positive: self.positive().map(str::to_owned),
            confusion: self.confusion(),
            per_class: self.per_class(),
            roc: self.roc(),
            precision_recall: self.precision_recall(),
            calibration: self.calibration(),
        }
    }

    fn family(&self, metric: &MetricInfo) -> &Family {
        let (slot, kind): (_, fn(&Formula) -> bool) = match metric.formula {
            Formula::Labels(_) => (&self.0.labels, |formula| matches!(formula, Formula::Labels(_))),
            Formula::Scores(_) => (&self.0.scores, |formula| matches!(formula, Formula::Scores(_))),
            Formula::Numbers(_) => (&self.0.numbers, |formula| matches!(formula, Formula::Numbers(_))),
        };
        // Nothing in here hands over to another task of a thread pool, so waiting for it cannot come back to itself.
        slot.get_or_init(|| {
            let metrics = self.metric_infos().filter(|other| kind(&other.formula)).collect();
            let resampled = Resampled::new(self.0.options.resamples, self.0.options.seed);
            Family { measured: Measured::new(metrics, self.prepared(metric.formula)), resampled }
        })
    }

    fn family_of(&self, kind: fn(&Formula) -> bool) -> Option<&Measured> {
        let metric = self.metric_infos().find(|metric| kind(&metric.formula))?;
        Some(&self.family(metric).measured)
    }

    pub(crate) fn score_family(&self) -> Option<&Measured> {
        self.family_of(|formula| matches!(formula, Formula::Scores(_)))
    }

    fn label_family(&self) -> Option<&Measured> {
        self.family_of(|formula| matches!(formula, Formula::Labels(_)))
    }

    #[cfg(test)]
    pub(crate) fn resampling_begun(&self) -> [bool; 3] {
        [&self.0.labels, &self.0.scores, &self.0.numbers]
            .map(|slot| slot.get().is_some_and(|family| family.resampled.begun()))
    }
}

pub(crate) fn check_level(level: f64) -> Result<(), MetricError> {
    if level > 0.0 && level < 1.0 { Ok(()) } else { Err(MetricError::Level(level)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_asked_for_is_resampled_and_only_once() {
        let scores = Some(vec![0.9, 0.1, 0.4, 0.6]);
        let scored = Scored::classes(vec!["a".into(), "b".into()], Some(1), vec![0, 1], vec![0, 1], scores).unwrap();
        let evaluation = Evaluation::new(scored, Options { seed: 1, resamples: 50 });
        assert_eq!(evaluation.metric("brier").map(|value| value.is_some()), Ok(true));
        assert_eq!(evaluation.resampling_begun(), [false; 3], "a metric alone needs no resample");
        evaluation.interval("accuracy", 0.95).unwrap();
        assert_eq!(evaluation.resampling_begun(), [true, false, false]);
        evaluation.clone().interval("roc_auc", 0.95).unwrap();
        assert_eq!(evaluation.resampling_begun(), [true, true, false], "clones share");
        let place = |evaluation: &Evaluation| std::ptr::from_ref(evaluation.family(evaluation.info("f1").unwrap()));
        assert_eq!(place(&evaluation), place(&evaluation.clone()));
        assert_ne!(place(&evaluation), place(&Evaluation::new(evaluation.0.scored.clone(), evaluation.options())));
    }
}
