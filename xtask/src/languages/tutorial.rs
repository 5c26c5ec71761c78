//! The tutorials of `docs/authoring.md`: every command in a language's section is run, as it stands there.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, bail};

use super::tools::Tools;

/// The page.
const PAGE: &str = "docs/authoring.md";

/// Runs the commands of a language's section, one after the other, in the project that the page begins with. What its
/// block `console install` says is done by [`Tools`] instead.
pub fn run(root: &Path, portcullis: &Path, tools: &Tools, folder: &Path, language: &str) -> anyhow::Result<()> {
    let page = fs::read_to_string(root.join(PAGE)).with_context(|| format!("{PAGE} cannot be read"))?;
    fs::create_dir_all(folder)?;
    fs::copy(root.join("examples/credit/data/applications.csv"), folder.join("applications.csv"))?;
    let commands: Vec<&str> = commands(&page, "Begin").chain(commands(&page, title(language)?)).collect();
    if commands.len() < 4 {
        bail!(
            "{PAGE} has {} commands for {language}; it should show how a policy is made, built, tested and run",
            commands.len()
        );
    }
    // The command as an installed one is found.
    let bin = folder.join("bin");
    fs::create_dir_all(&bin)?;
    let name = format!("portcullis{}", std::env::consts::EXE_SUFFIX);
    fs::copy(portcullis, bin.join(&name))?;
    for line in commands {
        println!("   $ {line}");
        let mut command = Command::new("sh");
        command.args(["-c", line]).current_dir(folder);
        tools.lend(&mut command, &[&bin]);
        tools.furnish(language, folder)?;
        let output = command.output().context("sh does not start")?;
        // A policy may well block: that is a verdict, and told as one.
        if !matches!(output.status.code(), Some(0 | 1)) || output.stdout.is_empty() {
            bail!(
                "`{line}` failed ({}):\n{}{}",
                output.status,
                String::from_utf8_lossy(&output.stdout),
                String::from_utf8_lossy(&output.stderr)
            );
        }
    }
    Ok(())
}

/// How the page calls a language.
fn title(language: &str) -> anyhow::Result<&'static str> {
    Ok(match language {
        "rust" => "Rust",
        "python" => "Python",
        "javascript" => "JavaScript",
        "typescript" => "TypeScript",
        "c" => "C",
        "zig" => "Zig",
        "go" => "Go",
        other => bail!("{PAGE} has no section for {other}"),
    })
}

/// The lines after `$ ` in the blocks `console` of a section.
fn commands<'a>(page: &'a str, title: &str) -> impl Iterator<Item = &'a str> {
    let heading = format!("## {title}");
    let section =
        page.lines().skip_while(move |line| *line != heading).skip(1).take_while(|line| !line.starts_with("## "));
    let mut within = false;
    section.filter_map(move |line| {
        if line.starts_with("```") {
            within = !within && line == "```console";
            return None;
        }
        line.strip_prefix("$ ").filter(|_| within)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_commands_of_the_section_are_run() {
        let page = "## C\n```console\n$ one\nsaid\n$ two\n```\n```console install\n$ three\n```\n```toml\n$ four\n```\n## D\n```console\n$ five\n```\n";
        assert_eq!(commands(page, "C").collect::<Vec<_>>(), ["one", "two"]);
        assert_eq!(commands(page, "D").collect::<Vec<_>>(), ["five"]);
    }

    #[test]
    fn every_language_has_a_section() {
        let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(PAGE)).unwrap();
        for language in super::super::LANGUAGES {
            assert!(commands(&page, title(language).unwrap()).count() >= 3, "{language}");
        }
    }
}
