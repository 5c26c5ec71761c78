//! Every metric and curve against scikit-learn. See `tests/golden/sklearn/make.py`.
#![allow(clippy::unwrap_used)] // tests, and what they are built from

use std::collections::BTreeMap;

use portcullis_evaluate::{Evaluation, Options, Scored};
use portcullis_stats::{Ranking, Reliability};
use serde::Deserialize;

#[derive(Deserialize)]
struct Classification {
    name: String,
    classes: Vec<String>,
    positive: Option<u32>,
    truth: Vec<u32>,
    predicted: Vec<u32>,
    scores: Vec<f64>,
    metrics: BTreeMap<String, Option<f64>>,
    confusion: Vec<Vec<u64>>,
    per_class: PerClass,
    curves: BTreeMap<String, Curves>,
}

#[derive(Deserialize)]
struct PerClass {
    precision: Vec<f64>,
    recall: Vec<f64>,
    f1: Vec<f64>,
    support: Vec<u64>,
}

#[derive(Deserialize)]
struct Curves {
    roc: Option<Curve>,
    precision_recall: Option<Curve>,
    calibration: Calibration,
}

#[derive(Deserialize)]
struct Curve {
    x: Vec<f64>,
    y: Vec<f64>,
    thresholds: Vec<Threshold>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Threshold {
    Number(f64),
    Infinity(String),
}

#[derive(Deserialize)]
struct Calibration {
    predicted: Vec<f64>,
    observed: Vec<f64>,
}

#[derive(Deserialize)]
struct Regression {
    name: String,
    truth: Vec<f64>,
    predicted: Vec<f64>,
    metrics: BTreeMap<String, Option<f64>>,
}

#[track_caller]
fn close(found: Option<f64>, expected: Option<f64>, what: &str) {
    match (found, expected) {
        (None, None) => {}
        (Some(found), Some(expected)) => {
            assert!((found - expected).abs() <= 1e-12 * expected.abs().max(1.0), "{what}: {found} is not {expected}");
        }
        _ => panic!("{what}: {found:?} is not {expected:?}"),
    }
}

#[track_caller]
fn all_close(found: &[f64], expected: &[f64], what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (place, (found, expected)) in found.iter().zip(expected).enumerate() {
        close(Some(*found), Some(*expected), &format!("{what}, point {place}"));
    }
}

fn thresholds(curve: &Curve) -> Vec<f64> {
    let value = |threshold: &Threshold| match threshold {
        Threshold::Number(value) => *value,
        Threshold::Infinity(word) => word.parse().unwrap(),
    };
    curve.thresholds.iter().map(value).collect()
}

fn classifications() -> Vec<Classification> {
    serde_json::from_str(include_str!("../../../tests/golden/sklearn/classification.json")).unwrap()
}

fn evaluation(case: &Classification) -> Evaluation {
    let scored = Scored::classes(
        case.classes.clone(),
        case.positive,
        case.truth.clone(),
        case.predicted.clone(),
        Some(case.scores.clone()),
    );
    Evaluation::new(scored.unwrap(), Options::default())
}

fn compare(found: &BTreeMap<String, Option<f64>>, expected: &BTreeMap<String, Option<f64>>, case: &str) {
    assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>(), "{case}");
    for (name, expected) in expected {
        close(found[name], *expected, &format!("{case}: {name}"));
    }
}

#[test]
fn classification_metrics_are_scikit_learns() {
    let cases = classifications();
    assert!(cases.len() > 10);
    for case in &cases {
        compare(&evaluation(case).metrics(), &case.metrics, &case.name);
    }
}

#[test]
fn regression_metrics_are_scikit_learns() {
    let cases: Vec<Regression> =
        serde_json::from_str(include_str!("../../../tests/golden/sklearn/regression.json")).unwrap();
    for case in cases {
        let scored = Scored::numbers(case.truth, case.predicted).unwrap();
        compare(&Evaluation::new(scored, Options::default()).metrics(), &case.metrics, &case.name);
    }
}

#[test]
fn confusion_and_per_class_metrics_are_scikit_learns() {
    for case in classifications() {
        let evaluation = evaluation(&case);
        assert_eq!(evaluation.confusion().unwrap().counts, case.confusion, "{}", case.name);
        let per_class = evaluation.per_class();
        assert_eq!(per_class.iter().map(|class| class.support).collect::<Vec<_>>(), case.per_class.support);
        let of = |part: fn(&portcullis_verdict::ClassMetrics) -> f64| per_class.iter().map(part).collect::<Vec<_>>();
        all_close(&of(|class| class.precision), &case.per_class.precision, &case.name);
        all_close(&of(|class| class.recall), &case.per_class.recall, &case.name);
        all_close(&of(|class| class.f1), &case.per_class.f1, &case.name);
    }
}

#[test]
fn curves_are_scikit_learns() {
    for case in classifications() {
        let k = case.classes.len();
        for (class, expected) in &case.curves {
            let what = format!("{}, {class}", case.name);
            let code = case.classes.iter().position(|other| other == class).unwrap();
            let positive: Vec<bool> = case.truth.iter().map(|&truth| truth as usize == code).collect();
            let scores: Vec<f64> = case.scores.chunks(k).map(|row| row[code]).collect();
            let ranking = Ranking::new(&positive, &scores).unwrap();
            let roc = ranking.roc_curve();
            assert_eq!(roc.is_some(), expected.roc.is_some(), "{what}");
            if let (Some(found), Some(expected)) = (roc, &expected.roc) {
                all_close(&found.false_positive_rate, &expected.x, &what);
                all_close(&found.true_positive_rate, &expected.y, &what);
                assert_eq!(found.thresholds, thresholds(expected), "{what}");
            }
            let curve = ranking.precision_recall_curve();
            assert_eq!(curve.is_some(), expected.precision_recall.is_some(), "{what}");
            if let (Some(found), Some(expected)) = (curve, &expected.precision_recall) {
                all_close(&found.recall, &expected.x, &what);
                all_close(&found.precision, &expected.y, &what);
                assert_eq!(found.thresholds, thresholds(expected), "{what}");
            }
            let bins = Reliability::new(&positive, &scores, 15).unwrap().curve();
            let part = |of: fn(&portcullis_stats::Bin) -> f64| bins.iter().map(of).collect::<Vec<_>>();
            all_close(&part(|bin| bin.predicted), &expected.calibration.predicted, &what);
            all_close(&part(|bin| bin.observed), &expected.calibration.observed, &what);
        }
    }
}

#[test]
fn the_record_holds_the_curves_thinned() {
    for case in classifications() {
        let record = evaluation(&case).record();
        assert_eq!(record.rows as usize, case.truth.len());
        let expected: Vec<&String> =
            case.classes.iter().filter(|class| case.curves.get(*class).is_some_and(|c| c.roc.is_some())).collect();
        assert_eq!(record.roc.iter().map(|curve| &curve.class).collect::<Vec<_>>(), expected, "{}", case.name);
        for curve in record.roc.iter().chain(&record.precision_recall) {
            assert!(curve.x.len() <= 200 && curve.x.len() == curve.y.len());
        }
        for curve in &record.roc {
            assert_eq!((curve.x[0], curve.y[0]), (0.0, 0.0));
            assert_eq!((curve.x.last(), curve.y.last()), (Some(&1.0), Some(&1.0)));
        }
        for curve in &record.calibration {
            assert_eq!(curve.count.iter().sum::<u64>(), record.rows);
        }
    }
    let long = classifications().into_iter().find(|case| case.name == "distinct scores").unwrap();
    assert_eq!(evaluation(&long).record().precision_recall[0].x.len(), 200, "201 rows make 202 points");
}
