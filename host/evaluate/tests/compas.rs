//! Rates by race and sex on the COMPAS data against Fairlearn. The data is not in the repository; without it these tests
//! say so and pass.
#![allow(clippy::unwrap_used, clippy::print_stdout)] // tests, and what they are built from

use std::collections::BTreeMap;
use std::path::PathBuf;

use portcullis_evaluate::{Column, Evaluation, Options, Scored};
use portcullis_stats::fairness::{
    difference_between_groups, difference_to_overall, ratio_between_groups, ratio_to_overall,
};
use serde::Deserialize;

#[derive(Deserialize)]
struct Golden {
    groups: Vec<String>,
    overall: BTreeMap<String, f64>,
    by_group: BTreeMap<String, BTreeMap<String, f64>>,
    difference_between_groups: BTreeMap<String, f64>,
    difference_to_overall: BTreeMap<String, f64>,
    ratio_between_groups: BTreeMap<String, f64>,
    ratio_to_overall: BTreeMap<String, f64>,
}

fn shared(path: &str) -> Option<String> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared").join(path);
    let text = std::fs::read_to_string(&path).ok();
    if text.is_none() {
        println!("skipped: {} is not there", path.display());
    }
    text
}

struct Compas {
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Compas {
    fn read(text: &str) -> Self {
        let split = |line: &str| line.split(',').map(str::to_owned).collect::<Vec<_>>();
        let mut lines = text.lines();
        let columns = split(lines.next().unwrap());
        Self { columns, rows: lines.map(split).collect() }
    }

    fn column(&self, name: &str) -> Vec<&str> {
        let place = self.columns.iter().position(|column| column == name).unwrap();
        self.rows.iter().map(|row| row[place].as_str()).collect()
    }

    fn categories(&self, name: &str) -> (Vec<u32>, Vec<String>) {
        let values = self.column(name);
        let mut levels: Vec<String> = values.iter().map(|&value| value.to_owned()).collect();
        levels.sort();
        levels.dedup();
        (values.iter().map(|value| levels.iter().position(|level| level == value).unwrap() as u32).collect(), levels)
    }
}

/// Fairlearn's metrics call scikit-learn, which says 0 for 0/0.
fn as_fairlearn(evaluation: &Evaluation, name: &str) -> f64 {
    match name {
        "count" => evaluation.rows() as f64,
        name => evaluation.metric(name).unwrap().unwrap_or(0.0),
    }
}

#[track_caller]
fn close(found: f64, expected: f64, what: &str) {
    assert!((found - expected).abs() <= 1e-12, "{what}: {found} is not {expected}");
}

fn check(file: &str) {
    let (Some(golden), Some(data)) = (shared(&format!("golden/{file}")), shared("data/compas.csv")) else { return };
    let golden: Golden = serde_json::from_str(&golden).unwrap();
    let compas = Compas::read(&data);
    let truth = compas.column("two_year_recid").iter().map(|&value| u32::from(value == "1")).collect();
    let predicted =
        compas.column("score_text").iter().map(|&text| u32::from(text == "Medium" || text == "High")).collect();
    let scored = Scored::classes(vec!["0".into(), "1".into()], Some(1), truth, predicted, None).unwrap();
    let evaluation = Evaluation::new(scored, Options::default());

    let groups: Vec<_> = golden.groups.iter().map(|group| compas.categories(group)).collect();
    let columns: Vec<Column<'_>> =
        golden.groups.iter().zip(&groups).map(|(name, (codes, levels))| Column { name, codes, levels }).collect();
    let slices = evaluation.slices(&columns).unwrap();
    let names: Vec<String> = slices
        .iter()
        .map(|slice| slice.key().iter().map(|(_, value)| value.as_str()).collect::<Vec<_>>().join("|"))
        .collect();
    assert_eq!(names, golden.by_group.keys().cloned().collect::<Vec<_>>());

    for (metric, &expected) in &golden.overall {
        let overall = as_fairlearn(&evaluation, metric);
        close(overall, expected, metric);
        let mut values = Vec::new();
        for (name, slice) in names.iter().zip(&slices) {
            let value = as_fairlearn(slice, metric);
            close(value, golden.by_group[name][metric], &format!("{metric} of {name}"));
            values.push(Some(value));
        }
        close(difference_between_groups(&values).unwrap(), golden.difference_between_groups[metric], metric);
        close(difference_to_overall(&values, Some(overall)).unwrap(), golden.difference_to_overall[metric], metric);
        close(ratio_between_groups(&values).unwrap(), golden.ratio_between_groups[metric], metric);
        close(ratio_to_overall(&values, Some(overall)).unwrap(), golden.ratio_to_overall[metric], metric);
    }
}

#[test]
fn rates_by_race_are_fairlearns() {
    check("compas-fairness-race.json");
}

#[test]
fn rates_by_race_and_sex_are_fairlearns() {
    check("compas-fairness-race-sex.json");
}
