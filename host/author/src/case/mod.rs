//! Cases: a folder each, in which a policy judges and must say what it is expected to say.
//!
//! A case is a project of its own (`portcullis.toml` with one `[[policy]]` entry, and its data), or the recording of a run
//! (`recording.json`). What the policy is expected to say stands in `expected.json` beside it.

mod compare;
mod report;

use std::path::{Path, PathBuf};
use std::time::Duration;

use portcullis_project::{CONFIGURATION, Overrides, Project, read_regular, write_whole};
use portcullis_run::{Finished, RECORDING_FILE, Recording, Request, Steps, Worker, cannot, execute, replay, said};
use portcullis_sandbox::{Cache, ComponentFile, Sandbox};
use portcullis_verdict::Kind;
use serde_json::Value;

use crate::error::AuthorError;
use crate::manifest::Manifest;

pub use compare::difference;
pub use report::{junit, text};

/// The folder of a policy that holds its cases.
pub const CASES: &str = "cases";

/// What the policy is expected to say.
pub const EXPECTED: &str = "expected.json";

/// A case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// The name of its folder.
    pub name: String,
    folder: PathBuf,
}

/// What came of a case.
#[derive(Debug, Clone, PartialEq)]
pub struct Tested {
    /// The case.
    pub case: String,
    /// What came of it.
    pub outcome: Outcome,
    /// What the policy logged.
    pub log: Vec<String>,
    /// Instructions it used, if it ran.
    pub fuel: Option<u64>,
    /// How long the case took.
    pub elapsed: Duration,
}

/// Whether the policy said what it is expected to say.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It did.
    Same,
    /// It did not, or nothing says yet what is expected; `expected.json` now holds what it said.
    Updated,
    /// Nothing says what is expected; this is what it said.
    New(String),
    /// What is expected and what it said, line by line.
    Different(String),
    /// The case cannot be judged.
    Broken(String),
}

impl Tested {
    /// Whether the case is as it should be.
    pub fn passed(&self) -> bool {
        matches!(self.outcome, Outcome::Same | Outcome::Updated)
    }
}

/// What cases are judged with.
#[derive(Debug)]
pub struct Bench {
    /// Folder of compiled policies.
    pub cache: Option<PathBuf>,
    /// How to start processes of their own.
    pub worker: Option<Worker>,
}

impl Bench {
    /// A sandbox with the compile cache in a folder, or with none.
    pub(crate) fn sandbox(&self, cache: Option<&Path>) -> Result<Sandbox, AuthorError> {
        let sandbox =
            Sandbox::new(cache.and_then(Cache::open)).map_err(|failure| AuthorError::Defect(failure.to_string()))?;
        Ok(match &self.worker {
            Some(worker) => sandbox.compiling_with(worker.clone()),
            None => sandbox,
        })
    }
}

impl Case {
    /// The cases of a policy, by name: all, or those whose names hold one of the words.
    ///
    /// # Errors
    /// There is none, or none that is asked for.
    pub fn of(manifest: &Manifest, words: &[String]) -> Result<Vec<Self>, AuthorError> {
        let root = manifest.folder.join(CASES);
        let wrong = |why: String| AuthorError::Case { case: root.display().to_string(), why };
        let listing = std::fs::read_dir(&root).map_err(|error| {
            wrong(format!(
                "there are no cases ({error}): a case is a folder with a {CONFIGURATION} and its data, or one that `portcullis \
                 run --record {}` writes",
                root.display()
            ))
        })?;
        let mut all: Vec<Self> = listing
            .flatten()
            .filter(|entry| entry.path().is_dir())
            .map(|entry| Self { name: entry.file_name().to_string_lossy().into_owned(), folder: entry.path() })
            .filter(|case| !case.name.starts_with('.'))
            .collect();
        all.sort_by(|one, other| one.name.cmp(&other.name));
        let names: Vec<String> = all.iter().map(|case| case.name.clone()).collect();
        if names.is_empty() {
            return Err(wrong("it holds no case".to_owned()));
        }
        if !words.is_empty() {
            all.retain(|case| words.iter().any(|word| case.name.contains(word.as_str())));
        }
        if all.is_empty() {
            return Err(wrong(format!("no case is called so; there are: {}", names.join(", "))));
        }
        Ok(all)
    }

    /// Lets the policy judge and compares. With `update`, what it said becomes what is expected.
    pub fn test(&self, manifest: &Manifest, bench: &Bench, update: bool) -> Tested {
        let started = std::time::Instant::now();
        let judged = self.judge(manifest, bench);
        let (outcome, log, fuel) = match judged {
            Ok(judged) => {
                let outcome =
                    self.compare(&judged.said, update).unwrap_or_else(|error| Outcome::Broken(error.to_string()));
                (outcome, judged.log, judged.fuel)
            }
            Err(error) => (Outcome::Broken(error.to_string()), Vec::new(), None),
        };
        Tested { case: self.name.clone(), outcome, log, fuel, elapsed: started.elapsed() }
    }

    fn judge(&self, manifest: &Manifest, bench: &Bench) -> Result<Judged, AuthorError> {
        match Recording::read(&self.folder)? {
            Some(recording) => self.replayed(manifest, bench, &recording),
            None if self.folder.join(CONFIGURATION).is_file() => self.run(manifest, bench),
            None => Err(self.wrong(format!("it has neither a {CONFIGURATION} nor a {RECORDING_FILE}"))),
        }
    }

    /// What the policy is given in this case and answered, to be judged again and again.
    ///
    /// # Errors
    /// The case cannot be judged.
    pub fn recording(&self, manifest: &Manifest, bench: &Bench) -> Result<Recording, AuthorError> {
        if let Some(recording) = Recording::read(&self.folder)? {
            return Ok(recording);
        }
        let mut finished = self.execute(manifest, bench, true)?;
        finished.recordings.pop().ok_or_else(|| self.wrong("nothing judged".to_owned()))
    }

    fn run(&self, manifest: &Manifest, bench: &Bench) -> Result<Judged, AuthorError> {
        let record = self.execute(manifest, bench, false)?.record;
        let judged = record.policies.first().ok_or_else(|| self.wrong("nothing judged".to_owned()))?;
        Ok(Judged { said: said(judged), log: judged.log.clone(), fuel: judged.fuel })
    }

    fn execute(&self, manifest: &Manifest, bench: &Bench, record: bool) -> Result<Finished, AuthorError> {
        let project = Project::load(&self.folder, &Overrides::default())?;
        let [policy] = project.policies.as_slice() else {
            return Err(self.wrong(format!(
                "its {CONFIGURATION} has {} policies; a case has one [[policy]] entry",
                project.policies.len()
            )));
        };
        let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
        if real(&policy.file) != real(&manifest.output) {
            return Err(self.wrong(format!(
                "its [[policy]] uses {}, but this policy is built to {}; correct `use`",
                policy.file.display(),
                manifest.output.display()
            )));
        }
        let request = Request {
            project: &project,
            steps: if manifest.kind == Kind::DataCheck { Steps::Check } else { Steps::Run },
            model: None,
            keep_going: false,
            allow_empty: false,
            cache: bench.cache.clone(),
            worker: bench.worker.clone(),
            locked: false,
            // The same at every commit.
            at: Some(Duration::ZERO),
            verify_determinism: false,
            record,
            leave_results: false,
            started: String::new(),
        };
        Ok(execute(&request, &())?)
    }

    fn replayed(&self, manifest: &Manifest, bench: &Bench, recording: &Recording) -> Result<Judged, AuthorError> {
        if recording.kind != manifest.kind {
            return Err(self.wrong(format!(
                "it was recorded of `{}`, a {} policy, and this one is a {}; take it out of the cases of this policy",
                recording.policy, recording.kind, manifest.kind
            )));
        }
        let limits = recording.limits.clone();
        let file = ComponentFile::read(&manifest.output, limits.component_bytes)
            .map_err(AuthorError::io("cannot read", &manifest.output))?;
        let sandbox = bench.sandbox(bench.cache.as_deref())?;
        let loaded = sandbox.load(&manifest.name, &file, recording.grant(), limits).and_then(|policy| {
            let description = policy.describe()?;
            let parameters = policy.parameters(&description, &recording.parameters)?;
            Ok((policy, parameters))
        });
        let (policy, parameters) = match loaded {
            Ok((policy, Ok(parameters))) => (policy, parameters),
            Ok((_, Err(error))) => {
                return Err(self.wrong(format!("its parameters do not fit the policy's schema:\n{error}")));
            }
            Err(failure) => return Ok(Judged { said: cannot(&failure), log: Vec::new(), fuel: None }),
        };
        let replayed = replay(&policy, parameters, recording);
        if !replayed.unknown.is_empty() {
            return Err(self.wrong(format!(
                "the policy asks what was not asked when the case was recorded, so record it anew:\n  {}",
                replayed.unknown.join("\n  ")
            )));
        }
        Ok(Judged { said: replayed.said, log: replayed.judged.log, fuel: Some(replayed.judged.fuel) })
    }

    fn compare(&self, said: &Value, update: bool) -> Result<Outcome, AuthorError> {
        let file = self.folder.join(EXPECTED);
        let mut actual = serde_json::to_string_pretty(said).unwrap_or_default();
        actual.push('\n');
        let written = if file.exists() {
            Some(read_regular(&file).map_err(AuthorError::io("cannot read", &file))?)
        } else {
            None
        };
        let expected: Option<Value> = match &written {
            Some(text) => match serde_json::from_str(text) {
                Ok(value) => Some(value),
                Err(_) if update => None,
                Err(error) => {
                    return Err(
                        self.wrong(format!("{EXPECTED}, line {}: {error}; --update writes it anew", error.line()))
                    );
                }
            },
            None => None,
        };
        if expected.as_ref().is_some_and(|expected| compare::alike(expected, said)) {
            return Ok(Outcome::Same);
        }
        if update {
            write_whole(&file, actual.as_bytes(), ".portcullis-case-")
                .map_err(AuthorError::io("cannot write", &file))?;
            return Ok(Outcome::Updated);
        }
        Ok(match expected {
            None => Outcome::New(actual),
            Some(expected) => Outcome::Different(difference(&expected, said)),
        })
    }

    fn wrong(&self, why: String) -> AuthorError {
        AuthorError::Case { case: self.name.clone(), why }
    }
}

struct Judged {
    said: Value,
    log: Vec<String>,
    fuel: Option<u64>,
}
