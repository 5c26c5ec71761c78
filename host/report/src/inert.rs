//! Text from outside made inert: it can neither act on a terminal nor on the CI system that reads the log.
//!
//! Runners read commands out of what a step prints. GitHub's takes a line that begins, after spaces, with `::`, and
//! its older form `##[command]` anywhere in a line; Azure's (`##vso[`) and `TeamCity`'s (`##teamcity[`) look alike. So
//! whatever a policy says is kept from forming either, in every format, since any of them may go to stdout.

use std::borrow::Cow;

use portcullis_verdict::plain;

/// The text on one line, with nothing left that acts on a terminal or forms a `##…[` command.
pub fn inert(text: &str) -> Cow<'_, str> {
    let text = plain(text);
    if !text.contains("##") {
        return text;
    }
    let mut out = String::with_capacity(text.len() + 8);
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        if character == '#' && characters.peek() == Some(&'#') {
            out.push_str("\\u{23}");
        } else {
            out.push(character);
        }
    }
    Cow::Owned(out)
}

/// The line, changed so that it does not begin with `::` after spaces.
pub fn guarded(line: &str) -> Cow<'_, str> {
    let body = line.trim_start();
    match body.strip_prefix("::") {
        Some(rest) => {
            let indent = &line[..line.len() - body.len()];
            Cow::Owned(format!("{indent}\\u{{3a}}:{rest}"))
        }
        None => Cow::Borrowed(line),
    }
}

/// At most `most` characters of the text, with a notice of how many were left out.
pub fn clipped(text: &str, most: usize) -> Cow<'_, str> {
    let Some((end, _)) = text.char_indices().nth(most) else {
        return Cow::Borrowed(text);
    };
    let left = text.chars().count() - most;
    Cow::Owned(format!("{} … ({left} more characters)", &text[..end]))
}

/// Whether a character may stand in a report as it is. A line break does not: reports make their own.
pub fn stands(character: char) -> bool {
    character.is_ascii_graphic()
        || character == ' '
        || matches!(plain(character.encode_utf8(&mut [0; 4])), Cow::Borrowed(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_of_ci_systems_are_broken() {
        assert_eq!(inert("##[set-output name=x]1"), "\\u{23}#[set-output name=x]1");
        assert_eq!(inert("###vso[x]"), "\\u{23}\\u{23}#vso[x]");
        assert_eq!(inert("issue #12, a # b"), "issue #12, a # b");
        assert_eq!(guarded("  ::error::x"), "  \\u{3a}:error::x");
        assert_eq!(guarded("a ::error::x"), "a ::error::x");
    }

    #[test]
    fn clipping_counts_characters_and_says_so() {
        assert_eq!(clipped("naïve", 5), "naïve");
        assert_eq!(clipped("naïveté", 3), "naï … (4 more characters)");
    }

    #[test]
    fn what_acts_does_not_stand() {
        assert!(['a', ' ', 'π', '×'].into_iter().all(stands));
        assert!(!['\n', '\u{7f}', '\u{9b}', '\u{202e}'].into_iter().any(stands));
    }
}
