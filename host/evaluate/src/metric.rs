//! The list of metrics.

use std::fmt;

use portcullis_stats::{Average, Confusion, Part, Residuals, Task, Weights};

use crate::measured::ScoreValues;
use crate::nearest::nearest;

/// Which way a metric improves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Larger is better.
    Higher,
    /// Smaller is better.
    Lower,
    /// Neither: the metric describes.
    None,
}

impl Direction {
    /// Whether larger is better; none for a metric that has no direction.
    pub const fn higher_is_better(self) -> Option<bool> {
        match self {
            Self::Higher => Some(true),
            Self::Lower => Some(false),
            Self::None => None,
        }
    }
}

/// A metric: what it is, not its value.
#[derive(Clone, Copy)]
pub struct MetricInfo {
    /// Its name, scikit-learn's or Fairlearn's.
    pub name: &'static str,
    /// The tasks that it applies to.
    pub tasks: &'static [Task],
    /// Which way it improves.
    pub direction: Direction,
    /// The values that it can take.
    pub range: &'static str,
    /// Its formula, in words or letters.
    pub definition: &'static str,
    pub(crate) formula: Formula,
}

impl MetricInfo {
    /// Whether it needs scores and not only predicted classes.
    pub const fn needs_scores(&self) -> bool {
        matches!(self.formula, Formula::Scores(_))
    }

    /// Whether it applies to the task.
    pub fn applies_to(&self, task: Task) -> bool {
        self.tasks.contains(&task)
    }
}

impl fmt::Debug for MetricInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MetricInfo").field("name", &self.name).finish_non_exhaustive()
    }
}

/// How a metric is computed, and from what; metrics of one kind share the work.
#[derive(Clone, Copy)]
pub(crate) enum Formula {
    /// From counts of true against predicted classes and the code of the positive class.
    Labels(fn(&Confusion, u32) -> Option<f64>),
    /// From scores.
    Scores(fn(&ScoreValues) -> Option<f64>),
    /// From numbers.
    Numbers(fn(&Residuals, Weights<'_>) -> Option<f64>),
}

const CLASSES: &[Task] = &[Task::Binary, Task::Multiclass];
const BINARY: &[Task] = &[Task::Binary];
const NUMBERS: &[Task] = &[Task::Regression];
const SHARE: &str = "0 to 1";

macro_rules! metrics {
    ($($name:literal, $tasks:ident, $direction:ident, $range:expr, $kind:ident($formula:expr), $definition:literal;)+) => {
        /// Every metric, in the order in which reports list them.
        pub static METRICS: &[MetricInfo] = &[$(MetricInfo {
            name: $name,
            tasks: $tasks,
            direction: Direction::$direction,
            range: $range,
            definition: $definition,
            formula: Formula::$kind($formula),
        }),+];
    };
}

metrics! {
    "accuracy", CLASSES, Higher, SHARE, Labels(|c, _| c.accuracy()), "share of rows predicted right";
    "balanced_accuracy", CLASSES, Higher, SHARE, Labels(|c, _| c.balanced_accuracy()), "mean of the recalls of the classes that occur in the truth";
    "precision", BINARY, Higher, SHARE, Labels(Confusion::precision), "TP / (TP + FP) of the positive class";
    "recall", BINARY, Higher, SHARE, Labels(Confusion::recall), "TP / (TP + FN) of the positive class";
    "f1", BINARY, Higher, SHARE, Labels(Confusion::f1), "2 TP / (2 TP + FP + FN) of the positive class";
    "precision_macro", CLASSES, Higher, SHARE, Labels(|c, _| c.averaged(Part::Precision, Average::Macro)), "mean of the precisions of the classes that occur";
    "recall_macro", CLASSES, Higher, SHARE, Labels(|c, _| c.averaged(Part::Recall, Average::Macro)), "mean of the recalls of the classes that occur";
    "f1_macro", CLASSES, Higher, SHARE, Labels(|c, _| c.averaged(Part::F1, Average::Macro)), "mean of the F1 of the classes that occur";
    "precision_micro", CLASSES, Higher, SHARE, Labels(|c, _| c.averaged(Part::Precision, Average::Micro)), "precision of the pooled counts of all classes";
    "recall_micro", CLASSES, Higher, SHARE, Labels(|c, _| c.averaged(Part::Recall, Average::Micro)), "recall of the pooled counts of all classes";
    "f1_micro", CLASSES, Higher, SHARE, Labels(|c, _| c.averaged(Part::F1, Average::Micro)), "F1 of the pooled counts of all classes";
    "precision_weighted", CLASSES, Higher, SHARE, Labels(|c, _| c.averaged(Part::Precision, Average::Weighted)), "mean of the precisions of the classes, by their rows";
    "recall_weighted", CLASSES, Higher, SHARE, Labels(|c, _| c.averaged(Part::Recall, Average::Weighted)), "mean of the recalls of the classes, by their rows";
    "f1_weighted", CLASSES, Higher, SHARE, Labels(|c, _| c.averaged(Part::F1, Average::Weighted)), "mean of the F1 of the classes, by their rows";
    "roc_auc", CLASSES, Higher, SHARE, Scores(|s| s.roc_auc), "area under the ROC curve; multiclass: mean over the classes, one against the rest";
    "average_precision", CLASSES, Higher, SHARE, Scores(|s| s.average_precision), "sum of (change of recall × precision) over the scores; multiclass: mean over the classes, one against the rest";
    "log_loss", CLASSES, Lower, "0 to 36.04", Scores(|s| s.log_loss), "mean of -ln(score of the true class)";
    "brier", CLASSES, Lower, "0 to 1 (more than two classes: 0 to 2)", Scores(|s| s.brier), "mean of (y - p)²; more than two classes: summed over the classes";
    "mcc", CLASSES, Higher, "-1 to 1", Labels(|c, _| c.mcc()), "correlation of truth and prediction (Matthews, Gorodkin)";
    "expected_calibration_error", CLASSES, Lower, SHARE, Scores(|s| s.expected_calibration_error), "mean distance of score and observed share over 15 bins of equal width";
    "selection_rate", BINARY, None, SHARE, Labels(Confusion::selection_rate), "share of rows predicted positive";
    "true_positive_rate", BINARY, Higher, SHARE, Labels(Confusion::recall), "TP / (TP + FN)";
    "false_positive_rate", BINARY, Lower, SHARE, Labels(Confusion::false_positive_rate), "FP / (FP + TN)";
    "true_negative_rate", BINARY, Higher, SHARE, Labels(Confusion::true_negative_rate), "TN / (FP + TN)";
    "false_negative_rate", BINARY, Lower, SHARE, Labels(Confusion::false_negative_rate), "FN / (TP + FN)";
    "rmse", NUMBERS, Lower, "0 and up", Numbers(Residuals::rmse), "root of the mean of (y - ŷ)²";
    "mae", NUMBERS, Lower, "0 and up", Numbers(Residuals::mae), "mean of |y - ŷ|";
    "mse", NUMBERS, Lower, "0 and up", Numbers(Residuals::mse), "mean of (y - ŷ)²";
    "r2", NUMBERS, Higher, "up to 1", Numbers(Residuals::r2), "1 - sum of (y - ŷ)² / sum of (y - ȳ)²";
    "median_absolute_error", NUMBERS, Lower, "0 and up", Numbers(Residuals::median_absolute_error), "median of |y - ŷ|";
    "mape", NUMBERS, Lower, "0 and up", Numbers(Residuals::mape), "mean of |y - ŷ| / max(|y|, 2⁻⁵²)";
    "mean_prediction", NUMBERS, None, "any number", Numbers(Residuals::mean_prediction), "mean of ŷ";
}

/// The names of the metrics of a task, in the order of [`METRICS`].
pub fn metric_names(task: Task) -> impl Iterator<Item = &'static str> {
    METRICS.iter().filter(move |metric| metric.applies_to(task)).map(|metric| metric.name)
}

/// The metric of this name, whatever its task.
///
/// ```
/// use portcullis_evaluate::{Direction, metric_info};
/// assert_eq!(metric_info("log_loss")?.direction, Direction::Lower);
/// assert_eq!(metric_info("selection_rate")?.direction.higher_is_better(), None);
/// assert!(metric_info("acuracy").unwrap_err().to_string().contains("did you mean `accuracy`?"));
/// # Ok::<(), portcullis_evaluate::MetricError>(())
/// ```
pub fn metric_info(name: &str) -> Result<&'static MetricInfo, MetricError> {
    let found = METRICS.iter().find(|metric| metric.name == name);
    found.ok_or_else(|| MetricError::unknown(name, METRICS.iter().map(|metric| metric.name).collect()))
}

/// The metric of this name for a task.
///
/// # Errors
/// No metric has this name, or none of this task: with the nearest name of the task and all of them.
pub fn metric_of(name: &str, task: Task) -> Result<&'static MetricInfo, MetricError> {
    match METRICS.iter().find(|metric| metric.name == name) {
        Some(metric) if metric.applies_to(task) => Ok(metric),
        Some(metric) => {
            let valid: Vec<&'static str> = metric_names(task).collect();
            Err(MetricError::OtherTask { name: metric.name, task, nearest: nearest(name, &valid), valid })
        }
        None => Err(MetricError::unknown(name, metric_names(task).collect())),
    }
}

/// Why a metric was not computed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum MetricError {
    /// No metric has this name.
    #[error("`{name}` is not a metric;{} valid: {}", suggestion(*.nearest), .valid.join(", "))]
    Unknown {
        /// The name given.
        name: String,
        /// What was probably meant.
        nearest: Option<&'static str>,
        /// The names that there are.
        valid: Vec<&'static str>,
    },
    /// The metric belongs to another task.
    #[error("`{name}` is not a metric of a {task} task;{} valid: {}", suggestion(*.nearest), .valid.join(", "))]
    OtherTask {
        /// The metric.
        name: &'static str,
        /// The task at hand.
        task: Task,
        /// What was probably meant.
        nearest: Option<&'static str>,
        /// The names for this task.
        valid: Vec<&'static str>,
    },
    /// The metric needs scores, and there are only predicted classes.
    #[error(
        "`{name}` needs a score for each class, and {whose} predictions have none; add score columns to them, or use a metric of the predicted classes such as `accuracy`"
    )]
    NeedsScores {
        /// The metric.
        name: &'static str,
        /// `the`, or `the champion's`.
        whose: &'static str,
    },
    /// The coverage of an interval is no share.
    #[error("{0} is not the level of an interval; it is the coverage, between 0 and 1: 0.95")]
    Level(f64),
}

impl MetricError {
    fn unknown(name: &str, valid: Vec<&'static str>) -> Self {
        Self::Unknown { name: name.to_owned(), nearest: nearest(name, &valid), valid }
    }
}

fn suggestion(nearest: Option<&str>) -> String {
    nearest.map(|name| format!(" did you mean `{name}`?")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_promised_names_are_all_there() {
        let names = |task| metric_names(task).collect::<Vec<_>>().join(" ");
        assert_eq!(names(Task::Regression), "rmse mae mse r2 median_absolute_error mape mean_prediction");
        assert_eq!(
            names(Task::Multiclass),
            "accuracy balanced_accuracy precision_macro recall_macro f1_macro precision_micro recall_micro f1_micro \
             precision_weighted recall_weighted f1_weighted roc_auc average_precision log_loss brier mcc \
             expected_calibration_error"
        );
        assert_eq!(metric_names(Task::Binary).count(), 25);
        let mut sorted: Vec<_> = METRICS.iter().map(|metric| metric.name).collect();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted.len(), METRICS.len());
    }

    #[test]
    fn errors_list_what_is_valid() {
        let error = metric_of("r_squared", Task::Regression).unwrap_err().to_string();
        assert_eq!(
            error,
            "`r_squared` is not a metric; did you mean `r2`? valid: rmse, mae, mse, r2, median_absolute_error, mape, \
             mean_prediction"
        );
        let error = metric_of("f1", Task::Regression).unwrap_err().to_string();
        assert!(error.starts_with("`f1` is not a metric of a regression task; valid: rmse, "), "{error}");
        let error = metric_of("f1", Task::Multiclass).unwrap_err().to_string();
        assert!(error.starts_with("`f1` is not a metric of a multiclass task; did you mean `f1_m"), "{error}");
        let error = metric_of("zebra", Task::Regression).unwrap_err().to_string();
        assert!(error.starts_with("`zebra` is not a metric; valid: "), "{error}");
    }

    #[test]
    fn every_metric_is_documented() {
        let page = include_str!("../../../docs/metrics.md");
        for metric in METRICS {
            let row = page.lines().find(|line| line.starts_with(&format!("| `{}` |", metric.name)));
            let row = row.unwrap_or_else(|| panic!("docs/metrics.md has no row for {}", metric.name));
            let direction = match metric.direction {
                Direction::Higher => "| higher |",
                Direction::Lower => "| lower |",
                Direction::None => "| none |",
            };
            assert!(row.contains(direction), "{row}");
        }
    }
}
