//! What a policy costs beside the work it asks for.
//!
//! `cargo run --release -p portcullis -p portcullis-sandbox --example policies` prints a table. Each part runs in a process of
//! its own, which says at its end how much memory it held at most. Every figure is of this machine; the ratios are what the
//! documentation quotes.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark prints, and stops at what it does not expect"
)]

#[path = "../tests/world/mod.rs"]
mod world;

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use portcullis_sandbox::ports::World;
use portcullis_sandbox::{Cache, ComponentFile, Grant, Limits, Policy, Request, Sandbox};
use serde_json::{Value, json};
use wasmtime::component::{Component, Linker};
use wasmtime::{Config, Engine, Instance, Module, Store};

/// Runs of what takes microseconds.
const RUNS: usize = 10_000;
/// Policies that are loaded one after the other.
const MANY: usize = 20;
/// Turns of a loop that does next to nothing.
const TURNS: usize = 20_000_000;

fn main() {
    let stock = stock();
    let mut arguments = std::env::args().skip(1);
    let (part, folder) = (arguments.next(), arguments.next().unwrap_or_default());
    match part.as_deref() {
        None => return every_part(),
        Some("judging") => judging(&stock),
        Some("compiling") => loading(&stock, "compiled, in this process", Path::new(&folder)),
        Some("loading") => loading(&stock, "from the compile cache", Path::new(&folder)),
        Some("interrupting") => interrupting(),
        Some(other) => panic!("no part `{other}`; valid: judging, compiling FOLDER, loading FOLDER, interrupting"),
    }
    if let Ok(status) = std::fs::read_to_string("/proc/self/status")
        && let Some(line) = status.lines().find(|line| line.starts_with("VmHWM"))
    {
        println!("  peak memory: {}", line.trim_start_matches("VmHWM:").trim());
    }
}

/// Each part in a process of its own.
fn every_part() {
    println!("{:<58} {:>12} {:>12}", "", "median", "p99");
    let cache = tempfile::tempdir().unwrap();
    for part in ["judging", "compiling", "loading", "interrupting"] {
        let mut command = Command::new(std::env::current_exe().unwrap());
        assert!(command.arg(part).arg(cache.path()).status().unwrap().success(), "{part}");
    }
}

/// The committed stock policies, by name.
fn stock() -> Vec<(String, PathBuf)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "wasm"));
    files.sort();
    files.into_iter().map(|file| (file.file_stem().unwrap().to_string_lossy().into_owned(), file)).collect()
}

/// Prints the median and the 99th percentile, and answers with the median.
fn row(what: &str, mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    let median = times[times.len() / 2];
    let p99 = times[(times.len() * 99 / 100).min(times.len() - 1)];
    println!("{what:<58} {:>9.1} µs {:>9.1} µs", median.as_secs_f64() * 1e6, p99.as_secs_f64() * 1e6);
    median
}

fn timed<T>(work: impl FnOnce() -> T) -> Duration {
    let started = Instant::now();
    black_box(work());
    started.elapsed()
}

fn request(parameters: &Value, world: &Arc<dyn World>) -> Request {
    Request { parameters: parameters.clone(), world: Arc::clone(world), seed: 42, now: Duration::ZERO }
}

/// One policy many times in one process, beside the same rule compiled into the host and beside an empty component.
fn judging(stock: &[(String, PathBuf)]) {
    let file = &stock.iter().find(|(name, _)| name == "threshold").unwrap().1;
    let policy = Sandbox::new(None).unwrap().load_file("t", file, Grant::default(), Limits::default()).unwrap();
    let given = json!({ "metric": "accuracy", "min": 0.85 });
    let parameters = policy.parameters(&policy.describe().unwrap(), &given).unwrap().unwrap();
    let world: Arc<dyn World> = Arc::new(world::Fake::new(0.9));
    let judge = |policy: &Policy| timed(|| policy.judge(request(&parameters, &world)).result.unwrap());
    let times = (0..RUNS).map(|_| judge(&policy)).collect();
    let ours = row("threshold: store, instantiate, judge, drop; all limits on", times);

    let native = || {
        let accuracy = world.candidate().unwrap().metric(parameters["metric"].as_str().unwrap()).unwrap().unwrap();
        (accuracy >= parameters["min"].as_f64().unwrap(), format!("accuracy is {accuracy}"))
    };
    row("the same rule compiled into the host", (0..RUNS).map(|_| timed(native)).collect());

    let engine = Engine::default();
    let empty = Component::new(&engine, wat::parse_str("(component)").unwrap()).unwrap();
    let linked = Linker::<()>::new(&engine).instantiate_pre(&empty).unwrap();
    let bare = || {
        let mut store = Store::new(&engine, ());
        linked.instantiate(&mut store).unwrap();
    };
    let empty = row("an empty component in plain wasmtime", (0..RUNS).map(|_| timed(bare)).collect());
    println!("  beyond an empty component: {:.1} µs", ours.saturating_sub(empty).as_secs_f64() * 1e6);
}

/// Some policies, compiled or from the cache.
fn loading(stock: &[(String, PathBuf)], what: &str, cache: &Path) {
    let files: Vec<ComponentFile> = (0..MANY)
        .map(|number| {
            let mut bytes = std::fs::read(&stock[number % stock.len()].1).unwrap();
            // A custom section of its own makes each another component.
            bytes.extend([0, 3, 1, b'n', u8::try_from(number).unwrap()]);
            ComponentFile::new(bytes)
        })
        .collect();
    let load = |sandbox: &Sandbox, file: &ComponentFile| {
        sandbox.load("p", file, Grant::default(), Limits::default()).unwrap().cached()
    };
    let sandbox = Sandbox::new(Cache::open(&cache.join("cache"))).unwrap();
    let times: Vec<Duration> = files.iter().map(|file| timed(|| load(&sandbox, file))).collect();
    let all: Duration = times.iter().sum();
    row(&format!("load one of {MANY} policies, {what}"), times);
    let bytes: u64 = files.iter().map(ComponentFile::size).sum();
    let (each, mebibytes) = (all.as_secs_f64() * 1e3 / MANY as f64, bytes as f64 / MANY as f64 / 1_048_576.0);
    println!("  all {MANY}: {:.1} ms; {each:.2} ms each, of {mebibytes:.2} MiB", all.as_secs_f64() * 1e3);
}

/// What counting instructions, and looking at the clock, cost a loop that does nothing else.
fn interrupting() {
    let text = format!(
        "(module (func (export \"f\") (result i64) (local i64 i64) (loop $l
            (local.set 1 (i64.add (local.get 1) (i64.mul (local.get 0) (i64.const 3))))
            (local.set 0 (i64.add (local.get 0) (i64.const 1)))
            (br_if $l (i64.lt_u (local.get 0) (i64.const {TURNS})))) (local.get 1)))"
    );
    let mut baseline = None;
    for (what, fuel, epoch) in
        [("neither", false, false), ("epoch", false, true), ("fuel", true, false), ("fuel and epoch", true, true)]
    {
        let engine = Engine::new(Config::new().consume_fuel(fuel).epoch_interruption(epoch)).unwrap();
        let module = Module::new(&engine, wat::parse_str(&text).unwrap()).unwrap();
        let run = || {
            let mut store = Store::new(&engine, ());
            if fuel {
                store.set_fuel(u64::MAX / 2).unwrap();
            }
            store.set_epoch_deadline(u64::MAX / 2);
            let instance = Instance::new(&mut store, &module, &[]).unwrap();
            instance.get_typed_func::<(), i64>(&mut store, "f").unwrap().call(&mut store, ()).unwrap()
        };
        let median = row(&format!("{TURNS} turns of a loop with {what}"), (0..15).map(|_| timed(run)).collect());
        println!("  × {:.2}", median.as_secs_f64() / baseline.get_or_insert(median).as_secs_f64());
    }
}
