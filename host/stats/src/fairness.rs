//! How far groups are apart: Fairlearn's aggregates of a metric over groups.
//!
//! A group whose metric is undefined is left out, as pandas leaves out NaN. Fairlearn itself says 0, not undefined,
//! for a rate of a group that has no rows of the class concerned (its true positive rate without positives, for
//! instance); here such a rate is none and its group has no say.

/// The largest minus the smallest value over the groups: Fairlearn's `difference(method="between_groups")`.
///
/// Range 0 and up; 0 is parity, lower is better. None where every group is undefined; 0 for a single group.
///
/// ```
/// use portcullis_stats::fairness::difference_between_groups;
/// assert_eq!(difference_between_groups(&[Some(0.5), None, Some(0.75)]), Some(0.25));
/// assert_eq!(difference_between_groups(&[None]), None);
/// ```
pub fn difference_between_groups(groups: &[Option<f64>]) -> Option<f64> {
    let (low, high) = extremes(groups)?;
    Some(high - low)
}

/// The largest distance of a group from the whole: Fairlearn's `difference(method="to_overall")`.
///
/// Range 0 and up; 0 is parity, lower is better. None where every group, or the whole, is undefined.
///
/// ```
/// use portcullis_stats::fairness::difference_to_overall;
/// assert_eq!(difference_to_overall(&[Some(0.5), Some(0.75)], Some(0.625)), Some(0.125));
/// assert_eq!(difference_to_overall(&[Some(0.5)], None), None);
/// ```
pub fn difference_to_overall(groups: &[Option<f64>], overall: Option<f64>) -> Option<f64> {
    let overall = overall?;
    groups.iter().flatten().map(|value| (value - overall).abs()).reduce(f64::max)
}

/// The smallest over the largest value: Fairlearn's `ratio(method="between_groups")`.
///
/// Range 0 to 1 for a metric that is not negative; 1 is parity, higher is better. None where every group is undefined
/// or the largest is 0 (0/0).
///
/// ```
/// use portcullis_stats::fairness::ratio_between_groups;
/// assert_eq!(ratio_between_groups(&[Some(0.5), Some(0.75), Some(1.0)]), Some(0.5));
/// assert_eq!(ratio_between_groups(&[Some(0.0), Some(0.0)]), None);
/// ```
pub fn ratio_between_groups(groups: &[Option<f64>]) -> Option<f64> {
    let (low, high) = extremes(groups)?;
    defined(low / high)
}

/// The smallest ratio of a group to the whole, each turned over where it exceeds 1: Fairlearn's
/// `ratio(method="to_overall")`.
///
/// Range 0 to 1 for a metric that is not negative; 1 is parity, higher is better. A group is left out where the ratio is
/// 0/0. None where no group is left.
///
/// ```
/// use portcullis_stats::fairness::ratio_to_overall;
/// assert_eq!(ratio_to_overall(&[Some(0.5), Some(1.0)], Some(0.8)), Some(0.625));
/// ```
pub fn ratio_to_overall(groups: &[Option<f64>], overall: Option<f64>) -> Option<f64> {
    let overall = overall?;
    groups
        .iter()
        .flatten()
        .filter_map(|value| defined(value / overall))
        .map(|ratio| if ratio > 1.0 { 1.0 / ratio } else { ratio })
        .reduce(f64::min)
}

/// How the two rates of equalized odds become one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aggregation {
    /// The worse of the two: the larger difference, the smaller ratio.
    WorstCase,
    /// Their mean.
    Mean,
}

/// Fairlearn's `equalized_odds_difference` from the differences of true and of false positive rates.
///
/// Range 0 to 1; 0 is parity, lower is better. Where one rate is undefined for every group the other decides.
///
/// ```
/// use portcullis_stats::fairness::{Aggregation, equalized_odds_difference};
/// assert_eq!(equalized_odds_difference(Some(0.25), Some(0.5), Aggregation::WorstCase), Some(0.5));
/// assert_eq!(equalized_odds_difference(Some(0.25), Some(0.5), Aggregation::Mean), Some(0.375));
/// ```
pub fn equalized_odds_difference(
    true_positive: Option<f64>,
    false_positive: Option<f64>,
    aggregation: Aggregation,
) -> Option<f64> {
    both(true_positive, false_positive, aggregation, f64::max)
}

/// Fairlearn's `equalized_odds_ratio` from the ratios of true and of false positive rates.
///
/// Range 0 to 1; 1 is parity, higher is better. Where one rate is undefined for every group the other decides.
///
/// ```
/// use portcullis_stats::fairness::{Aggregation, equalized_odds_ratio};
/// assert_eq!(equalized_odds_ratio(Some(0.25), Some(0.5), Aggregation::WorstCase), Some(0.25));
/// ```
pub fn equalized_odds_ratio(
    true_positive: Option<f64>,
    false_positive: Option<f64>,
    aggregation: Aggregation,
) -> Option<f64> {
    both(true_positive, false_positive, aggregation, f64::min)
}

fn both(a: Option<f64>, b: Option<f64>, aggregation: Aggregation, worse: fn(f64, f64) -> f64) -> Option<f64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(match aggregation {
            Aggregation::WorstCase => worse(a, b),
            Aggregation::Mean => f64::midpoint(a, b),
        }),
        (one, None) | (None, one) => one,
    }
}

fn extremes(groups: &[Option<f64>]) -> Option<(f64, f64)> {
    groups.iter().flatten().fold(None, |sofar, &value| {
        let (low, high) = sofar.unwrap_or((value, value));
        Some((f64::min(low, value), f64::max(high, value)))
    })
}

fn defined(ratio: f64) -> Option<f64> {
    (!ratio.is_nan()).then_some(ratio)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_group_of_zero_against_others_is_a_ratio_of_zero() {
        assert_eq!(ratio_between_groups(&[Some(0.0), Some(0.5)]), Some(0.0));
        assert_eq!(ratio_to_overall(&[Some(0.0), Some(0.5)], Some(0.25)), Some(0.0));
        assert_eq!(ratio_to_overall(&[Some(0.5), Some(0.0)], Some(0.0)), Some(0.0), "0/0 skipped, x/0 turned over");
        assert_eq!(ratio_to_overall(&[Some(0.0)], Some(0.0)), None);
        assert_eq!(equalized_odds_ratio(None, Some(0.5), Aggregation::Mean), Some(0.5));
        assert_eq!(equalized_odds_difference(None, None, Aggregation::WorstCase), None);
    }

    proptest! {
        #[test]
        fn parity_is_where_all_groups_agree(value in 0.01..1.0_f64, count in 1..9_usize) {
            let groups = vec![Some(value); count];
            prop_assert_eq!(difference_between_groups(&groups), Some(0.0));
            prop_assert_eq!(ratio_between_groups(&groups), Some(1.0));
            prop_assert_eq!(ratio_to_overall(&groups, Some(value)), Some(1.0));
        }

        #[test]
        fn the_order_of_groups_does_not_matter(mut groups in prop::collection::vec(prop::option::of(0.0..1.0_f64), 1..9)) {
            let aggregates = |groups: &[Option<f64>]| {
                [difference_between_groups(groups), difference_to_overall(groups, Some(0.3)), ratio_between_groups(groups), ratio_to_overall(groups, Some(0.3))]
            };
            let before = aggregates(&groups);
            groups.reverse();
            prop_assert_eq!(before, aggregates(&groups));
        }
    }
}
