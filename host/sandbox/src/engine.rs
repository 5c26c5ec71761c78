//! The engine, pinned: what WebAssembly a policy may use, and how it is stopped.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use portcullis_verdict::{Failure, FailureKind};
use wasmtime::component::{Component, InstancePre, Linker};
use wasmtime::{Config, Engine, WasmFeatures};

use crate::cache::{self, Cache};
use crate::compile::compile;
use crate::failure::contained;
use crate::file::{ComponentFile, too_large};
use crate::grant::Grant;
use crate::limits::Limits;
use crate::policy::{Loading, Policy};
use crate::scan::scan;
use crate::state::State;
use crate::worker::Worker;
use crate::{v0_1, wasi};

/// One tick of the clock that ends policies which run too long.
const TICK: Duration = Duration::from_millis(10);

/// The features of WebAssembly that a policy may use. Everything else is off, by name, so that an upgrade of wasmtime
/// never widens the sandbox in silence.
pub(crate) const FEATURES: WasmFeatures = WasmFeatures::MUTABLE_GLOBAL
    .union(WasmFeatures::SATURATING_FLOAT_TO_INT)
    .union(WasmFeatures::SIGN_EXTENSION)
    .union(WasmFeatures::REFERENCE_TYPES)
    .union(WasmFeatures::MULTI_VALUE)
    .union(WasmFeatures::BULK_MEMORY)
    .union(WasmFeatures::SIMD)
    .union(WasmFeatures::RELAXED_SIMD)
    .union(WasmFeatures::TAIL_CALL)
    .union(WasmFeatures::FLOATS)
    .union(WasmFeatures::MULTI_MEMORY)
    .union(WasmFeatures::EXTENDED_CONST)
    .union(WasmFeatures::COMPONENT_MODEL);

/// Runs policies: an engine, the contract linked to it, and a cache of compiled policies.
pub struct Sandbox {
    ordinary: Arc<Backing>,
    /// Backings for other sizes of stack, by size: wasmtime sets it once for an engine.
    others: Mutex<BTreeMap<u64, Arc<Backing>>>,
    cache: Option<Cache>,
    worker: Option<Worker>,
}

/// An engine, and what policies find linked to it.
struct Backing {
    engine: Engine,
    linker: Linker<State>,
    ticker: Arc<Ticker>,
}

impl Backing {
    fn new(stack: u64) -> Result<Self, Failure> {
        let host =
            |error: wasmtime::Error| Failure::new(FailureKind::Host, format!("cannot start wasmtime: {error:#}"));
        let engine = engine(stack).map_err(host)?;
        let mut linker = Linker::new(&engine);
        v0_1::link(&mut linker).map_err(host)?;
        wasi::link(&mut linker).map_err(host)?;
        Ok(Self { engine, linker, ticker: Arc::default() })
    }

    fn link(&self, component: &Component) -> Result<InstancePre<State>, Failure> {
        let extended = wasi::extended(&self.linker, component);
        let linked = extended.and_then(|linker| linker.as_ref().unwrap_or(&self.linker).instantiate_pre(component));
        linked.map_err(|error| {
            Failure::new(
                FailureKind::Incompatible,
                format!("its imports do not fit this host's contract: {}", format!("{error:#}").replace('\n', " ")),
            )
        })
    }
}

impl Sandbox {
    /// A sandbox; compiled policies are kept in the cache, if there is one. It compiles in this very process, which only
    /// the shape of the code bounds: [`Sandbox::compiling_with`] is for policies that nobody vouches for.
    pub fn new(cache: Option<Cache>) -> Result<Self, Failure> {
        let ordinary = Arc::new(Backing::new(Limits::default().stack)?);
        Ok(Self { ordinary, others: Mutex::default(), cache, worker: None })
    }

    /// The same sandbox, which compiles in a process of its own, where time and memory are limited.
    #[must_use]
    pub fn compiling_with(self, worker: Worker) -> Self {
        Self { worker: Some(worker), ..self }
    }

    /// A key under which to keep the compile cache elsewhere, between the jobs of a CI system for instance: it changes when
    /// no compiled code from before can be used any more.
    pub fn cache_key(&self) -> String {
        cache::engine_key(&self.ordinary.engine)
    }

    /// Loads a policy from a file: reads what it is, refuses what was not granted, and takes its code from the cache
    /// or compiles it. `name` is the policy's name in the project, for messages.
    pub fn load_file(&self, name: &str, file: &Path, grant: Grant, limits: Limits) -> Result<Policy, Failure> {
        let unreadable = |error: std::io::Error| {
            Failure::new(FailureKind::NotAComponent, format!("cannot read {}: {error}", file.display()))
        };
        let file = ComponentFile::read(file, limits.component_bytes).map_err(unreadable)?;
        self.load(name, &file, grant, limits)
    }

    /// As [`Sandbox::load_file`], from a file that was read already: its bytes are those that are compiled.
    pub fn load(&self, name: &str, file: &ComponentFile, grant: Grant, limits: Limits) -> Result<Policy, Failure> {
        contained(|| self.loaded(name, file, grant, limits))
    }

    fn loaded(&self, name: &str, file: &ComponentFile, grant: Grant, limits: Limits) -> Result<Policy, Failure> {
        let started = Instant::now();
        let inspection = file.inspection().map_err(Clone::clone)?.clone();
        if file.size() > limits.component_bytes {
            return Err(too_large(file.size(), limits.component_bytes));
        }
        inspection.runs()?;
        inspection.refuse(name, &grant)?;
        let bytes = file.bytes();
        let backing = self.backing(limits.stack)?;
        let found = self.cache.as_ref().and_then(|cache| cache.load(&backing.engine, &inspection.digest));
        let cached = found.is_some();
        let compiling = Instant::now();
        let component = match found {
            Some(component) => component,
            None => self.compiled(&backing.engine, bytes, &inspection.digest, &limits)?,
        };
        let compiling = if cached { Duration::ZERO } else { compiling.elapsed() };
        let instance = backing.link(&component)?;
        backing.ticker.start(&backing.engine);
        let loading = Loading { cached, elapsed: started.elapsed(), compiling };
        Ok(Policy::new(inspection, instance, grant, limits, loading, Arc::clone(&backing.ticker)))
    }

    /// The engine for policies with so much stack.
    fn backing(&self, stack: u64) -> Result<Arc<Backing>, Failure> {
        if stack == Limits::default().stack {
            return Ok(Arc::clone(&self.ordinary));
        }
        let broken = |_| Failure::new(FailureKind::Host, "a policy that was loaded before this one panicked");
        let mut others = self.others.lock().map_err(broken)?;
        if let Some(backing) = others.get(&stack) {
            return Ok(Arc::clone(backing));
        }
        let backing = Arc::new(Backing::new(stack)?);
        others.insert(stack, Arc::clone(&backing));
        Ok(backing)
    }

    /// Compiles a component and keeps its code for the next run. Code on which the compiler would explode is refused
    /// before, by its shape: that answer is the same on every machine.
    fn compiled(&self, engine: &Engine, bytes: &[u8], digest: &str, limits: &Limits) -> Result<Component, Failure> {
        scan(bytes)?;
        let code = compile(engine, self.worker.as_ref(), bytes, limits)?;
        let kept = self.cache.as_ref().and_then(|cache| {
            cache.store(engine, digest, &code);
            cache.load(engine, digest)
        });
        match kept {
            Some(component) => Ok(component),
            None => cache::from_own_compiler(engine, &code).map_err(|error| {
                Failure::new(FailureKind::Host, format!("the code that was just compiled cannot be loaded: {error:#}"))
            }),
        }
    }
}

impl std::fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sandbox").field("cache", &self.cache).finish_non_exhaustive()
    }
}

/// The engine with its settings: the one that compiles and the one that runs must have the same.
pub(crate) fn engine(stack: u64) -> wasmtime::Result<Engine> {
    Engine::new(&config(stack))
}

fn config(stack: u64) -> Config {
    let stack = usize::try_from(stack).unwrap_or(usize::MAX);
    let mut config = Config::new();
    config
        .wasm_features(WasmFeatures::all(), false)
        .wasm_features(FEATURES, true)
        .relaxed_simd_deterministic(true)
        .cranelift_nan_canonicalization(true)
        .consume_fuel(true)
        .epoch_interruption(true)
        .max_wasm_stack(stack)
        .async_stack_size(stack.saturating_mul(2)) // never used, and must be larger
        .wasm_backtrace_max_frames(None);
    config
}

/// Ticks until a duration has passed, rounded up, and one more: the first tick may come at once.
pub(crate) fn ticks(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos().div_ceil(TICK.as_nanos())).unwrap_or(u64::MAX / 2).saturating_add(1)
}

/// The thread that advances the epoch, from the first policy on until sandbox and policies are gone. Each policy holds
/// it: without it no time limit ever strikes.
#[derive(Default)]
pub(crate) struct Ticker {
    stop: Arc<AtomicBool>,
    thread: OnceLock<()>,
}

impl Ticker {
    fn start(&self, engine: &Engine) {
        self.thread.get_or_init(|| {
            let (engine, stop) = (engine.clone(), Arc::clone(&self.stop));
            thread::spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    thread::sleep(TICK);
                    engine.increment_epoch();
                }
            });
        });
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_features_are_those_listed_and_no_others() {
        let on = engine(Limits::default().stack).unwrap().get_wasm_features();
        let listed: Vec<&str> = on.iter_names().map(|(name, _)| name).collect();
        assert_eq!(
            listed,
            [
                "MUTABLE_GLOBAL",
                "SATURATING_FLOAT_TO_INT",
                "SIGN_EXTENSION",
                "REFERENCE_TYPES",
                "MULTI_VALUE",
                "BULK_MEMORY",
                "SIMD",
                "RELAXED_SIMD",
                "TAIL_CALL",
                "FLOATS",
                "MULTI_MEMORY",
                "EXTENDED_CONST",
                "COMPONENT_MODEL",
            ]
        );
    }

    #[test]
    fn code_is_the_same_whatever_the_stack() {
        let hash = |stack| {
            use std::hash::{DefaultHasher, Hash, Hasher};
            let mut hasher = DefaultHasher::new();
            engine(stack).unwrap().precompile_compatibility_hash().hash(&mut hasher);
            hasher.finish()
        };
        assert_eq!(hash(Limits::default().stack), hash(8 << 20), "it is compiled once, by an engine of any stack");
    }

    #[test]
    fn extensions_of_the_component_model_are_off() {
        let engine = engine(Limits::default().stack).unwrap();
        for extension in [
            "(type (list u8 4))",
            "(type (map string u8))",
            "(type (stream u8))",
            "(type (future u8))",
            "(type error-context)",
            "(core func (canon error-context.drop))",
            "(core func (canon backpressure.inc))",
            "(core func (canon thread.yield))",
            "(import \"a\" (value $a string)) (export \"b\" (value $a))",
            "(core rec (type (struct)))",
        ] {
            let bytes = wat::parse_str(format!("(component {extension})")).unwrap();
            let known = wasmparser::Validator::new_with_features(WasmFeatures::all()).validate_all(&bytes).err();
            assert!(known.is_none(), "{extension} is refused for another reason: {known:?}");
            assert!(Component::from_binary(&engine, &bytes).is_err(), "{extension}");
        }
    }

    #[test]
    fn a_deadline_is_never_early() {
        assert_eq!(ticks(Duration::from_millis(10)), 2);
        assert_eq!(ticks(Duration::from_millis(11)), 3);
        assert_eq!(ticks(Duration::ZERO), 1);
    }
}
