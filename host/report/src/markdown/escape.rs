//! Text from outside, so that Markdown shows it as it is.
//!
//! Entities rather than backslashes: an entity can never open or close a structure, in a table cell or at the start of
//! a line either. What GitHub and GitLab find in the text *after* Markdown (mentions, issue numbers, addresses) is
//! broken by a zero-width space, as dependency bots do; inside code they do not look.

use crate::inert::{clipped, inert};

/// Longest text from outside that a report quotes.
const LONGEST: usize = 1000;

/// The text as Markdown that shows it and does nothing. What stands between backticks becomes code.
pub fn escaped(text: &str) -> String {
    let text = inert(text);
    let text = clipped(&text, LONGEST);
    let parts: Vec<_> = text.split('`').collect();
    // Backticks that do not pair up, or touch each other, are shown as they are: two code spans side by side would
    // read as one with a longer fence.
    let inner = parts.get(1..parts.len().saturating_sub(1)).unwrap_or_default();
    if parts.len() % 2 == 0 || inner.iter().any(|part| part.is_empty()) {
        return without_code(&text);
    }
    let part = |(index, part): (usize, &&str)| match (index % 2, code_span(part)) {
        (1, Some(span)) => span,
        (1, None) => format!("&#96;{}&#96;", without_code(part)),
        _ => without_code(part),
    };
    parts.iter().enumerate().map(part).collect()
}

/// The same where Markdown is not read, inside an HTML element: backticks are shown.
pub fn without_code(text: &str) -> String {
    let text = inert(text);
    let text = clipped(&text, LONGEST);
    let mut out = String::with_capacity(text.len() + 16);
    let mut characters = text.chars().peekable();
    let mut before = ' ';
    while let Some(character) = characters.next() {
        let next = characters.peek().copied().unwrap_or(' ');
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\\' | '`' | '*' | '[' | ']' | '|' | '~' | '$' => out.push_str(&format!("&#{};", u32::from(character))),
            // Inside a word an underscore is only itself; metrics are full of them.
            '_' if !(before.is_alphanumeric() && next.is_alphanumeric()) => out.push_str("&#95;"),
            _ => out.push(character),
        }
        // Mentions, references (#12, !12, ~label, %milestone, &epic, $snippet), addresses (https:, www.), emoji (:x:).
        let breaks = match character {
            // At the end of a text too: what a report puts behind it is not known here.
            '@' => true,
            '#' | '!' | '~' | '%' | '&' | '$' | ':' => next != ' ',
            '.' => out.to_ascii_lowercase().ends_with("www."),
            '-' => out.to_ascii_uppercase().ends_with("GH-"),
            _ => false,
        };
        if breaks {
            out.push_str("&#8203;");
        }
        before = character;
    }
    out
}

/// The text as code, where nothing is looked for; escaped where code cannot hold it.
pub fn code(text: &str) -> String {
    code_span(&inert(text)).unwrap_or_else(|| without_code(text))
}

/// Text that is inert already as code, if code can hold it as it is.
fn code_span(text: &str) -> Option<String> {
    let plain = !text.is_empty()
        && text.len() <= LONGEST
        && text.trim() == text
        && !text.contains(['`', '|', '<', '>', '\\', '&', '$']);
    plain.then(|| format!("`{text}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_acts() {
        assert_eq!(escaped("a|b <b>x</b>"), "a&#124;b &lt;b&gt;x&lt;/b&gt;");
        assert_eq!(escaped("@team see #12, GH-3"), "@&#8203;team see #&#8203;12, GH-&#8203;3");
        assert_eq!(escaped("https://e.org www.e.org a@e.org"), "https:&#8203;//e.org www.&#8203;e.org a@&#8203;e.org");
        assert_eq!(escaped("![x](y)"), "!&#8203;&#91;x&#93;(y)");
        assert_eq!(escaped("*a* _b_ `c` \\"), "&#42;a&#42; &#95;b&#95; `c` &#92;");
        assert_eq!(escaped("`a``b` `c`"), "&#96;a&#96;&#96;b&#96; &#96;c&#96;");
        assert_eq!(escaped("`@team` `<b>` @x"), "`@team` &#96;&lt;b&gt;&#96; @&#8203;x");
        assert_eq!(without_code("`@team`"), "&#96;@&#8203;team&#96;");
        assert_eq!(escaped("one\n\n# two"), "one  # two");
    }

    #[test]
    fn ordinary_text_stays_readable() {
        let text = "demographic_parity_difference is 0.21 (at most 0.10 is allowed): sex = F";
        assert_eq!(escaped(text), text);
        assert_eq!(code("group-fairness"), "`group-fairness`");
        assert_eq!(code("a`b"), "a&#96;b");
        assert_eq!(escaped("raise `limits` to 3"), "raise `limits` to 3");
        assert_eq!(code(""), "");
    }
}
