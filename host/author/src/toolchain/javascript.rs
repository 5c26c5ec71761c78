//! jco, for JavaScript and TypeScript: the sources, bundled, and `QuickJS` in one component.
//!
//! `QuickJS` and not `SpiderMonkey`, which jco takes by itself: a tenth of the size and of the time to compile it, a fortieth of
//! the instructions, and an uncaught error says what it was. Its WASI stays in, which the host answers with nothing, so
//! that it can say more.

use std::path::PathBuf;
use std::process::Command;

use super::Job;
use super::process::{find, made, run};
use crate::error::AuthorError;
use crate::language::Language;

pub(super) fn build(job: &Job<'_>, language: Language) -> Result<Vec<u8>, AuthorError> {
    let jco = tool("jco", job, language)?;
    run(Command::new(&jco).current_dir(job.folder).args([
        "guest-types",
        "wit",
        "--world-name",
        "policy",
        "--out-dir",
        "build/types",
        "--quiet",
    ]))?;
    let (source, bundle) = match language {
        Language::TypeScript => {
            run(Command::new(tool("tsc", job, language)?).current_dir(job.folder).arg("--noEmit"))?;
            ("policy.ts", None) // bundled as it is
        }
        _ => ("policy.js", Some("--bundle")),
    };
    let out = job.work.join("policy.wasm");
    run(Command::new(&jco)
        .current_dir(job.folder)
        .args(["componentize", source])
        .args(bundle)
        .args(["--bundle-config", "rolldown.config.js", "--wit", "wit", "--world-name", "policy"])
        .args(["--backend", "quickjs", "--backend-qjs-disable-async", "--out"])
        .arg(&out))?;
    made(&out)
}

fn tool(name: &'static str, job: &Job<'_>, language: Language) -> Result<PathBuf, AuthorError> {
    find(&[name], job.folder, &["node_modules/.bin"]).ok_or_else(|| AuthorError::Missing {
        tool: name,
        language,
        remedy: format!(
            "Install Node.js 20 or newer, and then what package.json names: `npm install` in {}",
            job.folder.display()
        ),
    })
}
