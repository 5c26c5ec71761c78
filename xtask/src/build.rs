//! Compiles the policies to WebAssembly, to the same bytes wherever the sources lie.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};
use serde_json::Value;

const TARGET: &str = "wasm32-unknown-unknown";

/// A policy's crate.
pub struct Policy {
    /// Of the crate, the policy and its file.
    pub name: String,
    /// One sentence, as `describe` gives it.
    pub summary: String,
    /// The compiled module, not yet a component.
    pub module: PathBuf,
    /// Its sources.
    pub folder: PathBuf,
}

/// Compiles all policies of `root/plugins` with the target folder `target`; in the order of their names.
///
/// All at once, because features unify over what is built together: one at a time they would be other bytes.
pub fn build(root: &Path, target: &Path) -> anyhow::Result<Vec<Policy>> {
    let plugins = root.join("plugins");
    // Before the flags are made: they name the folders into which this unpacks.
    let mut fetch = command(&env::var_os("CARGO").unwrap_or_else(|| "cargo".into()), &plugins);
    if !fetch.args(["fetch", "--locked"]).status().context("cargo could not be started")?.success() {
        bail!("the dependencies of {} cannot be had", plugins.display());
    }
    let mut cargo = command(&env::var_os("CARGO").unwrap_or_else(|| "cargo".into()), &plugins);
    cargo
        .args(["build", "--release", "--locked", "--workspace", "--target", TARGET, "--target-dir"])
        .arg(target)
        .env("CARGO_ENCODED_RUSTFLAGS", flags(root, target)?);
    if !cargo.status().context("cargo could not be started")?.success() {
        bail!("the policies in {} do not compile", plugins.display());
    }
    policies(&plugins, target)
}

/// The crates of the workspace that compile to a module.
fn policies(plugins: &Path, target: &Path) -> anyhow::Result<Vec<Policy>> {
    let mut cargo = command(&env::var_os("CARGO").unwrap_or_else(|| "cargo".into()), plugins);
    let output = read(cargo.args(["metadata", "--no-deps", "--locked", "--format-version", "1"]))?;
    let metadata: Value = serde_json::from_str(&output).context("cargo metadata is not JSON")?;
    let mut policies = Vec::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let kinds = package["targets"].as_array().into_iter().flatten().filter_map(|target| target["kind"].as_array());
        if !kinds.flatten().any(|kind| kind == "cdylib") {
            continue;
        }
        let text = |key: &str| {
            package[key].as_str().map(str::to_owned).with_context(|| format!("a package in plugins/ has no {key}"))
        };
        let name = text("name")?;
        let manifest = PathBuf::from(text("manifest_path")?);
        policies.push(Policy {
            module: target.join(TARGET).join("release").join(format!("{}.wasm", name.replace('-', "_"))),
            summary: text("description")?,
            folder: manifest.parent().unwrap_or(plugins).to_path_buf(),
            name,
        });
    }
    policies.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(policies)
}

/// A command that the caller's settings for other builds do not reach: profiles, flags, target folders.
fn command(program: &OsString, folder: &Path) -> Command {
    const KEPT: [&str; 6] =
        ["CARGO_HOME", "CARGO_HTTP_", "CARGO_NET_", "CARGO_REGISTRIES_", "CARGO_REGISTRY_", "CARGO_TERM_"];
    let mut command = Command::new(program);
    command.current_dir(folder);
    for (name, _) in env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        let foreign = name.contains("CARGO_") && !KEPT.iter().any(|kept| name.starts_with(kept));
        if foreign || name == "RUSTFLAGS" || name == "WIT_BINDGEN_DEBUG" {
            command.env_remove(name);
        }
    }
    command
}

/// Compiler flags that take this machine's folders out of the bytes.
fn flags(root: &Path, target: &Path) -> anyhow::Result<OsString> {
    let sysroot = read(command(&"rustc".into(), root).args(["--print", "sysroot"]))?;
    let version = read(command(&"rustc".into(), root).arg("-vV"))?;
    let commit = version.lines().find_map(|line| line.strip_prefix("commit-hash: ")).unwrap_or("unknown");
    let cargo_home = match env::var_os("CARGO_HOME") {
        Some(home) => PathBuf::from(home),
        None => {
            env::home_dir().context("there is no home folder to look for cargo's in; set CARGO_HOME")?.join(".cargo")
        }
    };
    // The last match wins, so the target folder, which may lie in the root, stands after it.
    let mut folders = vec![
        (root.to_path_buf(), "/portcullis".to_owned()),
        (target.to_path_buf(), "/target".to_owned()),
        (cargo_home.clone(), "/cargo".to_owned()),
        // Where the component rust-src is installed, the compiler shows the library's sources there.
        (Path::new(sysroot.trim()).join("lib/rustlib/src/rust"), format!("/rustc/{commit}")),
    ];
    // A registry's folder has the hash of its address in its name, which a mirror changes.
    if let Ok(registries) = fs::read_dir(cargo_home.join("registry/src")) {
        for registry in registries {
            folders.push((registry?.path(), "/crates".to_owned()));
        }
    }
    let flags: Vec<OsString> = folders
        .into_iter()
        .map(|(from, to)| {
            let mut flag = OsString::from("--remap-path-prefix=");
            flag.push(from);
            flag.push("=");
            flag.push(to);
            flag
        })
        .collect();
    Ok(flags.join(&OsString::from("\u{1f}")))
}

fn read(command: &mut Command) -> anyhow::Result<String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.output().with_context(|| format!("{program} could not be started"))?;
    if !output.status.success() {
        bail!("{program} failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    String::from_utf8(output.stdout).with_context(|| format!("{program} answered with something that is not text"))
}
