//! The candidate: trained here, loaded from a file, or known by its predictions alone.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Instant;

use portcullis_data::{Frame, LABEL, Table, Target, predictions, read};
use portcullis_evaluate::Scored;
use portcullis_learn::{Family, Model, Predictions, Provenance, Settings, train};
use portcullis_project::{Layout, ModelSource, Project, ProjectPath};
use portcullis_verdict::ModelRecord;
use sha2::{Digest, Sha256};

use crate::error::RunError;
use crate::inputs::{self, Divided};
use crate::progress::Progress;
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

/// Predictions on rows whose truth is known.
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
    progress.step(&format!("training {family} on {} rows", divided.training.row_count()), None);
    let frame = divided.training.frame(&divided.features)?;
    let model = train(&settings, &frame, &divided.training_target)?
        .with_kinds(divided.training.columns())
        .with_provenance(provenance);
    of_model(model, None)
}

/// Checks family and parameters before anything expensive is done.
pub(crate) fn check(project: &Project) -> Result<(), RunError> {
    if let Some(ModelSource::Family { name, parameters }) = project.model.as_ref().map(|model| &model.source) {
        Settings::new(name.parse()?, parameters, project.split.seed)?;
    }
    Ok(())
}

/// Loads a candidate from a model file.
pub(crate) fn load(file: &Path, shown: &str) -> Result<Candidate, RunError> {
    let bytes = fs::read(file).map_err(|source| RunError::Io {
        what: "cannot read the model",
        file: file.to_owned(),
        source,
    })?;
    let model = Model::from_bytes(&bytes)
        .map_err(|error| RunError::ModelFile { file: shown.into(), why: error.to_string() })?;
    of_model(model, Some(shown.to_owned()))
}

/// The model of the latest run that left one.
pub(crate) fn latest(layout: &Layout) -> Result<Candidate, RunError> {
    let file = layout.latest().map(|id| layout.run_folder(&id).join(MODEL_FILE)).filter(|file| file.is_file());
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
    let answers = model.predict(&frame)?;
    let truth = divided.held_out_target.clone();
    let scored = scored(model, answers.clone(), &truth, what)?;
    Ok(Predicted { scored, truth, answers, rows: divided.held_out.clone(), latency: latency(model, &frame)? })
}

/// A model's answers beside the truth, in the order of the truth's classes.
fn scored(model: &Model, predictions: Predictions, truth: &Target, what: &str) -> Result<Scored, RunError> {
    let wrong = |why: String| RunError::Evaluate { what: what.to_owned(), why };
    match (truth, predictions) {
        (Target::Classes { classes, codes, positive }, Predictions::Classes { labels, scores }) => {
            if model.classes() != classes.as_slice() {
                return Err(wrong(format!(
                    "it knows the classes {}, but the data has {}",
                    model.classes().join(", "),
                    classes.join(", ")
                )));
            }
            Scored::classes(classes.clone(), *positive, codes.clone(), labels, Some(scores))
        }
        (Target::Numbers(truth), Predictions::Numbers(numbers)) => Scored::numbers(truth.clone(), numbers),
        (truth, _) => {
            return Err(wrong(format!(
                "it was trained for a {} task, but the data poses a {} task",
                model.task(),
                truth.task()
            )));
        }
    }
    .map_err(|error| wrong(error.to_string()))
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
pub(crate) fn from_elsewhere(project: &Project, progress: &dyn Progress) -> Result<(Candidate, Predicted), RunError> {
    let (family, file, source) = match &project.model()?.source {
        ModelSource::Predictions(file) => ("predictions", file, file.written.clone()),
        ModelSource::Command { command, output, timeout } => {
            progress.step(&format!("running {}", command.join(" ")), None);
            trainer::run(command, &project.root, &output.absolute, project.split.seed, *timeout)?;
            ("command", output, command.join(" "))
        }
        ModelSource::Family { .. } => {
            return Err(RunError::Missing("[model] names a family, so there are no predictions to take".to_owned()));
        }
    };
    let (predicted, sha256) = read_file(project, file)?;
    let record = ModelRecord {
        family: family.to_owned(),
        parameters: BTreeMap::new(),
        sha256,
        source: Some(source),
        metrics: BTreeMap::new(),
    };
    Ok((Candidate { model: None, bytes: Vec::new(), record }, predicted))
}

/// Reads a file of predictions.
pub(crate) fn read_file(project: &Project, file: &ProjectPath) -> Result<(Predicted, String), RunError> {
    let mut options = inputs::options(&project.data)?;
    if !project.data.paths.is_empty() {
        options.types.clear(); // they are about the columns of the data
    }
    let table = read(&project.root, std::slice::from_ref(&file.written), &options)?;
    let sha256 = table.digest();
    let read = predictions(&table, &inputs::target_options(project, &table, LABEL)?)?;
    let wrong = |error: portcullis_evaluate::ScoredError| RunError::Evaluate {
        what: file.written.clone(),
        why: error.to_string(),
    };
    let (truth, scores) = (read.truth, read.scores);
    let (scored, answers) = match (truth.clone(), read.predicted) {
        (Target::Classes { classes, codes, positive }, portcullis_data::Predicted::Classes(labels)) => (
            Scored::classes(classes, positive, codes, labels.clone(), scores.clone()).map_err(wrong)?,
            Predictions::Classes { labels, scores: scores.unwrap_or_default() },
        ),
        (Target::Numbers(truth), portcullis_data::Predicted::Numbers(numbers)) => {
            (Scored::numbers(truth, numbers.clone()).map_err(wrong)?, Predictions::Numbers(numbers))
        }
        _ => {
            return Err(RunError::Evaluate {
                what: file.written.clone(),
                why: "labels and predictions are not of the same kind".to_owned(),
            });
        }
    };
    Ok((Predicted { scored, truth, answers, rows: read.table, latency: None }, sha256))
}
