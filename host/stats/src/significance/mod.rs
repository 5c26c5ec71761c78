//! Statistical tests and exact intervals of shares.

mod fisher;
mod mcnemar;
mod proportions;

pub use fisher::fisher_exact;
pub use mcnemar::mcnemar;
pub use proportions::{two_proportions, wilson_interval};

use statrs::function::erf::erfc;

/// The outcome of a test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TestResult {
    /// The statistic; none where the test has none (an exact test).
    pub statistic: Option<f64>,
    /// The chance of a result at least as extreme if nothing differs.
    pub p_value: f64,
}

/// The chance that a standard normal variable is further from 0 than `z`, on either side.
fn two_sided_normal(z: f64) -> f64 {
    erfc(z.abs() / std::f64::consts::SQRT_2)
}
