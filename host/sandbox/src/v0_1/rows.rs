//! `portcullis:data/rows`, `portcullis:data/sql` and `portcullis:model/predictions`: whatever shows single rows. That the
//! policy was granted the interface was decided before it got here; columns are held against the grant in this file.

use std::collections::BTreeSet;
use std::sync::Arc;

use portcullis_verdict::FailureKind;
use wasmtime::component::Resource;

use super::bindings::portcullis::data::{answers::Failure, rows, sql};
use super::bindings::portcullis::model::predictions;
use super::reader::Reader;
use crate::failure::Exceeded;
use crate::ports::{self, Answer, Column, Dataset, Query, QueryStop};
use crate::state::State;

/// Bytes of a statement.
const MOST_STATEMENT: usize = 64 << 10;

/// What a question in SQL counts for by itself, answered or refused: a process is started for it.
const ASKING: u64 = 1_000_000;

/// The part of this name; `current` is what the policy judges.
fn part(state: &State, name: &str) -> wasmtime::Result<Answer<Arc<dyn Dataset>>> {
    Ok(state.world()?.named(name).and_then(|part| {
        part.ok_or_else(|| ports::Failure::new("unavailable", format!("this run has no part `{name}`")))
    }))
}

/// These columns of a table, if the policy may see them.
fn chosen(state: &State, table: &dyn Dataset, names: &[String]) -> Answer<Vec<Column>> {
    if names.is_empty() {
        return Err(ports::Failure::new("bad-argument", "no column is named; name those to read"));
    }
    let mut seen = BTreeSet::new();
    let mut columns = Vec::with_capacity(names.len().min(table.columns().len()));
    for name in names {
        let Some(column) = table.columns().iter().find(|column| column.name == *name) else {
            let there: Vec<&str> = table.columns().iter().map(|column| column.name.as_str()).collect();
            let message = format!("there is no column `{name}`; the columns are: {}", there.join(", "));
            return Err(ports::Failure::new("unknown-column", message));
        };
        if !seen.insert(name) {
            return Err(ports::Failure::new("bad-argument", format!("column `{name}` is named twice")));
        }
        state.grant.column(name)?;
        columns.push(column.clone());
    }
    Ok(columns)
}

impl State {
    fn hand_out_reader(
        &mut self,
        opened: Answer<(Arc<dyn Dataset>, Vec<Column>)>,
    ) -> wasmtime::Result<Result<Resource<Reader>, Failure>> {
        match opened {
            Ok((table, columns)) => Ok(Ok(self.table.push(Reader::new(table, columns))?)),
            Err(failure) => Ok(Err(failure.into())),
        }
    }
}

impl rows::Host for State {
    fn read(&mut self, name: String, columns: Vec<String>) -> wasmtime::Result<Result<Resource<Reader>, Failure>> {
        self.charge(name.len() + columns.iter().map(|name| name.len() + 8).sum::<usize>())?;
        let opened = part(self, &name)?.and_then(|table| {
            let columns = chosen(self, &*table, &columns)?;
            Ok((table, columns))
        });
        self.hand_out_reader(opened)
    }
}

impl predictions::Host for State {
    fn read(&mut self, model: String) -> wasmtime::Result<Result<Resource<Reader>, Failure>> {
        self.charge(model.len())?;
        let world = Arc::clone(self.world()?);
        let opened = world.predictions(&model).map(|table| {
            // Predictions made elsewhere may be all the data there is: then the truth is a column of it.
            let current = world.current();
            let truth =
                current.columns().iter().map(|column| column.name.as_str()).filter(|name| *name == ports::LABEL);
            let hidden = truth.chain(world.target()).any(|column| self.grant.column(column).is_err());
            let shown = |column: &&Column| !(hidden && column.name == ports::LABEL);
            let columns = table.columns().iter().filter(shown).cloned().collect();
            (table, columns)
        });
        self.hand_out_reader(opened)
    }
}

impl sql::Host for State {
    fn query(&mut self, statement: String) -> wasmtime::Result<Result<Resource<Reader>, Failure>> {
        self.charge(statement.len())?;
        if statement.len() > MOST_STATEMENT {
            let message = format!("a statement of {} bytes is too long; {MOST_STATEMENT} are allowed", statement.len());
            return Ok(Err(ports::Failure::new("bad-query", message).into()));
        }
        self.work(ASKING)?;
        let world = Arc::clone(self.world()?);
        let query = Query { statement: &statement, columns: self.grant.columns.as_deref(), bounds: self.sql };
        let opened = match world.query(&query) {
            Ok((table, work)) => {
                self.work(work)?;
                // The answer is held for as long as its reader lives; it counts as if the policy held it to the end.
                self.keep(table.row_count().saturating_mul(table.columns().len() as u64 * 16))?;
                let columns = table.columns().to_vec();
                Ok((table, columns))
            }
            Err(QueryStop::Refused(failure)) => Err(failure),
            Err(QueryStop::Limit(kind, message)) => return Err(Exceeded { kind, message }.into()),
            Err(QueryStop::Broken(message)) => return Err(Exceeded { kind: FailureKind::Host, message }.into()),
        };
        self.hand_out_reader(opened)
    }
}
