//! Dates and times: from text to counts, and back.
//!
//! Only the forms of ISO 8601 that cannot be misread are recognised; `03/04/2024` is text, because half of the world
//! reads it as April.

/// Days from 1970-01-01 to a day of the proleptic Gregorian calendar.
///
/// After Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Year, month and day of a count of days since 1970-01-01; the inverse of [`days_from_civil`], same source.
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// A number of exactly these ASCII digits.
fn digits(text: &[u8]) -> Option<i64> {
    if text.is_empty() || text.len() > 9 {
        return None;
    }
    text.iter().try_fold(0_i64, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + i64::from(byte - b'0')))
}

fn day(year: &[u8], month: &[u8], day: &[u8]) -> Option<i64> {
    let (year, month, day) = (digits(year)?, digits(month)?, digits(day)?);
    if !(1..=12).contains(&month) || day < 1 {
        return None;
    }
    let days = days_from_civil(year, month, day);
    // A day past the month's end would come back as one of the next month.
    (civil_from_days(days) == (year, month, day)).then_some(days)
}

/// Days since 1970-01-01 of `YYYY-MM-DD`.
pub(crate) fn date(text: &str) -> Option<i64> {
    match text.as_bytes() {
        [y @ .., b'-', m1, m2, b'-', d1, d2] if y.len() == 4 => day(y, &[*m1, *m2], &[*d1, *d2]),
        _ => None,
    }
}

/// As [`date`], but also `YYYY/MM/DD` and `YYYYMMDD`, for columns that were said to be dates.
pub(crate) fn lenient_date(text: &str) -> Option<i64> {
    match text.as_bytes() {
        [y @ .., b'/', m1, m2, b'/', d1, d2] if y.len() == 4 => day(y, &[*m1, *m2], &[*d1, *d2]),
        [y @ .., m1, m2, d1, d2] if y.len() == 4 => day(y, &[*m1, *m2], &[*d1, *d2]),
        _ => date(text),
    }
}

/// Microseconds since 1970-01-01 UTC of `YYYY-MM-DD`, then `T` or a space, then `HH:MM[:SS[.fraction]]`, then nothing,
/// `Z` or an offset (`+02:00`, `+0200`). Without an offset it counts as UTC. What lies below a microsecond is cut off.
pub(crate) fn datetime(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    if bytes.len() < 16 || !matches!(bytes.get(10), Some(b'T' | b't' | b' ')) {
        return None;
    }
    let days = date(text.get(..10)?)?;
    let rest = text.get(11..)?;
    let (clock, offset) = match rest.char_indices().find(|(_, c)| matches!(c, 'Z' | 'z' | '+' | '-')) {
        Some((at, _)) => (rest.get(..at)?, seconds_of_offset(rest.get(at..)?)?),
        None => (rest, 0),
    };
    Some((days * 86_400 - offset) * 1_000_000 + clock_micros(clock)?)
}

fn seconds_of_offset(text: &str) -> Option<i64> {
    let (sign, rest) = match text.as_bytes() {
        [b'Z' | b'z'] => return Some(0),
        [b'+', rest @ ..] => (1, rest),
        [b'-', rest @ ..] => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = match rest {
        [h1, h2] => (digits(&[*h1, *h2])?, 0),
        [h1, h2, b':', m1, m2] | [h1, h2, m1, m2] => (digits(&[*h1, *h2])?, digits(&[*m1, *m2])?),
        _ => return None,
    };
    (hours <= 23 && minutes <= 59).then_some(sign * (hours * 3600 + minutes * 60))
}

/// Microseconds since midnight of `HH:MM[:SS[.fraction]]`.
fn clock_micros(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    let (hour, minute) = match bytes {
        [h1, h2, b':', m1, m2, ..] => (digits(&[*h1, *h2])?, digits(&[*m1, *m2])?),
        _ => return None,
    };
    let (second, fraction) = match bytes.get(5..)? {
        [] => (0, 0),
        [b':', s1, s2] => (digits(&[*s1, *s2])?, 0),
        [b':', s1, s2, b'.', fraction @ ..] => {
            let shown = fraction.get(..fraction.len().min(6))?;
            fraction.iter().all(u8::is_ascii_digit).then_some(())?;
            let scale = 10_i64.pow(6 - u32::try_from(shown.len()).ok()?);
            (digits(&[*s1, *s2])?, digits(shown)? * scale)
        }
        _ => return None,
    };
    (hour <= 23 && minute <= 59 && second <= 59).then_some((hour * 3600 + minute * 60 + second) * 1_000_000 + fraction)
}

/// `YYYY-MM-DD`.
pub(crate) fn date_text(days: i64) -> String {
    let (year, month, day) = civil_from_days(days.clamp(-1 << 50, 1 << 50));
    if (0..=9999).contains(&year) {
        format!("{year:04}-{month:02}-{day:02}")
    } else {
        format!("{year:+}-{month:02}-{day:02}")
    }
}

/// `HH:MM:SS`, with as many decimals as the time has.
pub(crate) fn time_text(ticks: i64, per_second: i64) -> String {
    let (seconds, part) = (ticks.div_euclid(per_second), ticks.rem_euclid(per_second));
    let mut text = format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    if part != 0 {
        let width = per_second.ilog10() as usize;
        text.push_str(format!(".{part:0width$}").trim_end_matches('0'));
    }
    text
}

/// `YYYY-MM-DDTHH:MM:SS`, with as many decimals as the instant has; UTC.
pub(crate) fn datetime_text(ticks: i64, per_second: i64) -> String {
    let per_day = per_second * 86_400;
    format!("{}T{}", date_text(ticks.div_euclid(per_day)), time_text(ticks.rem_euclid(per_day), per_second))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn known_days() {
        // From Python: (datetime.date(y, m, d) - datetime.date(1970, 1, 1)).days
        for (text, days) in [("1970-01-01", 0), ("2000-02-29", 11_016), ("1969-12-31", -1), ("0001-01-01", -719_162)] {
            assert_eq!(date(text), Some(days));
            assert_eq!(date_text(days), text);
        }
        for wrong in ["2023-02-29", "2023-13-01", "2023-00-10", "2023-1-1", "23-01-01", "2023-01-0a", "", "é023-01-01"]
        {
            assert_eq!(date(wrong), None, "{wrong}");
        }
        assert_eq!(lenient_date("20000229"), Some(11_016));
        assert_eq!(lenient_date("2000/02/29"), Some(11_016));
    }

    #[test]
    fn known_instants() {
        // From Python: datetime.fromisoformat(text).timestamp() * 1e6
        for (text, micros) in [
            ("2024-03-01T12:30:45", 1_709_296_245_000_000),
            ("2024-03-01 12:30", 1_709_296_200_000_000),
            ("2024-03-01T12:30:45.25Z", 1_709_296_245_250_000),
            ("2024-03-01T12:30:45+02:00", 1_709_289_045_000_000),
            ("2024-03-01T12:30:45.1234567-0330", 1_709_308_845_123_456),
        ] {
            assert_eq!(datetime(text), Some(micros), "{text}");
        }
        for wrong in [
            "2024-03-01",
            "2024-03-01T24:00:00",
            "2024-03-01T12:60",
            "2024-03-01T12:30:45.",
            "2024-03-01T12:30+",
            "2024-03-01T1é:30",
        ] {
            assert_eq!(datetime(wrong), None, "{wrong}");
        }
        assert_eq!(datetime_text(1_709_296_245_250_000, 1_000_000), "2024-03-01T12:30:45.25");
        assert_eq!(datetime_text(-1, 1_000_000_000), "1969-12-31T23:59:59.999999999");
    }

    proptest! {
        #[test]
        fn text_reads_back(days in -719_000_i64..2_900_000, micros in 0_i64..86_400_000_000) {
            prop_assert_eq!(date(&date_text(days)), Some(days));
            let instant = days * 86_400_000_000 + micros;
            prop_assert_eq!(datetime(&datetime_text(instant, 1_000_000)), Some(instant));
        }

        #[test]
        fn any_text_is_answered(text in ".{0,30}") {
            let _ = (date(&text), lenient_date(&text), datetime(&text));
        }
    }
}
