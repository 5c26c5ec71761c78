//! CSV files: read whole, with types inferred from every row.

mod parse;
mod pieces;
mod records;
mod words;

use std::collections::BTreeMap;

use crate::cells::Cells;
use crate::error::{DataError, listed};
use crate::kind::ColumnKind;
use crate::options::{MISSING_WORDS, MissingWords, ReadOptions};
use parse::{Body, ParseError, Parsed};
use records::{Broken, Records, line_of};

/// Bytes that one thread reads at a time.
const CHUNK: usize = 4 << 20;

/// A CSV file that has been read.
pub(crate) struct CsvFile {
    names: Vec<String>,
    parsed: Parsed,
}

impl CsvFile {
    /// Reads the header and every record.
    pub fn open(path: &str, bytes: &[u8], options: &ReadOptions) -> Result<Self, DataError> {
        let delimiter = options.delimiter_for(path)?;
        let missing = match &options.missing {
            Some(words) => MissingWords::new(words),
            None => MissingWords::new(&MISSING_WORDS),
        };
        let text = decoded(path, bytes)?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let broken = |broken: Broken| match broken {
            Broken::Wrong { at, message } => DataError::line(path, line_of(text, at), message),
            Broken::Cut => DataError::file(path, "a record was cut off while reading"),
        };
        let mut records = Records::new(text, 0, text.len(), delimiter);
        let Some(header) = records.next().map_err(broken)? else {
            return Err(DataError::file(path, "the file is empty"));
        };
        let names = header.fields().map(|name| name.trim().to_owned()).collect();
        let names = checked_names(path, line_of(text, header.start), names, delimiter, options)?;
        let as_text = names.iter().map(|name| options.types.contains_key(name)).collect();
        let body = Body { text, start: records.next_start(), delimiter, missing, chunk: CHUNK, as_text };
        let parsed = body.parse(&names).map_err(|error| match error {
            ParseError::Broken(wrong) => broken(wrong),
            ParseError::Data(error) => error,
        })?;
        Ok(Self { names, parsed })
    }

    pub fn rows(&self) -> u64 {
        self.parsed.rows
    }

    /// Names and kinds; none for a column without values.
    pub fn kinds(&self) -> Vec<(String, Option<ColumnKind>)> {
        self.names.iter().cloned().zip(self.parsed.kinds.iter().copied()).collect()
    }

    /// The columns, of these kinds, but text where the kind is set by the options.
    pub fn columns(self) -> BTreeMap<String, Cells> {
        self.names.into_iter().zip(self.parsed.columns).collect()
    }
}

/// UTF-8, or where it stops being that.
fn decoded<'a>(path: &str, bytes: &'a [u8]) -> Result<&'a str, DataError> {
    std::str::from_utf8(bytes).map_err(|error| {
        let valid = error.valid_up_to();
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
