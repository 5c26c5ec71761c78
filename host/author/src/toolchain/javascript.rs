//! jco, for JavaScript and TypeScript.

use std::process::Command;

use super::Job;
use super::process::{find, made, run};
use crate::error::AuthorError;
use crate::language::Language;

pub(super) fn build(job: &Job<'_>, language: Language) -> Result<Vec<u8>, AuthorError> {
    let jco = find(&["jco"], job.folder, &["node_modules/.bin"]).ok_or_else(|| AuthorError::Missing {
        tool: "jco",
        language,
        remedy: format!("Install Node.js, and then what package.json names: `npm install` in {}", job.folder.display()),
    })?;
    let out = job.work.join("policy.wasm");
    let source = if language == Language::TypeScript { "policy.ts" } else { "policy.js" };
    run(Command::new(jco)
        .current_dir(job.folder)
        .args(["componentize", source, "--wit", "wit", "-n", "policy", "--disable", "all", "-o"])
        .arg(&out))?;
    made(&out)
}
