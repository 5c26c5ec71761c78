//! The toolchains: one file for each, which knows the commands, where the programs are found, and what to install.

mod c;
mod go;
mod javascript;
mod process;
mod python;
mod rust;
mod zig;

use std::path::{Path, PathBuf};

use portcullis_verdict::Kind;

use crate::error::AuthorError;
use crate::language::Language;

pub(crate) use process::run;

/// What a policy is built from, and where to.
pub(crate) struct Job<'a> {
    /// The policy's folder, absolute.
    pub folder: &'a Path,
    /// Its name.
    pub name: &'a str,
    /// Its kind.
    pub kind: Kind,
    /// The folder for whatever lies between, which is there.
    pub work: PathBuf,
}

/// Runs a language's toolchain. What it answers with is a component, or a module that carries its world.
pub(crate) fn build(language: Language, job: &Job<'_>) -> Result<Vec<u8>, AuthorError> {
    match language {
        Language::Rust => rust::build(job),
        Language::Python => python::build(job),
        Language::JavaScript => javascript::build(job, Language::JavaScript),
        Language::TypeScript => javascript::build(job, Language::TypeScript),
        Language::C => c::build(job),
        Language::Zig => zig::build(job),
        Language::Go => go::build(job),
    }
}
