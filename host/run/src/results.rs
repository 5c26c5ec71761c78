//! What a run leaves on disk.

use std::path::{Path, PathBuf};

use portcullis_data::write_parquet;
use portcullis_project::{Layout, Project, RunFolder, read_regular};
use portcullis_verdict::RunRecord;

use crate::candidate::MODEL_FILE;
use crate::error::RunError;
use crate::record::Outcome;

/// Name of the record in a run's folder.
pub const RECORD_FILE: &str = "record.json";

/// Name of the predictions in a run's folder.
const PREDICTIONS_FILE: &str = "predictions.parquet";

/// Writes record, model and predictions, whole or not at all.
pub(crate) fn write(project: &Project, record: &RunRecord, outcome: Option<&Outcome>) -> Result<PathBuf, RunError> {
    let folder = RunFolder::create(&Layout::new(&project.root), &record.run.id)?;
    if let Some(outcome) = outcome.filter(|outcome| !outcome.candidate.bytes.is_empty()) {
        folder.write(MODEL_FILE, &outcome.candidate.bytes)?;
    }
    if let Some(measured) = outcome.and_then(|outcome| outcome.measured.as_ref()) {
        let table = crate::predictions::table(&measured.predicted, project)?;
        write_parquet(&folder.path().join(PREDICTIONS_FILE), &table)?;
    }
    let mut text = serde_json::to_string_pretty(record).unwrap_or_default();
    text.push('\n');
    folder.write(RECORD_FILE, text.as_bytes())?;
    Ok(folder.finish()?)
}

/// Reads the record of an earlier run.
///
/// # Errors
/// There is none, it cannot be read, or a newer Portcullis wrote it.
pub fn read_record(folder: &Path) -> Result<RunRecord, RunError> {
    let file = folder.join(RECORD_FILE);
    let text = read_regular(&file).map_err(|source| RunError::Io {
        what: "cannot read the record",
        file: file.clone(),
        source,
    })?;
    serde_json::from_str(&text).map_err(|error| {
        RunError::Missing(format!(
            "{}: this is not a run record that this version reads (line {}: {error}); run again",
            file.display(),
            error.line()
        ))
    })
}
