//! What the two processes say to each other: a line of JSON each, and the values of columns in between.

use std::io::{self, BufRead, Read, Write};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// Most bytes of one line.
const MOST_LINE: u64 = 256 << 20;

/// The question, without any values.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Asked {
    pub statement: String,
    pub tables: Vec<AskedTable>,
    /// Steps of the engine.
    pub steps: u64,
    /// Bytes of the engine's memory.
    pub memory: u64,
    /// Rows of the answer.
    pub rows: u64,
}

/// A table that may be asked about.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct AskedTable {
    pub name: String,
    pub rows: u64,
    pub columns: Vec<AskedColumn>,
}

/// A column of such a table.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct AskedColumn {
    pub name: String,
    /// The type that `SQLite` is told: how a literal beside it is compared.
    pub affinity: String,
    /// Whether its values are kept from whoever asks.
    pub withheld: bool,
}

/// What a statement reads: for each table the places of its columns; none of a table that it does not mention.
pub(super) type Needed = Vec<Option<Vec<usize>>>;

/// What the child says first.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Reply {
    Needs(Needed),
    Refused(super::Refused),
}

/// What it says last.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Outcome {
    /// Columns with their names.
    Columns(Vec<(String, Values)>),
    Refused(super::Refused),
    /// It exceeded its steps.
    Steps,
    /// It exceeded its memory.
    Memory,
}

/// The values of a column of an answer.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Values {
    /// The bits of numbers, because JSON has neither NaN nor infinities.
    Numbers(Vec<u64>),
    Texts(Vec<Option<String>>),
}

/// Writes a value as a line.
pub(super) fn say(output: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *output, value)?;
    output.write_all(b"\n")?;
    output.flush()
}

/// Reads a value from a line.
pub(super) fn hear<T: DeserializeOwned>(input: &mut impl BufRead) -> io::Result<T> {
    let mut line = Vec::new();
    input.by_ref().take(MOST_LINE).read_until(b'\n', &mut line)?;
    if line.is_empty() {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(serde_json::from_slice(&line)?)
}
