//! The run record: what `--format json` prints and what every report is rendered from.
//!
//! The names at the top level are promised to users; more may be added. Everything outside [`RunRecord::timing`] is a
//! function of the inputs: same data, same configuration, same policies, same bytes.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::judgement::{Finding, Measure, Named, Outcome, number};
use crate::name::{Kind, Mode, names};
use crate::verdict::{Failure, PolicyVerdict, Verdict, overall};

/// Version of the shape of [`RunRecord`]. It grows by one when a reader of the last one would go wrong.
pub const SCHEMA_VERSION: u32 = 1;

/// One execution, whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunRecord {
    /// Version of this shape, [`SCHEMA_VERSION`].
    pub schema: u32,
    /// Which run this is.
    pub run: RunIdentity,
    /// The project's name.
    pub project: String,
    /// The data that was judged and learnt from.
    pub data: Option<DataRecord>,
    /// The candidate; none if there was no step that made one.
    pub model: Option<ModelRecord>,
    /// The champion that the candidate was compared with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub champion: Option<ModelRecord>,
    /// Metrics of the candidate on held-out data; null where a metric is undefined (0/0).
    pub metrics: BTreeMap<String, Option<f64>>,
    /// The same metrics on parts of the held-out data.
    pub slices: Vec<SliceRecord>,
    /// Confidence intervals of the metrics, by the metric's name.
    pub intervals: BTreeMap<String, IntervalRecord>,
    /// Everything about the evaluation that is not a single number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evaluation: Option<EvaluationRecord>,
    /// What each policy said, in the order of the configuration.
    pub policies: Vec<PolicyRecord>,
    /// Steps that did not run, with the reason.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub skipped: BTreeMap<String, String>,
    /// Things that a user should know and that belong to no policy.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// The verdict.
    pub verdict: Verdict,
    /// What the clock and the machine decide.
    pub timing: TimingRecord,
}

impl RunRecord {
    /// The verdict that the policies of this record amount to.
    pub fn judged(&self) -> Verdict {
        overall(self.policies.iter().map(|policy| policy.verdict))
    }
}

/// Which run this is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunIdentity {
    /// A hash of the inputs: data, configuration, policies, host version.
    pub id: String,
    /// Version of the host.
    pub host: String,
    /// The commit that the project's repository stands at, if it is one. Files may differ from it: what ran is told by the
    /// digests of data, model and policies.
    pub commit: Option<String>,
    /// The seed that everything random was drawn from.
    pub seed: u32,
    /// The subcommand: `run`, `check`, `train`, `evaluate`, `gate`.
    pub command: String,
    /// The time at which policies' clocks stood; none in records of older versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<ClockRecord>,
}

/// The time at which policies' clocks stood still. It is an input, so it does not stand under `timing`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockRecord {
    /// RFC 3339 in UTC.
    pub time: String,
    /// Where it is from.
    pub from: ClockSource,
}

names! {
    /// Where the time is from at which policies' clocks stood.
    ClockSource, "source of the time", {
        /// It was asked for, by `--at` or `PORTCULLIS_AT`.
        At = "at",
        /// It is that of the commit that the project's repository stands at.
        Commit = "commit",
        /// There was neither: 1970.
        Default = "default",
    }
}

/// The data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DataRecord {
    /// Rows over all sources.
    pub rows: u64,
    /// Number of columns.
    pub columns: u32,
    /// Digest over the digests of the sources, in order.
    pub sha256: String,
    /// The files.
    pub sources: Vec<SourceRecord>,
    /// The column to predict.
    pub target: Option<String>,
    /// The inputs of the model, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub features: Vec<String>,
    /// How rows were held out; none where nothing was split.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split: Option<SplitRecord>,
}

/// One file of data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SourceRecord {
    /// Path as configured, relative to the project; a glob shows as the files that it matched.
    pub path: String,
    /// What it serves as: `data`, `test`, `reference` or `predictions`.
    pub role: String,
    /// Rows in it.
    pub rows: u64,
    /// Columns in it.
    pub columns: u32,
    /// Digest of the file's bytes, in hexadecimal.
    pub sha256: String,
}

/// How rows were held out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SplitRecord {
    /// `random`, `stratified`, `by CUSTOMER`, `time DATE` or `file`.
    pub method: String,
    /// Rows learnt from.
    pub train: u64,
    /// Rows held out.
    pub test: u64,
}

/// A model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelRecord {
    /// Family such as `random-forest`; for a model from elsewhere, `predictions` or `command`.
    pub family: String,
    /// Hyperparameters, defaults included.
    pub parameters: BTreeMap<String, serde_json::Value>,
    /// Digest of the model's file (or of the predictions' file), in hexadecimal.
    pub sha256: String,
    /// Where it came from, if it was not trained by this run: a path or a command.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Metrics on the same held-out rows; only the champion has its own here.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub metrics: BTreeMap<String, Option<f64>>,
}

/// Metrics on the rows that share values of some columns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SliceRecord {
    /// Column and value, in the order of the columns asked for.
    pub key: Vec<(String, String)>,
    /// Rows in it.
    pub rows: u64,
    /// Metrics on these rows.
    pub metrics: BTreeMap<String, Option<f64>>,
}

/// A confidence interval.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IntervalRecord {
    /// Coverage, 0.95 for instance.
    pub level: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// How it was computed: `bootstrap (1000 resamples)`.
    pub method: String,
}

/// Everything about an evaluation that is not a single number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EvaluationRecord {
    /// `binary`, `multiclass` or `regression`.
    pub task: String,
    /// Rows evaluated.
    pub rows: u64,
    /// The classes, in the model's order; empty for regression.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub classes: Vec<String>,
    /// The positive class of a binary task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub positive: Option<String>,
    /// Who was confused with whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confusion: Option<Confusion>,
    /// Precision, recall and F1 of each class.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub per_class: Vec<ClassMetrics>,
    /// ROC curves: x = false positive rate, y = true positive rate; one per class, only the positive's in a binary task.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roc: Vec<Curve>,
    /// Precision-recall curves: x = recall, y = precision.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub precision_recall: Vec<Curve>,
    /// Calibration curves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calibration: Vec<Calibration>,
}

/// Counts of true against predicted classes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Confusion {
    /// The classes, for rows and columns alike.
    pub classes: Vec<String>,
    /// `counts[i][j]`: rows of class `i` predicted as class `j`.
    pub counts: Vec<Vec<u64>>,
}

/// Metrics of one class against the rest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClassMetrics {
    /// The class.
    pub class: String,
    /// Of those predicted as this class, the share that is.
    pub precision: f64,
    /// Of those that are, the share predicted as this class.
    pub recall: f64,
    /// Harmonic mean of the two.
    pub f1: f64,
    /// Rows of this class.
    pub support: u64,
}

/// A curve; the point `i` is `(x[i], y[i])`. Long curves are thinned to at most 200 points, ends kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// The class that counts as positive.
    pub class: String,
    /// Abscissas.
    pub x: Vec<f64>,
    /// Ordinates.
    pub y: Vec<f64>,
}

/// A calibration (reliability) curve over bins of equal width; empty bins are left out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// The class that counts as positive.
    pub class: String,
    /// Mean score in the bin.
    pub predicted: Vec<f64>,
    /// Share of positives in the bin.
    pub observed: Vec<f64>,
    /// Rows in the bin.
    pub count: Vec<u64>,
}

/// A place in the repository.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Path relative to the repository around the project, or to the project where there is none: what CI systems
    /// annotate. The configuration, or the component itself where no entry configures it.
    pub file: String,
    /// Line in it, from 1; none for a component.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}", self.file),
            None => f.write_str(&self.file),
        }
    }
}

/// What one policy said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PolicyRecord {
    /// Its name in this project.
    pub name: String,
    /// Its kind; none where the file could not be read as a policy.
    pub kind: Option<Kind>,
    /// sha256 of the component, in hexadecimal.
    pub digest: String,
    /// The contract that it was built against, `0.1.0` for instance; none where the file could not be read as a policy.
    pub contract: Option<String>,
    /// The policy's own version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The file, relative to the project.
    pub file: String,
    /// Where it is configured, for annotations.
    pub place: Place,
    /// `enforce` or `warn`.
    pub mode: Mode,
    /// Its parameters as it saw them, defaults applied.
    #[serde(default)]
    pub parameters: serde_json::Value,
    /// What the host makes of it.
    pub verdict: PolicyVerdict,
    /// What the policy itself concluded; none where it did not finish.
    pub outcome: Option<Outcome>,
    /// What it noticed.
    pub findings: Vec<Finding>,
    /// What it measured.
    pub measures: Vec<Measure>,
    /// Anything else that it returned, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extra: Vec<Named>,
    /// Instructions used.
    pub fuel: Option<u64>,
    /// Why it could not be evaluated.
    pub failure: Option<Failure>,
    /// What it logged.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub log: Vec<String>,
}

/// What the clock and the machine decide: the only part of the record that differs between two runs on the same inputs.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TimingRecord {
    /// When the run started, RFC 3339 in UTC.
    pub start: String,
    /// Seconds per step, `total` included.
    pub seconds: BTreeMap<String, f64>,
    /// Time to predict one row, in microseconds, the median over batches; none where nothing was predicted here.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "number::optional")]
    pub prediction_microseconds_per_row: Option<f64>,
    /// Times of each policy.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub policies: BTreeMap<String, PolicyTiming>,
}

/// Times of one policy.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PolicyTiming {
    /// Seconds to load it: from the cache, or by compiling.
    pub load_seconds: f64,
    /// Whether the compile cache had it.
    pub cached: bool,
    /// Seconds of that to compile it; 0 where the cache had it.
    #[serde(default)]
    pub compile_seconds: f64,
    /// Seconds to instantiate, judge and drop it.
    pub judge_seconds: f64,
    /// Seconds of that to instantiate it.
    #[serde(default)]
    pub instantiate_seconds: f64,
}
