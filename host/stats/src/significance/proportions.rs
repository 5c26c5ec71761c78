//! Shares: two compared, one with its interval.

use statrs::function::erf::erfc_inv;

use super::{TestResult, two_sided_normal};
use crate::bootstrap::Interval;

/// The two-sided z test of two shares with pooled variance: `z = (p₁ - p₂) / √(p (1 - p) (1/n₁ + 1/n₂))` with
/// `p = (x₁ + x₂) / (n₁ + n₂)`.
///
/// An approximation for large groups; [`crate::fisher_exact`] serves small ones. None where a group is empty or the pooled
/// share is 0 or 1 (0/0).
///
/// ```
/// use portcullis_stats::two_proportions;
/// let result = two_proportions(45, 100, 30, 100).unwrap();
/// assert!((result.statistic.unwrap() - 2.190_890_230).abs() < 1e-9);
/// assert!((result.p_value - 0.028_459_736_9).abs() < 1e-9);
/// assert_eq!(two_proportions(0, 10, 0, 20), None);
/// ```
pub fn two_proportions(successes: u64, rows: u64, other_successes: u64, other_rows: u64) -> Option<TestResult> {
    let (n, m) = (rows as f64, other_rows as f64);
    let pooled = (successes + other_successes) as f64 / (n + m);
    let variance = pooled * (1.0 - pooled) * (1.0 / n + 1.0 / m);
    if rows == 0 || other_rows == 0 || variance <= 0.0 {
        return None;
    }
    let z = (successes as f64 / n - other_successes as f64 / m) / variance.sqrt();
    Some(TestResult { statistic: Some(z), p_value: two_sided_normal(z) })
}

/// Wilson's score interval of a share (1927) at coverage `level`:
/// `(p + z²/2n ± z √(p (1 - p)/n + z²/4n²)) / (1 + z²/n)`.
///
/// Stays within 0..=1 and keeps its coverage for small groups and shares near 0 or 1, where the usual `p ± z s` does not.
/// None for no rows or a level outside 0..1.
///
/// ```
/// use portcullis_stats::wilson_interval;
/// let interval = wilson_interval(8, 10, 0.95).unwrap();
/// assert!((interval.low - 0.490_162_471_4).abs() < 1e-9);
/// assert!((interval.high - 0.943_317_848_5).abs() < 1e-9);
/// assert_eq!(wilson_interval(0, 0, 0.95), None);
/// ```
pub fn wilson_interval(successes: u64, rows: u64, level: f64) -> Option<Interval> {
    if rows == 0 || !(level > 0.0 && level < 1.0) {
        return None;
    }
    let n = rows as f64;
    let p = successes.min(rows) as f64 / n;
    let z = std::f64::consts::SQRT_2 * erfc_inv(1.0 - level);
    let z2 = z * z;
    let centre = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let reach = z / (1.0 + z2 / n) * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
    // Exact at the ends, where rounding would leave a trace.
    let low = if successes == 0 { 0.0 } else { (centre - reach).max(0.0) };
    let high = if successes >= rows { 1.0 } else { (centre + reach).min(1.0) };
    Some(Interval { low, high })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_interval_holds_the_share_and_narrows_with_rows(rows in 1..500_u64, share in 0.0..=1.0_f64) {
            let successes = (share * rows as f64) as u64;
            let p = successes as f64 / rows as f64;
            let interval = wilson_interval(successes, rows, 0.95).unwrap();
            prop_assert!(0.0 <= interval.low && interval.low <= p && p <= interval.high && interval.high <= 1.0);
            let more = wilson_interval(successes * 10, rows * 10, 0.95).unwrap();
            prop_assert!(more.high - more.low < interval.high - interval.low);
        }
    }

    #[test]
    fn levels_outside_the_open_interval_are_refused() {
        assert_eq!(wilson_interval(1, 2, 1.0), None);
        assert_eq!(wilson_interval(1, 2, 0.0), None);
        assert_eq!(two_proportions(0, 0, 1, 2), None);
        assert_eq!(two_proportions(2, 2, 3, 3), None);
    }
}
