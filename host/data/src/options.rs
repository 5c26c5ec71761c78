//! How to read.

use std::collections::BTreeMap;

use crate::error::{DataError, listed};
use crate::kind::ColumnKind;

/// The texts that mean "no value" in a CSV file unless the configuration says otherwise: those of pandas' `read_csv`, and
/// `?`, which the UCI repository uses. A value is compared without the blanks around it; an empty cell is among them,
/// quoted or not.
pub const MISSING_WORDS: [&str; 20] = [
    "", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "?", "N/A",
    "NA", "NULL", "NaN", "None", "n/a", "nan", "null",
];

/// How to read the files of a dataset.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ReadOptions {
    /// Types that the user has set, by column: boolean, integer, number, text, date or datetime. The other columns have
    /// the type that the file states, or that all of their values have.
    pub types: BTreeMap<String, ColumnKind>,
    /// The texts that mean "no value". None: [`MISSING_WORDS`] in CSV, and nothing in formats that have a null of their
    /// own. Some: these, in the text columns of every format.
    pub missing: Option<Vec<String>>,
    /// What separates the fields of a CSV file: one ASCII character. None: a comma, in `.tsv` a tab.
    pub delimiter: Option<char>,
}

impl ReadOptions {
    /// The separator as a byte.
    pub(crate) fn delimiter_for(&self, path: &str) -> Result<u8, DataError> {
        let Some(given) = self.delimiter else {
            return Ok(if path.to_ascii_lowercase().ends_with(".tsv") { b'\t' } else { b',' });
        };
        match u8::try_from(given) {
            Ok(byte) if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r') => Ok(byte),
            _ => Err(DataError::bad(format!(
                "delimiter {given:?} cannot be used; it must be one ASCII character other than a quote or a line end, \
                 such as \",\", \";\", \"\\t\" or \"|\""
            ))),
        }
    }

    /// Refuses types that cannot be set and columns that do not exist.
    pub(crate) fn check(&self, columns: &[String]) -> Result<(), DataError> {
        for (column, kind) in &self.types {
            if matches!(kind, ColumnKind::Time | ColumnKind::Other) {
                return Err(DataError::bad(format!(
                    "[data] types: column `{column}` cannot be set to {kind}; \
                     valid: boolean, integer, number, text, date, datetime"
                )));
            }
            if !columns.contains(column) {
                return Err(DataError::bad(format!(
                    "[data] types: there is no column `{column}`; the columns are: {}",
                    listed(columns)
                )));
            }
        }
        Ok(())
    }
}

/// The words for "no value".
#[derive(Debug, Clone)]
pub(crate) struct MissingWords {
    /// By their length: that and the first byte tell nearly every value apart.
    by_length: Vec<Vec<String>>,
    /// The bytes that they begin with.
    first: [bool; 256],
}

impl MissingWords {
    pub fn new<S: AsRef<str>>(words: &[S]) -> Self {
        let mut by_length: Vec<Vec<String>> = vec![];
        let mut first = [false; 256];
        for word in words {
            let word = word.as_ref().trim();
            if let Some(first) = word.bytes().next().and_then(|byte| first.get_mut(usize::from(byte))) {
                *first = true;
            }
            if by_length.len() <= word.len() {
                by_length.resize(word.len() + 1, vec![]);
            }
            if let Some(words) = by_length.get_mut(word.len()) {
                words.push(word.to_owned());
            }
        }
        Self { by_length, first }
    }

    /// Whether a value, blanks around it removed, is one of them.
    pub fn contain(&self, value: &str) -> bool {
        if value.bytes().next().is_some_and(|byte| !self.first.get(usize::from(byte)).copied().unwrap_or(true)) {
            return false;
        }
        self.by_length.get(value.len()).is_some_and(|words| words.iter().any(|word| word == value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_whatever_their_length() {
        let words = MissingWords::new(&MISSING_WORDS);
        for word in MISSING_WORDS {
            assert!(words.contain(word), "{word}");
        }
        assert!(!words.contain("none") && !words.contain("a value longer than any of them"));
        assert!(!MissingWords::new::<&str>(&[]).contain(""));
    }

    #[test]
    fn a_delimiter_is_one_ascii_character() {
        let with = |delimiter| ReadOptions { delimiter, ..ReadOptions::default() }.delimiter_for("x.TSV");
        assert_eq!(with(None), Ok(b'\t'));
        assert_eq!(with(Some(';')), Ok(b';'));
        for wrong in ['"', '\n', '§'] {
            assert!(with(Some(wrong)).is_err(), "{wrong}");
        }
    }

    #[test]
    fn types_of_columns_that_are_not_there_are_refused() {
        let types = BTreeMap::from([("agee".to_owned(), ColumnKind::Integer)]);
        let error = ReadOptions { types, ..Default::default() }.check(&["age".into()]).unwrap_err().to_string();
        assert!(error.contains("`agee`") && error.contains("age"), "{error}");
    }
}
