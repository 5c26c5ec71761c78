//! What can be wrong with the input of the trees.

/// Why trees could not be trained, used or read.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum TreesError {
    /// What linfa itself refuses.
    #[error("{0}")]
    Linfa(String),
    /// There is nothing to learn from.
    #[error("there are no rows to train on: a model needs at least one")]
    NoRows,
    /// There is nothing to split on.
    #[error("there are no feature columns: a tree needs at least one")]
    NoColumns,
    /// A node names its column in 15 bits.
    #[error(
        "{columns} feature columns are more than trees can be trained on (at most {limit}): leave some out, or encode \
         categories as ordinal numbers"
    )]
    TooManyColumns {
        /// Columns given.
        columns: usize,
        /// Columns allowed.
        limit: usize,
    },
    /// Indices are 32 bits wide.
    #[error("{rows} rows are more than trees can be trained on (at most {limit}): train on a sample")]
    TooManyRows {
        /// Rows given.
        rows: usize,
        /// Rows allowed.
        limit: usize,
    },
    /// A class is 16 bits wide.
    #[error("{classes} classes are more than trees can tell apart (at most {limit}): is the target a number?")]
    TooManyClasses {
        /// Classes declared.
        classes: u32,
        /// Classes allowed.
        limit: u32,
    },
    /// Columns of a matrix differ in length.
    #[error("column {column} has {found} rows where the first column has {expected}")]
    Ragged {
        /// Position of the column, from 0.
        column: usize,
        /// Its rows.
        found: usize,
        /// Rows of the first column.
        expected: usize,
    },
    /// One label is needed per row.
    #[error("{labels} labels were given for {rows} rows: there must be one for each")]
    Labels {
        /// Labels given.
        labels: usize,
        /// Rows of the matrix.
        rows: usize,
    },
    /// A class that was not declared.
    #[error("row {} is of class {code}, but there are {classes} classes (codes 0 to {classes} exclusive)", .row + 1)]
    Class {
        /// The row, from 0; the message counts from 1.
        row: usize,
        /// Its code.
        code: u32,
        /// The number of classes.
        classes: u32,
    },
    /// A target that cannot be learnt.
    #[error("the target of row {} is {value}: it must be a finite number", .row + 1)]
    Target {
        /// The row, from 0; the message counts from 1.
        row: usize,
        /// Its target.
        value: f64,
    },
    /// A setting out of range.
    #[error("{name} is {value}: it must be {expected}")]
    Setting {
        /// The setting as users write it.
        name: &'static str,
        /// What was given.
        value: String,
        /// What is valid.
        expected: &'static str,
    },
    /// Rows to predict that do not look like the rows trained on.
    #[error("the model was trained on {expected} columns, but {found} were given to predict from")]
    Columns {
        /// Columns of the training data.
        expected: usize,
        /// Columns given.
        found: usize,
    },
    /// Bytes that are not trees.
    #[error("these bytes are not trees of this version: {reason}")]
    Bytes {
        /// What was wrong with them.
        reason: &'static str,
    },
}
