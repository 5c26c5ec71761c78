//! The run record, from what the steps gathered.

use std::collections::BTreeMap;
use std::sync::Arc;

use portcullis_evaluate::Evaluation;
use portcullis_project::{Project, commit};
use portcullis_verdict::{
    IntervalRecord, PolicyRecord, PolicyTiming, PolicyVerdict, RunIdentity, RunRecord, SCHEMA_VERSION, SliceRecord,
    TimingRecord, Verdict,
};

use crate::candidate::Candidate;
use crate::champion::Champion;
use crate::clock::Clock;
use crate::error::RunError;
use crate::identity;
use crate::inputs::{self, Divided, Inputs};
use crate::policies::{Judged, Loaded};
use crate::predictions::Predicted;
use crate::request::Request;
use crate::tape::Recording;
use crate::world::{borrowed, columns};

/// Parts that the record may have for one entry of `[evaluate] slices`: more is an id, not a group.
const MOST_SLICES: usize = 1_000;

/// What the steps gather on their way.
#[derive(Default)]
pub(crate) struct Gathered {
    pub judged: Vec<(PolicyRecord, PolicyTiming)>,
    pub recordings: Vec<Recording>,
    pub skipped: BTreeMap<String, String>,
    pub notes: Vec<String>,
    pub seconds: BTreeMap<String, f64>,
}

impl Gathered {
    /// Takes in what policies said.
    pub fn take(&mut self, judged: Vec<Judged>) {
        for Judged { record, timing, recording } in judged {
            self.judged.push((record, timing));
            self.recordings.extend(recording);
        }
    }
}

/// The candidate, and its evaluation where there was one.
pub(crate) struct Outcome {
    pub candidate: Candidate,
    pub divided: Option<Divided>,
    pub measured: Option<Measured>,
}

/// A candidate's predictions, measured.
pub(crate) struct Measured {
    pub predicted: Arc<Predicted>,
    pub evaluation: Evaluation,
    pub champion: Option<Champion>,
    pub slices: Vec<SliceRecord>,
    pub intervals: BTreeMap<String, IntervalRecord>,
}

/// Metrics on the parts that `[evaluate] slices` asks for.
///
/// # Errors
/// A column that is not there, or that cuts the rows into far too many parts.
pub(crate) fn slices(
    project: &Project,
    evaluation: &Evaluation,
    predicted: &Predicted,
) -> Result<Vec<SliceRecord>, RunError> {
    let mut records = Vec::new();
    for names in &project.evaluate.slices {
        let wrong = |why: String| RunError::Missing(format!("[evaluate] slices: {}: {why}", names.join(", ")));
        let columns = columns(&predicted.rows, names).map_err(|failure| wrong(failure.message))?;
        let parts = evaluation.slices(&borrowed(&columns)).map_err(|error| wrong(error.to_string()))?;
        if parts.len() > MOST_SLICES {
            return Err(wrong(format!(
                "it cuts {} rows into {} parts (at most {MOST_SLICES}); slice by columns of few values",
                evaluation.rows(),
                parts.len()
            )));
        }
        records.extend(Evaluation::slice_records(&parts));
    }
    Ok(records)
}

/// The record of one execution.
pub(crate) fn assemble(
    request: &Request<'_>,
    clock: Clock,
    inputs: &Inputs,
    outcome: Option<&Outcome>,
    loaded: &[Loaded],
    gathered: Gathered,
) -> RunRecord {
    let project = request.project;
    let Gathered { mut judged, skipped, mut notes, seconds, .. } = gathered;
    // In the order of the configuration, whatever the stage in which they judged.
    judged.sort_by_key(|(record, _)| loaded.iter().position(|policy| policy.name() == record.name));
    let measured = outcome.and_then(|outcome| outcome.measured.as_ref());
    let divided = outcome.and_then(|outcome| outcome.divided.as_ref());
    notes.extend(measured.and_then(|measured| measured.champion.as_ref()).iter().flat_map(|c| c.notes.clone()));
    let timing = TimingRecord {
        start: request.started.clone(),
        seconds,
        prediction_microseconds_per_row: measured.and_then(|measured| measured.predicted.latency),
        policies: judged
            .iter()
            .filter(|(record, _)| record.verdict != PolicyVerdict::Skipped)
            .map(|(record, timing)| (record.name.clone(), timing.clone()))
            .collect(),
    };
    let own = outcome.is_some_and(|outcome| outcome.candidate.model.is_some()) || inputs.role == "predictions";
    let predictions = measured.filter(|_| !own).map(|measured| &measured.predicted.rows);
    let mut record = RunRecord {
        schema: SCHEMA_VERSION,
        run: RunIdentity {
            id: String::new(),
            host: env!("CARGO_PKG_VERSION").to_owned(),
            commit: commit(&project.root),
            seed: project.split.seed,
            command: request.steps.as_str().to_owned(),
            at: Some(clock.record()),
        },
        project: project.name.clone(),
        data: Some(inputs::record(project, inputs, divided, predictions)),
        model: outcome.map(|outcome| outcome.candidate.record.clone()),
        champion: measured.and_then(|measured| Some(measured.champion.as_ref()?.record.clone())),
        metrics: measured.map(|measured| measured.evaluation.metrics()).unwrap_or_default(),
        slices: measured.map(|measured| measured.slices.clone()).unwrap_or_default(),
        intervals: measured.map(|measured| measured.intervals.clone()).unwrap_or_default(),
        evaluation: measured.map(|measured| measured.evaluation.record()),
        policies: judged.into_iter().map(|(record, _)| record).collect(),
        skipped,
        notes,
        verdict: Verdict::Passed,
        timing,
    };
    record.verdict = record.judged();
    let judging =
        |policy: &PolicyRecord| !matches!(policy.outcome, None | Some(portcullis_verdict::Outcome::NotApplicable));
    if record.verdict == Verdict::Passed && !record.policies.is_empty() && !request.allow_empty {
        // What nobody judged has not passed.
        if !record.policies.iter().any(judging) {
            record.verdict = Verdict::NotEvaluable;
            record.notes.push(
                "every policy says that it does not apply, so nothing was judged; --allow-empty says that this is fine"
                    .to_owned(),
            );
        }
    }
    record.run.id = identity::of(request, &record, loaded);
    record
}
