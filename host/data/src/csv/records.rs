//! The records of a CSV file, read by the `csv` crate's core and held to what that lets pass.
//!
//! RFC 4180: fields between delimiters, records between line ends (`\n`, `\r\n` or a lone `\r`), a field in double quotes
//! may hold all of these, and `""` in it is one quote. A quote inside a field that does not begin with one is an
//! ordinary character. Empty lines are skipped. `csv-core` prefers a wrong reading to none: a quote that is never closed
//! swallows the rest of the file, and `"a"b` is `ab`. Both are errors here.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

/// Why a record could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Broken {
    /// The text is not CSV at this byte.
    Wrong { at: usize, message: String },
    /// The record goes on beyond the part of the text that was to be looked at.
    Cut,
}

impl Broken {
    pub fn wrong(at: usize, message: impl Into<String>) -> Self {
        Self::Wrong { at, message: message.into() }
    }
}

/// One record.
#[derive(Debug)]
pub(crate) struct Record<'r> {
    /// Byte offset of its first field.
    pub start: usize,
    text: &'r str,
    ends: &'r [usize],
}

impl<'r> Record<'r> {
    /// How many fields it has.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// The fields without their quotes.
    pub fn fields(&self) -> impl Iterator<Item = &'r str> {
        let (text, mut from) = (self.text, 0);
        self.ends.iter().map(move |end| {
            // The ends are where ASCII bytes were, so this never cuts a character.
            let field = text.get(from..*end).unwrap_or_default();
            from = *end;
            field
        })
    }
}

/// Reads records one after the other.
pub(crate) struct Records<'a> {
    bytes: &'a [u8],
    /// Whether the text ends where the bytes do.
    whole: bool,
    at: usize,
    delimiter: u8,
    reader: Reader,
    text: Vec<u8>,
    ends: Vec<usize>,
}

impl<'a> Records<'a> {
    /// Those that begin at or after `at`, where one must begin. Bytes from `limit` on are not looked at: a record that
    /// needs them is [`Broken::Cut`]. `delimiter` is ASCII and neither a quote nor a line end.
    pub fn new(text: &'a str, at: usize, limit: usize, delimiter: u8) -> Self {
        let whole = limit >= text.len();
        let bytes = text.as_bytes();
        let mut reader = ReaderBuilder::new().delimiter(delimiter).build();
        // A first empty line, because a reader takes U+FEFF at its very start for the mark of a file's beginning.
        let _ = reader.read_record(b"\n", &mut [0], &mut [0]);
        Self {
            bytes: if whole { bytes } else { bytes.get(..limit).unwrap_or(bytes) },
            whole,
            at,
            delimiter,
            reader,
            text: vec![0; 1024],
            ends: vec![0; 32],
        }
    }

    /// Skips empty lines: where the next record begins, or the end.
    pub fn next_start(&mut self) -> usize {
        while matches!(self.bytes.get(self.at), Some(b'\n' | b'\r')) {
            self.at += 1;
        }
        self.at
    }

    /// The next record; none at the end.
    pub fn next(&mut self) -> Result<Option<Record<'_>>, Broken> {
        let start = self.next_start();
        if start >= self.bytes.len() {
            return if self.whole { Ok(None) } else { Err(Broken::Cut) };
        }
        let (mut written, mut ended) = (0, 0);
        let mut at_end = false;
        loop {
            let rest = self.bytes.get(self.at..).unwrap_or_default();
            if rest.is_empty() {
                if !self.whole {
                    return Err(Broken::Cut);
                }
                if at_end {
                    let ends = self.ends.get(..ended).unwrap_or_default();
                    let opened = start + walked(self.bytes.get(start..).unwrap_or_default(), ends, self.delimiter).at;
                    return Err(Broken::wrong(opened, "a quote is opened here and never closed"));
                }
            }
            // One more line end ends the last record, unless a quote is open.
            let input = if rest.is_empty() { b"\n" } else { rest };
            let text = self.text.get_mut(written..).unwrap_or_default();
            let ends = self.ends.get_mut(ended..).unwrap_or_default();
            let (result, took, wrote, more) = self.reader.read_record(input, text, ends);
            written += wrote;
            ended += more;
            if rest.is_empty() {
                at_end = took > 0;
            } else {
                self.at += took;
            }
            match result {
                ReadRecordResult::Record | ReadRecordResult::End => break,
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => self.text.resize(self.text.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
            }
        }
        let ends = self.ends.get(..ended).unwrap_or_default();
        let raw = self.bytes.get(start..self.at - usize::from(!at_end)).unwrap_or_default();
        // Quotes are all that the reader leaves out, delimiters aside.
        if raw.len() + 1 != written + ended {
            let Walked { at, clean } = walked(raw, ends, self.delimiter);
            if !clean {
                return Err(Broken::wrong(
                    start + at,
                    "there is text after the closing quote of a field; write a quote inside a quoted field as \"\"",
                ));
            }
        }
        match std::str::from_utf8(self.text.get(..written).unwrap_or_default()) {
            Ok(text) => Ok(Some(Record { start, text, ends })),
            Err(_) => Err(Broken::wrong(start, "this record is not UTF-8")),
        }
    }
}

/// How far into a record its fields reach.
struct Walked {
    /// Where the field after them begins, or the text after a closing quote.
    at: usize,
    /// Whether each closing quote is at the end of its field.
    clean: bool,
}

/// Passes over the fields that a reader has found, as they are written.
fn walked(raw: &[u8], ends: &[usize], delimiter: u8) -> Walked {
    let (mut at, mut from) = (0, 0);
    for end in ends {
        if raw.get(at) == Some(&b'"') {
            at = past_quoted(raw, at);
            if raw.get(at).is_some_and(|byte| *byte != delimiter) {
                return Walked { at, clean: false };
            }
        } else {
            at += end - from;
        }
        from = *end;
        at += 1;
    }
    Walked { at, clean: true }
}

/// The byte after the closing quote of the field that is opened here.
fn past_quoted(raw: &[u8], opened: usize) -> usize {
    let mut at = opened + 1;
    loop {
        let rest = raw.get(at..).unwrap_or_default();
        let Some(length) = rest.iter().position(|byte| *byte == b'"') else { return raw.len() };
        at += length + 1;
        if raw.get(at) != Some(&b'"') {
            return at;
        }
        at += 1;
    }
}

/// The line of a byte, from 1: `\r\n` counts once.
pub(crate) fn line_of(text: &str, at: usize) -> u64 {
    let bytes = text.as_bytes().get(..at).unwrap_or(text.as_bytes());
    let feeds = bytes.iter().filter(|byte| **byte == b'\n').count();
    let returns = bytes.windows(2).filter(|pair| matches!(pair, [b'\r', next] if *next != b'\n')).count();
    let last = usize::from(bytes.last() == Some(&b'\r'));
    (feeds + returns + last) as u64 + 1
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn records(text: &str) -> Result<Vec<Vec<String>>, Broken> {
        let mut reader = Records::new(text, 0, text.len(), b',');
        let mut records = vec![];
        while let Some(record) = reader.next()? {
            records.push(record.fields().map(str::to_owned).collect());
        }
        Ok(records)
    }

    /// Line and message of what is wrong.
    fn wrong(text: &str) -> (u64, String) {
        match records(text) {
            Err(Broken::Wrong { at, message }) => (line_of(text, at), message),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn quotes_line_ends_and_empty_fields() {
        let text = "a,b\r\n\"x,1\",\"say \"\"hi\"\"\"\n\n\"two\nlines\",\"\"\ré\"q,\n1,";
        let expected = [["a", "b"], ["x,1", "say \"hi\""], ["two\nlines", ""], ["é\"q", ""], ["1", ""]];
        assert_eq!(records(text).unwrap(), expected);
        assert_eq!(records("").unwrap(), Vec::<Vec<String>>::new());
        assert_eq!(records("\"\"\"\"").unwrap(), [["\""]]);
        assert_eq!(records("\u{feff}a\n\u{feff}b").unwrap(), [["\u{feff}a"], ["\u{feff}b"]]);
    }

    #[test]
    fn long_records_and_many_fields_fit() {
        let text = format!("{}\"{}\"", "ab,".repeat(5000), "é\n".repeat(5000));
        let record = records(&text).unwrap().remove(0);
        assert_eq!((record.len(), record[0].as_str(), record[5000].len()), (5001, "ab", 15_000));
    }

    #[test]
    fn what_is_broken_is_said_with_its_line() {
        let (line, message) = wrong("a,b\n\"x\ny\",1\n\"z\"z,1");
        assert!(line == 4 && message.contains("after the closing quote"), "{line}: {message}");
        for after in ["\"a\"\"\"b\"", "\"a\" ", "x,\"a\"b\"\",\",y", "1,\"\"2"] {
            assert!(wrong(after).1.contains("after the closing quote") || wrong(after).1.contains("closed"), "{after}");
        }
        for (text, expected) in [
            ("a,b\n1,2\n\"x,1\n2,3\n", 3),
            ("a\n\"b", 2),
            ("\"", 1),
            ("a\r1,\"\n\",\"x\r\n", 3),
            ("a,b\n\"q\"\"\nz\",\"\"\"", 3),
        ] {
            let (line, message) = wrong(text);
            assert!(line == expected && message.contains("never closed"), "{text:?}: {line}: {message}");
        }
    }

    #[test]
    fn a_record_beyond_the_limit_is_cut() {
        let text = "a,b\n\"c\nd\",e\nf,g\n";
        let mut reader = Records::new(text, 0, 8, b',');
        assert_eq!(reader.next().unwrap().unwrap().len(), 2);
        assert_eq!(reader.next().unwrap_err(), Broken::Cut);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(rows in prop::collection::vec(prop::collection::vec("[a,\"\n\r é]{0,4}", 2..4), 0..6)) {
            let quote = |field: &String| format!("\"{}\"", field.replace('"', "\"\""));
            let lines: Vec<String> = rows.iter().map(|row| row.iter().map(quote).collect::<Vec<_>>().join(",")).collect();
            prop_assert_eq!(records(&lines.join("\r\n")).unwrap(), rows);
        }

        #[test]
        fn any_text_ends_and_loses_nothing_but_quotes(text in "[a,\"\n\r ]{0,30}") {
            if let Ok(records) = records(&text) {
                let kept: usize = records.iter().flatten().map(|field| field.matches('a').count()).sum();
                prop_assert_eq!(kept, text.matches('a').count());
            }
        }
    }
}
