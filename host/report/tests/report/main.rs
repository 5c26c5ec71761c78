//! Every format over records of every situation.

#![allow(clippy::unwrap_used)] // clippy.toml allows it in test functions; here it is in what they share

mod hostile;
mod junit;
mod limits;
mod records;
mod schema;
mod snapshots;
