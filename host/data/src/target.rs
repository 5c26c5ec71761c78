//! What is to be predicted.

use portcullis_stats::Task;

use crate::frame::gather;

/// The truth, one entry per row: classes or numbers.
#[derive(Debug, Clone, PartialEq)]
pub enum Target {
    /// A classification.
    Classes {
        /// The classes: text sorted by its bytes, numbers by value, false before true.
        classes: Vec<String>,
        /// The class of each row: an index into `classes`.
        codes: Vec<u32>,
        /// The positive class of a binary task; none makes it a multiclass task.
        positive: Option<u32>,
    },
    /// A regression.
    Numbers(Vec<f64>),
}

impl Target {
    /// The task that this target poses.
    pub fn task(&self) -> Task {
        match self {
            Self::Classes { positive: Some(_), .. } => Task::Binary,
            Self::Classes { positive: None, .. } => Task::Multiclass,
            Self::Numbers(_) => Task::Regression,
        }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        match self {
            Self::Classes { codes, .. } => codes.len(),
            Self::Numbers(numbers) => numbers.len(),
        }
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The classes; none for a regression.
    pub fn classes(&self) -> &[String] {
        match self {
            Self::Classes { classes, .. } => classes,
            Self::Numbers(_) => &[],
        }
    }

    /// These rows, in this order. A row out of range is left out.
    #[must_use]
    pub fn take(&self, rows: &[u32]) -> Self {
        let len = self.len();
        let inside: Vec<u32> = rows.iter().copied().filter(|row| (*row as usize) < len).collect();
        match self {
            Self::Classes { classes, codes, positive } => {
                Self::Classes { classes: classes.clone(), codes: gather(codes, &inside, 0), positive: *positive }
            }
            Self::Numbers(numbers) => Self::Numbers(gather(numbers, &inside, 0.0)),
        }
    }
}
