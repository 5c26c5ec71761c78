//! The linear families against scikit-learn: coefficients, probabilities and predictions of whole pipelines, encoding
//! included. `tests/golden/learn/make.py` made the figures.

#![allow(clippy::unwrap_used)] // clippy.toml allows it in test functions, not in what they call

use std::collections::BTreeMap;
use std::path::Path;

use portcullis_data::{Categories, Frame, MISSING, Target, Values};
use portcullis_learn::{Model, Predictions, Settings, train};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct Case {
    family: String,
    parameters: BTreeMap<String, Value>,
    /// The first so many rows are learnt from.
    train: u32,
    columns: Vec<Column>,
    target: Vec<Value>,
    figures: Figures,
}

#[derive(Deserialize)]
struct Column {
    name: String,
    values: Vec<Value>,
}

#[derive(Deserialize)]
struct Figures {
    coefficients: Option<Vec<Vec<f64>>>,
    intercepts: Option<Vec<f64>>,
    classes: Option<Vec<String>>,
    probabilities: Option<Vec<Vec<f64>>>,
    predictions: Option<Vec<f64>>,
}

fn read(name: &str) -> Case {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/learn").join(format!("{name}.json"));
    serde_json::from_slice(&std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))).unwrap()
}

fn categories(values: &[Value]) -> Categories {
    let mut levels: Vec<String> = values.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    levels.sort();
    levels.dedup();
    let code = |value: &Value| {
        value.as_str().map_or(MISSING, |word| levels.iter().position(|level| level == word).unwrap() as u32)
    };
    Categories { codes: values.iter().map(code).collect(), levels }
}

fn column(Column { name, values }: &Column) -> (String, Values) {
    let values = if values.iter().any(Value::is_string) {
        Values::Categories(categories(values))
    } else {
        Values::Numbers(values.iter().map(|value| value.as_f64().unwrap_or(f64::NAN)).collect())
    };
    (name.clone(), values)
}

fn target(values: &[Value]) -> Target {
    if !values.iter().any(Value::is_string) {
        return Target::Numbers(values.iter().map(|value| value.as_f64().unwrap()).collect());
    }
    let Categories { codes, levels } = categories(values);
    let positive = (levels.len() == 2).then_some(1);
    Target::Classes { classes: levels, codes, positive }
}

fn trained(case: &Case) -> (Model, Frame) {
    let frame = Frame::new(case.columns.iter().map(column).collect()).unwrap();
    let rows: Vec<u32> = (0..case.train).collect();
    let settings = Settings::new(case.family.parse().unwrap(), &case.parameters, 42).unwrap();
    let model = train(&settings, &frame.take(&rows), &target(&case.target).take(&rows)).unwrap();
    assert!(model.notes().is_empty(), "{:?}", model.notes());
    (model, frame)
}

/// The largest difference, as a share of the figure where the figure is larger than 1.
fn furthest(ours: &[f64], theirs: &[f64]) -> f64 {
    assert_eq!(ours.len(), theirs.len());
    ours.iter().zip(theirs).map(|(a, b)| (a - b).abs() / b.abs().max(1.0)).fold(0.0, f64::max)
}

fn compare(name: &str, tolerance: f64) {
    let case = read(name);
    let (model, frame) = trained(&case);
    if let Some(theirs) = &case.figures.coefficients {
        let ours = model.coefficients().unwrap();
        let distance = furthest(&ours.weights.concat(), &theirs.concat());
        assert!(distance < tolerance, "coefficients of {name} differ by {distance:e}");
        let distance = furthest(&ours.intercepts, case.figures.intercepts.as_ref().unwrap());
        assert!(distance < tolerance, "intercepts of {name} differ by {distance:e}");
    }
    let distance = match model.predict(&frame).unwrap() {
        Predictions::Classes { scores, labels } => {
            assert_eq!(Some(model.classes()), case.figures.classes.as_deref());
            assert_eq!(labels.len(), case.target.len());
            furthest(&scores, &case.figures.probabilities.unwrap().concat())
        }
        Predictions::Numbers(numbers) => furthest(&numbers, &case.figures.predictions.unwrap()),
    };
    assert!(distance < tolerance, "predictions of {name} differ by {distance:e}");
}

// Closed forms: what rounding in sums of some hundred terms leaves.
const ROUNDING: f64 = 1e-10;
// Iterative solvers: both sides stop when no step improves the objective, and near its minimum f the solution is known
// to about the square root of the rounding error of f, 1e-8.
const SOLVED: f64 = 1e-6;

#[test]
fn logistic_regression_of_two_classes() {
    compare("logistic-binary", SOLVED);
}

#[test]
fn logistic_regression_of_three_classes() {
    compare("logistic-multinomial", SOLVED);
}

#[test]
fn logistic_regression_with_gaps_and_categories() {
    compare("logistic-mixed", SOLVED);
}

#[test]
fn naive_bayes() {
    compare("naive-bayes-iris", ROUNDING);
}

#[test]
fn naive_bayes_with_gaps_and_categories() {
    compare("naive-bayes-mixed", ROUNDING);
}

#[test]
fn least_squares() {
    compare("least-squares", ROUNDING);
}

#[test]
fn least_squares_with_gaps_and_categories() {
    compare("least-squares-mixed", ROUNDING);
}

#[test]
fn elastic_net() {
    compare("elastic-net", SOLVED);
}

#[test]
fn lasso_with_gaps_and_categories() {
    compare("lasso-mixed", SOLVED);
}

#[test]
fn a_wrong_parameter_is_noticed() {
    let mut case = read("logistic-binary");
    case.parameters.insert("l2".to_owned(), Value::from(0.6));
    let (model, _) = trained(&case);
    let distance =
        furthest(&model.coefficients().unwrap().weights.concat(), &case.figures.coefficients.unwrap().concat());
    assert!(distance > 1e-3, "{distance:e}");
}

/// scikit-learn's default tolerance stops some digits short; what a user sees must still be the same.
#[test]
fn default_tolerances_are_close_enough_to_the_optimum() {
    for name in ["logistic-binary", "logistic-multinomial", "logistic-mixed"] {
        let mut case = read(name);
        case.parameters.remove("tolerance");
        case.parameters.remove("max-iterations");
        let (model, frame) = trained(&case);
        let Predictions::Classes { scores, .. } = model.predict(&frame).unwrap() else { panic!("a classification") };
        let distance = furthest(&scores, &case.figures.probabilities.unwrap().concat());
        assert!(distance < 5e-3, "{name} differs by {distance:e}");
    }
}
