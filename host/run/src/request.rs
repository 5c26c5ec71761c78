//! What one execution is asked for, and what it answers with.

use std::path::PathBuf;
use std::time::Duration;

use portcullis_project::Project;
use portcullis_sandbox::worker::Worker;
use portcullis_verdict::RunRecord;

use crate::tape::Recording;

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

    pub(crate) const fn checks(self) -> bool {
        matches!(self, Self::Check | Self::Run)
    }

    pub(crate) const fn trains(self) -> bool {
        matches!(self, Self::Train | Self::Run)
    }

    pub(crate) const fn evaluates(self) -> bool {
        matches!(self, Self::Evaluate | Self::Gate | Self::Run)
    }

    /// Whether policies judge in it.
    pub const fn judges(self) -> bool {
        self.checks() || self.gates()
    }

    pub(crate) const fn gates(self) -> bool {
        matches!(self, Self::Gate | Self::Run)
    }
}

/// What to execute.
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of the command line, independent of the others")]
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
    /// How to start processes of their own for what policies make necessary and nothing within this process can stop:
    /// compiling, SQL. Without one policies are compiled here, and SQL is not answered.
    pub worker: Option<Worker>,
    /// Whether to refuse policies that differ from the project's lock file.
    pub locked: bool,
    /// The time at which policies' clocks stand, since 1970; without it, that of the project's commit.
    pub at: Option<Duration>,
    /// Whether every policy judges twice, and must come to the same bytes.
    pub verify_determinism: bool,
    /// Whether what each policy is answered is noted, to be judged again.
    pub record: bool,
    /// Whether results are written into `.portcullis/runs/`.
    pub leave_results: bool,
    /// When the run started, RFC 3339 in UTC.
    pub started: String,
}

/// What came of it.
#[derive(Debug)]
pub struct Finished {
    /// The record.
    pub record: RunRecord,
    /// What each policy was answered that judged, where that was noted.
    pub recordings: Vec<Recording>,
    /// Where it lies with the model and the predictions, if it was written.
    pub folder: Option<PathBuf>,
}
