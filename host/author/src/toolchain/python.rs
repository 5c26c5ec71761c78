//! componentize-py: the interpreter and the sources in one component.

use std::process::Command;

use super::Job;
use super::process::{find, made, run};
use crate::error::AuthorError;
use crate::language::Language;

/// The version that the templates are tested with.
const VERSION: &str = "0.25.1";

pub(super) fn build(job: &Job<'_>) -> Result<Vec<u8>, AuthorError> {
    let tool = find(&["componentize-py"], job.folder, &[".venv/bin", ".venv/Scripts"]).ok_or_else(|| {
        AuthorError::Missing {
            tool: "componentize-py",
            language: Language::Python,
            remedy: format!(
                "Install it into a virtual environment beside the policy: `python -m venv .venv && .venv/bin/pip install \
                 componentize-py=={VERSION}`"
            ),
        }
    })?;
    let out = job.work.join("policy.wasm");
    run(Command::new(tool)
        .current_dir(job.folder)
        .args(["-d", "wit", "-w", "policy", "componentize", "--stub-wasi", "-p", ".", "policy", "-o"])
        .arg(&out))?;
    made(&out)
}
