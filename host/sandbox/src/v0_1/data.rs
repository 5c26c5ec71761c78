//! `portcullis:data/dataset`.

use std::sync::Arc;

use wasmtime::component::Resource;

use super::bindings::portcullis::data::dataset::{self, Failure, Frequency};
use crate::ports::{self, Answer, Dataset};
use crate::state::State;

/// Most values that `frequencies` answers with.
const MOST_FREQUENCIES: u32 = 10_000;
/// Most values that `count-not-in` takes.
const MOST_VALUES: usize = 10_000;
/// Most probabilities that `quantiles` takes.
const MOST_PROBABILITIES: usize = 1_001;
/// Most edges that `histogram` takes.
const MOST_EDGES: usize = 10_001;
/// Counts of duplicates that are remembered.
const MOST_REMEMBERED: usize = 1_000;

/// A table's handle.
pub struct Table(Arc<dyn Dataset>);

/// A column's handle: its table and its place in it.
pub struct Column {
    table: Arc<dyn Dataset>,
    index: usize,
}

impl Column {
    fn info(&self) -> wasmtime::Result<&ports::Column> {
        self.table
            .columns()
            .get(self.index)
            .ok_or_else(|| wasmtime::format_err!("a column went missing from its table"))
    }
}

impl From<ports::Failure> for Failure {
    fn from(failure: ports::Failure) -> Self {
        Self { code: failure.code.to_owned(), message: failure.message }
    }
}

/// An answer in the contract's terms.
pub(super) fn answer<T, U>(answer: Answer<T>, convert: impl FnOnce(T) -> U) -> Result<U, Failure> {
    answer.map(convert).map_err(Failure::from)
}

impl State {
    /// Asks a column for an aggregate, if this policy may see its values and the table is large enough.
    fn aggregate<T>(
        &mut self,
        column: &Resource<Column>,
        bytes: usize,
        ask: impl FnOnce(&dyn Dataset, &str) -> Answer<T>,
    ) -> wasmtime::Result<Result<T, Failure>> {
        self.charge(bytes)?;
        let rows = self.table.get(column)?.table.row_count();
        self.work(rows)?;
        let column = self.table.get(column)?;
        let name = &column.info()?.name;
        let allowed = self.grant.column(name).and_then(|()| self.grant.group(column.table.row_count()));
        Ok(answer(allowed.and_then(|()| ask(&*column.table, name)), |value| value))
    }

    fn hand_out(&mut self, table: Arc<dyn Dataset>) -> wasmtime::Result<Resource<Table>> {
        Ok(self.table.push(Table(table))?)
    }
}

/// Fails if a list is longer than the host works through in one call.
fn at_most(what: &str, found: usize, most: usize) -> Answer<()> {
    if found <= most {
        return Ok(());
    }
    Err(ports::Failure::new("bad-argument", format!("{found} {what} are too many for one call; it takes {most}")))
}

/// The contract's counts are `f64`: exact up to 2^53 rows.
fn count(rows: u64) -> f64 {
    rows as f64
}

impl dataset::Host for State {
    fn current(&mut self) -> wasmtime::Result<Resource<Table>> {
        self.charge(0)?;
        let table = self.world()?.current();
        self.hand_out(table)
    }

    fn part(&mut self, name: String) -> wasmtime::Result<Result<Option<Resource<Table>>, Failure>> {
        self.charge(name.len())?;
        match self.world()?.named(&name) {
            Ok(part) => Ok(Ok(part.map(|table| self.hand_out(table)).transpose()?)),
            Err(failure) => Ok(Err(failure.into())),
        }
    }
}

impl dataset::HostTable for State {
    fn name(&mut self, table: Resource<Table>) -> wasmtime::Result<String> {
        self.charge(16)?;
        Ok(self.table.get(&table)?.0.name().to_owned())
    }

    fn row_count(&mut self, table: Resource<Table>) -> wasmtime::Result<f64> {
        self.charge(8)?;
        Ok(count(self.table.get(&table)?.0.row_count()))
    }

    fn column_names(&mut self, table: Resource<Table>) -> wasmtime::Result<Vec<String>> {
        let table = Arc::clone(&self.table.get(&table)?.0);
        self.charge(table.columns().iter().map(|column| column.name.len() + 8).sum())?;
        Ok(table.columns().iter().map(|column| column.name.clone()).collect())
    }

    fn column(&mut self, table: Resource<Table>, name: String) -> wasmtime::Result<Option<Resource<Column>>> {
        self.charge(name.len())?;
        let table = Arc::clone(&self.table.get(&table)?.0);
        let Some(index) = table.columns().iter().position(|column| column.name == name) else { return Ok(None) };
        Ok(Some(self.table.push(Column { table, index })?))
    }

    fn duplicate_count(
        &mut self,
        table: Resource<Table>,
        columns: Vec<String>,
    ) -> wasmtime::Result<Result<f64, Failure>> {
        self.charge(columns.iter().map(|name| name.len() + 8).sum())?;
        let table = Arc::clone(&self.table.get(&table)?.0);
        let concerned: Vec<String> = if columns.is_empty() {
            table.columns().iter().map(|column| column.name.clone()).collect()
        } else {
            columns
        };
        let allowed = at_most("columns", concerned.len(), table.columns().len())
            .and_then(|()| self.grant.columns(&concerned))
            .and_then(|()| self.grant.group(table.row_count()));
        if let Err(refused) = allowed {
            return Ok(Err(refused.into()));
        }
        self.work(table.row_count().saturating_mul(concerned.len() as u64))?;
        let key = (table.name().to_owned(), concerned);
        if let Some(known) = self.duplicates.get(&key) {
            return Ok(answer(known.clone(), count));
        }
        let counted = table.duplicate_count(&key.1);
        if self.duplicates.len() < MOST_REMEMBERED {
            self.duplicates.insert(key, counted.clone());
        }
        Ok(answer(counted, count))
    }

    fn drop(&mut self, table: Resource<Table>) -> wasmtime::Result<()> {
        self.table.delete(table)?;
        Ok(())
    }
}

impl dataset::HostColumn for State {
    fn name(&mut self, column: Resource<Column>) -> wasmtime::Result<String> {
        self.charge(16)?;
        Ok(self.table.get(&column)?.info()?.name.clone())
    }

    fn kind(&mut self, column: Resource<Column>) -> wasmtime::Result<String> {
        self.charge(16)?;
        Ok(self.table.get(&column)?.info()?.kind.to_owned())
    }

    fn withheld(&mut self, column: Resource<Column>) -> wasmtime::Result<bool> {
        self.charge(8)?;
        let name = &self.table.get(&column)?.info()?.name;
        Ok(self.grant.column(name).is_err())
    }

    fn null_count(&mut self, column: Resource<Column>) -> wasmtime::Result<Result<f64, Failure>> {
        Ok(self.aggregate(&column, 8, |table, name| table.null_count(name))?.map(count))
    }

    fn distinct_count(&mut self, column: Resource<Column>) -> wasmtime::Result<Result<f64, Failure>> {
        Ok(self.aggregate(&column, 8, |table, name| table.distinct_count(name))?.map(count))
    }

    fn frequencies(
        &mut self,
        column: Resource<Column>,
        most: u32,
    ) -> wasmtime::Result<Result<Vec<Frequency>, Failure>> {
        let most = most.min(MOST_FREQUENCIES);
        let mut found = self.aggregate(&column, 8, |table, name| table.frequencies(name, most))?;
        if let Ok(found) = &mut found {
            let smallest = self.grant.fewest();
            found.retain(|(_, rows)| *rows >= smallest);
            self.charge(found.iter().map(|(value, _)| value.len() + 16).sum())?;
        }
        Ok(found.map(|found| found.into_iter().map(|(value, rows)| Frequency { value, count: count(rows) }).collect()))
    }

    fn count_not_in(
        &mut self,
        column: Resource<Column>,
        values: Vec<String>,
    ) -> wasmtime::Result<Result<f64, Failure>> {
        let bytes = values.iter().map(|value| value.len() + 8).sum();
        let counted = self.aggregate(&column, bytes, |table, name| {
            at_most("values", values.len(), MOST_VALUES)?;
            table.count_not_in(name, &values)
        })?;
        Ok(counted.map(count))
    }

    fn minimum(&mut self, column: Resource<Column>) -> wasmtime::Result<Result<Option<f64>, Failure>> {
        self.aggregate(&column, 8, |table, name| table.minimum(name))
    }

    fn maximum(&mut self, column: Resource<Column>) -> wasmtime::Result<Result<Option<f64>, Failure>> {
        self.aggregate(&column, 8, |table, name| table.maximum(name))
    }

    fn mean(&mut self, column: Resource<Column>) -> wasmtime::Result<Result<Option<f64>, Failure>> {
        self.aggregate(&column, 8, |table, name| table.mean(name))
    }

    fn standard_deviation(&mut self, column: Resource<Column>) -> wasmtime::Result<Result<Option<f64>, Failure>> {
        self.aggregate(&column, 8, |table, name| table.standard_deviation(name))
    }

    fn sum(&mut self, column: Resource<Column>) -> wasmtime::Result<Result<Option<f64>, Failure>> {
        self.aggregate(&column, 8, |table, name| table.sum(name))
    }

    fn quantiles(
        &mut self,
        column: Resource<Column>,
        probabilities: Vec<f64>,
    ) -> wasmtime::Result<Result<Vec<f64>, Failure>> {
        let bytes = probabilities.len() * 16;
        self.aggregate(&column, bytes, |table, name| {
            at_most("probabilities", probabilities.len(), MOST_PROBABILITIES)?;
            table.quantiles(name, &probabilities)
        })
    }

    fn count_outside(
        &mut self,
        column: Resource<Column>,
        lowest: Option<f64>,
        highest: Option<f64>,
    ) -> wasmtime::Result<Result<f64, Failure>> {
        Ok(self.aggregate(&column, 16, |table, name| table.count_outside(name, lowest, highest))?.map(count))
    }

    fn histogram(&mut self, column: Resource<Column>, edges: Vec<f64>) -> wasmtime::Result<Result<Vec<f64>, Failure>> {
        let bytes = edges.len() * 16;
        let counts = self.aggregate(&column, bytes, |table, name| {
            at_most("edges", edges.len(), MOST_EDGES)?;
            table.histogram(name, &edges)
        })?;
        Ok(counts.map(|counts| counts.into_iter().map(count).collect()))
    }

    fn drop(&mut self, column: Resource<Column>) -> wasmtime::Result<()> {
        self.table.delete(column)?;
        Ok(())
    }
}
