use std::collections::BTreeMap;

use portcullis_data::{Categories, Frame, MISSING, Values};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::Encoder;
use crate::error::LearnError;
use crate::family::Family;
use crate::parameters::Parameters;

fn categories(codes: &[u32], levels: &[&str]) -> Values {
    let levels = levels.iter().map(|level| (*level).to_owned()).collect();
    Values::Categories(Categories { codes: codes.to_vec(), levels })
}

fn frame(columns: Vec<(&str, Values)>) -> Frame {
    Frame::new(columns.into_iter().map(|(name, values)| (name.to_owned(), values)).collect()).unwrap()
}

fn learn(family: Family, given: &Value, inputs: &Frame) -> Result<Encoder, LearnError> {
    let given: BTreeMap<_, _> = given.as_object().unwrap().clone().into_iter().collect();
    let parameters = Parameters::check(family, &given).unwrap();
    Encoder::learn(family, parameters.encode(), inputs)
}

fn encoded(encoder: &Encoder, frame: &Frame) -> Vec<Vec<f64>> {
    encoder.bind(frame).unwrap().matrix(0..frame.rows()).unwrap().columns().to_vec()
}

fn training() -> Frame {
    frame(vec![
        ("age", Values::Numbers(vec![30.0, f64::NAN, 50.0, 40.0])),
        ("sex", categories(&[2, 0, MISSING, 2], &["F", "I", "M"])),
    ])
}

#[test]
fn one_hot_has_a_column_per_level_that_occurs_and_one_for_missing() {
    let encoder = learn(Family::LogisticRegression, &json!({"scaling": "none"}), &training()).unwrap();
    assert_eq!(encoder.outputs(), ["age", "sex=F", "sex=M", "sex=(missing)"]);
    assert_eq!(encoder.width(), 4);
    assert_eq!(
        encoded(&encoder, &training()),
        [vec![30.0, 40.0, 50.0, 40.0], vec![0.0, 1.0, 0.0, 0.0], vec![1.0, 0.0, 0.0, 1.0], vec![0.0, 0.0, 1.0, 0.0]]
    );
}

#[test]
fn levels_are_found_by_name_and_unknown_ones_become_zeros_or_missing() {
    let rows = frame(vec![
        ("other", Values::Numbers(vec![0.0; 3])),
        ("sex", categories(&[0, 1, 2], &["D", "M", "F"])),
        ("age", Values::Numbers(vec![1.0, 2.0, f64::NAN])),
    ]);
    let one_hot = learn(Family::LogisticRegression, &json!({"scaling": "none"}), &training()).unwrap();
    assert_eq!(encoded(&one_hot, &rows)[1..], [vec![0.0, 0.0, 1.0], vec![0.0, 1.0, 0.0], vec![0.0; 3]]);
    let ordinal = learn(Family::RandomForest, &json!({}), &training()).unwrap();
    let columns = encoded(&ordinal, &rows);
    assert!(columns[0][2].is_nan() && columns[1][0].is_nan(), "{columns:?}");
    assert_eq!(columns[1][1..], [1.0, 0.0]);
}

#[test]
fn ordinal_codes_of_a_family_without_missing_values_are_filled() {
    let given = json!({"encoding": "ordinal", "scaling": "none", "imputation": "most-frequent"});
    let encoder = learn(Family::LinearRegression, &given, &training()).unwrap();
    assert_eq!(encoded(&encoder, &training())[1], [1.0, 0.0, 1.0, 1.0]);
}

#[test]
fn columns_that_cannot_be_learnt_are_named() {
    let empty = frame(vec![("a", Values::Numbers(vec![f64::NAN; 3]))]);
    let message = learn(Family::RandomForest, &json!({}), &empty).unwrap_err().to_string();
    assert!(message.contains("`a` has no value"), "{message}");

    let infinite = frame(vec![("a", Values::Numbers(vec![1.0, f64::INFINITY]))]);
    let message = learn(Family::NaiveBayes, &json!({}), &infinite).unwrap_err().to_string();
    assert!(message.contains("`a`") && message.contains("row 2"), "{message}");
    assert!(learn(Family::RandomForest, &json!({}), &infinite).is_ok());

    let message = learn(Family::LogisticRegression, &json!({"max-levels": 1}), &training()).unwrap_err().to_string();
    assert!(message.contains("2 distinct values") && message.contains("max-levels"), "{message}");
    assert!(learn(Family::LogisticRegression, &json!({"max-levels": 2}), &training()).is_ok());

    let none = Frame::with_rows(3, Vec::new()).unwrap();
    assert_eq!(learn(Family::RandomForest, &json!({}), &none), Err(LearnError::NoColumns));
    assert_eq!(learn(Family::RandomForest, &json!({}), &training().take(&[])), Err(LearnError::NoRows));
}

#[test]
fn columns_that_do_not_fit_are_named_and_empty_ones_are_missing() {
    let encoder = learn(Family::LogisticRegression, &json!({"scaling": "none"}), &training()).unwrap();
    let refused = |rows: Frame| encoder.bind(&rows).map(|_| ()).unwrap_err().to_string();
    let message = refused(frame(vec![("age", Values::Numbers(vec![1.0]))]));
    assert!(message.contains("lack") && message.contains("sex") && message.contains("age, sex"), "{message}");
    let message = refused(frame(vec![("age", categories(&[0], &["x"])), ("sex", categories(&[0], &["F"]))]));
    assert!(message.contains("`age` holds categories"), "{message}");
    let message = refused(frame(vec![("age", Values::Numbers(vec![1.0])), ("sex", Values::Numbers(vec![1.0]))]));
    assert!(message.contains("`sex` holds numbers"), "{message}");
    let message =
        refused(frame(vec![("age", Values::Numbers(vec![f64::INFINITY])), ("sex", categories(&[0], &["F"]))]));
    assert!(message.contains("infinite"), "{message}");

    let empty = frame(vec![("age", categories(&[MISSING], &[])), ("sex", Values::Numbers(vec![f64::NAN]))]);
    assert_eq!(encoded(&encoder, &empty), [[40.0], [0.0], [0.0], [1.0]]);
}

proptest! {
    #[test]
    fn a_range_of_rows_is_encoded_as_the_whole_is(
        ages in prop::collection::vec(prop_oneof![4 => -1e3f64..1e3, 1 => Just(f64::NAN)], 1..40),
        seed in any::<u32>(),
        ordinal in any::<bool>(),
    ) {
        prop_assume!(ages.iter().any(|age| !age.is_nan()));
        let codes: Vec<u32> = (0..ages.len() as u32).map(|row: u32| (row.wrapping_mul(seed) >> 3) % 3).collect();
        let inputs = frame(vec![("age", Values::Numbers(ages)), ("sex", categories(&codes, &["F", "I", "M"]))]);
        let given = json!({"encoding": if ordinal { "ordinal" } else { "one-hot" }});
        let encoder = learn(Family::LogisticRegression, &given, &inputs).unwrap();
        let whole = encoded(&encoder, &inputs);
        prop_assert!(whole.iter().flatten().all(|cell| cell.is_finite()));
        let cut = inputs.rows() / 2;
        let bound = encoder.bind(&inputs).unwrap();
        let (first, second) = (bound.matrix(0..cut).unwrap(), bound.matrix(cut..inputs.rows()).unwrap());
        for ((whole, first), second) in whole.iter().zip(first.columns()).zip(second.columns()) {
            prop_assert_eq!(whole, &[first.as_slice(), second.as_slice()].concat());
        }
    }
}
