//! `policy doc`: a page about a policy.

use anyhow::Context as _;
use portcullis_author::page;
use portcullis_sandbox::{ComponentFile, Limits};

use super::inspect::describe;
use crate::arguments::{Doc, Global};
use crate::output;
use crate::status::Status;

pub fn run(global: &Global, doc: &Doc) -> anyhow::Result<Status> {
    let file = ComponentFile::read(&doc.file, Limits::default().component_bytes)
        .with_context(|| format!("cannot read {}", doc.file.display()))?;
    let description = describe(&super::sandbox(global)?, &file)
        .with_context(|| format!("{} does not say what it is", doc.file.display()))?;
    output::print(&page::markdown(&doc.file.to_string_lossy(), &file, &description))?;
    Ok(Status::Passed)
}
