//! `cargo xtask test`: everything that must hold.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, bail};

use crate::contract;
use crate::languages::{self, Which};
use crate::policies;

/// Runs the host's tests, the policies' own, checks that what is committed follows from `plugins/`, and tests policies in
/// other languages, as far as this machine has the tools for them.
pub fn everything(root: &Path) -> anyhow::Result<()> {
    cargo(root, &["test", "--workspace", "--no-fail-fast"])?;
    cargo(&root.join("plugins"), &["test", "--workspace", "--no-fail-fast"])?;
    contract::check(root)?;
    policies::check(root)?;
    languages::test(root, &Which::Possible)
}

fn cargo(folder: &Path, arguments: &[&str]) -> anyhow::Result<()> {
    println!("== cargo {} in {}", arguments.join(" "), folder.display());
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo).args(arguments).current_dir(folder).status().context("cargo does not start")?;
    if !status.success() {
        bail!("cargo {} failed in {}", arguments.join(" "), folder.display());
    }
    Ok(())
}
