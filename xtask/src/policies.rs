//! `cargo xtask policies`: what follows from `plugins/`, and whether the committed files still do.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use sha2::{Digest, Sha256};

use crate::{build, component, listing, locks};

/// Builds the policies and writes every file that follows from them.
pub fn rebuild(root: &Path) -> anyhow::Result<()> {
    let files = make(root, &root.join("plugins/target"))?;
    for path in extra(root, &files)? {
        fs::remove_file(root.join(&path))?;
        println!("{}: removed, plugins/ has no such policy", path.display());
    }
    write(root, &files)?;
    locks::rewrite(root)
}

fn write(root: &Path, files: &BTreeMap<PathBuf, Vec<u8>>) -> anyhow::Result<()> {
    for (path, bytes) in files {
        let file = root.join(path);
        fs::create_dir_all(file.parent().unwrap_or(root))?;
        if fs::read(&file).is_ok_and(|stored| stored == *bytes) {
            println!("{}: fresh", path.display());
            continue;
        }
        fs::write(&file, bytes).with_context(|| format!("{} cannot be written", path.display()))?;
        println!("{}: written, {} bytes, sha256 {}", path.display(), bytes.len(), digest(bytes));
    }
    Ok(())
}

/// Builds a copy of the sources in another folder and fails, naming each file, where the committed ones differ.
pub fn check(root: &Path) -> anyhow::Result<()> {
    let elsewhere = tempfile::tempdir()?;
    let copy = elsewhere.path().canonicalize()?.join("checkout");
    for folder in ["plugins", "wit"] {
        copy_folder(&root.join(folder), &copy.join(folder), &root.join("plugins/target"))?;
    }
    let files = make(&copy, &copy.join("plugins/target"))?;
    let stale = extra_and_stale(root, &files)?;
    if !stale.is_empty() {
        bail!("stale files:\n  {}\nRun `cargo xtask policies` and commit what it writes.", stale.join("\n  "));
    }
    println!("all {} files that follow from plugins/ are fresh", files.len());
    Ok(())
}

/// What is wrong with the committed files, a line for each, those included that should not be there.
fn extra_and_stale(root: &Path, files: &BTreeMap<PathBuf, Vec<u8>>) -> anyhow::Result<Vec<String>> {
    let mut lines: Vec<String> =
        extra(root, files)?.iter().map(|path| format!("{}: plugins/ has no such policy", path.display())).collect();
    lines.extend(stale(root, files));
    Ok(lines)
}

fn stale(root: &Path, files: &BTreeMap<PathBuf, Vec<u8>>) -> Vec<String> {
    let mut stale = Vec::new();
    for (path, bytes) in files {
        match fs::read(root.join(path)) {
            Ok(stored) if stored == *bytes => {}
            Ok(stored) => {
                stale.push(format!("{}: sha256 {}, built {}", path.display(), digest(&stored), digest(bytes)));
            }
            Err(_) => stale.push(format!("{}: missing", path.display())),
        }
    }
    stale
}

/// Every file that follows from `plugins/`, by its path in the checkout.
fn make(root: &Path, target: &Path) -> anyhow::Result<BTreeMap<PathBuf, Vec<u8>>> {
    let policies = build::build(root, target)?;
    let (mut files, mut readmes) = (BTreeMap::new(), Vec::new());
    for policy in &policies {
        let module = fs::read(&policy.module).with_context(|| format!("{} was not built", policy.module.display()))?;
        let bytes = component::encode(&module).with_context(|| format!("{} is no policy", policy.name))?;
        files.insert(format!("policies/{}.wasm", policy.name).into(), bytes);
        let readme = listing::readme(policy)?;
        files.insert(format!("plugins/{}/README.md", policy.name).into(), readme.clone().into_bytes());
        readmes.push((policy, readme));
    }
    files.insert("policies/README.md".into(), listing::list(&policies).into_bytes());
    files.insert("docs/policies.md".into(), listing::reference(&readmes).into_bytes());
    Ok(files)
}

/// Policies in `policies/` whose source is gone.
fn extra(root: &Path, files: &BTreeMap<PathBuf, Vec<u8>>) -> anyhow::Result<Vec<PathBuf>> {
    let folder = root.join("policies");
    let mut extra = Vec::new();
    if !folder.is_dir() {
        return Ok(extra);
    }
    for entry in fs::read_dir(&folder).with_context(|| format!("{} cannot be read", folder.display()))? {
        let path = Path::new("policies").join(entry?.file_name());
        if path.extension().is_some_and(|extension| extension == "wasm") && !files.contains_key(&path) {
            extra.push(path);
        }
    }
    extra.sort();
    Ok(extra)
}

fn copy_folder(from: &Path, to: &Path, except: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        let Some(name) = path.file_name() else { continue };
        if path == except {
            continue;
        }
        if path.is_dir() {
            copy_folder(&path, &to.join(name), except)?;
        } else {
            fs::copy(&path, to.join(name))?;
        }
    }
    Ok(())
}

fn digest(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in Sha256::digest(bytes) {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_be_stale_is_named() {
        let root = tempfile::tempdir().unwrap();
        let files: BTreeMap<PathBuf, Vec<u8>> =
            [("policies/a.wasm".into(), b"a".to_vec()), ("policies/b.wasm".into(), b"b".to_vec())].into();
        fs::create_dir(root.path().join("policies")).unwrap();
        for (path, bytes) in &files {
            fs::write(root.path().join(path), bytes).unwrap();
        }
        assert!(extra_and_stale(root.path(), &files).unwrap().is_empty());

        fs::write(root.path().join("policies/a.wasm"), "other").unwrap();
        fs::remove_file(root.path().join("policies/b.wasm")).unwrap();
        fs::write(root.path().join("policies/c.wasm"), "c").unwrap();
        let stale = extra_and_stale(root.path(), &files).unwrap();
        assert_eq!(stale.len(), 3);
        assert_eq!(stale[0], "policies/c.wasm: plugins/ has no such policy");
        assert!(stale[1].starts_with("policies/a.wasm: sha256 d9298a10"), "{}", stale[1]);
        assert_eq!(stale[2], "policies/b.wasm: missing");
    }

    #[test]
    fn a_copy_leaves_out_what_was_built() {
        let root = tempfile::tempdir().unwrap();
        let (from, to) = (root.path().join("from"), root.path().join("to"));
        fs::create_dir_all(from.join("target/release")).unwrap();
        fs::create_dir_all(from.join("sdk/src")).unwrap();
        fs::write(from.join("sdk/src/lib.rs"), "//").unwrap();
        copy_folder(&from, &to, &from.join("target")).unwrap();
        assert!(to.join("sdk/src/lib.rs").is_file());
        assert!(!to.join("target").exists());
    }
}
