//! A policy that asks for everything tries to win back what its grant withholds, by every path of the contract.
#![allow(clippy::unwrap_used, reason = "what a test cannot set up has failed")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// Every value of the withheld column begins with these digits, and nothing else in the project does.
const SECRET: &str = "98765";

fn guest() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("guests");
    let built = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--locked", "--release", "--target", "wasm32-wasip2", "--target-dir"])
        .arg(&target)
        .arg("--manifest-path")
        .arg(root.join("tests/guests/prying/Cargo.toml"))
        .status()
        .unwrap();
    assert!(built.success(), "the guest does not build; is the target there? rustup target add wasm32-wasip2");
    target.join("wasm32-wasip2/release/prying_guest.wasm")
}

/// 200 people: a secret income, a town that few share, a score, and whether they pay.
fn project(grant: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut data = "secret,town,score,paid\n".to_owned();
    for row in 0..200 {
        let town = if row % 40 == 0 { format!("hamlet {row}") } else { "town".to_owned() };
        let _ = writeln!(data, "{SECRET}{row:03},{town},{},{}", row % 17, if row % 17 > 8 { "yes" } else { "no" });
    }
    fs::write(folder.path().join("people.csv"), data).unwrap();
    let configuration = format!(
        "[data]\npath = 'people.csv'\ntarget = 'paid'\nfeatures = ['score']\n\n[split]\ntest = 0.5\n\n\
         [model]\nfamily = 'naive-bayes'\n\n\
         [[policy]]\nname = 'prying'\nuse = '{}'\nparams = {{ secret = 'secret', fine = 'town', target = 'paid' }}\n{grant}\n",
        guest().display()
    );
    fs::write(folder.path().join("portcullis.toml"), configuration).unwrap();
    folder
}

fn run(project: &tempfile::TempDir) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_portcullis"));
    command.args(["run", "--format", "json"]).current_dir(project.path());
    command.env("PORTCULLIS_CACHE", Path::new(env!("CARGO_TARGET_TMPDIR")).join("prying-cache"));
    command.output().unwrap()
}

/// What was won (1) and what was not (the code of the refusal), by the name of the try.
fn tries(output: &Output) -> BTreeMap<String, String> {
    let record: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"));
    let policy = &record["policies"][0];
    assert_eq!(policy["failure"], Value::Null, "{policy:#}");
    let mut codes = BTreeMap::new();
    for finding in policy["findings"].as_array().unwrap() {
        let name = finding["message"].as_str().unwrap().split(':').next().unwrap();
        codes.insert(name.to_owned(), finding["rule"].as_str().unwrap().to_owned());
    }
    let outcome = |measure: &Value| {
        let name = measure["name"].as_str().unwrap().to_owned();
        let won = measure["value"].as_f64() == Some(1.0);
        let code = codes.get(&name).cloned().unwrap_or_default();
        (name, if won { "won".to_owned() } else { code })
    };
    policy["measures"].as_array().unwrap().iter().map(outcome).collect()
}

const EVERYTHING: &str = "interfaces = ['rows', 'sql', 'predictions', 'predictor']";

#[test]
fn a_withheld_column_is_not_won_back_by_any_path() {
    let project = project(&format!("grant = {{ {EVERYTHING}, columns = ['town', 'score', 'paid'] }}"));
    let output = run(&project);
    let tries = tries(&output);
    // Whatever is not listed here must be refused as withheld: a new path of the contract is, or fails this test.
    let others = [
        ("kind", "won"),         // name and kind stay visible
        ("rare-values", "won"),  // whoever reads rows may count them
        ("small-slices", "won"), // the same
        ("confusion", "won"),    // the target was granted
        ("label", "won"),        // the same
        ("predict", "won"),
        ("predictions", "won"),
        ("sql-granted", "won"),
        ("rows-of-nothing", "bad-argument"),
        ("column-of-a-batch", "unknown-column"),
        ("sql-file", "bad-query"),
        ("sql-attach", "bad-query"),
    ];
    for (name, outcome) in &tries {
        let expected = others.iter().find(|(other, _)| other == name).map_or("withheld", |(_, expected)| expected);
        assert_eq!(outcome, expected, "{name}");
    }
    for name in others.iter().map(|(name, _)| *name).chain(["mean", "slices", "rows", "sql-star", "duplicates-of-all"])
    {
        assert!(tries.contains_key(name), "{name} was not even tried");
    }
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(!said.contains(SECRET), "a value of the withheld column stands in the record:\n{said}");
}

#[test]
fn a_withheld_target_hides_the_truth() {
    let project = project(&format!("grant = {{ {EVERYTHING}, columns = ['town', 'score', 'secret'] }}"));
    let tries = tries(&run(&project));
    assert_eq!(tries["mean"], "won", "the column is granted this time, so that the other test can fail");
    assert_eq!(tries["sql-values"], "won");
    assert_eq!(tries["rows"], "won");
    assert_eq!(tries["slices"], "won");
    assert_eq!(tries["small-slices"], "nothing", "a metric of one row would be the target's value");
    assert_eq!(tries["sql-star"], "withheld");
    assert_eq!(tries["confusion"], "withheld");
    assert_eq!(tries["predictions"], "won");
    assert_eq!(tries["label"], "nothing");
}

#[test]
fn what_was_not_granted_is_refused_with_the_line_to_add() {
    for (granted, missing) in [
        ("'sql', 'predictions', 'predictor'", "rows"),
        ("'rows', 'predictions', 'predictor'", "sql"),
        ("'rows', 'sql', 'predictor'", "predictions"),
        ("'rows', 'sql', 'predictions'", "predictor"),
    ] {
        let project = project(&format!("grant = {{ interfaces = [{granted}] }}"));
        let output = run(&project);
        assert_eq!(output.status.code(), Some(3));
        let record: Value = serde_json::from_slice(&output.stdout).unwrap();
        let failure = &record["policies"][0]["failure"];
        assert_eq!(failure["kind"], "refused");
        let message = failure["message"].as_str().unwrap();
        assert!(
            message.contains(&format!(
                "portcullis:{}/{missing} (",
                if missing.starts_with("pred") { "model" } else { "data" }
            )),
            "{message}"
        );
        // The whole line, not only what is lacking: added as it stands, it grants all that the policy needs.
        let line = "grant = { interfaces = [\"predictions\", \"predictor\", \"rows\", \"sql\"] }";
        assert!(message.contains(line), "{message}");
    }
}
