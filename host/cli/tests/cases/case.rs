//! What `case.toml` may say.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use libtest_mimic::Failed;
use serde::Deserialize;

/// A project and what to do in it.
///
/// In `*.toml` files of the project, and in texts of the case itself, `{policies}` stands for the folder of the stock
/// policies, `{hostile}` for that of the built guests of `tests/hostile/`, `{guests}` for those of `tests/guests/`, `{case}`
/// for the name of the case, `{project}` for the folder in which it runs, and `{text:FILE}` for the text of a file in it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// What the case shows, in a sentence; printed when it fails.
    pub about: String,
    /// A folder of the repository to begin with; the case's own files are laid over it.
    pub base: Option<String>,
    /// Files of the repository to copy: where to, from where.
    #[serde(default)]
    pub files: BTreeMap<String, String>,
    /// Why a case of `hostile/` does not show a failure: see [`crate::hostile`].
    pub shows_no_failure: Option<String>,
    /// What to do, in order.
    pub step: Vec<Step>,
}

/// Some changes to the files, then a command, then what must be so.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Step {
    /// Files and folders to remove first.
    pub remove: Vec<String>,
    /// Files to copy first.
    pub copy: Vec<Copy>,
    /// Files to write first, with their text.
    pub write: BTreeMap<String, String>,
    /// A piece of text to replace in a file first.
    pub replace: Vec<Replace>,
    /// Bytes to which a file is cut first.
    pub truncate: BTreeMap<String, u64>,
    /// Arguments of `portcullis`; without any, nothing is run.
    pub args: Vec<String>,
    /// Environment variables, beside the few that every command gets.
    pub env: BTreeMap<String, String>,
    /// The exit code.
    pub exit: i32,
    /// Texts that standard output must contain. White space counts as one space, here and below, because text is wrapped.
    pub stdout: Vec<String>,
    /// Texts that it must not contain.
    pub not_stdout: Vec<String>,
    /// Texts that standard error must contain.
    pub stderr: Vec<String>,
    /// Texts that it must not contain.
    pub not_stderr: Vec<String>,
    /// What no line of standard output or error may begin with, after spaces.
    pub no_line_begins: Vec<String>,
    /// Files that must be there afterwards; may be globs.
    pub files: Vec<String>,
    /// Files that must not be there afterwards; may be globs.
    pub no_files: Vec<String>,
    /// Texts that a file must contain.
    pub content: BTreeMap<String, Vec<String>>,
    /// What standard output must say as JSON: `"policies.accuracy.failure.kind" = "trap"`. A step of the path is a key, an
    /// index, or the `name` of an element. See [`crate::expect::value`] for what may be expected.
    pub json: BTreeMap<String, toml::Value>,
    /// Run the command again under each of these environments: record (but for `timing`), model and predictions must be
    /// the same bytes. Needs `--format json`.
    pub same_under: Vec<BTreeMap<String, String>>,
    /// Run the command once in each format: the exit code must be the same, and standard output must carry a report
    /// unless the input is wrong.
    pub each_format: bool,
    /// The most memory that the command and its children may have at a time, in MiB, measured from outside.
    pub most_memory: Option<u64>,
    /// The longest that the command may take, in seconds. It is killed then, with its children.
    pub most_seconds: Option<f64>,
}

/// A file to copy.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Copy {
    /// From where; may be a glob that matches one file.
    pub from: String,
    /// Where to.
    pub to: String,
}

/// A piece of text to replace.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Replace {
    /// The file.
    pub file: String,
    /// What stands there.
    pub this: String,
    /// What shall stand there.
    pub with: String,
}

impl Case {
    /// Reads a case.
    pub fn read(file: &Path) -> Result<Self, Failed> {
        let text = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
        let case: Self = toml::from_str(&text).map_err(|error| format!("{}: {error}", file.display()))?;
        for (place, step) in case.step.iter().enumerate() {
            if !step.args.is_empty() && !step.shows_something() {
                return Err(format!("{}: step {place} expects nothing but its exit code", file.display()).into());
            }
        }
        Ok(case)
    }
}

impl Step {
    /// Whether anything is expected beside success: a step whose only expectation is exit code 2 would be content with any
    /// mistake, in the case itself too.
    fn shows_something(&self) -> bool {
        let texts = [
            &self.stdout,
            &self.not_stdout,
            &self.stderr,
            &self.not_stderr,
            &self.no_line_begins,
            &self.files,
            &self.no_files,
        ];
        self.exit == 0
            || texts.iter().any(|texts| !texts.is_empty())
            || !self.content.is_empty()
            || !self.json.is_empty()
            || self.each_format
    }
}
