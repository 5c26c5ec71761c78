//! What is to be predicted.

use portcullis_stats::Task;
use serde::{Deserialize, Serialize};

use crate::comma;
use crate::error::{DataError, clipped, listed};
use crate::frame::{Categories, MISSING, gather};
use crate::kind::ColumnKind;
use crate::table::Table;

/// Integers with more values than this are numbers to be estimated, unless the task says otherwise.
pub const MOST_INTEGER_CLASSES: u64 = 20;
/// Integers are classes only if there are so many rows for each on average; two values are always classes.
pub const ROWS_PER_INTEGER_CLASS: u64 = 5;
/// Names, in any case, of a class that is the positive one of two if the other is not among them.
pub const POSITIVE_NAMES: [&str; 8] = ["1", "true", "yes", "y", "t", "positive", "pos", "+"];

/// What the configuration says of the target.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetOptions {
    /// The task; none: see [`target`].
    pub task: Option<Task>,
    /// The positive class of a binary task; none: the one of the two that is named like one of [`POSITIVE_NAMES`].
    pub positive: Option<String>,
}

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

/// The target of a table.
///
/// Unless the options say otherwise the task is a classification for text, booleans and few integers, else a regression.
/// Integers (and numbers that are all whole, such as 0.0 and 1.0) are few if they have at most [`MOST_INTEGER_CLASSES`]
/// different values and at least [`ROWS_PER_INTEGER_CLASS`] rows for each on average, or two values. Two classes make a
/// binary task.
///
/// # Errors
/// An unknown column; rows without a label (their number and the first); one class or value only; as many classes as
/// rows; a date; a binary task whose positive class cannot be told; options that the column does not fit.
pub fn target(table: &Table, column: &str, options: &TargetOptions) -> Result<Target, DataError> {
    complete(table, column)?;
    match options.task {
        Some(Task::Regression) => numbers(table, column, options),
        Some(_) => classes(table, column, options),
        None if is_classification(table, column)? => classes(table, column, options),
        None => numbers(table, column, options),
    }
}

/// The target of another table of the same columns, a held-out file for instance, in the classes of a first one.
///
/// # Errors
/// As [`target`], and a label that is none of the first table's classes.
pub fn target_like(table: &Table, column: &str, first: &Target) -> Result<Target, DataError> {
    complete(table, column)?;
    let (classes, positive) = match first {
        Target::Numbers(_) => return Ok(Target::Numbers(finite(table, column)?)),
        Target::Classes { classes, positive, .. } => (classes, positive),
    };
    let labels = table.categories(column)?;
    let place = |level: &String| classes.iter().position(|class| class == level).map(|place| place as u32);
    let places: Vec<u32> = labels
        .levels
        .iter()
        .map(|level| {
            place(level).ok_or_else(|| {
                wrong(column, format!("the class `{}` is none of those learnt: {}", clipped(level), listed(classes)))
            })
        })
        .collect::<Result<_, _>>()?;
    Ok(Target::Classes { classes: classes.clone(), codes: gather(&places, &labels.codes, 0), positive: *positive })
}

/// Whether a column is a target of classes by itself; see [`target`].
pub(crate) fn is_classification(table: &Table, column: &str) -> Result<bool, DataError> {
    let described = table.column(column)?;
    let whole = match described.kind() {
        ColumnKind::Boolean | ColumnKind::Text => return Ok(true),
        ColumnKind::Integer => true,
        ColumnKind::Number => table
            .numbers(column)?
            .iter()
            .all(|number| number.is_nan() || (number.trunc() == *number && number.is_finite())),
        kind @ (ColumnKind::Date | ColumnKind::DateTime | ColumnKind::Time | ColumnKind::Other) => {
            return Err(wrong(
                column,
                format!("it is of type {kind}; a target is boolean, text, integer or number (set it in [data] types)"),
            ));
        }
    };
    let distinct = described.distinct_count()?;
    let few = distinct <= MOST_INTEGER_CLASSES && table.row_count() >= ROWS_PER_INTEGER_CLASS * distinct;
    Ok(whole && (distinct <= 2 || few))
}

pub(crate) fn wrong(column: &str, message: impl Into<String>) -> DataError {
    DataError::Target { column: column.to_owned(), message: message.into() }
}

/// Refuses rows without a label.
pub(crate) fn complete(table: &Table, column: &str) -> Result<(), DataError> {
    let nulls = table.column(column)?.null_count()?;
    if nulls == 0 {
        return Ok(());
    }
    if nulls == table.row_count() {
        return Err(wrong(column, "it has no value in any row"));
    }
    let first = table.categories(column)?.codes.iter().position(|code| *code == MISSING).unwrap_or(0) + 1;
    let rows = if nulls == 1 { "1 row has".to_owned() } else { format!("{nulls} rows have") };
    Err(wrong(column, format!("{rows} no label, the first is row {first}; label them or leave them out")))
}

fn numbers(table: &Table, column: &str, options: &TargetOptions) -> Result<Target, DataError> {
    if let Some(positive) = &options.positive {
        return Err(wrong(
            column,
            format!("positive = \"{}\" is for two classes, but this is a regression", clipped(positive)),
        ));
    }
    let numbers = finite(table, column)?;
    if let Some(first) = numbers.first().filter(|first| numbers.iter().all(|number| number == *first)) {
        return Err(wrong(column, format!("every row has the value {first}; there is nothing to learn")));
    }
    Ok(Target::Numbers(numbers))
}

pub(crate) fn finite(table: &Table, column: &str) -> Result<Vec<f64>, DataError> {
    let kind = table.column(column)?.kind();
    if !matches!(kind, ColumnKind::Integer | ColumnKind::Number) {
        return Err(wrong(column, format!("it is of type {kind}, and a regression needs integers or numbers")));
    }
    let numbers = table.numbers(column)?;
    match numbers.iter().position(|number| !number.is_finite()) {
        Some(row) => Err(wrong(column, format!("row {} is not a finite number", row + 1))),
        None => Ok(numbers),
    }
}

fn classes(table: &Table, column: &str, options: &TargetOptions) -> Result<Target, DataError> {
    let Categories { codes, levels } = table.categories(column)?;
    if let [only] = levels.as_slice() {
        return Err(wrong(column, format!("every row has the class `{}`; there is nothing to learn", clipped(only))));
    }
    if levels.len() > 2 && levels.len() == codes.len() {
        if let Some(example) = comma::example(&levels) {
            return Err(wrong(
                column,
                format!("it is text with numbers like `{example}`; write them with a decimal point"),
            ));
        }
        return Err(wrong(
            column,
            "every row has a class of its own; is it an id? Set [model] task to regression otherwise",
        ));
    }
    let positive = positive_class(column, &levels, options)?;
    Ok(Target::Classes { classes: levels, codes, positive })
}

/// The positive class; none for a multiclass task.
pub(crate) fn positive_class(
    column: &str,
    classes: &[String],
    options: &TargetOptions,
) -> Result<Option<u32>, DataError> {
    let ([first, second], false) = (classes, options.task == Some(Task::Multiclass)) else {
        if options.task == Some(Task::Binary) {
            return Err(wrong(
                column,
                format!("a binary task has two classes, but there are {}: {}", classes.len(), listed(classes)),
            ));
        }
        if let Some(positive) = &options.positive {
            return Err(wrong(
                column,
                format!(
                    "positive = \"{}\" is for a binary task, but this one is multiclass: {}",
                    clipped(positive),
                    listed(classes)
                ),
            ));
        }
        return Ok(None);
    };
    if let Some(positive) = &options.positive {
        return match classes.iter().position(|class| class == positive) {
            Some(place) => Ok(Some(place as u32)),
            None => Err(wrong(
                column,
                format!("positive = \"{}\" is none of its classes `{first}` and `{second}`", clipped(positive)),
            )),
        };
    }
    let named = |class: &str| POSITIVE_NAMES.iter().any(|name| class.trim().eq_ignore_ascii_case(name));
    match (named(first), named(second)) {
        (true, false) => Ok(Some(0)),
        (false, true) => Ok(Some(1)),
        _ => Err(wrong(
            column,
            format!(
                "which of its classes `{0}` and `{1}` is the positive one? Add to [data] the line positive = \"{1}\" \
                 (or \"{0}\")",
                clipped(first),
                clipped(second)
            ),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cells::{Cells, Unit, Whole, intern};
    use crate::slot::Slot;
    use std::sync::Arc;

    fn of(cells: Cells) -> Table {
        let rows = cells.len() as u64;
        Table::of_slots(vec![Arc::new(Slot::ready("y".into(), cells.kind(), cells))], rows, vec![]).unwrap()
    }

    fn text(values: &[&str]) -> Table {
        of(Cells::Text(intern(&values.iter().map(|value| (!value.is_empty()).then_some(value)).collect::<Vec<_>>())))
    }

    fn integers(values: Vec<i64>) -> Table {
        of(Cells::Whole(Whole { values, missing: None, unit: Unit::One }))
    }

    fn found(table: &Table) -> Target {
        target(table, "y", &TargetOptions::default()).unwrap()
    }

    fn error(table: &Table, options: &TargetOptions) -> String {
        target(table, "y", options).unwrap_err().to_string()
    }

    #[test]
    fn the_task_is_told_by_the_values() {
        assert_eq!(found(&text(&["a", "b", "c", "a"])).task(), Task::Multiclass);
        assert_eq!(found(&of(Cells::Boolean(vec![0, 1, 1]))).task(), Task::Binary);
        assert_eq!(found(&integers((0..100).map(|i| i % 10).collect())).task(), Task::Multiclass);
        assert_eq!(found(&integers((0..100).map(|i| i % 10).collect())).classes()[2], "2");
        assert_eq!(found(&integers((0..49).map(|i| i % 10).collect())).task(), Task::Regression);
        assert_eq!(found(&integers((0..500).map(|i| i % 21).collect())).task(), Task::Regression);
        assert_eq!(found(&integers(vec![0, 1])).task(), Task::Binary);
        let floats = found(&of(Cells::Numbers(vec![1.0, 0.0, 1.0])));
        assert_eq!((floats.task(), floats.classes().join(" ")), (Task::Binary, "0 1".to_owned()));
        assert_eq!(found(&of(Cells::Numbers(vec![1.5, 0.0, 1.0]))).task(), Task::Regression);
        let forced = TargetOptions { task: Some(Task::Multiclass), positive: None };
        let two = target(&text(&["a", "b"]), "y", &forced).unwrap();
        assert_eq!(two.task(), Task::Multiclass);
        let forced = TargetOptions { task: Some(Task::Regression), positive: None };
        assert_eq!(target(&integers(vec![0, 1]), "y", &forced), Ok(Target::Numbers(vec![0.0, 1.0])));
    }

    #[test]
    fn the_positive_class_is_configured_or_plain() {
        let positive = |values: &[&str]| match found(&text(values)) {
            Target::Classes { classes, positive, .. } => classes[positive.unwrap() as usize].clone(),
            Target::Numbers(_) => panic!("text is a class"),
        };
        assert_eq!(positive(&["no", "yes"]), "yes");
        assert_eq!(positive(&["Y", "n"]), "Y");
        assert_eq!(positive(&["-1", "1"]), "1");
        assert_eq!(positive(&["neg", "POS"]), "POS");
        let both = error(&text(&["good", "bad"]), &TargetOptions::default());
        assert!(both.contains("`bad` and `good`") && both.contains("positive = \"good\""), "{both}");
        assert!(error(&text(&["1", "yes"]), &TargetOptions::default()).contains("which of"));
        let asked = |name: &str| TargetOptions { task: None, positive: Some(name.to_owned()) };
        let bad = target(&text(&["good", "bad"]), "y", &asked("bad")).unwrap();
        assert!(matches!(bad, Target::Classes { positive: Some(0), .. }));
        assert!(error(&text(&["good", "bad"]), &asked("ugly")).contains("`bad` and `good`"));
        assert!(error(&text(&["a", "b", "c", "a"]), &asked("a")).contains("multiclass"));
    }

    #[test]
    fn what_cannot_be_learnt_is_refused() {
        let plain = TargetOptions::default();
        let missing = error(&text(&["a", "", "b", ""]), &plain);
        assert!(missing.contains("2 rows have no label, the first is row 2"), "{missing}");
        assert!(error(&text(&["", ""]), &plain).contains("no value in any row"));
        assert!(error(&text(&["a", "a"]), &plain).contains("every row has the class `a`"));
        assert!(error(&of(Cells::Numbers(vec![2.5, 2.5])), &plain).contains("every row has the value 2.5"));
        assert!(error(&text(&["a", "b", "c"]), &plain).contains("an id"));
        assert!(error(&text(&["1,5", "2,25", "3"]), &plain).contains("`1,5`; write them with a decimal point"));
        assert!(error(&of(Cells::Numbers(vec![0.5, f64::INFINITY])), &plain).contains("row 2"));
        let day = Cells::Whole(Whole { values: vec![1, 2], missing: None, unit: Unit::Days });
        assert!(error(&of(day), &plain).contains("of type date"));
        let regression = TargetOptions { task: Some(Task::Regression), positive: None };
        assert!(error(&text(&["a", "b"]), &regression).contains("of type text"));
        let binary = TargetOptions { task: Some(Task::Binary), positive: None };
        assert!(error(&text(&["a", "b", "c", "c"]), &binary).contains("there are 3: a, b, c"));
    }

    #[test]
    fn a_second_table_is_put_in_the_classes_of_the_first() {
        let first = found(&text(&["a", "b", "c", "c"]));
        let second = target_like(&text(&["c", "c"]), "y", &first).unwrap();
        let Target::Classes { codes, classes, .. } = second else { panic!("classes stay classes") };
        assert_eq!((codes, classes.len()), (vec![2, 2], 3));
        let unknown = target_like(&text(&["d"]), "y", &first).unwrap_err().to_string();
        assert!(unknown.contains("`d`") && unknown.contains("a, b, c"), "{unknown}");
    }
}
