//! McNemar's test.
#![allow(clippy::doc_markdown)] // McNemar is a person

use super::{TestResult, two_sided_normal};

/// Disagreements from which the chi-squared approximation serves.
const EXACT_BELOW: u64 = 25;

/// McNemar's test of two models on the same rows: whether they are equally often right, judged by the rows on which only
/// one is.
///
/// `first_only` and `second_only` count the rows that only the one or the other predicts right. Below 25 such rows
/// exact (two-sided binomial with probability ½, no statistic); from there on `χ² = (|b - c| - 1)² / (b + c)` with one
/// degree of freedom (Edwards' continuity correction, 0 where `b = c`). 1 where the models never disagree.
///
/// ```
/// use portcullis_stats::mcnemar;
/// let exact = mcnemar(1, 6);
/// assert_eq!(exact.statistic, None);
/// assert!((exact.p_value - 0.125).abs() < 1e-15); // 2 (1 + 7) / 2^7
/// let approximate = mcnemar(10, 30);
/// assert_eq!(approximate.statistic, Some(9.025)); // 19² / 40
/// assert_eq!(mcnemar(0, 0).p_value, 1.0);
/// ```
pub fn mcnemar(first_only: u64, second_only: u64) -> TestResult {
    let disagreements = first_only.saturating_add(second_only);
    let difference = first_only.abs_diff(second_only);
    if disagreements < EXACT_BELOW {
        let fewer = first_only.min(second_only);
        let p_value = if difference == 0 { 1.0 } else { (2.0 * at_most(fewer, disagreements)).min(1.0) };
        return TestResult { statistic: None, p_value };
    }
    let corrected = difference.saturating_sub(1) as f64;
    let statistic = corrected * corrected / disagreements as f64;
    // A chi-squared variable with one degree of freedom is the square of a normal one.
    TestResult { statistic: Some(statistic), p_value: two_sided_normal(statistic.sqrt()) }
}

/// The chance of at most `k` heads in `n` throws of a fair coin, for `n` so small that binomial coefficients are exact.
fn at_most(k: u64, n: u64) -> f64 {
    let mut coefficient = 1;
    let mut sum = 1;
    for i in 0..k.min(n) {
        coefficient = coefficient * (n - i) / (i + 1);
        sum += coefficient;
    }
    sum as f64 / (1_u64 << n) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_directions_count_alike() {
        for (a, b) in [(0, 5), (3, 9), (100, 140), (12, 13)] {
            assert_eq!(mcnemar(a, b), mcnemar(b, a));
        }
        assert_eq!(mcnemar(50, 50), TestResult { statistic: Some(0.0), p_value: 1.0 });
        assert_eq!(mcnemar(7, 7).p_value, 1.0);
    }

    #[test]
    fn more_disagreement_in_one_direction_is_less_likely_by_chance() {
        let p: Vec<f64> = (0..60).map(|more| mcnemar(20, 20 + more).p_value).collect();
        assert!(p.windows(2).skip(5).all(|pair| pair[1] < pair[0]), "{p:?}");
        assert!(p[59] < 1e-5 && p[10] > 0.05);
    }
}
