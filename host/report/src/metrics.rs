//! Which of the many metrics a report leads with.

use portcullis_verdict::{IntervalRecord, RunRecord};

use crate::figures::figure;

/// One metric of the candidate with what is known around it.
pub struct Metric<'a> {
    /// Its name.
    pub name: &'a str,
    /// The candidate's value; none where it is undefined.
    pub value: Option<f64>,
    /// Its confidence interval.
    pub interval: Option<&'a IntervalRecord>,
    /// The champion's value; none where there is no champion or its value is undefined.
    pub champion: Option<f64>,
}

impl Metric<'_> {
    /// The interval: `0.836 to 0.884`, empty if there is none.
    pub fn range(&self) -> String {
        self.interval.map_or_else(String::new, |range| format!("{} to {}", figure(range.low), figure(range.high)))
    }
}

/// The few metrics that a person asks for first, by task, and those that a policy judges by name.
pub fn key(record: &RunRecord) -> Vec<Metric<'_>> {
    let usual: &[&str] = match record.evaluation.as_ref().map(|evaluation| evaluation.task.as_str()) {
        Some("binary") => &["accuracy", "precision", "recall", "f1", "roc_auc"],
        Some("multiclass") => &["accuracy", "balanced_accuracy", "f1_macro", "roc_auc"],
        Some("regression") => &["rmse", "mae", "r2"],
        _ => &["accuracy", "f1_macro", "roc_auc", "rmse", "mae", "r2"],
    };
    let judged = |name: &str| {
        record.policies.iter().any(|policy| {
            policy.parameters.get("metric").and_then(|metric| metric.as_str()) == Some(name)
                || policy.measures.iter().any(|measure| measure.subject.is_none() && measure.name == name)
        })
    };
    let first = usual.iter().filter_map(|name| record.metrics.get_key_value(*name));
    let rest = record.metrics.iter().filter(|(name, _)| !usual.contains(&name.as_str()) && judged(name));
    first.chain(rest).map(|(name, value)| metric(record, name, *value)).collect()
}

/// Every metric, by name.
pub fn all(record: &RunRecord) -> Vec<Metric<'_>> {
    record.metrics.iter().map(|(name, value)| metric(record, name, *value)).collect()
}

fn metric<'a>(record: &'a RunRecord, name: &'a str, value: Option<f64>) -> Metric<'a> {
    let champion = record.champion.as_ref().and_then(|champion| champion.metrics.get(name).copied().flatten());
    Metric { name, value, interval: record.intervals.get(name), champion }
}

/// The heading of a column of intervals: `95 % interval` if all have one level.
pub fn interval_heading(metrics: &[Metric<'_>]) -> Option<String> {
    let mut levels = metrics.iter().filter_map(|metric| metric.interval).map(|interval| interval.level);
    let first = levels.next()?;
    let percent = (first * 1000.0).round() / 10.0;
    Some(if levels.all(|level| level == first) { format!("{percent} % interval") } else { "interval".to_owned() })
}
