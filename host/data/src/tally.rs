//! What a column's values are, apart from their order in the table: how often each, how many below a bound.

use portcullis_stats::quantile_sorted;

use crate::calendar;
use crate::cells::{Cells, Unit, number_text};

/// The values of a column, sorted or counted; missing ones left out.
#[derive(Debug)]
pub(crate) enum Tally {
    Numbers(Vec<f64>),
    Whole(Vec<i64>, Unit),
    /// Each text with the rows that have it, sorted by text.
    Texts(Vec<(String, u64)>),
}

impl Tally {
    pub fn of(cells: &Cells) -> Self {
        match cells {
            Cells::Numbers(values) => {
                let mut sorted: Vec<f64> = values.iter().copied().filter(|value| !value.is_nan()).collect();
                sorted.sort_unstable_by(f64::total_cmp);
                Self::Numbers(sorted)
            }
            Cells::Whole(whole) => {
                let mut sorted: Vec<i64> = whole.present().collect();
                sorted.sort_unstable();
                Self::Whole(sorted, whole.unit)
            }
            Cells::Boolean(values) => {
                let count = |wanted: u8| values.iter().filter(|value| **value == wanted).count() as u64;
                let both = [("false", count(0)), ("true", count(1))];
                Self::Texts(both.into_iter().filter(|(_, n)| *n > 0).map(|(text, n)| (text.to_owned(), n)).collect())
            }
            Cells::Text(text) => {
                let mut counts = vec![0_u64; text.levels.len()];
                for code in &text.codes {
                    if let Some(count) = counts.get_mut(*code as usize) {
                        *count += 1;
                    }
                }
                Self::Texts(text.levels.iter().cloned().zip(counts).filter(|(_, count)| *count > 0).collect())
            }
        }
    }

    pub fn distinct(&self) -> u64 {
        match self {
            Self::Numbers(sorted) => sorted.chunk_by(|a, b| a == b).count() as u64,
            Self::Whole(sorted, _) => sorted.chunk_by(|a, b| a == b).count() as u64,
            Self::Texts(counts) => counts.len() as u64,
        }
    }

    /// The `most` commonest values, commonest first, ties in the order of their text.
    pub fn frequencies(&self, most: usize) -> Vec<(String, u64)> {
        match self {
            Self::Texts(counts) => commonest(counts, most, |(_, count)| *count, |(text, _)| text.clone()),
            Self::Numbers(sorted) => {
                let runs: Vec<&[f64]> = sorted.chunk_by(|a, b| a == b).collect();
                commonest(
                    &runs,
                    most,
                    |run| run.len() as u64,
                    |run| run.first().map_or_else(String::new, |v| number_text(*v)),
                )
            }
            Self::Whole(sorted, unit) => {
                let runs: Vec<&[i64]> = sorted.chunk_by(|a, b| a == b).collect();
                commonest(
                    &runs,
                    most,
                    |run| run.len() as u64,
                    |run| run.first().map_or_else(String::new, |v| unit.text(*v)),
                )
            }
        }
    }

    /// Rows whose value is none of these. Of numbers and dates the texts are read, so that `3.0` is the integer 3.
    pub fn count_not_in(&self, values: &[String]) -> u64 {
        match self {
            Self::Texts(counts) => counts.iter().filter(|(text, _)| !values.contains(text)).map(|(_, n)| n).sum(),
            Self::Numbers(sorted) => {
                let mut wanted: Vec<f64> = values.iter().filter_map(|text| text.trim().parse().ok()).collect();
                wanted.retain(|value| !value.is_nan());
                wanted.sort_unstable_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
                wanted.dedup();
                let inside: usize = wanted
                    .iter()
                    .map(|value| sorted.partition_point(|v| v <= value) - sorted.partition_point(|v| v < value))
                    .sum();
                (sorted.len() - inside) as u64
            }
            Self::Whole(sorted, unit) => {
                let mut wanted: Vec<i64> = values.iter().filter_map(|text| read(text.trim(), *unit)).collect();
                wanted.sort_unstable();
                wanted.dedup();
                let inside: usize = wanted
                    .iter()
                    .map(|value| sorted.partition_point(|v| v <= value) - sorted.partition_point(|v| v < value))
                    .sum();
                (sorted.len() - inside) as u64
            }
        }
    }

    /// The quantile of type 7, for a probability in 0..=1; none if there are no values or no numbers.
    pub fn quantile(&self, probability: f64) -> Option<f64> {
        match self {
            Self::Texts(_) => None,
            Self::Numbers(sorted) => quantile_sorted(sorted, probability),
            Self::Whole(sorted, unit) => {
                let position = probability.clamp(0.0, 1.0) * sorted.len().checked_sub(1)? as f64;
                let below = position.floor();
                let low = unit.number(*sorted.get(below as usize)?);
                let high = sorted.get(below as usize + 1).map_or(low, |value| unit.number(*value));
                quantile_sorted(&[low, high], position - below)
            }
        }
    }

    /// Values below a bound, or not above it if `inclusive`; 0 for text.
    pub fn below(&self, bound: f64, inclusive: bool) -> u64 {
        let under = |value: f64| value < bound || (inclusive && value == bound);
        let count = match self {
            Self::Texts(_) => 0,
            Self::Numbers(sorted) => sorted.partition_point(|value| under(*value)),
            Self::Whole(sorted, unit) => sorted.partition_point(|value| under(unit.number(*value))),
        };
        count as u64
    }

    /// Values that there are.
    pub fn count(&self) -> u64 {
        match self {
            Self::Texts(counts) => counts.iter().map(|(_, count)| count).sum(),
            Self::Numbers(sorted) => sorted.len() as u64,
            Self::Whole(sorted, _) => sorted.len() as u64,
        }
    }
}

/// The value that a text stands for in a column of this unit.
fn read(text: &str, unit: Unit) -> Option<i64> {
    match unit {
        Unit::One => text.parse().ok().or_else(|| {
            let number: f64 = text.parse().ok()?;
            (number.trunc() == number && number.abs() < 9.2e18).then_some(number as i64)
        }),
        Unit::Unsigned => text.parse::<u64>().ok().map(|value| value.cast_signed() ^ i64::MIN),
        Unit::Days => calendar::date(text),
        // As the column writes it, or in any other form of the same instant down to the microsecond.
        Unit::Instant(per_second) => {
            let micros = calendar::datetime(text)?;
            if per_second >= 1_000_000 {
                let value = micros.checked_mul(per_second / 1_000_000)?;
                // Nanoseconds are beyond what is read; the column's own text tells.
                let nanos = text.split_once('.').map_or("", |(_, rest)| rest);
                let digits = nanos.get(6..9.min(nanos.len())).filter(|rest| rest.bytes().all(|b| b.is_ascii_digit()));
                let below: i64 = digits.map_or(0, |rest| format!("{rest:0<3}").parse().unwrap_or(0));
                Some(if per_second == 1_000_000_000 { value + below } else { value })
            } else {
                let factor = 1_000_000 / per_second;
                (micros % factor == 0).then_some(micros / factor)
            }
        }
        Unit::Clock(per_second) => {
            let seconds = calendar::datetime(&format!("1970-01-01T{text}"))?;
            if per_second >= 1_000_000 {
                Some(seconds * (per_second / 1_000_000))
            } else {
                Some(seconds * per_second / 1_000_000)
            }
        }
    }
}

/// The `most` entries with the highest counts, text written out only for those that may be among them.
fn commonest<T>(
    entries: &[T],
    most: usize,
    count: impl Fn(&T) -> u64,
    text: impl Fn(&T) -> String,
) -> Vec<(String, u64)> {
    if most == 0 || entries.is_empty() {
        return vec![];
    }
    let mut counts: Vec<u64> = entries.iter().map(&count).collect();
    let last = most.min(counts.len()) - 1;
    let (_, bar, _) = counts.select_nth_unstable_by(last, |a, b| b.cmp(a));
    let bar = *bar;
    let mut found: Vec<(String, u64)> =
        entries.iter().filter(|entry| count(entry) >= bar).map(|entry| (text(entry), count(entry))).collect();
    found.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    found.truncate(most);
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::cells::{NEITHER, Whole, intern};

    fn numbers(values: &[f64]) -> Tally {
        Tally::of(&Cells::Numbers(values.to_vec()))
    }

    fn owned(values: &[&str]) -> Vec<String> {
        values.iter().map(|value| (*value).to_owned()).collect()
    }

    #[test]
    fn the_commonest_come_first_and_ties_in_the_order_of_text() {
        let tally = Tally::of(&Cells::Text(intern(&[Some("b"), Some("a"), Some("c"), Some("c"), None])));
        assert_eq!(tally.distinct(), 3);
        assert_eq!(tally.frequencies(2), [("c".to_owned(), 2), ("a".to_owned(), 1)]);
        // As text, 10 comes before 9.
        assert_eq!(numbers(&[9.0, 10.0]).frequencies(1), [("10".to_owned(), 1)]);
        assert_eq!(numbers(&[9.0]).frequencies(0), []);
        assert_eq!(Tally::of(&Cells::Boolean(vec![1, 1, NEITHER])).frequencies(9), [("true".to_owned(), 2)]);
    }

    #[test]
    fn membership_is_by_value_where_there_are_numbers() {
        let tally = numbers(&[0.0, 3.0, 3.0, 4.5, f64::NAN]);
        assert_eq!(tally.count_not_in(&owned(&["3", "3.0", "-0"])), 1);
        assert_eq!(tally.count_not_in(&owned(&["three", "NaN"])), 4);
        let days = Tally::of(&Cells::Whole(Whole { values: vec![0, 1], missing: None, unit: Unit::Days }));
        assert_eq!(days.count_not_in(&owned(&["1970-01-02"])), 1);
        let nanos = Whole { values: vec![1_500_000_001], missing: None, unit: Unit::Instant(1_000_000_000) };
        let tally = Tally::of(&Cells::Whole(nanos));
        let text = tally.frequencies(1)[0].0.clone();
        assert_eq!(text, "1970-01-01T00:00:01.500000001");
        assert_eq!((tally.count_not_in(&[text]), tally.count_not_in(&owned(&["1970-01-01T00:00:01.5"]))), (0, 1));
    }

    #[test]
    fn quantiles_are_of_type_seven() {
        let values = numbers(&[1.0, 2.0, 3.0, 4.0]);
        let integers = Tally::of(&Cells::Whole(Whole { values: vec![4, 3, 2, 1], missing: None, unit: Unit::One }));
        for (probability, expected) in [(0.0, 1.0), (0.25, 1.75), (0.5, 2.5), (0.9, 3.7), (1.0, 4.0)] {
            assert_eq!(values.quantile(probability), Some(expected));
            assert_eq!(integers.quantile(probability), Some(expected));
        }
        assert_eq!(numbers(&[]).quantile(0.5), None);
    }

    proptest! {
        #[test]
        fn counts_agree_with_counting(values in prop::collection::vec(-5_i32..5, 0..60), bound in -6_i32..6, most in 0_usize..12) {
            let floats: Vec<f64> = values.iter().map(|value| f64::from(*value)).collect();
            let tally = numbers(&floats);
            let below = values.iter().filter(|value| **value < bound).count() as u64;
            prop_assert_eq!(tally.below(f64::from(bound), false), below);
            let up_to = values.iter().filter(|value| **value <= bound).count() as u64;
            prop_assert_eq!(tally.below(f64::from(bound), true), up_to);
            let other = values.iter().filter(|value| **value != bound).count() as u64;
            prop_assert_eq!(tally.count_not_in(&[bound.to_string()]), other);
            let mut unique = values.clone();
            unique.sort_unstable();
            unique.dedup();
            prop_assert_eq!(tally.distinct(), unique.len() as u64);
            let mut expected: Vec<(String, u64)> = unique.iter().map(|value| {
                (value.to_string(), values.iter().filter(|other| *other == value).count() as u64)
            }).collect();
            expected.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
            expected.truncate(most);
            prop_assert_eq!(tally.frequencies(most), expected);
        }
    }
}
