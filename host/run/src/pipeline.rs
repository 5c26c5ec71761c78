//! One execution, step by step.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use portcullis_data::Table;
use portcullis_evaluate::{Evaluation, Options};
use portcullis_project::{Layout, ModelSource, Project};
use portcullis_sandbox::ports::World;
use portcullis_sandbox::{Cache, Sandbox};
use portcullis_verdict::{PolicyTiming, PolicyVerdict};

use crate::candidate::{self, Candidate};
use crate::champion;
use crate::clock::Clock;
use crate::error::RunError;
use crate::inputs::{self, Divided, Inputs};
use crate::lock;
use crate::named;
use crate::policies::{self, Circumstances, Loaded};
use crate::predictions::{self, Predicted};
use crate::progress::Progress;
use crate::provenance;
use crate::record::{self, Gathered, Measured, Outcome};
use crate::request::{Finished, Request, Steps};
use crate::results;
use crate::world::{After, Before, Callable, Compared, Evaluated, Part, RowLevel};

/// Does what a subcommand asks for, writes the results into `.portcullis/runs/ID/`, and answers with the record.
///
/// # Errors
/// What is wrong with the input, before anything is written. What is wrong with a policy is no error: it stands in the
/// record.
pub fn execute(request: &Request<'_>, progress: &dyn Progress) -> Result<Finished, RunError> {
    let started = Instant::now();
    let project = request.project;
    let mut gathered = Gathered::default();
    candidate::check(project)?;

    let loaded = timed(&mut gathered, "load policies", || load_policies(request, progress))?;
    let clock = Clock::of(project, request.at);
    let asking: Vec<&str> = loaded.iter().filter(|policy| policy.asks_for_the_time()).map(Loaded::name).collect();
    gathered.notes.extend(clock.note(&asking));
    if request.verify_determinism && !loaded.is_empty() {
        gathered.notes.push("every policy judged twice, and had to come to the same bytes".to_owned());
    }
    let circumstances = Circumstances {
        seed: project.split.seed,
        now: clock.now,
        twice: request.verify_determinism,
        recording: request.record,
    };
    let (data_policies, model_policies): (Vec<&Loaded>, Vec<&Loaded>) =
        loaded.iter().partition(|policy| policy.judges_data());
    require_policies(request, &data_policies, &model_policies)?;

    progress.step("reading data", None);
    let inputs = timed(&mut gathered, "read data", || inputs::load(project))?;
    gathered.notes.extend(inputs.notes(project)?);
    if made_elsewhere(request) {
        // What columns come with the predictions is known once they are read.
        named::check_columns(data_policies.iter().copied(), &inputs.tables(), false)?;
    } else {
        named::check_columns(&loaded, &inputs.tables(), true)?;
    }

    let mut blocked = false;
    if request.steps.checks() {
        blocked = timed_with(&mut gathered, "check", |gathered| {
            check(request, &inputs, &data_policies, circumstances, gathered, progress)
        });
        inputs.readable()?;
    }
    let wants_model = request.steps.trains() || request.steps.evaluates();
    let outcome = if wants_model && (!blocked || request.keep_going) {
        Some(model(request, &inputs, &loaded, &mut gathered, progress)?)
    } else {
        None
    };
    if request.steps.gates() {
        gate(request, &inputs, outcome.as_ref(), &model_policies, circumstances, &mut gathered, progress);
        inputs.readable()?;
    }
    if blocked && outcome.is_none() && wants_model {
        for step in ["train", "evaluate", "gate"] {
            gathered
                .skipped
                .insert(step.to_owned(), "a policy blocked the data; --keep-going goes on all the same".to_owned());
        }
    }

    gathered.seconds.insert("total".to_owned(), started.elapsed().as_secs_f64());
    let recordings = std::mem::take(&mut gathered.recordings);
    let record = record::assemble(request, clock, &inputs, outcome.as_ref(), &loaded, gathered);
    if !request.leave_results {
        return Ok(Finished { record, recordings, folder: None });
    }
    progress.step("writing results", None);
    let folder = results::write(project, &record, outcome.as_ref())?;
    Ok(Finished { record, recordings, folder: Some(folder) })
}

fn timed<T>(gathered: &mut Gathered, step: &str, work: impl FnOnce() -> T) -> T {
    timed_with(gathered, step, |_| work())
}

fn timed_with<T>(gathered: &mut Gathered, step: &str, work: impl FnOnce(&mut Gathered) -> T) -> T {
    let started = Instant::now();
    let done = work(gathered);
    *gathered.seconds.entry(step.to_owned()).or_default() += started.elapsed().as_secs_f64();
    done
}

fn load_policies(request: &Request<'_>, progress: &dyn Progress) -> Result<Vec<Loaded>, RunError> {
    let project = request.project;
    if !request.steps.judges() {
        return Ok(Vec::new());
    }
    let locked = if request.locked { Some(lock::read(project)?) } else { None };
    if project.policies.is_empty() {
        // A lock that knows policies of a folder that has none is as wrong as any other.
        locked.map_or(Ok(()), |locked| lock::agreed(&locked, project, []))?;
        return Ok(Vec::new());
    }
    let cache = request.cache.as_deref().and_then(Cache::open);
    let sandbox = Sandbox::new(cache).map_err(RunError::Sandbox)?;
    let sandbox = match &request.worker {
        Some(worker) => sandbox.compiling_with(worker.clone()),
        None => sandbox,
    };
    policies::load(&sandbox, project, locked.as_ref(), progress)
}

/// A gate without policies passes everything: that must be said.
fn require_policies(request: &Request<'_>, data: &[&Loaded], model: &[&Loaded]) -> Result<(), RunError> {
    let judging = match request.steps {
        Steps::Check => data.len(),
        Steps::Gate => model.len(),
        Steps::Run => data.len() + model.len(),
        Steps::Train | Steps::Evaluate => return Ok(()),
    };
    if judging > 0 || request.allow_empty {
        return Ok(());
    }
    if data.is_empty() && model.is_empty() {
        return Err(RunError::NoPolicies(request.project.root.join("policies")));
    }
    Err(RunError::Missing(format!(
        "no policy of this project judges in `portcullis {}`; `portcullis run` judges with all of them, and --allow-empty \
         says that nothing shall be judged",
        request.steps.as_str()
    )))
}

/// Lets the data policies judge; whether what they say stops the run.
fn check(
    request: &Request<'_>,
    inputs: &Inputs,
    policies: &[&Loaded],
    circumstances: Circumstances,
    gathered: &mut Gathered,
    progress: &dyn Progress,
) -> bool {
    let world: Arc<dyn World> = Arc::new(Before {
        all: Arc::new(Part::new("all", inputs.judged.clone())),
        reference: inputs.reference.clone().map(|table| Arc::new(Part::new("reference", table))),
        groups: request.project.data.groups.clone(),
        target: request.project.data.target.clone(),
        worker: request.worker.clone(),
    });
    let judged = policies::judge(policies.iter().copied(), &world, circumstances, progress);
    // A policy that could not be evaluated costs its own verdict and nothing else.
    let blocked = judged.iter().any(|judged| judged.record.verdict == PolicyVerdict::Blocked);
    gathered.take(judged);
    blocked
}

/// Whether somebody else's model is judged, by its predictions.
fn made_elsewhere(request: &Request<'_>) -> bool {
    let source = request.project.model.as_ref().map(|model| &model.source);
    request.model.is_none() && source.is_some_and(|source| !matches!(source, ModelSource::Family { .. }))
}

/// Trains or takes a model and evaluates it.
fn model(
    request: &Request<'_>,
    inputs: &Inputs,
    loaded: &[Loaded],
    gathered: &mut Gathered,
    progress: &dyn Progress,
) -> Result<Outcome, RunError> {
    let project = request.project;
    if request.model.is_none() {
        project.model()?;
    }
    if made_elsewhere(request) {
        if request.steps == Steps::Train && matches!(project.model()?.source, ModelSource::Predictions(_)) {
            return Err(RunError::Missing(
                "[model] predictions: the model was trained elsewhere, so there is nothing to train here".to_owned(),
            ));
        }
        let (candidate, predicted) =
            timed(gathered, "train", || candidate::from_elsewhere(project, request.worker.as_ref(), progress))?;
        inputs::check_slices(project, &predicted.rows)?;
        if inputs.role == "data" {
            gathered.notes.extend(predictions::held_against(project, &inputs.judged, &predicted)?);
        }
        let tables: Vec<&Table> = inputs.tables().into_iter().chain([&predicted.rows]).collect();
        named::check_columns(loaded, &tables, false)?;
        named::check_task(loaded, predicted.truth.task(), predicted.truth.classes())?;
        return evaluated(request, candidate, predicted, None, gathered, progress);
    }
    if inputs.role != "data" {
        return Err(RunError::Missing("[data] path: missing; there is no data to evaluate a model with".to_owned()));
    }
    let unused = match project.model.as_ref().map(|model| &model.source) {
        Some(ModelSource::Predictions(_)) => Some("predictions"),
        Some(ModelSource::Command { .. }) => Some("command"),
        Some(ModelSource::Family { .. }) | None => None,
    };
    gathered.notes.extend(unused.map(|key| format!("--model names the model, so [model] {key} was not used")));
    let divided = inputs::divide(project, inputs)?;
    named::check_task(loaded, divided.training_target.task(), divided.training_target.classes())?;
    let candidate = timed(gathered, "train", || match &request.model {
        Some(file) => candidate::load(file, &shown(file, project)),
        None if request.steps.trains() => {
            candidate::fit(project, &divided, provenance::of(project, &divided), progress)
        }
        None => candidate::latest(&Layout::new(&project.root)),
    })?;
    if let Some(model) = &candidate.model {
        gathered.notes.extend(model.notes().iter().cloned());
        gathered.notes.extend(provenance::doubt(model.provenance(), project, &divided, "the model"));
        if request.model.is_none() {
            gathered.notes.extend(provenance::outdated(model, project, &divided.features));
        }
    }
    if !request.steps.evaluates() {
        return Ok(Outcome { candidate, divided: Some(divided), measured: None });
    }
    let model =
        candidate.model.as_ref().ok_or_else(|| RunError::Missing("there is no model to evaluate".to_owned()))?;
    progress.step(&format!("predicting {} held-out rows", divided.held_out.row_count()), None);
    let predicted = timed(gathered, "evaluate", || candidate::predict(model, &divided, "the candidate"))?;
    evaluated(request, candidate, predicted, Some(divided), gathered, progress)
}

/// A file's path as the record tells it: relative to the project if it lies inside, so that it is the same everywhere.
fn shown(file: &Path, project: &Project) -> String {
    let inside = file.canonicalize().ok().and_then(|file| file.strip_prefix(&project.root).map(Path::to_owned).ok());
    let inside = inside.filter(|inside| !inside.as_os_str().is_empty()); // the project itself is no model
    inside.as_deref().unwrap_or(file).display().to_string()
}

fn evaluated(
    request: &Request<'_>,
    candidate: Candidate,
    predicted: Predicted,
    divided: Option<Divided>,
    gathered: &mut Gathered,
    progress: &dyn Progress,
) -> Result<Outcome, RunError> {
    let project = request.project;
    progress.step("evaluating", None);
    let measured = timed(gathered, "evaluate", || measure(project, predicted, divided.as_ref()))?;
    Ok(Outcome { candidate, divided, measured: Some(measured) })
}

fn measure(project: &Project, predicted: Predicted, divided: Option<&Divided>) -> Result<Measured, RunError> {
    let configured = &project.evaluate;
    let options = Options { seed: u64::from(project.split.seed), resamples: configured.resamples };
    let evaluation = Evaluation::new(predicted.scored.clone(), options);
    let champion = champion::beside(project, divided, &predicted, &evaluation, options)?;
    let slices = record::slices(project, &evaluation, &predicted)?;
    let intervals = if configured.intervals {
        evaluation
            .intervals(configured.confidence)
            .map_err(|error| RunError::Missing(format!("[evaluate] confidence: {error}")))?
    } else {
        BTreeMap::new()
    };
    Ok(Measured { predicted: Arc::new(predicted), evaluation, champion, slices, intervals })
}

/// Lets the gate, fairness and behavior policies judge.
fn gate(
    request: &Request<'_>,
    inputs: &Inputs,
    outcome: Option<&Outcome>,
    policies: &[&Loaded],
    circumstances: Circumstances,
    gathered: &mut Gathered,
    progress: &dyn Progress,
) {
    let world = outcome.and_then(|outcome| world(request, inputs, outcome));
    let Some(world) = world else {
        gathered.judged.extend(policies.iter().map(|policy| (policy.skipped(), PolicyTiming::default())));
        return;
    };
    let judged = timed(gathered, "gate", || policies::judge(policies.iter().copied(), &world, circumstances, progress));
    gathered.take(judged);
}

fn world(request: &Request<'_>, inputs: &Inputs, outcome: &Outcome) -> Option<Arc<dyn World>> {
    let Measured { predicted, evaluation, champion, .. } = outcome.measured.as_ref()?;
    let current = Arc::new(Part::new("held-out", predicted.rows.clone()));
    let mut parts = vec![Arc::clone(&current)];
    parts.push(Arc::new(Part::new("all", inputs.judged.clone())));
    parts.extend(inputs.reference.clone().map(|table| Arc::new(Part::new("reference", table))));
    if let Some(divided) = &outcome.divided {
        parts.push(Arc::new(Part::new("training", divided.training.clone())));
    }
    let champion = champion.as_ref();
    Some(Arc::new(After {
        candidate: Arc::new(Evaluated::new(evaluation.clone(), predicted.rows.clone())),
        champion: champion.map(|c| Arc::new(Evaluated::new(c.evaluation.clone(), c.predicted.rows.clone()))),
        comparison: champion.map(|c| Arc::new(Compared::new(c.comparison.clone(), predicted.rows.clone()))),
        predictor: outcome.candidate.model.clone().map(|model| Arc::new(Callable(model))),
        candidate_predicted: RowLevel::new(Arc::clone(predicted)),
        champion_predicted: champion.map(|c| RowLevel::new(Arc::clone(&c.predicted))),
        groups: request.project.data.groups.clone(),
        target: request.project.data.target.clone(),
        worker: request.worker.clone(),
        current,
        parts,
    }))
}
