//! Reports: one file per format, each a pure function of the run record.
//!
//! Nothing here reads a clock, a file or the environment, so a report can be rendered again from a stored record, and
//! the same record gives the same bytes. All text in a record that came from a policy, from data or from a
//! configuration is data: every format makes it inert (see [`inert`]) before it reaches a terminal, a log, a browser
//! or a parser.

#![allow(clippy::format_push_string)] // reports are short, and `+=` reads better than a `write!` whose result is dropped

mod advice;
mod caller;
mod figures;
mod github;
mod inert;
mod json;
mod junit;
mod layout;
mod markdown;
mod measures;
mod metrics;
mod text;
mod words;

use std::fmt;
use std::str::FromStr;

use portcullis_verdict::RunRecord;

pub use caller::Caller;
pub use github::job_summary;
pub use inert::{clipped, guarded, inert};
pub use json::escaped;

/// A report format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// For a person at a terminal or in a log.
    Text,
    /// The run record itself.
    Json,
    /// For a comment on a pull request.
    Markdown,
    /// `JUnit` XML, for the test tabs of CI systems.
    Junit,
    /// Workflow commands, which GitHub Actions shows as annotations.
    Github,
}

impl Format {
    /// Every format, in the order in which help lists them.
    pub const ALL: &'static [Self] = &[Self::Text, Self::Json, Self::Markdown, Self::Junit, Self::Github];

    /// The word that `--format` takes.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
            Self::Markdown => "markdown",
            Self::Junit => "junit",
            Self::Github => "github",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A word that names no report format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is not a report format; valid: {}", Format::ALL.iter().map(|format| format.as_str()).collect::<Vec<_>>().join(", "))]
pub struct UnknownFormat {
    given: String,
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(given: &str) -> Result<Self, UnknownFormat> {
        Self::ALL
            .iter()
            .copied()
            .find(|format| format.as_str() == given)
            .ok_or_else(|| UnknownFormat { given: given.to_owned() })
    }
}

/// How [`Format::Text`] is drawn; the other formats have no use for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Whether to colour. True only where the output is a terminal that the user did not silence.
    pub color: bool,
    /// Columns of the terminal; narrower than 40 is drawn as 40.
    pub width: usize,
}

impl Default for Style {
    /// A file or a log: no colour, 100 columns.
    fn default() -> Self {
        Self { color: false, width: 100 }
    }
}

/// The report on a run, in one format, with a line break at its end. What it says of commands to call next is for
/// `caller`.
pub fn render(format: Format, record: &RunRecord, style: &Style, caller: &Caller) -> String {
    match format {
        Format::Text => text::render(record, style, caller),
        Format::Json => json::render(record),
        Format::Markdown => markdown::comment(record, caller),
        Format::Junit => junit::render(record),
        Format::Github => github::render(record, caller),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_round_trip_and_errors_list_the_options() {
        for format in Format::ALL {
            assert_eq!(format.as_str().parse::<Format>().as_ref(), Ok(format));
        }
        let error = "sarif".parse::<Format>().unwrap_err().to_string();
        assert_eq!(error, "`sarif` is not a report format; valid: text, json, markdown, junit, github");
    }
}
