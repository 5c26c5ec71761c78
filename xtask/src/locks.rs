//! The lock files of `policies/` and of the examples, which follow from the built policies. `portcullis lock` itself writes
//! them; that the committed ones fit is a test of the command line (`host/cli/tests/lock.rs`).

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};

/// The name of a lock file.
const LOCK: &str = "portcullis.lock";

/// Writes every lock file anew.
pub fn rewrite(root: &Path) -> anyhow::Result<()> {
    for folder in folders(&root.join("examples"))? {
        for configuration in configurations(&folder)? {
            lock(root, &folder, &configuration)?;
        }
    }
    // The stock policies are no project: one is made around them.
    let policies = root.join("policies");
    let project = tempfile::tempdir()?;
    let mut configuration = "[data]\npath = \"none.csv\"\n".to_owned();
    for entry in sorted(&policies)? {
        let policy = entry.extension().is_some_and(|extension| extension == "wasm");
        let Some(name) = entry.file_name().and_then(|name| name.to_str()).filter(|_| policy) else { continue };
        fs::copy(&entry, project.path().join(name))?;
        writeln!(configuration, "[[policy]]\nuse = \"{name}\"")?;
    }
    fs::write(project.path().join("portcullis.toml"), configuration)?;
    lock(root, project.path(), Path::new("portcullis.toml"))?;
    fs::copy(project.path().join(LOCK), policies.join(LOCK)).context("policies/ got no lock file")?;
    Ok(())
}

fn lock(root: &Path, project: &Path, configuration: &Path) -> anyhow::Result<()> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args(["run", "--quiet", "--package", "portcullis", "--", "lock", "--project"])
        .arg(project)
        .arg("--config")
        .arg(configuration.file_name().unwrap_or_default())
        .current_dir(root)
        .status()
        .context("cargo does not start")?;
    if !status.success() {
        bail!("portcullis lock failed for {}", project.display());
    }
    Ok(())
}

/// The folders below that hold a configuration, sorted.
fn folders(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for path in sorted(folder)? {
        if path.is_dir() && !configurations(&path)?.is_empty() {
            found.push(path);
        }
    }
    Ok(found)
}

/// `portcullis.toml`, `portcullis.fair.toml` …
fn configurations(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let named = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with("portcullis.") && name.ends_with(".toml")
    };
    Ok(sorted(folder)?.into_iter().filter(named).collect())
}

fn sorted(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}
