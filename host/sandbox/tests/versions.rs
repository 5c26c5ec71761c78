//! How contracts of several versions live on one host, shown with pretend ones: 0.1.0 is released, 0.1.1 adds a method,
//! 0.2.0 breaks one. The host defines the newest of each line, 0.1.1 and 0.2.0, as two adapters over one model of its own;
//! policies of all three ages run on it. What an addition is, and what a break, is held by `cargo xtask contract`; that a
//! version is refused by name is tested where it is decided, in `inspect.rs`.

use wasmtime::component::{Component, Linker, Resource, ResourceType};
use wasmtime::{Config, Engine, Result, Store};

/// The host's own model: what every adapter answers from.
struct Column(Vec<f64>);

impl Column {
    fn mean(&self) -> Option<f64> {
        (!self.0.is_empty()).then(|| self.0.iter().sum::<f64>() / self.0.len() as f64)
    }

    fn maximum(&self) -> f64 {
        self.0.iter().copied().fold(f64::NEG_INFINITY, f64::max)
    }
}

struct Host(Column);

/// The adapter of the line 0.1: `mean` has a number always, and since 0.1.1 there is `maximum`.
fn link_0_1(linker: &mut Linker<Host>, version: &str) -> Result<()> {
    let mut data = linker.instance(&format!("pretend:data/data@{version}"))?;
    data.resource("column", ResourceType::host::<Column>(), |_, _| Ok(()))?;
    data.func_wrap("current", |_, ()| Ok((Resource::<Column>::new_own(0),)))?;
    data.func_wrap("[method]column.mean", |store, (_,): (Resource<Column>,)| {
        Ok((store.data().0.mean().unwrap_or(f64::NAN),))
    })?;
    if version != "0.1.0" {
        data.func_wrap("[method]column.maximum", |store, (_,): (Resource<Column>,)| Ok((store.data().0.maximum(),)))?;
    }
    Ok(())
}

/// The adapter of the line 0.2: `mean` says that there is none.
fn link_0_2(linker: &mut Linker<Host>) -> Result<()> {
    let mut data = linker.instance("pretend:data/data@0.2.0")?;
    data.resource("column", ResourceType::host::<Column>(), |_, _| Ok(()))?;
    data.func_wrap("current", |_, ()| Ok((Resource::<Column>::new_own(0),)))?;
    data.func_wrap("[method]column.mean", |store, (_,): (Resource<Column>,)| Ok((store.data().0.mean(),)))
}

/// A policy of an age that calls one method: `result` is what the method returns, `read` makes a number of it.
fn policy(version: &str, method: &str, result: &str, core: &str) -> String {
    format!(
        r#"(component
            (import "pretend:data/data@{version}" (instance $data
                (export "column" (type $column (sub resource)))
                (export "current" (func (result (own $column))))
                (export "[method]column.{method}" (func (param "self" (borrow $column)) (result {result})))
            ))
            (alias export $data "current" (func $current))
            (alias export $data "[method]column.{method}" (func $method))
            (core module $memory (memory (export "memory") 1))
            (core instance $memory (instantiate $memory))
            (alias core export $memory "memory" (core memory $mem))
            (core func $current' (canon lower (func $current)))
            (core func $method' (canon lower (func $method) (memory $mem)))
            (core module $judge
                (import "" "memory" (memory 1))
                (import "" "current" (func $current (result i32)))
                {core})
            (core instance $judge (instantiate $judge (with "" (instance
                (export "memory" (memory $mem))
                (export "current" (func $current'))
                (export "method" (func $method'))))))
            (func (export "judge") (result float64) (canon lift (core func $judge "judge"))))"#
    )
}

/// One that takes the number as it comes.
fn plain(version: &str, method: &str) -> String {
    policy(
        version,
        method,
        "float64",
        r#"(import "" "method" (func $method (param i32) (result f64)))
           (func (export "judge") (result f64) (call $method (call $current)))"#,
    )
}

/// One that knows that there may be none, and makes -1 of that.
fn careful(version: &str) -> String {
    policy(
        version,
        "mean",
        "(option float64)",
        r#"(import "" "method" (func $method (param i32 i32)))
           (func (export "judge") (result f64)
               (call $method (call $current) (i32.const 0))
               (if (result f64) (i32.load8_u (i32.const 0)) (then (f64.load (i32.const 8))) (else (f64.const -1))))"#,
    )
}

fn judge(text: &str, values: &[f64], link: impl Fn(&mut Linker<Host>) -> Result<()>) -> Result<f64> {
    let engine = Engine::new(&Config::new())?;
    let mut linker = Linker::new(&engine);
    link(&mut linker)?;
    let component = Component::new(&engine, wat::parse_str(text)?)?;
    let mut store = Store::new(&engine, Host(Column(values.to_vec())));
    let instance = linker.instantiate(&mut store, &component)?;
    let judge = instance.get_typed_func::<(), (f64,)>(&mut store, "judge")?;
    Ok(judge.call(&mut store, ())?.0)
}

fn both(linker: &mut Linker<Host>) -> Result<()> {
    link_0_1(linker, "0.1.1")?;
    link_0_2(linker)
}

#[test]
fn policies_of_every_age_run_on_a_host_that_has_an_addition_and_a_break() {
    let values = [1.0, 2.0, 6.0];
    assert_eq!(judge(&plain("0.1.0", "mean"), &values, both).unwrap(), 3.0, "old, on what came after it");
    assert_eq!(judge(&plain("0.1.1", "mean"), &values, both).unwrap(), 3.0);
    assert_eq!(judge(&plain("0.1.1", "maximum"), &values, both).unwrap(), 6.0, "the addition");
    assert_eq!(judge(&careful("0.2.0"), &values, both).unwrap(), 3.0, "the break, beside the old line");
}

#[test]
fn each_age_gets_what_its_own_contract_says() {
    assert!(judge(&plain("0.1.0", "mean"), &[], both).unwrap().is_nan());
    assert_eq!(judge(&careful("0.2.0"), &[], both).unwrap(), -1.0);
}

#[test]
fn what_a_host_does_not_have_yet_is_not_linked() {
    let old = |linker: &mut Linker<Host>| link_0_1(linker, "0.1.0");
    assert_eq!(judge(&plain("0.1.0", "mean"), &[1.0], old).unwrap(), 1.0);
    for (policy, lacking) in [(plain("0.1.1", "maximum"), "maximum"), (careful("0.2.0"), "pretend:data/data@0.2.0")] {
        let error = format!("{:#}", judge(&policy, &[1.0], old).unwrap_err());
        assert!(error.contains(lacking), "{error}");
    }
    // A break under the old number would be found out by its type, if nobody had looked before.
    let error = format!("{:#}", judge(&careful("0.1.0"), &[1.0], both).unwrap_err());
    assert!(error.contains("mean"), "{error}");
}
