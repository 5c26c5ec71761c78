//! The engine, pinned: what WebAssembly a policy may use, and how it is stopped.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use portcullis_verdict::{Failure, FailureKind};
use wasmtime::component::{Component, InstancePre, Linker};
use wasmtime::{Config, Engine, WasmFeatures};

use crate::cache::Cache;
use crate::failure::contained;
use crate::grant::Grant;
use crate::inspect::inspect;
use crate::limits::Limits;
use crate::policy::{Loading, Policy};
use crate::scan::scan;
use crate::state::State;
use crate::{v0_1, wasi};

/// One tick of the clock that ends policies which run too long.
const TICK: Duration = Duration::from_millis(10);

/// Bytes of a guest's own call stack.
const STACK: usize = 512 << 10;

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
    engine: Engine,
    linker: Linker<State>,
    cache: Option<Cache>,
    ticker: Arc<Ticker>,
}

impl Sandbox {
    /// A sandbox; compiled policies are kept in the cache, if there is one.
    pub fn new(cache: Option<Cache>) -> Result<Self, Failure> {
        let host =
            |error: wasmtime::Error| Failure::new(FailureKind::Host, format!("cannot start wasmtime: {error:#}"));
        let engine = Engine::new(&config()).map_err(host)?;
        let mut linker = Linker::new(&engine);
        v0_1::link(&mut linker).map_err(host)?;
        wasi::link(&mut linker).map_err(host)?;
        let ticker = Arc::default();
        Ok(Self { engine, linker, cache, ticker })
    }

    /// Loads a policy from a file: reads what it is, refuses what was not granted, and takes its code from the cache
    /// or compiles it. `name` is the policy's name in the project, for messages.
    ///
    /// Compiling has no clock and no limit on memory of its own: code whose shape makes it explode is refused before.
    pub fn load_file(&self, name: &str, file: &Path, grant: Grant, limits: Limits) -> Result<Policy, Failure> {
        let unreadable = |error: std::io::Error| {
            Failure::new(FailureKind::NotAComponent, format!("cannot read {}: {error}", file.display()))
        };
        let size = std::fs::metadata(file).map_err(unreadable)?.len();
        if size > limits.component_bytes {
            return Err(too_large(size, &limits));
        }
        self.load(name, &std::fs::read(file).map_err(unreadable)?, grant, limits)
    }

    /// As [`Sandbox::load_file`], from bytes.
    pub fn load(&self, name: &str, bytes: &[u8], grant: Grant, limits: Limits) -> Result<Policy, Failure> {
        contained(|| self.loaded(name, bytes, grant, limits))
    }

    fn loaded(&self, name: &str, bytes: &[u8], grant: Grant, limits: Limits) -> Result<Policy, Failure> {
        let started = Instant::now();
        if bytes.len() as u64 > limits.component_bytes {
            return Err(too_large(bytes.len() as u64, &limits));
        }
        let inspection = inspect(bytes)?;
        inspection.refuse(name, &grant)?;
        let found = self.cache.as_ref().and_then(|cache| cache.load(&self.engine, &inspection.digest));
        let cached = found.is_some();
        let component = if let Some(component) = found {
            component
        } else {
            scan(bytes)?;
            let component = Component::from_binary(&self.engine, bytes).map_err(|error| {
                Failure::new(FailureKind::Compile, format!("the component cannot be compiled: {error:#}"))
            })?;
            if let Some(cache) = &self.cache {
                cache.store(&self.engine, &inspection.digest, &component);
            }
            component
        };
        let instance = self.link(&component)?;
        self.ticker.start(&self.engine);
        let loading = Loading { cached, elapsed: started.elapsed() };
        Ok(Policy::new(inspection, instance, grant, limits, loading, Arc::clone(&self.ticker)))
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

impl std::fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sandbox").field("cache", &self.cache).finish_non_exhaustive()
    }
}

fn too_large(size: u64, limits: &Limits) -> Failure {
    Failure::new(
        FailureKind::Compile,
        format!("the file has {size} bytes; a policy may have {} (limit: component-size)", limits.component_bytes),
    )
}

fn config() -> Config {
    let mut config = Config::new();
    config
        .wasm_features(WasmFeatures::all(), false)
        .wasm_features(FEATURES, true)
        .relaxed_simd_deterministic(true)
        .cranelift_nan_canonicalization(true)
        .consume_fuel(true)
        .epoch_interruption(true)
        .max_wasm_stack(STACK)
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
        let on = Engine::new(&config()).unwrap().get_wasm_features();
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
    fn extensions_of_the_component_model_are_off() {
        let engine = Engine::new(&config()).unwrap();
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
