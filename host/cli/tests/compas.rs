//! Rates by race and sex on the COMPAS data against Fairlearn: the whole way, from the file to the policy's measures. The
//! data is not in the repository; without it these tests say so and pass.
#![allow(clippy::unwrap_used, clippy::print_stdout)] // tests, and what they are built from

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct Golden {
    groups: Vec<String>,
    overall: BTreeMap<String, f64>,
    by_group: BTreeMap<String, BTreeMap<String, f64>>,
    difference_between_groups: BTreeMap<String, f64>,
    ratio_between_groups: BTreeMap<String, f64>,
}

fn shared(path: &str) -> Option<String> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared").join(path);
    let text = fs::read_to_string(&path).ok();
    if text.is_none() {
        println!("skipped: {} is not there", path.display());
    }
    text
}

/// The file of predictions: the score's text is what was predicted.
fn predictions(compas: &str) -> String {
    let mut lines = compas.lines();
    let names: Vec<&str> = lines.next().unwrap().split(',').collect();
    let place = |name: &str| names.iter().position(|column| *column == name).unwrap();
    let (label, score, race, sex) = (place("two_year_recid"), place("score_text"), place("race"), place("sex"));
    let row = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        let predicted = u32::from(matches!(cells[score], "Medium" | "High"));
        format!("{},{predicted},{},{}\n", cells[label], cells[race], cells[sex])
    };
    std::iter::once("label,prediction,race,sex\n".to_owned()).chain(lines.map(row)).collect()
}

/// The record of a run that compares the groups.
fn record(compas: &str, groups: &[String]) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let policy = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies/group-fairness.wasm");
    let configuration = format!(
        "[data]\ngroups = {groups:?}\n[model]\npredictions = 'predictions.csv'\n[evaluate]\nslices = [{groups:?}]\n\
         intervals = false\n[sandbox]\nsmallest-group = 1\n[[policy]]\nuse = '{}'\n\
         params = {{ intersections = true, min_group_size = 1 }}\n",
        policy.display()
    );
    fs::write(folder.path().join("portcullis.toml"), configuration).unwrap();
    fs::write(folder.path().join("predictions.csv"), predictions(compas)).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_portcullis"));
    command.args(["run", "--format", "json"]).current_dir(folder.path()).env_remove("PORTCULLIS_FORMAT");
    command.env("PORTCULLIS_CACHE", Path::new(env!("CARGO_TARGET_TMPDIR")).join("compas-cache"));
    let output = command.output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {told}"))
}

#[track_caller]
fn close(found: f64, expected: f64, what: &str) {
    assert!((found - expected).abs() <= 1e-12, "{what}: {found} is not {expected}");
}

fn check(file: &str) {
    let (Some(golden), Some(data)) = (shared(&format!("golden/{file}")), shared("data/compas.csv")) else { return };
    let golden: Golden = serde_json::from_str(&golden).unwrap();
    let record = record(&data, &golden.groups);
    // Fairlearn's rates call scikit-learn, which says 0 for 0/0; here that is none.
    let metric = |metrics: &Value, name: &str| metrics[name].as_f64().unwrap_or(0.0);
    for (name, expected) in golden.overall.iter().filter(|(name, _)| *name != "count") {
        close(metric(&record["metrics"], name), *expected, name);
    }
    let slices = record["slices"].as_array().unwrap();
    assert_eq!(slices.len(), golden.by_group.len());
    // Over the groups that have a rate, as Fairlearn's aggregates skip NaN.
    let mut rates: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for slice in slices {
        let key = slice["key"].as_array().unwrap().iter().map(|pair| pair[1].as_str().unwrap());
        let name = key.collect::<Vec<_>>().join("|");
        for (metric_name, expected) in &golden.by_group[&name] {
            let what = format!("{metric_name} of {name}");
            if metric_name == "count" {
                close(slice["rows"].as_f64().unwrap(), *expected, &what);
                continue;
            }
            close(metric(&slice["metrics"], metric_name), *expected, &what);
            if !slice["metrics"][metric_name].is_null() {
                rates.entry(metric_name).or_default().push(*expected);
            }
        }
    }
    let measures = record["policies"][0]["measures"].as_array().unwrap();
    let grouping = golden.groups.join(", ");
    let measure = |name: &str| {
        let about = |measure: &&Value| measure["name"] == name && measure["subject"]["name"] == grouping.as_str();
        let found = measures.iter().find(about);
        found.unwrap_or_else(|| panic!("no {name} in {measures:?}"))["value"].as_f64().unwrap()
    };
    let mut odds = Vec::new();
    for (rate, notion) in [
        ("selection_rate", Some("demographic_parity")),
        ("true_positive_rate", Some("equal_opportunity")),
        ("false_positive_rate", None),
    ] {
        let values = &rates[rate];
        let (low, high) = (values.iter().copied().fold(f64::MAX, f64::min), values.iter().copied().fold(0.0, f64::max));
        if values.len() == golden.by_group.len() {
            close(high - low, golden.difference_between_groups[rate], rate);
            close(low / high, golden.ratio_between_groups[rate], rate);
        }
        if let Some(notion) = notion {
            close(measure(&format!("{notion}_difference")), high - low, notion);
            close(measure(&format!("{notion}_ratio")), low / high, notion);
        }
        if rate != "selection_rate" {
            odds.push((high - low, low / high));
        }
    }
    close(measure("equalized_odds_difference"), odds[0].0.max(odds[1].0), "equalized odds difference");
    close(measure("equalized_odds_ratio"), odds[0].1.min(odds[1].1), "equalized odds ratio");
}

#[test]
fn rates_by_race_are_fairlearns() {
    check("compas-fairness-race.json");
}

#[test]
fn rates_by_race_and_sex_are_fairlearns() {
    check("compas-fairness-race-sex.json");
}
