//! Loads the project's policies and lets them judge, independent ones in parallel.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use portcullis_project::{Difference, Lock, PolicySpec, Project, repository};
use portcullis_sandbox::ports::World;
use portcullis_sandbox::{
    ComponentFile, Description, Formatted, Grant, Inspection, Limits, Policy, Request, Sandbox, grantable,
};
use portcullis_verdict::{
    Failure, FailureKind, Kind, Place, PolicyRecord, PolicyTiming, PolicyVerdict, policy_verdict,
};
use rayon::prelude::*;
use serde_json::Value;

use crate::determinism;
use crate::error::RunError;
use crate::lock;
use crate::progress::Progress;
use crate::tape::{Recording, Session, Tape, Taped};

/// A policy of the project, loaded or not.
pub(crate) struct Loaded {
    spec: PolicySpec,
    place: Place,
    digest: String,
    grant: Grant,
    /// What its file says, whether it is run or refused; none where that is no policy.
    inspection: Option<Inspection>,
    state: Result<Ready, Failure>,
}

/// A policy whose file has been read and compiled, and of whose code nothing has run yet.
struct Opened<'a> {
    spec: &'a PolicySpec,
    digest: String,
    grant: Grant,
    inspection: Option<Inspection>,
    policy: Result<Policy, Failure>,
    /// How it differs from the lock, if there is one to hold it to. It has not been compiled then.
    difference: Option<Difference>,
}

/// A policy that can judge.
struct Ready {
    policy: Policy,
    description: Description,
    parameters: Value,
}

/// The seed and the clock that policies see, and whether they judge twice.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Circumstances {
    pub seed: u32,
    pub now: Duration,
    pub twice: bool,
    /// Whether what each policy is answered is noted.
    pub recording: bool,
}

/// What came of one policy.
pub(crate) struct Judged {
    pub record: PolicyRecord,
    pub timing: PolicyTiming,
    /// What it was answered, where that is noted.
    pub recording: Option<Recording>,
}

/// Loads every policy and holds its parameters against its schema. What is wrong with a policy is kept for its record;
/// what is wrong with the user's parameters, and what is not as the lock pins it, is an error, before anything expensive
/// is done. No policy's code runs before every one of them has been held against the lock.
pub(crate) fn load(
    sandbox: &Sandbox,
    project: &Project,
    locked: Option<&Lock>,
    progress: &dyn Progress,
) -> Result<Vec<Loaded>, RunError> {
    progress.step("loading policies", Some(project.policies.len() as u64));
    let open = |spec| {
        let opened = open(sandbox, project, spec, locked);
        progress.advance();
        opened
    };
    // A file that several entries name is compiled for the first of them, and taken from the cache by the others.
    let mut seen = BTreeSet::new();
    let first: Vec<bool> = project.policies.iter().map(|spec| seen.insert(&spec.file)).collect();
    let in_turn = |turn: bool| {
        let specs = project.policies.par_iter().zip(&first).enumerate().filter(move |(_, (_, first))| **first == turn);
        specs.map(|(place, (spec, _))| (place, open(spec))).collect::<Vec<_>>()
    };
    let mut opened = in_turn(true);
    opened.extend(in_turn(false));
    opened.sort_by_key(|(place, _)| *place);
    let mut opened: Vec<Opened<'_>> = opened.into_iter().map(|(_, opened)| opened).collect();
    if let Some(locked) = locked {
        let differences: Vec<Difference> = opened.iter_mut().filter_map(|opened| opened.difference.take()).collect();
        lock::agreed(locked, project, differences)?;
    }
    let loaded: Vec<Result<Loaded, String>> = opened
        .into_par_iter()
        .map(|opened| {
            let place = place(project, opened.spec);
            ready(opened, place)
        })
        .collect();
    let (mut policies, mut wrong) = (Vec::new(), Vec::new());
    for result in loaded {
        match result {
            Ok(policy) => policies.push(policy),
            Err(line) => wrong.push(line),
        }
    }
    if wrong.is_empty() { Ok(policies) } else { Err(RunError::Parameters(wrong.join("\n"))) }
}

/// Where a policy is configured, relative to the repository around the project.
fn place(project: &Project, spec: &PolicySpec) -> Place {
    let top = repository(&project.root).unwrap_or(&project.root);
    let file = if spec.line.is_some() { &project.file } else { &spec.file };
    let file = file.strip_prefix(top).unwrap_or(file);
    Place { file: file.to_string_lossy().replace('\\', "/"), line: spec.line }
}

/// How a message names a policy: where it is configured, and what it is called.
fn entry(spec: &PolicySpec, place: &Place) -> String {
    let found = if spec.line.is_none() { " (which no [[policy]] entry configures)" } else { "" };
    format!("{place}: policy `{}`{found}", spec.name)
}

/// Reads a policy's file once, holds it against the lock, and compiles the very bytes that were compared.
fn open<'a>(sandbox: &Sandbox, project: &Project, spec: &'a PolicySpec, locked: Option<&Lock>) -> Opened<'a> {
    let limits = limits(spec);
    let file = ComponentFile::read(&spec.file, limits.component_bytes);
    let digest = file.as_ref().map(|file| file.digest().to_owned()).unwrap_or_default();
    let inspection = file.as_ref().ok().and_then(|file| file.inspection().ok()).cloned();
    let difference = locked.and_then(|locked| locked.compare(&lock::name(project, spec), &lock::found(&file)));
    let grant = Grant {
        interfaces: spec.grant.interfaces.clone(),
        columns: spec.grant.columns.clone(),
        smallest_group: u64::from(project.smallest_group),
    };
    let policy = match (file, &difference) {
        (_, Some(difference)) => Err(Failure::new(FailureKind::Refused, difference.to_string())),
        (Ok(file), None) => sandbox.load(&spec.name, &file, grant.clone(), limits),
        (Err(error), None) => {
            Err(Failure::new(FailureKind::NotAComponent, format!("cannot read {}: {error}", spec.file.display())))
        }
    };
    Opened { spec, digest, grant, inspection, policy, difference }
}

/// Asks a policy what it is and holds the user's parameters against what it says.
fn ready(opened: Opened<'_>, configured: Place) -> Result<Loaded, String> {
    let Opened { spec, digest, grant, inspection, policy, .. } = opened;
    let place = entry(spec, &configured);
    let grantable = grantable();
    if let Some(word) = spec.grant.interfaces.iter().find(|word| !grantable.contains(&word.as_str())) {
        return Err(format!(
            "{place}: grant: `{word}` is not an interface that can be granted; valid: {}",
            grantable.join(", ")
        ));
    }
    let described = policy.and_then(|policy| {
        let description = policy.describe()?;
        let parameters = policy.parameters(&description, &spec.params)?;
        Ok((policy, description, parameters))
    });
    let state = match described {
        Ok((policy, description, Ok(parameters))) => Ok(Ready { policy, description, parameters }),
        Ok((_, _, Err(error))) => {
            let lines: Vec<String> = error.lines.iter().map(|line| format!("{place}: params: {line}")).collect();
            return Err(lines.join("\n"));
        }
        Err(failure) => Err(failure),
    };
    Ok(Loaded { spec: spec.clone(), place: configured, digest, grant, inspection, state })
}

/// The sandbox's limits with what the configuration says over them.
pub fn limits(spec: &PolicySpec) -> Limits {
    let (mut limits, over) = (Limits::default(), &spec.limits);
    let set = |limit: &mut u64, value: Option<u64>| *limit = value.unwrap_or(*limit);
    set(&mut limits.fuel, over.fuel);
    set(&mut limits.memory, over.memory);
    set(&mut limits.table_elements, over.table_elements);
    set(&mut limits.host_calls, over.host_calls);
    set(&mut limits.host_bytes, over.host_bytes);
    set(&mut limits.host_work, over.host_work);
    set(&mut limits.sql_steps, over.sql_steps);
    set(&mut limits.sql_memory, over.sql_memory);
    set(&mut limits.sql_rows, over.sql_rows);
    set(&mut limits.log_bytes, over.log_bytes);
    set(&mut limits.output_bytes, over.output_bytes);
    set(&mut limits.component_bytes, over.component_size);
    set(&mut limits.compile_memory, over.compile_memory);
    set(&mut limits.stack, over.stack);
    limits.compile_time = over.compile_time.unwrap_or(limits.compile_time);
    limits.time = over.time.unwrap_or(limits.time);
    limits.instances = over.instances.unwrap_or(limits.instances);
    limits.handles = over.handles.unwrap_or(limits.handles);
    limits.findings = over.findings.unwrap_or(limits.findings);
    limits
}

impl Loaded {
    /// Whether this policy judges in the stage before training. One that cannot judge at all is reported there, the sooner
    /// the better.
    pub fn judges_data(&self) -> bool {
        self.state.is_err() || self.kind().is_none_or(Kind::judges_data)
    }

    /// Whether it is there to call the model.
    pub fn calls_the_model(&self) -> bool {
        self.kind() == Some(Kind::Behavior)
    }

    /// Its name in the project.
    pub fn name(&self) -> &str {
        &self.spec.name
    }

    /// How a message names it.
    pub fn entry(&self) -> String {
        entry(&self.spec, &self.place)
    }

    /// The columns that its entry grants; none where it may see all.
    pub fn granted_columns(&self) -> &[String] {
        self.spec.grant.columns.as_deref().unwrap_or_default()
    }

    /// The parameters of its entry to which its schema gives this format: what they name, the run must have.
    pub fn named(&self, format: &str) -> Vec<Formatted> {
        self.state.as_ref().map(|ready| ready.description.of_format(format, &self.spec.params)).unwrap_or_default()
    }

    fn kind(&self) -> Option<Kind> {
        self.inspection.as_ref().map(|inspection| inspection.kind)
    }

    /// Whether it can look at a clock; one that does not judge cannot.
    pub fn asks_for_the_time(&self) -> bool {
        let imports = self.state.as_ref().map(|ready| ready.policy.inspection().imports.as_slice()).unwrap_or_default();
        imports.iter().any(|import| import.starts_with("wasi:clocks/"))
    }

    /// What decides this policy's judgement, for the run's identity.
    pub fn identity(&self) -> Value {
        let parameters = self.state.as_ref().map_or(&self.spec.params, |ready| &ready.parameters);
        let grant = (&self.spec.grant.interfaces, &self.spec.grant.columns);
        let limits = format!("{:?}", self.spec.limits);
        serde_json::json!([self.spec.name, self.digest, self.spec.mode.as_str(), parameters, grant, limits])
    }

    /// The record of a policy that does not get to judge.
    pub fn skipped(&self) -> PolicyRecord {
        PolicyRecord { verdict: PolicyVerdict::Skipped, ..self.record() }
    }

    /// The record with everything known before the policy has run.
    fn record(&self) -> PolicyRecord {
        let ready = self.state.as_ref().ok();
        PolicyRecord {
            name: self.spec.name.clone(),
            kind: self.kind(),
            digest: self.digest.clone(),
            contract: self.inspection.as_ref().map(|inspection| inspection.contract.to_string()),
            version: ready.map(|ready| ready.description.version.clone()),
            file: self.spec.display.clone(),
            place: self.place.clone(),
            mode: self.spec.mode,
            parameters: ready.map_or_else(|| self.spec.params.clone(), |ready| ready.parameters.clone()),
            verdict: PolicyVerdict::NotEvaluable,
            outcome: None,
            findings: Vec::new(),
            measures: Vec::new(),
            extra: Vec::new(),
            fuel: None,
            failure: self.state.as_ref().err().cloned(),
            log: Vec::new(),
        }
    }

    fn judge(&self, world: &Arc<dyn World>, circumstances: Circumstances) -> Judged {
        let mut record = self.record();
        let Ok(ready) = &self.state else {
            return Judged { record, timing: PolicyTiming::default(), recording: None };
        };
        let tape = circumstances.recording.then(|| Arc::new(Tape::default()));
        let taped =
            |tape: &Arc<Tape>| Arc::new(Taped::new(Arc::clone(tape), Some(Arc::clone(world)))) as Arc<dyn World>;
        let world = tape.as_ref().map_or_else(|| Arc::clone(world), taped);
        let once = || {
            ready.policy.judge(Request {
                parameters: ready.parameters.clone(),
                world: Arc::clone(&world),
                seed: u64::from(circumstances.seed),
                now: circumstances.now,
            })
        };
        let judge = || {
            let mut judged = once();
            if circumstances.twice
                && let Some(failure) = determinism::verified(&judged, &once())
            {
                judged.result = Err(failure);
            }
            judged
        };
        let mut timing = PolicyTiming {
            load_seconds: ready.policy.loading().as_secs_f64(),
            cached: ready.policy.cached(),
            compile_seconds: ready.policy.compiling().as_secs_f64(),
            ..PolicyTiming::default()
        };
        // A panic in what the host computes for a policy is that policy's misfortune, not the run's.
        match catch_unwind(AssertUnwindSafe(judge)) {
            Ok(judged) => {
                record.verdict = policy_verdict(self.spec.mode, judged.result.as_ref());
                record.fuel = Some(judged.fuel);
                record.log = judged.log;
                timing.judge_seconds = judged.elapsed.as_secs_f64();
                timing.instantiate_seconds = judged.instantiating.as_secs_f64();
                match judged.result {
                    Ok(judgement) => {
                        record.outcome = Some(judgement.outcome);
                        record.findings = judgement.findings;
                        record.measures = judgement.measures;
                        record.extra = judgement.extra;
                    }
                    Err(failure) => record.failure = Some(failure),
                }
            }
            Err(_) => {
                record.failure = Some(Failure::new(
                    FailureKind::Host,
                    "the host panicked while it worked for this policy; please report it as a defect of Portcullis",
                ));
            }
        }
        let recording = tape.map(|tape| {
            let session = Session {
                record: &record,
                given: &self.spec.params,
                kind: ready.policy.inspection().kind,
                grant: &self.grant,
                limits: limits(&self.spec),
                seed: u64::from(circumstances.seed),
                now: circumstances.now,
            };
            Recording::new(session, &tape)
        });
        Judged { record, timing, recording }
    }
}

/// Lets policies judge, in parallel; the records come in the order of the policies.
pub(crate) fn judge<'a>(
    policies: impl IntoIterator<Item = &'a Loaded>,
    world: &Arc<dyn World>,
    circumstances: Circumstances,
    progress: &dyn Progress,
) -> Vec<Judged> {
    let policies: Vec<&Loaded> = policies.into_iter().collect();
    progress.step("judging", Some(policies.len() as u64));
    policies
        .into_par_iter()
        .map(|policy| {
            let judged = policy.judge(world, circumstances);
            progress.advance();
            judged
        })
        .collect()
}
