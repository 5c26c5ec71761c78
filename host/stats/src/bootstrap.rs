//! Confidence intervals by resampling.

use rayon::prelude::*;

use crate::quantile::quantile_sorted;
use crate::rng::Rng;
use crate::weights::Weights;

/// An interval; both ends belong to it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// Fills `counts` with the number of times that each row is drawn when as many rows as there are are drawn with
/// replacement: resample number `resample` of the seed.
///
/// The same for the same seed, number and number of rows, whoever calls it: two models measured on the same rows under
/// the same seed are measured on the same resamples, which pairs them.
///
/// ```
/// let mut counts = [0; 5];
/// portcullis_stats::resample_into(&mut counts, 42, 0);
/// assert_eq!(counts.iter().sum::<u32>(), 5);
/// ```
pub fn resample_into(counts: &mut [u32], seed: u64, resample: u64) {
    counts.fill(0);
    let mut rng = Rng::new(seed, resample);
    for _ in 0..counts.len() {
        if let Some(count) = counts.get_mut(rng.below(counts.len())) {
            *count += 1;
        }
    }
}

/// The value of a statistic on each of `resamples` bootstrap resamples of `rows` rows, in parallel, in the order of the
/// resamples: the same for any number of threads.
///
/// ```
/// use portcullis_stats::{bootstrap, weighted_mean};
/// let values = [1.0, 2.0, 3.0, 4.0];
/// let means = bootstrap(4, 100, 42, |weights| weighted_mean(&values, weights));
/// assert_eq!(means.len(), 100);
/// assert!(means.iter().flatten().all(|mean| (1.0..=4.0).contains(mean)));
/// ```
pub fn bootstrap<T: Send>(
    rows: usize,
    resamples: u32,
    seed: u64,
    statistic: impl Fn(Weights<'_>) -> T + Sync,
) -> Vec<T> {
    (0..u64::from(resamples))
        .into_par_iter()
        .map_init(
            || vec![0; rows],
            |counts, resample| {
                resample_into(counts, seed, resample);
                statistic(Weights::Counts(counts))
            },
        )
        .collect()
}

/// The percentile interval of a bootstrap (Efron, 1979): the quantiles (type 7) at `(1 - level) / 2` and
/// `1 - (1 - level) / 2` of the resampled values.
///
/// `level` is the coverage, in 0..1. Undefined values (NaN) are left out; none where they are more than half, because
/// the rest would say little of the whole.
///
/// ```
/// use portcullis_stats::{Interval, percentile_interval};
/// let values: Vec<f64> = (0..=100).map(f64::from).collect();
/// assert_eq!(percentile_interval(&values, 0.5), Some(Interval { low: 25.0, high: 75.0 }));
/// assert_eq!(percentile_interval(&[1.0, f64::NAN, f64::NAN], 0.9), None);
/// ```
pub fn percentile_interval(resampled: &[f64], level: f64) -> Option<Interval> {
    let mut defined: Vec<f64> = resampled.iter().copied().filter(|value| !value.is_nan()).collect();
    if defined.is_empty() || defined.len() * 2 < resampled.len() || !(0.0..=1.0).contains(&level) {
        return None;
    }
    defined.sort_unstable_by(f64::total_cmp);
    let tail = (1.0 - level) / 2.0;
    Some(Interval { low: quantile_sorted(&defined, tail)?, high: quantile_sorted(&defined, 1.0 - tail)? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::weights::weighted_mean;

    fn values() -> Vec<f64> {
        let mut rng = Rng::new(1, 0);
        (0..500).map(|_| rng.uniform()).collect()
    }

    #[test]
    fn any_number_of_threads_gives_the_same_bytes() {
        let values = values();
        let run = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                bootstrap(values.len(), 200, 9, |weights| weighted_mean(&values, weights).unwrap().to_bits())
            })
        };
        assert_eq!(run(1), run(4));
        assert_ne!(run(1), bootstrap(values.len(), 200, 10, |w| weighted_mean(&values, w).unwrap().to_bits()));
    }

    #[test]
    fn the_interval_of_a_mean_is_as_wide_as_its_standard_error_says() {
        let values = values();
        let means: Vec<f64> =
            bootstrap(values.len(), 2000, 3, |weights| weighted_mean(&values, weights).unwrap_or(f64::NAN));
        let interval = percentile_interval(&means, 0.95).unwrap();
        let error = (1.0 / 12.0_f64 / 500.0).sqrt();
        let width = (interval.high - interval.low) / (2.0 * 1.96 * error);
        assert!((0.9..1.1).contains(&width), "{width}");
        let mean = weighted_mean(&values, Weights::Once).unwrap();
        assert!(interval.low < mean && mean < interval.high);
        let narrow = percentile_interval(&means, 0.5).unwrap();
        assert!(interval.low < narrow.low && narrow.high < interval.high);
    }

    #[test]
    fn a_level_that_is_no_share_has_no_interval() {
        assert_eq!(percentile_interval(&[1.0, 2.0], 95.0), None);
        assert_eq!(percentile_interval(&[], 0.95), None);
        assert_eq!(percentile_interval(&[1.0, 2.0], f64::NAN), None);
    }
}
