//! What a run reads, so that nothing that it writes takes the place of it.

use std::path::{Path, PathBuf};

use portcullis_data::files;
use portcullis_project::{Layout, ModelSource, Project, ProjectPath, SplitMethod};

use crate::error::RunError;

/// Fails if writing a file would overwrite what the project is made of. `what` names whoever wants to write.
///
/// # Errors
/// The file is the configuration, the lock, a policy, data or a model of the project.
pub fn spare(project: &Project, file: &Path, what: &str) -> Result<(), RunError> {
    let file = real(file);
    match inputs(project).into_iter().find(|(_, input)| real(input) == file) {
        Some((role, input)) => Err(RunError::Missing(format!(
            "{what}: {} is {role}, which would be overwritten; name another file",
            input.display()
        ))),
        None => Ok(()),
    }
}

/// A path without links, as far as it is there.
fn real(path: &Path) -> PathBuf {
    match (path.canonicalize(), path.parent(), path.file_name()) {
        (Ok(path), ..) => path,
        (Err(_), Some(folder), Some(name)) => folder.canonicalize().unwrap_or_else(|_| folder.to_owned()).join(name),
        _ => path.to_owned(),
    }
}

/// Every file that the project reads, with what it is.
fn inputs(project: &Project) -> Vec<(&'static str, PathBuf)> {
    let mut inputs =
        vec![("the configuration", project.file.clone()), ("the lock file", Layout::new(&project.root).lock_file())];
    inputs.extend(project.policies.iter().map(|policy| ("a policy of the project", policy.file.clone())));
    let mut data = |role: &'static str, paths: &[ProjectPath]| {
        let written: Vec<String> = paths.iter().map(|path| path.written.clone()).collect();
        inputs.extend(files(&project.root, &written).into_iter().map(|file| (role, file)));
    };
    data("the project's data", &project.data.paths);
    data("the project's reference data", &project.data.reference);
    if let SplitMethod::File(path) = &project.split.method {
        data("the project's test data", std::slice::from_ref(path));
    }
    let Some(model) = &project.model else { return inputs };
    if let Some(champion) = &model.champion {
        data("the champion", std::slice::from_ref(champion));
    }
    match &model.source {
        ModelSource::Predictions(path) => data("the model's predictions", std::slice::from_ref(path)),
        ModelSource::Command { command, .. } => {
            inputs.extend(command.iter().map(|word| ("part of the trainer's command", project.root.join(word))));
        }
        ModelSource::Family { .. } => {}
    }
    inputs
}
