//! What is expected beside what was said.

use serde_json::Value;
use similar::{ChangeTag, TextDiff};

/// How far two numbers may be apart and count as the same: training gives other last digits on another kind of processor.
const TOLERANCE: f64 = 1e-9;

/// Whether two values say the same: numbers within one part in a thousand million, everything else exactly.
pub(super) fn alike(expected: &Value, said: &Value) -> bool {
    match (expected, said) {
        (Value::Number(one), Value::Number(other)) => match (one.as_f64(), other.as_f64()) {
            (Some(one), Some(other)) => {
                one == other || (one - other).abs() <= TOLERANCE * one.abs().max(other.abs()).max(1e-3)
            }
            _ => one == other,
        },
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| alike(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(name, value)| other.get(name).is_some_and(|other| alike(value, other)))
        }
        _ => expected == said,
    }
}

/// The lines that differ, with those around them: `-` is expected, `+` was said.
pub fn difference(expected: &Value, said: &Value) -> String {
    let text = |value: &Value| serde_json::to_string_pretty(value).unwrap_or_default() + "\n";
    let (expected, said) = (text(expected), text(said));
    let diff = TextDiff::from_lines(&expected, &said);
    let mut lines = String::new();
    for (place, group) in diff.grouped_ops(3).iter().enumerate() {
        if place > 0 {
            lines.push_str("  …\n");
        }
        for change in group.iter().flat_map(|operation| diff.iter_changes(operation)) {
            lines.push_str(match change.tag() {
                ChangeTag::Delete => "- ",
                ChangeTag::Insert => "+ ",
                ChangeTag::Equal => "  ",
            });
            lines.push_str(change.value());
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn last_digits_do_not_count_and_everything_else_does() {
        let one = json!({ "a": [0.1, "x", null], "b": 3 });
        assert!(alike(&one, &json!({ "a": [0.100_000_000_000_000_02, "x", null], "b": 3 })));
        for other in [
            json!({ "a": [0.100_001, "x", null], "b": 3 }),
            json!({ "a": [0.1, "y", null], "b": 3 }),
            json!({ "a": [0.1, "x"], "b": 3 }),
            json!({ "a": [0.1, "x", null], "b": 4 }),
            json!({ "a": [0.1, "x", null] }),
            json!({ "a": [0.1, "x", null], "b": 3, "c": 1 }),
            json!({ "a": [0.1, "x", 0], "b": 3 }),
        ] {
            assert!(!alike(&one, &other), "{other}");
            assert!(!alike(&other, &one), "{other}");
        }
        assert!(alike(&json!(0.0), &json!(-0.0)));
        assert!(!alike(&json!(0.0), &json!(1e-9)));
    }

    #[test]
    fn what_differs_is_shown_line_by_line() {
        let difference = difference(&json!({ "verdict": "passed" }), &json!({ "verdict": "blocked" }));
        assert_eq!(difference, "  {\n-   \"verdict\": \"passed\"\n+   \"verdict\": \"blocked\"\n  }\n");
    }
}
