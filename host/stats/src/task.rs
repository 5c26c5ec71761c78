//! What a model predicts.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What a model predicts, which decides the metrics that apply.
///
/// ```
/// use portcullis_stats::Task;
/// assert_eq!("binary".parse(), Ok(Task::Binary));
/// assert_eq!(
///     "ranking".parse::<Task>().unwrap_err().to_string(),
///     "`ranking` is not a task; valid: binary, multiclass, regression"
/// );
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Task {
    /// One of two classes, one of which is the positive one.
    Binary,
    /// One of several classes, none of which is special.
    Multiclass,
    /// A number.
    Regression,
}

impl Task {
    /// Every task.
    pub const ALL: [Self; 3] = [Self::Binary, Self::Multiclass, Self::Regression];

    /// The word used in configuration files, the contract and the run record.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Binary => "binary",
            Self::Multiclass => "multiclass",
            Self::Regression => "regression",
        }
    }

    /// Whether classes are predicted rather than numbers.
    pub const fn is_classification(self) -> bool {
        matches!(self, Self::Binary | Self::Multiclass)
    }
}

impl fmt::Display for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A word that names no task.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a task; valid: binary, multiclass, regression")]
pub struct ParseTaskError(String);

impl FromStr for Task {
    type Err = ParseTaskError;

    fn from_str(given: &str) -> Result<Self, ParseTaskError> {
        Self::ALL.into_iter().find(|task| task.as_str() == given).ok_or_else(|| ParseTaskError(given.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_round_trip() {
        for task in Task::ALL {
            assert_eq!(task.as_str().parse(), Ok(task));
            assert_eq!(task.is_classification(), task != Task::Regression);
        }
        assert!("Binary".parse::<Task>().is_err());
    }
}
