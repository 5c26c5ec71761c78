//! What can be wrong with data, said so that a person can mend it.

use crate::comma::is_number;
use crate::kind::ColumnKind;

/// Why data could not be read, described or split.
///
/// Rows are counted from 1, after the header; lines are lines of the file, the header being line 1.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum DataError {
    /// The file system refused.
    #[error("cannot read {path}: {reason}")]
    Io {
        /// The file.
        path: String,
        /// What the system said.
        reason: String,
    },
    /// A file or folder could not be written.
    #[error("cannot write {path}: {reason}; nothing was left behind")]
    Write {
        /// The file.
        path: String,
        /// What the system said.
        reason: String,
    },
    /// A path or pattern that no file answers to.
    #[error("no file matches `{pattern}` under {root}; `*` stands for any characters of a name, `**` for any folders")]
    NoMatch {
        /// What was asked for.
        pattern: String,
        /// The folder it is relative to.
        root: String,
    },
    /// The file's name ends in none of the formats that can be read.
    #[error(
        "{path}: cannot tell its format; valid endings: .csv, .tsv, .parquet, .arrow, .ipc, .feather, .jsonl, .ndjson, .json"
    )]
    Format {
        /// The file.
        path: String,
    },
    /// The file's content is not what its name says, or is damaged.
    #[error("{path}: {message}")]
    File {
        /// The file.
        path: String,
        /// What is wrong and what to do.
        message: String,
    },
    /// A line of a text file is wrong.
    #[error("{path}, line {line}: {message}")]
    Line {
        /// The file.
        path: String,
        /// The line, from 1.
        line: u64,
        /// What is wrong and what to do.
        message: String,
    },
    /// Two files of one dataset do not fit together.
    #[error(
        "{path}: column `{column}` {found}, but in {other} it {expected}; every file of a dataset must have the same columns"
    )]
    Mismatch {
        /// The file that differs.
        path: String,
        /// The column.
        column: String,
        /// What it is there: `is text`, or `is missing`.
        found: String,
        /// The file it differs from.
        other: String,
        /// What it is there.
        expected: String,
    },
    /// A configured type that a value does not have.
    #[error("column `{column}` cannot be read as {kind}: row {row} has `{value}`{}", pointed(*kind, value))]
    Override {
        /// The column.
        column: String,
        /// The type asked for.
        kind: ColumnKind,
        /// The first such row.
        row: u64,
        /// Its value, shortened.
        value: String,
    },
    /// A column that the table does not have.
    #[error("there is no column `{name}`; the columns are: {columns}")]
    UnknownColumn {
        /// What was asked for.
        name: String,
        /// What there is.
        columns: String,
    },
    /// A number was asked of a column that has none.
    #[error("column `{column}` is {kind}, and this needs numbers or dates")]
    NotNumeric {
        /// The column.
        column: String,
        /// What it holds.
        kind: ColumnKind,
    },
    /// Columns of different lengths.
    #[error("column `{column}` has {rows} rows where {expected} are expected")]
    Lengths {
        /// The column.
        column: String,
        /// Its rows.
        rows: usize,
        /// The rows it should have.
        expected: usize,
    },
    /// The target cannot be learnt from.
    #[error("target `{column}`: {message}")]
    Target {
        /// The target column.
        column: String,
        /// What is wrong and what to do.
        message: String,
    },
    /// The rows cannot be split as asked.
    #[error("cannot split the rows: {0}")]
    Split(
        /// What is wrong and what to do.
        String,
    ),
    /// A file of predictions that cannot be evaluated.
    #[error("{path}: {message}")]
    Predictions {
        /// The file.
        path: String,
        /// What is wrong and what to do.
        message: String,
    },
    /// Anything else that was asked wrongly.
    #[error("{0}")]
    BadArgument(
        /// What is wrong and what to do.
        String,
    ),
}

impl DataError {
    /// The word of the contract's `failure` record for this error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownColumn { .. } => "unknown-column",
            Self::NotNumeric { .. } => "not-numeric",
            Self::BadArgument(_) | Self::Lengths { .. } => "bad-argument",
            _ => "unavailable",
        }
    }

    /// What the system said of a file that was to be read, and what to do.
    pub(crate) fn io(path: &str, error: &std::io::Error) -> Self {
        let remedy = match error.kind() {
            std::io::ErrorKind::NotFound => "; check the path, which starts at the folder of the configuration",
            std::io::ErrorKind::PermissionDenied => "; let the user who runs Portcullis read it",
            _ => "",
        };
        Self::Io { path: path.to_owned(), reason: format!("{error}{remedy}") }
    }

    pub(crate) fn bad(message: impl Into<String>) -> Self {
        Self::BadArgument(message.into())
    }

    pub(crate) fn file(path: &str, message: impl Into<String>) -> Self {
        Self::File { path: path.to_owned(), message: message.into() }
    }

    pub(crate) fn line(path: &str, line: u64, message: impl Into<String>) -> Self {
        Self::Line { path: path.to_owned(), line, message: message.into() }
    }
}

/// What to do about a number with a comma in it.
fn pointed(kind: ColumnKind, value: &str) -> &'static str {
    let number = matches!(kind, ColumnKind::Integer | ColumnKind::Number);
    if number && value.contains(',') && is_number(value.trim()) {
        "; numbers are written with a decimal point, and without marks between thousands"
    } else {
        ""
    }
}

/// The names for a message: the first twenty, then how many more there are.
pub(crate) fn listed<S: AsRef<str>>(names: &[S]) -> String {
    const SHOWN: usize = 20;
    let text = names.iter().take(SHOWN).map(|name| clipped(name.as_ref())).collect::<Vec<_>>().join(", ");
    match names.len() {
        0 => "(none)".to_owned(),
        n if n > SHOWN => format!("{text} and {} more", n - SHOWN),
        _ => text,
    }
}

/// A value for a message: at most sixty characters of it.
pub(crate) fn clipped(value: &str) -> String {
    const SHOWN: usize = 60;
    match value.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", value.get(..end).unwrap_or_default()),
        None => value.to_owned(),
    }
}
