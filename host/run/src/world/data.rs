//! A part of the data, for policies.

use std::ops::Range;

use portcullis_data::{ColumnInfo, DataError, Table};
use portcullis_sandbox::ports::{Answer, Column, Dataset, Failure};

/// A part of the data: `all`, `training`, `held-out` or `reference`.
pub(crate) struct Part {
    name: &'static str,
    table: Table,
    columns: Vec<Column>,
}

impl Part {
    /// The part of this name.
    pub fn new(name: &'static str, table: Table) -> Self {
        let columns = table.columns().iter().map(column).collect();
        Self { name, table, columns }
    }
}

impl Part {
    /// Its rows.
    pub fn table(&self) -> &Table {
        &self.table
    }
}

/// A column in the contract's words.
pub(crate) fn column(info: &ColumnInfo) -> Column {
    Column { name: info.name.clone(), kind: info.kind.as_str() }
}

fn refused(error: &DataError) -> Failure {
    Failure::new(error.code(), error.to_string())
}

impl Dataset for Part {
    fn name(&self) -> &str {
        self.name
    }

    fn row_count(&self) -> u64 {
        self.table.row_count()
    }

    fn columns(&self) -> &[Column] {
        &self.columns
    }

    fn duplicate_count(&self, columns: &[String]) -> Answer<u64> {
        self.table.duplicate_count(columns).map_err(|error| refused(&error))
    }

    fn null_count(&self, column: &str) -> Answer<u64> {
        self.table.column(column).and_then(|column| column.null_count()).map_err(|error| refused(&error))
    }

    fn distinct_count(&self, column: &str) -> Answer<u64> {
        self.table.column(column).and_then(|column| column.distinct_count()).map_err(|error| refused(&error))
    }

    fn frequencies(&self, column: &str, most: u32) -> Answer<Vec<(String, u64)>> {
        self.table.column(column).and_then(|column| column.frequencies(most as usize)).map_err(|error| refused(&error))
    }

    fn count_not_in(&self, column: &str, values: &[String]) -> Answer<u64> {
        self.table.column(column).and_then(|column| column.count_not_in(values)).map_err(|error| refused(&error))
    }

    fn minimum(&self, column: &str) -> Answer<Option<f64>> {
        self.table.column(column).and_then(|column| column.minimum()).map_err(|error| refused(&error))
    }

    fn maximum(&self, column: &str) -> Answer<Option<f64>> {
        self.table.column(column).and_then(|column| column.maximum()).map_err(|error| refused(&error))
    }

    fn mean(&self, column: &str) -> Answer<Option<f64>> {
        self.table.column(column).and_then(|column| column.mean()).map_err(|error| refused(&error))
    }

    fn standard_deviation(&self, column: &str) -> Answer<Option<f64>> {
        self.table.column(column).and_then(|column| column.standard_deviation()).map_err(|error| refused(&error))
    }

    fn sum(&self, column: &str) -> Answer<Option<f64>> {
        self.table.column(column).and_then(|column| column.sum()).map_err(|error| refused(&error))
    }

    fn quantiles(&self, column: &str, probabilities: &[f64]) -> Answer<Vec<f64>> {
        self.table.column(column).and_then(|column| column.quantiles(probabilities)).map_err(|error| refused(&error))
    }

    fn count_outside(&self, column: &str, lowest: Option<f64>, highest: Option<f64>) -> Answer<u64> {
        self.table
            .column(column)
            .and_then(|column| column.count_outside(lowest, highest))
            .map_err(|error| refused(&error))
    }

    fn histogram(&self, column: &str, edges: &[f64]) -> Answer<Vec<u64>> {
        self.table.column(column).and_then(|column| column.histogram(edges)).map_err(|error| refused(&error))
    }

    fn numbers(&self, column: &str, rows: Range<u64>) -> Answer<Vec<f64>> {
        self.table.column(column).and_then(|column| column.numbers_in(&rows)).map_err(|error| refused(&error))
    }

    fn texts(&self, column: &str, rows: Range<u64>) -> Answer<Vec<Option<String>>> {
        self.table.column(column).and_then(|column| column.texts_in(&rows)).map_err(|error| refused(&error))
    }

    fn booleans(&self, column: &str, rows: Range<u64>) -> Answer<Vec<Option<bool>>> {
        self.table.column(column).and_then(|column| column.booleans_in(&rows)).map_err(|error| refused(&error))
    }
}
