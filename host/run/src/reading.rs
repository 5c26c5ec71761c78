//! How the configuration says that files are read and a target is understood.

use std::collections::BTreeMap;

use portcullis_data::{self as data, ColumnKind, ReadOptions, Table, TargetOptions};
use portcullis_project::{Data, Project, ProjectPath, TaskChoice};
use portcullis_stats::Task;

use crate::error::RunError;

/// How `[data]` says to read.
pub(crate) fn options(data: &Data) -> Result<ReadOptions, RunError> {
    let mut types = BTreeMap::new();
    for (column, kind) in &data.types {
        let kind: ColumnKind =
            kind.parse().map_err(|error| RunError::Missing(format!("[data] types: {column}: {error}")))?;
        types.insert(column.clone(), kind);
    }
    // The empty cell is missing whatever else is.
    let words = || data.missing.iter().cloned().chain([String::new()]).collect();
    let missing = (!data.missing.is_empty()).then(words);
    Ok(ReadOptions { types, missing, delimiter: data.delimiter.map(char::from) })
}

/// The table of a file of predictions.
pub(crate) fn predictions(project: &Project, file: &ProjectPath) -> Result<Table, RunError> {
    let mut how = options(&project.data)?;
    if !project.data.paths.is_empty() {
        how.types.clear(); // they are about the columns of the data
    }
    Ok(data::read(&project.root, std::slice::from_ref(&file.written), &how)?)
}

/// What `[data]` and `[model] task` say of the target.
pub(crate) fn target_options(project: &Project, table: &Table, column: &str) -> Result<TargetOptions, RunError> {
    let task = match project.model.as_ref().and_then(|model| model.task) {
        None => None,
        Some(TaskChoice::Binary) => Some(Task::Binary),
        Some(TaskChoice::Multiclass) => Some(Task::Multiclass),
        Some(TaskChoice::Regression) => Some(Task::Regression),
        Some(TaskChoice::Classification) => match table.column(column)?.distinct_count()? {
            2 => Some(Task::Binary),
            _ => Some(Task::Multiclass),
        },
    };
    Ok(TargetOptions { task, positive: project.data.positive.clone() })
}
