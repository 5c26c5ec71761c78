//! Policies of every age judge on hosts of every age.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use portcullis_verdict::{Failure, Outcome};
use serde_json::{Value, json};
use wasmtime::component::{Component, Linker};

use super::guests::{gate, root};
use super::{link_0_1_1, link_0_2_0};
use crate::engine::{Backing, engine};
use crate::file::ComponentFile;
use crate::grant::Grant;
use crate::limits::Limits;
use crate::policy::{Judged, Loading, Policy, Request};
use crate::state::State;
use crate::world::Fake;

/// A host that offers what `link` does.
fn host(link: impl FnOnce(&mut Linker<State>) -> wasmtime::Result<()>) -> Backing {
    Backing::of(engine(Limits::default().stack), None, link).unwrap()
}

/// Today's.
fn today() -> Backing {
    host(super::super::link)
}

/// One of the day when there are an addition and a break.
fn later() -> Backing {
    host(|linker| link_0_1_1(linker).and_then(|()| link_0_2_0(linker)))
}

/// The policy on a host, past the question whether its version is one of those that are run.
fn load(host: &Backing, bytes: Vec<u8>) -> Result<Policy, Failure> {
    let file = ComponentFile::new(bytes);
    let component = Component::new(host.engine(), file.bytes()).unwrap();
    let inspection = file.inspection().map_err(Clone::clone)?.clone();
    let loading = Loading { cached: false, elapsed: Duration::ZERO, compiling: Duration::ZERO };
    Ok(Policy::new(inspection, host.link(&component)?, Grant::default(), Limits::default(), loading))
}

fn judge(policy: &Policy, parameters: Value) -> Judged {
    policy.judge(Request { parameters, world: Arc::new(Fake::new(0.9)), seed: 42, now: Duration::ZERO })
}

fn outcome(host: &Backing, version: &str, method: &str) -> Outcome {
    judge(&load(host, gate(version, method)).unwrap(), json!({})).result.unwrap().outcome
}

#[test]
fn policies_of_every_age_judge_on_a_host_that_has_an_addition_and_a_break() {
    let host = later();
    assert_eq!(outcome(&host, "0.1.0", "mean"), Outcome::NotApplicable, "old, on what came after it");
    assert_eq!(outcome(&host, "0.1.1", "mean"), Outcome::NotApplicable);
    assert_eq!(outcome(&host, "0.1.1", "median"), Outcome::Pass, "the addition");
    assert_eq!(outcome(&host, "0.2.0", "mean"), Outcome::Fail, "the break: there is no mean, which is a failure now");
}

#[test]
fn what_was_built_long_ago_judges_there_as_it_does_today() {
    let old = |name: &str| fs::read(root().join("policies").join(name)).unwrap();
    let both = [today(), later()];
    for (file, parameters, passes) in [
        ("schema.wasm", json!({ "columns": { "age": "integer" }, "unexpected": "forbid" }), true),
        ("schema.wasm", json!({ "columns": { "age": "text" }, "unexpected": "forbid" }), false),
        ("threshold.wasm", json!({ "metric": "accuracy", "min": 0.8 }), true),
        ("threshold.wasm", json!({ "metric": "accuracy", "min": 0.95 }), false),
    ] {
        let judged = both.each_ref().map(|host| {
            let policy = load(host, old(file)).unwrap();
            let parameters = policy.parameters(&policy.describe().unwrap(), &parameters).unwrap().unwrap();
            judge(&policy, parameters)
        });
        let [now, then] = &judged;
        assert_eq!((&now.result, now.fuel), (&then.result, then.fuel), "{file}");
        assert_eq!(now.result.as_ref().unwrap().outcome == Outcome::Pass, passes, "{file}: {:?}", now.result);
    }
}

#[test]
fn what_a_host_does_not_have_yet_is_neither_run_nor_linked() {
    let host = today();
    assert_eq!(outcome(&host, "0.1.0", "mean"), Outcome::NotApplicable);
    for (version, method, lacking) in
        [("0.1.1", "median", "median"), ("0.2.0", "mean", "portcullis:data/dataset@0.2.0")]
    {
        let bytes = gate(version, method);
        let refused = ComponentFile::new(bytes.clone()).inspection().unwrap().runs().unwrap_err();
        assert!(refused.message.contains(version) && refused.message.contains("0.1.0"), "{}", refused.message);
        let unlinked = load(&host, bytes).unwrap_err();
        assert!(unlinked.message.contains(lacking), "{}", unlinked.message);
    }
}
