//! `policy test`: a policy's cases.

use std::path::Path;

use anyhow::bail;
use portcullis_author::Manifest;
use portcullis_author::case::{self, Bench, Case, Outcome};
use portcullis_run::Worker;

use crate::arguments::{Global, Test, TestFormat};
use crate::commands::cache;
use crate::commands::judge::ticking;
use crate::status::Status;
use crate::{output, progress, shell};

pub fn run(global: &Global, arguments: &Test) -> anyhow::Result<Status> {
    let manifest = Manifest::read(&arguments.folder)?;
    let cases = Case::of(&manifest, &arguments.cases)?;
    let bench = bench(global, &manifest, &arguments.folder)?;
    let progress = progress::new(global.quiet);
    progress.step(&format!("judging the cases of {}", manifest.name), Some(cases.len() as u64));
    let tested: Vec<_> = ticking(&*progress, || {
        let test = |case: &Case| {
            let tested = case.test(&manifest, &bench, arguments.update);
            progress.advance();
            tested
        };
        cases.iter().map(test).collect()
    });
    drop(progress);
    output::print(&match arguments.format {
        TestFormat::Text => case::text(&manifest.name, &tested),
        TestFormat::Junit => case::junit(&manifest.name, &tested),
    })?;
    Ok(if tested.iter().any(|one| matches!(one.outcome, Outcome::Broken(_))) {
        Status::Input
    } else if tested.iter().all(case::Tested::passed) {
        Status::Passed
    } else {
        Status::Blocked
    })
}

/// What cases are judged with. Fails where there is no built policy.
pub(super) fn bench(global: &Global, manifest: &Manifest, folder: &Path) -> anyhow::Result<Bench> {
    if !manifest.output.is_file() {
        bail!(
            "{} is not there; `portcullis policy build {}` builds it",
            manifest.output.display(),
            shell::word(&folder.to_string_lossy())
        );
    }
    Ok(Bench { cache: cache::usable(global, &manifest.folder)?, worker: Worker::this().ok() })
}
