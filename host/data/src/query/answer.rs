//! The rows of an answer, turned into columns.

use std::collections::BTreeSet;

use rusqlite::Statement;
use rusqlite::types::ValueRef;

use super::parent::Refused;
use super::permit::bad;
use super::wire::{Outcome, Values};
use crate::cells::number_text;

/// Bytes of an answer.
const MOST_BYTES: usize = 64 << 20;

/// Why there is no answer.
pub(super) enum Failed {
    Refused(Refused),
    Engine(rusqlite::Error),
}

impl From<rusqlite::Error> for Failed {
    fn from(error: rusqlite::Error) -> Self {
        Self::Engine(error)
    }
}

/// A value of the answer.
enum Cell {
    Missing,
    Whole(i64),
    Number(f64),
    Text(String),
}

/// Runs a statement to its end. A column is of numbers where every value is one, else of text.
pub(super) fn gather(statement: &mut Statement<'_>, most: u64) -> Result<Outcome, Failed> {
    let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let mut seen = BTreeSet::new();
    if let Some(twice) = names.iter().find(|name| !seen.insert(*name)) {
        return Err(Failed::Refused(bad(format!("two columns of the answer are called `{twice}`; name one with AS"))));
    }
    let mut columns: Vec<Vec<Cell>> = names.iter().map(|_| Vec::new()).collect();
    let (mut count, mut bytes) = (0, 0);
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next()? {
        count += 1;
        if count > most {
            let why =
                format!("the answer has more than {most} rows (limit: sql-rows); ask for fewer, or for aggregates");
            return Err(Failed::Refused(bad(why)));
        }
        for (place, column) in columns.iter_mut().enumerate() {
            let cell = match row.get_ref(place)? {
                ValueRef::Null => Cell::Missing,
                ValueRef::Integer(value) => Cell::Whole(value),
                ValueRef::Real(value) => Cell::Number(value),
                ValueRef::Text(text) => Cell::Text(String::from_utf8_lossy(text).into_owned()),
                ValueRef::Blob(_) => {
                    let why =
                        format!("column `{}` of the answer holds bytes; turn them into text with hex()", names[place]);
                    return Err(Failed::Refused(bad(why)));
                }
            };
            bytes += size_of::<Cell>() + if let Cell::Text(text) = &cell { text.len() } else { 0 };
            column.push(cell);
        }
        if bytes > MOST_BYTES {
            let why = format!("the answer has more than {MOST_BYTES} bytes; ask for fewer rows, or for aggregates");
            return Err(Failed::Refused(bad(why)));
        }
    }
    Ok(Outcome::Columns(names.into_iter().zip(columns.into_iter().map(values)).collect()))
}

fn values(cells: Vec<Cell>) -> Values {
    if cells.iter().any(|cell| matches!(cell, Cell::Text(_))) {
        let text = |cell| match cell {
            Cell::Missing => None,
            Cell::Whole(value) => Some(value.to_string()),
            Cell::Number(value) => Some(number_text(value)),
            Cell::Text(text) => Some(text),
        };
        return Values::Texts(cells.into_iter().map(text).collect());
    }
    let number = |cell| match cell {
        Cell::Whole(value) => value as f64,
        Cell::Number(value) => value,
        Cell::Missing | Cell::Text(_) => f64::NAN,
    };
    Values::Numbers(cells.into_iter().map(|cell| number(cell).to_bits()).collect())
}
