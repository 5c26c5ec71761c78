//! Writing Parquet, whole or not at all.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;

use polars::prelude::{
    BooleanChunked, Column, DataFrame, DataType, Float64Chunked, Int32Chunked, Int64Chunked, IntoSeries,
    NewChunkedArray, ParquetWriter, PolarsResult, Series, StringChunked, TimeUnit, UInt64Chunked,
};

use crate::cells::{Cells, NEITHER, Unit, Whole};
use crate::error::DataError;
use crate::parallel::contained;
use crate::table::Table;

/// Rows per row group; fixed, so that the same table is the same bytes.
const ROW_GROUP: usize = 1 << 17;

/// Writes a table as Parquet: types are kept (dates, instants, 64-bit integers), missing values are null, columns of kind
/// `other` become their text. The same table gives the same bytes.
///
/// The file appears under its name when it is complete; an older one is replaced.
///
/// # Errors
/// The table's own files cannot be read, or the file cannot be written; then nothing is left behind.
pub fn write_parquet(path: &Path, table: &Table) -> Result<(), DataError> {
    let shown = path.display().to_string();
    let wrong = |reason: String| DataError::Write { path: shown.clone(), reason };
    let mut columns = Vec::with_capacity(table.columns().len());
    for slot in table.all_slots() {
        let series = series(&slot.info.name, slot.cells()?).map_err(|error| wrong(error.to_string()))?;
        columns.push(Column::from(series));
    }
    let mut frame = DataFrame::new(table.row_count() as usize, columns).map_err(|error| wrong(error.to_string()))?;

    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    let part = path.with_file_name(name);
    let written = contained(&shown, || {
        let file = File::create(&part).map_err(|error| wrong(error.to_string()))?;
        let mut writer = BufWriter::new(file);
        ParquetWriter::new(&mut writer)
            .with_row_group_size(Some(ROW_GROUP))
            .set_parallel(false)
            .finish(&mut frame)
            .map_err(|error| wrong(error.to_string()))?;
        writer.flush().map_err(|error| wrong(error.to_string()))?;
        // A full disk may only be noticed here.
        writer.get_ref().sync_all().map_err(|error| wrong(error.to_string()))
    })
    .and_then(|()| fs::rename(&part, path).map_err(|error| wrong(error.to_string())));
    if written.is_err() {
        let _ = fs::remove_file(&part);
    }
    written
}

fn series(name: &str, cells: &Cells) -> PolarsResult<Series> {
    let name = name.into();
    match cells {
        Cells::Boolean(values) => {
            let values = values.iter().map(|value| (*value != NEITHER).then_some(*value == 1));
            Ok(BooleanChunked::from_iter_options(name, values).into_series())
        }
        Cells::Numbers(values) => {
            let values = values.iter().map(|value| (!value.is_nan()).then_some(*value));
            Ok(Float64Chunked::from_iter_options(name, values).into_series())
        }
        Cells::Text(text) => {
            Ok(StringChunked::from_iter_options(name, (0..text.codes.len()).map(|row| text.get(row))).into_series())
        }
        Cells::Whole(whole) => {
            let values = || present(whole);
            let instant =
                |unit| Int64Chunked::from_iter_options(name.clone(), values()).into_datetime(unit, None).into_series();
            Ok(match whole.unit {
                Unit::One => Int64Chunked::from_iter_options(name, values()).into_series(),
                Unit::Unsigned => {
                    let values = values().map(|value| value.map(|value| (value ^ i64::MIN).cast_unsigned()));
                    UInt64Chunked::from_iter_options(name, values).into_series()
                }
                Unit::Days => {
                    let days = values().map(|value| value.and_then(|days| i32::try_from(days).ok()));
                    Int32Chunked::from_iter_options(name, days).into_series().cast(&DataType::Date)?
                }
                Unit::Instant(1_000) => instant(TimeUnit::Milliseconds),
                Unit::Instant(1_000_000) => instant(TimeUnit::Microseconds),
                Unit::Instant(_) => instant(TimeUnit::Nanoseconds),
                Unit::Clock(per_second) => {
                    let factor = 1_000_000_000 / per_second;
                    let nanos = values().map(|value| value.map(|ticks| ticks.saturating_mul(factor)));
                    Int64Chunked::from_iter_options(name, nanos).into_series().cast(&DataType::Time)?
                }
            })
        }
    }
}

fn present(whole: &Whole) -> impl Iterator<Item = Option<i64>> {
    whole.values.iter().enumerate().map(|(row, value)| (!whole.is_missing(row)).then_some(*value))
}
