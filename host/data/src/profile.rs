//! A first look at a table, to guess a configuration from.

use serde::{Deserialize, Serialize};

use crate::column::Column;
use crate::error::DataError;
use crate::kind::ColumnKind;
use crate::parallel;
use crate::table::Table;

/// What a column looks like.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ColumnProfile {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: ColumnKind,
    /// Different values, missing ones aside.
    pub distinct: u64,
    /// Rows without a value.
    pub missing: u64,
    /// The smallest value; none for booleans, text and columns without values.
    pub minimum: Option<f64>,
    /// The largest value.
    pub maximum: Option<f64>,
    /// Whether it numbers or names the rows: no value is missing or occurs twice, and it is text, or integers without a
    /// gap, or integers in a column that is called so (`id`, `customer_id`, `index`, `Unnamed: 0`).
    pub looks_like_id: bool,
}

/// Looks at every column of a table.
///
/// # Errors
/// A file that can no longer be read.
pub fn profile(table: &Table) -> Result<Vec<ColumnProfile>, DataError> {
    let columns = table.names().iter().map(|name| table.column(name)).collect::<Result<Vec<_>, _>>()?;
    let rows = table.row_count();
    parallel::map_columns(rows, &columns, |_, column| one(column, rows)).into_iter().collect()
}

fn one(column: &Column, rows: u64) -> Result<ColumnProfile, DataError> {
    /// Fewer rows than this are often unique by chance.
    const FEW: u64 = 10;
    let kind = column.kind();
    let (distinct, missing) = (column.distinct_count()?, column.null_count()?);
    let (minimum, maximum) = if kind.is_numeric() { (column.minimum()?, column.maximum()?) } else { (None, None) };
    let unique = rows >= FEW && missing == 0 && distinct == rows;
    let without_gap = minimum.zip(maximum).is_some_and(|(low, high)| high - low + 1.0 == rows as f64);
    let looks_like_id = unique
        && match kind {
            ColumnKind::Text => true,
            ColumnKind::Integer => without_gap || is_called_id(column.name()),
            _ => false,
        };
    Ok(ColumnProfile { name: column.name().to_owned(), kind, distinct, missing, minimum, maximum, looks_like_id })
}

/// Whether a name ends in the word `id` (`id`, `user_id`, `userId`, `User ID`) or is one of the usual others.
fn is_called_id(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    if ["id", "index", "key", "uuid", "guid", "rowid", "unnamed: 0"].contains(&lower.as_str()) {
        return true;
    }
    let Some(before) = lower.strip_suffix("id") else { return false };
    before.ends_with(['_', '-', ' ', '.']) || name.ends_with("Id") || name.ends_with("ID")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_end_in_the_word() {
        for name in ["id", "ID", "customer_id", "customerId", "Customer ID", "index", "Unnamed: 0"] {
            assert!(is_called_id(name), "{name}");
        }
        for name in ["paid", "humid", "identity", "income"] {
            assert!(!is_called_id(name), "{name}");
        }
    }
}
