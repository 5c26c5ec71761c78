//! How often each row counts, and sums that honour it.

/// How often each row counts.
///
/// A bootstrap resample is the same rows counted a random number of times each. Formulas that take counts need no copy
/// of the rows, and those that need an order need no sorting, a thousand times over.
#[derive(Debug, Clone, Copy)]
pub enum Weights<'a> {
    /// Every row once.
    Once,
    /// Row `i` as often as `counts[i]`; rows beyond the slice's end not at all.
    Counts(&'a [u32]),
}

impl Weights<'_> {
    /// How often the row counts.
    #[inline]
    pub fn of(&self, row: usize) -> u64 {
        match self {
            Self::Once => 1,
            Self::Counts(counts) => counts.get(row).copied().map_or(0, u64::from),
        }
    }

    /// How many rows that makes, where there are `rows` of them.
    pub fn total(&self, rows: usize) -> u64 {
        match self {
            Self::Once => rows as u64,
            Self::Counts(counts) => counts.iter().take(rows).copied().map(u64::from).sum(),
        }
    }
}

/// Rows whose sum is taken in one go; the sums of such blocks are then added up. The error of a sum over n rows grows
/// like n / 1024 instead of n, and the order of additions is fixed.
const BLOCK: usize = 1024;

/// The weighted sum of the values, in an order that never changes.
///
/// ```
/// use portcullis_stats::{Weights, weighted_sum};
/// assert_eq!(weighted_sum(&[1.0, 2.0, 4.0], Weights::Once), 7.0);
/// assert_eq!(weighted_sum(&[1.0, 2.0, 4.0], Weights::Counts(&[0, 3, 1])), 10.0);
/// ```
pub fn weighted_sum(values: &[f64], weights: Weights<'_>) -> f64 {
    match weights {
        Weights::Once => values.chunks(BLOCK).map(|block| block.iter().sum::<f64>()).sum(),
        Weights::Counts(counts) => values
            .chunks(BLOCK)
            .zip(counts.chunks(BLOCK))
            .map(|(values, counts)| {
                values.iter().zip(counts).map(|(value, &count)| value * f64::from(count)).sum::<f64>()
            })
            .sum(),
    }
}

/// The weighted mean of the values; none where no row counts.
///
/// ```
/// use portcullis_stats::{Weights, weighted_mean};
/// assert_eq!(weighted_mean(&[1.0, 2.0, 4.0], Weights::Counts(&[0, 3, 1])), Some(2.5));
/// assert_eq!(weighted_mean(&[], Weights::Once), None);
/// ```
pub fn weighted_mean(values: &[f64], weights: Weights<'_>) -> Option<f64> {
    let total = weights.total(values.len());
    (total > 0).then(|| weighted_sum(values, weights) / total as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_sums_stay_exact_enough() {
        let values = vec![0.1; 1_000_000];
        assert!((weighted_sum(&values, Weights::Once) - 1e5).abs() < 1e-8);
        let naive: f64 = values.iter().sum();
        assert!((naive - 1e5).abs() > 1e-7, "the twin that shows why: {naive}");
        let counts = vec![3; 1_000_000];
        assert!((weighted_mean(&values, Weights::Counts(&counts)).unwrap() - 0.1).abs() < 1e-13);
    }

    #[test]
    fn a_row_without_a_count_does_not_count() {
        let weights = Weights::Counts(&[2]);
        assert_eq!((weights.of(0), weights.of(1), weights.total(5)), (2, 0, 2));
        assert_eq!(weighted_mean(&[1.0], Weights::Counts(&[0])), None);
    }
}
