//! The champion: a model file, or the predictions of one, judged on the same rows as the candidate.

use std::collections::BTreeMap;
use std::sync::Arc;

use portcullis_evaluate::{Comparison, Evaluation, Options};
use portcullis_project::{Project, ProjectPath};
use portcullis_verdict::ModelRecord;

use crate::candidate;
use crate::error::RunError;
use crate::inputs::Divided;
use crate::predictions::{self, Predicted};
use crate::provenance;

/// Endings that mark a file of predictions; anything else is a model file.
const TABLES: &[&str] = &["parquet", "csv", "tsv", "arrow", "ipc", "feather", "jsonl", "ndjson", "json"];

/// A champion beside the candidate.
pub(crate) struct Champion {
    pub evaluation: Evaluation,
    pub comparison: Comparison,
    pub predicted: Arc<Predicted>,
    pub record: ModelRecord,
    /// What a reader of the comparison must know.
    pub notes: Vec<String>,
}

/// The champion that the configuration names, on the candidate's rows.
pub(crate) fn beside(
    project: &Project,
    divided: Option<&Divided>,
    candidate: &Predicted,
    evaluated: &Evaluation,
    options: Options,
) -> Result<Option<Champion>, RunError> {
    let Some(file) = project.model.as_ref().and_then(|model| model.champion.as_ref()) else { return Ok(None) };
    if !file.absolute.is_file() {
        return Err(RunError::Missing(format!(
            "[model] champion: there is no file {}; leave `champion` out until there is a model to compare with",
            file.written
        )));
    }
    let (predicted, mut record, mut notes) = read(project, file, divided)?;
    let what = || format!("the champion {} beside the candidate", file.written);
    let predicted = match &project.data.id {
        Some(id) if candidate.rows.get(id).is_some() && predicted.rows.get(id).is_some() => {
            predicted.in_order_of(&candidate.rows, id).map_err(|why| RunError::Evaluate { what: what(), why })?
        }
        _ => {
            if record.family == "predictions" {
                notes.push(format!(
                    "the champion's predictions {} are taken to be in the order of the candidate's rows; [data] id would \
                     tell rows apart",
                    file.written
                ));
            }
            predicted
        }
    };
    let evaluation = Evaluation::new(predicted.scored.clone(), options);
    record.metrics = evaluation.metrics();
    let comparison = Comparison::new(evaluated, &evaluation)
        .map_err(|error| RunError::Evaluate { what: what(), why: error.to_string() })?;
    Ok(Some(Champion { evaluation, comparison, predicted: Arc::new(predicted), record, notes }))
}

fn read(
    project: &Project,
    file: &ProjectPath,
    divided: Option<&Divided>,
) -> Result<(Predicted, ModelRecord, Vec<String>), RunError> {
    let ending = file.absolute.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
    if ending.is_some_and(|ending| TABLES.contains(&ending.as_str())) {
        let predicted = predictions::read(project, file)?;
        let record = ModelRecord {
            family: "predictions".to_owned(),
            parameters: BTreeMap::new(),
            sha256: predicted.rows.digest(),
            source: Some(file.written.clone()),
            metrics: BTreeMap::new(),
        };
        return Ok((predicted, record, Vec::new()));
    }
    let loaded = candidate::load(&file.absolute, &file.written)?;
    let (Some(model), Some(divided)) = (&loaded.model, divided) else {
        return Err(RunError::Missing(format!(
            "[model] champion: {} is a model file, and this run has no data to try it on; name a file of its predictions \
             on the same rows instead",
            file.written
        )));
    };
    let whose = format!("the champion {}", file.written);
    let predicted = candidate::predict(model, divided, &whose)?;
    let notes = provenance::doubt(model.provenance(), project, divided, &whose).into_iter().collect();
    Ok((predicted, loaded.record, notes))
}
