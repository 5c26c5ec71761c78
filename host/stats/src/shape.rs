//! What can be wrong with the slices that a formula is given.

/// Slices that do not fit together, or values that a formula has no meaning for.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ShapeError {
    /// Two slices differ in length.
    #[error("{what} has {found} values where {expected} were expected, one per row")]
    Length {
        /// Which slice.
        what: &'static str,
        /// Its length.
        found: usize,
        /// The length it should have.
        expected: usize,
    },
    /// A class code is not below the number of classes.
    #[error("row {}: {what} class code {code} is not below the number of classes, {classes}", .row + 1)]
    Code {
        /// Which slice.
        what: &'static str,
        /// The row, from 0; the message counts from 1.
        row: usize,
        /// The code.
        code: u32,
        /// The number of classes.
        classes: usize,
    },
    /// A value is NaN or infinite.
    #[error("row {}: {what} is {value}, not a finite number", .row + 1)]
    NotFinite {
        /// Which slice.
        what: &'static str,
        /// The row, from 0; the message counts from 1.
        row: usize,
        /// The value.
        value: f64,
    },
    /// More classes than a confusion matrix can hold.
    #[error("{0} classes are too many for a confusion matrix; at most {MAX_CLASSES}: is the target a number or an id?")]
    Classes(usize),
}

/// The largest number of classes: a confusion matrix of 4096 × 4096 counts takes 128 MiB.
pub const MAX_CLASSES: usize = 4096;

pub(crate) fn same_length(what: &'static str, found: usize, expected: usize) -> Result<(), ShapeError> {
    if found == expected { Ok(()) } else { Err(ShapeError::Length { what, found, expected }) }
}

pub(crate) fn finite(what: &'static str, values: &[f64]) -> Result<(), ShapeError> {
    match values.iter().enumerate().find(|(_, value)| !value.is_finite()) {
        Some((row, &value)) => Err(ShapeError::NotFinite { what, row, value }),
        None => Ok(()),
    }
}

pub(crate) fn codes(what: &'static str, codes: &[u32], classes: usize) -> Result<(), ShapeError> {
    match codes.iter().enumerate().find(|&(_, &code)| code as usize >= classes) {
        Some((row, &code)) => Err(ShapeError::Code { what, row, code, classes }),
        None => Ok(()),
    }
}
