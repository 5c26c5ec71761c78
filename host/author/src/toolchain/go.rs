//! The go of its site, as a library of WASI's old kind, which an adapter within the component answers.

use std::process::Command;

use super::Job;
use super::process::{find, made, run};
use crate::component::{generate, with_world};
use crate::error::AuthorError;
use crate::language::Language;

pub(super) fn build(job: &Job<'_>) -> Result<Vec<u8>, AuthorError> {
    let go = find(&["go"], job.folder, &[".venv/bin", ".venv/Scripts"]).ok_or_else(|| AuthorError::Missing {
        tool: "go",
        language: Language::Go,
        remedy: "Install Go 1.26 or later from its site".to_owned(),
    })?;
    generate(wit_bindgen_go::Opts::default().build(), job.folder, &job.work.join("bindings"))?;
    let out = job.work.join("policy.core.wasm");
    run(Command::new(go)
        .current_dir(job.folder)
        .envs([("GOOS", "wasip1"), ("GOARCH", "wasm"), ("GOFLAGS", "-mod=mod")])
        .args(["build", "-buildmode=c-shared", "-trimpath", "-ldflags=-s -w -checklinkname=0", "-o"])
        .arg(&out)
        .arg("."))?;
    with_world(&made(&out)?, job.folder)
}
