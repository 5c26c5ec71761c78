//! Sizes and durations as people write them.

use std::time::Duration;

const SIZE_UNITS: &[(&str, u64)] = &[
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
    ("GB", 1_000_000_000),
    ("MB", 1_000_000),
    ("kB", 1_000),
    ("B", 1),
];

const TIME_UNITS: &[(&str, u64)] =
    &[("h", 3_600_000_000), ("m", 60_000_000), ("s", 1_000_000), ("ms", 1_000), ("us", 1)];

/// Splits `1.5 MiB` into number and unit, and answers what follows the unit.
fn quantity(text: &str) -> Option<(f64, &str, &str)> {
    let text = text.trim_start();
    let digits = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(text.len());
    let (number, rest) = text.split_at_checked(digits)?;
    let rest = rest.trim_start();
    let letters = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
    let (unit, rest) = rest.split_at_checked(letters)?;
    Some((number.parse().ok()?, unit, rest))
}

/// Units times their number, if it is a whole number of the smallest unit (to within rounding) and fits.
fn scaled(number: f64, unit: u64) -> Option<u64> {
    let value = (number * unit as f64).round();
    (value >= 0.0 && value < u64::MAX as f64).then_some(value as u64)
}

/// A number of bytes from `64MiB`, `1.5 GB` or `4096`.
///
/// KiB, MiB, GiB are powers of 1024; kB, MB, GB powers of 1000. The case of a unit does not matter.
///
/// # Errors
/// Says how to write a size.
pub fn size(text: &str) -> Result<u64, String> {
    let wrong = || {
        format!("`{text}` is not a size; write a number and a unit, such as \"64MiB\" (B, kB, KiB, MB, MiB, GB, GiB)")
    };
    if let Ok(bytes) = text.trim().parse() {
        return Ok(bytes);
    }
    match quantity(text) {
        Some((number, unit, "")) => SIZE_UNITS
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(unit))
            .and_then(|(_, bytes)| scaled(number, *bytes))
            .ok_or_else(wrong),
        _ => Err(wrong()),
    }
}

/// A duration from `10s`, `500ms`, `1.5h` or `1m 30s`. Units: h, m, s, ms, us.
///
/// # Errors
/// Says how to write a duration; a bare number is one, because it could be seconds or milliseconds.
pub fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || format!("`{text}` is not a duration; write a number and a unit, such as \"10s\" (h, m, s, ms, us)");
    let mut rest = text.trim();
    let mut total = 0u64;
    if rest.is_empty() {
        return Err(wrong());
    }
    while !rest.is_empty() {
        let (number, unit, after) = quantity(rest).ok_or_else(wrong)?;
        let (_, micros) = TIME_UNITS.iter().find(|(name, _)| *name == unit).ok_or_else(wrong)?;
        let part = scaled(number, *micros).ok_or_else(wrong)?;
        total = total.checked_add(part).ok_or_else(wrong)?;
        rest = after.trim_start();
    }
    Ok(Duration::from_micros(total))
}

/// The shortest exact way to write a number of bytes: `64MiB`, `1kB`, `1025B`.
pub fn size_text(bytes: u64) -> String {
    SIZE_UNITS
        .iter()
        .find(|(_, unit)| bytes >= *unit && bytes.is_multiple_of(*unit))
        .map_or_else(|| format!("{bytes}B"), |(name, unit)| format!("{}{name}", bytes / unit))
}

/// The shortest exact way to write a duration in one unit: `10s`, `1500ms`. Below a microsecond it is cut off.
pub fn duration_text(duration: Duration) -> String {
    let micros = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
    TIME_UNITS
        .iter()
        .find(|(_, unit)| micros >= *unit && micros.is_multiple_of(*unit))
        .map_or_else(|| format!("{micros}us"), |(name, unit)| format!("{}{name}", micros / unit))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn sizes() {
        let good = [
            ("64MiB", 64 << 20),
            ("64 mib", 64 << 20),
            ("1.5GB", 1_500_000_000),
            ("1kB", 1000),
            ("4096", 4096),
            ("0B", 0),
        ];
        for (text, bytes) in good {
            assert_eq!(size(text), Ok(bytes), "{text}");
        }
        for text in ["", "MiB", "-1MiB", "64M", "64MiB extra", "1.2.3MB", "999999999999GiB", "nan", "1e3MB"] {
            assert!(size(text).is_err(), "{text}");
        }
        assert_eq!(
            size("64M").unwrap_err(),
            "`64M` is not a size; write a number and a unit, such as \"64MiB\" (B, kB, KiB, MB, MiB, GB, GiB)"
        );
    }

    #[test]
    fn durations() {
        let good = [("10s", 10_000), ("500ms", 500), ("1.5h", 5_400_000), ("1m 30s", 90_000), ("1h30m", 5_400_000)];
        for (text, millis) in good {
            assert_eq!(duration(text), Ok(Duration::from_millis(millis)), "{text}");
        }
        for text in ["", "10", "s", "10 seconds", "-1s", "1s2", "99999999999999h"] {
            assert!(duration(text).is_err(), "{text}");
        }
        assert_eq!(
            duration("10").unwrap_err(),
            "`10` is not a duration; write a number and a unit, such as \"10s\" (h, m, s, ms, us)"
        );
    }

    proptest! {
        #[test]
        fn what_is_shown_reads_back(bytes in 0u64..(1 << 52), micros in 0u64..(1 << 52)) {
            prop_assert_eq!(size(&size_text(bytes)), Ok(bytes));
            prop_assert_eq!(duration(&duration_text(Duration::from_micros(micros))), Ok(Duration::from_micros(micros)));
        }
    }
}
