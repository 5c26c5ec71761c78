//! Quantiles.

/// The quantile of sorted values by linear interpolation between order statistics: type 7 of Hyndman and Fan (1996),
/// the default of `NumPy`, R and pandas.
///
/// With `h = (n - 1) q` it is `x[⌊h⌋] + (h - ⌊h⌋)(x[⌊h⌋ + 1] - x[⌊h⌋])`. `q` is clamped to 0..=1. None for no values.
/// The values must be sorted in ascending order and free of NaN.
///
/// ```
/// use portcullis_stats::quantile_sorted;
/// assert_eq!(quantile_sorted(&[1.0, 2.0, 3.0, 4.0], 0.5), Some(2.5));
/// assert_eq!(quantile_sorted(&[1.0, 2.0, 3.0, 4.0], 0.25), Some(1.75));
/// assert_eq!(quantile_sorted(&[], 0.5), None);
/// ```
pub fn quantile_sorted(sorted: &[f64], q: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let position = q.clamp(0.0, 1.0) * last as f64;
    let below = position.floor();
    let low = *sorted.get(below as usize)?;
    let high = sorted.get(below as usize + 1).copied().unwrap_or(low);
    let share = position - below;
    // Infinite neighbours would give NaN by interpolation of nothing.
    Some(if share == 0.0 || low == high { low } else { lerp(low, high, share) })
}

/// Interpolates from the nearer end, as `NumPy` does, so that the result never leaves the interval.
fn lerp(low: f64, high: f64, share: f64) -> f64 {
    let step = high - low;
    if share < 0.5 { low + step * share } else { high - step * (1.0 - share) }
}

/// The quantile of values in any order; NaN are left out. See [`quantile_sorted`].
///
/// ```
/// use portcullis_stats::quantile;
/// assert_eq!(quantile(&[4.0, 1.0, f64::NAN, 3.0, 2.0], 0.5), Some(2.5));
/// ```
pub fn quantile(values: &[f64], q: f64) -> Option<f64> {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|value| !value.is_nan()).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    quantile_sorted(&sorted, q)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn quantiles_rise_with_q_and_stay_inside(values in prop::collection::vec(-1e6..1e6_f64, 1..50), q in 0.0..1.0_f64, p in 0.0..1.0_f64) {
            let (low, high) = (quantile(&values, p.min(q)).unwrap(), quantile(&values, p.max(q)).unwrap());
            prop_assert!(low <= high);
            prop_assert!(quantile(&values, 0.0).unwrap() <= low && high <= quantile(&values, 1.0).unwrap());
        }
    }

    #[test]
    fn ends_and_infinities() {
        assert_eq!(quantile(&[3.0], 0.9), Some(3.0));
        assert_eq!(quantile(&[f64::NAN], 0.5), None);
        assert_eq!(quantile(&[f64::INFINITY, f64::INFINITY], 0.5), Some(f64::INFINITY));
        assert_eq!(quantile(&[1.0, 2.0], 7.0), Some(2.0));
    }
}
