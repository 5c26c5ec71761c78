//! How evaluations and comparisons behave: intervals, slices, errors, threads.
#![allow(clippy::unwrap_used)] // tests, and what they are built from

use std::collections::BTreeMap;

use portcullis_evaluate::{
    Column, ColumnError, Comparison, ComparisonError, Evaluation, MISSING, MetricError, Options, Scored, Task,
    TestError,
};
use portcullis_stats::Rng;

const OPTIONS: Options = Options { seed: 42, resamples: 300 };

/// A classifier whose scores lean towards the truth by `skill`.
fn classifier(seed: u64, rows: usize, classes: usize, skill: f64) -> Scored {
    let mut truths = Rng::new(1, 0);
    let mut rng = Rng::new(seed, 1);
    let (mut truth, mut predicted, mut scores) = (vec![], vec![], vec![]);
    for _ in 0..rows {
        let class = truths.below(classes);
        let mut row: Vec<f64> = (0..classes).map(|k| rng.uniform() + if k == class { skill } else { 0.0 }).collect();
        let sum: f64 = row.iter().sum();
        for score in &mut row {
            *score /= sum;
        }
        let best = (0..classes).max_by(|&a, &b| row[a].total_cmp(&row[b])).unwrap();
        truth.push(class as u32);
        predicted.push(best as u32);
        scores.extend(row);
    }
    let names = (0..classes).map(|k| format!("class {k}")).collect();
    Scored::classes(names, (classes == 2).then_some(1), truth, predicted, Some(scores)).unwrap()
}

fn regressor(rows: usize) -> Scored {
    let mut rng = Rng::new(5, 0);
    let truth: Vec<f64> = (0..rows).map(|_| rng.uniform() * 10.0).collect();
    let predicted = truth.iter().map(|value| value + rng.uniform() - 0.5).collect();
    Scored::numbers(truth, predicted).unwrap()
}

fn evaluations() -> Vec<Evaluation> {
    [classifier(7, 400, 2, 0.5), classifier(7, 300, 3, 0.5), regressor(200)]
        .map(|scored| Evaluation::new(scored, OPTIONS))
        .to_vec()
}

fn with_threads<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(work)
}

/// Everything an evaluation can say, as text that shows every bit of every number.
fn said(evaluation: &Evaluation) -> String {
    let codes: Vec<u32> =
        (0..evaluation.rows() as u32).map(|row| if row % 5 == 0 { MISSING } else { row % 3 }).collect();
    let levels = ["x".to_owned(), "y".to_owned(), "z".to_owned()];
    let slices = evaluation.slices(&[Column { name: "third", codes: &codes, levels: &levels }]).unwrap();
    let intervals: Vec<_> = slices.iter().map(|slice| slice.intervals(0.9).unwrap()).collect();
    format!(
        "{:?} {:?} {:?} {:?} {intervals:?}",
        evaluation.metrics(),
        evaluation.intervals(0.95).unwrap(),
        evaluation.record(),
        Evaluation::slice_records(&slices),
    )
}

#[test]
fn any_number_of_threads_says_the_same() {
    let run = |threads| with_threads(threads, || evaluations().iter().map(said).collect::<Vec<_>>());
    let alone = run(1);
    assert_eq!(alone, run(4));
    let other: Vec<String> = evaluations()
        .iter()
        .map(|e| said(&Evaluation::new(e.scored().clone(), Options { seed: 43, ..OPTIONS })))
        .collect();
    assert_ne!(alone, other, "the twin: another seed gives other intervals");
}

#[test]
fn many_askers_at_once_share_one_computation_and_never_wait_for_themselves() {
    // Tasks of one pool that all ask for intervals of the same evaluation: with one lock around the whole bootstrap, a
    // thread inside it could pick up another of these tasks and wait for itself for ever.
    use rayon::prelude::*;
    for evaluation in evaluations() {
        let first = evaluation.metric_names().next().unwrap();
        let expected = Evaluation::new(evaluation.scored().clone(), OPTIONS).interval(first, 0.95).unwrap();
        let found: Vec<_> = with_threads(4, || {
            (0..64).into_par_iter().map(|_| evaluation.clone().interval(first, 0.95).unwrap()).collect()
        });
        assert!(expected.is_some() && found.iter().all(|interval| *interval == expected));
    }
}

#[test]
fn intervals_hold_the_metric_and_widen_with_the_level() {
    for evaluation in evaluations() {
        let (narrow, wide) = (evaluation.intervals(0.5).unwrap(), evaluation.intervals(0.99).unwrap());
        assert_eq!(wide.len(), evaluation.metric_names().count());
        for (name, value) in evaluation.metrics() {
            let (narrow, wide, value) = (&narrow[&name], &wide[&name], value.unwrap());
            assert!(wide.low <= narrow.low && narrow.high <= wide.high && wide.low < wide.high, "{name}");
            assert!(wide.low <= value && value <= wide.high, "{name}: {value} in {wide:?}");
            assert_eq!(wide.method, "bootstrap (300 resamples)");
            let alone = evaluation.interval(&name, 0.99).unwrap().unwrap();
            assert_eq!((alone.low, alone.high), (wide.low, wide.high));
        }
    }
}

#[test]
fn the_interval_of_the_accuracy_is_that_of_a_share() {
    let evaluation = Evaluation::new(classifier(7, 400, 2, 0.5), Options { seed: 1, resamples: 4000 });
    let p = evaluation.metric("accuracy").unwrap().unwrap();
    let interval = evaluation.interval("accuracy", 0.95).unwrap().unwrap();
    let expected = 2.0 * 1.96 * (p * (1.0 - p) / 400.0).sqrt();
    let width = interval.high - interval.low;
    assert!((width / expected - 1.0).abs() < 0.1, "{width} {expected}");
}

#[test]
fn what_is_undefined_has_no_interval() {
    let scored = Scored::classes(vec!["a".into(), "b".into()], Some(1), vec![0, 0, 1], vec![0, 0, 0], None).unwrap();
    let evaluation = Evaluation::new(scored, OPTIONS);
    assert_eq!(evaluation.metric("precision"), Ok(None));
    assert_eq!(evaluation.interval("precision", 0.95), Ok(None));
    assert!(evaluation.interval("accuracy", 0.95).unwrap().is_some());
    assert!(!evaluation.intervals(0.95).unwrap().contains_key("precision"));
    assert_eq!(evaluation.metrics()["precision"], None);
}

#[test]
fn asking_for_what_there_is_not_says_what_there_is() {
    let bare = Scored::classes(vec!["a".into(), "b".into()], Some(1), vec![0, 1], vec![0, 1], None).unwrap();
    let bare = Evaluation::new(bare, OPTIONS);
    assert!(matches!(bare.metric("roc_auc"), Err(MetricError::NeedsScores { name: "roc_auc", .. })));
    assert!(bare.metric_names().all(|name| bare.metric(name).is_ok()));
    assert!(!bare.metrics().contains_key("brier") && bare.roc().is_empty() && bare.calibration().is_empty());
    assert!(matches!(bare.metric("rmse"), Err(MetricError::OtherTask { task: Task::Binary, .. })));
    let error = bare.metric("acuracy").unwrap_err().to_string();
    assert!(error.starts_with("`acuracy` is not a metric; did you mean `accuracy`? valid: accuracy, "), "{error}");
    let error = bare.interval("accuracy", 95.0).unwrap_err().to_string();
    assert_eq!(error, "95 is not the level of an interval; it is the coverage, between 0 and 1: 0.95");
}

#[test]
fn a_slice_is_an_evaluation_of_its_rows_alone() {
    let whole = Evaluation::new(classifier(7, 300, 3, 0.5), OPTIONS);
    let codes: Vec<u32> = (0..300).map(|row| if row == 0 { MISSING } else { row % 2 }).collect();
    let levels = ["odd".to_owned(), "even".to_owned()];
    let column = Column { name: "parity", codes: &codes, levels: &levels };
    let slices = whole.slices(&[column]).unwrap();
    let keys: Vec<&str> = slices.iter().map(|slice| slice.key()[0].1.as_str()).collect();
    assert_eq!(keys, ["(missing)", "even", "odd"]);
    assert_eq!(slices.iter().map(Evaluation::rows).sum::<usize>(), 300);
    // What one slice weighs, summed up, is the whole.
    let accuracy: f64 =
        slices.iter().map(|slice| slice.metric("accuracy").unwrap().unwrap() * slice.rows() as f64).sum();
    assert!((accuracy / 300.0 - whole.metric("accuracy").unwrap().unwrap()).abs() < 1e-12);
    let losses: f64 = slices.iter().map(|slice| slice.metric("log_loss").unwrap().unwrap() * slice.rows() as f64).sum();
    assert!((losses / 300.0 - whole.metric("log_loss").unwrap().unwrap()).abs() < 1e-12);

    // Slicing in two steps is slicing by both; codes are those of all rows in either case.
    let other: Vec<u32> = (0..300).map(|row| row % 3).collect();
    let thirds = ["0".to_owned(), "1".to_owned(), "2".to_owned()];
    let third = Column { name: "third", codes: &other, levels: &thirds };
    let at_once: BTreeMap<_, _> =
        whole.slices(&[column, third]).unwrap().iter().map(|slice| (slice.key().to_vec(), slice.metrics())).collect();
    let in_steps: BTreeMap<_, _> = slices
        .iter()
        .flat_map(|slice| slice.slices(&[third]).unwrap())
        .map(|slice| (slice.key().to_vec(), slice.metrics()))
        .collect();
    assert_eq!(at_once.len(), 7);
    assert_eq!(at_once, in_steps);

    assert_eq!(slices[1].slices(&[column]).unwrap_err(), ColumnError::Twice("parity".into()));
    assert!(matches!(whole.slices(&[Column { codes: &codes[1..], ..column }]), Err(ColumnError::Length { .. })));
    assert_eq!(whole.slices(&[]).unwrap()[0].metrics(), whole.metrics());
}

#[test]
fn a_slice_of_one_row_is_measured_as_far_as_it_can_be() {
    let whole = Evaluation::new(classifier(7, 30, 2, 0.5), OPTIONS);
    let codes: Vec<u32> = (0..30).collect();
    let levels: Vec<String> = (0..30).map(|row| row.to_string()).collect();
    let slices = whole.slices(&[Column { name: "row", codes: &codes, levels: &levels }]).unwrap();
    let keys: Vec<&str> = slices.iter().map(|slice| slice.key()[0].1.as_str()).collect();
    assert_eq!(keys[..3], ["0", "1", "10"], "in the order of text");
    for slice in slices {
        assert_eq!(slice.metrics()["roc_auc"], None);
        assert!(slice.metrics()["accuracy"].is_some());
        let interval = slice.interval("accuracy", 0.95).unwrap().unwrap();
        assert_eq!(interval.low, interval.high);
    }
}

fn comparison() -> Comparison {
    let candidate = Evaluation::new(classifier(7, 400, 2, 0.6), OPTIONS);
    let champion = Evaluation::new(classifier(8, 400, 2, 0.3), Options { seed: 999, resamples: 10 });
    Comparison::new(&candidate, &champion).unwrap()
}

#[test]
fn a_comparison_subtracts() {
    let comparison = comparison();
    let (a, b) = (comparison.candidate(), comparison.champion());
    for name in ["accuracy", "roc_auc", "log_loss"] {
        let (ours, theirs) = (a.metric(name).unwrap().unwrap(), b.metric(name).unwrap().unwrap());
        assert_eq!(comparison.difference(name), Ok(Some(ours - theirs)));
        assert_eq!(comparison.relative_difference(name), Ok(Some((ours - theirs) / theirs)));
        let interval = comparison.interval(name, 0.95).unwrap().unwrap();
        assert!(interval.low < ours - theirs && ours - theirs < interval.high, "{name}");
    }
    let interval = comparison.interval("accuracy", 0.95).unwrap().unwrap();
    assert!(interval.low > 0.0, "the candidate is clearly better: {interval:?}");
    assert_eq!(comparison.rows(), 400);
    assert!(comparison.key().is_empty());
}

#[test]
fn pairing_resamples_makes_equal_models_equal() {
    let candidate = Evaluation::new(classifier(7, 400, 2, 0.6), OPTIONS);
    let same = Comparison::new(&candidate, &Evaluation::new(classifier(7, 400, 2, 0.6), Options::default())).unwrap();
    for name in candidate.metric_names() {
        let interval = same.interval(name, 0.99).unwrap().unwrap();
        assert_eq!((interval.low, interval.high), (0.0, 0.0), "{name}");
    }
    let test = same.test("mcnemar").unwrap();
    assert_eq!((test.statistic, test.p_value), (None, 1.0));
}

#[test]
fn mcnemar_counts_the_rows_that_only_one_gets_right() {
    let evaluate = |predicted: Vec<u32>| {
        let scored = Scored::classes(vec!["a".into(), "b".into()], Some(1), vec![0; 8], predicted, None);
        Evaluation::new(scored.unwrap(), OPTIONS)
    };
    let comparison =
        Comparison::new(&evaluate(vec![0, 0, 0, 0, 0, 0, 1, 1]), &evaluate(vec![1, 1, 1, 1, 1, 1, 0, 1])).unwrap();
    assert_eq!(comparison.test("mcnemar").unwrap().p_value, 0.125, "six against one");
    let error = comparison.test("t").unwrap_err();
    assert_eq!(error.to_string(), "`t` is not a paired test; valid: mcnemar");
    let numbers = Evaluation::new(regressor(20), OPTIONS);
    let error = Comparison::new(&numbers, &numbers).unwrap().test("mcnemar").unwrap_err();
    assert_eq!(error, TestError::OtherTask { name: "mcnemar", task: Task::Regression });
}

#[test]
fn comparisons_slice_both_sides_alike() {
    let comparison = comparison();
    let codes: Vec<u32> = (0..400).map(|row| row % 2).collect();
    let levels = ["a".to_owned(), "b".to_owned()];
    let slices = comparison.slices(&[Column { name: "half", codes: &codes, levels: &levels }]).unwrap();
    assert_eq!(slices.len(), 2);
    for slice in slices {
        assert_eq!(slice.candidate().key(), slice.champion().key());
        assert_eq!(slice.rows(), 200);
        let by_hand =
            slice.candidate().metric("f1").unwrap().unwrap() - slice.champion().metric("f1").unwrap().unwrap();
        assert_eq!(slice.difference("f1"), Ok(Some(by_hand)));
        assert!(slice.interval("f1", 0.9).unwrap().is_some());
    }
}

#[test]
fn only_what_is_alike_can_be_compared() {
    let build = |classes: [&str; 2], positive, truth: Vec<u32>| {
        let predicted = truth.clone();
        let scored = Scored::classes(classes.map(str::to_owned).to_vec(), positive, truth, predicted, None);
        Evaluation::new(scored.unwrap(), OPTIONS)
    };
    let candidate = build(["a", "b"], Some(1), vec![0, 1, 1]);
    let error = |champion: &Evaluation| Comparison::new(&candidate, champion).unwrap_err();
    let truth = error(&build(["a", "b"], Some(1), vec![0, 1, 0]));
    assert_eq!(truth, ComparisonError::Truth(2));
    assert!(truth.to_string().ends_with("their true values differ from row 3 on"), "rows are counted from 1: {truth}");
    assert_eq!(
        error(&build(["a", "b"], Some(1), vec![0, 1])).to_string(),
        "the candidate was evaluated on 3 rows and the champion on 2; only models evaluated on the same rows can be compared"
    );
    assert_eq!(
        error(&build(["a", "c"], Some(1), vec![0, 1, 1])).to_string(),
        "the candidate's classes (a, b) are not the champion's (a, c), in this order; only models of the same classes can be compared"
    );
    assert_eq!(
        error(&build(["a", "b"], Some(0), vec![0, 1, 1])).to_string(),
        "the candidate's positive class is `b` and the champion's `a`"
    );
    assert!(matches!(error(&build(["a", "b"], None, vec![0, 1, 1])), ComparisonError::Task { .. }));
    assert!(Comparison::new(&candidate, &build(["a", "b"], Some(1), vec![0, 1, 1])).is_ok());
}

#[test]
fn scores_that_only_the_champion_lacks_are_said_to_be_the_champions() {
    let candidate = Evaluation::new(classifier(7, 40, 2, 0.6), OPTIONS);
    let labels = candidate.scored().clone();
    let record = candidate.record();
    assert_eq!(record.positive.as_deref(), Some("class 1"));
    let mut truths = Rng::new(1, 0);
    let truth: Vec<u32> = (0..40).map(|_| truths.below(2) as u32).collect();
    let bare = Scored::classes(labels.class_names().to_vec(), Some(1), truth.clone(), truth, None).unwrap();
    let comparison = Comparison::new(&candidate, &Evaluation::new(bare, OPTIONS)).unwrap();
    let error = comparison.difference("roc_auc").unwrap_err().to_string();
    assert!(error.contains("the champion's predictions have none"), "{error}");
    assert!(comparison.interval("roc_auc", 0.95).is_err());
    assert!(comparison.difference("accuracy").unwrap().is_some());
}

#[test]
fn a_relative_difference_to_zero_is_undefined() {
    let build = |predicted: Vec<f64>| Evaluation::new(Scored::numbers(vec![1.0, 2.0], predicted).unwrap(), OPTIONS);
    let comparison = Comparison::new(&build(vec![1.0, 3.0]), &build(vec![1.0, 2.0])).unwrap();
    assert_eq!(comparison.difference("mae"), Ok(Some(0.5)));
    assert_eq!(comparison.relative_difference("mae"), Ok(None));
}

#[test]
fn evaluations_can_be_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Evaluation>();
    shared::<Comparison>();
    shared::<Scored>();
    let evaluation = Evaluation::new(classifier(7, 50, 2, 0.5), OPTIONS);
    let elsewhere = evaluation.clone();
    let there = std::thread::spawn(move || elsewhere.metrics()).join().unwrap();
    assert_eq!(there, evaluation.metrics());
}
