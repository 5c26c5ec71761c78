//! Numbers with a decimal comma: read as text, because a comma means thousands as often.

use crate::cells::Cells;
use crate::error::{DataError, clipped};
use crate::kind::ColumnKind;
use crate::table::Table;

/// A column of text whose values all look like numbers with commas in them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commas {
    /// The column.
    pub column: String,
    /// One of its values, shortened.
    pub example: String,
}

/// The columns of text in CSV files that are probably numbers with a decimal comma, in the order of the table. Every value
/// must be a number if its comma is a point, and one must have a comma.
///
/// # Errors
/// A column that cannot be read.
pub fn decimal_commas(table: &Table) -> Result<Vec<Commas>, DataError> {
    let csv = |path: &str| {
        let ending = path.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
        matches!(ending.as_str(), "csv" | "tsv")
    };
    // Other formats have numbers of their own, and are not read for this.
    if !table.sources().iter().all(|source| csv(&source.path)) {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for name in table.names() {
        let column = table.column(&name)?;
        if column.kind() != ColumnKind::Text {
            continue;
        }
        let Cells::Text(text) = column.0.cells()?.as_ref() else { continue };
        if let Some(example) = example(&text.levels) {
            found.push(Commas { column: name, example });
        }
    }
    Ok(found)
}

/// One with a comma of values that all are numbers if it is a decimal comma.
pub(crate) fn example(levels: &[String]) -> Option<String> {
    let example = levels.iter().find(|level| level.contains(','))?;
    levels.iter().all(|level| is_number(level.trim())).then(|| clipped(example))
}

/// Digits, in groups of three between points or not, with at most one comma behind them.
pub(crate) fn is_number(text: &str) -> bool {
    let text = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (whole, decimals) = text.split_once(',').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let mut groups = whole.split('.');
    let first = groups.next().unwrap_or_default();
    let grouped = groups.all(|group| group.len() == 3 && digits(group));
    digits(decimals) && grouped && (digits(first) || (whole.is_empty() && text.contains(',')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_with_commas_are_told_from_words_with_commas() {
        for number in ["3,14", "-0,5", ",5", "1.234,5", "12", "1.234.567,89", "+7,0"] {
            assert!(is_number(number), "{number}");
        }
        for word in ["", ",", "3,14,15", "1.23,4", "a,b", "3,", "3,1e5", "2024-01-02", "-"] {
            assert!(!is_number(word), "{word}");
        }
    }
}
