//! What is wrong with a project, all of it at once.

use std::fmt;
use std::path::PathBuf;

use crate::layers::Origin;

/// One thing that is wrong with the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Name of the configuration file, as messages show it.
    pub file: String,
    /// Where the value came from; [`Origin::Default`] where nothing was written.
    pub origin: Origin,
    /// The section with its brackets, `[split]` or `[[policy]]`; empty where the problem belongs to none.
    pub section: String,
    /// The key; empty where the problem belongs to none.
    pub key: String,
    /// What is wrong; what to do about it.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.origin {
            Origin::Default => write!(f, "{}: ", self.file)?,
            Origin::File { line } => write!(f, "{}:{line}: ", self.file)?,
            Origin::Environment { variable } => write!(f, "environment variable {variable}: ")?,
            Origin::Flag { name } => write!(f, "flag {name}: ")?,
        }
        match (self.section.as_str(), self.key.as_str()) {
            ("", "") => {}
            ("", one) | (one, "") => write!(f, "{one}: ")?,
            (section, key) => write!(f, "{section} {key}: ")?,
        }
        f.write_str(&self.message)
    }
}

/// Why a project cannot be worked with. Always the user's to mend: exit code 2.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    /// There is no configuration.
    #[error(
        "{}: no such file; `portcullis init` writes one, `--project DIR` names another folder",
        file.display()
    )]
    NotFound {
        /// Where it was looked for.
        file: PathBuf,
    },
    /// The configuration cannot be read.
    #[error("{}: cannot be read: {source}", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The configuration is wrong: every problem that was found, in the order of the file, one in a line.
    #[error("{}", lines(.0))]
    Configuration(Vec<Problem>),
}

impl ProjectError {
    /// The problems of a wrong configuration; none for the other errors.
    pub fn problems(&self) -> &[Problem] {
        match self {
            Self::Configuration(problems) => problems,
            _ => &[],
        }
    }
}

fn lines(problems: &[Problem]) -> String {
    problems.iter().map(Problem::to_string).collect::<Vec<_>>().join("\n")
}

/// Collects problems while the rest of the file is still read.
#[derive(Debug)]
pub(crate) struct Problems {
    file: String,
    found: Vec<Problem>,
}

impl Problems {
    pub(crate) fn new(file: &str) -> Self {
        Self { file: file.to_owned(), found: Vec::new() }
    }

    /// The name of the configuration file.
    pub(crate) fn file(&self) -> &str {
        &self.file
    }

    pub(crate) fn add(&mut self, origin: Origin, section: &str, key: &str, message: impl Into<String>) {
        let problem = Problem {
            file: self.file.clone(),
            origin,
            section: section.to_owned(),
            key: key.to_owned(),
            message: message.into(),
        };
        if !self.found.contains(&problem) {
            self.found.push(problem);
        }
    }

    /// Whether nothing was found.
    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Everything that was found, in the order of the lines.
    pub(crate) fn into_found(self) -> Vec<Problem> {
        self.finish(()).err().map_or_else(Vec::new, |error| match error {
            ProjectError::Configuration(found) => found,
            _ => Vec::new(),
        })
    }

    /// The value, if nothing was found; otherwise everything, the file's in the order of its lines and then the others.
    pub(crate) fn finish<T>(self, value: T) -> Result<T, ProjectError> {
        let mut found = self.found;
        if found.is_empty() {
            return Ok(value);
        }
        found.sort_by_key(|problem| match problem.origin {
            Origin::File { line } => (0, line),
            Origin::Default => (1, 0),
            Origin::Environment { .. } => (2, 0),
            Origin::Flag { .. } => (3, 0),
        });
        Err(ProjectError::Configuration(found))
    }
}
