//! Every command of the README is run, and its configuration is read.
#![allow(clippy::unwrap_used, reason = "what a test cannot set up has failed")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// What a command of the README must do.
enum Expected {
    /// Exit with this code, from a copy of the checkout.
    Exit(i32),
    /// Exit with this code, in a folder of the user's own.
    Own(i32),
    /// Be run elsewhere: this file must contain the second text.
    Elsewhere(&'static str, &'static str),
}

fn expectations() -> BTreeMap<&'static str, Expected> {
    BTreeMap::from([
        ("cargo run -p portcullis -- run --project examples/iris", Expected::Exit(0)),
        ("cargo run -p portcullis -- run --project examples/credit", Expected::Exit(1)),
        ("cargo run -p portcullis -- run --project examples/credit --config portcullis.fair.toml", Expected::Exit(0)),
        ("cargo xtask test", Expected::Elsewhere(".ci/run", "cargo xtask test")),
        ("cargo install --locked --path host/cli", Expected::Elsewhere("host/cli/Cargo.toml", "name = \"portcullis\"")),
        ("portcullis init --data customers.csv", Expected::Own(0)),
        ("portcullis run", Expected::Own(0)),
        ("portcullis policy inspect policies/threshold.wasm", Expected::Own(0)),
        ("portcullis policy new worst-group --lang rust --kind fairness", Expected::Own(0)),
        (
            "portcullis policy build policies/worst-group",
            Expected::Elsewhere("docs/authoring.md", "portcullis policy build"),
        ),
        (
            "portcullis policy test policies/worst-group",
            Expected::Elsewhere("docs/authoring.md", "portcullis policy test"),
        ),
        ("portcullis lock", Expected::Own(0)),
        ("portcullis run --locked", Expected::Own(0)),
    ])
}

fn checkout() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn readme() -> String {
    fs::read_to_string(checkout().join("README.md")).unwrap()
}

/// The lines of all code blocks of a language.
fn blocks(language: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut inside = false;
    for line in readme().lines() {
        if let Some(fence) = line.strip_prefix("```") {
            inside = !inside && fence == language;
        } else if inside {
            lines.push(line.to_owned());
        }
    }
    lines
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_name() == ".portcullis" {
            continue; // runs of whoever works in this checkout
        }
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn portcullis(folder: &Path, cache: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_portcullis"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("PORTCULLIS_")) {
        command.env_remove(name);
    }
    command.args(arguments).current_dir(folder).env("PORTCULLIS_CACHE", cache).output().unwrap()
}

/// Customers of whom those with many complaints leave.
fn customers() -> String {
    let mut text = "customer,age,plan,complaints,churned\n".to_owned();
    for row in 0..300_u32 {
        let complaints = (row * 7) % 10;
        let plan = ["basic", "plus", "pro"][(row % 3) as usize];
        let churned = if complaints > 6 { "yes" } else { "no" };
        let (customer, age) = (1000 + row, 20 + (row * 13) % 60);
        let _ = writeln!(text, "{customer},{age},{plan},{complaints},{churned}");
    }
    text
}

#[test]
fn every_command_does_what_the_readme_says() {
    let folder = tempfile::tempdir().unwrap();
    let (copied, own, cache) = (folder.path().join("checkout"), folder.path().join("own"), folder.path().join("cache"));
    for part in ["examples", "policies"] {
        copy(&checkout().join(part), &copied.join(part));
    }
    fs::create_dir(&own).unwrap();
    fs::write(own.join("customers.csv"), customers()).unwrap();

    let mut expected = expectations();
    for line in blocks("console") {
        let command = line.strip_prefix("$ ").unwrap_or_else(|| panic!("a console block shows commands only: {line}"));
        let wish =
            expected.remove(command).unwrap_or_else(|| panic!("no test says what this command must do: {command}"));
        let words: Vec<&str> = command.split_whitespace().collect();
        let (place, arguments, code) = match wish {
            Expected::Exit(code) => (&copied, &words[5..], code),
            Expected::Own(code) => (&own, &words[1..], code),
            Expected::Elsewhere(file, text) => {
                assert!(fs::read_to_string(checkout().join(file)).unwrap().contains(text), "{file} lacks `{text}`");
                continue;
            }
        };
        let output = portcullis(place, &cache, arguments);
        let shown = format!(
            "$ {command}\n{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        assert_eq!(output.status.code(), Some(code), "{shown}");
        println!("{shown}");
    }
    assert!(expected.is_empty(), "the README no longer shows: {:?}", expected.keys());
}

#[test]
fn the_verdict_shown_is_the_verdict_given() {
    let folder = tempfile::tempdir().unwrap();
    for part in ["examples", "policies"] {
        copy(&checkout().join(part), &folder.path().join(part));
    }
    let output = portcullis(folder.path(), &folder.path().join("cache"), &["run", "--project", "examples/iris"]);
    let shown = blocks("text");
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(text.lines().next(), shown.first().map(String::as_str));
}

#[test]
fn the_configuration_shown_is_read() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("portcullis.toml"), blocks("toml").join("\n")).unwrap();
    copy(&checkout().join("policies"), &folder.path().join("policies"));
    let output = portcullis(folder.path(), &folder.path().join("cache"), &["config"]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(text.contains("gradient-boosting") && text.contains("policy quality"), "{text}");
}
