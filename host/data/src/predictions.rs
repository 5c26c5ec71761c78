//! Predictions that were made elsewhere.

use std::path::Path;

use portcullis_stats::Task;

use crate::cells::number_text;
use crate::error::{DataError, clipped, listed};
use crate::frame::{MISSING, gather};
use crate::kind::ColumnKind;
use crate::options::ReadOptions;
use crate::read::read;
use crate::table::Table;
use crate::target::{Target, TargetOptions, complete, finite, is_classification, positive_class};
use crate::truth::Spelling;

/// The column with the truth.
pub const LABEL: &str = "label";
/// The column with what was predicted.
pub const PREDICTION: &str = "prediction";
/// The column with the score of the positive class; `score_CLASS` for the class CLASS.
pub const SCORE: &str = "score";

/// How far the scores of a row may be from adding up to 1: single-precision softmax over many classes stays well inside.
const SUM_TOLERANCE: f64 = 1e-3;

/// What was predicted, one entry per row.
#[derive(Debug, Clone, PartialEq)]
pub enum Predicted {
    /// Indices into the classes of the truth.
    Classes(Vec<u32>),
    /// Numbers.
    Numbers(Vec<f64>),
}

/// A file of predictions.
#[derive(Debug, Clone)]
pub struct PredictionFile {
    /// The labels. Its classes are those of the labels, the predictions and the scores together.
    pub truth: Target,
    /// The predictions.
    pub predicted: Predicted,
    /// The scores per row and class, row by row, in the order of the classes; none if the file has none.
    pub scores: Option<Vec<f64>>,
    /// The other columns: id, groups, whatever else the file has.
    pub rest: Table,
    /// The whole file, for data policies.
    pub table: Table,
}

/// Reads a file of predictions, of any format that [`read`] reads.
///
/// Its columns: `label` and `prediction`, both without missing values. Optional scores, between 0 and 1: for each class a
/// column `score_CLASS` (`score_setosa`), which add up to 1 in each row; or, in a binary task, `score` (or one
/// `score_CLASS`), the score of the positive (that) class. Everything else (an id, groups) is kept as it is.
///
/// The task is told from `label` as in [`crate::target`]. A predicted class that is no label is fine. Yes and no may be
/// spelt otherwise in the predictions (and in the names of scores) than in the labels: `true` and `1` are the same class,
/// which is then called what the labels call it.
///
/// # Errors
/// A column that is missing (with those that were found); a missing, NaN or infinite prediction; a score outside 0..1 or
/// scores that do not add up (with the row); scores for some classes only; predictions that share no class with the
/// labels; a positive class that cannot be told.
pub fn read_predictions(
    root: &Path,
    paths: &[String],
    options: &ReadOptions,
    target: &TargetOptions,
) -> Result<PredictionFile, DataError> {
    predictions(&read(root, paths, options)?, target)
}

/// As [`read_predictions`], from a table that has been read.
///
/// # Errors
/// As [`read_predictions`].
pub fn predictions(table: &Table, target: &TargetOptions) -> Result<PredictionFile, DataError> {
    let file = File { table, path: table.sources().first().map_or("the predictions", |source| source.path.as_str()) };
    let names = table.names();
    let lacking: Vec<String> =
        [LABEL, PREDICTION].iter().filter(|name| table.get(name).is_none()).map(|name| format!("`{name}`")).collect();
    if !lacking.is_empty() {
        return Err(file.wrong(format!(
            "there is no column {}; a file of predictions needs `label` and `prediction`; found: {}",
            lacking.join(" and no column "),
            listed(&names)
        )));
    }
    complete(table, LABEL)?;
    let nulls = table.column(PREDICTION)?.null_count()?;
    if nulls > 0 {
        let first = table.categories(PREDICTION)?.codes.iter().position(|code| *code == MISSING).unwrap_or(0) + 1;
        return Err(file.wrong(format!("{nulls} of the predictions are missing or NaN, the first in row {first}")));
    }
    let regression = match target.task {
        Some(task) => task == Task::Regression,
        None => !is_classification(table, LABEL)?,
    };
    if !regression && table.column(PREDICTION)?.kind() == ColumnKind::Number {
        let fraction = table.numbers(PREDICTION)?.iter().position(|number| number.fract() != 0.0);
        if let Some(row) = fraction {
            return Err(file.wrong(format!(
                "row {} of `prediction` is a fraction, but `label` holds classes: put scores into `score`, and the \
                 predicted class into `prediction` (or set [model] task to regression if the labels are numbers)",
                row + 1
            )));
        }
    }
    let (truth, predicted, scores, used) =
        if regression { file.regression(target)? } else { file.classification(target)? };
    let rest: Vec<String> = names.iter().filter(|name| !used.contains(name)).cloned().collect();
    Ok(PredictionFile { truth, predicted, scores, rest: table.select(&rest)?, table: table.clone() })
}

/// Truth, predictions, scores and the columns that they stand in.
type Parts = (Target, Predicted, Option<Vec<f64>>, Vec<String>);

struct File<'a> {
    table: &'a Table,
    path: &'a str,
}

impl File<'_> {
    fn wrong(&self, message: impl Into<String>) -> DataError {
        DataError::Predictions { path: self.path.to_owned(), message: message.into() }
    }

    fn regression(&self, target: &TargetOptions) -> Result<Parts, DataError> {
        if let Some(positive) = &target.positive {
            let positive = clipped(positive);
            return Err(self.wrong(format!("positive = \"{positive}\" is for two classes, but this is a regression")));
        }
        let truth = finite(self.table, LABEL)?;
        let predicted = finite(self.table, PREDICTION)?;
        let used = vec![LABEL.to_owned(), PREDICTION.to_owned()];
        Ok((Target::Numbers(truth), Predicted::Numbers(predicted), None, used))
    }

    fn classification(&self, target: &TargetOptions) -> Result<Parts, DataError> {
        let labels = self.table.categories(LABEL)?;
        let mut guesses = self.table.categories(PREDICTION)?;
        if let Some(spelling) = Spelling::of(&labels.levels) {
            self.respell(spelling, &labels.levels, &mut guesses.levels)?;
        }
        let target = &TargetOptions {
            positive: target.positive.as_ref().map(|positive| self.class_named(positive, &labels.levels)),
            task: target.task,
        };
        let prefix = format!("{SCORE}_");
        let names = self.table.names();
        let scored: Vec<(&String, String)> = names
            .iter()
            .filter_map(|name| Some((name, self.class_named(name.strip_prefix(&prefix)?, &labels.levels))))
            .collect();
        if !guesses.levels.iter().any(|guess| labels.levels.contains(guess)) {
            return Err(self.wrong(format!(
                "no predicted class ({}) is among the labels ({})",
                listed(&guesses.levels),
                listed(&labels.levels)
            )));
        }
        let mut classes: Vec<String> =
            labels.levels.iter().chain(&guesses.levels).chain(scored.iter().map(|(_, class)| class)).cloned().collect();
        sort_classes(&mut classes, self.is_numeric()?);
        if classes.len() < 2 {
            return Err(self.wrong(format!("every label and prediction is `{}`", listed(&classes))));
        }
        // Where classes have scores, those name the classes, whether a row has each or not.
        let stray: Vec<&String> = guesses.levels.iter().filter(|guess| !labels.levels.contains(guess)).collect();
        if scored.is_empty() && labels.levels.len() == 2 && !stray.is_empty() && target.task != Some(Task::Multiclass) {
            return Err(self.wrong(format!(
                "`label` has the two classes {} and `prediction` another: {}; correct the predictions, or set [model] task \
                 = \"multiclass\" if this is a class that no row happens to have",
                listed(&labels.levels),
                listed(&stray)
            )));
        }
        let positive = positive_class(LABEL, &classes, target)?;
        let codes = |levels: &[String], codes: &[u32]| {
            let place = |level: &String| classes.iter().position(|class| class == level).unwrap_or(0) as u32;
            gather(&levels.iter().map(place).collect::<Vec<_>>(), codes, 0)
        };
        let truth = codes(&labels.levels, &labels.codes);
        let predicted = Predicted::Classes(codes(&guesses.levels, &guesses.codes));
        let (scores, mut used) = self.scores(&classes, positive, &scored)?;
        used.extend([LABEL.to_owned(), PREDICTION.to_owned()]);
        Ok((Target::Classes { classes, codes: truth, positive }, predicted, scores, used))
    }

    /// Spells predicted yes and no as the labels do.
    fn respell(&self, spelling: Spelling, labels: &[String], guesses: &mut [String]) -> Result<(), DataError> {
        let own = |guess: &String| spelling.spell(guess) == Some(guess);
        if guesses.iter().all(|guess| own(guess) || spelling.spell(guess).is_none()) {
            return Ok(());
        }
        if Spelling::of(guesses).is_none() {
            return Err(self.wrong(format!(
                "`label` has the values {} and `prediction` {}: which of them mean the same cannot be told; write both \
                 columns in the same way",
                listed(labels),
                listed(guesses)
            )));
        }
        for guess in guesses {
            if let Some(word) = spelling.spell(guess) {
                word.clone_into(guess);
            }
        }
        Ok(())
    }

    /// Whether both columns hold numbers, so that their classes are sorted as numbers.
    fn is_numeric(&self) -> Result<bool, DataError> {
        Ok(self.table.column(LABEL)?.kind().is_numeric() && self.table.column(PREDICTION)?.kind().is_numeric())
    }

    /// The class of a score column: Python writes `score_1.0` and `score_True` for what is `1` and `true` here.
    fn class_named(&self, suffix: &str, labels: &[String]) -> String {
        if labels.iter().any(|label| label == suffix) {
            return suffix.to_owned();
        }
        if let Some(word) = Spelling::of(labels).and_then(|spelling| spelling.spell(suffix)) {
            return word.to_owned();
        }
        let kind = self.table.get(LABEL).map(|column| column.kind());
        match (kind, suffix.parse::<f64>()) {
            (Some(ColumnKind::Integer | ColumnKind::Number), Ok(number)) => number_text(number),
            (Some(ColumnKind::Boolean), _) => suffix.to_ascii_lowercase(),
            _ => suffix.to_owned(),
        }
    }

    fn scores(
        &self,
        classes: &[String],
        positive: Option<u32>,
        scored: &[(&String, String)],
    ) -> Result<(Option<Vec<f64>>, Vec<String>), DataError> {
        let mut used: Vec<String> = scored.iter().map(|(name, _)| (*name).clone()).collect();
        // A single score of two classes: for the class at `place`.
        let single = match (scored, positive) {
            ([], Some(place)) if self.table.get(SCORE).is_some() => {
                used.push(SCORE.to_owned());
                Some((SCORE, place as usize))
            }
            ([], _) => return Ok((None, used)),
            ([(name, class)], _) if classes.len() == 2 => {
                Some((name.as_str(), classes.iter().position(|known| known == class).unwrap_or(0)))
            }
            _ => None,
        };
        if let Some((name, place)) = single {
            let column = self.score(name)?;
            let pair = |score: f64| if place == 0 { [score, 1.0 - score] } else { [1.0 - score, score] };
            return Ok((Some(column.into_iter().flat_map(pair).collect()), used));
        }
        let lacking: Vec<String> = classes
            .iter()
            .filter(|class| !scored.iter().any(|(_, known)| known == *class))
            .map(|class| format!("{SCORE}_{class}"))
            .collect();
        if !lacking.is_empty() {
            return Err(
                self.wrong(format!("some classes have scores and others have none; missing: {}", listed(&lacking)))
            );
        }
        let mut columns = Vec::with_capacity(classes.len());
        for class in classes {
            let mut found = scored.iter().filter(|(_, known)| known == class);
            if let (Some((name, _)), None) = (found.next(), found.next()) {
                columns.push(self.score(name)?);
            } else {
                return Err(self.wrong(format!("two columns have scores of the class `{}`", clipped(class))));
            }
        }
        let rows = self.table.row_count() as usize;
        let mut scores = Vec::with_capacity(rows * classes.len());
        for row in 0..rows {
            let start = scores.len();
            scores.extend(columns.iter().filter_map(|column| column.get(row)));
            let sum: f64 = scores.iter().skip(start).sum();
            if (sum - 1.0).abs() > SUM_TOLERANCE {
                return Err(self.wrong(format!("the scores of row {} add up to {sum}, not to 1", row + 1)));
            }
        }
        Ok((Some(scores), used))
    }

    /// One column of scores, each in 0..=1.
    fn score(&self, name: &str) -> Result<Vec<f64>, DataError> {
        let kind = self.table.column(name)?.kind();
        if !matches!(kind, ColumnKind::Integer | ColumnKind::Number) {
            return Err(self.wrong(format!("`{name}` is of type {kind}; scores are numbers between 0 and 1")));
        }
        let scores = self.table.numbers(name)?;
        match scores.iter().enumerate().find(|(_, score)| !(0.0..=1.0).contains(*score)) {
            Some((row, score)) if score.is_nan() => {
                Err(self.wrong(format!("`{name}` has no score in row {}", row + 1)))
            }
            Some((row, score)) => {
                Err(self.wrong(format!("`{name}` is {score} in row {}; scores lie between 0 and 1", row + 1)))
            }
            None => Ok(scores),
        }
    }
}

/// Sorts and drops doubles: as numbers if that is what they are.
fn sort_classes(classes: &mut Vec<String>, numeric: bool) {
    classes.sort_unstable();
    classes.dedup();
    if numeric && classes.iter().all(|class| class.parse::<f64>().is_ok()) {
        classes.sort_by(|a, b| a.parse().unwrap_or(0.0_f64).total_cmp(&b.parse().unwrap_or(0.0)));
    }
}
