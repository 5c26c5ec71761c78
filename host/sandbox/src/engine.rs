//! The engine, pinned: what WebAssembly a policy may use, and how it is stopped.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;

use portcullis_verdict::{Failure, FailureKind};
use wasmtime::component::{Component, InstancePre, Linker};
use wasmtime::{Config, Engine, WasmFeatures};

use crate::pool::{self, Places};
use crate::state::State;
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

/// An engine, and what policies find linked to it.
pub(crate) struct Backing {
    engine: Engine,
    linker: Linker<State>,
    ticker: Arc<Ticker>,
    places: Option<Arc<Places>>,
}

/// A component that is linked to the host, with what must live for as long as it may run.
pub(crate) struct Linked {
    pub instance: InstancePre<State>,
    /// Where it takes a place before it runs.
    pub places: Option<Arc<Places>>,
    /// Without it no time limit ever strikes.
    _ticker: Arc<Ticker>,
}

impl Backing {
    /// For policies with so much stack: wasmtime sets it once for an engine.
    pub fn new(stack: u64) -> Result<Self, Failure> {
        Self::of(engine(stack), None, everything)
    }

    /// As [`Backing::new`], for those policies that fit into the places which it keeps ready.
    pub fn pooled(stack: u64) -> Result<Self, Failure> {
        Self::of(pooled_engine(stack), Some(Arc::default()), everything)
    }

    /// An engine with what is linked to it, and the places of its pool.
    pub fn of(
        engine: wasmtime::Result<Engine>,
        places: Option<Arc<Places>>,
        link: impl FnOnce(&mut Linker<State>) -> wasmtime::Result<()>,
    ) -> Result<Self, Failure> {
        let host =
            |error: wasmtime::Error| Failure::new(FailureKind::Host, format!("cannot start wasmtime: {error:#}"));
        let engine = engine.map_err(host)?;
        let mut linker = Linker::new(&engine);
        link(&mut linker).map_err(host)?;
        Ok(Self { engine, linker, ticker: Arc::default(), places })
    }

    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Makes a component ready to run.
    pub fn link(&self, component: &Component) -> Result<Linked, Failure> {
        let extended = wasi::extended(&self.linker, component);
        let linked = extended.and_then(|linker| linker.as_ref().unwrap_or(&self.linker).instantiate_pre(component));
        let instance = linked.map_err(|error| {
            Failure::new(
                FailureKind::Incompatible,
                format!("its imports do not fit this host's contract: {}", format!("{error:#}").replace('\n', " ")),
            )
        })?;
        self.ticker.start(&self.engine);
        Ok(Linked { instance, places: self.places.clone(), _ticker: Arc::clone(&self.ticker) })
    }
}

/// The contract, and the interfaces that toolchains pull in.
fn everything(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    v0_1::link(linker)?;
    wasi::link(linker)
}

/// The engine with its settings: the one that compiles and the one that runs must have the same.
pub(crate) fn engine(stack: u64) -> wasmtime::Result<Engine> {
    Engine::new(&config(stack))
}

/// The same engine, which keeps places ready for what it runs. Code is the same for both.
fn pooled_engine(stack: u64) -> wasmtime::Result<Engine> {
    Engine::new(config(stack).allocation_strategy(pool::settings()))
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
struct Ticker {
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
    use crate::limits::Limits;

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
    fn code_is_the_same_whatever_the_stack_and_whether_places_are_kept_ready() {
        let hash = |engine: wasmtime::Result<Engine>| {
            use std::hash::{DefaultHasher, Hash, Hasher};
            let mut hasher = DefaultHasher::new();
            engine.unwrap().precompile_compatibility_hash().hash(&mut hasher);
            hasher.finish()
        };
        let stack = Limits::default().stack;
        let code = hash(engine(stack));
        assert_eq!(code, hash(engine(8 << 20)), "it is compiled once, by an engine of any stack");
        assert_eq!(code, hash(pooled_engine(stack)));
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
