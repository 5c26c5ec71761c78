//! What the contract's functions refuse, asked without a guest.

use std::sync::Arc;
use std::time::Duration;

use portcullis_verdict::FailureKind;
use serde_json::Value;
use wasmtime::component::Resource;

use super::bindings::portcullis::data::dataset::{Host as _, HostColumn, HostTable};
use super::bindings::portcullis::data::sql;
use super::bindings::portcullis::model::metrics::{Host as _, HostComparison, HostEvaluation};
use super::bindings::portcullis::model::predictor::{HostBatch, HostPredictions};
use super::bindings::portcullis::policy::parameters::Host as _;
use super::data::Column;
use crate::failure::Exceeded;
use crate::grant::Grant;
use crate::limits::Limits;
use crate::ports::World;
use crate::state::State;
use crate::world::{Fake, Known};

fn state(world: impl World + 'static, smallest_group: u64, limits: &Limits) -> State {
    let grant = Grant { smallest_group, ..Grant::default() };
    State::new(limits, grant, Some(Arc::new(world)), Value::Null, 0, Duration::ZERO)
}

fn sex() -> Vec<String> {
    vec!["sex".to_owned()]
}

fn parts(sizes: &[u64]) -> Fake {
    let names = sizes.iter().enumerate().map(|(place, rows)| (format!("person {place}"), *rows));
    Fake::of(Known::of_parts(0.9, names.collect()))
}

/// A handle like another: a guest may use one as often as it likes.
fn again<T: 'static>(handle: &Resource<T>) -> Resource<T> {
    Resource::new_own(handle.rep())
}

fn kind<T: std::fmt::Debug>(result: wasmtime::Result<T>) -> FailureKind {
    result.unwrap_err().downcast::<Exceeded>().unwrap().kind
}

#[test]
fn slices_of_few_rows_show_neither_value_nor_statistic() {
    let mut state = state(parts(&[20, 1, 9, 10, 1]), 10, &Limits::default());
    let candidate = state.candidate().unwrap();
    let slices = HostEvaluation::slices(&mut state, candidate, sex()).unwrap().unwrap();
    let key = |state: &mut State, slice| HostEvaluation::key(state, again(slice)).unwrap()[0].value.clone();
    let keys: Vec<String> = slices.iter().map(|slice| key(&mut state, slice)).collect();
    assert_eq!(keys, ["person 0", "person 3", "(small groups)"]);
    let rest = &slices[2];
    assert_eq!(HostEvaluation::row_count(&mut state, again(rest)).unwrap(), 11.0);
    let refused = state.metric(again(rest), "accuracy".into()).unwrap().unwrap_err();
    assert_eq!(refused.code, "small-group");
    assert!(refused.message.contains("3 groups, 11 rows"), "{}", refused.message);
    assert_eq!(state.confusion(again(rest)).unwrap().unwrap_err().code, "small-group");
    assert_eq!(HostEvaluation::slices(&mut state, again(rest), sex()).unwrap().unwrap_err().code, "small-group");
    assert!(state.metric(again(&slices[1]), "accuracy".into()).unwrap().is_ok());
}

#[test]
fn whoever_sees_rows_but_not_the_target_does_not_win_it_back_from_slices() {
    let rows = |columns: Option<&str>| Grant {
        interfaces: vec!["rows".to_owned()],
        columns: columns.map(|column| vec![column.to_owned()]),
        ..Grant::default()
    };
    // The target is `age`.
    for (grant, keys) in
        [(rows(Some("sex")), vec!["person 0", "(small groups)"]), (rows(None), vec!["person 0", "person 1"])]
    {
        let world = Some(Arc::new(parts(&[20, 1])) as _);
        let mut state = State::new(&Limits::default(), grant, world, Value::Null, 0, Duration::ZERO);
        let candidate = state.candidate().unwrap();
        let slices = HostEvaluation::slices(&mut state, candidate, sex()).unwrap().unwrap();
        let small = again(&slices[1]);
        let key = |slice| HostEvaluation::key(&mut state, slice).unwrap()[0].value.clone();
        assert_eq!(slices.into_iter().map(key).collect::<Vec<_>>(), keys);
        let metric = state.metric(small, "accuracy".into()).unwrap();
        assert_eq!(metric.is_err(), keys[1] == "(small groups)");
        let comparison = state.compare().unwrap().unwrap();
        let slices = HostComparison::slices(&mut state, comparison, sex()).unwrap().unwrap();
        let difference = state.difference(again(&slices[1]), "accuracy".into()).unwrap();
        assert_eq!(difference.is_err(), keys[1] == "(small groups)");
    }
}

#[test]
fn slices_of_a_comparison_are_folded_too() {
    let mut state = state(parts(&[20, 9, 9]), 10, &Limits::default());
    let comparison = state.compare().unwrap().unwrap();
    let slices = HostComparison::slices(&mut state, comparison, sex()).unwrap().unwrap();
    assert_eq!(slices.len(), 2);
    assert_eq!(HostComparison::key(&mut state, again(&slices[1])).unwrap()[0].value, "(small groups)");
    assert_eq!(state.difference(again(&slices[1]), "accuracy".into()).unwrap().unwrap_err().code, "small-group");
    assert_eq!(state.test(again(&slices[1]), "mcnemar".into()).unwrap().unwrap_err().code, "small-group");
    assert!(state.difference(again(&slices[0]), "accuracy".into()).unwrap().is_ok());
}

#[test]
fn nothing_is_folded_where_the_project_hides_nothing_or_no_part_is_small() {
    for (sizes, smallest) in [(&[20, 1, 9][..], 1), (&[10, 11][..], 10)] {
        let mut state = state(parts(sizes), smallest, &Limits::default());
        let candidate = state.candidate().unwrap();
        let slices = HostEvaluation::slices(&mut state, candidate, sex()).unwrap().unwrap();
        let rows: Vec<f64> =
            slices.iter().map(|slice| HostEvaluation::row_count(&mut state, again(slice)).unwrap()).collect();
        assert_eq!(rows, sizes.iter().map(|&rows| rows as f64).collect::<Vec<_>>());
    }
}

#[test]
fn one_call_makes_so_many_slices_and_no_more() {
    let mut state = state(parts(&vec![1; 10_001]), 10, &Limits::default());
    let candidate = state.candidate().unwrap();
    let refused = HostEvaluation::slices(&mut state, candidate, sex()).unwrap().unwrap_err();
    assert_eq!(refused.code, "bad-argument");
    assert!(refused.message.contains("10001 parts"), "{}", refused.message);
}

#[test]
fn a_confusion_is_charged_before_it_is_made() {
    let mut state = state(parts(&[20]), 10, &Limits { host_bytes: 99, ..Limits::default() });
    let candidate = state.candidate().unwrap();
    // Two classes: 2 × (2 × 5 + 24 × 2) bytes.
    assert_eq!(kind(state.confusion(candidate)), FailureKind::HostCalls);
}

fn column(state: &mut State) -> Resource<Column> {
    let table = state.current().unwrap();
    state.column(table, "age".into()).unwrap().unwrap()
}

#[test]
fn values_that_few_rows_share_are_left_out_of_frequencies() {
    let ages = |smallest| {
        let mut state = state(Fake::new(0.9), smallest, &Limits::default());
        let column = column(&mut state);
        let found = state.frequencies(column, u32::MAX).unwrap().unwrap();
        found.into_iter().map(|frequency| frequency.value).collect::<Vec<_>>()
    };
    assert_eq!(ages(10), ["30", "31"]);
    assert_eq!(ages(1), ["30", "31", "32", "99"]);
}

#[test]
fn a_question_that_is_refused_counts_all_the_same() {
    let limits = Limits { host_work: 2_500_000, ..Limits::default() };
    let mut state = state(Fake::new(0.9), 10, &limits);
    for _ in 0..2 {
        assert_eq!(sql::Host::query(&mut state, "nonsense".into()).unwrap().unwrap_err().code, "bad-query");
    }
    assert_eq!(kind(sql::Host::query(&mut state, "nonsense".into())), FailureKind::HostCalls);
}

#[test]
fn lists_are_as_long_as_one_call_works_through() {
    let mut state = state(Fake::new(0.9), 10, &Limits::default());
    let column = column(&mut state);
    assert!(state.quantiles(again(&column), vec![0.5; 1_001]).unwrap().is_ok());
    assert_eq!(state.quantiles(again(&column), vec![0.5; 1_002]).unwrap().unwrap_err().code, "bad-argument");
    assert!(state.histogram(again(&column), vec![0.5; 10_001]).unwrap().is_ok());
    assert_eq!(state.histogram(again(&column), vec![0.5; 10_002]).unwrap().unwrap_err().code, "bad-argument");
    assert!(state.count_not_in(again(&column), vec![String::new(); 10_000]).unwrap().is_ok());
    let refused = state.count_not_in(again(&column), vec![String::new(); 10_001]).unwrap().unwrap_err();
    assert_eq!(refused.code, "bad-argument");
    let table = state.current().unwrap();
    let twice = vec!["age".to_owned(); 2];
    assert_eq!(state.duplicate_count(table, twice).unwrap().unwrap_err().code, "bad-argument");
}

#[test]
fn duplicates_are_counted_once() {
    let world = Arc::new(Fake::new(0.9));
    let mut state =
        State::new(&Limits::default(), Grant::default(), Some(Arc::clone(&world) as _), Value::Null, 0, Duration::ZERO);
    for columns in [vec![], vec!["age".to_owned()], vec![]] {
        let table = state.current().unwrap();
        assert_eq!(state.duplicate_count(table, columns).unwrap().unwrap(), 7.0);
    }
    assert_eq!(world.counted(), 1, "no columns are all columns");
}

#[test]
fn batches_and_answers_take_room_until_they_are_dropped() {
    let limits = Limits { memory: 100_000, ..Limits::default() };
    let mut state = state(Fake::new(0.9), 10, &limits);
    let filled = |state: &mut State, rows| {
        let batch = HostBatch::new(state, rows).unwrap();
        state.set_numbers(again(&batch), "age".into(), vec![None; rows as usize]).map(|()| batch)
    };
    for _ in 0..20 {
        let batch = filled(&mut state, 1_000).unwrap();
        state.set_numbers(again(&batch), "age".into(), vec![None; 1_000]).unwrap();
        let answers = state.predict(again(&batch)).unwrap().unwrap();
        assert_eq!(state.labels(again(&answers)).unwrap().len(), 1_000);
        assert_eq!(HostPredictions::row_count(&mut state, again(&answers)).unwrap(), 1_000.0);
        HostBatch::drop(&mut state, batch).unwrap();
        HostPredictions::drop(&mut state, answers).unwrap();
    }
    let batch = filled(&mut state, 2_500).unwrap();
    assert_eq!(kind(state.predict(batch)), FailureKind::Memory, "the batch fits, the answers do not");
    assert_eq!(kind(filled(&mut state, 10_000)), FailureKind::Memory);
}

#[test]
fn a_prediction_is_charged_before_it_is_made() {
    let mut state = state(Fake::new(0.9), 10, &Limits { host_bytes: 20_000, ..Limits::default() });
    let batch = HostBatch::new(&mut state, 1_000).unwrap();
    state.set_numbers(again(&batch), "age".into(), vec![None; 1_000]).unwrap();
    assert_eq!(kind(state.predict(batch)), FailureKind::HostCalls);
}

#[test]
fn a_batch_is_whole_or_refused() {
    let mut state = state(Fake::new(0.9), 10, &Limits::default());
    for (rows, values, says) in [
        (0, 0, "between 1 and 10000 rows, not 0"),
        (u32::MAX, 1, "not 4294967295"),
        (2, 3, "column `age` has 3 values, and the batch 2 rows"),
    ] {
        let batch = HostBatch::new(&mut state, rows).unwrap();
        state.set_numbers(again(&batch), "age".into(), vec![None; values]).unwrap();
        let refused = state.predict(batch).unwrap().unwrap_err();
        assert_eq!(refused.code, "bad-argument");
        assert!(refused.message.contains(says), "{}", refused.message);
    }
    let batch = HostBatch::new(&mut state, 3).unwrap();
    let answers = state.predict(batch).unwrap().unwrap();
    assert_eq!(state.labels(answers).unwrap().len(), 3, "a column that is not set is missing");
}

#[test]
fn a_parameter_that_a_policy_counts_on_is_there_or_ends_it() {
    let parameters = serde_json::json!({ "min": 0.5, "metric": "f1", "none": null });
    let mut state = State::new(&Limits::default(), Grant::default(), None, parameters, 0, Duration::ZERO);
    assert_eq!(state.number("min".into()).unwrap(), 0.5);
    assert_eq!(state.text("/metric".into()).unwrap(), "f1");
    assert_eq!(state.get_number("max".into()).unwrap(), None);
    for absent in ["max", "none"] {
        let ended = state.number(absent.into()).unwrap_err().downcast::<Exceeded>().unwrap();
        assert_eq!(ended.kind, FailureKind::PolicyError);
        assert!(ended.message.contains(&format!("counts on its parameter `{absent}`")), "{}", ended.message);
    }
    assert_eq!(kind(state.texts("min".into())), FailureKind::PolicyError);
}

#[test]
fn whether_a_column_is_withheld_costs_no_failure() {
    let grant = |columns: Option<Vec<String>>| Grant { columns, ..Grant::default() };
    for (columns, withheld) in [(None, false), (Some(vec!["age".to_owned()]), false), (Some(Vec::new()), true)] {
        let world = Some(Arc::new(Fake::new(0.9)) as _);
        let mut state = State::new(&Limits::default(), grant(columns), world, Value::Null, 0, Duration::ZERO);
        let column = column(&mut state);
        assert_eq!(state.withheld(again(&column)).unwrap(), withheld);
        assert_eq!(state.frequencies(column, 1).unwrap().is_err(), withheld);
    }
}
