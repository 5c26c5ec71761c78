//! `policy compile`: the compile cache, filled ahead of a run.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::bail;
use portcullis_run::limits;
use portcullis_sandbox::{ComponentFile, Grant, Limits, Sandbox};
use portcullis_verdict::plain;

use crate::arguments::{Compile, Global};
use crate::commands::cache;
use crate::commands::judge::ticking;
use crate::status::Status;
use crate::{output, progress};

pub fn run(global: &Global, compile: &Compile) -> anyhow::Result<Status> {
    if compile.key {
        output::print(&format!("{}\n", Sandbox::new(None)?.cache_key()))?;
        return Ok(Status::Passed);
    }
    let cache = cache::find(&global.project)?.map_err(anyhow::Error::msg)?;
    let sandbox = super::sandbox(global)?;
    let files: Vec<(PathBuf, Limits)> = if compile.files.is_empty() {
        // With their limits: the stack that a policy may have decides its code.
        let project = crate::commands::project(global)?;
        project.policies.iter().map(|policy| (policy.file.clone(), limits(policy))).collect()
    } else {
        compile.files.iter().map(|file| (file.clone(), Limits::default())).collect()
    };
    if files.is_empty() {
        bail!("the project has no policies to compile");
    }
    let progress = progress::new(global.quiet);
    progress.step("compiling policies", Some(files.len() as u64));
    let mut text = String::new();
    let mut all = true;
    ticking(&*progress, || {
        for (file, limits) in files {
            let loaded = match ComponentFile::read(&file, limits.component_bytes) {
                Ok(component) => sandbox
                    .load("compiled", &component, Grant::every_interface(), limits)
                    .map_err(|failure| failure.to_string()),
                Err(error) => Err(error.to_string()),
            };
            let said = match loaded {
                Ok(policy) if policy.cached() => "was compiled already".to_owned(),
                Ok(policy) => format!("compiled in {:.1} s", policy.compiling().as_secs_f64()),
                Err(why) => {
                    all = false;
                    format!("cannot be compiled: {}", plain(&why))
                }
            };
            let _ = writeln!(text, "{}  {said}", plain(&file.display().to_string()));
            progress.advance();
        }
    });
    drop(progress);
    let _ = writeln!(text, "\nThe cache is {}.", cache.display());
    output::print(&text)?;
    Ok(if all { Status::Passed } else { Status::NotEvaluable })
}
