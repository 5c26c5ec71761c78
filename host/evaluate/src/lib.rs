//! From predictions to metrics, curves, slices, intervals and comparisons.
//!
//! [`Scored`] is what is evaluated: the truth and what a model made of it, checked once. [`Evaluation`] measures it:
//! whole or sliced, with everything computed when it is first asked for and then shared by whoever else asks.
//! [`Comparison`] puts two of them side by side on the same rows. [`METRICS`] is the list of metrics; `docs/metrics.md`
//! is the same for people.
//!
//! Nothing here knows of files, tables or models. Every number is the same for any number of threads.

mod comparison;
mod curves;
mod evaluation;
mod measured;
mod metric;
mod nearest;
mod resampled;
mod rows;
mod scored;
mod slices;

pub use comparison::{Comparison, ComparisonError, TEST_NAMES, TestError};
pub use evaluation::{Evaluation, Options};
pub use metric::{Direction, METRICS, MetricError, MetricInfo, metric_info, metric_names, metric_of};
pub use portcullis_stats::{Interval, Task, TestResult};
pub use scored::{Scored, ScoredError};
pub use slices::{Column, ColumnError, MISSING, MISSING_TEXT};
