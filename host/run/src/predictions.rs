//! Predictions on rows whose truth is known: made here or read from a file, and written as a table.

use std::collections::{BTreeMap, BTreeSet};

use portcullis_data::{self as data, Categories, DataError, Frame, LABEL, MISSING, Table, Target, Values};
use portcullis_evaluate::Scored;
use portcullis_learn::Predictions;
use portcullis_project::{Project, ProjectPath};

use crate::error::RunError;
use crate::reading;

/// Predictions on rows whose truth is known.
#[derive(Clone)]
pub(crate) struct Predicted {
    pub scored: Scored,
    pub truth: Target,
    /// What the model answered; its scores are empty where there are none.
    pub answers: Predictions,
    /// The rows, for slices.
    pub rows: Table,
    /// Median time to predict a row, in microseconds; none where nothing was predicted here.
    pub latency: Option<f64>,
}

impl Predicted {
    /// Answers beside the truth of the same rows. The error says what does not fit.
    pub fn new(truth: Target, answers: Predictions, rows: Table) -> Result<Self, String> {
        let scored = match (&truth, &answers) {
            (Target::Classes { classes, codes, positive }, Predictions::Classes { labels, scores }) => {
                let scores = (!scores.is_empty()).then(|| scores.clone());
                Scored::classes(classes.clone(), *positive, codes.clone(), labels.clone(), scores)
            }
            (Target::Numbers(truth), Predictions::Numbers(numbers)) => Scored::numbers(truth.clone(), numbers.clone()),
            _ => return Err("labels and predictions are not of the same kind".to_owned()),
        };
        Ok(Self { scored: scored.map_err(|error| error.to_string())?, truth, answers, rows, latency: None })
    }

    /// These rows, in this order.
    fn take(&self, rows: &[u32]) -> Result<Self, String> {
        let pick = |values: &[f64], width: usize| -> Vec<f64> {
            rows.iter().flat_map(|row| values.iter().skip(*row as usize * width).take(width)).copied().collect()
        };
        let answers = match &self.answers {
            Predictions::Classes { labels, scores } => Predictions::Classes {
                labels: rows.iter().filter_map(|row| labels.get(*row as usize)).copied().collect(),
                scores: if scores.is_empty() { Vec::new() } else { pick(scores, self.truth.classes().len()) },
            },
            Predictions::Numbers(numbers) => Predictions::Numbers(pick(numbers, 1)),
        };
        Self::new(self.truth.take(rows), answers, self.rows.take(rows))
    }

    /// The rows that another table has, in its order, found by the column `id`.
    ///
    /// # Errors
    /// Rows of the other table without an id or without a row here, and ids that stand in several rows.
    pub fn in_order_of(&self, other: &Table, id: &str) -> Result<Self, String> {
        let wrong = |error: DataError| error.to_string();
        let (own, wanted) = (self.rows.categories(id).map_err(wrong)?, other.categories(id).map_err(wrong)?);
        let mut places: BTreeMap<&str, u32> = BTreeMap::new();
        for (row, code) in (0_u32..).zip(&own.codes) {
            let Some(value) = own.levels.get(*code as usize) else { continue };
            if places.insert(value, row).is_some() {
                return Err(format!("`{value}` stands in several rows of `{id}`, so rows cannot be told apart"));
            }
        }
        let rows: Vec<u32> = (1_usize..)
            .zip(&wanted.codes)
            .map(|(row, code)| match wanted.levels.get(*code as usize).filter(|_| *code != MISSING) {
                None => Err(format!("row {row} of the candidate's rows has no `{id}`")),
                Some(value) => {
                    places.get(value.as_str()).copied().ok_or_else(|| format!("it has no row for `{id}` = `{value}`"))
                }
            })
            .collect::<Result<_, _>>()?;
        self.take(&rows)
    }
}

/// Reads a file of predictions.
pub(crate) fn read(project: &Project, file: &ProjectPath) -> Result<Predicted, RunError> {
    let table = reading::predictions(project, file)?;
    let read = data::predictions(&table, &reading::target_options(project, &table, LABEL)?)?;
    let answers = match read.predicted {
        data::Predicted::Classes(labels) => Predictions::Classes { labels, scores: read.scores.unwrap_or_default() },
        data::Predicted::Numbers(numbers) => Predictions::Numbers(numbers),
    };
    Predicted::new(read.truth, answers, read.table)
        .map_err(|why| RunError::Evaluate { what: file.written.clone(), why })
}

/// Holds predictions that were made elsewhere against the data: every row must be one of the data's, told by the column
/// `id`. Answers with what a reader must know where rows cannot be told apart.
///
/// # Errors
/// A row that the data does not have.
pub(crate) fn held_against(project: &Project, data: &Table, predicted: &Predicted) -> Result<Option<String>, RunError> {
    let id = project.data.id.as_ref().filter(|id| data.get(id).is_some() && predicted.rows.get(id).is_some());
    let Some(id) = id else {
        return Ok(Some(
            "the predictions are taken as they are: nothing tells whether their rows are rows of the data, or which; a \
             column that [data] id names, in both, would"
                .to_owned(),
        ));
    };
    let (known, found) = (data.categories(id)?, predicted.rows.categories(id)?);
    let known: BTreeSet<&str> = known.levels.iter().map(String::as_str).collect();
    let stranger = |code: &u32| found.levels.get(*code as usize).filter(|value| !known.contains(value.as_str()));
    match (1_usize..).zip(&found.codes).find_map(|(row, code)| Some((row, stranger(code)?))) {
        Some((row, value)) => Err(RunError::Evaluate {
            what: "the predictions".to_owned(),
            why: format!("row {row} has `{id}` = `{value}`, and the data has no such row: predict rows of the data"),
        }),
        None => Ok(None),
    }
}

/// Predictions as a table that `[model] predictions` of another project can read: columns `label` and `prediction`,
/// `score_CLASS` for each class, then id and groups as they stand in the data.
pub(crate) fn table(predicted: &Predicted, project: &Project) -> Result<Table, DataError> {
    let own = own_columns(predicted)?;
    let taken = own.names();
    let kept = project.data.id.iter().chain(&project.data.groups);
    let kept: Vec<String> =
        kept.filter(|name| !taken.contains(name) && predicted.rows.get(name).is_some()).cloned().collect();
    own.beside(&predicted.rows.select(&kept)?)
}

/// The columns of such a table that come of the model: `label`, `prediction`, `score_CLASS`.
pub(crate) fn own_columns(predicted: &Predicted) -> Result<Table, DataError> {
    let mut columns: Vec<(String, Values)> = Vec::new();
    match (&predicted.truth, &predicted.answers) {
        (Target::Classes { classes, codes, .. }, Predictions::Classes { labels, scores }) => {
            let column =
                |codes: &[u32]| Values::Categories(Categories { codes: codes.to_vec(), levels: classes.clone() });
            columns.push(("label".to_owned(), column(codes)));
            columns.push(("prediction".to_owned(), column(labels)));
            if !scores.is_empty() {
                for (place, class) in classes.iter().enumerate() {
                    let scores = scores.iter().skip(place).step_by(classes.len()).copied().collect();
                    columns.push((format!("score_{class}"), Values::Numbers(scores)));
                }
            }
        }
        (Target::Numbers(truth), Predictions::Numbers(numbers)) => {
            columns.push(("label".to_owned(), Values::Numbers(truth.clone())));
            columns.push(("prediction".to_owned(), Values::Numbers(numbers.clone())));
        }
        _ => {}
    }
    Ok(Table::from_frame(&Frame::new(columns)?))
}
