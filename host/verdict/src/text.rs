//! Text from outside is data: nothing in it may act on a terminal or a log.

use std::borrow::Cow;
use std::fmt::Write as _;

/// The text with every character that could act on a terminal made visible: escape sequences, other control
/// characters (line breaks and tabs become spaces) and the Unicode controls that reorder or hide text.
///
/// ```
/// use portcullis_verdict::plain;
/// assert_eq!(plain("fine: π ≥ 3"), "fine: π ≥ 3");
/// assert_eq!(plain("\u{1b}[31mred\nnext"), "\\u{1b}[31mred next");
/// ```
pub fn plain(text: &str) -> Cow<'_, str> {
    if !text.chars().any(acts) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match character {
            '\n' | '\r' | '\t' => out.push(' '),
            c if acts(c) => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// Whether a character does something other than stand there.
fn acts(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{200b}'..='\u{200f}'     // zero width, direction marks
            | '\u{2028}'..='\u{202e}'   // line and paragraph separators, direction overrides
            | '\u{2060}'..='\u{206f}'   // invisible operators, isolates
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}') // tags
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_acts_is_left() {
        let hostile = "\u{9b}2J\u{202e}txt.exe\u{200b}\r\n\u{7}";
        assert!(!plain(hostile).chars().any(acts));
        assert!(matches!(plain("untouched"), Cow::Borrowed(_)));
    }
}
