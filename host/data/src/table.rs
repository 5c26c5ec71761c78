//! The table itself.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::column::Column;
use crate::convert::wider;
use crate::duplicates;
use crate::error::{DataError, listed};
use crate::frame::{Categories, Frame, Values};
use crate::kind::ColumnInfo;
use crate::parallel;
use crate::slot::Slot;

/// A file that a table was read from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Its path relative to the project, with `/` between the parts.
    pub path: String,
    /// Its rows.
    pub rows: u64,
    /// Its columns.
    pub columns: u64,
    /// sha256 of its bytes, in hexadecimal.
    pub sha256: String,
}

/// Columns of equal length. Cheap to clone, and read column by column when first asked for where the format allows it.
#[derive(Clone)]
pub struct Table(Arc<Inner>);

struct Inner {
    columns: Vec<ColumnInfo>,
    slots: Vec<Arc<Slot>>,
    places: BTreeMap<String, usize>,
    rows: u64,
    sources: Vec<Source>,
}

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Table").field("rows", &self.0.rows).field("columns", &self.0.columns).finish_non_exhaustive()
    }
}

impl Table {
    pub(crate) fn of_slots(slots: Vec<Arc<Slot>>, rows: u64, sources: Vec<Source>) -> Result<Self, DataError> {
        let mut places = BTreeMap::new();
        for (place, slot) in slots.iter().enumerate() {
            if places.insert(slot.info.name.clone(), place).is_some() {
                return Err(DataError::bad(format!("two columns are called `{}`", slot.info.name)));
            }
        }
        let columns = slots.iter().map(|slot| slot.info.clone()).collect();
        Ok(Self(Arc::new(Inner { columns, slots, places, rows, sources })))
    }

    /// A table of a frame's columns: numbers as `number`, categories as `text`.
    pub fn from_frame(frame: &Frame) -> Self {
        use crate::cells::{Cells, canonical, intern};
        let slots = frame
            .iter()
            .map(|(name, values)| {
                let cells = match values {
                    Values::Numbers(numbers) => Cells::Numbers(numbers.iter().map(|n| canonical(*n)).collect()),
                    Values::Categories(categories) => {
                        let texts: Vec<_> = (0..categories.codes.len()).map(|row| categories.get(row)).collect();
                        Cells::Text(intern(&texts))
                    }
                };
                Arc::new(Slot::ready(name.to_owned(), cells.kind(), cells))
            })
            .collect::<Vec<_>>();
        let columns = slots.iter().map(|slot| slot.info.clone()).collect();
        let places = slots.iter().enumerate().map(|(place, slot)| (slot.info.name.clone(), place)).collect();
        Self(Arc::new(Inner { columns, slots, places, rows: frame.rows() as u64, sources: vec![] }))
    }

    /// Names and types, in the order of the (first) file.
    pub fn columns(&self) -> &[ColumnInfo] {
        &self.0.columns
    }

    /// The columns' names, in order.
    pub fn names(&self) -> Vec<String> {
        self.0.columns.iter().map(|column| column.name.clone()).collect()
    }

    /// Number of rows; fits into a `u32`.
    pub fn row_count(&self) -> u64 {
        self.0.rows
    }

    /// The files that it was read from, by path; none for a table made in memory.
    pub fn sources(&self) -> &[Source] {
        &self.0.sources
    }

    /// sha256 over the digests of the sources in their order, in hexadecimal: the identity of the data, whatever the
    /// files are called.
    pub fn digest(&self) -> String {
        let mut hasher = Sha256::new();
        for source in &self.0.sources {
            hasher.update(source.sha256.as_bytes());
            hasher.update(b"\n");
        }
        hex(&hasher.finalize())
    }

    /// Why a column could not be read that somebody has asked for: columns are read late, so what is wrong with a file may show
    /// after it was opened.
    pub fn failed(&self) -> Option<&DataError> {
        self.0.slots.iter().find_map(|slot| slot.failed())
    }

    /// The column of this name; none if there is no such column.
    pub fn get(&self, name: &str) -> Option<Column> {
        self.slot(name).ok().map(|slot| Column(Arc::clone(slot)))
    }

    /// The column of this name.
    ///
    /// # Errors
    /// [`DataError::UnknownColumn`].
    pub fn column(&self, name: &str) -> Result<Column, DataError> {
        self.slot(name).map(|slot| Column(Arc::clone(slot)))
    }

    /// Reads these columns now, several at a time, because they will be asked for: files that are read column by column
    /// would otherwise be read by whoever asks first, one column after the other. Names that are unknown and columns that
    /// cannot be read are left to whoever asks.
    pub fn read_ahead(&self, columns: &[String]) {
        let slots: Vec<_> = columns.iter().filter_map(|name| self.slot(name).ok()).collect();
        parallel::map_columns(self.0.rows, &slots, |_, slot| {
            let _ = slot.moments();
        });
    }

    /// These columns as plain values: categories for booleans, text and other, else numbers (NaN where missing).
    ///
    /// # Errors
    /// An unknown column, or a file that can no longer be read.
    pub fn frame(&self, columns: &[String]) -> Result<Frame, DataError> {
        let slots = self.slots(columns)?;
        let values = parallel::map_columns(self.0.rows, &slots, |_, slot| {
            let cells = slot.cells()?;
            Ok(match cells.numbers() {
                Some(numbers) => Values::Numbers(numbers),
                None => Values::Categories(cells.categories()),
            })
        });
        let values = values.into_iter().collect::<Result<Vec<_>, DataError>>()?;
        Frame::with_rows(self.0.rows as usize, columns.iter().cloned().zip(values).collect())
    }

    /// A column as numbers, NaN where missing; dates and times in seconds.
    ///
    /// # Errors
    /// An unknown column; [`DataError::NotNumeric`] for booleans, text and other.
    pub fn numbers(&self, column: &str) -> Result<Vec<f64>, DataError> {
        let slot = self.slot(column)?;
        slot.cells()?.numbers().ok_or_else(|| DataError::NotNumeric { column: column.to_owned(), kind: slot.info.kind })
    }

    /// A column as categories, whatever it holds: `true`, `3`, `0.1`, `2024-03-01`, `2024-03-01T12:00:00`.
    ///
    /// # Errors
    /// An unknown column.
    pub fn categories(&self, column: &str) -> Result<Categories, DataError> {
        Ok(self.slot(column)?.cells()?.categories())
    }

    /// Rows that equal an earlier row in all of these columns; in every column if the list is empty. Missing equals
    /// missing.
    ///
    /// # Errors
    /// An unknown column.
    pub fn duplicate_count(&self, columns: &[String]) -> Result<u64, DataError> {
        let slots = if columns.is_empty() { self.0.slots.clone() } else { self.slots(columns)? };
        let all = parallel::map_columns(self.0.rows, &slots, |_, slot| slot.cells().cloned());
        let all = all.into_iter().collect::<Result<Vec<_>, DataError>>()?;
        Ok(duplicates::count(&all, self.0.rows as usize))
    }

    /// These rows, in this order, read when first asked for. A row out of range is missing in every column.
    #[must_use]
    pub fn take(&self, rows: &[u32]) -> Self {
        let rows: Arc<[u32]> = rows.into();
        let slots = self.0.slots.iter().map(|slot| Arc::new(Slot::of_rows(slot, &rows))).collect();
        Self(Arc::new(Inner {
            columns: self.0.columns.clone(),
            slots,
            places: self.0.places.clone(),
            rows: rows.len() as u64,
            sources: self.0.sources.clone(),
        }))
    }

    /// These columns, in this order.
    ///
    /// # Errors
    /// An unknown column, or one named twice.
    pub fn select(&self, columns: &[String]) -> Result<Self, DataError> {
        Self::of_slots(self.slots(columns)?, self.0.rows, self.0.sources.clone())
    }

    /// This table with the columns of another one to its right.
    ///
    /// # Errors
    /// Different numbers of rows, or two columns of one name.
    pub fn beside(&self, other: &Self) -> Result<Self, DataError> {
        if self.0.rows != other.0.rows {
            return Err(DataError::bad(format!(
                "tables of {} and {} rows cannot stand side by side",
                self.0.rows, other.0.rows
            )));
        }
        let slots = self.0.slots.iter().chain(&other.0.slots).cloned().collect();
        let sources = self.0.sources.iter().chain(&other.0.sources).cloned().collect();
        Self::of_slots(slots, self.0.rows, sources)
    }

    /// This table with the rows of another one below its own: a held-out file below the training file, for instance.
    /// Integers and numbers become numbers, dates and instants become instants.
    ///
    /// # Errors
    /// Columns that one table has and the other lacks, or whose types do not go together.
    pub fn above(&self, other: &Self) -> Result<Self, DataError> {
        let (here, there) = (self.label(), other.label());
        let mismatch = |path: &str, other: &str, column: &str, found: String, expected: String| DataError::Mismatch {
            path: path.to_owned(),
            column: column.to_owned(),
            found,
            other: other.to_owned(),
            expected,
        };
        let mut slots = Vec::with_capacity(self.0.slots.len());
        for slot in &self.0.slots {
            let name = &slot.info.name;
            let kind = slot.info.kind;
            let Ok(below) = other.slot(name) else {
                return Err(mismatch(&there, &here, name, "is missing".into(), format!("is {kind}")));
            };
            let Some(both) = wider(kind, below.info.kind) else {
                return Err(mismatch(&there, &here, name, format!("is {}", below.info.kind), format!("is {kind}")));
            };
            let info = ColumnInfo::new(name.clone(), both);
            slots.push(Arc::new(Slot::stacked(info, vec![Arc::clone(slot), Arc::clone(below)])));
        }
        if let Some(extra) = other.0.columns.iter().find(|column| !self.0.places.contains_key(&column.name)) {
            return Err(mismatch(&there, &here, &extra.name, format!("is {}", extra.kind), "is missing".into()));
        }
        let sources = self.0.sources.iter().chain(&other.0.sources).cloned().collect();
        Self::of_slots(slots, checked_rows(self.0.rows + other.0.rows)?, sources)
    }

    /// The same table with a column under another name.
    ///
    /// # Errors
    /// An unknown column, or a name that is taken.
    pub fn rename(&self, from: &str, to: &str) -> Result<Self, DataError> {
        let renamed = Arc::new(Slot::renamed(self.slot(from)?, to.to_owned()));
        let change = |slot: &Arc<Slot>| Arc::clone(if slot.info.name == from { &renamed } else { slot });
        Self::of_slots(self.0.slots.iter().map(change).collect(), self.0.rows, self.0.sources.clone())
    }

    /// What to call this table in a message.
    fn label(&self) -> String {
        match self.0.sources.as_slice() {
            [] => "the table".to_owned(),
            [only] => only.path.clone(),
            [first, ..] => format!("{} and others", first.path),
        }
    }

    pub(crate) fn slot(&self, name: &str) -> Result<&Arc<Slot>, DataError> {
        self.0
            .places
            .get(name)
            .and_then(|place| self.0.slots.get(*place))
            .ok_or_else(|| DataError::UnknownColumn { name: name.to_owned(), columns: listed(&self.names()) })
    }

    fn slots(&self, names: &[String]) -> Result<Vec<Arc<Slot>>, DataError> {
        names.iter().map(|name| self.slot(name).cloned()).collect()
    }

    pub(crate) fn all_slots(&self) -> &[Arc<Slot>] {
        &self.0.slots
    }
}

/// Rows are numbered by `u32`.
pub(crate) fn checked_rows(rows: u64) -> Result<u64, DataError> {
    const MOST: u64 = u32::MAX as u64 - 1;
    if rows > MOST {
        return Err(DataError::bad(format!("{rows} rows are more than a table can have ({MOST})")));
    }
    Ok(rows)
}

/// Bytes in lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
