//! What the data says about the project to write.

use anyhow::{Context as _, bail};
use portcullis_data::{
    ColumnKind, ColumnProfile, Commas, DataError, SplitSpec, Table, Target, TargetOptions, TestPart, decimal_commas,
    split, target,
};
use portcullis_stats::Task;

use super::bounds::percent_down;
use super::features::{self, Uses};
use super::quoting::shown;
use super::target::{self as aim, Choice};

/// The seed of the split that is written.
pub(super) const SEED: u32 = 42;
/// Policies get no metric of fewer rows unless `[sandbox] smallest-group` is lowered, so at least these are held out.
const HELD_OUT: u64 = 10;
/// And at least as many are learnt from.
const FEWEST: u64 = 2 * HELD_OUT;
/// A class rarer than this makes accuracy a flattering number.
const BALANCED: f64 = 0.3;

/// All that is guessed.
#[derive(Debug)]
pub(super) struct Guess {
    /// Rows of the data.
    pub rows: u64,
    /// Its columns.
    pub columns: Vec<ColumnProfile>,
    /// The column to predict.
    pub target: Choice,
    /// The task.
    pub task: Task,
    /// Whether the configuration must say so because the data would be taken for something else.
    pub say_task: bool,
    /// Name and rows of each class; empty for a regression.
    pub classes: Vec<(String, u64)>,
    /// The commonest value of a regression's target and its rows, where it leaves too few others to be sure of some among the
    /// rows held out.
    pub nearly_constant: Option<(String, u64)>,
    /// The positive class and why it is.
    pub positive: Option<(String, &'static str)>,
    /// What the other columns are for.
    pub uses: Uses,
    /// Share of the rows to hold out.
    pub test: f64,
    /// Whether each class can have its share on both sides.
    pub stratify: bool,
    /// The bound to begin with.
    pub bar: Bar,
    /// A row in the middle of the data: medians and commonest values of the features, and of the target.
    pub typical: Vec<(String, Typical)>,
    /// Columns that are text because their numbers have decimal commas.
    pub commas: Vec<Commas>,
}

/// A metric and its smallest value that passes.
#[derive(Debug, PartialEq)]
pub(super) struct Bar {
    /// The metric.
    pub metric: &'static str,
    /// Its bound.
    pub min: f64,
    /// What reaches this bound without learning anything.
    pub why: String,
}

/// A value of a typical row.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Typical {
    /// Of a column of numbers.
    Number(f64),
    /// Of any other.
    Text(String),
    /// Of a column of booleans.
    Boolean(bool),
}

impl Guess {
    /// Guesses from a table whose columns have been looked at.
    ///
    /// # Errors
    /// Too few rows, no or no such target, a target that cannot be learnt, nothing to learn it from.
    pub fn of(table: &Table, columns: Vec<ColumnProfile>, given: Option<&str>) -> anyhow::Result<Self> {
        let rows = table.row_count();
        if rows < FEWEST {
            bail!(
                "the data has {rows} row{}; init needs at least {FEWEST}, to hold out {HELD_OUT} that a model is judged on",
                if rows == 1 { "" } else { "s" }
            );
        }
        let choice = aim::choose(&columns, rows, given)?;
        let (truth, positive, say_task) = truth(table, &choice.column).with_context(|| {
            let named = if choice.given { "" } else { " (guessed; --target names another)" };
            format!("column `{}` cannot be the target{named}", shown(&choice.column))
        })?;
        let classes = counted(&truth);
        let mut uses = features::sort(&columns, rows, &choice.column)?;
        if truth.task() != Task::Binary || uses.features.is_empty() {
            // Fairness of a selection is what the stock policy knows; elsewhere the column is a feature like any other.
            let groups = std::mem::take(&mut uses.groups);
            let is_feature = |name: &String| uses.features.contains(name) || groups.contains(name);
            uses.features = columns.iter().map(|column| column.name.clone()).filter(is_feature).collect();
        }
        let (test, stratify) = held_out(table, &truth);
        let typical = typical(table, &columns, &uses.features, &choice.column, truth.task())?;
        Ok(Self {
            rows,
            task: truth.task(),
            bar: bar(truth.task(), &classes, stratify),
            nearly_constant: nearly_constant(table, &choice.column, truth.task())?,
            target: choice,
            say_task,
            classes,
            positive,
            uses,
            test,
            stratify,
            typical,
            commas: decimal_commas(table)?,
            columns,
        })
    }

    /// The share of the rows in which a column is missing.
    pub fn missing_share(&self, column: &ColumnProfile) -> f64 {
        column.missing as f64 / self.rows as f64
    }
}

/// The target as the configuration will have it, its positive class, and whether its task must be written down.
type Truth = (Target, Option<(String, &'static str)>, bool);

fn truth(table: &Table, column: &str) -> Result<Truth, DataError> {
    let found = match target(table, column, &TargetOptions::default()) {
        Ok(found) => found,
        Err(error) => return chosen(table, column, error),
    };
    if let Target::Classes { classes, positive: Some(positive), .. } = &found {
        let named = classes.get(*positive as usize).map(|class| (class.clone(), "its name says so"));
        return Ok((found, named, false));
    }
    // A number that one row alone has cannot be held out and learnt too: it is an amount rather than a code.
    let numbers = matches!(table.column(column)?.kind(), ColumnKind::Integer | ColumnKind::Number);
    if numbers && counted(&found).iter().any(|(_, rows)| *rows < 2) {
        let amount = TargetOptions { task: Some(Task::Regression), positive: None };
        return Ok((target(table, column, &amount)?, None, true));
    }
    Ok((found, None, false))
}

/// Two classes of which neither is plainly the positive one; any other error stays what it is.
fn chosen(table: &Table, column: &str, error: DataError) -> Result<Truth, DataError> {
    let values = table.column(column)?.frequencies(3)?;
    if table.column(column)?.null_count()? > 0 || values.len() != 2 {
        return Err(error);
    }
    // In the order of the classes, not of the counts: the outcome must not depend on which is commoner.
    let levels = table.categories(column)?.levels;
    let rows = |level: &str| values.iter().find(|(value, _)| value == level).map_or(0, |(_, rows)| *rows);
    let [first, second] = levels.as_slice() else { return Err(error) };
    let (place, why) = aim::positive((first, rows(first)), (second, rows(second)));
    let name = if place == 0 { first } else { second };
    let options = TargetOptions { task: None, positive: Some(name.clone()) };
    match target(table, column, &options) {
        Ok(found) => Ok((found, Some((name.clone(), why)), false)),
        Err(_) => Err(error),
    }
}

/// The classes with their rows.
fn counted(truth: &Target) -> Vec<(String, u64)> {
    let Target::Classes { classes, codes, .. } = truth else { return Vec::new() };
    let mut counts = vec![0u64; classes.len()];
    for code in codes {
        if let Some(count) = counts.get_mut(*code as usize) {
            *count += 1;
        }
    }
    classes.iter().cloned().zip(counts).collect()
}

/// The share to hold out and whether it can be stratified: what is written must work, so it is tried.
fn held_out(table: &Table, truth: &Target) -> (f64, bool) {
    let rows = table.row_count() as f64;
    let least = (HELD_OUT as f64 / rows * 100.0).ceil() / 100.0;
    let usual = if (rows * 0.2).round() >= HELD_OUT as f64 { 0.2 } else { least };
    let works = |test: f64| {
        let spec = SplitSpec { test: TestPart::Fraction(test), seed: SEED, stratify: true, by: None, time: None };
        split(table, truth, &spec).is_ok()
    };
    let shares = [usual, 0.25, 0.3, 0.4, 0.5];
    match shares.into_iter().find(|share| *share >= usual && works(*share)) {
        Some(share) => (share, true),
        None => (usual, false),
    }
}

/// The bound to begin with: what is reached by learning nothing.
fn bar(task: Task, classes: &[(String, u64)], stratified: bool) -> Bar {
    let rows = classes.iter().map(|(_, rows)| rows).sum::<u64>().max(1) as f64;
    // Of equals the first.
    let commonest = classes.iter().rev().max_by_key(|(_, rows)| *rows);
    let share = commonest.map_or(0.0, |(_, most)| *most as f64 / rows);
    let always = || {
        let name = commonest.map_or_else(String::new, |(name, _)| shown(name));
        format!("what always answering {name} comes to")
    };
    match task {
        Task::Regression => Bar { metric: "r2", min: 0.0, why: "what always answering the mean comes to".to_owned() },
        Task::Binary if share > 1.0 - BALANCED => {
            Bar { metric: "roc_auc", min: 0.5, why: "what guessing comes to".to_owned() }
        }
        Task::Multiclass if share > 1.0 - BALANCED && stratified => {
            Bar { metric: "balanced_accuracy", min: percent_down(1.0 / classes.len() as f64), why: always() }
        }
        // Held-out classes do not have exactly the shares of all rows.
        _ => Bar { metric: "accuracy", min: percent_down(if stratified { share } else { share * 0.8 }), why: always() },
    }
}

/// Rows with another value than the commonest, of which so few that R² may be undefined on the rows held out.
const FEW_OTHERS: u64 = 30;

fn nearly_constant(table: &Table, target: &str, task: Task) -> Result<Option<(String, u64)>, DataError> {
    if task != Task::Regression {
        return Ok(None);
    }
    let commonest = table.column(target)?.frequencies(1)?.into_iter().next();
    let rows = table.row_count();
    Ok(commonest.filter(|(_, count)| count * 2 > rows && rows - count < FEW_OTHERS))
}

/// A made-up row from the middle of the data: no row of the data, because those may be people.
fn typical(
    table: &Table,
    columns: &[ColumnProfile],
    features: &[String],
    target: &str,
    task: Task,
) -> Result<Vec<(String, Typical)>, DataError> {
    let mut row = Vec::new();
    for column in columns.iter().filter(|column| features.contains(&column.name) || column.name == target) {
        let values = table.column(&column.name)?;
        let is_class = column.name == target && task != Task::Regression;
        let value = match column.kind {
            ColumnKind::Integer | ColumnKind::Number | ColumnKind::Time if !is_class => {
                values.quantiles(&[0.5])?.first().copied().filter(|median| median.is_finite()).map(Typical::Number)
            }
            kind => values.frequencies(1)?.into_iter().next().map(|(value, _)| match (kind, value.as_str()) {
                (ColumnKind::Boolean, "true") => Typical::Boolean(true),
                (ColumnKind::Boolean, "false") => Typical::Boolean(false),
                _ => Typical::Text(value),
            }),
        };
        row.extend(value.map(|value| (column.name.clone(), value)));
    }
    Ok(row)
}

#[cfg(test)]
mod tests {
    use super::*;
    use portcullis_data::{ReadOptions, profile, read};
    use std::fmt::Write as _;

    fn guess(csv: &str, target: Option<&str>) -> anyhow::Result<Guess> {
        let folder = tempfile::tempdir()?;
        std::fs::write(folder.path().join("x.csv"), csv)?;
        let table = read(folder.path(), &["x.csv".to_owned()], &ReadOptions::default())?;
        Guess::of(&table, profile(&table)?, target)
    }

    /// A table with one feature and a label that depends on the row.
    fn labelled(rows: usize, label: impl Fn(usize) -> String) -> String {
        let mut csv = "x,label\n".to_owned();
        for row in 0..rows {
            let _ = writeln!(csv, "{}.5,{}", (row * 37) % 101, label(row));
        }
        csv
    }

    #[test]
    fn three_classes_in_equal_parts() {
        let found = guess(&labelled(150, |row| ["a", "b", "c"][row % 3].to_owned()), None).unwrap();
        assert_eq!(found.task, Task::Multiclass);
        assert_eq!((found.test, found.stratify, found.say_task), (0.2, true, false));
        assert_eq!(
            found.bar,
            Bar { metric: "accuracy", min: 0.33, why: "what always answering a comes to".to_owned() }
        );
        assert_eq!(
            found.typical,
            [("x".to_owned(), Typical::Number(50.0)), ("label".to_owned(), Typical::Text("a".into()))]
        );
    }

    #[test]
    fn two_classes_of_which_one_is_rare() {
        let plain = guess(&labelled(200, |row| if row % 10 == 0 { "yes" } else { "no" }.to_owned()), None).unwrap();
        assert_eq!((plain.task, plain.bar.metric, plain.bar.min), (Task::Binary, "roc_auc", 0.5));
        assert_eq!(plain.positive, Some(("yes".to_owned(), "its name says so")));
        let unclear =
            guess(&labelled(200, |row| if row % 10 == 0 { "leaves" } else { "stays" }.to_owned()), None).unwrap();
        assert_eq!(unclear.positive, Some(("leaves".to_owned(), "the rarer of the two")));
        let even = guess(&labelled(200, |row| if row % 5 < 2 { "up" } else { "down" }.to_owned()), None).unwrap();
        assert_eq!((even.bar.metric, even.bar.min), ("accuracy", 0.6));
    }

    #[test]
    fn numbers_are_a_regression_and_so_are_counts_that_occur_once() {
        let amounts = guess(&labelled(100, |row| format!("{}.25", row * 3)), None).unwrap();
        assert_eq!((amounts.task, amounts.say_task, amounts.bar.metric), (Task::Regression, false, "r2"));
        let marks =
            guess(&labelled(100, |row| if row == 7 { "9".to_owned() } else { (row % 5).to_string() }), None).unwrap();
        assert_eq!((marks.task, marks.say_task), (Task::Regression, true));
    }

    #[test]
    fn a_target_of_nearly_one_value_is_noticed() {
        let odd =
            |every: usize| move |row: usize| if row.is_multiple_of(every) { format!("{row}.5") } else { "7.5".into() };
        let noticed = guess(&labelled(200, odd(100)), Some("label")).unwrap().nearly_constant;
        assert_eq!(noticed, Some(("7.5".to_owned(), 198)));
        assert_eq!(guess(&labelled(200, odd(3)), Some("label")).unwrap().nearly_constant, None);
        assert_eq!(guess(&labelled(30, |row| format!("{row}.5")), Some("label")).unwrap().nearly_constant, None);
    }

    #[test]
    fn few_rows_hold_out_enough_to_be_judged() {
        let few = guess(&labelled(30, |row| ["a", "b"][row % 2].to_owned()), None).unwrap();
        assert_eq!(few.test, 0.34);
        let many_classes = guess(&labelled(40, |row| format!("c{}", row % 14)), None).unwrap();
        assert_eq!((many_classes.test, many_classes.stratify), (0.4, true));
        let single =
            guess(&labelled(60, |row| if row == 3 { "c".to_owned() } else { ["a", "b"][row % 2].to_owned() }), None);
        assert!(!single.unwrap().stratify);
        let error = guess(&labelled(19, |row| ["a", "b"][row % 2].to_owned()), None).unwrap_err().to_string();
        assert!(error.contains("19 rows") && error.contains("at least 20"), "{error}");
    }

    #[test]
    fn a_target_that_cannot_be_learnt_is_an_error_that_says_why() {
        let missing =
            guess(&labelled(50, |row| if row == 4 { String::new() } else { ["a", "b"][row % 2].to_owned() }), None);
        let missing = format!("{:#}", missing.unwrap_err());
        assert!(missing.contains("`label`") && missing.contains("--target") && missing.contains("row 5"), "{missing}");
        let constant = format!("{:#}", guess(&labelled(50, |_| "a".to_owned()), Some("label")).unwrap_err());
        assert!(constant.contains("nothing to learn") && !constant.contains("--target names"), "{constant}");
    }

    #[test]
    fn groups_are_kept_apart_for_a_selection_and_used_elsewhere() {
        let people = |label: &dyn Fn(usize) -> String| {
            let mut csv = "sex,x,label\n".to_owned();
            for row in 0..100 {
                let _ = writeln!(csv, "{},{},{}", ["f", "m"][row % 2], row % 17, label(row));
            }
            guess(&csv, None).unwrap().uses
        };
        let selection = people(&|row| ["yes", "no"][row % 3 % 2].to_owned());
        assert_eq!((selection.groups, selection.features), (vec!["sex".to_owned()], vec!["x".to_owned()]));
        let amount = people(&|row| format!("{row}.5"));
        assert_eq!((amount.groups, amount.features), (vec![], vec!["sex".to_owned(), "x".to_owned()]));
    }
}
