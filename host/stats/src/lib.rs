//! Pure formulas: metrics, tests, intervals, and the random numbers that they draw.
//!
//! Functions of slices, without files, tables or models. Classes are codes `0..k`, scores are row-major `n × k`.
//! Definitions are scikit-learn's (1.9) and Fairlearn's (0.15), with one exception: where a formula comes to 0/0 the
//! answer is none, not 0. Every result is the same for any number of threads.
//!
//! Metrics come as a structure that is prepared once (rows counted, sorted or binned) and methods that take
//! [`Weights`], so that a bootstrap of a thousand resamples costs a thousand passes and not a thousand sorts.

mod bootstrap;
mod calibration;
mod classification;
mod quantile;
mod ranking;
mod regression;
mod rng;
mod shape;
mod significance;
mod task;
mod weights;

pub use bootstrap::{Interval, bootstrap, percentile_interval, resample_into};
pub use calibration::{Bin, Reliability};
pub use classification::{Average, Cells, Confusion, Part, brier_losses, brier_losses_binary, log_losses};
pub use quantile::{quantile, quantile_sorted};
pub use ranking::{Areas, PrecisionRecall, Ranking, Roc, thinned};
pub use regression::Residuals;
pub use rng::Rng;
pub use shape::{MAX_CLASSES, ShapeError};
pub use significance::{TestResult, fisher_exact, mcnemar, two_proportions, wilson_interval};
pub use task::{ParseTaskError, Task};
pub use weights::{Weights, weighted_mean, weighted_sum};
