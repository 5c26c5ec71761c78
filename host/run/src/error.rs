//! Why a run did not come to a verdict.

use std::path::PathBuf;

use portcullis_data::DataError;
use portcullis_learn::LearnError;
use portcullis_project::{Difference, LOCK_FILE, LayoutError, LockError, ProjectError};
use portcullis_verdict::Failure;

/// Why a run did not come to a verdict. All but [`RunError::Sandbox`] and
/// [`RunError::Unlockable`] are the input's fault.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The configuration.
    #[error(transparent)]
    Project(#[from] ProjectError),
    /// Parameters of policies, a line each.
    #[error("{0}")]
    Parameters(String),
    /// The data.
    #[error(transparent)]
    Data(Box<DataError>),
    /// Something that the configuration lacks for this subcommand.
    #[error("{0}")]
    Missing(String),
    /// A setting of `[model]`, with the place that it was set at, or a row, with the file that it stands in.
    #[error("{place}: {source}")]
    Model {
        /// `portcullis.toml:12`, or the flag or variable, or `data/a.csv`.
        place: String,
        /// What is wrong there.
        source: Box<LearnError>,
    },
    /// Training, or predicting with a model.
    #[error(transparent)]
    Learn(#[from] LearnError),
    /// The predictions do not make an evaluation.
    #[error("cannot evaluate {what}: {why}")]
    Evaluate {
        /// Whose predictions.
        what: String,
        /// What is wrong with them.
        why: String,
    },
    /// A model file.
    #[error("{file}: {why}")]
    ModelFile {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The team's own trainer.
    #[error("[model] command `{command}`: {why}")]
    Trainer {
        /// The command.
        command: String,
        /// What happened.
        why: String,
    },
    /// There is nothing that judges.
    #[error(
        "no policies found: there is no [[policy]] entry and no .wasm file in {0}; add one (`portcullis init` copies the \
         stock policies), or pass --allow-empty if nothing shall be judged"
    )]
    NoPolicies(PathBuf),
    /// The lock file cannot be used.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// There is no lock file, and one is asked for.
    #[error(
        "there is no {}, and --locked runs only what it pins; `portcullis lock` writes it: review and commit it",
        .0.display()
    )]
    NoLock(PathBuf),
    /// The policies are not those that the lock file pins.
    #[error(
        "the policies differ from {LOCK_FILE}, so nothing was run:\n{}\nreview what changed; if it is meant, run `portcullis \
         lock` and commit what it writes",
        .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    )]
    NotLocked(Vec<Difference>),
    /// Files that are no policies cannot be pinned.
    #[error("{lines}")]
    Unlockable {
        /// A line for each.
        lines: String,
        /// What is wrong with the last of them.
        #[source]
        failure: Failure,
    },
    /// Results cannot be written.
    #[error(transparent)]
    Layout(#[from] LayoutError),
    /// A file of ours.
    #[error("{what} {}: {source}", file.display())]
    Io {
        /// What was tried: `cannot read`.
        what: &'static str,
        /// The file.
        file: PathBuf,
        /// Why it failed.
        source: std::io::Error,
    },
    /// The sandbox itself does not work.
    #[error("the sandbox does not start")]
    Sandbox(#[source] Failure),
}

impl From<DataError> for RunError {
    fn from(error: DataError) -> Self {
        Self::Data(Box::new(error))
    }
}
