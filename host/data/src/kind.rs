//! What a column holds.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The type of a column, in the words of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ColumnKind {
    /// True or false.
    Boolean,
    /// A whole number of at most 64 bits.
    Integer,
    /// A floating-point number; NaN counts as missing.
    Number,
    /// Text, a closed list of words included.
    Text,
    /// A day without a time; as a number, seconds from 1970-01-01 to its midnight UTC.
    Date,
    /// An instant; as a number, seconds since 1970-01-01 UTC. One without a time zone counts as UTC.
    DateTime,
    /// A time of day; as a number, seconds since midnight.
    Time,
    /// Anything else: lists, records, bytes, durations. Can be counted and compared as text.
    Other,
}

impl ColumnKind {
    /// Every kind.
    pub const ALL: [Self; 8] =
        [Self::Boolean, Self::Integer, Self::Number, Self::Text, Self::Date, Self::DateTime, Self::Time, Self::Other];

    /// The word for it in the contract, the configuration and the reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Text => "text",
            Self::Date => "date",
            Self::DateTime => "datetime",
            Self::Time => "time",
            Self::Other => "other",
        }
    }

    /// Whether the values have an order and a distance: integers, numbers, dates and times.
    pub fn is_numeric(self) -> bool {
        matches!(self, Self::Integer | Self::Number | Self::Date | Self::DateTime | Self::Time)
    }
}

impl fmt::Display for ColumnKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that names no kind of column.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no type of column; valid: boolean, integer, number, text, date, datetime, time, other")]
pub struct UnknownKind(
    /// The word.
    pub String,
);

impl FromStr for ColumnKind {
    type Err = UnknownKind;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word).ok_or_else(|| UnknownKind(word.to_owned()))
    }
}

/// Name and type of a column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnInfo {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: ColumnKind,
}

impl ColumnInfo {
    /// A column of this name and kind.
    pub fn new(name: impl Into<String>, kind: ColumnKind) -> Self {
        Self { name: name.into(), kind }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_reads_back_from_its_word() {
        for kind in ColumnKind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(kind));
            assert_eq!(serde_json::to_string(&kind).unwrap(), format!("\"{kind}\""));
        }
        let error = "float".parse::<ColumnKind>().unwrap_err().to_string();
        for kind in ColumnKind::ALL {
            assert!(error.contains(kind.as_str()), "{error} does not list {kind}");
        }
    }
}
