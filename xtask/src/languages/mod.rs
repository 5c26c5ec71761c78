//! `cargo xtask languages`: the examples in every language, made by `policy new`, built, and judged by the same cases.

mod stamp;
mod tools;
mod tutorial;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};

/// A language, by the word of `--lang`.
pub const LANGUAGES: [&str; 7] = ["rust", "python", "javascript", "typescript", "c", "zig", "go"];

/// Those that every run tests.
const ALWAYS: [&str; 3] = ["rust", "c", "python"];

const KINDS: [(&str, &str); 4] = [
    ("data-check", "missing-values"),
    ("gate", "champion-margin"),
    ("fairness", "worst-group"),
    ("behavior", "expected-direction"),
];

/// Which languages are tested.
pub enum Which {
    /// These.
    Named(Vec<String>),
    /// All, and it is noted that they passed.
    All,
    /// All where something has changed since all passed, else none: those of every run are in `cargo xtask test`.
    Needed,
    /// Those of every run, as far as their tools can be had here.
    Possible,
}

/// Makes, builds and tests the policies of the languages.
pub fn test(root: &Path, which: &Which) -> anyhow::Result<()> {
    let stamp = stamp::of(root)?;
    let languages = match which {
        Which::Named(names) => {
            if let Some(wrong) = names.iter().find(|name| !LANGUAGES.contains(&name.as_str())) {
                bail!("`{wrong}` is no language of plugins/languages; valid: {}", LANGUAGES.join(", "));
            }
            names.clone()
        }
        Which::Needed if stamp::stored(root).as_deref() == Some(&stamp) => {
            println!("== languages: nothing that they depend on has changed since all passed");
            return Ok(());
        }
        Which::All | Which::Needed => LANGUAGES.map(str::to_owned).to_vec(),
        Which::Possible => ALWAYS.map(str::to_owned).into_iter().filter(|language| tools::possible(language)).collect(),
    };
    let tools = tools::install(root, &languages)?;
    let portcullis = built(root)?;
    let work = root.join("target/languages");
    if work.exists() {
        std::fs::remove_dir_all(&work)?;
    }
    for language in &languages {
        println!("== {language}: the tutorial");
        tutorial::run(root, &portcullis, &tools, &work.join(language).join("tutorial"), language)?;
        for (kind, name) in KINDS {
            println!("== {language}: {name}");
            one(&portcullis, &tools, &work.join(language), language, kind, name)
                .with_context(|| format!("{language}, {kind}"))?;
        }
    }
    if languages.len() == LANGUAGES.len() {
        stamp::store(root, &stamp)?;
    }
    println!("== languages: {} passed", languages.join(", "));
    Ok(())
}

/// One policy: `policy new`, `policy build`, `policy test`, in a folder of its own.
fn one(
    portcullis: &Path,
    tools: &tools::Tools,
    folder: &Path,
    language: &str,
    kind: &str,
    name: &str,
) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder)?;
    let call = |arguments: &[&str]| -> anyhow::Result<()> {
        let mut command = Command::new(portcullis);
        command.current_dir(folder).args(["--quiet", "policy"]).args(arguments);
        tools.lend(&mut command, &[]);
        let output = command.output().context("portcullis does not start")?;
        if !output.status.success() {
            bail!(
                "portcullis policy {} failed:\n{}{}",
                arguments.join(" "),
                String::from_utf8_lossy(&output.stdout),
                String::from_utf8_lossy(&output.stderr)
            );
        }
        Ok(())
    };
    let place = format!("./{name}");
    call(&["new", &place, "--lang", language, "--kind", kind])?;
    tools.furnish(language, &folder.join(name))?;
    call(&["build", &place])?;
    call(&["test", &place])
}

/// The command itself, built.
fn built(root: &Path) -> anyhow::Result<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["build", "--quiet", "--package", "portcullis", "--message-format", "json"])
        .current_dir(root)
        .stderr(std::process::Stdio::inherit())
        .output()
        .context("cargo does not start")?;
    let said = String::from_utf8_lossy(&output.stdout);
    let artifacts = said.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let mut executables = artifacts.filter_map(|line| Some(PathBuf::from(line.get("executable")?.as_str()?)));
    executables.next_back().filter(|_| output.status.success()).context("portcullis cannot be built")
}
