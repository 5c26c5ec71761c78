//! `cargo xtask policies`: what stands in `policies/`, made from `plugins/` and compared with it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, bail};
use sha2::{Digest, Sha256};

use crate::{build, component, listing};

/// Builds the policies and writes `policies/`.
pub fn rebuild(root: &Path) -> anyhow::Result<()> {
    let files = make(root, &root.join("plugins/target"))?;
    let folder = root.join("policies");
    fs::create_dir_all(&folder)?;
    for name in stored(&folder)? {
        if !files.contains_key(&name) {
            fs::remove_file(folder.join(&name))?;
            println!("policies/{name}: removed, plugins/ has no such policy");
        }
    }
    for (name, bytes) in &files {
        fs::write(folder.join(name), bytes).with_context(|| format!("policies/{name} cannot be written"))?;
        println!("policies/{name}: {} bytes, sha256 {}", bytes.len(), digest(bytes));
    }
    Ok(())
}

/// Builds a copy of the sources in another folder and fails, naming each file, where `policies/` differs.
pub fn check(root: &Path) -> anyhow::Result<()> {
    let elsewhere = tempfile::tempdir()?;
    let copy = elsewhere.path().canonicalize()?.join("checkout");
    for folder in ["plugins", "wit"] {
        copy_folder(&root.join(folder), &copy.join(folder), root)?;
    }
    let files = make(&copy, &copy.join("plugins/target"))?;
    let folder = root.join("policies");
    let mut stale: Vec<String> =
        stored(&folder)?.into_iter().filter(|name| !files.contains_key(name)).map(|name| format!("{name} (extra)")).collect();
    for (name, bytes) in &files {
        match fs::read(folder.join(name)) {
            Ok(stored) if stored == *bytes => {}
            Ok(stored) => stale.push(format!("{name} (sha256 {}, should be {})", digest(&stored), digest(bytes))),
            Err(_) => stale.push(format!("{name} (missing)")),
        }
    }
    if !stale.is_empty() {
        bail!("stale in policies/: {}\nRun `cargo xtask policies` and commit what it writes.", stale.join(", "));
    }
    println!("policies/: all {} files are fresh", files.len());
    Ok(())
}

/// Every file that belongs into `policies/`, by name.
fn make(root: &Path, target: &Path) -> anyhow::Result<BTreeMap<String, Vec<u8>>> {
    let policies = build::build(root, target)?;
    let mut files = BTreeMap::new();
    for policy in &policies {
        listing::check_documents(policy)?;
        let module = fs::read(&policy.module).with_context(|| format!("{} was not built", policy.module.display()))?;
        let bytes = component::encode(&module).with_context(|| format!("{} is no policy", policy.name))?;
        files.insert(format!("{}.wasm", policy.name), bytes);
    }
    files.insert("README.md".to_owned(), listing::readme(&policies).into_bytes());
    Ok(files)
}

/// The names of the files in `policies/` that this chore looks after.
fn stored(folder: &Path) -> anyhow::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if Path::new(&name).extension().is_some_and(|extension| extension == "wasm") {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

fn copy_folder(from: &Path, to: &Path, root: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        let Some(name) = path.file_name() else { continue };
        if path == root.join("plugins/target") {
            continue;
        }
        if path.is_dir() {
            copy_folder(&path, &to.join(name), root)?;
        } else {
            fs::copy(&path, to.join(name))?;
        }
    }
    Ok(())
}

fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
