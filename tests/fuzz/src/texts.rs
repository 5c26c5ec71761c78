//! What holds for every text that reaches a person.

use std::borrow::Cow;

use portcullis_verdict::plain;

/// Nothing in the text acts on a terminal; line breaks are the host's own.
pub(crate) fn nothing_acts(what: &str, text: &str) {
    for line in text.split('\n') {
        assert!(matches!(plain(line), Cow::Borrowed(_)), "{what}: {line:?} acts");
    }
}
