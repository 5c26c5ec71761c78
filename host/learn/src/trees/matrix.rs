//! What trees are trained on: columns of numbers and one label per row.

use super::TreesError;
use super::tree::MOST_COLUMNS;

/// Columns of numbers of equal length. NaN is a missing value; an infinity counts as the largest finite number of its sign.
#[derive(Debug, Clone, PartialEq)]
pub struct Matrix {
    rows: usize,
    columns: Vec<Vec<f64>>,
}

impl Matrix {
    /// The columns as a matrix.
    ///
    /// # Errors
    /// Columns of different lengths.
    pub fn new(columns: Vec<Vec<f64>>) -> Result<Self, TreesError> {
        let rows = columns.first().map_or(0, Vec::len);
        match columns.iter().position(|column| column.len() != rows) {
            None => Ok(Self { rows, columns }),
            Some(column) => {
                Err(TreesError::Ragged { column, found: columns.get(column).map_or(0, Vec::len), expected: rows })
            }
        }
    }

    /// How many rows it has.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Its columns.
    pub fn columns(&self) -> &[Vec<f64>] {
        &self.columns
    }
}

/// What is to be predicted, one entry per row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Labels<'a> {
    /// A class per row.
    Classes {
        /// Codes below `classes`.
        codes: &'a [u32],
        /// The number of classes, at least 1; one that has no row gets probability 0 or close to it.
        classes: u32,
    },
    /// A finite number per row.
    Numbers(&'a [f64]),
}

/// Rows are counted in 32 bits, and a bootstrap counts its draws there too.
const MOST_ROWS: usize = (1 << 31) - 1;
/// A sample keeps its class in 16 bits.
const MOST_CLASSES: u32 = (1 << 16) - 1;

impl Labels<'_> {
    fn len(&self) -> usize {
        match self {
            Self::Classes { codes, .. } => codes.len(),
            Self::Numbers(values) => values.len(),
        }
    }

    /// Whether these labels and inputs can be trained on together.
    pub(super) fn check(&self, inputs: &Matrix) -> Result<(), TreesError> {
        if inputs.columns.is_empty() {
            return Err(TreesError::NoColumns);
        }
        if inputs.columns.len() > MOST_COLUMNS {
            return Err(TreesError::TooManyColumns { columns: inputs.columns.len(), limit: MOST_COLUMNS });
        }
        if inputs.rows == 0 {
            return Err(TreesError::NoRows);
        }
        if inputs.rows > MOST_ROWS {
            return Err(TreesError::TooManyRows { rows: inputs.rows, limit: MOST_ROWS });
        }
        if self.len() != inputs.rows {
            return Err(TreesError::Labels { labels: self.len(), rows: inputs.rows });
        }
        match *self {
            Self::Classes { classes, .. } if classes > MOST_CLASSES => {
                Err(TreesError::TooManyClasses { classes, limit: MOST_CLASSES })
            }
            Self::Classes { codes, classes } => match codes.iter().position(|&code| code >= classes) {
                None => Ok(()),
                Some(row) => Err(TreesError::Class { row, code: codes[row], classes }),
            },
            Self::Numbers(values) => match values.iter().position(|value| !value.is_finite()) {
                None => Ok(()),
                Some(row) => Err(TreesError::Target { row, value: values[row] }),
            },
        }
    }
}
