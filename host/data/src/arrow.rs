//! Parquet and Arrow IPC: the one place that calls polars to read.
//!
//! Only the columns asked for are read. The reader may panic on damaged bytes, which [`contained`] makes an error; what
//! cannot be contained is a file that asks for more memory than there is: what a Parquet file states, in its footer
//! ([`sane`]) and in its pages ([`pages`]), and an Arrow file of its buffers ([`ipc`]), is checked before anything is
//! allocated.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Cursor;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use polars::io::mmap::MmapBytesReader;
use polars::io::parquet::metadata::FileMetadata;
use polars::prelude::{
    AnyValue, ArrowSchema, DataFrame, DataType, IpcReader, ParallelStrategy, ParquetReader, PolarsResult, SerReader,
    Series, TimeUnit,
};

use crate::cells::{Cells, NEITHER, Unit, Whole, canonical, intern, number_text};
use crate::convert::nothing;
use crate::error::DataError;
use crate::ipc;
use crate::kind::ColumnKind;
use crate::parallel::contained;
use crate::parquet::{self as pages, Chunk};

/// Nanoseconds, the finest ticks.
const NANOS: i64 = 1_000_000_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ArrowFormat {
    Parquet,
    Ipc,
}

/// The file's bytes: in memory if there are few, else on disk, where they must not change during the run.
#[derive(Debug, Clone)]
pub(crate) enum Bytes {
    Memory(Arc<[u8]>),
    Disk { path: PathBuf, length: u64, modified: Option<SystemTime> },
}

/// A file whose columns are read one by one.
#[derive(Debug)]
pub(crate) struct ArrowFile {
    path: String,
    format: ArrowFormat,
    bytes: Bytes,
    /// Where the pages of a Parquet column are.
    chunks: BTreeMap<String, Vec<Chunk>>,
    pub rows: u64,
    /// Names and kinds; none for a column of nulls.
    pub kinds: Vec<(String, Option<ColumnKind>)>,
}

impl ArrowFile {
    pub fn open(path: &str, format: ArrowFormat, bytes: Bytes) -> Result<Self, DataError> {
        let Shape { rows, kinds, chunks } = contained(path, || {
            let mut reader = open(path, &bytes)?;
            if format == ArrowFormat::Ipc {
                ipc::check(&mut reader).map_err(|why| damaged(path, format, &why))?;
            }
            let reader = open(path, &bytes)?;
            shape(reader, format).map_err(|error| damaged(path, format, &error))
        })?;
        let mut names: Vec<&String> = kinds.iter().map(|(name, _)| name).collect();
        names.sort_unstable();
        if let Some(pair) = names.windows(2).find(|pair| matches!(pair, [a, b] if a == b)) {
            let name = pair.first().map_or("", |name| name.as_str());
            return Err(DataError::file(path, format!("two columns are called `{name}`; rename one of them")));
        }
        Ok(Self { path: path.to_owned(), format, bytes, chunks, rows: rows as u64, kinds })
    }

    /// Reads one column.
    pub fn column(&self, name: &str) -> Result<Cells, DataError> {
        let wrong = |why: &dyn std::fmt::Display| {
            let advice = "write it as another type, or leave it out of the file";
            damaged(&self.path, self.format, &format!("column `{name}`: {why}; {advice}"))
        };
        let cells = contained(&self.path, || {
            let mut reader = open(&self.path, &self.bytes)?;
            let chunks = self.chunks.get(name).map(Vec::as_slice).unwrap_or_default();
            pages::check(&mut reader, chunks)
                .map_err(|why| damaged(&self.path, self.format, &format!("column `{name}`: {why}")))?;
            let reader = open(&self.path, &self.bytes)?;
            read(reader, self.format, name).and_then(|series| cells(&series)).map_err(|error| wrong(&error))
        });
        let cells = cells.map_err(|error| match error {
            DataError::File { message, .. } if !message.contains(&format!("`{name}`")) => wrong(&message),
            other => other,
        })?;
        if cells.len() as u64 != self.rows {
            let message = format!("column `{name}` has {} rows where the file states {}", cells.len(), self.rows);
            return Err(DataError::file(&self.path, message));
        }
        Ok(cells)
    }
}

fn damaged(path: &str, format: ArrowFormat, error: &dyn std::fmt::Display) -> DataError {
    let name = match format {
        ArrowFormat::Parquet => "Parquet",
        ArrowFormat::Ipc => "Arrow IPC",
    };
    DataError::file(path, format!("cannot be read as {name}: {error}"))
}

fn open(path: &str, bytes: &Bytes) -> Result<Box<dyn MmapBytesReader>, DataError> {
    match bytes {
        Bytes::Memory(bytes) => Ok(Box::new(Cursor::new(Arc::clone(bytes)))),
        Bytes::Disk { path: file, length, modified } => {
            let io = |error: std::io::Error| DataError::io(path, &error);
            let opened = File::open(file).map_err(io)?;
            let now = opened.metadata().map_err(io)?;
            if now.len() != *length || now.modified().ok() != *modified {
                return Err(DataError::file(path, "the file was changed during the run; run again"));
            }
            Ok(Box::new(opened))
        }
    }
}

/// What a file says of itself.
struct Shape {
    rows: usize,
    /// Names and kinds of its columns.
    kinds: Vec<(String, Option<ColumnKind>)>,
    /// The pages of each column of a Parquet file.
    chunks: BTreeMap<String, Vec<Chunk>>,
}

fn shape(reader: Box<dyn MmapBytesReader>, format: ArrowFormat) -> PolarsResult<Shape> {
    let kinds = |schema: &ArrowSchema| -> Vec<(String, Option<ColumnKind>)> {
        schema.iter().map(|(name, field)| (name.to_string(), kind(&DataType::from_arrow_field(field)))).collect()
    };
    match format {
        ArrowFormat::Parquet => {
            let mut reader = reader;
            if let Err(why) = pages::footer(&mut *reader) {
                polars::prelude::polars_bail!(ComputeError: "{why}");
            }
            let mut reader = ParquetReader::new(reader);
            let schema = reader.schema()?;
            let metadata = reader.get_metadata()?;
            sane(metadata)?;
            let mut chunks: BTreeMap<String, Vec<Chunk>> = BTreeMap::new();
            for column in metadata.row_groups.iter().flat_map(polars_parquet::read::RowGroupMetadata::parquet_columns) {
                let Some((name, chunk)) = Chunk::of(column) else {
                    polars::prelude::polars_bail!(ComputeError: "a column states an impossible size");
                };
                chunks.entry(name).or_default().push(chunk);
            }
            Ok(Shape { rows: reader.num_rows()?, kinds: kinds(&schema), chunks })
        }
        ArrowFormat::Ipc => {
            let mut reader = IpcReader::new(reader);
            let schema = reader.schema()?;
            let rows = reader.with_projection(Some(vec![])).finish()?.height();
            Ok(Shape { rows, kinds: kinds(&schema), chunks: BTreeMap::new() })
        }
    }
}

/// Refuses counts that cannot be true: the reader allocates what they say, and an allocation that fails ends the process.
fn sane(metadata: &FileMetadata) -> PolarsResult<()> {
    const MOST: usize = u32::MAX as usize;
    let mut rows = 0_usize;
    for group in &metadata.row_groups {
        rows = rows.saturating_add(group.num_rows());
        for column in group.parquet_columns() {
            if usize::try_from(column.num_values()).is_ok_and(|count| count <= MOST) {
                continue;
            }
            polars::prelude::polars_bail!(ComputeError: "a column states that it has {} values", column.num_values());
        }
    }
    if rows != metadata.num_rows || rows > MOST {
        polars::prelude::polars_bail!(ComputeError: "it states {} rows, its row groups {rows}", metadata.num_rows);
    }
    Ok(())
}

fn read(reader: Box<dyn MmapBytesReader>, format: ArrowFormat, name: &str) -> PolarsResult<Series> {
    let wanted = Some(vec![name.to_owned()]);
    let frame: DataFrame = match format {
        ArrowFormat::Parquet => {
            ParquetReader::new(reader).with_columns(wanted).read_parallel(ParallelStrategy::None).finish()?
        }
        ArrowFormat::Ipc => IpcReader::new(reader).with_columns(wanted).set_rechunk(false).finish()?,
    };
    Ok(frame.column(name)?.as_materialized_series().clone())
}

/// The kind of a polars type; none for a column of nulls.
fn kind(dtype: &DataType) -> Option<ColumnKind> {
    Some(match dtype {
        DataType::Null => return None,
        DataType::Boolean => ColumnKind::Boolean,
        DataType::Int8
        | DataType::Int16
        | DataType::Int32
        | DataType::Int64
        | DataType::UInt8
        | DataType::UInt16
        | DataType::UInt32
        | DataType::UInt64 => ColumnKind::Integer,
        // Decimals and integers of 128 bits as floats: exact up to 2^53.
        DataType::Float16
        | DataType::Float32
        | DataType::Float64
        | DataType::Int128
        | DataType::UInt128
        | DataType::Decimal(..) => ColumnKind::Number,
        DataType::String | DataType::Categorical(..) | DataType::Enum(..) => ColumnKind::Text,
        DataType::Date => ColumnKind::Date,
        DataType::Datetime(..) => ColumnKind::DateTime,
        DataType::Time => ColumnKind::Time,
        _ => ColumnKind::Other,
    })
}

fn per_second(unit: TimeUnit) -> i64 {
    match unit {
        TimeUnit::Milliseconds => 1_000,
        TimeUnit::Microseconds => 1_000_000,
        TimeUnit::Nanoseconds => NANOS,
    }
}

/// The values of a polars column.
pub(crate) fn cells(series: &Series) -> PolarsResult<Cells> {
    let whole = |series: &Series, unit: Unit| -> PolarsResult<Cells> {
        let cast = series.cast(&DataType::Int64)?;
        let values = cast.i64()?;
        let missing = (values.null_count() > 0).then(|| values.iter().map(|value| value.is_none()).collect());
        Ok(Cells::Whole(Whole { values: values.iter().map(|value| value.unwrap_or(0)).collect(), missing, unit }))
    };
    let dtype = series.dtype();
    match dtype {
        DataType::Null => Ok(nothing(ColumnKind::Number, series.len())),
        DataType::Boolean => {
            Ok(Cells::Boolean(series.bool()?.iter().map(|value| value.map_or(NEITHER, u8::from)).collect()))
        }
        DataType::UInt64 => {
            let values = series.u64()?;
            if values.iter().flatten().all(|value| i64::try_from(value).is_ok()) {
                return whole(series, Unit::One);
            }
            let missing = (values.null_count() > 0).then(|| values.iter().map(|value| value.is_none()).collect());
            let values = values.iter().map(|value| value.map_or(0, |value| value.cast_signed() ^ i64::MIN)).collect();
            Ok(Cells::Whole(Whole { values, missing, unit: Unit::Unsigned }))
        }
        DataType::Date => whole(series, Unit::Days),
        DataType::Datetime(unit, _) => whole(&series.to_physical_repr(), Unit::Instant(per_second(*unit))),
        DataType::Time => whole(&series.to_physical_repr(), Unit::Clock(NANOS)),
        _ => match kind(dtype) {
            Some(ColumnKind::Integer) => whole(series, Unit::One),
            Some(ColumnKind::Number) => {
                let cast = series.cast(&DataType::Float64)?;
                Ok(Cells::Numbers(cast.f64()?.iter().map(|value| value.map_or(f64::NAN, canonical)).collect()))
            }
            Some(ColumnKind::Text) => {
                let cast = series.cast(&DataType::String)?;
                Ok(Cells::Text(intern(&cast.str()?.iter().collect::<Vec<_>>())))
            }
            _ => {
                let texts: Vec<Option<String>> = series.iter().map(|value| text(&value)).collect();
                Ok(Cells::Text(intern(&texts)))
            }
        },
    }
}

/// Any value as text: lists as `[a, b]`, records as `{name: value}`, bytes in hexadecimal; none for null.
fn text(value: &AnyValue<'_>) -> Option<String> {
    let or_null = |value: &AnyValue<'_>| text(value).unwrap_or_else(|| "null".to_owned());
    Some(match value {
        AnyValue::Null => return None,
        AnyValue::Boolean(value) => value.to_string(),
        AnyValue::Float64(value) => number_text(*value),
        AnyValue::Float32(value) => number_text(f64::from(*value)),
        AnyValue::String(text) => (*text).to_owned(),
        AnyValue::StringOwned(text) => text.to_string(),
        AnyValue::Binary(bytes) => crate::table::hex(bytes),
        AnyValue::BinaryOwned(bytes) => crate::table::hex(bytes),
        AnyValue::List(items) | AnyValue::Array(items, _) => {
            let items: Vec<String> = items.iter().map(|item| or_null(&item)).collect();
            format!("[{}]", items.join(", "))
        }
        AnyValue::StructOwned(record) => {
            let (values, fields) = record.as_ref();
            let pairs: Vec<String> = fields
                .iter()
                .zip(values)
                .map(|(field, value)| format!("{}: {}", field.name(), or_null(value)))
                .collect();
            format!("{{{}}}", pairs.join(", "))
        }
        AnyValue::Struct(..) => return text(&value.clone().into_static()),
        other => other.to_string(),
    })
}
