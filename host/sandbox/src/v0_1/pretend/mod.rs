//! How contracts of several versions live on this host, shown with pretend ones: 0.1.1 adds a method to a column, 0.2.0
//! breaks another. A host of that day offers the newest of each line, 0.1.1 and 0.2.0, each an adapter over the same [`State`];
//! policies of all three ages judge on it. What an addition is, and what a break, is held by `cargo xtask contract`; that a
//! version is refused by name is tested where it is decided, in `inspect.rs`.

mod bindings;
mod guests;
mod tests;

use wasmtime::component::{HasSelf, Linker, Resource};

use self::bindings::portcullis::{data0_1_1, data0_2_0};
use super::bindings::portcullis::data::{answers::Failure, dataset as before};
use super::data::{Column, Table};
use crate::state::State;

type Asked<T> = wasmtime::Result<T>;
type Answered<T> = wasmtime::Result<Result<T, Failure>>;

/// The line 0.1 with its addition, in the place of 0.1.0: an old policy gets this too.
fn link_0_1_1(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    super::link_all_but_dataset(linker)?;
    data0_1_1::dataset::add_to_linker::<_, HasSelf<_>>(linker, |state| state)
}

/// The line 0.2, which only `dataset` is different in.
fn link_0_2_0(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    data0_2_0::dataset::add_to_linker::<_, HasSelf<_>>(linker, |state| state)
}

/// What is as it was.
macro_rules! as_before {
    ($as:ident: $($name:ident($($given:ident: $type:ty),*) -> $answer:ty;)*) => {
        $(fn $name(&mut self, $($given: $type),*) -> $answer {
            before::$as::$name(self, $($given),*)
        })*
    };
}

impl data0_1_1::dataset::Host for State {
    as_before! { Host:
        current() -> Asked<Resource<Table>>;
        part(name: String) -> Answered<Option<Resource<Table>>>;
    }
}

impl data0_1_1::dataset::HostTable for State {
    as_before! { HostTable:
        name(table: Resource<Table>) -> Asked<String>;
        row_count(table: Resource<Table>) -> Asked<f64>;
        column_names(table: Resource<Table>) -> Asked<Vec<String>>;
        column(table: Resource<Table>, name: String) -> Asked<Option<Resource<Column>>>;
        duplicate_count(table: Resource<Table>, columns: Vec<String>) -> Answered<f64>;
        drop(table: Resource<Table>) -> Asked<()>;
    }
}

impl data0_1_1::dataset::HostColumn for State {
    as_before! { HostColumn:
        name(column: Resource<Column>) -> Asked<String>;
        kind(column: Resource<Column>) -> Asked<String>;
        withheld(column: Resource<Column>) -> Asked<bool>;
        null_count(column: Resource<Column>) -> Answered<f64>;
        distinct_count(column: Resource<Column>) -> Answered<f64>;
        count_not_in(column: Resource<Column>, values: Vec<String>) -> Answered<f64>;
        minimum(column: Resource<Column>) -> Answered<Option<f64>>;
        maximum(column: Resource<Column>) -> Answered<Option<f64>>;
        mean(column: Resource<Column>) -> Answered<Option<f64>>;
        standard_deviation(column: Resource<Column>) -> Answered<Option<f64>>;
        sum(column: Resource<Column>) -> Answered<Option<f64>>;
        quantiles(column: Resource<Column>, probabilities: Vec<f64>) -> Answered<Vec<f64>>;
        count_outside(column: Resource<Column>, lowest: Option<f64>, highest: Option<f64>) -> Answered<f64>;
        histogram(column: Resource<Column>, edges: Vec<f64>) -> Answered<Vec<f64>>;
        drop(column: Resource<Column>) -> Asked<()>;
    }

    fn frequencies(&mut self, column: Resource<Column>, most: u32) -> Answered<Vec<data0_1_1::dataset::Frequency>> {
        let now = |before::Frequency { value, count }| data0_1_1::dataset::Frequency { value, count };
        let answer = before::HostColumn::frequencies(self, column, most)?;
        Ok(answer.map(|frequencies| frequencies.into_iter().map(now).collect()))
    }

    /// The addition.
    fn median(&mut self, column: Resource<Column>) -> Answered<Option<f64>> {
        let answer = before::HostColumn::quantiles(self, column, vec![0.5])?;
        Ok(answer.map(|quantiles| quantiles.first().copied()))
    }
}

impl data0_2_0::dataset::Host for State {
    as_before! { Host: current() -> Asked<Resource<Table>>; }
}

impl data0_2_0::dataset::HostTable for State {
    as_before! { HostTable:
        column(table: Resource<Table>, name: String) -> Asked<Option<Resource<Column>>>;
        drop(table: Resource<Table>) -> Asked<()>;
    }
}

impl data0_2_0::dataset::HostColumn for State {
    as_before! { HostColumn: drop(column: Resource<Column>) -> Asked<()>; }

    /// The break: that there is no mean is a failure.
    fn mean(&mut self, column: Resource<Column>) -> Answered<f64> {
        let answer = before::HostColumn::mean(self, column)?;
        let none = || Failure { code: "no-values".to_owned(), message: "the column has no values".to_owned() };
        Ok(answer.and_then(|mean| mean.ok_or_else(none)))
    }
}
