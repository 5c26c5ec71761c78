//! Reads a file and says how long it took; `benches/data/compare.py` runs it beside pandas.
//!
//! Usage: `read FILE`. Prints a JSON object: `seconds` of wall-clock time from opening the file to the typed table, its
//! sha256 included; `rows`; `columns`; `kinds`, each column's type in order; `missing`, the number of missing values.

// A benchmark prints its figures.
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::path::Path;
use std::time::Instant;

use portcullis_data::{ReadOptions, read};
use serde_json::json;

fn main() -> Result<(), Box<dyn Error>> {
    let file = std::env::args().nth(1).ok_or("usage: read FILE")?;
    let started = Instant::now();
    let table = read(Path::new("."), &[file], &ReadOptions::default())?;
    let seconds = started.elapsed().as_secs_f64();
    let mut missing = 0;
    for name in table.names() {
        missing += table.column(&name)?.null_count()?;
    }
    let kinds: Vec<&str> = table.columns().iter().map(|column| column.kind.as_str()).collect();
    println!(
        "{}",
        json!({
            "seconds": seconds, "rows": table.row_count(), "columns": kinds.len(), "kinds": kinds, "missing": missing,
        })
    );
    Ok(())
}
