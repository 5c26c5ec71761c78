//! Tests, intervals and rates by group against `SciPy`, `NumPy` and Fairlearn. See `tests/golden/sklearn/make.py`.
#![allow(clippy::unwrap_used)] // tests, and what they are built from

use std::collections::BTreeMap;

use portcullis_stats::{Confusion, fisher_exact, mcnemar, quantile, two_proportions, wilson_interval};
use serde::Deserialize;

#[derive(Deserialize)]
struct Significance {
    values: Vec<f64>,
    mcnemar: Vec<McNemarCase>,
    fisher: Vec<FisherCase>,
    two_proportions: Vec<ProportionsCase>,
    wilson: Vec<WilsonCase>,
    quantile: Vec<QuantileCase>,
}

#[derive(Deserialize)]
struct McNemarCase {
    first_only: u64,
    second_only: u64,
    statistic: Option<f64>,
    p: f64,
}

#[derive(Deserialize)]
struct FisherCase {
    table: [u64; 4],
    p: f64,
}

#[derive(Deserialize)]
struct ProportionsCase {
    counts: [u64; 4],
    z: f64,
    p: f64,
}

#[derive(Deserialize)]
struct WilsonCase {
    counts: [u64; 2],
    level: f64,
    low: f64,
    high: f64,
}

#[derive(Deserialize)]
struct QuantileCase {
    q: f64,
    value: f64,
}

#[track_caller]
fn close(found: f64, expected: f64, what: &str) {
    assert!((found - expected).abs() <= 1e-9 * expected.abs() + 1e-15, "{what}: {found} is not {expected}");
}

#[test]
fn tests_and_intervals_are_those_of_scipy() {
    let golden: Significance =
        serde_json::from_str(include_str!("../../../tests/golden/sklearn/significance.json")).unwrap();
    for case in &golden.mcnemar {
        let found = mcnemar(case.first_only, case.second_only);
        assert_eq!(found.statistic.is_some(), case.statistic.is_some());
        close(found.statistic.unwrap_or(0.0), case.statistic.unwrap_or(0.0), "McNemar's statistic");
        close(found.p_value, case.p, &format!("McNemar's p of {} and {}", case.first_only, case.second_only));
    }
    for FisherCase { table: [a, b, c, d], p } in golden.fisher {
        close(fisher_exact(a, b, c, d), p, &format!("Fisher's p of {a} {b} {c} {d}"));
    }
    for ProportionsCase { counts: [x, n, y, m], z, p } in golden.two_proportions {
        let found = two_proportions(x, n, y, m).unwrap();
        close(found.statistic.unwrap(), z, "z");
        close(found.p_value, p, &format!("p of {x}/{n} and {y}/{m}"));
    }
    for case in &golden.wilson {
        let found = wilson_interval(case.counts[0], case.counts[1], case.level).unwrap();
        let what = format!("Wilson's interval of {:?} at {}", case.counts, case.level);
        close(found.low, case.low, &what);
        close(found.high, case.high, &what);
    }
    for case in &golden.quantile {
        close(quantile(&golden.values, case.q).unwrap(), case.value, &format!("quantile {}", case.q));
    }
}

#[derive(Deserialize)]
struct Fairness {
    groups: Vec<String>,
    truth: Vec<u32>,
    predicted: Vec<u32>,
    overall: BTreeMap<String, f64>,
    by_group: BTreeMap<String, BTreeMap<String, f64>>,
}

fn rate(confusion: &Confusion, name: &str) -> Option<f64> {
    match name {
        "selection_rate" => confusion.selection_rate(1),
        "true_positive_rate" => confusion.recall(1),
        "false_positive_rate" => confusion.false_positive_rate(1),
        "true_negative_rate" => confusion.true_negative_rate(1),
        "false_negative_rate" => confusion.false_negative_rate(1),
        other => panic!("no rate {other}"),
    }
}

/// What groups are compared by; how far they are apart is computed by the policy `group-fairness`, which holds the rest of
/// this file.
#[test]
fn rates_by_group_are_fairlearns() {
    let golden: Fairness = serde_json::from_str(include_str!("../../../tests/golden/sklearn/fairness.json")).unwrap();
    let overall = Confusion::new(&golden.truth, &golden.predicted, 2).unwrap();
    for (name, &expected) in &golden.overall {
        close(rate(&overall, name).unwrap(), expected, name);
    }
    for (group, rates) in &golden.by_group {
        let of_group = |codes: &[u32]| -> Vec<u32> {
            codes.iter().zip(&golden.groups).filter(|(_, other)| *other == group).map(|(&code, _)| code).collect()
        };
        let confusion = Confusion::new(&of_group(&golden.truth), &of_group(&golden.predicted), 2).unwrap();
        for (name, &expected) in rates {
            close(rate(&confusion, name).unwrap(), expected, &format!("{name} of {group}"));
        }
    }
}
