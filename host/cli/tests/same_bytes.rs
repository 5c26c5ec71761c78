//! The run record depends on the inputs and on nothing else: not on the place, the user's settings, the number of threads,
//! the day, or the order in which policies stand.
#![allow(clippy::unwrap_used, reason = "what a test cannot set up has failed")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

const HEAD: &str = "[project]\nname = \"p\"\n\n[data]\npath = \"loans.csv\"\ntarget = \"approved\"\nid = \"id\"\n\
                    groups = [\"sex\"]\n\n[model]\nfamily = \"random-forest\"\ntrees = 20\n";

/// Entries that pass, warn, block and cannot be evaluated, so that every kind of record is compared.
const ENTRIES: [&str; 5] = [
    "\n[[policy]]\nuse = \"policies/completeness.wasm\"\n",
    "\n[[policy]]\nname = \"low\"\nuse = \"policies/threshold.wasm\"\nparams = { metric = \"accuracy\", min = 0.1 }\n",
    "\n[[policy]]\nname = \"high\"\nuse = \"policies/threshold.wasm\"\nparams = { metric = \"accuracy\", min = 0.999 }\n",
    "\n[[policy]]\nuse = \"policies/group-fairness.wasm\"\nmode = \"warn\"\n",
    "\n[[policy]]\nuse = \"policies/broken.wasm\"\n",
];

fn checkout() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn project(folder: &Path, entries: &[&str]) {
    fs::create_dir_all(folder.join("policies")).unwrap();
    for policy in ["completeness", "threshold", "group-fairness"] {
        let name = format!("policies/{policy}.wasm");
        fs::copy(checkout().join(&name), folder.join(&name)).unwrap();
    }
    fs::write(folder.join("policies/broken.wasm"), "no component").unwrap();
    fs::copy(checkout().join("tests/cases/data/loans.csv"), folder.join("loans.csv")).unwrap();
    fs::write(folder.join("portcullis.toml"), HEAD.to_owned() + &entries.concat()).unwrap();
}

/// The record without `timing`, as bytes; run from `from` on the project in `folder`.
fn record(folder: &Path, from: &Path, environment: &[(&str, &str)]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_portcullis"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("PORTCULLIS_") || name.starts_with("RAYON_"))
    {
        command.env_remove(name);
    }
    command.args(["run", "--quiet", "--format", "json", "--project"]).arg(folder).current_dir(from);
    command.env("PORTCULLIS_CACHE", Path::new(env!("CARGO_TARGET_TMPDIR")).join("same-bytes-cache"));
    let output = command.envs(environment.iter().copied()).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{environment:?}: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    // The bytes as printed, up to the part that the clock decides, which comes last.
    let (before, _) = text.split_once("\n  \"timing\":").expect("a record with its times");
    before.to_owned()
}

#[test]
fn place_language_zone_home_threads_and_cache_decide_nothing() {
    let root = tempfile::tempdir().unwrap();
    let (one, other) = (root.path().join("one"), root.path().join("deep/er/two"));
    project(&one, &ENTRIES);
    project(&other, &ENTRIES);
    let first = record(&one, &one, &[]);
    assert!(first.contains("\"verdict\": \"blocked\"") && first.contains("not-a-component"), "{first}");
    let home = root.path().join("home");
    fs::create_dir(&home).unwrap();
    let home = home.to_str().unwrap();
    let environments: [&[(&str, &str)]; 9] = [
        &[("TZ", "Asia/Kathmandu")],
        &[("TZ", "America/St_Johns"), ("LANG", "tr_TR.UTF-8")],
        &[("LC_ALL", "de_DE.UTF-8"), ("LANG", "C")],
        &[("LC_ALL", "ar_EG.UTF-8"), ("LC_NUMERIC", "fr_FR.UTF-8"), ("LANGUAGE", "fr")],
        &[("HOME", home), ("XDG_CACHE_HOME", home), ("XDG_CONFIG_HOME", home), ("USER", "nobody")],
        &[("RAYON_NUM_THREADS", "1")],
        &[("RAYON_NUM_THREADS", "7"), ("POLARS_MAX_THREADS", "3")],
        &[("PORTCULLIS_CACHE", "/nonexistent/portcullis"), ("COLUMNS", "40"), ("TERM", "dumb")],
        &[("PORTCULLIS_QUIET", "0"), ("PORTCULLIS_COLOR", "always"), ("NO_COLOR", "1")],
    ];
    for environment in environments {
        assert_eq!(record(&one, &one, environment), first, "{environment:?}");
    }
    assert_eq!(record(&one, Path::new("/"), &[]), first, "from another folder");
    assert_eq!(record(&other, &one, &[]), first, "in another folder");
    assert_eq!(record(Path::new("../one"), &one, &[]), first, "by a relative path");
}

#[test]
fn another_input_is_another_record() {
    let root = tempfile::tempdir().unwrap();
    project(root.path(), &ENTRIES);
    let first = record(root.path(), root.path(), &[]);
    for input in [("PORTCULLIS_SPLIT_SEED", "7"), ("PORTCULLIS_AT", "2026-01-31")] {
        assert_ne!(record(root.path(), root.path(), &[input]), first, "{input:?}");
    }
}

/// What each policy said, but for the line at which it is configured.
fn by_name(record: &str) -> BTreeMap<String, Value> {
    let whole: Value = serde_json::from_str(&format!("{}}}", record.trim_end().trim_end_matches(','))).unwrap();
    let policies = whole["policies"].as_array().unwrap().iter().map(|policy| {
        let mut policy = policy.clone();
        policy["place"].as_object_mut().unwrap().remove("line");
        (policy["name"].as_str().unwrap().to_owned(), policy)
    });
    policies.collect()
}

#[test]
fn the_order_of_policies_decides_no_verdict() {
    let root = tempfile::tempdir().unwrap();
    project(root.path(), &ENTRIES);
    let first = by_name(&record(root.path(), root.path(), &[]));
    assert_eq!(first.len(), ENTRIES.len());
    for turn in 1..ENTRIES.len() {
        let mut entries = ENTRIES;
        entries.rotate_left(turn);
        if turn % 2 == 0 {
            entries.reverse();
        }
        project(root.path(), &entries);
        assert_eq!(by_name(&record(root.path(), root.path(), &[])), first, "{turn}");
    }
}

/// Runs git; false where there is none.
fn git(folder: &Path, arguments: &[&str]) -> bool {
    let output = Command::new("git")
        .current_dir(folder)
        .args(["-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"])
        .args(arguments)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_COMMITTER_DATE", "1700000000 +0100")
        .output();
    let Ok(output) = output else { return false };
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    true
}

#[test]
fn two_clones_of_a_commit_see_the_time_of_the_commit() {
    let root = tempfile::tempdir().unwrap();
    let origin = root.path().join("origin");
    project(&origin, &ENTRIES);
    if !git(&origin, &["init", "--quiet"]) {
        eprintln!("SKIPPED: there is no git on this machine");
        return;
    }
    git(&origin, &["add", "."]);
    git(&origin, &["commit", "--quiet", "-m", "one"]);
    let url = format!("file://{}", origin.display());
    git(root.path(), &["clone", "--quiet", "--depth", "1", &url, "clone"]);
    let (one, other) = (record(&origin, &origin, &[]), record(&root.path().join("clone"), root.path(), &[]));
    assert!(one.contains("\"time\": \"2023-11-14T22:13:20Z\"") && one.contains("\"from\": \"commit\""), "{one}");
    assert_eq!(one, other, "loose here, packed there");
}
