//! What the command does, end to end: one test for each folder of `tests/cases/` that holds a `case.toml`.
//!
//! A case is a project and the commands to run in it, with what each must print, leave behind and exit with; see
//! [`case::Case`] for what `case.toml` may say. Every case runs in a temporary folder of its own. Cases are chosen like any
//! tests: `cargo test -p portcullis --test cases -- hostile/`.

mod bombs;
mod case;
mod controls;
mod expect;
mod guests;
mod hostile;
mod watch;
mod workshop;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Failed, Trial};

use crate::case::Case;
use crate::workshop::Workshop;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let workshop = Arc::new(Workshop::new());
    let cases = workshop.repository.join("tests/cases");
    let mut trials = controls::trials(&workshop);
    for folder in folders(&cases) {
        let name = folder.strip_prefix(&cases).unwrap_or(&folder).display().to_string();
        let workshop = Arc::clone(&workshop);
        trials.push(Trial::test(name.clone(), move || run(&workshop, &name, &folder)));
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn run(workshop: &Workshop, name: &str, folder: &Path) -> Result<(), Failed> {
    let mut case = Case::read(&folder.join("case.toml"))?;
    if name.starts_with(hostile::FOLDER) {
        hostile::harden(&mut case)?;
    }
    let mismatches = workshop.run(&case, Some(folder))?;
    if mismatches.is_empty() { Ok(()) } else { Err(format!("{}\n\n{}", case.about, mismatches.join("\n\n")).into()) }
}

/// The folders below that hold a case, in the order of their names.
fn folders(root: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(root).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    entries.sort();
    for entry in entries.into_iter().filter(|entry| entry.is_dir()) {
        if entry.join("case.toml").is_file() {
            found.push(entry);
        } else {
            found.extend(folders(&entry));
        }
    }
    found
}
