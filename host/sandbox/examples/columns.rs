//! What the sandbox costs a policy that reads a column of numbers row by row: the same component in the sandbox, with every
//! limit on, and in wasmtime without any limit, which answers from the same table: once with NaNs made canonical, as the
//! promise of equal bytes on every machine has it, and once as wasmtime comes.
//!
//! `benches/languages/limits.py` builds the policy and runs this.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark prints, and stops at what it does not expect"
)]

#[path = "../tests/world/mod.rs"]
mod world;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use portcullis_sandbox::ports::World;
use portcullis_sandbox::{Grant, Limits, Policy, Request, Sandbox};
use serde_json::json;
use wasmtime::component::{Component, Linker, Resource, ResourceType, Val};
use wasmtime::{Config, Engine, Store};

/// Runs of each, in turn.
const RUNS: usize = 9;
/// Rows of a batch, as in the sandbox.
const BATCH: u64 = 65_536;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let file = arguments.next().expect("the built policy");
    let rows: u64 = arguments.next().map_or(10_000_000, |rows| rows.parse().unwrap());
    let world: Arc<dyn World> = Arc::new(world::Fake::with_column("x", rows));

    let grant = Grant { interfaces: vec!["rows".to_owned()], ..Grant::default() };
    let limits = Limits { host_bytes: u64::MAX, fuel: u64::MAX / 2, ..Limits::default() };
    let policy = Sandbox::new(None).unwrap().load_file("sum", Path::new(&file), grant, limits).unwrap();
    let [canonical, plain] = [true, false].map(|canonical| Plain::new(Path::new(&file), canonical));
    let mut times = [const { Vec::new() }; 3];
    for _ in 0..RUNS {
        times[0].push(timed(|| judge(&policy, &world), rows));
        times[1].push(timed(|| canonical.judge(&world), rows));
        times[2].push(timed(|| plain.judge(&world), rows));
    }
    let medians = times.map(|mut times| {
        times.sort_unstable();
        times[RUNS / 2].as_secs_f64()
    });
    println!("{rows} numbers, medians of {RUNS} runs each\n");
    println!("| where | MB/s | the sandbox's speed is |\n|---|---|---|");
    let places =
        ["in the sandbox, all limits on", "without limits, NaNs canonical", "without limits, as wasmtime comes"];
    for (place, median) in places.iter().zip(medians) {
        println!("| {place} | {:.0} | × {:.2} |", rows as f64 * 8.0 / 1e6 / median, median / medians[0]);
    }
}

/// How long it takes; the sum has to be right.
fn timed(sum: impl FnOnce() -> f64, rows: u64) -> Duration {
    let started = Instant::now();
    let sum = sum();
    let elapsed = started.elapsed();
    assert_eq!(sum, (0..rows).map(|row| row as f64).sum::<f64>());
    elapsed
}

fn judge(policy: &Policy, world: &Arc<dyn World>) -> f64 {
    let request = Request { parameters: json!({}), world: Arc::clone(world), seed: 42, now: Duration::ZERO };
    policy.judge(request).result.unwrap().measures[0].value.unwrap()
}

/// The component in wasmtime without limits.
struct Plain {
    engine: Engine,
    component: Component,
}

impl Plain {
    fn new(file: &Path, canonical: bool) -> Self {
        let engine = Engine::new(Config::new().cranelift_nan_canonicalization(canonical)).unwrap();
        let component = Component::from_file(&engine, file).unwrap();
        Self { engine, component }
    }

    fn judge(&self, world: &Arc<dyn World>) -> f64 {
        let mut linker = Linker::<()>::new(&self.engine);
        linker.allow_shadowing(true);
        linker.define_unknown_imports_as_traps(&self.component).unwrap();
        answer(&mut linker, world);
        let mut store = Store::new(&self.engine, ());
        let instance = linker.instantiate(&mut store, &self.component).unwrap();
        let interface = instance.get_export_index(&mut store, None, "portcullis:policy/data-check@0.1.0").unwrap();
        let judge = instance.get_export_index(&mut store, Some(&interface), "judge").unwrap();
        let mut results = [Val::Bool(false)];
        instance.get_func(&mut store, judge).unwrap().call(&mut store, &[], &mut results).unwrap();
        measured(&results[0])
    }
}

/// A failure of the contract, code and message.
#[derive(wasmtime::component::ComponentType, wasmtime::component::Lower)]
#[component(record)]
struct Failure {
    code: String,
    message: String,
}

struct Reader;
struct RecordBatch;

/// What the policy calls, over the same table: the number of a batch is its handle.
fn answer(linker: &mut Linker<()>, world: &Arc<dyn World>) {
    let table = world.current();
    let batches = table.row_count().div_ceil(BATCH);
    let mut parameters = linker.instance("portcullis:policy/parameters@0.1.0").unwrap();
    parameters.func_wrap("json", |_, ()| Ok(("{}".to_owned(),))).unwrap();
    let mut answers = linker.instance("portcullis:data/answers@0.1.0").unwrap();
    answers.resource("reader", ResourceType::host::<Reader>(), |_, _| Ok(())).unwrap();
    answers.resource("record-batch", ResourceType::host::<RecordBatch>(), |_, _| Ok(())).unwrap();
    let read = std::sync::atomic::AtomicU64::new(0);
    answers
        .func_wrap("[method]reader.next", move |_, (_,): (Resource<Reader>,)| {
            let batch = read.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let next = (batch < batches).then(|| Resource::<RecordBatch>::new_own(batch as u32));
            Ok((Ok::<_, Failure>(next),))
        })
        .unwrap();
    answers
        .func_wrap("[method]record-batch.numbers", move |_, (batch, column): (Resource<RecordBatch>, String)| {
            let first = u64::from(batch.rep()) * BATCH;
            let numbers = table.numbers(&column, first..table.row_count().min(first + BATCH));
            let failed = |failure: portcullis_sandbox::ports::Failure| Failure {
                code: failure.code.to_owned(),
                message: failure.message,
            };
            Ok((numbers.map_err(failed),))
        })
        .unwrap();
    let mut rows = linker.instance("portcullis:data/rows@0.1.0").unwrap();
    rows.resource("reader", ResourceType::host::<Reader>(), |_, _| Ok(())).unwrap();
    rows.func_wrap("read", |_, _: (String, Vec<String>)| Ok((Ok::<_, Failure>(Resource::<Reader>::new_own(0)),)))
        .unwrap();
}

/// The first measure of a judgement.
fn measured(result: &Val) -> f64 {
    let field = |record: &Val, name: &str| match record {
        Val::Record(fields) => fields.iter().find(|(field, _)| field == name).unwrap().1.clone(),
        other => panic!("no record: {other:?}"),
    };
    let Val::Result(Ok(Some(judgement))) = result else { panic!("no judgement: {result:?}") };
    let Val::List(measures) = field(judgement, "measures") else { panic!("no measures") };
    match field(&measures[0], "value") {
        Val::Option(Some(value)) => match *value {
            Val::Float64(sum) => sum,
            other => panic!("no number: {other:?}"),
        },
        other => panic!("no value: {other:?}"),
    }
}
