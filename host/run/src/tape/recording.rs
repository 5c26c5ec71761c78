//! A recording on disk, and judging again by it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use portcullis_project::{read_regular, write_whole};
use portcullis_sandbox::ports::World;
use portcullis_sandbox::{Grant, Judged, Limits, Policy, Request};
use portcullis_verdict::{Failure, Kind, Mode, PolicyRecord, policy_verdict};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Tape, Taped};
use crate::error::RunError;
use crate::request::Finished;

/// Name of a recording in the folder of a case.
pub const RECORDING_FILE: &str = "recording.json";

/// Name of what the policy is expected to say, beside it.
const EXPECTED_FILE: &str = "expected.json";

/// Version of the shape of a recording.
const SCHEMA: u32 = 1;

/// Everything that one policy was given and answered in one run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Recording {
    schema: u32,
    /// Its name in the project.
    pub policy: String,
    /// Its kind.
    pub kind: Kind,
    /// sha256 of the policy that was recorded; a case is there to be judged by others.
    pub digest: String,
    /// How the project takes its word.
    pub mode: Mode,
    /// The parameters as the configuration gave them.
    pub parameters: Value,
    grant: Granted,
    /// What it could consume.
    #[serde(default)]
    pub limits: Limits,
    seed: u64,
    /// Where its clocks stood, in seconds since 1970, and nanoseconds beyond.
    now: (u64, u32),
    answers: BTreeMap<String, Value>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Granted {
    interfaces: Vec<String>,
    columns: Option<Vec<String>>,
    smallest_group: u64,
}

/// What a policy is recorded under.
pub(crate) struct Session<'a> {
    pub record: &'a PolicyRecord,
    pub given: &'a Value,
    pub kind: Kind,
    pub grant: &'a Grant,
    pub limits: Limits,
    pub seed: u64,
    pub now: Duration,
}

impl Recording {
    pub(crate) fn new(session: Session<'_>, tape: &Tape) -> Self {
        let Session { record, given, kind, grant, limits, seed, now } = session;
        Self {
            schema: SCHEMA,
            policy: record.name.clone(),
            kind,
            digest: record.digest.clone(),
            mode: record.mode,
            parameters: given.clone(),
            grant: Granted {
                interfaces: grant.interfaces.clone(),
                columns: grant.columns.clone(),
                smallest_group: grant.smallest_group,
            },
            limits,
            seed,
            now: (now.as_secs(), now.subsec_nanos()),
            answers: tape.answers(),
        }
    }

    /// Reads the recording in the folder of a case; none if there is no such file.
    ///
    /// # Errors
    /// It cannot be read, or another version wrote it.
    pub fn read(folder: &Path) -> Result<Option<Self>, RunError> {
        let file = folder.join(RECORDING_FILE);
        if !file.exists() {
            return Ok(None);
        }
        let text = read_regular(&file).map_err(|source| RunError::Io {
            what: "cannot read the recording",
            file: file.clone(),
            source,
        })?;
        let recording: Self = serde_json::from_str(&text).map_err(|error| {
            RunError::Missing(format!(
                "{}: this is no recording that this version reads (line {}: {error}); record it anew with `portcullis run \
                 --record DIR`",
                file.display(),
                error.line()
            ))
        })?;
        if recording.schema != SCHEMA {
            return Err(RunError::Missing(format!(
                "{}: its schema is {}, and this version reads {SCHEMA}; record it anew",
                file.display(),
                recording.schema
            )));
        }
        Ok(Some(recording))
    }

    /// What the policy may see, as when it was recorded.
    pub fn grant(&self) -> Grant {
        Grant {
            interfaces: self.grant.interfaces.clone(),
            columns: self.grant.columns.clone(),
            smallest_group: self.grant.smallest_group,
        }
    }
}

/// What came of judging by a recording.
#[derive(Debug, Clone, PartialEq)]
pub struct Replayed {
    /// What the policy said, as [`said`] writes it.
    pub said: Value,
    /// What it asked that the recording does not answer.
    pub unknown: Vec<String>,
    /// Instructions used, log, and how long it took.
    pub judged: Judged,
}

/// Lets a policy judge what was recorded. `parameters` are those of the recording, validated for this policy.
pub fn replay(policy: &Policy, parameters: Value, recording: &Recording) -> Replayed {
    let tape = Arc::new(Tape::of(recording.answers.clone()));
    let world: Arc<dyn World> = Arc::new(Taped::new(Arc::clone(&tape), None));
    let (seconds, nanoseconds) = recording.now;
    let now = Duration::new(seconds, nanoseconds);
    let judged = policy.judge(Request { parameters, world, seed: recording.seed, now });
    let verdict = policy_verdict(recording.mode, judged.result.as_ref());
    let said = match &judged.result {
        Ok(judgement) => json!({
            "verdict": verdict, "outcome": judgement.outcome, "findings": judgement.findings,
            "measures": judgement.measures, "extra": judgement.extra,
        }),
        Err(failure) => json!({ "verdict": verdict, "failure": failure }),
    };
    Replayed { said: tidy(said), unknown: tape.unknown(), judged }
}

/// What a policy said in a run, as far as it is expected to say the same again: verdict, outcome, findings and measures, or
/// the failure.
pub fn said(record: &PolicyRecord) -> Value {
    tidy(match &record.failure {
        Some(failure) => json!({ "verdict": record.verdict, "failure": failure }),
        None => json!({
            "verdict": record.verdict, "outcome": record.outcome, "findings": record.findings,
            "measures": record.measures, "extra": record.extra,
        }),
    })
}

/// What a policy that cannot even begin to judge says.
pub fn cannot(failure: &Failure) -> Value {
    tidy(json!({ "verdict": policy_verdict(Mode::Enforce, Err(failure)), "failure": failure }))
}

/// Without the lists that are empty.
fn tidy(mut said: Value) -> Value {
    if let Some(members) = said.as_object_mut() {
        members.retain(|_, member| !matches!(member, Value::Array(list) if list.is_empty()));
    }
    said
}

/// Where the recordings of a run go: a folder for each policy.
#[derive(Debug)]
pub struct Shelf<'a>(&'a Path);

impl<'a> Shelf<'a> {
    /// Looked at before anything is done, so that a run is not in vain.
    ///
    /// # Errors
    /// A folder that would be written to holds something that is no recording.
    pub fn check(folder: &'a Path, policies: impl IntoIterator<Item = &'a str>) -> Result<Self, RunError> {
        let shelf = Self(folder);
        let mut places = std::collections::BTreeSet::new();
        for policy in policies {
            let place = shelf.place(policy);
            if place == folder || !places.insert(place.clone()) {
                return Err(RunError::Missing(format!(
                    "--record: the folder for `{policy}` would be {}, which is not its own; give it another name",
                    place.display()
                )));
            }
            let empty = std::fs::read_dir(&place).map_or(!place.exists(), |mut entries| entries.next().is_none());
            if !empty && !place.join(RECORDING_FILE).is_file() {
                return Err(RunError::Missing(format!(
                    "--record: {} is there and holds no recording, so nothing is written over it; name another folder",
                    place.display()
                )));
            }
        }
        Ok(shelf)
    }

    fn place(&self, policy: &str) -> PathBuf {
        let plain = |letter: char| if letter.is_alphanumeric() || "-_.".contains(letter) { letter } else { '-' };
        self.0.join(policy.chars().map(plain).collect::<String>().trim_start_matches('.'))
    }

    /// Writes the recordings of a run, each with what the policy said.
    ///
    /// # Errors
    /// The system refuses.
    pub fn write(&self, finished: &Finished) -> Result<(), RunError> {
        finished.recordings.iter().try_for_each(|recording| {
            let judged = finished.record.policies.iter().find(|policy| policy.name == recording.policy);
            judged.map_or(Ok(()), |judged| self.write_one(recording, judged))
        })
    }

    fn write_one(&self, recording: &Recording, record: &PolicyRecord) -> Result<(), RunError> {
        let place = self.place(&recording.policy);
        let io = |what: &'static str, file: &Path| {
            let file = file.to_owned();
            move |source| RunError::Io { what, file, source }
        };
        std::fs::create_dir_all(&place).map_err(io("cannot make the folder", &place))?;
        for (name, text) in [
            (RECORDING_FILE, serde_json::to_string_pretty(recording)),
            (EXPECTED_FILE, serde_json::to_string_pretty(&said(record))),
        ] {
            let file = place.join(name);
            let mut text = text.unwrap_or_default();
            text.push('\n');
            write_whole(&file, text.as_bytes(), ".portcullis-case-")
                .map_err(io("cannot write the recording", &file))?;
        }
        Ok(())
    }
}
