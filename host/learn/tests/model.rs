//! What holds for every family: files, batches, threads, odd rows.

#![allow(clippy::unwrap_used)] // clippy.toml allows it in test functions, not in what they call

use std::collections::BTreeMap;

use portcullis_data::{Categories, ColumnInfo, ColumnKind, Frame, MISSING, Target, Values};
use portcullis_learn::{
    FORMAT_VERSION, Family, LearnError, Model, ModelFileError, Predictions, Provenance, Settings, train,
};
use portcullis_stats::{Rng, Task};
use proptest::prelude::*;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const LEVELS: [&str; 4] = ["blue", "green", "red", "white"];

/// Two numbers with gaps and a category with gaps.
fn inputs(rows: usize, seed: u64) -> Frame {
    let mut rng = Rng::new(seed, 0);
    let mut numbers = || -> Vec<f64> {
        (0..rows).map(|_| if rng.uniform() < 0.1 { f64::NAN } else { 20.0 * rng.uniform() - 5.0 }).collect()
    };
    let (a, b) = (numbers(), numbers());
    let codes = (0..rows).map(|_| if rng.uniform() < 0.1 { MISSING } else { rng.below(LEVELS.len()) as u32 }).collect();
    let colour = Categories { codes, levels: LEVELS.map(str::to_owned).to_vec() };
    Frame::new(vec![
        ("a".to_owned(), Values::Numbers(a)),
        ("b".to_owned(), Values::Numbers(b)),
        ("colour".to_owned(), Values::Categories(colour)),
    ])
    .unwrap()
}

fn target(task: Task, inputs: &Frame) -> Target {
    let Some(Values::Numbers(a)) = inputs.get("a") else { panic!("a holds numbers") };
    let Some(Values::Categories(colour)) = inputs.get("colour") else { panic!("colour holds categories") };
    let truth = a.iter().zip(&colour.codes).map(|(a, code)| if a.is_nan() { 0.0 } else { *a } + f64::from(code % 3));
    let class =
        |cuts: &'static [f64]| truth.clone().map(|x| cuts.iter().filter(|cut| x > **cut).count() as u32).collect();
    match task {
        Task::Binary => {
            Target::Classes { classes: vec!["no".into(), "yes".into()], codes: class(&[5.0]), positive: Some(1) }
        }
        Task::Multiclass => Target::Classes {
            classes: vec!["low".into(), "middle".into(), "high".into()],
            codes: class(&[2.0, 9.0]),
            positive: None,
        },
        Task::Regression => Target::Numbers(truth.collect()),
    }
}

fn settings(family: Family, given: &Value) -> Settings {
    let given: BTreeMap<_, _> = given.as_object().unwrap().clone().into_iter().collect();
    Settings::new(family, &given, 42).unwrap()
}

/// Small enough to train in a moment.
fn quick(family: Family) -> Settings {
    settings(
        family,
        &match family {
            Family::RandomForest => json!({"trees": 8}),
            Family::GradientBoosting => json!({"rounds": 8}),
            _ => json!({}),
        },
    )
}

fn model(family: Family, task: Task) -> (Model, Frame) {
    let inputs = inputs(300, 1);
    (train(&quick(family), &inputs, &target(task, &inputs)).unwrap(), inputs)
}

fn every_model() -> Vec<(Model, Frame)> {
    let pairs = Family::ALL.into_iter().flat_map(|family| Task::ALL.map(|task| (family, task)));
    pairs.filter(|(family, task)| family.does(*task)).map(|(family, task)| model(family, task)).collect()
}

/// Bit by bit.
fn bits(predictions: &Predictions) -> (Vec<u32>, Vec<u64>) {
    let (labels, numbers) = match predictions {
        Predictions::Classes { labels, scores } => (labels.clone(), scores),
        Predictions::Numbers(numbers) => (Vec::new(), numbers),
    };
    (labels, numbers.iter().map(|number| number.to_bits()).collect())
}

fn joined(parts: impl IntoIterator<Item = Predictions>) -> (Vec<u32>, Vec<u64>) {
    let parts: Vec<_> = parts.into_iter().map(|part| bits(&part)).collect();
    (parts.iter().flat_map(|part| part.0.clone()).collect(), parts.iter().flat_map(|part| part.1.clone()).collect())
}

fn threads<R: Send>(count: usize, work: impl FnOnce() -> R + Send) -> R {
    rayon::ThreadPoolBuilder::new().num_threads(count).build().unwrap().install(work)
}

#[test]
fn every_family_learns_every_task_that_it_does() {
    for (model, inputs) in every_model() {
        let truth = target(model.task(), &inputs);
        match (model.predict(&inputs).unwrap(), truth) {
            (Predictions::Classes { labels, scores }, Target::Classes { classes, codes, positive }) => {
                assert_eq!((model.classes(), model.positive()), (classes.as_slice(), positive));
                let right = labels.iter().zip(&codes).filter(|(a, b)| a == b).count();
                assert!(right > 225, "{} gets {right} of 300", model.family());
                for row in scores.chunks(classes.len()) {
                    assert!(
                        (row.iter().sum::<f64>() - 1.0).abs() < 1e-12 && row.iter().all(|p| (0.0..=1.0).contains(p))
                    );
                }
            }
            (Predictions::Numbers(numbers), Target::Numbers(truth)) => {
                let mean = truth.iter().sum::<f64>() / truth.len() as f64;
                let spread: f64 = truth.iter().map(|y| (y - mean).powi(2)).sum();
                let left: f64 = truth.iter().zip(&numbers).map(|(y, p)| (y - p).powi(2)).sum();
                assert!(left < 0.3 * spread, "{} leaves {}", model.family(), left / spread);
            }
            _ => panic!("{} predicts something else than it learnt", model.family()),
        }
    }
}

#[test]
fn a_file_reads_back_bit_by_bit() {
    for (model, inputs) in every_model() {
        let model = model.with_provenance(Provenance { host_version: "0.1.0".into(), ..Provenance::default() });
        let bytes = model.to_bytes().unwrap();
        let again = Model::from_bytes(&bytes).unwrap();
        assert_eq!(again, model);
        assert_eq!(again.to_bytes().unwrap(), bytes);
        assert_eq!(bits(&again.predict(&inputs).unwrap()), bits(&model.predict(&inputs).unwrap()));
    }
}

#[test]
fn the_number_of_threads_changes_neither_file_nor_predictions() {
    let inputs = inputs(9000, 3);
    for family in Family::ALL {
        let task = if family.does(Task::Multiclass) { Task::Multiclass } else { Task::Regression };
        let work = || {
            let model = train(&quick(family), &inputs, &target(task, &inputs)).unwrap();
            (model.to_bytes().unwrap(), bits(&model.predict(&inputs).unwrap()))
        };
        let one = threads(1, work);
        assert!(one == threads(3, work), "{family} differs between 1 and 3 threads");
        assert!(one == threads(3, work), "{family} differs between two runs");
    }
}

#[test]
fn rows_are_predicted_one_by_one_whatever_the_batch() {
    let rows = inputs(9000, 5);
    for (model, _) in every_model() {
        let whole = bits(&model.predict(&rows).unwrap());
        let part = |from: u32, to: u32| model.predict(&rows.take(&(from..to).collect::<Vec<_>>())).unwrap();
        assert!(whole == joined([part(0, 1), part(1, 4097), part(4097, 9000)]), "{}", model.family());
    }
}

#[test]
fn the_head_of_a_file_says_what_it_is() {
    let (model, _) = model(Family::RandomForest, Task::Binary);
    let provenance = Provenance {
        host_version: "0.1.0".into(),
        data_sha256: "ab".into(),
        split: Some("stratified".into()),
        commit: Some("c0ffee".into()),
        ..Provenance::default()
    };
    let kinds = [ColumnInfo::new("a", ColumnKind::Integer), ColumnInfo::new("colour", ColumnKind::Number)];
    let bytes = model.with_provenance(provenance).with_kinds(&kinds).to_bytes().unwrap();
    let mut lines = bytes.split(|byte| *byte == b'\n');
    let first = String::from_utf8(lines.next().unwrap().to_vec()).unwrap();
    assert!(first.starts_with("PORTCULLIS-MODEL 1 ") && first.len() == "PORTCULLIS-MODEL 1 ".len() + 64, "{first}");
    let head: Value = serde_json::from_slice(lines.next().unwrap()).unwrap();
    assert_eq!(head["family"], "random-forest");
    assert_eq!(head["parameters"]["trees"], 8);
    assert_eq!(head["parameters"]["max-depth"], "none");
    assert_eq!(head["classes"], json!(["no", "yes"]));
    assert_eq!(head["provenance"]["commit"], "c0ffee");
    // A kind that contradicts what was learnt from is not believed.
    let kinds =
        json!([{"name": "a", "kind": "integer"}, {"name": "b", "kind": "number"}, {"name": "colour", "kind": "text"}]);
    assert_eq!(head["inputs"], kinds);
}

#[test]
fn files_of_another_format_or_kind_are_refused() {
    let (model, _) = model(Family::NaiveBayes, Task::Binary);
    let provenance = Provenance { host_version: "9.9.9".into(), ..Provenance::default() };
    let bytes = model.with_provenance(provenance).to_bytes().unwrap();
    let rest = &bytes["PORTCULLIS-MODEL 1".len()..];

    let newer = [b"PORTCULLIS-MODEL 2", rest].concat();
    let error = Model::from_bytes(&newer).unwrap_err();
    assert_eq!(error, ModelFileError::Newer { found: 2, host: ", written by Portcullis 9.9.9".into() });
    let message = error.to_string();
    assert!(message.contains("format 2") && message.contains(&format!("up to {FORMAT_VERSION}")), "{message}");
    // A later format need not keep anything but the first word and the number.
    let message = Model::from_bytes(b"PORTCULLIS-MODEL 7\n\x00\xff").unwrap_err().to_string();
    assert!(message.contains("format 7"), "{message}");

    for version in ["0", "x", "-1", ""] {
        let other = [format!("PORTCULLIS-MODEL {version}").as_bytes(), rest].concat();
        assert!(matches!(Model::from_bytes(&other), Err(ModelFileError::Unknown { .. })), "{version}");
    }
    for foreign in
        [&b""[..], b"PK\x03\x04", b"{\"family\":\"naive-bayes\"}", b"portcullis-model 1\n", b"\x80\x04pickle"]
    {
        assert_eq!(Model::from_bytes(foreign), Err(ModelFileError::Foreign));
    }
}

#[test]
fn a_file_cut_off_anywhere_is_refused_as_such() {
    for family in [Family::RandomForest, Family::NaiveBayes] {
        let bytes = model(family, Task::Binary).0.to_bytes().unwrap();
        for end in (1..400).chain((400..bytes.len()).step_by(97)).filter(|end| *end < bytes.len()) {
            let error = Model::from_bytes(&bytes[..end]).unwrap_err();
            assert!(matches!(error, ModelFileError::Truncated { found, .. } if found == end), "{end}: {error}");
        }
        let message = Model::from_bytes(&bytes[..bytes.len() - 1]).unwrap_err().to_string();
        assert!(message.contains(&format!("{} bytes of {}", bytes.len() - 1, bytes.len())), "{message}");
    }
}

#[test]
fn a_file_with_one_wrong_byte_is_refused() {
    for family in [Family::RandomForest, Family::LogisticRegression] {
        let bytes = model(family, Task::Binary).0.to_bytes().unwrap();
        for place in 0..bytes.len().min(6000) {
            let mut damaged = bytes.clone();
            damaged[place] ^= 0x04;
            assert!(Model::from_bytes(&damaged).is_err(), "byte {place} of {family}");
        }
        let longer = [bytes, vec![0]].concat();
        assert!(matches!(Model::from_bytes(&longer), Err(ModelFileError::Damaged { .. })));
    }
}

/// A payload that someone wrote with a matching digest must not bring prediction down.
#[test]
fn a_forged_file_whose_parts_do_not_fit_is_refused() {
    let (model, _) = model(Family::LogisticRegression, Task::Multiclass);
    let text = String::from_utf8(model.to_bytes().unwrap()).unwrap();
    for (from, to) in [
        ("\"present\":[0,1,2]", "\"present\":[0,1,9]"),
        ("\"present\":[0,1,2]", "\"present\":[2,1,0]"),
        ("\"present\":[0,1,2]", "\"present\":[0,1]"),
        ("\"family\":\"logistic-regression\",\"task\"", "\"family\":\"random-forest\",\"task\""),
        ("\"task\":\"multiclass\"", "\"task\":\"regression\""),
        ("\"classes\":[\"low\",", "\"classes\":["),
        ("\"name\":\"b\",\"kind\"", "\"name\":\"c\",\"kind\""),
        ("\"intercepts\":[", "\"intercepts\":[0.0,"),
        ("\"weights\":[", "\"weights\":[1.0,1.0,1.0,"),
    ] {
        assert!(text.contains(from), "{from}");
        let body = text.replacen(from, to, 1);
        let (_, body) = body.split_once('\n').unwrap();
        let (head, payload) = body.split_once('\n').unwrap();
        let mut head: Value = serde_json::from_str(head).unwrap();
        head["payload_bytes"] = payload.len().into();
        let body = format!("{head}\n{payload}");
        let digest = Sha256::digest(&body).iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
        let error = Model::from_bytes(format!("PORTCULLIS-MODEL 1 {digest}\n{body}").as_bytes()).unwrap_err();
        assert!(error.to_string().contains("do not fit together"), "{to}: {error}");
    }
}

#[test]
fn targets_that_cannot_be_learnt_are_refused() {
    let inputs = inputs(20, 1);
    let settings = quick(Family::RandomForest);
    let refused = |target: &Target| train(&settings, &inputs, target).unwrap_err().to_string();
    let classes =
        |codes: Vec<u32>| Target::Classes { classes: vec!["no".into(), "yes".into()], codes, positive: Some(1) };
    let message = refused(&classes(vec![1; 20]));
    assert!(message.contains("`yes` in each of the 20"), "{message}");
    assert!(refused(&classes([vec![0; 19], vec![7]].concat())).contains("row 20 has class code 7"));
    assert!(refused(&classes(vec![0, 1])).contains("2 rows where the features have 20"));
    assert!(refused(&Target::Numbers(vec![2.5; 20])).contains("`2.5` in each"));
    assert!(refused(&Target::Numbers([vec![1.0; 19], vec![f64::NAN]].concat())).contains("row 20 is NaN"));
    let numbers = Target::Numbers((0..20).map(f64::from).collect());
    let wrong = train(&quick(Family::NaiveBayes), &inputs, &numbers).unwrap_err();
    assert!(matches!(wrong, LearnError::FamilyTask { .. }), "{wrong}");
    assert_eq!(train(&settings, &inputs.take(&[]), &numbers.take(&[])), Err(LearnError::NoRows));
}

#[test]
fn a_class_without_training_rows_has_probability_zero_and_leaves_a_note() {
    let inputs = inputs(200, 1);
    let Target::Classes { codes, .. } = target(Task::Binary, &inputs) else { panic!("a classification") };
    let codes = codes.into_iter().map(|code| 2 * code).collect();
    let target = Target::Classes { classes: vec!["a".into(), "rare".into(), "c".into()], codes, positive: None };
    for family in Family::for_task(Task::Multiclass) {
        let model = train(&quick(family), &inputs, &target).unwrap();
        assert!(model.notes().iter().any(|note| note.contains("`rare` has no row")), "{:?}", model.notes());
        let Predictions::Classes { labels, scores } = model.predict(&inputs).unwrap() else {
            panic!("a classification")
        };
        assert_eq!((labels.len(), scores.len()), (200, 600));
        assert!(labels.iter().all(|label| *label != 1) && labels.contains(&2));
        assert!(scores.chunks(3).all(|row| row[1] == 0.0 && (row.iter().sum::<f64>() - 1.0).abs() < 1e-12));
        assert_eq!(Model::from_bytes(&model.to_bytes().unwrap()).unwrap(), model);
    }
}

#[test]
fn no_rows_are_no_predictions() {
    for (model, inputs) in every_model() {
        assert!(model.predict(&inputs.take(&[])).unwrap().is_empty());
    }
}

#[test]
fn another_seed_grows_another_forest() {
    let inputs = inputs(300, 1);
    let target = target(Task::Binary, &inputs);
    let forest = quick(Family::RandomForest);
    let other = Settings { seed: 43, ..forest.clone() };
    let file = |settings: &Settings| train(settings, &inputs, &target).unwrap().to_bytes().unwrap();
    assert_eq!(file(&forest), file(&forest));
    assert_ne!(file(&forest), file(&other));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn odd_rows_never_panic_and_the_order_of_columns_does_not_matter(
        a in prop::collection::vec(prop_oneof![-1e6..1e6f64, Just(f64::NAN), Just(f64::MAX), Just(f64::MIN), Just(-0.0)], 1..20),
        codes in prop::collection::vec(prop_oneof![0..5u32, Just(MISSING)], 20),
        empty in any::<bool>(),
        which in 0..64usize,
    ) {
        let models = every_model_once();
        let model = &models[which % models.len()];
        let levels = ["", "blue", "purple", "red", "white"].map(str::to_owned).to_vec();
        let colour = Categories { codes: codes[..a.len()].to_vec(), levels };
        let b = if empty { vec![f64::NAN; a.len()] } else { a.iter().rev().copied().collect() };
        let columns = vec![
            ("a".to_owned(), Values::Numbers(a)),
            ("b".to_owned(), Values::Numbers(b)),
            ("colour".to_owned(), Values::Categories(colour)),
        ];
        let predicted = model.predict(&Frame::new(columns.clone()).unwrap()).unwrap();
        let (_, numbers) = bits(&predicted);
        prop_assert!(numbers.iter().all(|number| f64::from_bits(*number).is_finite()));
        let mut shuffled = columns;
        shuffled.rotate_left(1);
        shuffled.push(("unread".to_owned(), Values::Numbers(vec![f64::INFINITY; predicted.len()])));
        shuffled.reverse();
        prop_assert_eq!(bits(&model.predict(&Frame::new(shuffled).unwrap()).unwrap()), bits(&predicted));
    }
}

fn every_model_once() -> &'static [Model] {
    static MODELS: std::sync::OnceLock<Vec<Model>> = std::sync::OnceLock::new();
    MODELS.get_or_init(|| every_model().into_iter().map(|(model, _)| model).collect())
}
