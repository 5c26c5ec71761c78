//! Rows by their values in some columns.

use std::borrow::Cow;
use std::collections::BTreeMap;

/// The code of a missing value.
pub const MISSING: u32 = u32::MAX;

/// How a missing value is written in the key of a slice.
pub const MISSING_TEXT: &str = "(missing)";

/// How the sandbox keys a slice that stands for those which are too small to be shown.
const SMALL_TEXT: &str = "(small groups)";

/// A value's text in the key of a slice: in quotation marks where it would be taken for one of the two above, and in one more
/// pair where it stands in such marks already.
fn shown(text: &str) -> Cow<'_, str> {
    let bare = text.trim_matches('"');
    if bare == MISSING_TEXT || bare == SMALL_TEXT { Cow::Owned(format!("\"{text}\"")) } else { Cow::Borrowed(text) }
}

/// A column to slice by: for every row of the scored data (also those outside the slice at hand) the place of its value
/// in `levels`, or [`MISSING`].
#[derive(Debug, Clone, Copy)]
pub struct Column<'a> {
    /// The column's name.
    pub name: &'a str,
    /// A code for each row.
    pub codes: &'a [u32],
    /// The values' text.
    pub levels: &'a [String],
}

/// A column that does not fit the evaluation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ColumnError {
    /// It has not one value for each row.
    #[error("column `{column}` has {found} values, but {rows} rows are evaluated")]
    Length {
        /// The column.
        column: String,
        /// Its length.
        found: usize,
        /// The rows there are.
        rows: usize,
    },
    /// A code stands for no value.
    #[error("column `{column}`, row {}: value number {code} does not exist, there are {levels}", .row + 1)]
    Code {
        /// The column.
        column: String,
        /// The row, from 0; the message counts from 1.
        row: usize,
        /// The code.
        code: u32,
        /// How many values the column has.
        levels: usize,
    },
    /// The same column twice, or already part of the slice's key.
    #[error("column `{0}` is sliced by twice")]
    Twice(String),
}

/// The values' texts, one per column, and the rows that have them.
pub(crate) type Group = (Vec<String>, Vec<u32>);

/// The rows of each combination of values that occurs, in the order of the values' text.
pub(crate) fn grouped(
    columns: &[Column<'_>],
    all_rows: usize,
    rows: impl Iterator<Item = u32>,
) -> Result<Vec<Group>, ColumnError> {
    let ranked: Vec<Ranked<'_>> =
        columns.iter().map(|column| Ranked::new(column, all_rows)).collect::<Result<_, _>>()?;
    let mut groups: BTreeMap<Vec<u32>, Vec<u32>> = BTreeMap::new();
    let mut key = Vec::with_capacity(ranked.len());
    for row in rows {
        key.clear();
        key.extend(ranked.iter().map(|column| column.rank(row)));
        match groups.get_mut(&key) {
            Some(group) => group.push(row),
            None => drop(groups.insert(key.clone(), vec![row])),
        }
    }
    let named = groups.into_iter().map(|(key, rows)| {
        let texts = key.iter().zip(&ranked).map(|(&rank, column)| column.text(rank)).collect();
        (texts, rows)
    });
    Ok(named.collect())
}

/// A column whose values are numbered in the order of their text, so that comparing numbers compares texts.
struct Ranked<'a> {
    codes: &'a [u32],
    rank_of: Vec<u32>,
    rank_of_missing: u32,
    texts: Vec<Cow<'a, str>>,
}

impl<'a> Ranked<'a> {
    fn new(column: &Column<'a>, rows: usize) -> Result<Self, ColumnError> {
        let name = || column.name.to_owned();
        if column.codes.len() != rows {
            return Err(ColumnError::Length { column: name(), found: column.codes.len(), rows });
        }
        let known = column.levels.len();
        let unknown = |&(_, &code): &(usize, &u32)| code != MISSING && code as usize >= known;
        if let Some((row, &code)) = column.codes.iter().enumerate().find(unknown) {
            return Err(ColumnError::Code { column: name(), row, code, levels: known });
        }
        let levels = || column.levels.iter().map(|level| shown(level));
        let mut texts: Vec<Cow<'_, str>> = levels().chain([Cow::Borrowed(MISSING_TEXT)]).collect();
        texts.sort_unstable();
        texts.dedup();
        let rank = |text: &str| texts.partition_point(|other| **other < *text) as u32;
        let rank_of = levels().map(|level| rank(&level)).collect();
        Ok(Self { codes: column.codes, rank_of, rank_of_missing: rank(MISSING_TEXT), texts })
    }

    fn rank(&self, row: u32) -> u32 {
        let code = self.codes.get(row as usize).copied().unwrap_or(MISSING);
        self.rank_of.get(code as usize).copied().unwrap_or(self.rank_of_missing)
    }

    fn text(&self, rank: u32) -> String {
        self.texts.get(rank as usize).map_or(MISSING_TEXT, |text| text).to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn levels(levels: &[&str]) -> Vec<String> {
        levels.iter().map(|&level| level.to_owned()).collect()
    }

    #[test]
    fn combinations_come_in_the_order_of_their_text() {
        // Levels in numeric order, as the data's own categories may be.
        let (ages, sexes) = (levels(&["9", "10"]), levels(&["m", "f"]));
        let age = Column { name: "age", codes: &[0, 1, 1, 0, MISSING], levels: &ages };
        let sex = Column { name: "sex", codes: &[0, 1, 1, 0, 0], levels: &sexes };
        let groups = grouped(&[age, sex], 5, 0..5).unwrap();
        let found: Vec<_> = groups.iter().map(|(key, rows)| (key.join("|"), rows.clone())).collect();
        assert_eq!(
            found,
            [("(missing)|m".to_owned(), vec![4]), ("10|f".to_owned(), vec![1, 2]), ("9|m".to_owned(), vec![0, 3])]
        );
    }

    #[test]
    fn a_value_written_as_missing_is_told_from_the_missing() {
        let texts = levels(&["(missing)", "\"(missing)\"", "(small groups)", "\"a\""]);
        let column = Column { name: "c", codes: &[0, MISSING, 1, 2, 3], levels: &texts };
        let groups = grouped(&[column], 5, 0..5).unwrap();
        let keys: Vec<(&str, &[u32])> = groups.iter().map(|(key, rows)| (key[0].as_str(), rows.as_slice())).collect();
        assert_eq!(
            keys,
            [
                ("\"\"(missing)\"\"", &[2][..]),
                ("\"(missing)\"", &[0]),
                ("\"(small groups)\"", &[3]),
                ("\"a\"", &[4]),
                ("(missing)", &[1]),
            ]
        );
    }

    #[test]
    fn columns_that_do_not_fit_are_refused() {
        let texts = levels(&["a"]);
        let error =
            |codes: &[u32]| grouped(&[Column { name: "c", codes, levels: &texts }], 2, 0..2).unwrap_err().to_string();
        assert_eq!(error(&[0]), "column `c` has 1 values, but 2 rows are evaluated");
        assert_eq!(error(&[0, 1]), "column `c`, row 2: value number 1 does not exist, there are 1");
    }
}
