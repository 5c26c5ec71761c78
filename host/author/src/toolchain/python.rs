//! componentize-py: the interpreter and the sources in one component.
//!
//! Its WASI stays in, which the host answers with nothing: without it, whatever prints, and a traceback does, is a trap.

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
    // An environment without packages, or the policy could import whatever this machine happens to have.
    let nothing = job.work.join("python");
    let packages = nothing.join("lib/site-packages");
    std::fs::create_dir_all(&packages).map_err(AuthorError::io("cannot make", &packages))?;
    let out = job.work.join("policy.wasm");
    let built = run(Command::new(tool)
        .current_dir(job.folder)
        .env("VIRTUAL_ENV", &nothing)
        .env("RUST_BACKTRACE", "0")
        .env("RUST_LIB_BACKTRACE", "0")
        .args(["-q", "-d", "wit", "-w", "policy", "componentize", "-p", ".", "-p", "packages", "policy", "-o"])
        .arg(&out));
    match built {
        Err(AuthorError::Toolchain { command, said }) if said.contains("called trapping stub") => {
            let said = format!("{said}\nThe host can be asked in `judge` only, not while the module is imported.");
            Err(AuthorError::Toolchain { command, said })
        }
        built => built.and_then(|_| made(&out)),
    }
}
