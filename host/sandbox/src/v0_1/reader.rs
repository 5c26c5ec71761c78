//! Readers and batches of rows: what `rows`, `sql` and `predictions` hand out.

use std::ops::Range;
use std::sync::Arc;

use wasmtime::component::Resource;

use super::bindings::portcullis::data::answers::{self, Failure};
use super::data::answer;
use crate::ports::{self, Answer, Column, Dataset};
use crate::state::State;

/// Rows of one batch: 512 KiB of numbers.
const BATCH: u64 = 65_536;

/// A reader's handle: some columns of a table, and how far it has been read.
pub struct Reader {
    table: Arc<dyn Dataset>,
    columns: Arc<[Column]>,
    next: u64,
}

/// A batch's handle: the columns of a table between two rows. Values are fetched when they are asked for, so a batch that
/// is never dropped takes no room.
pub struct RecordBatch {
    table: Arc<dyn Dataset>,
    columns: Arc<[Column]>,
    rows: Range<u64>,
}

impl Reader {
    /// Reads these columns of a table from its first row on.
    pub fn new(table: Arc<dyn Dataset>, columns: Vec<Column>) -> Self {
        Self { table, columns: columns.into(), next: 0 }
    }
}

impl RecordBatch {
    /// The column of this name.
    fn column(&self, name: &str) -> Answer<&Column> {
        self.columns.iter().find(|column| column.name == name).ok_or_else(|| {
            let names: Vec<&str> = self.columns.iter().map(|column| column.name.as_str()).collect();
            ports::Failure::new(
                "unknown-column",
                format!("this batch has no column `{name}`; it has {}", names.join(", ")),
            )
        })
    }

    fn len(&self) -> usize {
        (self.rows.end - self.rows.start) as usize
    }
}

fn names(columns: &[Column]) -> (usize, Vec<String>) {
    let names: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
    (names.iter().map(|name| name.len() + 8).sum(), names)
}

impl State {
    /// Asks for values of a column of a batch.
    fn values<T>(
        &mut self,
        batch: &Resource<RecordBatch>,
        column: &str,
        width: usize,
        ask: impl FnOnce(&dyn Dataset, Range<u64>) -> Answer<T>,
    ) -> wasmtime::Result<Result<T, Failure>> {
        let rows = self.table.get(batch)?.len();
        self.charge(column.len() + rows * width)?;
        self.work(rows as u64)?;
        let batch = self.table.get(batch)?;
        let found = batch.column(column).and_then(|_| ask(&*batch.table, batch.rows.clone()));
        Ok(answer(found, |values| values))
    }
}

impl answers::Host for State {}

impl answers::HostReader for State {
    fn row_count(&mut self, reader: Resource<Reader>) -> wasmtime::Result<f64> {
        self.charge(8)?;
        Ok(self.table.get(&reader)?.table.row_count() as f64)
    }

    fn column_names(&mut self, reader: Resource<Reader>) -> wasmtime::Result<Vec<String>> {
        let (bytes, names) = names(&self.table.get(&reader)?.columns);
        self.charge(bytes)?;
        Ok(names)
    }

    fn next(&mut self, reader: Resource<Reader>) -> wasmtime::Result<Result<Option<Resource<RecordBatch>>, Failure>> {
        self.charge(0)?;
        let reader = self.table.get_mut(&reader)?;
        let rows = reader.table.row_count();
        if reader.next >= rows {
            return Ok(Ok(None));
        }
        let end = rows.min(reader.next + BATCH);
        let batch = RecordBatch {
            table: Arc::clone(&reader.table),
            columns: Arc::clone(&reader.columns),
            rows: reader.next..end,
        };
        reader.next = end;
        Ok(Ok(Some(self.table.push(batch)?)))
    }

    fn drop(&mut self, reader: Resource<Reader>) -> wasmtime::Result<()> {
        self.table.delete(reader)?;
        Ok(())
    }
}

impl answers::HostRecordBatch for State {
    fn row_count(&mut self, batch: Resource<RecordBatch>) -> wasmtime::Result<f64> {
        self.charge(8)?;
        Ok(self.table.get(&batch)?.len() as f64)
    }

    fn column_names(&mut self, batch: Resource<RecordBatch>) -> wasmtime::Result<Vec<String>> {
        let (bytes, names) = names(&self.table.get(&batch)?.columns);
        self.charge(bytes)?;
        Ok(names)
    }

    fn kind(&mut self, batch: Resource<RecordBatch>, column: String) -> wasmtime::Result<Result<String, Failure>> {
        self.charge(column.len() + 16)?;
        Ok(answer(self.table.get(&batch)?.column(&column), |column| column.kind.to_owned()))
    }

    fn numbers(&mut self, batch: Resource<RecordBatch>, column: String) -> wasmtime::Result<Result<Vec<f64>, Failure>> {
        self.values(&batch, &column, size_of::<f64>(), |table, rows| table.numbers(&column, rows))
    }

    fn number_bytes(
        &mut self,
        batch: Resource<RecordBatch>,
        column: String,
    ) -> wasmtime::Result<Result<Vec<u8>, Failure>> {
        self.values(&batch, &column, size_of::<f64>(), |table, rows| {
            let numbers = table.numbers(&column, rows)?;
            let mut bytes = Vec::with_capacity(numbers.len() * size_of::<f64>());
            for number in numbers {
                bytes.extend_from_slice(&number.to_le_bytes());
            }
            Ok(bytes)
        })
    }

    fn texts(
        &mut self,
        batch: Resource<RecordBatch>,
        column: String,
    ) -> wasmtime::Result<Result<Vec<Option<String>>, Failure>> {
        let texts = self.values(&batch, &column, size_of::<u64>(), |table, rows| table.texts(&column, rows))?;
        if let Ok(texts) = &texts {
            self.charge(texts.iter().map(|text| text.as_ref().map_or(0, String::len)).sum())?;
        }
        Ok(texts)
    }

    fn booleans(
        &mut self,
        batch: Resource<RecordBatch>,
        column: String,
    ) -> wasmtime::Result<Result<Vec<Option<bool>>, Failure>> {
        self.values(&batch, &column, 2, |table, rows| table.booleans(&column, rows))
    }

    fn drop(&mut self, batch: Resource<RecordBatch>) -> wasmtime::Result<()> {
        self.table.delete(batch)?;
        Ok(())
    }
}
