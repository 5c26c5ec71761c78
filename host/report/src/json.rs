//! The run record itself, which scripts read and every other report is rendered from.

use portcullis_verdict::RunRecord;

use crate::inert::stands;

/// The record, indented, keys in the order of the type, with a line break at its end.
///
/// Characters that act on a terminal, form a runner's command (see [`crate::inert`]) or open an HTML tag are escaped
/// the way JSON escapes, so that a reader gets the very text back.
pub fn render(record: &RunRecord) -> String {
    match serde_json::to_string_pretty(record) {
        Ok(written) => escaped(&written) + "\n",
        // Cannot happen for a type of strings, numbers and string-keyed maps; said rather than panicked about.
        Err(error) => format!("{}\n", serde_json::json!({ "error": error.to_string() })),
    }
}

/// JSON with nothing in it that acts. What is replaced stands inside strings: elsewhere JSON is plain ASCII.
pub fn escaped(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let mut before = '\n';
    let mut characters = json.chars().peekable();
    while let Some(character) = characters.next() {
        let command = character == '#' && before == '#';
        let tag =
            character == '<' && characters.peek().is_some_and(|next| next.is_alphabetic() || "/!?".contains(*next));
        if character == '\n' || (stands(character) && !command && !tag) {
            out.push(character);
        } else {
            for unit in character.encode_utf16(&mut [0; 2]) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        }
        before = character;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_is_escaped_and_reads_back() {
        let text = "\u{7f}\u{9b}2J\u{202e}\u{e0041} ##[group] ::x <b> <= π\n";
        let written = escaped(&serde_json::to_string(text).unwrap());
        assert_eq!(written, r#""\u007f\u009b2J\u202e\udb40\udc41 #\u0023[group] ::x \u003cb> <= π\n""#);
        assert_eq!(serde_json::from_str::<String>(&written).unwrap(), text);
    }
}
