//! Values of single rows.

use std::ops::Range;

use crate::cells::{Cells, NEITHER, number_text};
use crate::column::Column;
use crate::error::DataError;
use crate::kind::ColumnKind;

/// The part of a range that there is.
fn within(rows: &Range<u64>, length: usize) -> Range<usize> {
    let end = (rows.end as usize).min(length);
    (rows.start as usize).min(end)..end
}

impl Column {
    /// Values of these rows as numbers, NaN where missing; dates and times in seconds. Rows beyond the last are left out,
    /// here and below.
    ///
    /// # Errors
    /// [`DataError::NotNumeric`] for booleans, text and other; the file can no longer be read.
    pub fn numbers_in(&self, rows: &Range<u64>) -> Result<Vec<f64>, DataError> {
        let cells = self.0.cells()?;
        let rows = within(rows, cells.len());
        match &**cells {
            Cells::Numbers(values) => Ok(values[rows].to_vec()),
            Cells::Whole(whole) => {
                let mut numbers: Vec<f64> =
                    whole.values[rows.clone()].iter().map(|value| whole.unit.number(*value)).collect();
                if let Some(missing) = &whole.missing {
                    for (number, missing) in numbers.iter_mut().zip(&missing[rows]) {
                        *number = if *missing { f64::NAN } else { *number };
                    }
                }
                Ok(numbers)
            }
            Cells::Boolean(_) | Cells::Text(_) => {
                Err(DataError::NotNumeric { column: self.name().to_owned(), kind: self.kind() })
            }
        }
    }

    /// Values of these rows as text, whatever they are: `true`, `3`, `0.1`, `2024-03-01`.
    ///
    /// # Errors
    /// The file can no longer be read.
    pub fn texts_in(&self, rows: &Range<u64>) -> Result<Vec<Option<String>>, DataError> {
        let cells = self.0.cells()?;
        let rows = within(rows, cells.len());
        Ok(match &**cells {
            Cells::Text(text) => rows.map(|row| text.get(row).map(str::to_owned)).collect(),
            Cells::Numbers(values) => {
                values[rows].iter().map(|value| (!value.is_nan()).then(|| number_text(*value))).collect()
            }
            Cells::Whole(whole) => {
                rows.map(|row| (!whole.is_missing(row)).then(|| whole.unit.text(whole.values[row]))).collect()
            }
            Cells::Boolean(values) => {
                values[rows].iter().map(|value| (*value != NEITHER).then(|| (*value == 1).to_string())).collect()
            }
        })
    }

    /// Values of these rows in a column of booleans.
    ///
    /// # Errors
    /// [`DataError::BadArgument`] for any other column; the file can no longer be read.
    pub fn booleans_in(&self, rows: &Range<u64>) -> Result<Vec<Option<bool>>, DataError> {
        let cells = self.0.cells()?;
        let rows = within(rows, cells.len());
        match &**cells {
            Cells::Boolean(values) => {
                Ok(values[rows].iter().map(|value| (*value != NEITHER).then_some(*value == 1)).collect())
            }
            _ => {
                Err(DataError::bad(format!("column `{}` is {}, not {}", self.name(), self.kind(), ColumnKind::Boolean)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ReadOptions, read};

    #[test]
    fn rows_come_as_they_stand_in_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let text = "n,x,day,ok,name\n1,0.5,2024-03-01,true,a\n,,,,\n3,1e300,2024-03-02,false,b\n";
        std::fs::write(folder.path().join("t.csv"), text).unwrap();
        let table = read(folder.path(), &["t.csv".to_owned()], &ReadOptions::default()).unwrap();
        let column = |name: &str| table.column(name).unwrap();
        let numbers = column("n").numbers_in(&(0..3)).unwrap();
        assert_eq!((numbers[0], numbers[1].is_nan(), numbers[2]), (1.0, true, 3.0));
        assert_eq!(column("x").numbers_in(&(2..9)).unwrap(), [1e300]);
        assert_eq!(column("day").numbers_in(&(2..3)).unwrap(), [1_709_337_600.0]);
        let texts = |name: &str| column(name).texts_in(&(0..3)).unwrap();
        assert_eq!(texts("n"), [Some("1".to_owned()), None, Some("3".to_owned())]);
        assert_eq!(texts("day")[2].as_deref(), Some("2024-03-02"));
        assert_eq!(texts("ok"), [Some("true".to_owned()), None, Some("false".to_owned())]);
        assert_eq!(texts("name"), [Some("a".to_owned()), None, Some("b".to_owned())]);
        assert_eq!(column("ok").booleans_in(&(0..3)).unwrap(), [Some(true), None, Some(false)]);
        assert!(column("name").numbers_in(&(0..1)).is_err());
        assert!(column("n").booleans_in(&(0..1)).is_err());
        assert_eq!(column("x").numbers_in(&(5..9)).unwrap(), [0.0; 0]);
        // A range that begins behind its end is empty.
        assert_eq!(column("x").numbers_in(&Range { start: 2, end: 1 }).unwrap(), [0.0; 0]);
    }
}
