//! From records to columns, in one pass over the text wherever that is enough.
//!
//! The text is cut into chunks which are read in parallel, each column of each into the narrowest type that holds its
//! values there. Where a record begins is only known when everything before has been read, because a line end may stand
//! in quotes; so the cuts are a guess, a chunk is believed when the one before ends where it begins, and is read again
//! from the right place otherwise. When all chunks are known, so is the type of each column, and chunks that hold a
//! column in a type that does not lead there are read again for it, as text.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use super::pieces::{Closed, Piece, joined};
use super::records::{Broken, Records};
use crate::cells::Cells;
use crate::error::DataError;
use crate::infer::Seen;
use crate::kind::ColumnKind;
use crate::options::MissingWords;
use crate::parallel;

/// What to read, and how.
pub(crate) struct Body<'a> {
    pub text: &'a str,
    /// Where the first record begins.
    pub start: usize,
    pub delimiter: u8,
    pub missing: MissingWords,
    /// Bytes that one thread reads at a time; what is read does not depend on it.
    pub chunk: usize,
    /// For each column, whether its type was set, which is converted from text.
    pub as_text: Vec<bool>,
}

/// What was read.
pub(crate) struct Parsed {
    pub rows: u64,
    /// The kind of each column; none for a column without values.
    pub kinds: Vec<Option<ColumnKind>>,
    pub columns: Vec<Cells>,
}

/// The records that begin in a range of the text.
struct Part {
    range: Range<usize>,
    rows: u64,
    seen: Vec<Seen>,
    pieces: Vec<Closed>,
}

impl Body<'_> {
    pub fn parse(&self, names: &[String]) -> Result<Parsed, ParseError> {
        let mut parts = self.parts()?;
        let seen: Vec<Seen> = (0..names.len())
            .map(|column| parts.iter().filter_map(|part| part.seen.get(column)).fold(Seen::default(), |a, b| a.and(*b)))
            .collect();
        let kinds: Vec<Option<ColumnKind>> = seen.iter().map(|seen| seen.kind()).collect();
        // A type that was set is made from the text.
        let held: Vec<ColumnKind> = kinds
            .iter()
            .zip(&self.as_text)
            .map(|(kind, as_text)| if *as_text { ColumnKind::Text } else { kind.unwrap_or(ColumnKind::Text) })
            .collect();
        self.reread(&mut parts, &held)?;
        let rows = parts.iter().map(|part| part.rows).sum();
        let mut by_column: Vec<Vec<Closed>> = names.iter().map(|_| Vec::with_capacity(parts.len())).collect();
        for part in parts {
            for (column, piece) in by_column.iter_mut().zip(part.pieces) {
                column.push(piece);
            }
        }
        let mut work: Vec<_> = names.iter().zip(held).zip(by_column.into_iter().map(Mutex::new)).enumerate().collect();
        // Texts take longest, so they go first.
        work.sort_by_key(|(_, ((_, kind), _))| *kind != ColumnKind::Text);
        let columns = parallel::map_columns(rows, &work, |_, (place, ((name, kind), pieces))| {
            let pieces = std::mem::take(&mut *pieces.lock().unwrap_or_else(PoisonError::into_inner));
            Ok((*place, joined(pieces, *kind, name)?))
        });
        let mut columns = columns.into_iter().collect::<Result<Vec<_>, DataError>>()?;
        columns.sort_unstable_by_key(|(place, _)| *place);
        Ok(Parsed { rows, kinds, columns: columns.into_iter().map(|(_, cells)| cells).collect() })
    }

    /// Reads everything, chunk by chunk.
    fn parts(&self) -> Result<Vec<Part>, Broken> {
        let known: Vec<AtomicBool> = self.as_text.iter().map(|_| AtomicBool::new(false)).collect();
        let chunks = self.chunks();
        let read = parallel::map(&chunks, |place, chunk| {
            let limit = if place == 0 { self.text.len() } else { chunk.end.saturating_add(self.chunk) };
            self.part(chunk.clone(), limit, &known)
        });
        let mut parts: Vec<Part> = Vec::with_capacity(chunks.len());
        let mut start = self.start;
        for (chunk, read) in chunks.into_iter().zip(read) {
            let part = match read {
                // The last record before goes on to the end of this chunk.
                _ if start >= chunk.end => continue,
                read if start == chunk.start && !matches!(read, Err(Broken::Cut)) => read?,
                _ => self.part(start..chunk.end, self.text.len(), &known)?,
            };
            start = part.range.end;
            if part.rows > 0 {
                parts.push(part);
            }
        }
        Ok(parts)
    }

    /// Cuts the text after line ends that are not in quotes, as far as that can be told from counting quotes.
    fn chunks(&self) -> Vec<Range<usize>> {
        let bytes = self.text.as_bytes();
        let steps: Vec<usize> = (self.start..bytes.len()).step_by(self.chunk.max(1)).collect();
        let quotes = parallel::map(&steps, |_, at| {
            let stretch = bytes.get(*at..bytes.len().min(at.saturating_add(self.chunk))).unwrap_or_default();
            memchr::memchr_iter(b'"', stretch).count()
        });
        let mut chunks = vec![];
        let (mut start, mut before) = (self.start, 0);
        for (at, quotes) in steps.into_iter().zip(quotes) {
            let mut inside = before % 2 == 1;
            before += quotes;
            if at <= start {
                continue;
            }
            let line_end = bytes.get(at..).unwrap_or_default().iter().position(|byte| {
                inside ^= *byte == b'"';
                *byte == b'\n' && !inside
            });
            let Some(line_end) = line_end else { break };
            let next = Records::new(self.text, at + line_end, self.text.len(), self.delimiter).next_start();
            chunks.push(start..next);
            start = next;
        }
        if start < bytes.len() {
            chunks.push(start..bytes.len());
        }
        chunks
    }

    /// Reads the records that begin in a range. `known` are the columns that some part has found to be text, so that
    /// the others need not find out: what they are read as changes, what they become does not.
    fn part(&self, range: Range<usize>, limit: usize, known: &[AtomicBool]) -> Result<Part, Broken> {
        let mut pieces: Vec<Piece> = self
            .as_text
            .iter()
            .zip(known)
            .map(|(as_text, known)| match (as_text, known.load(Ordering::Relaxed)) {
                (_, true) => Piece::text(Seen::TEXT),
                (true, false) => Piece::text(Seen::default()),
                (false, false) => Piece::open(),
            })
            .collect();
        let mut records = Records::new(self.text, range.start, limit, self.delimiter);
        let mut rows = 0;
        while records.next_start() < range.end {
            let Some(record) = records.next()? else { break };
            if record.len() != pieces.len() {
                let (fields, columns) = (record.len(), pieces.len());
                let s = if fields == 1 { "" } else { "s" };
                return Err(Broken::wrong(
                    record.start,
                    format!(
                        "{fields} field{s}, but the header has {columns}; a value that holds the separator needs quotes around \
                     it, and a missing value is an empty field"
                    ),
                ));
            }
            for (piece, field) in pieces.iter_mut().zip(record.fields()) {
                piece.push(field, &self.missing);
            }
            rows += 1;
        }
        for (piece, known) in pieces.iter().zip(known) {
            if piece.seen.stays_text() {
                known.store(true, Ordering::Relaxed);
            }
        }
        Ok(Part {
            range: range.start..records.next_start(),
            rows,
            seen: pieces.iter().map(|piece| piece.seen).collect(),
            pieces: pieces.into_iter().map(Piece::closed).collect(),
        })
    }

    /// Reads columns that are text again where they were taken for something else.
    fn reread(&self, parts: &mut [Part], kinds: &[ColumnKind]) -> Result<(), Broken> {
        let wanted = |part: &Part| -> Vec<bool> {
            let text = kinds.iter().map(|kind| *kind == ColumnKind::Text);
            text.zip(&part.pieces).map(|(text, piece)| text && piece.has_no_text()).collect()
        };
        let again: Vec<(usize, Range<usize>, Vec<bool>)> = parts
            .iter()
            .enumerate()
            .map(|(place, part)| (place, part.range.clone(), wanted(part)))
            .filter(|(_, _, wanted)| wanted.contains(&true))
            .collect();
        let read = parallel::map(&again, |_, (_, range, wanted)| {
            let mut pieces: Vec<Option<Piece>> =
                wanted.iter().map(|wanted| wanted.then(|| Piece::text(Seen::TEXT))).collect();
            let mut records = Records::new(self.text, range.start, self.text.len(), self.delimiter);
            while records.next_start() < range.end {
                let Some(record) = records.next()? else { break };
                for (piece, field) in pieces.iter_mut().zip(record.fields()) {
                    if let Some(piece) = piece {
                        piece.push(field, &self.missing);
                    }
                }
            }
            Ok(pieces.into_iter().map(|piece| piece.map(Piece::closed)).collect::<Vec<_>>())
        });
        for ((place, _, _), read) in again.iter().zip(read) {
            let Some(part) = parts.get_mut(*place) else { continue };
            for (piece, read) in part.pieces.iter_mut().zip(read?) {
                if let Some(read) = read {
                    *piece = read;
                }
            }
        }
        Ok(())
    }
}

/// Why the columns could not be had.
#[derive(Debug)]
pub(crate) enum ParseError {
    Broken(Broken),
    Data(DataError),
}

impl From<Broken> for ParseError {
    fn from(broken: Broken) -> Self {
        Self::Broken(broken)
    }
}

impl From<DataError> for ParseError {
    fn from(error: DataError) -> Self {
        Self::Data(error)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::options::MISSING_WORDS;

    /// Everything that was read, or what is wrong.
    fn read(text: &str, columns: usize, as_text: bool, chunk: usize) -> String {
        let names: Vec<String> = (0..columns).map(|column| column.to_string()).collect();
        let missing = MissingWords::new(&MISSING_WORDS);
        let body = Body { text, start: 0, delimiter: b',', missing, chunk, as_text: vec![as_text; columns] };
        match body.parse(&names) {
            Ok(Parsed { rows, kinds, columns }) => format!("{rows} {kinds:?} {columns:?}"),
            Err(error) => format!("{error:?}"),
        }
    }

    #[test]
    fn quotes_that_mislead_do_not_mislead() {
        // Odd quotes inside of fields make every guess wrong; a quoted field spans many chunks.
        let text = format!("5\" pipe,1\n\"{}\",2\n6\" pipe,x\n", "a,b\n".repeat(50));
        let whole = read(&text, 2, false, usize::MAX);
        assert!(whole.starts_with("3 [Some(Text), Some(Text)]"), "{whole}");
        for chunk in 1..40 {
            assert_eq!(read(&text, 2, false, chunk), whole, "{chunk}");
        }
    }

    #[test]
    fn what_turns_out_to_be_text_is_read_as_it_stands() {
        let whole = read(&format!("{}x\n", "1.50\n".repeat(30)), 1, false, 16);
        assert!(whole.contains("levels: [\"1.50\", \"x\"]"), "{whole}");
        let big = format!("{}{}\n", "10\n".repeat(30), "9".repeat(20));
        assert!(read(&big, 1, false, 16).contains("levels: [\"10\", \"9999"), "text keeps all digits");
        assert!(read(&format!("{big}0.5\n"), 1, false, 16).contains("Some(Number)"));
    }

    #[test]
    fn later_chunks_keep_the_kind_of_earlier_ones() {
        for (value, kind) in
            [("true", "Boolean"), ("2024-01-01", "Date"), ("2024-01-01 10:00", "DateTime"), ("7", "Integer")]
        {
            let text = format!("{}NA\n{}", format!("{value}\n").repeat(40), format!("{value}\n").repeat(40));
            let read = read(&text, 1, false, 8);
            assert!(read.starts_with(&format!("81 [Some({kind})]")), "{read}");
        }
    }

    proptest! {
        #[test]
        fn chunks_change_nothing(
            rows in prop::collection::vec((
                prop::sample::select(vec![
                    "1", "-7", "2.50", "NA", "", "true", "x", "01", "99999999999999999999", "2024-01-01",
                    "2024-01-01 10:00", "nan", " 3 ", "\"q\"", "\"a\nb\"", "\"a\"\"\n\"\"b\"",
                ]),
                prop::sample::select(vec!["1", "2", "0.5", "NA", "3\" pipe", "", "7", "8"]),
                prop::sample::select(vec!["\n", "\r\n", "\n\n", "\r"]),
            ), 0..30),
            chunk in 1..60_usize,
            as_text in any::<bool>(),
        ) {
            let text: String = rows.iter().flat_map(|(one, other, end)| [one, ",", other, end]).collect();
            prop_assert_eq!(read(&text, 2, as_text, chunk), read(&text, 2, as_text, usize::MAX));
        }

        #[test]
        fn chunks_change_no_error(text in "[a1,\"\n\r]{0,80}", chunk in 1..30_usize, columns in 1..3_usize) {
            prop_assert_eq!(read(&text, columns, false, chunk), read(&text, columns, false, usize::MAX));
        }
    }
}
