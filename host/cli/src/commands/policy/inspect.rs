//! `policy inspect`: what a file is, from its own bytes and, in the sandbox, its own words.

use std::path::Path;

use anyhow::Context as _;
use portcullis_sandbox::{ComponentFile, Description, Grant, Limits, Sandbox};
use portcullis_verdict::Failure;

use super::{json, text};
use crate::arguments::{Global, Inspect, Shown};
use crate::output;
use crate::status::Status;

/// A file that was looked at.
pub(super) struct Inspected<'a> {
    /// As it was named.
    pub path: &'a Path,
    pub file: ComponentFile,
    /// What the policy says of itself, or why it cannot say anything: it is none, this host does not run it, it trapped.
    pub description: Result<Description, Failure>,
}

pub fn run(global: &Global, inspect: &Inspect) -> anyhow::Result<Status> {
    let largest = Limits::default().component_bytes;
    let mut files = Vec::new();
    for path in &inspect.files {
        let file = ComponentFile::read(path, largest).with_context(|| format!("cannot read {}", path.display()))?;
        files.push((path.as_path(), file));
    }
    let sandbox = super::sandbox(global)?;
    let inspected: Vec<Inspected<'_>> = files
        .into_iter()
        .map(|(path, file)| Inspected { path, description: describe(&sandbox, &file), file })
        .collect();
    output::print(&match inspect.format {
        Shown::Text => text::render(&inspected),
        Shown::Json => json::render(&inspected),
    })?;
    let all = inspected.iter().all(|inspected| inspected.description.is_ok());
    Ok(if all { Status::Passed } else { Status::NotEvaluable })
}

/// Asks the policy what it is. Everything is granted, because nothing is there to be seen while it answers.
pub(in crate::commands) fn describe(sandbox: &Sandbox, file: &ComponentFile) -> Result<Description, Failure> {
    sandbox.load("inspected", file, Grant::every_interface(), Limits::default())?.describe()
}
