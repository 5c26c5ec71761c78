//! The decoded values of one column, in plain vectors.

use std::collections::HashMap;

use crate::calendar;
use crate::frame::{Categories, MISSING, gather};
use crate::kind::ColumnKind;

/// The code of a missing boolean; 0 is false and 1 is true.
pub(crate) const NEITHER: u8 = 2;

/// Ticks per second of instants that were read from text.
pub(crate) const MICROS: i64 = 1_000_000;

/// What a whole number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Itself.
    One,
    /// Itself, beyond the range of `i64`: stored with the top bit flipped, so that the order stays the same.
    Unsigned,
    /// Days since 1970-01-01.
    Days,
    /// Ticks since 1970-01-01 UTC, so many per second.
    Instant(i64),
    /// Ticks since midnight, so many per second.
    Clock(i64),
}

/// Whole numbers, dates and times, exactly.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Whole {
    pub values: Vec<i64>,
    /// Which rows have no value (theirs is 0); none if all have one.
    pub missing: Option<Vec<bool>>,
    pub unit: Unit,
}

impl Whole {
    pub fn is_missing(&self, row: usize) -> bool {
        self.missing.as_ref().is_some_and(|missing| missing.get(row).copied().unwrap_or(true))
    }

    /// The values that are there.
    pub fn present(&self) -> impl Iterator<Item = i64> {
        self.values.iter().enumerate().filter(|(row, _)| !self.is_missing(*row)).map(|(_, value)| *value)
    }
}

/// A column's values.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cells {
    /// 0, 1 or [`NEITHER`].
    Boolean(Vec<u8>),
    Whole(Whole),
    /// NaN where missing; no -0.0.
    Numbers(Vec<f64>),
    /// Every level occurs.
    Text(Categories),
}

impl Unit {
    /// The value as the contract's number: itself, or seconds.
    pub fn number(self, value: i64) -> f64 {
        match self {
            Self::One => value as f64,
            Self::Unsigned => (value ^ i64::MIN).cast_unsigned() as f64,
            Self::Days => value as f64 * 86_400.0,
            Self::Instant(per_second) | Self::Clock(per_second) => {
                // In two parts, because nanoseconds since 1970 do not fit into 53 bits.
                value.div_euclid(per_second) as f64 + value.rem_euclid(per_second) as f64 / per_second as f64
            }
        }
    }

    /// The value as text.
    pub fn text(self, value: i64) -> String {
        match self {
            Self::One => value.to_string(),
            Self::Unsigned => (value ^ i64::MIN).cast_unsigned().to_string(),
            Self::Days => calendar::date_text(value),
            Self::Instant(per_second) => calendar::datetime_text(value, per_second),
            Self::Clock(per_second) => calendar::time_text(value, per_second),
        }
    }
}

/// The shortest text that reads back as the number: `3`, `0.1`, `1e300`.
pub(crate) fn number_text(value: f64) -> String {
    let size = value.abs();
    if size != 0.0 && size.is_finite() && !(1e-5..1e16).contains(&size) {
        format!("{value:e}")
    } else {
        format!("{value}")
    }
}

/// Without the two things that would make equal numbers differ: the sign of zero and the payload of NaN.
pub(crate) fn canonical(value: f64) -> f64 {
    if value.is_nan() { f64::NAN } else { value + 0.0 }
}

impl Cells {
    pub fn len(&self) -> usize {
        match self {
            Self::Boolean(values) => values.len(),
            Self::Whole(whole) => whole.values.len(),
            Self::Numbers(values) => values.len(),
            Self::Text(text) => text.codes.len(),
        }
    }

    /// The kind that these values have by themselves.
    pub fn kind(&self) -> ColumnKind {
        match self {
            Self::Boolean(_) => ColumnKind::Boolean,
            Self::Whole(whole) => match whole.unit {
                Unit::One | Unit::Unsigned => ColumnKind::Integer,
                Unit::Days => ColumnKind::Date,
                Unit::Instant(_) => ColumnKind::DateTime,
                Unit::Clock(_) => ColumnKind::Time,
            },
            Self::Numbers(_) => ColumnKind::Number,
            Self::Text(_) => ColumnKind::Text,
        }
    }

    /// Rows without a value.
    pub fn null_count(&self) -> u64 {
        let count = match self {
            Self::Boolean(values) => values.iter().filter(|value| **value == NEITHER).count(),
            Self::Whole(whole) => whole.missing.iter().flatten().filter(|missing| **missing).count(),
            Self::Numbers(values) => values.iter().filter(|value| value.is_nan()).count(),
            Self::Text(text) => text.codes.iter().filter(|code| **code == MISSING).count(),
        };
        count as u64
    }

    /// These rows, in this order.
    pub fn take(&self, rows: &[u32]) -> Self {
        match self {
            Self::Boolean(values) => Self::Boolean(gather(values, rows, NEITHER)),
            Self::Whole(whole) => {
                let missing: Vec<bool> = rows
                    .iter()
                    .map(|row| *row as usize >= whole.values.len() || whole.is_missing(*row as usize))
                    .collect();
                Self::Whole(Whole {
                    values: gather(&whole.values, rows, 0),
                    missing: missing.contains(&true).then_some(missing),
                    unit: whole.unit,
                })
            }
            Self::Numbers(values) => Self::Numbers(gather(values, rows, f64::NAN)),
            Self::Text(text) => Self::Text(compact(text.take(rows))),
        }
    }

    /// The values as numbers, NaN where missing; none for booleans and text.
    pub fn numbers(&self) -> Option<Vec<f64>> {
        match self {
            Self::Boolean(_) | Self::Text(_) => None,
            Self::Numbers(values) => Some(values.clone()),
            Self::Whole(whole) => {
                let mut out: Vec<f64> = whole.values.iter().map(|value| whole.unit.number(*value)).collect();
                for (number, missing) in out.iter_mut().zip(whole.missing.iter().flatten()) {
                    if *missing {
                        *number = f64::NAN;
                    }
                }
                Some(out)
            }
        }
    }

    /// The values as text, with sorted levels.
    pub fn categories(&self) -> Categories {
        match self {
            Self::Text(text) => text.clone(),
            Self::Boolean(values) => {
                let levels = vec!["false".to_owned(), "true".to_owned()];
                let code = |value: &u8| if *value == NEITHER { MISSING } else { u32::from(*value) };
                compact(Categories { codes: values.iter().map(code).collect(), levels })
            }
            Self::Numbers(values) => {
                let mut sorted: Vec<f64> = values.iter().copied().filter(|value| !value.is_nan()).collect();
                sorted.sort_unstable_by(f64::total_cmp);
                sorted.dedup();
                let code = |value: &f64| match sorted.binary_search_by(|probe| probe.total_cmp(value)) {
                    Ok(place) => place as u32,
                    Err(_) => MISSING,
                };
                Categories {
                    codes: values.iter().map(code).collect(),
                    levels: sorted.iter().map(|value| number_text(*value)).collect(),
                }
            }
            Self::Whole(whole) => {
                let mut sorted: Vec<i64> = whole.present().collect();
                sorted.sort_unstable();
                sorted.dedup();
                let code = |(row, value): (usize, &i64)| match sorted.binary_search(value) {
                    Ok(place) if !whole.is_missing(row) => place as u32,
                    _ => MISSING,
                };
                Categories {
                    codes: whole.values.iter().enumerate().map(code).collect(),
                    levels: sorted.iter().map(|value| whole.unit.text(*value)).collect(),
                }
            }
        }
    }

    /// One key per row, equal exactly where the values are equal; missing equals missing.
    pub fn keys(&self) -> Vec<u64> {
        match self {
            Self::Boolean(values) => values.iter().map(|value| u64::from(*value)).collect(),
            Self::Numbers(values) => values.iter().map(|value| canonical(*value).to_bits()).collect(),
            Self::Text(text) => text.codes.iter().map(|code| u64::from(*code)).collect(),
            Self::Whole(whole) if whole.missing.is_none() => {
                whole.values.iter().map(|value| value.cast_unsigned()).collect()
            }
            // A missing value needs a key that no value has, so values are numbered first.
            Self::Whole(_) => self.categories().codes.into_iter().map(u64::from).collect(),
        }
    }

    /// The same values with those of the listed texts missing; of text alone.
    pub fn without(self, missing: &[String]) -> Self {
        match self {
            Self::Text(mut text) => {
                let gone: Vec<bool> =
                    text.levels.iter().map(|level| missing.iter().any(|word| word == level.trim())).collect();
                if !gone.contains(&true) {
                    return Self::Text(text);
                }
                for code in &mut text.codes {
                    if gone.get(*code as usize).copied().unwrap_or(false) {
                        *code = MISSING;
                    }
                }
                Self::Text(compact(text))
            }
            other => other,
        }
    }
}

/// Leaves out the levels that do not occur.
pub(crate) fn compact(categories: Categories) -> Categories {
    let mut used = vec![false; categories.levels.len()];
    for code in &categories.codes {
        if let Some(used) = used.get_mut(*code as usize) {
            *used = true;
        }
    }
    if !used.contains(&false) {
        return categories;
    }
    let mut next = 0;
    let mut renamed = Vec::with_capacity(used.len());
    for used in &used {
        renamed.push(if *used { next } else { MISSING });
        next += u32::from(*used);
    }
    Categories {
        codes: gather(&renamed, &categories.codes, MISSING),
        levels: categories.levels.into_iter().zip(used).filter_map(|(level, used)| used.then_some(level)).collect(),
    }
}

/// Texts, none where missing, as categories with levels sorted by their bytes.
pub(crate) fn intern<S: AsRef<str>>(texts: &[Option<S>]) -> Categories {
    let mut seen: HashMap<&str, u32> = HashMap::new();
    let mut order: Vec<&str> = Vec::new();
    let mut codes = Vec::with_capacity(texts.len());
    for text in texts {
        codes.push(match text {
            None => MISSING,
            Some(text) => *seen.entry(text.as_ref()).or_insert_with(|| {
                order.push(text.as_ref());
                (order.len() - 1) as u32
            }),
        });
    }
    let mut by_text: Vec<u32> = (0..order.len() as u32).collect();
    by_text.sort_unstable_by_key(|place| order.get(*place as usize).copied());
    let mut renamed = vec![0; order.len()];
    for (new, old) in by_text.iter().enumerate() {
        if let Some(slot) = renamed.get_mut(*old as usize) {
            *slot = new as u32;
        }
    }
    Categories {
        codes: gather(&renamed, &codes, MISSING),
        levels: by_text.iter().filter_map(|place| order.get(*place as usize)).map(|text| (*text).to_owned()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(values: &[Option<i64>], unit: Unit) -> Cells {
        Cells::Whole(Whole {
            values: values.iter().map(|value| value.unwrap_or(0)).collect(),
            missing: Some(values.iter().map(Option::is_none).collect()),
            unit,
        })
    }

    #[test]
    fn numbers_are_written_as_short_as_they_read_back() {
        for (value, text) in [
            (3.0, "3"),
            (0.1, "0.1"),
            (-2.5, "-2.5"),
            (1e300, "1e300"),
            (1e-7, "1e-7"),
            (0.0, "0"),
            (f64::INFINITY, "inf"),
            (123_456_789_012.0, "123456789012"),
        ] {
            assert_eq!(number_text(value), text);
            assert_eq!(text.parse::<f64>().unwrap(), value);
        }
        assert_eq!(canonical(-0.0).to_bits(), 0);
    }

    #[test]
    fn levels_of_numbers_are_sorted_by_value_and_those_of_text_by_bytes() {
        let numbers = Cells::Numbers(vec![10.0, 9.0, f64::NAN, 10.0, -1.5]).categories();
        assert_eq!(numbers.levels, ["-1.5", "9", "10"]);
        assert_eq!(numbers.codes, [2, 1, MISSING, 2, 0]);
        let integers = whole(&[Some(10), None, Some(9)], Unit::One).categories();
        assert_eq!((integers.levels, integers.codes), (vec!["9".into(), "10".into()], vec![1, MISSING, 0]));
        let text = intern(&[Some("b"), None, Some("a"), Some("b"), Some("10"), Some("9")]);
        assert_eq!(text.levels, ["10", "9", "a", "b"]);
        assert_eq!(text.codes, [3, MISSING, 2, 3, 0, 1]);
        let booleans = Cells::Boolean(vec![1, NEITHER, 1]).categories();
        assert_eq!((booleans.levels, booleans.codes), (vec!["true".into()], vec![0, MISSING, 0]));
    }

    #[test]
    fn what_lies_beyond_the_range_of_a_signed_integer_stays_exact() {
        let top = (u64::MAX.cast_signed()) ^ i64::MIN;
        let one = 1 ^ i64::MIN;
        assert_eq!(Unit::Unsigned.text(top), "18446744073709551615");
        assert_eq!(whole(&[Some(top), Some(one)], Unit::Unsigned).categories().levels, ["1", "18446744073709551615"]);
        assert_eq!(Unit::Instant(1_000_000_000).number(1_700_000_000_500_000_001), 1_700_000_000.5);
    }

    #[test]
    fn rows_taken_out_leave_no_level_behind() {
        let text = Cells::Text(intern(&[Some("a"), Some("b"), Some("c")])).take(&[2, 0, 9]);
        let Cells::Text(text) = text else { panic!("text stays text") };
        assert_eq!((text.levels, text.codes), (vec!["a".into(), "c".into()], vec![1, 0, MISSING]));
        let numbers = whole(&[Some(1), None], Unit::One).take(&[0]);
        assert_eq!(numbers.null_count(), 0);
        assert_eq!(whole(&[Some(0), None], Unit::One).keys().len(), 2);
        let keys = whole(&[Some(0), None, Some(0), None], Unit::One).keys();
        assert!(keys[0] == keys[2] && keys[1] == keys[3] && keys[0] != keys[1]);
    }
}
