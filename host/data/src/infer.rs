//! The type of a column from all of its texts.
//!
//! What all values are decides: `true`/`false` in any case → boolean; whole numbers → integer; numbers → number;
//! `YYYY-MM-DD` → date; that with a time → datetime; anything else → text. So are numbers with leading zeros (`01234`: a
//! postcode, not 1234) and whole numbers beyond 64 bits, because reading them as numbers would lose digits. Blanks around
//! a value do not matter to its type.

use crate::calendar;
use crate::kind::ColumnKind;

/// The kinds of values seen in a column, as a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Seen(u8);

impl Seen {
    pub const TEXT: Self = Self(1);
    pub const BOOLEAN: Self = Self(2);
    pub const INTEGER: Self = Self(4);
    /// A whole number that does not fit into 64 bits.
    pub const BIG: Self = Self(8);
    pub const NUMBER: Self = Self(16);
    pub const DATE: Self = Self(32);
    pub const INSTANT: Self = Self(64);

    pub fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether nothing that follows can change the answer.
    pub fn is_text(self) -> bool {
        self.0 & Self::TEXT.0 != 0
    }

    /// Whether a number that is not whole was among them.
    pub fn has_number(self) -> bool {
        self.0 & Self::NUMBER.0 != 0
    }

    /// Whether the column is text whatever follows.
    pub fn stays_text(self) -> bool {
        // A whole number beyond 64 bits makes text of integers, but not of numbers.
        self.kind() == Some(ColumnKind::Text) && self.and(Self::NUMBER).kind() == Some(ColumnKind::Text)
    }

    /// The kind that holds them all; none if nothing was seen.
    pub fn kind(self) -> Option<ColumnKind> {
        let only = |kinds: &[Self]| self.0 & !kinds.iter().fold(0, |bits, kind| bits | kind.0) == 0;
        let some = |kind: Self| self.0 & kind.0 != 0;
        Some(if self.0 == 0 {
            return None;
        } else if only(&[Self::BOOLEAN]) {
            ColumnKind::Boolean
        } else if only(&[Self::INTEGER]) {
            ColumnKind::Integer
        } else if only(&[Self::INTEGER, Self::BIG, Self::NUMBER]) && some(Self::NUMBER) {
            ColumnKind::Number
        } else if only(&[Self::DATE]) {
            ColumnKind::Date
        } else if only(&[Self::DATE, Self::INSTANT]) {
            ColumnKind::DateTime
        } else {
            ColumnKind::Text
        })
    }
}

/// What one value, blanks around it removed, could be.
pub(crate) fn seen(value: &str) -> Seen {
    let Some(first) = value.bytes().next() else { return Seen::TEXT };
    if first.is_ascii_digit() || matches!(first, b'+' | b'-' | b'.') {
        return number_or_date(value);
    }
    if value.len() > 9 {
        return Seen::TEXT;
    }
    if value.eq_ignore_ascii_case("true") || value.eq_ignore_ascii_case("false") {
        return Seen::BOOLEAN;
    }
    if ["nan", "inf", "infinity"].iter().any(|word| value.eq_ignore_ascii_case(word)) {
        return Seen::NUMBER;
    }
    Seen::TEXT
}

/// What a text that is certainly not a number could be: for formats that tell texts from numbers themselves.
pub(crate) fn seen_text(value: &str) -> Seen {
    match seen(value) {
        kind @ (Seen::DATE | Seen::INSTANT) => kind,
        _ => Seen::TEXT,
    }
}

/// Whether a number is written with more zeros in front than it needs.
pub(crate) fn has_leading_zero(value: &str) -> bool {
    matches!(value.as_bytes(), [b'0', b'0'..=b'9', ..] | [b'+' | b'-', b'0', b'0'..=b'9', ..])
}

fn number_or_date(value: &str) -> Seen {
    let digits = value.strip_prefix(['+', '-']).unwrap_or(value);
    let bytes = digits.as_bytes();
    if has_leading_zero(value) && !matches!(bytes.get(4), Some(b'-')) {
        return Seen::TEXT;
    }
    match written(bytes) {
        // Eighteen digits always fit into 64 bits.
        Some(Written::Whole) if bytes.len() <= 18 || value.parse::<i64>().is_ok() => return Seen::INTEGER,
        Some(Written::Whole) => return Seen::BIG,
        Some(Written::Decimal) => return Seen::NUMBER,
        None if ["inf", "infinity", "nan"].iter().any(|word| digits.eq_ignore_ascii_case(word)) => return Seen::NUMBER,
        None => {}
    }
    if calendar::date(value).is_some() {
        return Seen::DATE;
    }
    if calendar::datetime(value).is_some() {
        return Seen::INSTANT;
    }
    Seen::TEXT
}

/// How a number without a sign is written.
enum Written {
    Whole,
    Decimal,
}

/// Whether the bytes are a number, without the cost of computing it: digits with at most one point, then perhaps an
/// exponent. Exactly what `f64` reads, words aside.
fn written(bytes: &[u8]) -> Option<Written> {
    let digits = |bytes: &[u8]| bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let before = digits(bytes);
    let mut rest = bytes.get(before..)?;
    if rest.is_empty() {
        return (before > 0).then_some(Written::Whole);
    }
    let mut after = 0;
    if let [b'.', more @ ..] = rest {
        after = digits(more);
        rest = more.get(after..)?;
    }
    if before + after == 0 {
        return None;
    }
    if let [b'e' | b'E', more @ ..] = rest {
        let more = if let [b'+' | b'-', more @ ..] = more { more } else { more };
        let exponent = digits(more);
        return (exponent > 0 && exponent == more.len()).then_some(Written::Decimal);
    }
    rest.is_empty().then_some(Written::Decimal)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn single_values() {
        for (value, expected) in [
            ("3", Seen::INTEGER),
            ("-3", Seen::INTEGER),
            ("+3", Seen::INTEGER),
            ("0", Seen::INTEGER),
            ("9223372036854775807", Seen::INTEGER),
            ("9223372036854775808", Seen::BIG),
            ("01234", Seen::TEXT),
            ("-007", Seen::TEXT),
            ("00.5", Seen::TEXT),
            ("0.5", Seen::NUMBER),
            (".5", Seen::NUMBER),
            ("5.", Seen::NUMBER),
            ("1e5", Seen::NUMBER),
            ("-inf", Seen::NUMBER),
            ("NaN", Seen::NUMBER),
            ("1,5", Seen::TEXT),
            ("1_000", Seen::TEXT),
            ("-", Seen::TEXT),
            ("+", Seen::TEXT),
            (".", Seen::TEXT),
            ("1e", Seen::TEXT),
            ("0x10", Seen::TEXT),
            ("TRUE", Seen::BOOLEAN),
            ("yes", Seen::TEXT),
            ("2024-02-29", Seen::DATE),
            ("0099-02-20", Seen::DATE),
            ("2023-02-29", Seen::TEXT),
            ("2024-02-29 10:00", Seen::INSTANT),
            ("2024-02-29T10:00:00Z", Seen::INSTANT),
            ("03/04/2024", Seen::TEXT),
            ("infinite", Seen::TEXT),
            ("é", Seen::TEXT),
            ("", Seen::TEXT),
        ] {
            assert_eq!(seen(value), expected, "{value}");
        }
        assert_eq!(seen_text("3"), Seen::TEXT);
        assert_eq!(seen_text("2024-02-29"), Seen::DATE);
    }

    proptest! {
        #[test]
        fn what_is_taken_for_a_number_reads_as_one(text in "[0-9.eE+-]{1,8}") {
            let unsigned = text.strip_prefix(['+', '-']).unwrap_or(&text);
            prop_assert_eq!(written(unsigned.as_bytes()).is_some(), !unsigned.starts_with(['+', '-']) && unsigned.parse::<f64>().is_ok());
        }
    }

    #[test]
    fn whole_columns() {
        let kind = |values: &[&str]| values.iter().fold(Seen::default(), |all, value| all.and(seen(value))).kind();
        assert_eq!(kind(&[]), None);
        assert_eq!(kind(&["1", "2.5"]), Some(ColumnKind::Number));
        assert_eq!(kind(&["1", "99999999999999999999"]), Some(ColumnKind::Text));
        assert_eq!(kind(&["1.5", "99999999999999999999"]), Some(ColumnKind::Number));
        assert_eq!(kind(&["true", "1"]), Some(ColumnKind::Text));
        assert_eq!(kind(&["2024-01-01", "2024-01-01T10:00"]), Some(ColumnKind::DateTime));
        assert_eq!(kind(&["2024-01-01", "1"]), Some(ColumnKind::Text));
        assert_eq!(kind(&["12345", "01234"]), Some(ColumnKind::Text));
    }
}
