//! A table of data: read it, describe it, split it, fingerprint it.
//!
//! This is the only crate that knows polars, and no polars type leaves it: models and metrics get plain columns
//! ([`Frame`], [`Target`]).

mod error;
mod frame;
mod kind;
mod target;

pub use error::DataError;
pub use frame::{Categories, Frame, MISSING, Values};
pub use kind::{ColumnInfo, ColumnKind, UnknownKind};
pub use target::Target;
