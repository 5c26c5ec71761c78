//! Numbers as a person reads them in a message.

/// Four significant digits, without trailing zeros: `0.9667`, `30`, `1234567`, `0.00001234`.
///
/// ```
/// use portcullis_policy::text::number;
///
/// assert_eq!(number(0.966_666), "0.9667");
/// assert_eq!(number(30.0), "30");
/// assert_eq!(number(1_234_567.8), "1234568");
/// assert_eq!(number(-0.000_012_344), "-0.00001234");
/// ```
pub fn number(value: f64) -> String {
    digits(value, 4)
}

/// As [`number`], with as many more digits as it takes to tell the value from a bound that it does not equal, so that no
/// message says that 0.85 is below 0.85.
///
/// ```
/// use portcullis_policy::text::number_beside;
///
/// assert_eq!(number_beside(0.849_999_8, 0.85), "0.8499998");
/// assert_eq!(number_beside(0.85, 0.85), "0.85");
/// assert_eq!(number_beside(0.5, 0.85), "0.5");
/// ```
pub fn number_beside(value: f64, bound: f64) -> String {
    if value == bound {
        return number(value);
    }
    let bound = bound.to_string();
    (4..17)
        .map(|significant| digits(value, significant))
        .find(|text| *text != bound)
        .unwrap_or_else(|| value.to_string())
}

/// A share as a percentage with one decimal, or what it takes to show that it is neither none nor all: `12.5 %`.
///
/// ```
/// use portcullis_policy::text::percent;
///
/// assert_eq!(percent(0.125), "12.5 %");
/// assert_eq!(percent(1.0), "100 %");
/// assert_eq!(percent(0.000_012), "0.001 %");
/// assert_eq!(percent(0.999_99), "99.999 %");
/// ```
pub fn percent(share: f64) -> String {
    let value = share * 100.0;
    let decimals = (1..12).find(|&decimals| {
        let text = trimmed(value, decimals);
        (text != "0" || share == 0.0) && (text != "100" || share == 1.0)
    });
    format!("{} %", trimmed(value, decimals.unwrap_or(12)))
}

/// A count and its noun: `1 row`, `12 rows`.
///
/// ```
/// use portcullis_policy::text::count;
///
/// assert_eq!(count(1.0, "row"), "1 row");
/// assert_eq!(count(0.0, "row"), "0 rows");
/// ```
pub fn count(number: f64, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1.0 { "" } else { "s" })
}

/// Words in backticks, commas between: `` `age`, `sex` ``.
pub fn list<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    words.into_iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

fn digits(value: f64, significant: i32) -> String {
    if value == 0.0 || !value.is_finite() {
        return if value == 0.0 { "0".into() } else { value.to_string() };
    }
    // The exponent from the text, not from a logarithm: log10 differs between platforms in the last bit.
    let scientific = format!("{value:e}");
    let exponent: i32 = scientific.split_once('e').and_then(|(_, exponent)| exponent.parse().ok()).unwrap_or(0);
    trimmed(value, usize::try_from(significant - 1 - exponent).unwrap_or(0))
}

fn trimmed(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    if text == "-0" { "0".into() } else { text.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_numbers_stay_readable() {
        assert_eq!(number(f64::NAN), "NaN");
        assert_eq!(number(f64::NEG_INFINITY), "-inf");
        assert_eq!(number(-0.0), "0");
        assert_eq!(number(0.1 + 0.2), "0.3");
        assert_eq!(number(9.999_99), "10");
    }

    #[test]
    fn a_value_never_reads_as_the_bound_that_it_misses() {
        let bound = 0.3;
        let value = 0.1 + 0.2;
        assert_ne!(number_beside(value, bound), bound.to_string());
        assert_eq!(number_beside(value, bound), "0.30000000000000004");
    }

    #[test]
    fn words_are_listed() {
        assert_eq!(list(["age", "sex"]), "`age`, `sex`");
        assert_eq!(list([]), "");
    }
}
