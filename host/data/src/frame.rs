//! Plain columns: what models and metrics are computed from.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::error::{DataError, listed};

/// The code of a missing value in [`Categories`].
pub const MISSING: u32 = u32::MAX;

/// A column of categories: `levels[codes[row]]`, or missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Categories {
    /// One code per row: an index into `levels`, or [`MISSING`].
    pub codes: Vec<u32>,
    /// The values as text, each once, sorted: text by its bytes, numbers by value. Every level occurs unless rows were
    /// taken out of a larger column.
    pub levels: Vec<String>,
}

impl Categories {
    /// The text of a row; none where it is missing or there is no such row.
    pub fn get(&self, row: usize) -> Option<&str> {
        self.levels.get(*self.codes.get(row)? as usize).map(String::as_str)
    }

    /// These rows, in this order, with the levels unchanged. A row out of range becomes missing.
    #[must_use]
    pub fn take(&self, rows: &[u32]) -> Self {
        Self { codes: gather(&self.codes, rows, MISSING), levels: self.levels.clone() }
    }
}

/// The values of a column.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// Integers, numbers, dates and times (in seconds); NaN is missing.
    Numbers(Vec<f64>),
    /// Booleans, text and everything else.
    Categories(Categories),
}

impl Values {
    /// Number of rows.
    pub fn len(&self) -> usize {
        match self {
            Self::Numbers(numbers) => numbers.len(),
            Self::Categories(categories) => categories.codes.len(),
        }
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// These rows, in this order. A row out of range becomes missing.
    #[must_use]
    pub fn take(&self, rows: &[u32]) -> Self {
        match self {
            Self::Numbers(numbers) => Self::Numbers(gather(numbers, rows, f64::NAN)),
            Self::Categories(categories) => Self::Categories(categories.take(rows)),
        }
    }

    /// Rows without a value.
    pub fn missing_count(&self) -> usize {
        match self {
            Self::Numbers(numbers) => numbers.iter().filter(|number| number.is_nan()).count(),
            Self::Categories(categories) => categories.codes.iter().filter(|code| **code == MISSING).count(),
        }
    }
}

/// Columns of equal length, by name and in order. Cheap to clone.
#[derive(Debug, Clone, PartialEq)]
pub struct Frame {
    rows: usize,
    names: Arc<[String]>,
    columns: Vec<Arc<Values>>,
    places: Arc<BTreeMap<String, usize>>,
}

impl Frame {
    /// A frame of these columns.
    ///
    /// # Errors
    /// Two columns of one name, columns of different lengths, or a category code without a level.
    pub fn new(columns: Vec<(String, Values)>) -> Result<Self, DataError> {
        let rows = columns.first().map_or(0, |(_, values)| values.len());
        Self::with_rows(rows, columns)
    }

    /// A frame of this many rows, which matters where there is no column.
    ///
    /// # Errors
    /// As [`Frame::new`].
    pub fn with_rows(rows: usize, columns: Vec<(String, Values)>) -> Result<Self, DataError> {
        let mut places = BTreeMap::new();
        let mut names = Vec::with_capacity(columns.len());
        let mut kept = Vec::with_capacity(columns.len());
        for (place, (name, values)) in columns.into_iter().enumerate() {
            if values.len() != rows {
                return Err(DataError::Lengths { column: name, rows: values.len(), expected: rows });
            }
            if let Values::Categories(categories) = &values {
                let levels = categories.levels.len();
                if let Some(code) = categories.codes.iter().find(|code| **code != MISSING && **code as usize >= levels)
                {
                    return Err(DataError::bad(format!(
                        "column `{name}`: the category code {code} has no level; there are {levels}"
                    )));
                }
            }
            if places.insert(name.clone(), place).is_some() {
                return Err(DataError::bad(format!("two columns are called `{name}`")));
            }
            names.push(name);
            kept.push(Arc::new(values));
        }
        Ok(Self { rows, names: names.into(), columns: kept, places: Arc::new(places) })
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The columns' names, in order.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The column of this name.
    pub fn get(&self, name: &str) -> Option<&Values> {
        self.columns.get(*self.places.get(name)?).map(AsRef::as_ref)
    }

    /// Names and values, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Values)> {
        self.names.iter().map(String::as_str).zip(self.columns.iter().map(AsRef::as_ref))
    }

    /// These rows, in this order. A row out of range becomes missing in every column.
    #[must_use]
    pub fn take(&self, rows: &[u32]) -> Self {
        Self {
            rows: rows.len(),
            names: Arc::clone(&self.names),
            columns: self.columns.iter().map(|values| Arc::new(values.take(rows))).collect(),
            places: Arc::clone(&self.places),
        }
    }

    /// These columns, in this order.
    ///
    /// # Errors
    /// A name that the frame does not have, or one given twice.
    pub fn select(&self, names: &[String]) -> Result<Self, DataError> {
        let mut places = BTreeMap::new();
        let mut columns = Vec::with_capacity(names.len());
        for (place, name) in names.iter().enumerate() {
            let Some(found) = self.places.get(name).and_then(|place| self.columns.get(*place)) else {
                return Err(DataError::UnknownColumn { name: name.clone(), columns: listed(&self.names) });
            };
            if places.insert(name.clone(), place).is_some() {
                return Err(DataError::bad(format!("column `{name}` is named twice")));
            }
            columns.push(Arc::clone(found));
        }
        Ok(Self { rows: self.rows, names: names.into(), columns, places: Arc::new(places) })
    }
}

/// `from[row]` for each of the rows; `outside` where there is none.
pub(crate) fn gather<T: Copy>(from: &[T], rows: &[u32], outside: T) -> Vec<T> {
    rows.iter().map(|row| from.get(*row as usize).copied().unwrap_or(outside)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two() -> Frame {
        let sex = Categories { codes: vec![0, MISSING, 1], levels: vec!["F".into(), "M".into()] };
        Frame::new(vec![
            ("age".into(), Values::Numbers(vec![30.0, f64::NAN, 50.0])),
            ("sex".into(), Values::Categories(sex)),
        ])
        .unwrap()
    }

    #[test]
    fn rows_are_taken_in_the_order_given() {
        let taken = two().take(&[2, 0, 2]);
        assert_eq!(taken.rows(), 3);
        assert_eq!(taken.get("age"), Some(&Values::Numbers(vec![50.0, 30.0, 50.0])));
        let Some(Values::Categories(sex)) = taken.get("sex") else { panic!("sex is a category") };
        assert_eq!((sex.get(0), sex.get(1), sex.levels.len()), (Some("M"), Some("F"), 2));
        assert_eq!(two().take(&[7]).get("age").unwrap().missing_count(), 1);
    }

    #[test]
    fn a_frame_that_does_not_hold_together_is_refused() {
        let numbers = |n| Values::Numbers(vec![0.0; n]);
        let uneven = Frame::new(vec![("a".into(), numbers(2)), ("b".into(), numbers(3))]).unwrap_err();
        assert!(uneven.to_string().contains("`b`"), "{uneven}");
        let twice = Frame::new(vec![("a".into(), numbers(2)), ("a".into(), numbers(2))]).unwrap_err();
        assert!(twice.to_string().contains("two columns are called `a`"), "{twice}");
        let code = Categories { codes: vec![3], levels: vec!["x".into()] };
        assert!(Frame::new(vec![("a".into(), Values::Categories(code))]).is_err());
        let unknown = two().select(&["sx".into()]).unwrap_err().to_string();
        assert!(unknown.contains("`sx`") && unknown.contains("age, sex"), "{unknown}");
        assert_eq!(two().select(&["sex".into()]).unwrap().names(), ["sex"]);
    }
}
