//! The text of a CSV file, cut into fields.
//!
//! RFC 4180: fields between delimiters, records between line ends (`\n`, `\r\n` or a lone `\r`), a field in double quotes
//! may hold all of these, and `""` in it is one quote. A quote inside a field that does not begin with one is an
//! ordinary character. Empty lines are skipped.

use std::borrow::Cow;

/// A place where the text is not CSV.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Broken {
    /// Line of the file, from 1.
    pub line: u64,
    pub message: String,
}

/// One field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Field<'a> {
    pub text: Cow<'a, str>,
    /// Whether it is the last one of its record.
    pub last: bool,
}

/// Reads fields one after the other.
#[derive(Debug, Clone)]
pub(crate) struct Scanner<'a> {
    text: &'a str,
    /// Byte offset of the next field.
    pub at: usize,
    /// Line of the next field, from 1.
    pub line: u64,
    delimiter: u8,
}

impl<'a> Scanner<'a> {
    /// `delimiter` is ASCII and neither a quote nor a line end.
    pub fn new(text: &'a str, delimiter: u8) -> Self {
        Self { text, at: 0, line: 1, delimiter }
    }

    /// From a place where a record begins.
    pub fn resumed(&self, at: usize, line: u64) -> Self {
        Self { at, line, ..self.clone() }
    }

    /// Skips empty lines; false at the end of the text.
    pub fn next_record(&mut self) -> bool {
        let bytes = self.text.as_bytes();
        loop {
            match bytes.get(self.at) {
                None => return false,
                Some(b'\n') => {
                    self.at += 1;
                    self.line += 1;
                }
                Some(b'\r') => self.skip_return(),
                Some(_) => return true,
            }
        }
    }

    /// Past `\r` and the `\n` that may follow.
    fn skip_return(&mut self) {
        self.at += if self.text.as_bytes().get(self.at + 1) == Some(&b'\n') { 2 } else { 1 };
        self.line += 1;
    }

    /// The next field of the record.
    pub fn field(&mut self) -> Result<Field<'a>, Broken> {
        if self.text.as_bytes().get(self.at) == Some(&b'"') {
            let text = self.quoted()?;
            let last = self.end_of_field()?;
            return Ok(Field { text, last });
        }
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let delimiter = self.delimiter;
        let length =
            rest.iter().position(|byte| *byte == delimiter || *byte == b'\n' || *byte == b'\r').unwrap_or(rest.len());
        // The ends are ASCII, so this never cuts a character.
        let text = self.text.get(self.at..self.at + length).unwrap_or_default();
        self.at += length;
        let last = self.end_of_field()?;
        Ok(Field { text: Cow::Borrowed(text), last })
    }

    /// Past the delimiter (false) or the end of the record (true).
    fn end_of_field(&mut self) -> Result<bool, Broken> {
        match self.text.as_bytes().get(self.at) {
            None => Ok(true),
            Some(byte) if *byte == self.delimiter => {
                self.at += 1;
                Ok(false)
            }
            Some(b'\n') => {
                self.at += 1;
                self.line += 1;
                Ok(true)
            }
            Some(b'\r') => {
                self.skip_return();
                Ok(true)
            }
            Some(_) => Err(Broken {
                line: self.line,
                message:
                    "there is text after the closing quote of a field; write a quote inside a quoted field as \"\""
                        .to_owned(),
            }),
        }
    }

    fn quoted(&mut self) -> Result<Cow<'a, str>, Broken> {
        let opened = self.line;
        let mut whole = Cow::Borrowed("");
        self.at += 1;
        loop {
            let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
            let Some(length) = rest.iter().position(|byte| *byte == b'"') else {
                return Err(Broken { line: opened, message: "a quote is opened here and never closed".to_owned() });
            };
            let piece = self.text.get(self.at..self.at + length).unwrap_or_default();
            self.line += line_ends(piece);
            self.at += length + 1;
            let doubled = self.text.as_bytes().get(self.at) == Some(&b'"');
            if whole.is_empty() && !doubled {
                return Ok(Cow::Borrowed(piece));
            }
            whole.to_mut().push_str(piece);
            if !doubled {
                return Ok(whole);
            }
            whole.to_mut().push('"');
            self.at += 1;
        }
    }
}

/// Line ends in a text: `\r\n` counts once.
fn line_ends(text: &str) -> u64 {
    let bytes = text.as_bytes();
    let feeds = bytes.iter().filter(|byte| **byte == b'\n').count();
    let returns =
        bytes.iter().enumerate().filter(|(at, byte)| **byte == b'\r' && bytes.get(at + 1) != Some(&b'\n')).count();
    (feeds + returns) as u64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn records(text: &str) -> Result<Vec<Vec<String>>, Broken> {
        let mut scanner = Scanner::new(text, b',');
        let mut records = vec![];
        while scanner.next_record() {
            let mut record = vec![];
            loop {
                let field = scanner.field()?;
                record.push(field.text.into_owned());
                if field.last {
                    break;
                }
            }
            records.push(record);
        }
        Ok(records)
    }

    #[test]
    fn quotes_line_ends_and_empty_fields() {
        let text = "a,b\r\n\"x,1\",\"say \"\"hi\"\"\"\n\n\"two\nlines\",\"\"\ré\"q,\n1,";
        let expected = [["a", "b"], ["x,1", "say \"hi\""], ["two\nlines", ""], ["é\"q", ""], ["1", ""]];
        assert_eq!(records(text).unwrap(), expected);
        assert_eq!(records("").unwrap(), Vec::<Vec<String>>::new());
        assert_eq!(records("\"\"\"\"").unwrap(), [["\""]]);
    }

    #[test]
    fn what_is_broken_is_said_with_its_line() {
        assert_eq!(records("a,b\n\"x\ny\",1\n\"z\"z,1").unwrap_err().line, 4);
        let open = records("a,b\n1,2\n\"x,1\n2,3\n").unwrap_err();
        assert_eq!(open.line, 3);
        assert!(open.message.contains("never closed"), "{}", open.message);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(rows in prop::collection::vec(prop::collection::vec("[a,\"\n\r é]{0,4}", 2..4), 0..6)) {
            let quote = |field: &String| format!("\"{}\"", field.replace('"', "\"\""));
            let lines: Vec<String> = rows.iter().map(|row| row.iter().map(quote).collect::<Vec<_>>().join(",")).collect();
            prop_assert_eq!(records(&lines.join("\r\n")).unwrap(), rows);
        }

        #[test]
        fn any_text_ends(text in "[a,\"\n\r ]{0,30}") {
            let _ = records(&text);
        }
    }
}
