//! A table of data: read it, describe it, split it, fingerprint it.
//!
//! This is the only crate that knows polars, and no polars type leaves it: models and metrics get plain columns
//! ([`Frame`], [`Target`]), policies get the statistics of a [`Column`].
//!
//! Everything here is the same bytes for the same input, whatever the number of threads and however a file is laid out.

// A crate of its own for counting bytes is not worth it.
#![allow(clippy::naive_bytecount)]

mod arrow;
mod calendar;
mod cells;
mod column;
mod comma;
mod convert;
mod csv;
mod duplicates;
mod error;
mod foreign;
mod frame;
mod infer;
mod ipc;
mod json;
mod kind;
mod moments;
mod options;
mod parallel;
mod parquet;
mod predictions;
mod profile;
pub mod query;
mod read;
mod rows;
mod slot;
mod sources;
mod split;
mod table;
mod tally;
mod target;
mod truth;
mod write;

pub use column::Column;
pub use comma::{Commas, decimal_commas};
pub use error::DataError;
pub use foreign::{by_name as not_read, not_a_file};
pub use frame::{Categories, Frame, MISSING, Values};
pub use kind::{ColumnInfo, ColumnKind, UnknownKind};
pub use options::{MISSING_WORDS, ReadOptions};
pub use parallel::READER;
pub use predictions::{LABEL, PREDICTION, Predicted, PredictionFile, SCORE, predictions, read_predictions};
pub use profile::{ColumnProfile, profile};
pub use read::read;
pub use sources::{files, readable};
pub use split::{Split, SplitSpec, TestPart, split};
pub use table::{Source, Table};
pub use target::{
    MOST_INTEGER_CLASSES, POSITIVE_NAMES, ROWS_PER_INTEGER_CLASS, Target, TargetOptions, target, target_like,
};
pub use write::write_parquet;
