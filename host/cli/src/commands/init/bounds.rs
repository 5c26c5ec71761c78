//! Bounds around what was found: wide enough to pass, round enough to read.

use portcullis_data::ColumnKind;

/// Room on either side, as a share of the span.
const ROOM: f64 = 0.1;

/// The smallest and largest value to allow where `minimum` to `maximum` was found: a tenth of the span more on each
/// side, rounded outwards. A column that has no negative (or no positive) value gets no bound across zero, and shares
/// stay within 0 to 1. None where a bound is infinite.
pub(super) fn around(minimum: f64, maximum: f64, kind: ColumnKind) -> Option<(f64, f64)> {
    if !minimum.is_finite() || !maximum.is_finite() {
        return None;
    }
    let span = maximum - minimum;
    let wanted = if span > 0.0 { span * ROOM } else { minimum.abs() * ROOM };
    let room = if wanted.is_finite() && wanted > 0.0 { wanted } else { 1.0 };
    let exponent = room.log10().floor().max(if kind == ColumnKind::Integer { 0.0 } else { f64::NEG_INFINITY });
    // Rounding may land inside of what was found when the steps are at the edge of what a float can tell apart.
    let mut low = rounded((minimum - room).max(f64::MIN), exponent, f64::floor).min(minimum);
    let mut high = rounded((maximum + room).min(f64::MAX), exponent, f64::ceil).max(maximum);
    if minimum >= 0.0 {
        low = low.max(0.0);
        if maximum <= 1.0 {
            high = high.min(1.0);
        }
    }
    if maximum <= 0.0 {
        high = high.min(0.0);
    }
    Some((low, high))
}

/// A share rounded up to whole percents, at most 1.
pub(super) fn percent_up(share: f64) -> f64 {
    ((share * 100.0).ceil() / 100.0).clamp(share, 1.0)
}

/// A share rounded down to whole percents, at least 0.
pub(super) fn percent_down(share: f64) -> f64 {
    ((share * 100.0).floor() / 100.0).clamp(0.0, share)
}

/// A value rounded to a multiple of a power of ten; as it is where that is beyond floats.
fn rounded(value: f64, exponent: f64, round: fn(f64) -> f64) -> f64 {
    // Dividing by 10 is exact where multiplying by 0.1 is not: 3 / 10 is 0.3.
    let result = if exponent < 0.0 {
        let scale = 10f64.powi(-exponent as i32);
        round(value * scale) / scale
    } else {
        let scale = 10f64.powi(exponent as i32);
        round(value / scale) * scale
    };
    if result.is_finite() { result } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn number(low: f64, high: f64) -> (f64, f64) {
        around(low, high, ColumnKind::Number).unwrap()
    }

    #[test]
    fn bounds_are_round_and_leave_room() {
        assert_eq!(number(4.3, 7.9), (3.9, 8.3));
        assert_eq!(number(0.1, 2.5), (0.0, 2.8));
        assert_eq!(number(22_700.0, 98_123.0), (15_000.0, 106_000.0));
        assert_eq!(number(-5.0, 0.0), (-5.5, 0.0));
        assert_eq!(number(0.2, 0.97), (0.12, 1.0));
        assert_eq!(number(7.0, 7.0), (6.3, 7.7));
        assert_eq!(number(0.0, 0.0), (0.0, 0.0));
    }

    #[test]
    fn integers_get_whole_bounds() {
        assert_eq!(around(18.0, 25.0, ColumnKind::Integer), Some((17.0, 26.0)));
        assert_eq!(around(0.0, 1.0, ColumnKind::Integer), Some((0.0, 1.0)));
        assert_eq!(around(0.0, 3.0, ColumnKind::Integer), Some((0.0, 4.0)));
    }

    #[test]
    fn infinity_has_no_room() {
        assert_eq!(around(0.0, f64::INFINITY, ColumnKind::Number), None);
        assert_eq!(number(-1.7e308, 0.0), (f64::MIN, 0.0), "nor do the largest floats");
        assert_eq!(number(0.0, 1.7e308), (0.0, f64::MAX));
    }

    #[test]
    fn shares_are_rounded_to_the_side_that_passes() {
        assert_eq!((percent_up(0.061), percent_up(0.999), percent_up(0.0)), (0.07, 1.0, 0.0));
        assert_eq!((percent_down(0.339), percent_down(0.004)), (0.33, 0.0));
    }

    proptest! {
        #[test]
        fn what_was_found_lies_within(a in any::<f64>(), b in any::<f64>(), whole in any::<bool>()) {
            prop_assume!(a.is_finite() && b.is_finite());
            let (minimum, maximum) = (a.min(b), a.max(b));
            let kind = if whole { ColumnKind::Integer } else { ColumnKind::Number };
            let (low, high) = around(minimum, maximum, kind).unwrap();
            prop_assert!(low.is_finite() && high.is_finite());
            prop_assert!(low <= minimum && maximum <= high, "{} {} in {} {}", minimum, maximum, low, high);
        }

        #[test]
        fn rounded_shares_stay_on_their_side(share in 0.0..=1.0f64) {
            prop_assert!(percent_up(share) >= share && percent_up(share) <= 1.0);
            prop_assert!(percent_down(share) <= share && percent_down(share) >= 0.0);
        }
    }
}
