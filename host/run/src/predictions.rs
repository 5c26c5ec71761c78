//! The predictions of a run as a table: what `[model] predictions` of another project could read.

use portcullis_data::{Categories, DataError, Frame, Table, Target, Values};
use portcullis_learn::Predictions;
use portcullis_project::Project;

use crate::candidate::Predicted;

/// Columns `label` and `prediction`, `score_CLASS` for each class, then id and groups as they stand in the data.
pub(crate) fn table(predicted: &Predicted, project: &Project) -> Result<Table, DataError> {
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
    let taken: Vec<String> = columns.iter().map(|(name, _)| name.clone()).collect();
    let kept = project.data.id.iter().chain(&project.data.groups);
    let kept: Vec<String> =
        kept.filter(|name| !taken.contains(name) && predicted.rows.get(name).is_some()).cloned().collect();
    Table::from_frame(&Frame::new(columns)?).beside(&predicted.rows.select(&kept)?)
}
