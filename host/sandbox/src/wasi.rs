//! A WASI that gives nothing away.
//!
//! Toolchains pull in WASI whether the author wants it or not, and Python and JavaScript guests fail at start where it
//! is refused. So it is answered: no files, no network, no environment, no arguments, a clock that stands still, random
//! numbers from the run's seed, output captured into the policy's log.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use wasmtime::StoreContextMut;
use wasmtime::component::{Linker, Resource};
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{DynPollable, OutputStream, Pollable, StreamError, subscribe};
use wasmtime_wasi::{HostMonotonicClock, HostWallClock, WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_io::async_trait;
use wasmtime_wasi_io::bytes::Bytes;

use crate::random::Generator;
use crate::state::{Log, State};

/// WASI packages that the host answers for.
const PACKAGES: &[&str] =
    &["wasi:io/", "wasi:clocks/", "wasi:random/", "wasi:cli/", "wasi:filesystem/", "wasi:sockets/"];

/// The interface whose timers are shadowed, in the version that wasmtime-wasi registers; the linker takes it for any 0.2.x.
const MONOTONIC_CLOCK: &str = "wasi:clocks/monotonic-clock@0.2.12";

/// Whether an interface of this name (without version) is answered.
pub(crate) fn answers(interface: &str) -> bool {
    PACKAGES.iter().any(|package| interface.starts_with(package))
}

/// The context of one store.
pub(crate) fn context(seed: u64, now: Duration, log: &Arc<Mutex<Log>>) -> WasiCtx {
    WasiCtx::builder()
        .stdout(Sink(Arc::clone(log)))
        .stderr(Sink(Arc::clone(log)))
        .secure_random(Generator::new(seed, 0))
        .insecure_random(Generator::new(seed, 1))
        .insecure_random_seed(u128::from(seed))
        .max_random_size(1 << 16)
        .wall_clock(Frozen(now))
        .monotonic_clock(Frozen(now))
        .allow_tcp(false)
        .allow_udp(false)
        .allow_ip_name_lookup(false)
        .build()
}

/// Links every interface of [`PACKAGES`].
pub(crate) fn link(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    wasmtime_wasi::p2::add_to_linker_sync(linker)?;
    // wasmtime-wasi sleeps in real time whatever the clock says, and nothing interrupts it: a timer on a clock that
    // stands still is ready at once instead. Shadowing replaces the whole interface.
    linker.allow_shadowing(true);
    let mut clock = linker.instance(MONOTONIC_CLOCK)?;
    clock.func_wrap("now", |_: StoreContextMut<'_, State>, (): ()| Ok((0_u64,)))?;
    clock.func_wrap("resolution", |_: StoreContextMut<'_, State>, (): ()| Ok((1_u64,)))?;
    clock.func_wrap("subscribe-instant", ready)?;
    clock.func_wrap("subscribe-duration", ready)?;
    linker.allow_shadowing(false);
    Ok(())
}

/// A timer for any instant or duration.
fn ready(mut store: StoreContextMut<'_, State>, (_,): (u64,)) -> wasmtime::Result<(Resource<DynPollable>,)> {
    let table = store.data_mut().ctx().table;
    let timer = table.push(Ready)?;
    Ok((subscribe(table, timer)?,))
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

/// A clock that stands still at a time since 1970.
struct Frozen(Duration);

impl HostWallClock for Frozen {
    fn resolution(&self) -> Duration {
        Duration::from_secs(1)
    }

    fn now(&self) -> Duration {
        self.0
    }
}

impl HostMonotonicClock for Frozen {
    fn resolution(&self) -> u64 {
        1
    }

    fn now(&self) -> u64 {
        0
    }
}

/// A timer that has always run out.
struct Ready;

#[async_trait]
impl Pollable for Ready {
    async fn ready(&mut self) {}
}

/// Standard output and error: into the log, within its limit; what exceeds it is dropped without an error, because a
/// guest that cannot print would fail for nothing.
struct Sink(Arc<Mutex<Log>>);

impl IsTerminal for Sink {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for Sink {
    fn async_stream(&self) -> Box<dyn tokio::io::AsyncWrite + Send + Sync> {
        Box::new(tokio::io::sink())
    }

    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(Self(Arc::clone(&self.0)))
    }
}

#[async_trait]
impl Pollable for Sink {
    async fn ready(&mut self) {}
}

impl OutputStream for Sink {
    fn write(&mut self, bytes: Bytes) -> Result<(), StreamError> {
        if let Ok(mut log) = self.0.lock() {
            log.output(&bytes);
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), StreamError> {
        Ok(())
    }

    fn check_write(&mut self) -> Result<usize, StreamError> {
        Ok(1 << 16)
    }
}
