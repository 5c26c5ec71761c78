//! The values of a column on their way into the process that answers: exact, and in one piece.

use std::io::{self, Read, Write};

use crate::cells::{Cells, NEITHER, Unit};
use crate::frame::MISSING;
use crate::kind::ColumnKind;

/// What a column is made of in the pipe.
const WHOLES: u8 = 0;
const NUMBERS: u8 = 1;
const TEXTS: u8 = 2;

/// A column's values as `SQLite` takes them.
pub(super) enum Sent {
    /// Whole numbers and booleans; none is missing.
    Wholes(Vec<Option<i64>>),
    /// NaN where missing.
    Numbers(Vec<f64>),
    /// An index into the texts, or [`MISSING`].
    Texts(Vec<u32>, Vec<String>),
}

/// The type that `SQLite` is told of a column: how a literal beside it is compared. Whole numbers beyond its own are real
/// numbers all the same; dates and times are text.
pub(super) fn affinity(kind: ColumnKind) -> &'static str {
    match kind {
        ColumnKind::Boolean | ColumnKind::Integer => "INTEGER",
        ColumnKind::Number => "REAL",
        _ => "TEXT",
    }
}

/// Writes a column.
pub(super) fn send(output: &mut impl Write, cells: &Cells) -> io::Result<()> {
    match cells {
        Cells::Boolean(values) => {
            wholes(output, values.iter().map(|value| (*value != NEITHER).then_some(i64::from(*value))))
        }
        Cells::Whole(whole) if whole.unit == Unit::One => {
            let values = whole.values.iter().enumerate();
            wholes(output, values.map(|(row, value)| (!whole.is_missing(row)).then_some(*value)))
        }
        Cells::Numbers(values) => numbers(output, values),
        Cells::Whole(whole) if whole.unit == Unit::Unsigned => numbers(output, &cells.numbers().unwrap_or_default()),
        Cells::Whole(_) | Cells::Text(_) => {
            let categories = cells.categories();
            output.write_all(&[TEXTS])?;
            output.write_all(&(categories.levels.len() as u64).to_le_bytes())?;
            for level in &categories.levels {
                output.write_all(&(level.len() as u64).to_le_bytes())?;
                output.write_all(level.as_bytes())?;
            }
            for code in &categories.codes {
                output.write_all(&code.to_le_bytes())?;
            }
            Ok(())
        }
    }
}

fn wholes(output: &mut impl Write, values: impl Iterator<Item = Option<i64>>) -> io::Result<()> {
    output.write_all(&[WHOLES])?;
    for value in values {
        output.write_all(&[u8::from(value.is_some())])?;
        output.write_all(&value.unwrap_or_default().to_le_bytes())?;
    }
    Ok(())
}

fn numbers(output: &mut impl Write, values: &[f64]) -> io::Result<()> {
    output.write_all(&[NUMBERS])?;
    for value in values {
        output.write_all(&value.to_le_bytes())?;
    }
    Ok(())
}

/// Reads a column of so many rows.
pub(super) fn receive(input: &mut impl Read, rows: u64) -> io::Result<Sent> {
    match bytes::<1>(input)?[0] {
        WHOLES => (0..rows)
            .map(|_| {
                let there = bytes::<1>(input)?[0] == 1;
                let value = i64::from_le_bytes(bytes(input)?);
                Ok(there.then_some(value))
            })
            .collect::<io::Result<_>>()
            .map(Sent::Wholes),
        NUMBERS => {
            (0..rows).map(|_| Ok(f64::from_le_bytes(bytes(input)?))).collect::<io::Result<_>>().map(Sent::Numbers)
        }
        TEXTS => {
            let levels = u64::from_le_bytes(bytes(input)?);
            let levels = (0..levels)
                .map(|_| {
                    let length = u64::from_le_bytes(bytes(input)?);
                    let mut text = Vec::new();
                    input.take(length).read_to_end(&mut text)?;
                    String::from_utf8(text).map_err(|_| io::ErrorKind::InvalidData.into())
                })
                .collect::<io::Result<Vec<String>>>()?;
            let codes = (0..rows).map(|_| Ok(u32::from_le_bytes(bytes(input)?))).collect::<io::Result<Vec<u32>>>()?;
            Ok(Sent::Texts(codes, levels))
        }
        _ => Err(io::ErrorKind::InvalidData.into()),
    }
}

fn bytes<const N: usize>(input: &mut impl Read) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    input.read_exact(&mut bytes)?;
    Ok(bytes)
}

impl Sent {
    /// The value of a row for a statement's parameter.
    pub fn get(&self, row: usize) -> rusqlite::types::ToSqlOutput<'_> {
        use rusqlite::types::{ToSqlOutput, Value, ValueRef};
        match self {
            Self::Wholes(values) => match values.get(row).copied().flatten() {
                Some(value) => ToSqlOutput::Owned(Value::Integer(value)),
                None => ToSqlOutput::Owned(Value::Null),
            },
            Self::Numbers(values) => match values.get(row) {
                Some(value) if !value.is_nan() => ToSqlOutput::Owned(Value::Real(*value)),
                _ => ToSqlOutput::Owned(Value::Null),
            },
            Self::Texts(codes, levels) => {
                match codes.get(row).filter(|code| **code != MISSING).and_then(|code| levels.get(*code as usize)) {
                    Some(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
                    None => ToSqlOutput::Owned(Value::Null),
                }
            }
        }
    }
}
