//! The lock files of `policies/` and of the examples, which follow from the built policies.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use portcullis_project::{LOCK_FILE, Lock, Overrides, Pin, Project, locked_name};
use portcullis_sandbox::ComponentFile;

/// Every lock file by its path in the checkout, from the built files by theirs.
pub fn of(root: &Path, files: &BTreeMap<PathBuf, Vec<u8>>) -> anyhow::Result<BTreeMap<PathBuf, Vec<u8>>> {
    let mut pins = BTreeMap::new();
    for (path, bytes) in files {
        if path.extension().is_some_and(|extension| extension == "wasm") {
            pins.insert(path.clone(), pin(bytes).with_context(|| format!("{} cannot be locked", path.display()))?);
        }
    }
    let mut locks = BTreeMap::new();
    let mut stock = Lock::default();
    for (path, pin) in &pins {
        let name = path.strip_prefix("policies").unwrap_or(path).to_string_lossy().into_owned();
        stock.insert(name, pin.clone());
    }
    locks.insert(Path::new("policies").join(LOCK_FILE), stock.text().into_bytes());
    for example in folders(&root.join("examples"))? {
        let lock = example_lock(root, &example, &pins)?;
        let path = example.strip_prefix(root).unwrap_or(&example).join(LOCK_FILE);
        locks.insert(path, lock.text().into_bytes());
    }
    Ok(locks)
}

/// What every configuration of an example uses.
fn example_lock(root: &Path, example: &Path, pins: &BTreeMap<PathBuf, Pin>) -> anyhow::Result<Lock> {
    let mut lock = Lock::default();
    let root = root.canonicalize()?;
    for configuration in configurations(example)? {
        let project = Project::load(&configuration, &Overrides::default())?;
        for policy in &project.policies {
            let file = policy.file.canonicalize()?;
            let Some(pin) = file.strip_prefix(&root).ok().and_then(|file| pins.get(file)) else {
                bail!("{} uses {}, which is no stock policy", configuration.display(), policy.display);
            };
            lock.insert(locked_name(&project.root, &policy.display), pin.clone());
        }
    }
    Ok(lock)
}

fn pin(bytes: &[u8]) -> anyhow::Result<Pin> {
    let file = ComponentFile::new(bytes.to_vec());
    let inspection = file.inspection().map_err(Clone::clone)?;
    inspection.runs()?;
    Ok(Pin {
        sha256: file.digest().to_owned(),
        contract: inspection.contract.to_string(),
        kind: inspection.kind,
        capabilities: inspection.asks_for(),
    })
}

/// The folders below that hold a configuration, sorted.
fn folders(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() && !configurations(&path)?.is_empty() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// `portcullis.toml`, `portcullis.fair.toml` …
fn configurations(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with("portcullis.") && name.ends_with(".toml") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The committed files, without building anything.
    fn committed(root: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
        let entries = fs::read_dir(root.join("policies")).unwrap();
        let names = entries.map(|entry| Path::new("policies").join(entry.unwrap().file_name()));
        names.map(|name| (name.clone(), fs::read(root.join(name)).unwrap())).collect()
    }

    #[test]
    fn the_committed_locks_pin_the_committed_policies() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let locks = of(&root, &committed(&root)).unwrap();
        assert_eq!(locks.len(), 3, "{:?}", locks.keys());
        for (path, bytes) in locks {
            let stored = fs::read(root.join(&path)).unwrap_or_default();
            assert!(stored == bytes, "{} is stale: run `cargo xtask policies`", path.display());
        }
    }

    #[test]
    fn another_policy_is_another_lock_and_what_is_none_cannot_be_locked() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut files = committed(&root);
        let before = of(&root, &files).unwrap();
        let threshold = files.get_mut(Path::new("policies/threshold.wasm")).unwrap();
        threshold.extend([0, 2, 1, b'x']); // a custom section: the same policy, other bytes
        let after = of(&root, &files).unwrap();
        assert!(before.iter().zip(&after).all(|(one, other)| one.0 == other.0 && one.1 != other.1));
        files.insert("policies/none.wasm".into(), b"text".to_vec());
        assert!(format!("{:#}", of(&root, &files).unwrap_err()).contains("policies/none.wasm cannot be locked"));
    }
}
