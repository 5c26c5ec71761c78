//! How numbers are written for a person. The run record keeps them exactly.

use portcullis_verdict::{Finding, Value};

/// Four decimals below one, four digits above, separators between thousands: `0.9667`, `12.35`, `1,235`, `1.235e-7`.
///
/// Whole numbers from two on are counts more often than measurements and stand without decimals; 1 stays `1.000`, which
/// tells a share from a count.
pub fn figure(value: f64) -> String {
    if value.trunc() == value && (2.0..1e15).contains(&value.abs()) {
        return separated(&format!("{value:.0}"));
    }
    significant(value, 4)
}

/// A number of things: `4,000`.
pub fn count(value: u64) -> String {
    separated(&value.to_string())
}

/// A number and its unit: `1 row`, `4,000 rows`.
pub fn counted(value: u64, one: &str) -> String {
    format!("{} {one}{}", count(value), if value == 1 { "" } else { "s" })
}

/// A metric that may be undefined.
pub fn metric(value: Option<f64>) -> String {
    value.map_or_else(|| "undefined".to_owned(), figure)
}

/// A value as a policy gave it: whole numbers with separators, others short.
pub fn value(value: &Value) -> String {
    match value {
        Value::Number(number) => exact_or(*number, 6),
        other => other.to_string(),
    }
}

/// What a finding observed, with as many digits as it takes to stand on the same side of the bound that was expected:
/// 0.84999 against `>= 0.85` must not read 0.85.
pub fn observed(finding: &Finding) -> Option<String> {
    let observed = finding.observed.as_ref()?;
    let (Value::Number(number), Some(bound)) = (observed, finding.expected.as_ref().and_then(bound)) else {
        return Some(value(observed));
    };
    let side = |number: f64| number.partial_cmp(&bound);
    (4..17)
        .map(|digits| exact_or(*number, digits))
        .find(|text| text.replace(',', "").parse().is_ok_and(|read| side(read) == side(*number)))
        .or_else(|| Some(observed.to_string()))
}

/// The number in an expectation such as `>= 0.85`.
fn bound(expected: &Value) -> Option<f64> {
    match expected {
        Value::Number(number) => Some(*number),
        Value::Text(text) => text.split_whitespace().next_back()?.parse().ok(),
        Value::Boolean(_) => None,
    }
}

/// The number itself where its shortest text is short, else rounded.
fn exact_or(number: f64, digits: usize) -> String {
    let shortest = Value::Number(number).to_string();
    if shortest.len() <= 8.max(digits + 2) { separated(&shortest) } else { significant(number, digits) }
}

fn significant(value: f64, digits: usize) -> String {
    let size = value.abs();
    if value == 0.0 {
        "0".to_owned()
    } else if !value.is_finite() {
        Value::Number(value).to_string()
    } else if !(1e-4..1e15).contains(&size) {
        format!("{value:.*e}", digits.saturating_sub(1))
    } else {
        let whole = if size < 1.0 { 0 } else { size.log10().floor() as usize + 1 };
        separated(&format!("{value:.*}", digits.saturating_sub(whole)))
    }
}

/// Commas between the thousands of a decimal number; anything else as it is.
fn separated(text: &str) -> String {
    let (sign, body) = text.strip_prefix('-').map_or(("", text), |body| ("-", body));
    let whole = body.find(|c: char| !c.is_ascii_digit()).unwrap_or(body.len());
    let (digits, rest) = body.split_at(whole);
    let mut out = sign.to_owned();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use portcullis_verdict::Severity;

    use super::*;

    fn finding(observed: f64, expected: &str) -> Finding {
        Finding {
            rule: "minimum".into(),
            severity: Severity::Error,
            message: String::new(),
            subject: None,
            observed: Some(Value::Number(observed)),
            expected: Some(Value::Text(expected.into())),
            extra: vec![],
        }
    }

    #[test]
    fn figures_read_as_a_person_writes_them() {
        for (value, text) in [
            (0.966_666, "0.9667"),
            (0.0, "0"),
            (-0.05, "-0.0500"),
            (12.345_6, "12.35"),
            (1_234.56, "1,235"),
            (9_876_543.2, "9,876,543"),
            (1.234_6e-7, "1.235e-7"),
            (f64::INFINITY, "inf"),
        ] {
            assert_eq!(figure(value), text);
        }
        assert_eq!(count(1_000_000), "1,000,000");
        assert_eq!(count(999), "999");
        assert_eq!(counted(1, "row"), "1 row");
        assert_eq!(counted(0, "row"), "0 rows");
        assert_eq!(metric(None), "undefined");
        assert_eq!(value(&Value::Number(150.0)), "150");
        assert_eq!(value(&Value::Number(0.123_456_789)), "0.123457");
    }

    #[test]
    fn rounding_never_moves_an_observation_across_its_bound() {
        assert_eq!(observed(&finding(0.849_999_6, ">= 0.85")).unwrap(), "0.8499996");
        assert_eq!(observed(&finding(0.812_345_678, ">= 0.85")).unwrap(), "0.8123");
        assert_eq!(observed(&finding(0.85, ">= 0.85")).unwrap(), "0.85");
        assert_eq!(observed(&finding(0.100_000_000_000_000_02, "<= 0.1")).unwrap(), "0.10000000000000002");
    }
}
