//! The side that asks.

use std::io::{self, BufReader, BufWriter, Read, Write};

use serde::{Deserialize, Serialize};

use super::wire::{Asked, AskedColumn, AskedTable, Outcome, Reply, hear, say};
use super::{values, wire};
use crate::cells::{Cells, intern};
use crate::error::DataError;
use crate::slot::Slot;
use crate::table::Table;

/// A question about some tables.
#[derive(Debug, Clone)]
pub struct Question<'a> {
    /// One `SELECT`.
    pub statement: &'a str,
    /// Tables by the names that they have in it.
    pub tables: Vec<(&'static str, Table)>,
    /// The columns whose values may be used; none means all.
    pub columns: Option<&'a [String]>,
    /// Steps of the engine.
    pub steps: u64,
    /// Bytes of the engine's memory.
    pub memory: u64,
    /// Rows of the answer.
    pub rows: u64,
}

/// Why a statement is not answered: it is wrong, or asks for what it may not have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// `withheld` or `bad-query`.
    pub code: Code,
    /// One sentence for a person.
    pub message: String,
}

/// A word of the contract for a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Code {
    /// The statement reads a column whose values are kept back.
    Withheld,
    /// Anything else.
    BadQuery,
}

impl Code {
    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Withheld => "withheld",
            Self::BadQuery => "bad-query",
        }
    }
}

/// A limit that was exceeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    /// Steps of the engine.
    Steps,
    /// Its memory.
    Memory,
}

/// What came of a question.
#[derive(Debug, Clone)]
pub enum Answered {
    /// The answer, and how many values were sent to find it.
    Table(Table, u64),
    /// The statement cannot be answered.
    Refused(Refused),
    /// Answering it takes more than it may.
    Stopped(Stopped),
}

/// Asks the process at the other end of two pipes, which does [`serve`](super::serve).
///
/// # Errors
/// The pipes broke, which the end of that process explains; or the data can no longer be read.
pub fn ask(question: &Question<'_>, input: impl Write, output: impl Read) -> io::Result<Answered> {
    let (mut input, mut output) = (BufWriter::with_capacity(1 << 16, input), BufReader::new(output));
    let broken = |error: DataError| io::Error::other(error.to_string());
    let mut tables = Vec::with_capacity(question.tables.len());
    for (name, table) in &question.tables {
        tables.push(asked(name, table, question.columns));
    }
    let Question { steps, memory, rows, .. } = *question;
    say(&mut input, &Asked { statement: question.statement.to_owned(), tables, steps, memory, rows })?;
    let needed = match hear::<Reply>(&mut output)? {
        Reply::Needs(needed) => needed,
        Reply::Refused(refused) => return Ok(Answered::Refused(refused)),
    };
    let mut sent = 0;
    for ((_, table), places) in question.tables.iter().zip(&needed) {
        let Some(places) = places else { continue };
        sent += table.row_count() * (places.len() as u64).max(1);
        for place in places {
            let slot = table.all_slots().get(*place).ok_or(io::ErrorKind::InvalidData)?;
            if withheld(&slot.info.name, question.columns) {
                return Err(io::ErrorKind::InvalidData.into()); // whatever the process says, nobody gets these
            }
            values::send(&mut input, slot.cells().map_err(broken)?)?;
        }
    }
    input.flush()?;
    drop(input);
    Ok(match hear::<Outcome>(&mut output)? {
        Outcome::Columns(columns) => Answered::Table(table(columns).map_err(broken)?, sent),
        Outcome::Refused(refused) => Answered::Refused(refused),
        Outcome::Steps => Answered::Stopped(Stopped::Steps),
        Outcome::Memory => Answered::Stopped(Stopped::Memory),
    })
}

fn withheld(column: &str, granted: Option<&[String]>) -> bool {
    granted.is_some_and(|granted| !granted.iter().any(|name| name == column))
}

/// What a table looks like, without its values.
fn asked(name: &str, table: &Table, granted: Option<&[String]>) -> AskedTable {
    let columns = table.columns().iter().map(|column| AskedColumn {
        name: column.name.clone(),
        affinity: values::affinity(column.kind).to_owned(),
        withheld: withheld(&column.name, granted),
    });
    AskedTable { name: name.to_owned(), rows: table.row_count(), columns: columns.collect() }
}

/// The answer as a table.
fn table(columns: Vec<(String, wire::Values)>) -> Result<Table, DataError> {
    let mut rows = 0;
    let slots = columns.into_iter().map(|(name, values)| {
        let cells = match values {
            wire::Values::Numbers(bits) => {
                Cells::Numbers(bits.into_iter().map(|bits| crate::cells::canonical(f64::from_bits(bits))).collect())
            }
            wire::Values::Texts(texts) => {
                let texts: Vec<Option<&str>> = texts.iter().map(Option::as_deref).collect();
                Cells::Text(intern(&texts))
            }
        };
        rows = cells.len() as u64;
        std::sync::Arc::new(Slot::ready(name, cells.kind(), cells))
    });
    let slots = slots.collect();
    Table::of_slots(slots, rows, Vec::new())
}
