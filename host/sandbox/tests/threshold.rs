//! A stock policy, a real component, in the real sandbox.
#![allow(clippy::unwrap_used, reason = "what a test cannot set up has failed")]

mod world;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use portcullis_sandbox::{Cache, Grant, Judged, Limits, Policy, Request, Sandbox};
use portcullis_verdict::{FailureKind, Kind, Outcome};
use serde_json::{Value, json};

fn threshold() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../policies/threshold.wasm")
}

fn load(grant: Grant, limits: Limits) -> Policy {
    Sandbox::new(None).unwrap().load_file("accuracy", &threshold(), grant, limits).unwrap()
}

fn judge(policy: &Policy, accuracy: f64, parameters: &Value) -> Judged {
    let description = policy.describe().unwrap();
    let parameters = policy.parameters(&description, parameters).unwrap().unwrap();
    let world = Arc::new(world::Fake::new(accuracy));
    policy.judge(Request { parameters, world, seed: 42, now: Duration::ZERO })
}

#[test]
fn it_is_what_its_file_says() {
    let policy = load(Grant::default(), Limits::default());
    let inspection = policy.inspection();
    assert_eq!(inspection.kind, Kind::Gate);
    assert_eq!(inspection.contract.to_string(), "0.1.0");
    assert!(!inspection.wants_wasi(), "{:?}", inspection.imports);
    let description = policy.describe().unwrap();
    assert_eq!(description.name, "threshold");
    assert_eq!(description.parameters["type"], "object");
}

#[test]
fn it_passes_at_the_bound_and_fails_below_it() {
    let policy = load(Grant::default(), Limits::default());
    let parameters = json!({ "metric": "accuracy", "min": 0.85 });
    let at = judge(&policy, 0.85, &parameters).result.unwrap();
    assert_eq!(at.outcome, Outcome::Pass);
    let below = judge(&policy, 0.84, &parameters).result.unwrap();
    assert_eq!(below.outcome, Outcome::Fail);
    assert!(below.findings[0].message.contains("0.84"), "{:?}", below.findings);
}

#[test]
fn the_same_question_has_the_same_answer_and_the_same_cost() {
    let policy = load(Grant::default(), Limits::default());
    let parameters = json!({ "metric": "accuracy", "min": 0.9 });
    let first = judge(&policy, 0.8, &parameters);
    for _ in 0..10 {
        let again = judge(&policy, 0.8, &parameters);
        assert_eq!((&again.result, again.fuel), (&first.result, first.fuel));
    }
    assert!(first.fuel > 0);
}

#[test]
fn wrong_parameters_are_the_users_and_are_named() {
    let policy = load(Grant::default(), Limits::default());
    let description = policy.describe().unwrap();
    let error = policy.parameters(&description, &json!({ "metric": "accuracy", "mim": 0.9 })).unwrap().unwrap_err();
    assert!(error.to_string().contains("`mim`") && error.to_string().contains("did you mean `min`"), "{error}");
}

#[test]
fn small_groups_are_not_shown() {
    let policy = load(Grant::default(), Limits::default());
    let parameters = json!({ "metric": "accuracy", "min": 0.05, "slices": ["sex"] });
    let judged = judge(&policy, 0.9, &parameters).result.unwrap();
    assert!(!judged.measures.iter().any(|measure| measure.value == Some(0.1)), "{judged:?}");
    let all = load(Grant { smallest_group: 1, ..Grant::default() }, Limits::default());
    let judged = judge(&all, 0.9, &parameters).result.unwrap();
    assert!(judged.measures.iter().any(|measure| measure.value == Some(0.1)), "{judged:?}");
}

#[test]
fn a_withheld_column_cannot_be_sliced_by() {
    let grant = Grant { columns: Some(vec!["age".into()]), ..Grant::default() };
    let policy = load(grant, Limits::default());
    let judged = judge(&policy, 0.9, &json!({ "metric": "accuracy", "min": 0.05, "slices": ["sex"] }));
    let text = format!("{:?}", judged.result);
    assert!(text.contains("withheld") && text.contains("sex"), "{text}");
}

#[test]
fn fuel_and_memory_have_kinds_of_failure_of_their_own() {
    let parameters = json!({ "metric": "accuracy", "min": 0.5 });
    let described = load(Grant::default(), Limits::default());
    let parameters = described.parameters(&described.describe().unwrap(), &parameters).unwrap().unwrap();
    let ask = |limits| {
        let world = Arc::new(world::Fake::new(0.9));
        let request = Request { parameters: parameters.clone(), world, seed: 42, now: Duration::ZERO };
        load(Grant::default(), limits).judge(request).result.unwrap_err().kind
    };
    assert_eq!(ask(Limits { fuel: 500, ..Limits::default() }), FailureKind::Fuel);
    assert_eq!(ask(Limits { memory: 1 << 16, ..Limits::default() }), FailureKind::Memory);
    assert_eq!(ask(Limits { host_calls: 1, ..Limits::default() }), FailureKind::HostCalls);
}

#[test]
fn the_second_load_comes_from_the_cache_and_judges_alike() {
    let folder = tempfile::tempdir().unwrap();
    let load = || {
        let sandbox = Sandbox::new(Cache::open(&folder.path().join("cache"))).unwrap();
        sandbox.load_file("accuracy", &threshold(), Grant::default(), Limits::default()).unwrap()
    };
    let (cold, warm) = (load(), load());
    assert!(!cold.cached() && warm.cached());
    let parameters = json!({ "metric": "accuracy", "min": 0.85 });
    let (cold, warm) = (judge(&cold, 0.8, &parameters), judge(&warm, 0.8, &parameters));
    assert_eq!((cold.result, cold.fuel), (warm.result, warm.fuel));
}

#[test]
fn a_file_that_is_too_large_or_missing_says_so() {
    let sandbox = Sandbox::new(None).unwrap();
    let limits = Limits { component_bytes: 100, ..Limits::default() };
    let large = sandbox.load_file("accuracy", &threshold(), Grant::default(), limits).unwrap_err();
    assert_eq!(large.kind, FailureKind::Compile);
    let missing = sandbox.load_file("x", "nowhere.wasm".as_ref(), Grant::default(), Limits::default()).unwrap_err();
    assert!(missing.message.contains("nowhere.wasm"), "{missing}");
}
