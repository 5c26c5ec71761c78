//! From fields to columns, chunk by chunk.

use std::borrow::Cow;

use super::scan::{Broken, Scanner};
use crate::calendar;
use crate::cells::{Cells, MICROS, NEITHER, Unit, Whole, canonical, intern};
use crate::infer::{Seen, seen};
use crate::kind::ColumnKind;
use crate::options::MissingWords;
use crate::parallel;

/// Rows that one thread reads at a time.
const CHUNK: u64 = 16_384;

/// Where a run of records begins.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Chunk {
    at: usize,
    line: u64,
    rows: u64,
}

/// Finds the chunks and checks that every record has as many fields as the header.
pub(crate) fn chunks(mut scanner: Scanner<'_>, columns: usize) -> Result<Vec<Chunk>, Broken> {
    let mut chunks: Vec<Chunk> = vec![];
    while scanner.next_record() {
        let (at, line) = (scanner.at, scanner.line);
        let mut fields = 0;
        loop {
            fields += 1;
            if scanner.field()?.last {
                break;
            }
        }
        if fields != columns {
            let s = if fields == 1 { "" } else { "s" };
            let message = format!("{fields} field{s}, but the header has {columns}");
            return Err(Broken { line, message });
        }
        match chunks.last_mut() {
            Some(chunk) if chunk.rows < CHUNK => chunk.rows += 1,
            _ => chunks.push(Chunk { at, line, rows: 1 }),
        }
    }
    Ok(chunks)
}

/// Rows in these chunks.
pub(crate) fn row_count(chunks: &[Chunk]) -> u64 {
    chunks.iter().map(|chunk| chunk.rows).sum()
}

/// Calls `each` with the column and text of every field of a chunk. The chunk has been checked.
fn fields<'a>(scanner: &Scanner<'a>, chunk: Chunk, mut each: impl FnMut(usize, Cow<'a, str>)) {
    let mut scanner = scanner.resumed(chunk.at, chunk.line);
    for _ in 0..chunk.rows {
        if !scanner.next_record() {
            return;
        }
        let mut column = 0;
        while let Ok(field) = scanner.field() {
            each(column, field.text);
            column += 1;
            if field.last {
                break;
            }
        }
    }
}

/// What the columns hold, over all rows.
pub(crate) fn infer(scanner: &Scanner<'_>, chunks: &[Chunk], columns: usize, missing: &MissingWords) -> Vec<Seen> {
    let found = parallel::map(chunks, |_, chunk| {
        let mut found = vec![Seen::default(); columns];
        fields(scanner, *chunk, |column, text| {
            if let Some(sofar) = found.get_mut(column).filter(|sofar| !sofar.is_text()) {
                let value = text.trim();
                if !missing.contain(value) {
                    *sofar = sofar.and(seen(value));
                }
            }
        });
        found
    });
    let mut all = vec![Seen::default(); columns];
    for chunk in found {
        for (sofar, more) in all.iter_mut().zip(chunk) {
            *sofar = sofar.and(more);
        }
    }
    all
}

/// The columns, each of the kind that [`infer`] allows, or text.
pub(crate) fn columns(
    scanner: &Scanner<'_>,
    chunks: &[Chunk],
    kinds: &[ColumnKind],
    missing: &MissingWords,
) -> Vec<Cells> {
    let pieces = parallel::map(chunks, |_, chunk| {
        let mut pieces: Vec<Piece<'_>> = kinds.iter().map(|kind| Piece::new(*kind, chunk.rows as usize)).collect();
        fields(scanner, *chunk, |column, text| {
            if let Some(piece) = pieces.get_mut(column) {
                piece.push(text, missing);
            }
        });
        pieces
    });
    let mut by_column: Vec<Vec<Piece<'_>>> = kinds.iter().map(|_| Vec::with_capacity(chunks.len())).collect();
    for chunk in pieces {
        for (column, piece) in by_column.iter_mut().zip(chunk) {
            column.push(piece);
        }
    }
    let by_column: Vec<_> = by_column.into_iter().map(std::sync::Mutex::new).collect();
    parallel::map_columns(row_count(chunks), &by_column, |place, pieces| {
        let pieces = std::mem::take(&mut *pieces.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
        joined(pieces, kinds.get(place).copied().unwrap_or(ColumnKind::Text))
    })
}

/// A chunk's part of a column.
enum Piece<'a> {
    Boolean(Vec<u8>),
    Whole { values: Vec<i64>, missing: Vec<bool>, kind: ColumnKind },
    Numbers(Vec<f64>),
    Texts(Vec<Option<Cow<'a, str>>>),
}

impl<'a> Piece<'a> {
    fn new(kind: ColumnKind, rows: usize) -> Self {
        match kind {
            ColumnKind::Boolean => Self::Boolean(Vec::with_capacity(rows)),
            ColumnKind::Number => Self::Numbers(Vec::with_capacity(rows)),
            ColumnKind::Integer | ColumnKind::Date | ColumnKind::DateTime => {
                Self::Whole { values: Vec::with_capacity(rows), missing: Vec::with_capacity(rows), kind }
            }
            _ => Self::Texts(Vec::with_capacity(rows)),
        }
    }

    fn push(&mut self, text: Cow<'a, str>, missing_words: &MissingWords) {
        let value = text.trim();
        let there = !missing_words.contain(value);
        match self {
            Self::Texts(texts) => texts.push(there.then_some(text)),
            Self::Numbers(numbers) => {
                numbers.push(if there { value.parse().map_or(f64::NAN, canonical) } else { f64::NAN });
            }
            Self::Boolean(values) => {
                values.push(if there { u8::from(value.eq_ignore_ascii_case("true")) } else { NEITHER });
            }
            Self::Whole { values, missing, kind } => {
                let parsed = match kind {
                    _ if !there => None,
                    ColumnKind::Date => calendar::date(value),
                    ColumnKind::DateTime => calendar::datetime(value)
                        .or_else(|| calendar::date(value).and_then(|days| days.checked_mul(86_400 * MICROS))),
                    _ => value.parse().ok(),
                };
                values.push(parsed.unwrap_or(0));
                missing.push(parsed.is_none());
            }
        }
    }
}

fn joined(pieces: Vec<Piece<'_>>, kind: ColumnKind) -> Cells {
    let mut booleans: Vec<u8> = vec![];
    let mut numbers: Vec<f64> = vec![];
    let mut whole: Vec<i64> = vec![];
    let mut gone: Vec<bool> = vec![];
    let mut texts = vec![];
    for piece in pieces {
        match piece {
            Piece::Boolean(values) => append(&mut booleans, values),
            Piece::Numbers(values) => append(&mut numbers, values),
            Piece::Texts(values) => append(&mut texts, values),
            Piece::Whole { values, missing, .. } => {
                append(&mut whole, values);
                append(&mut gone, missing);
            }
        }
    }
    let unit = match kind {
        ColumnKind::Boolean => return Cells::Boolean(booleans),
        ColumnKind::Number => return Cells::Numbers(numbers),
        ColumnKind::Integer => Unit::One,
        ColumnKind::Date => Unit::Days,
        ColumnKind::DateTime => Unit::Instant(MICROS),
        ColumnKind::Text | ColumnKind::Time | ColumnKind::Other => return Cells::Text(intern(&texts)),
    };
    Cells::Whole(Whole { values: whole, missing: gone.contains(&true).then_some(gone), unit })
}

/// The first piece is taken as it is.
fn append<T>(all: &mut Vec<T>, mut more: Vec<T>) {
    if all.is_empty() {
        *all = more;
    } else {
        all.append(&mut more);
    }
}
