//! A column that is read when it is first asked for, and described at most once.

use std::sync::{Arc, OnceLock};

use crate::cells::Cells;
use crate::convert::joined;
use crate::error::DataError;
use crate::kind::{ColumnInfo, ColumnKind};
use crate::moments::Moments;
use crate::tally::Tally;

/// Reads the values of a column.
pub(crate) type Read = dyn Fn() -> Result<Cells, DataError> + Send + Sync;

/// Where a column's values come from.
enum Origin {
    /// They are there.
    Memory,
    /// From files.
    Files(Box<Read>),
    /// These rows of another column.
    Rows(Arc<Slot>, Arc<[u32]>),
    /// Other columns, one after the other.
    Stack(Vec<Arc<Slot>>),
}

/// Whoever asks first computes; others wait for the answer.
pub(crate) struct Slot {
    pub info: ColumnInfo,
    origin: Origin,
    cells: OnceLock<Result<Arc<Cells>, DataError>>,
    moments: OnceLock<Option<Moments>>,
    tally: OnceLock<Tally>,
}

impl Slot {
    fn new(info: ColumnInfo, origin: Origin) -> Self {
        Self { info, origin, cells: OnceLock::new(), moments: OnceLock::new(), tally: OnceLock::new() }
    }

    /// A column that is in memory. `kind` tells text from the text of something else.
    pub fn ready(name: String, kind: ColumnKind, cells: Cells) -> Self {
        let slot = Self::new(ColumnInfo { name, kind }, Origin::Memory);
        let _ = slot.cells.set(Ok(Arc::new(cells)));
        slot
    }

    pub fn of_files(info: ColumnInfo, read: Box<Read>) -> Self {
        Self::new(info, Origin::Files(read))
    }

    pub fn of_rows(from: &Arc<Self>, rows: &Arc<[u32]>) -> Self {
        Self::new(from.info.clone(), Origin::Rows(Arc::clone(from), Arc::clone(rows)))
    }

    pub fn stacked(info: ColumnInfo, pieces: Vec<Arc<Self>>) -> Self {
        Self::new(info, Origin::Stack(pieces))
    }

    pub fn renamed(from: &Arc<Self>, name: String) -> Self {
        Self::stacked(ColumnInfo { name, kind: from.info.kind }, vec![Arc::clone(from)])
    }

    pub fn cells(&self) -> Result<&Arc<Cells>, DataError> {
        let found = self.cells.get_or_init(|| match &self.origin {
            Origin::Memory => Err(DataError::bad(format!("column `{}` has no values", self.info.name))),
            Origin::Files(read) => read().map(Arc::new),
            Origin::Rows(from, rows) => from.cells().map(|cells| Arc::new(cells.take(rows))),
            Origin::Stack(pieces) => {
                if let [only] = pieces.as_slice() {
                    return only.cells().cloned();
                }
                let cells = pieces
                    .iter()
                    .map(|piece| {
                        let cells = piece.cells()?.as_ref().clone();
                        crate::convert::convert(cells, self.info.kind, &self.info.name)
                    })
                    .collect::<Result<Vec<_>, DataError>>()?;
                joined(cells, &self.info.name).map(Arc::new)
            }
        });
        found.as_ref().map_err(Clone::clone)
    }

    /// Why it could not be read, if somebody asked for it and it could not: here, or where its values come from.
    pub fn failed(&self) -> Option<&DataError> {
        if let Some(Err(error)) = self.cells.get() {
            return Some(error);
        }
        match &self.origin {
            Origin::Memory | Origin::Files(_) => None,
            Origin::Rows(from, _) => from.failed(),
            Origin::Stack(pieces) => pieces.iter().find_map(|piece| piece.failed()),
        }
    }

    /// None for booleans and text.
    pub fn moments(&self) -> Result<Option<Moments>, DataError> {
        let cells = self.cells()?;
        Ok(*self.moments.get_or_init(|| Moments::of(cells)))
    }

    pub fn tally(&self) -> Result<&Tally, DataError> {
        let cells = self.cells()?;
        Ok(self.tally.get_or_init(|| Tally::of(cells)))
    }
}
