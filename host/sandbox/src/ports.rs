//! What a run offers its policies, in plain types: the sandbox asks through these traits and `run` answers.
//!
//! The semantics (what a null is, what counts as missing, which errors there are) are those of the contract in `wit/`;
//! the methods here carry the same names. Implementations answer for everything they have: withheld columns and small
//! groups are the sandbox's business.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use portcullis_verdict::FailureKind;

/// The column of predictions that holds the truth.
pub const LABEL: &str = "label";

/// Why the host does not answer; the contract's `failure`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// A stable word from the contract's list.
    pub code: &'static str,
    /// One sentence for a person.
    pub message: String,
}

impl Failure {
    /// A failure with this code.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

/// Every code of the contract.
const CODES: [&str; 9] = [
    "unknown-column",
    "withheld",
    "not-numeric",
    "small-group",
    "unknown-metric",
    "no-model",
    "bad-argument",
    "bad-query",
    "unavailable",
];

impl Failure {
    /// The contract's word that is this text.
    pub fn code_of(text: &str) -> Option<&'static str> {
        CODES.into_iter().find(|code| *code == text)
    }
}

/// An answer or the reason why there is none.
pub type Answer<T> = Result<T, Failure>;

/// Everything that one run offers.
pub trait World: Send + Sync {
    /// What the policy judges: all data before training, the held-out rows after it.
    fn current(&self) -> Arc<dyn Dataset>;
    /// `all`, `training`, `held-out` or `reference`.
    fn part(&self, name: &str) -> Option<Arc<dyn Dataset>>;
    /// `current`, or another part by its name; none if the run has no such part.
    fn named(&self, name: &str) -> Answer<Option<Arc<dyn Dataset>>> {
        match name {
            "current" => Ok(Some(self.current())),
            "all" | "training" | "held-out" | "reference" => Ok(self.part(name)),
            _ => Err(Failure::new(
                "bad-argument",
                format!("there is no part called `{name}`; valid: current, all, training, held-out, reference"),
            )),
        }
    }
    /// The candidate's evaluation; none before there is one.
    fn candidate(&self) -> Option<Arc<dyn Evaluation>>;
    /// The champion's evaluation on the same rows.
    fn champion(&self) -> Option<Arc<dyn Evaluation>>;
    /// The two side by side.
    fn comparison(&self) -> Option<Arc<dyn Comparison>>;
    /// The columns configured as groups.
    fn groups(&self) -> &[String];
    /// Whether a larger value of a metric is better.
    fn higher_is_better(&self, metric: &str) -> Answer<Option<bool>>;
    /// The candidate itself; none where predictions were made elsewhere.
    fn predictor(&self) -> Option<Arc<dyn Predictor>>;
    /// The column that is predicted.
    fn target(&self) -> Option<&str>;
    /// What `candidate` or `champion` predicted, row by row: a table of [`LABEL`], `prediction` and scores.
    fn predictions(&self, model: &str) -> Answer<Arc<dyn Dataset>>;
    /// The answer to a question in SQL, and the work that it was: values that the host went through.
    fn query(&self, query: &Query<'_>) -> Result<(Arc<dyn Dataset>, u64), QueryStop>;
}

/// A question in SQL.
#[derive(Debug, Clone, Copy)]
pub struct Query<'a> {
    /// The statement, as the policy wrote it.
    pub statement: &'a str,
    /// The columns whose values it may use; none means all.
    pub columns: Option<&'a [String]>,
    /// What answering it may consume.
    pub bounds: QueryBounds,
}

/// What answering one question may consume.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueryBounds {
    /// Steps of the machine that runs it: the same on every computer.
    pub steps: u64,
    /// Bytes of memory.
    pub memory: u64,
    /// Rows of the answer.
    pub rows: u64,
    /// Wall clock.
    pub time: Duration,
}

/// Why a question was not answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QueryStop {
    /// The policy is told, and goes on.
    Refused(Failure),
    /// It exceeded a limit, which ends the policy: what depends on a clock may not decide a judgement.
    Limit(FailureKind, String),
    /// The host could not do it.
    Broken(String),
}

/// A column's name and the contract's word for its kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// `boolean`, `integer`, `number`, `text`, `date`, `datetime`, `time` or `other`.
    pub kind: &'static str,
}

impl Column {
    /// The contract's word for a kind that is this text.
    pub fn kind_of(text: &str) -> Option<&'static str> {
        let kinds = ["boolean", "integer", "number", "text", "date", "datetime", "time", "other"];
        kinds.into_iter().find(|kind| *kind == text)
    }
}

/// A table, by aggregates. Implementations compute each once and share it between policies.
pub trait Dataset: Send + Sync {
    /// Which part it is.
    fn name(&self) -> &str;
    /// Rows.
    fn row_count(&self) -> u64;
    /// Columns in the order of the file.
    fn columns(&self) -> &[Column];
    /// Rows that equal an earlier one in these columns; all columns if empty.
    fn duplicate_count(&self, columns: &[String]) -> Answer<u64>;
    /// Missing values.
    fn null_count(&self, column: &str) -> Answer<u64>;
    /// Different values.
    fn distinct_count(&self, column: &str) -> Answer<u64>;
    /// The commonest values.
    fn frequencies(&self, column: &str, most: u32) -> Answer<Vec<(String, u64)>>;
    /// Values that are none of these.
    fn count_not_in(&self, column: &str, values: &[String]) -> Answer<u64>;
    /// Smallest value.
    fn minimum(&self, column: &str) -> Answer<Option<f64>>;
    /// Largest value.
    fn maximum(&self, column: &str) -> Answer<Option<f64>>;
    /// Mean.
    fn mean(&self, column: &str) -> Answer<Option<f64>>;
    /// Standard deviation of the sample.
    fn standard_deviation(&self, column: &str) -> Answer<Option<f64>>;
    /// Sum.
    fn sum(&self, column: &str) -> Answer<Option<f64>>;
    /// Quantiles of type 7.
    fn quantiles(&self, column: &str, probabilities: &[f64]) -> Answer<Vec<f64>>;
    /// Values outside two bounds.
    fn count_outside(&self, column: &str, lowest: Option<f64>, highest: Option<f64>) -> Answer<u64>;
    /// Counts between edges.
    fn histogram(&self, column: &str, edges: &[f64]) -> Answer<Vec<u64>>;
    /// Values of these rows, NaN where missing.
    fn numbers(&self, column: &str, rows: Range<u64>) -> Answer<Vec<f64>>;
    /// Values of these rows as text.
    fn texts(&self, column: &str, rows: Range<u64>) -> Answer<Vec<Option<String>>>;
    /// Values of these rows in a column of booleans.
    fn booleans(&self, column: &str, rows: Range<u64>) -> Answer<Vec<Option<bool>>>;
}

/// A model's predictions on some rows, measured.
pub trait Evaluation: Send + Sync {
    /// `binary`, `multiclass` or `regression`.
    fn task(&self) -> &'static str;
    /// Rows.
    fn row_count(&self) -> u64;
    /// Column and value of a slice; empty for all rows.
    fn key(&self) -> &[(String, String)];
    /// The classes.
    fn classes(&self) -> &[String];
    /// The positive class.
    fn positive(&self) -> Option<&str>;
    /// Names of the metrics that there are.
    fn metric_names(&self) -> Vec<String>;
    /// A metric.
    fn metric(&self, name: &str) -> Answer<Option<f64>>;
    /// Its confidence interval.
    fn interval(&self, metric: &str, level: f64) -> Answer<Option<(f64, f64)>>;
    /// Actual class, predicted class, count.
    fn confusion(&self) -> Answer<Vec<(String, String, u64)>>;
    /// Parts by the values of columns.
    fn slices(&self, columns: &[String]) -> Answer<Vec<Arc<dyn Evaluation>>>;
}

/// Candidate and champion on the same rows.
pub trait Comparison: Send + Sync {
    /// Rows.
    fn row_count(&self) -> u64;
    /// Column and value of a slice; empty for all rows.
    fn key(&self) -> &[(String, String)];
    /// Candidate minus champion.
    fn difference(&self, metric: &str) -> Answer<Option<f64>>;
    /// The same over the champion's absolute value.
    fn relative_difference(&self, metric: &str) -> Answer<Option<f64>>;
    /// Interval of the difference.
    fn interval(&self, metric: &str, level: f64) -> Answer<Option<(f64, f64)>>;
    /// A paired test: statistic, if it has one, and p-value.
    fn test(&self, name: &str) -> Answer<(Option<f64>, f64)>;
    /// Parts by the values of columns.
    fn slices(&self, columns: &[String]) -> Answer<Vec<Arc<dyn Comparison>>>;
}

/// Values of one column of a batch.
#[derive(Debug, Clone, PartialEq)]
pub enum Cells {
    /// Numbers; none is missing.
    Numbers(Vec<Option<f64>>),
    /// Texts; none is missing.
    Texts(Vec<Option<String>>),
    /// Booleans; none is missing.
    Booleans(Vec<Option<bool>>),
}

impl Cells {
    /// Number of rows.
    pub fn len(&self) -> usize {
        match self {
            Self::Numbers(values) => values.len(),
            Self::Texts(values) => values.len(),
            Self::Booleans(values) => values.len(),
        }
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// What a model answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Answers {
    /// The predicted class of each row; empty for regression.
    pub labels: Vec<String>,
    /// The predicted number of each row; empty for classification.
    pub numbers: Vec<f64>,
    /// The classes, in the order of the columns of `scores`.
    pub classes: Vec<String>,
    /// Row-major scores, rows × classes.
    pub scores: Vec<f64>,
}

/// The candidate, to be called.
pub trait Predictor: Send + Sync {
    /// The columns that it reads.
    fn inputs(&self) -> Vec<Column>;
    /// Predicts so many rows, column by column; a column that is not there is missing in each of them.
    fn predict(&self, rows: usize, batch: &[(String, Cells)]) -> Answer<Answers>;
}
