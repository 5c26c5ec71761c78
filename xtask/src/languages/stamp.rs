//! What the policies of every language depend on, as one digest, and the last one with which all of them passed.
//!
//! All languages take minutes and downloads, so they are tested when it matters: where the templates, the contract, the
//! SDK, or what builds and runs policies has changed.

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

/// The file that holds the digest.
const FILE: &str = "plugins/languages/tested.sha256";

/// What the policies depend on.
const FOLDERS: [&str; 5] = ["plugins/languages", "plugins/sdk", "wit", "host/author", "host/sandbox/src"];

/// The digest of everything as it is.
pub fn of(root: &Path) -> anyhow::Result<String> {
    let mut files = Vec::new();
    for folder in FOLDERS {
        gather(&root.join(folder), &mut files)?;
    }
    files.sort();
    let mut hash = Sha256::new();
    for file in files {
        let name = file.strip_prefix(root)?.to_string_lossy().replace('\\', "/");
        let bytes = fs::read(&file)?;
        hash.update(format!("{name}\n{}\n", bytes.len()));
        hash.update(bytes);
    }
    Ok(hex::encode(hash.finalize()))
}

/// The digest with which all languages passed; none if that is not known.
pub fn stored(root: &Path) -> Option<String> {
    Some(fs::read_to_string(root.join(FILE)).ok()?.trim().to_owned())
}

/// Notes that all languages passed.
pub fn store(root: &Path, digest: &str) -> anyhow::Result<()> {
    Ok(fs::write(root.join(FILE), format!("{digest}\n"))?)
}

fn gather(folder: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let left_behind = ["target", "build", "node_modules", "__pycache__", ".venv", "Cargo.lock"];
        if left_behind.contains(&&*name) || path.ends_with(FILE) {
            continue;
        }
        if path.is_dir() {
            gather(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_change_shows_and_the_note_itself_is_none() {
        let root = tempfile::tempdir().unwrap();
        for folder in FOLDERS {
            fs::create_dir_all(root.path().join(folder)).unwrap();
        }
        let before = of(root.path()).unwrap();
        store(root.path(), &before).unwrap();
        assert_eq!(of(root.path()).unwrap(), before);
        assert_eq!(stored(root.path()), Some(before.clone()));
        fs::write(root.path().join("wit/a.wit"), "a").unwrap();
        let after = of(root.path()).unwrap();
        assert_ne!(after, before);
        fs::write(root.path().join("wit/a.wit"), "b").unwrap();
        assert_ne!(of(root.path()).unwrap(), after);
    }
}
