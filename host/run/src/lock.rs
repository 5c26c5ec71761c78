//! What a project's policies are, for the lock, and whether they are what it records.

use std::collections::BTreeMap;
use std::io;

use portcullis_project::{Difference, Found, Layout, Lock, Pin, PolicySpec, Project, locked_name};
use portcullis_sandbox::ComponentFile;
use portcullis_verdict::{Failure, FailureKind};
use rayon::prelude::*;

use crate::error::RunError;
use crate::policies::limits;

/// What a component's file says of itself, as a lock records it.
///
/// # Errors
/// This host does not run it as a policy.
pub fn pin(file: &ComponentFile) -> Result<Pin, Failure> {
    let inspection = file.inspection().map_err(Clone::clone)?;
    inspection.runs()?;
    Ok(Pin {
        sha256: file.digest().to_owned(),
        contract: inspection.contract.to_string(),
        kind: inspection.kind,
        capabilities: inspection.asks_for(),
    })
}

/// What a file turned out to be, for comparing it with the lock.
pub(crate) fn found(file: &io::Result<ComponentFile>) -> Found {
    match file {
        Ok(file) => pin(file).map_or_else(
            |failure| Found::Other { sha256: Some(file.digest().to_owned()), why: failure.message },
            Found::Policy,
        ),
        Err(error) => Found::Other { sha256: None, why: format!("it cannot be read: {error}") },
    }
}

/// Pins every policy of the project, by the name that the lock gives its file. Nothing is compiled.
///
/// # Errors
/// Some of the files are no policies that this host runs; every one of them is named.
pub fn pin_all(project: &Project) -> Result<BTreeMap<String, Pin>, RunError> {
    let examined: Vec<(String, Result<Pin, Failure>)> = files(project)
        .into_par_iter()
        .map(|(name, spec)| {
            let pinned = match ComponentFile::read(&spec.file, limits(spec).component_bytes) {
                Ok(file) => pin(&file),
                Err(error) => {
                    Err(Failure::new(FailureKind::NotAComponent, format!("the file cannot be read: {error}")))
                }
            };
            (name, pinned)
        })
        .collect();
    let (mut pins, mut lines, mut last) = (BTreeMap::new(), Vec::new(), None);
    for (name, pinned) in examined {
        match pinned {
            Ok(pin) => {
                pins.insert(name, pin);
            }
            Err(failure) => {
                lines.push(format!("{name}: cannot be locked: {failure}"));
                last = Some(failure);
            }
        }
    }
    match last {
        Some(failure) => Err(RunError::Unlockable { lines: lines.join("\n"), failure }),
        None => Ok(pins),
    }
}

/// Compares every policy of the project with its lock. Nothing is compiled.
///
/// # Errors
/// There is no lock, it cannot be read, or something differs.
pub fn check_lock(project: &Project) -> Result<Lock, RunError> {
    let lock = read(project)?;
    let compared = files(project).into_par_iter().map(|(name, spec)| {
        lock.compare(&name, &found(&ComponentFile::read(&spec.file, limits(spec).component_bytes)))
    });
    let differences: Vec<Option<Difference>> = compared.collect();
    agreed(&lock, project, differences.into_iter().flatten())?;
    Ok(lock)
}

/// The project's lock, which must be there.
pub(crate) fn read(project: &Project) -> Result<Lock, RunError> {
    let layout = Layout::new(&project.root);
    Lock::read(&layout)?.ok_or_else(|| RunError::NoLock(layout.lock_file()))
}

/// Fails on any difference, and on files that the lock knows and that are gone: a policy that is no longer there judges
/// nobody.
pub(crate) fn agreed(
    lock: &Lock,
    project: &Project,
    differences: impl IntoIterator<Item = Difference>,
) -> Result<(), RunError> {
    let gone = lock.gone(&project.root).into_iter().map(|file| Difference {
        file: file.to_owned(),
        recorded: lock.get(file).cloned(),
        found: None,
    });
    // A file may serve several entries.
    let all: BTreeMap<String, Difference> =
        gone.chain(differences).map(|difference| (difference.file.clone(), difference)).collect();
    if all.is_empty() { Ok(()) } else { Err(RunError::NotLocked(all.into_values().collect())) }
}

/// What the lock calls a policy's file.
pub(crate) fn name(project: &Project, spec: &PolicySpec) -> String {
    locked_name(&project.root, &spec.display)
}

/// The policies' files, each once, by the name that the lock gives it.
fn files(project: &Project) -> Vec<(String, &PolicySpec)> {
    let files: BTreeMap<String, &PolicySpec> =
        project.policies.iter().map(|spec| (name(project, spec), spec)).collect();
    files.into_iter().collect()
}
