//! The candidate: trained here, loaded from a file, or known by its predictions alone.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use portcullis_data::{Frame, not_a_file, readable};
use portcullis_learn::{Family, LearnError, Model, Provenance, Settings, train_watched};
use portcullis_project::{Layout, ModelSource, Origin, Project};
use portcullis_sandbox::worker::Worker;
use portcullis_verdict::ModelRecord;
use sha2::{Digest, Sha256};

use crate::error::RunError;
use crate::inputs::Divided;
use crate::predictions::{self, Predicted};
use crate::progress::Progress;
use crate::spare::spare;
use crate::trainer;

/// Name of the model's file in a run's folder.
pub(crate) const MODEL_FILE: &str = "model.portcullis";

/// Batches that are timed to tell the latency of a prediction.
const TIMED_BATCHES: usize = 20;
/// Rows in each of them.
const TIMED_ROWS: usize = 1_000;

/// A candidate.
pub(crate) struct Candidate {
    /// None where only its predictions are known.
    pub model: Option<Model>,
    /// The model's file; empty where only its predictions are known.
    pub bytes: Vec<u8>,
    /// What the record says of it.
    pub record: ModelRecord,
}

/// Trains the configured family on the training part.
pub(crate) fn fit(
    project: &Project,
    divided: &Divided,
    provenance: Provenance,
    progress: &dyn Progress,
) -> Result<Candidate, RunError> {
    let ModelSource::Family { name, parameters } = &project.model()?.source else {
        return Err(RunError::Missing("[model] names no family, so there is nothing to train here".to_owned()));
    };
    let family: Family = name.parse()?;
    let settings = Settings::new(family, parameters, project.split.seed)?;
    progress.step(&format!("training {family} on {} rows", divided.training.row_count()), settings.steps());
    let frame = divided.training.frame(&divided.features)?;
    let model = train_watched(&settings, &frame, &divided.training_target, &|| progress.advance())
        .map_err(|error| divided.training_places.locate(error))?
        .with_kinds(divided.training.columns())
        .with_provenance(provenance);
    of_model(model, None)
}

/// Checks family and parameters before anything expensive is done.
pub(crate) fn check(project: &Project) -> Result<(), RunError> {
    let Some(ModelSource::Family { name, parameters }) = project.model.as_ref().map(|model| &model.source) else {
        return Ok(());
    };
    let checked = name.parse().and_then(|family| Settings::new(family, parameters, project.split.seed));
    checked.map(drop).map_err(|source| placed(project, source))
}

/// An error about a setting, with the place that it was set at.
fn placed(project: &Project, source: LearnError) -> RunError {
    let key = match &source {
        LearnError::UnknownFamily { .. } | LearnError::FamilyTask { .. } => "family",
        LearnError::UnknownParameter { key, .. } | LearnError::BadParameter { key, .. } => key,
        _ => return source.into(),
    };
    let setting = project.settings().iter().find(|setting| setting.key == format!("model.{key}"));
    match setting.map(|setting| &setting.origin) {
        Some(Origin::File { line }) => {
            let file = project.file.strip_prefix(&project.root).unwrap_or(&project.file);
            RunError::Model { place: format!("{}:{line}", file.display()), source: Box::new(source) }
        }
        Some(origin @ (Origin::Flag { .. } | Origin::Environment { .. })) => {
            RunError::Model { place: origin.to_string(), source: Box::new(source) }
        }
        _ => source.into(),
    }
}

/// Loads a candidate from a model file.
pub(crate) fn load(file: &Path, shown: &str) -> Result<Candidate, RunError> {
    let unreadable = |source| RunError::Io { what: "cannot read the model", file: file.to_owned(), source };
    let kind = fs::metadata(file).map_err(unreadable)?.file_type();
    if !kind.is_file() {
        return Err(RunError::ModelFile { file: shown.into(), why: not_a_file(kind) });
    }
    let bytes = fs::read(file).map_err(unreadable)?;
    let model = Model::from_bytes(&bytes)
        .map_err(|error| RunError::ModelFile { file: shown.into(), why: error.to_string() })?;
    of_model(model, Some(shown.to_owned()))
}

/// The model of the latest run that left one.
pub(crate) fn latest(layout: &Layout) -> Result<Candidate, RunError> {
    let model = |id: &String| Some(layout.run_folder(id).join(MODEL_FILE)).filter(|file| file.is_file());
    let written = |file: &PathBuf| fs::metadata(file).and_then(|meta| meta.modified()).ok();
    let youngest = || Ok::<_, RunError>(layout.runs()?.iter().filter_map(model).max_by_key(written));
    let file = match layout.latest().as_ref().and_then(model) {
        Some(file) => Some(file),
        None => youngest()?, // the latest run only checked data
    };
    let file = file.ok_or_else(|| {
        RunError::Missing(
            "there is no trained model yet: run `portcullis train` (or `portcullis run`) first, or name a file with --model"
                .to_owned(),
        )
    })?;
    let shown = file.strip_prefix(layout.root()).unwrap_or(&file).display().to_string();
    load(&file, &shown)
}

fn of_model(model: Model, source: Option<String>) -> Result<Candidate, RunError> {
    let bytes =
        model.to_bytes().map_err(|error| RunError::ModelFile { file: MODEL_FILE.into(), why: error.to_string() })?;
    let record = ModelRecord {
        family: model.family().to_string(),
        parameters: model.parameters().clone(),
        sha256: hex::encode(Sha256::digest(&bytes)),
        source,
        metrics: BTreeMap::new(),
    };
    Ok(Candidate { model: Some(model), bytes, record })
}

/// Predicts the held-out rows with a model.
pub(crate) fn predict(model: &Model, divided: &Divided, what: &str) -> Result<Predicted, RunError> {
    let names: Vec<String> = model.inputs().iter().map(|input| input.name.clone()).collect();
    let frame = divided.held_out.frame(&names)?;
    let answers = model.predict(&frame).map_err(|error| divided.held_out_places.locate(error))?;
    let wrong = |why: String| RunError::Evaluate { what: what.to_owned(), why };
    let truth = divided.held_out_target.clone();
    if model.task() != truth.task() {
        let (own, posed) = (model.task(), truth.task());
        return Err(wrong(format!("it was trained for a {own} task, but the data poses a {posed} task")));
    }
    if model.classes() != truth.classes() {
        let (own, there) = (model.classes().join(", "), truth.classes().join(", "));
        return Err(wrong(format!("it knows the classes {own}, but the data has {there}")));
    }
    let predicted = Predicted::new(truth, answers, divided.held_out.clone()).map_err(wrong)?;
    Ok(Predicted { latency: latency(model, &frame)?, ..predicted })
}

/// Median time per row over some batches, in microseconds.
fn latency(model: &Model, frame: &Frame) -> Result<Option<f64>, RunError> {
    let mut times = Vec::new();
    for batch in 0..TIMED_BATCHES {
        let first = batch * TIMED_ROWS;
        if first >= frame.rows() {
            break;
        }
        let rows: Vec<u32> = (first..frame.rows().min(first + TIMED_ROWS)).map(|row| row as u32).collect();
        let part = frame.take(&rows);
        let started = Instant::now();
        model.predict(&part)?;
        times.push(started.elapsed().as_secs_f64() * 1e6 / rows.len() as f64);
    }
    times.sort_by(f64::total_cmp);
    Ok(times.get(times.len() / 2).copied())
}

/// Takes predictions that somebody else's model made; runs the team's trainer first if there is one.
pub(crate) fn from_elsewhere(
    project: &Project,
    worker: Option<&Worker>,
    progress: &dyn Progress,
) -> Result<(Candidate, Predicted), RunError> {
    let (family, file, source) = match &project.model()?.source {
        ModelSource::Predictions(file) => ("predictions", file, file.written.clone()),
        ModelSource::Command { command, output, timeout } => {
            // Said before the trainer has worked for an hour.
            readable(&output.written)?;
            spare(project, &output.absolute, "[model] output")?;
            if let Some(folder) = output.absolute.parent() {
                let trouble = |source| RunError::Io { what: "cannot make the folder", file: folder.to_owned(), source };
                fs::create_dir_all(folder).map_err(trouble)?;
            }
            progress.step(&format!("running {}", command.join(" ")), None);
            trainer::run(command, &project.root, &output.absolute, project.split.seed, *timeout, worker)?;
            ("command", output, command.join(" "))
        }
        ModelSource::Family { .. } => {
            return Err(RunError::Missing("[model] names a family, so there are no predictions to take".to_owned()));
        }
    };
    let predicted = predictions::read(project, file)?;
    let record = ModelRecord {
        family: family.to_owned(),
        parameters: BTreeMap::new(),
        sha256: predicted.rows.digest(),
        source: Some(source),
        metrics: BTreeMap::new(),
    };
    Ok((Candidate { model: None, bytes: Vec::new(), record }, predicted))
}
