//! Words as the configuration or a message writes them.
//!
//! Names of columns and classes come from data and may hold anything. Text is always written on one line, which
//! `toml_edit` does not promise: these words stand in comments and inline tables too, where a line break ends them.

use std::fmt::Write as _;

/// Text as a TOML string on one line.
pub(super) fn text(value: &str) -> String {
    let mut out = String::with_capacity(value.len() + 2);
    out.push('"');
    for c in value.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            // Invisible and direction-changing characters would make a line show something else than it says.
            c if c.is_control()
                || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}') =>
            {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A TOML key: bare where that is enough.
pub(super) fn key(name: &str) -> String {
    let bare = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    if bare { name.to_owned() } else { text(name) }
}

/// A finite number.
pub(super) fn number(value: f64) -> String {
    let value = if value == 0.0 { 0.0 } else { value };
    if value.abs() < 1e15 && (value == 0.0 || value.abs() >= 1e-5) { format!("{value}") } else { format!("{value:e}") }
}

/// A list of texts.
pub(super) fn list(values: &[String]) -> String {
    format!("[{}]", values.iter().map(|value| text(value)).collect::<Vec<_>>().join(", "))
}

/// A name or value from the data for a person: quoted only where it would be misread.
pub(super) fn shown(value: &str) -> String {
    const LONGEST: usize = 60;
    let clipped: String = value.chars().take(LONGEST).collect();
    let dots = if clipped.len() < value.len() { "…" } else { "" };
    let quoted = text(&clipped);
    let plain =
        quoted.get(1..quoted.len() - 1) == Some(clipped.as_str()) && !clipped.is_empty() && clipped.trim() == clipped;
    if plain { format!("{clipped}{dots}") } else { format!("{quoted}{dots}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use toml_edit::DocumentMut;

    proptest! {
        #[test]
        fn whatever_the_data_is_called_toml_reads_it_back(name in any::<String>(), value in any::<String>()) {
            let line = format!("{} = {} # {}\n", key(&name), text(&value), text(&name));
            prop_assert_eq!(line.lines().count(), 1);
            let document: DocumentMut = line.parse().unwrap();
            prop_assert_eq!(document.get(&name).and_then(|item| item.as_str()), Some(value.as_str()));
        }

        #[test]
        fn numbers_are_read_back(value in any::<f64>().prop_filter("finite", |value| value.is_finite())) {
            let document: DocumentMut = format!("x = {}", number(value)).parse().unwrap();
            let item = document.get("x").unwrap();
            let read = item.as_float().or_else(|| item.as_integer().map(|whole| whole as f64));
            prop_assert_eq!(read, Some(value));
        }
    }

    #[test]
    fn shown_text_is_bare_only_where_it_is_plain() {
        assert_eq!(shown("sepal length (cm)"), "sepal length (cm)");
        assert_eq!(shown("a\u{1b}[31m"), "\"a\\u001B[31m\"");
        assert_eq!(shown(""), "\"\"");
        assert_eq!(shown(" x"), "\" x\"");
        assert_eq!(shown(&"x".repeat(61)), format!("{}…", "x".repeat(60)));
    }
}
