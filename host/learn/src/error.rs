//! What can go wrong in training and predicting, said so that a person can mend it.

use portcullis_stats::Task;

use crate::family::Family;
use crate::file::ModelFileError;
use crate::trees::TreesError;

/// Why a model could not be trained or used.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum LearnError {
    /// A name that is no family.
    #[error("`{given}` is not a model family{hint}; valid: {valid}")]
    UnknownFamily {
        /// What was written.
        given: String,
        /// ` (did you mean …?)`, or empty.
        hint: String,
        /// The families.
        valid: String,
    },
    /// The family exists but not for this task.
    #[error("{family} cannot be trained for a {task} target; families for it: {valid}")]
    FamilyTask {
        /// The family.
        family: Family,
        /// The task that the target poses.
        task: Task,
        /// The families for this task.
        valid: String,
    },
    /// A key of `[model]` that the family does not have.
    #[error("[model] {key}: {family} has no such parameter{hint}; valid: {valid}")]
    UnknownParameter {
        /// The key.
        key: String,
        /// The family.
        family: Family,
        /// ` (did you mean …?)`, or empty.
        hint: String,
        /// The family's keys.
        valid: String,
    },
    /// A parameter of the wrong type or out of range.
    #[error("[model] {key} = {value}: must be {expected}")]
    BadParameter {
        /// The key.
        key: String,
        /// What was given, as JSON.
        value: String,
        /// What is valid.
        expected: String,
    },
    /// There is nothing to learn from.
    #[error("there are no rows to train on")]
    NoRows,
    /// There is nothing to learn from.
    #[error("there are no feature columns to train on; list some in [data] features")]
    NoColumns,
    /// Inputs and target disagree.
    #[error("the target has {target} rows where the features have {inputs}")]
    Rows {
        /// Rows of the features.
        inputs: usize,
        /// Rows of the target.
        target: usize,
    },
    /// A target with one value teaches nothing.
    #[error("the target is `{value}` in each of the {rows} training rows: there is nothing to learn")]
    ConstantTarget {
        /// The one value.
        value: String,
        /// How many rows.
        rows: usize,
    },
    /// A target that cannot be learnt.
    #[error("the target in row {row} is {value}; every row needs a finite number")]
    TargetValue {
        /// The row, from 1.
        row: usize,
        /// Its value.
        value: f64,
    },
    /// A class code without a class.
    #[error("training row {row} has class code {code}, but there are {classes} classes")]
    TargetCode {
        /// The row, from 1.
        row: usize,
        /// The code.
        code: u32,
        /// Number of classes.
        classes: usize,
    },
    /// A column without a single value.
    #[error("column `{column}` has no value in any training row; leave it out of [data] features or fill it")]
    AllMissing {
        /// The column.
        column: String,
    },
    /// An infinite number where a mean is needed.
    #[error(
        "column `{column}` has an infinite value in row {row}, which {family} cannot use; clean it, leave the column out of \
         [data] features, or use a family of trees"
    )]
    Infinite {
        /// The column.
        column: String,
        /// The first such row of those given, from 1.
        row: usize,
        /// The family.
        family: Family,
    },
    /// One-hot encoding would make too many columns.
    #[error(
        "column `{column}` has {levels} distinct values, more than the {limit} that one-hot encoding takes; leave it \
         out of [data] features, set [model] encoding = \"ordinal\", or raise [model] max-levels"
    )]
    TooManyLevels {
        /// The column.
        column: String,
        /// Its distinct values in the training part.
        levels: usize,
        /// The limit.
        limit: u32,
    },
    /// Columns that the model reads and the rows do not have.
    #[error("the rows to predict lack the model's input {missing}; the model reads: {inputs}")]
    MissingColumns {
        /// The columns that are not there.
        missing: String,
        /// All inputs.
        inputs: String,
    },
    /// A column of another type than in training.
    #[error("input `{column}` holds {found} here, but held {expected} when the model was trained")]
    WrongKind {
        /// The column.
        column: String,
        /// What it holds.
        found: &'static str,
        /// What it should hold.
        expected: &'static str,
    },
    /// The algorithm gave up.
    #[error("{family} could not be fitted: {reason}")]
    Fit {
        /// The family.
        family: Family,
        /// What happened and what to do.
        reason: String,
    },
    /// The trees could not be grown or used.
    #[error(transparent)]
    Trees(#[from] TreesError),
    /// A model's file cannot be read or written.
    #[error(transparent)]
    File(#[from] ModelFileError),
}

impl LearnError {
    /// The row that it names, from 1 among those that were given: for who knows where they were taken from.
    pub fn row_mut(&mut self) -> Option<&mut usize> {
        match self {
            Self::TargetValue { row, .. } | Self::TargetCode { row, .. } | Self::Infinite { row, .. } => Some(row),
            _ => None,
        }
    }
}

/// Names in a row, for a message.
pub(crate) fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    names.into_iter().collect::<Vec<_>>().join(", ")
}

/// ` (did you mean …?)` for a name that is close to one of these, else nothing.
pub(crate) fn hint<'a>(given: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    // Beyond a third of the word, a suggestion confuses more than it helps.
    let most = (given.chars().count() / 3).max(1);
    names
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(given, name), name))
        .filter(|(distance, _)| *distance <= most)
        .min()
        .map_or_else(String::new, |(_, name)| format!(" (did you mean `{name}`?)"))
}
