//! What can go wrong between an author and a policy.

use std::io;
use std::path::{Path, PathBuf};

use portcullis_project::ProjectError;
use portcullis_run::RunError;

use crate::language::Language;

/// Why something that an author asked for was not done. The author's to mend, all but [`AuthorError::Defect`].
#[derive(Debug, thiserror::Error)]
pub enum AuthorError {
    /// A word that is none of a list.
    #[error("`{word}` is no {what};{} valid: {valid}", .near.as_ref().map(|near| format!(" did you mean `{near}`?")).unwrap_or_default())]
    Word {
        /// What it should have been: `language`, `kind`.
        what: &'static str,
        /// What was given.
        word: String,
        /// The nearest valid one.
        near: Option<String>,
        /// All of them.
        valid: String,
    },
    /// A name that a policy cannot have.
    #[error(
        "`{0}` cannot be a policy's name: write it in small letters, digits and single hyphens, beginning with a letter, such \
         as `worst-group`"
    )]
    Name(String),
    /// The folder of a new policy is there already.
    #[error("{} is there already; nothing was written. Choose another name, or remove it", .0.display())]
    Exists(PathBuf),
    /// The system refused.
    #[error("{doing} {}: {source}", path.display())]
    Io {
        /// `cannot write`.
        doing: &'static str,
        /// What.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// There is no `policy.toml`.
    #[error(
        "{} is no folder of a policy: it has no {}. `portcullis policy new NAME --lang LANGUAGE --kind KIND` makes one",
        .0.display(),
        crate::MANIFEST
    )]
    NoManifest(PathBuf),
    /// `policy.toml` does not say what it should.
    #[error("{}: {why}", file.display())]
    Manifest {
        /// The file.
        file: PathBuf,
        /// What is wrong and what to do.
        why: String,
    },
    /// A toolchain is not there.
    #[error("{tool} is missing, which a policy in {language} is built with. {remedy}")]
    Missing {
        /// The program.
        tool: &'static str,
        /// For which language.
        language: Language,
        /// What to install.
        remedy: String,
    },
    /// A toolchain failed.
    #[error("{command} failed{}", if said.is_empty() { "; what it said stands above".to_owned() } else { format!(":\n{said}") })]
    Toolchain {
        /// The command.
        command: String,
        /// What it said, unless it was shown.
        said: String,
    },
    /// What was built is no policy.
    #[error("what was built is not the policy that {} describes: {why}", crate::MANIFEST)]
    NotAPolicy {
        /// What is wrong and what to do.
        why: String,
    },
    /// A case cannot be run.
    #[error("case {case}: {why}")]
    Case {
        /// The case's folder.
        case: String,
        /// What is wrong and what to do.
        why: String,
    },
    /// The configuration of a case.
    #[error(transparent)]
    Project(#[from] ProjectError),
    /// The run of a case.
    #[error(transparent)]
    Run(#[from] RunError),
    /// Ours.
    #[error("a defect of Portcullis, please report it: {0}")]
    Defect(String),
}

impl AuthorError {
    /// The system's error with the place.
    pub(crate) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { doing, path, source }
    }

    /// A word that is none of a list.
    pub(crate) fn word(what: &'static str, word: &str, valid: &[&str]) -> Self {
        let near = portcullis_project::nearest(word, valid.iter().copied()).map(str::to_owned);
        Self::Word { what, word: word.to_owned(), near, valid: valid.join(", ") }
    }
}
