//! One execution, step by step.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use portcullis_evaluate::{Evaluation, Options};
use portcullis_learn::Provenance;
use portcullis_project::{Layout, ModelSource, Project, commit};
use portcullis_sandbox::ports::World;
use portcullis_sandbox::{Cache, Sandbox};
use portcullis_verdict::{
    PolicyRecord, PolicyTiming, PolicyVerdict, RunIdentity, RunRecord, SCHEMA_VERSION, TimingRecord, Verdict,
};

use crate::candidate::{self, Candidate, Predicted};
use crate::champion::{self, Champion};
use crate::error::RunError;
use crate::inputs::{self, Divided, Inputs};
use crate::policies::{self, Circumstances, Loaded};
use crate::progress::Progress;
use crate::results;
use crate::world::{After, Before, Callable, Compared, Evaluated, Part, borrowed, columns};

/// What a subcommand does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Steps {
    /// Data policies judge the data.
    Check,
    /// The model is trained; nothing judges.
    Train,
    /// A model is evaluated; nothing judges.
    Evaluate,
    /// Gate, fairness and behavior policies judge a model.
    Gate,
    /// All of it.
    Run,
}

impl Steps {
    /// The subcommand's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Train => "train",
            Self::Evaluate => "evaluate",
            Self::Gate => "gate",
            Self::Run => "run",
        }
    }

    const fn checks(self) -> bool {
        matches!(self, Self::Check | Self::Run)
    }

    const fn trains(self) -> bool {
        matches!(self, Self::Train | Self::Run)
    }

    const fn evaluates(self) -> bool {
        matches!(self, Self::Evaluate | Self::Gate | Self::Run)
    }

    const fn gates(self) -> bool {
        matches!(self, Self::Gate | Self::Run)
    }
}

/// What to execute.
#[derive(Debug)]
pub struct Request<'a> {
    /// The project.
    pub project: &'a Project,
    /// The steps.
    pub steps: Steps,
    /// Model file to evaluate instead of training one; for `evaluate` and `gate`.
    pub model: Option<PathBuf>,
    /// Whether to train on data that a policy blocked.
    pub keep_going: bool,
    /// Whether it is fine that no policy judges.
    pub allow_empty: bool,
    /// Folder of compiled policies; none compiles anew each time.
    pub cache: Option<PathBuf>,
    /// When the run started, RFC 3339 in UTC.
    pub started: String,
}

/// What came of it.
#[derive(Debug)]
pub struct Finished {
    /// The record.
    pub record: RunRecord,
    /// Where it lies with the model and the predictions.
    pub folder: PathBuf,
}

/// What the steps gather for the record.
#[derive(Default)]
struct Gathered {
    judged: Vec<(PolicyRecord, PolicyTiming)>,
    skipped: BTreeMap<String, String>,
    notes: Vec<String>,
    seconds: BTreeMap<String, f64>,
}

/// The candidate with its evaluation.
struct Outcome {
    candidate: Candidate,
    predicted: Option<Predicted>,
    evaluation: Option<Evaluation>,
    champion: Option<Champion>,
    divided: Option<Divided>,
}

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
    let (data_policies, model_policies): (Vec<&Loaded>, Vec<&Loaded>) =
        loaded.iter().partition(|policy| policy.judges_data());
    require_policies(request, &data_policies, &model_policies)?;

    progress.step("reading data", None);
    let inputs = timed(&mut gathered, "read data", || inputs::load(project))?;

    let mut blocked = false;
    if request.steps.checks() {
        blocked = timed_with(&mut gathered, "check", |gathered| {
            check(request, inputs.as_ref(), &data_policies, gathered, progress)
        });
    }
    let wants_model = request.steps.trains() || request.steps.evaluates();
    let outcome = if wants_model && (!blocked || request.keep_going) {
        Some(model(request, inputs.as_ref(), &mut gathered, progress)?)
    } else {
        None
    };
    if request.steps.gates() {
        gate(request, inputs.as_ref(), outcome.as_ref(), &model_policies, &mut gathered, progress);
    }
    if blocked && outcome.is_none() && wants_model {
        for step in ["train", "evaluate", "gate"] {
            gathered
                .skipped
                .insert(step.to_owned(), "a policy blocked the data; --keep-going goes on all the same".to_owned());
        }
    }

    gathered.seconds.insert("total".to_owned(), started.elapsed().as_secs_f64());
    let record = record(request, inputs.as_ref(), outcome.as_ref(), &loaded, gathered);
    progress.step("writing results", None);
    let folder = results::write(
        project,
        &record,
        outcome.as_ref().map(|outcome| &outcome.candidate),
        outcome.as_ref().and_then(|o| o.predicted.as_ref()),
    )?;
    Ok(Finished { record, folder })
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
    if !(request.steps.checks() || request.steps.gates()) || project.policies.is_empty() {
        return Ok(Vec::new());
    }
    let cache = request.cache.as_deref().and_then(Cache::open);
    let sandbox = Sandbox::new(cache).map_err(RunError::Sandbox)?;
    policies::load(&sandbox, project, progress)
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
    inputs: Option<&Inputs>,
    policies: &[&Loaded],
    gathered: &mut Gathered,
    progress: &dyn Progress,
) -> bool {
    let Some(inputs) = inputs else {
        gathered.judged.extend(policies.iter().map(|policy| (policy.skipped(), PolicyTiming::default())));
        if !policies.is_empty() {
            let reason =
                "the configuration names no data, only predictions; add [data] path to let data policies judge it";
            gathered.skipped.insert("check".to_owned(), reason.to_owned());
        }
        return false;
    };
    let world: Arc<dyn World> = Arc::new(Before {
        all: Arc::new(Part::new("all", inputs.all.clone())),
        reference: inputs.reference.clone().map(|table| Arc::new(Part::new("reference", table))),
        groups: request.project.data.groups.clone(),
    });
    let judged = policies::judge(policies.iter().copied(), &world, circumstances(request), progress);
    // A policy that could not be evaluated costs its own verdict and nothing else.
    let blocked = judged.iter().any(|(record, _)| record.verdict == PolicyVerdict::Blocked);
    gathered.judged.extend(judged);
    blocked
}

fn circumstances(request: &Request<'_>) -> Circumstances {
    Circumstances { seed: request.project.split.seed, now: Duration::ZERO }
}

/// Trains or takes a model and evaluates it.
fn model(
    request: &Request<'_>,
    inputs: Option<&Inputs>,
    gathered: &mut Gathered,
    progress: &dyn Progress,
) -> Result<Outcome, RunError> {
    let project = request.project;
    let own = matches!(project.model()?.source, ModelSource::Family { .. }) || request.model.is_some();
    if !own {
        if request.steps == Steps::Train && matches!(project.model()?.source, ModelSource::Predictions(_)) {
            return Err(RunError::Missing(
                "[model] predictions: the model was trained elsewhere, so there is nothing to train here".to_owned(),
            ));
        }
        let (candidate, predicted) = timed(gathered, "train", || candidate::from_elsewhere(project, progress))?;
        inputs::check_slices(project, &predicted.rows)?;
        return evaluated(request, candidate, predicted, None, gathered, progress);
    }
    let inputs = inputs.ok_or_else(|| {
        RunError::Missing("[data] path: missing; there is no data to train on or to evaluate with".to_owned())
    })?;
    let divided = inputs::divide(project, inputs)?;
    let candidate = timed(gathered, "train", || match &request.model {
        Some(file) => candidate::load(file, &file.display().to_string()),
        None if request.steps.trains() => {
            candidate::fit(project, &divided, provenance(project, inputs, &divided), progress)
        }
        None => candidate::latest(&Layout::new(&project.root)),
    })?;
    if let Some(model) = &candidate.model {
        gathered.notes.extend(model.notes().iter().cloned());
        gathered.notes.extend(strange(model.provenance(), inputs, &divided, project));
    }
    if !request.steps.evaluates() {
        return Ok(Outcome { candidate, predicted: None, evaluation: None, champion: None, divided: Some(divided) });
    }
    let model =
        candidate.model.as_ref().ok_or_else(|| RunError::Missing("there is no model to evaluate".to_owned()))?;
    progress.step(&format!("predicting {} held-out rows", divided.held_out.row_count()), None);
    let predicted = timed(gathered, "evaluate", || candidate::predict(model, &divided, "the candidate"))?;
    evaluated(request, candidate, predicted, Some(divided), gathered, progress)
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
    let options = Options { seed: u64::from(project.split.seed), resamples: project.evaluate.resamples };
    let (evaluation, champion) = timed(gathered, "evaluate", || {
        let evaluation = Evaluation::new(predicted.scored.clone(), options);
        let champion = champion::beside(project, divided.as_ref(), &evaluation, options)?;
        Ok::<_, RunError>((evaluation, champion))
    })?;
    Ok(Outcome { candidate, predicted: Some(predicted), evaluation: Some(evaluation), champion, divided })
}

fn provenance(project: &Project, inputs: &Inputs, divided: &Divided) -> Provenance {
    Provenance {
        host_version: env!("CARGO_PKG_VERSION").to_owned(),
        data_sha256: inputs.all.digest(),
        code_sha256: None,
        split: Some(how_split(project, divided)),
        target: project.data.target.clone(),
        commit: None, // the file's bytes are the same for the same inputs; the record tells the commit
    }
}

fn how_split(project: &Project, divided: &Divided) -> String {
    format!(
        "{}, {} of {} rows held out, seed {}",
        divided.split.method,
        divided.split.test,
        divided.split.test + divided.split.train,
        project.split.seed
    )
}

/// What a reader of the evaluation must know of a model that was trained on something else.
fn strange(provenance: Option<&Provenance>, inputs: &Inputs, divided: &Divided, project: &Project) -> Option<String> {
    let provenance = provenance?;
    let same_data = provenance.data_sha256 == inputs.all.digest();
    if same_data && provenance.split.as_deref() != Some(how_split(project, divided).as_str()) {
        return Some(format!(
            "the model was trained on these files with another split ({}): rows held out now may be rows that it learnt from",
            provenance.split.as_deref().unwrap_or("unknown")
        ));
    }
    None
}

/// Lets the gate, fairness and behavior policies judge.
fn gate(
    request: &Request<'_>,
    inputs: Option<&Inputs>,
    outcome: Option<&Outcome>,
    policies: &[&Loaded],
    gathered: &mut Gathered,
    progress: &dyn Progress,
) {
    let world = outcome.and_then(|outcome| world(request.project, inputs, outcome));
    let Some(world) = world else {
        gathered.judged.extend(policies.iter().map(|policy| (policy.skipped(), PolicyTiming::default())));
        return;
    };
    let judged =
        timed(gathered, "gate", || policies::judge(policies.iter().copied(), &world, circumstances(request), progress));
    gathered.judged.extend(judged);
}

fn world(project: &Project, inputs: Option<&Inputs>, outcome: &Outcome) -> Option<Arc<dyn World>> {
    let (evaluation, predicted) = (outcome.evaluation.as_ref()?, outcome.predicted.as_ref()?);
    let current = Arc::new(Part::new("held-out", predicted.rows.clone()));
    let mut parts = vec![Arc::clone(&current)];
    if let Some(inputs) = inputs {
        parts.push(Arc::new(Part::new("all", inputs.all.clone())));
        parts.extend(inputs.reference.clone().map(|table| Arc::new(Part::new("reference", table))));
    }
    if let Some(divided) = &outcome.divided {
        parts.push(Arc::new(Part::new("training", divided.training.clone())));
    }
    let champion = outcome.champion.as_ref();
    Some(Arc::new(After {
        candidate: Arc::new(Evaluated::new(evaluation.clone(), predicted.rows.clone())),
        champion: champion.map(|c| Arc::new(Evaluated::new(c.evaluation.clone(), c.rows.clone()))),
        comparison: champion.map(|c| Arc::new(Compared::new(c.comparison.clone(), predicted.rows.clone()))),
        predictor: outcome.candidate.model.clone().map(|model| Arc::new(Callable(model))),
        groups: project.data.groups.clone(),
        current,
        parts,
    }))
}

fn record(
    request: &Request<'_>,
    inputs: Option<&Inputs>,
    outcome: Option<&Outcome>,
    loaded: &[Loaded],
    gathered: Gathered,
) -> RunRecord {
    let project = request.project;
    let Gathered { mut judged, skipped, mut notes, seconds } = gathered;
    // In the order of the configuration, whatever the stage in which they judged.
    judged.sort_by_key(|(record, _)| loaded.iter().position(|policy| policy.name() == record.name));
    let timing = TimingRecord {
        start: request.started.clone(),
        seconds,
        prediction_microseconds_per_row: outcome.and_then(|outcome| outcome.predicted.as_ref()?.latency),
        policies: judged
            .iter()
            .filter(|(record, _)| record.verdict != PolicyVerdict::Skipped)
            .map(|(record, timing)| (record.name.clone(), timing.clone()))
            .collect(),
    };
    let evaluation = outcome.and_then(|outcome| outcome.evaluation.as_ref());
    let evaluate = &project.evaluate;
    let mut slices = Vec::new();
    if let (Some(evaluation), Some(predicted)) = (evaluation, outcome.and_then(|o| o.predicted.as_ref())) {
        for names in &evaluate.slices {
            let cut = columns(&predicted.rows, names)
                .map_err(|failure| failure.message)
                .and_then(|columns| evaluation.slices(&borrowed(&columns)).map_err(|error| error.to_string()));
            match cut {
                Ok(parts) => slices.extend(Evaluation::slice_records(&parts)),
                Err(why) => notes.push(format!("no slices by {}: {why}", names.join(", "))),
            }
        }
    }
    let intervals = match evaluation.filter(|_| evaluate.intervals) {
        Some(evaluation) => evaluation.intervals(evaluate.confidence).unwrap_or_default(),
        None => BTreeMap::new(),
    };
    let data = inputs.map(|inputs| inputs::record(project, inputs, outcome.and_then(|o| o.divided.as_ref())));
    let data = data.or_else(|| Some(inputs::of_predictions(&outcome?.predicted.as_ref()?.rows)));
    let mut record = RunRecord {
        schema: SCHEMA_VERSION,
        run: RunIdentity {
            id: String::new(),
            host: env!("CARGO_PKG_VERSION").to_owned(),
            commit: commit(&project.root),
            seed: project.split.seed,
            command: request.steps.as_str().to_owned(),
        },
        project: project.name.clone(),
        data,
        model: outcome.map(|outcome| outcome.candidate.record.clone()),
        champion: outcome.and_then(|outcome| Some(outcome.champion.as_ref()?.record.clone())),
        metrics: evaluation.map(Evaluation::metrics).unwrap_or_default(),
        slices,
        intervals,
        evaluation: evaluation.map(Evaluation::record),
        policies: judged.into_iter().map(|(record, _)| record).collect(),
        skipped,
        notes,
        verdict: Verdict::Passed,
        timing,
    };
    record.verdict = record.judged();
    record.run.id = results::identity(request, &record, loaded);
    record
}
