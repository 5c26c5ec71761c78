//! CSV files: read whole, with types inferred from every row.

mod parse;
mod scan;

use std::collections::BTreeMap;

use crate::cells::Cells;
use crate::error::{DataError, listed};
use crate::infer::Seen;
use crate::kind::ColumnKind;
use crate::options::{MISSING_WORDS, MissingWords, ReadOptions};
use parse::Chunk;
use scan::{Broken, Scanner};

/// A CSV file whose shape is known.
pub(crate) struct CsvFile {
    path: String,
    text: String,
    /// Where the first record after the header begins.
    body: (usize, u64),
    delimiter: u8,
    missing: MissingWords,
    pub names: Vec<String>,
    chunks: Vec<Chunk>,
    seen: Vec<Seen>,
}

impl CsvFile {
    /// Reads the header, checks that every record fits it, and looks at every value.
    pub fn open(path: &str, bytes: Vec<u8>, options: &ReadOptions) -> Result<Self, DataError> {
        let delimiter = options.delimiter_for(path)?;
        let missing = match &options.missing {
            Some(words) => MissingWords::new(words),
            None => MissingWords::new(&MISSING_WORDS),
        };
        let mut text = decoded(path, bytes)?;
        if text.starts_with('\u{feff}') {
            text.drain(..'\u{feff}'.len_utf8());
        }
        let broken = |broken: Broken| DataError::line(path, broken.line, broken.message);
        let mut scanner = Scanner::new(&text, delimiter);
        if !scanner.next_record() {
            return Err(DataError::file(path, "the file is empty"));
        }
        let line = scanner.line;
        let mut names = vec![];
        loop {
            let field = scanner.field().map_err(broken)?;
            names.push(field.text.trim().to_owned());
            if field.last {
                break;
            }
        }
        let names = checked_names(path, line, names, delimiter, options)?;
        let body = (scanner.at, scanner.line);
        let chunks = parse::chunks(scanner.clone(), names.len()).map_err(broken)?;
        let seen = parse::infer(&scanner, &chunks, names.len(), &missing);
        Ok(Self { path: path.to_owned(), body, delimiter, missing, names, chunks, seen, text })
    }

    pub fn rows(&self) -> u64 {
        parse::row_count(&self.chunks)
    }

    /// Names and kinds; none for a column without values.
    pub fn kinds(&self) -> Vec<(String, Option<ColumnKind>)> {
        self.names.iter().cloned().zip(self.seen.iter().map(|seen| seen.kind())).collect()
    }

    /// The columns as these kinds; text where none is given.
    pub fn columns(self, kinds: &BTreeMap<String, ColumnKind>) -> Result<BTreeMap<String, Cells>, DataError> {
        let kinds: Vec<ColumnKind> =
            self.names.iter().map(|name| kinds.get(name).copied().unwrap_or(ColumnKind::Text)).collect();
        let scanner = Scanner::new(&self.text, self.delimiter).resumed(self.body.0, self.body.1);
        let columns = parse::columns(&scanner, &self.chunks, &kinds, &self.missing);
        if columns.len() != self.names.len() {
            return Err(DataError::file(&self.path, "a column was lost while reading"));
        }
        Ok(self.names.into_iter().zip(columns).collect())
    }
}

/// UTF-8, or where it stops being that.
fn decoded(path: &str, bytes: Vec<u8>) -> Result<String, DataError> {
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let bytes = error.as_bytes();
        if matches!(bytes, [0xff, 0xfe, ..] | [0xfe, 0xff, ..]) {
            return DataError::file(path, "the text is UTF-16; save it as UTF-8");
        }
        let before = bytes.get(..valid).unwrap_or_default();
        let line = before.iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
        let byte = bytes.get(valid).copied().unwrap_or_default();
        DataError::line(path, line, format!("the byte 0x{byte:02x} is not UTF-8; save the file as UTF-8"))
    })
}

/// The header's names: an empty one gets the name that pandas gives it, two of one name are refused.
fn checked_names(
    path: &str,
    line: u64,
    names: Vec<String>,
    delimiter: u8,
    options: &ReadOptions,
) -> Result<Vec<String>, DataError> {
    let mut checked: Vec<String> = Vec::with_capacity(names.len());
    let mut places = BTreeMap::new();
    for (place, name) in names.into_iter().enumerate() {
        let name = if name.is_empty() { format!("Unnamed: {place}") } else { name };
        if let Some(first) = places.insert(name.clone(), place) {
            return Err(DataError::line(
                path,
                line,
                format!("columns {} and {} are both called `{name}`; rename one of them", first + 1, place + 1),
            ));
        }
        checked.push(name);
    }
    if let ([only], None) = (checked.as_slice(), options.delimiter) {
        let other = [';', '\t', '|', ','].into_iter().find(|c| *c != char::from(delimiter) && only.contains(*c));
        if let Some(other) = other {
            return Err(DataError::line(
                path,
                line,
                format!(
                    "the header has one column, {name}, whose name has {0:?} in it; if that separates the columns, set \
                     delimiter = {0:?} in [data]",
                    other.to_string(),
                    name = listed(&checked)
                ),
            ));
        }
    }
    Ok(checked)
}
