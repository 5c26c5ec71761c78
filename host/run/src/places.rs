//! Where the rows of a part of the data stand in the files that they were read from.

use portcullis_data::{Source, Table};
use portcullis_learn::LearnError;

use crate::error::RunError;

/// The rows of a part.
pub(crate) struct Places {
    sources: Vec<Source>,
    /// Their places in the whole; none where the part is the whole.
    rows: Option<Vec<u32>>,
}

impl Places {
    /// All rows of a table.
    pub fn all(table: &Table) -> Self {
        Self { sources: table.sources().to_vec(), rows: None }
    }

    /// These rows of a table.
    pub fn of(table: &Table, rows: Vec<u32>) -> Self {
        Self { rows: Some(rows), ..Self::all(table) }
    }

    /// An error that counts rows of the part, with the file and the row in it.
    pub fn locate(&self, mut error: LearnError) -> RunError {
        let Some(row) = error.row_mut() else { return error.into() };
        let Some((file, place)) = self.find(row.saturating_sub(1)) else { return error.into() };
        *row = place + 1;
        RunError::Model { place: file.to_owned(), source: Box::new(error) }
    }

    /// The file of a row, and its row there; rows count from 0.
    fn find(&self, row: usize) -> Option<(&str, usize)> {
        let mut row = match &self.rows {
            Some(rows) => *rows.get(row)? as usize,
            None => row,
        };
        for source in &self.sources {
            let rows = usize::try_from(source.rows).ok()?;
            if row < rows {
                return Some((&source.path, row));
            }
            row -= rows;
        }
        None
    }
}
