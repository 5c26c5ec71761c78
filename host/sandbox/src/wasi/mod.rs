//! A WASI that gives nothing away.
//!
//! Toolchains pull in WASI whether the author wants it or not, and Python and JavaScript guests fail at start where it
//! is refused. So it is answered: no files, no network, no environment, no arguments, a clock that stands still, random
//! numbers from the run's seed, output captured into the policy's log, and requests over HTTP denied.
//!
//! wasmtime-wasi does most of it. What it would do in real time, without a bound, or without a trace in the policy's
//! count of host calls is shadowed here, one file per concern. What is left of it works on handles, and
//! [`WasiView::ctx`], through which all of it passes, counts those calls.

mod clocks;
mod http;
mod nothing;
mod output;
mod poll;
mod random;

use std::sync::{Arc, Mutex};

use wasmtime::component::{Component, Linker};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

use crate::state::{Log, State};

pub(crate) use random::Sources;

/// WASI packages that the host answers for, whole.
const PACKAGES: &[&str] =
    &["wasi:io/", "wasi:clocks/", "wasi:random/", "wasi:cli/", "wasi:filesystem/", "wasi:sockets/"];

/// The version that wasmtime-wasi registers; the linker takes it for any 0.2.x.
const VERSION: &str = "0.2.12";

/// Whether an interface of this name (without version) is answered.
pub(crate) fn answers(interface: &str) -> bool {
    PACKAGES.iter().any(|package| interface.starts_with(package)) || http::INTERFACES.contains(&interface)
}

/// The context of one store. Clocks and random numbers are not its business: they are shadowed.
pub(crate) fn context(log: &Arc<Mutex<Log>>) -> WasiCtx {
    WasiCtx::builder()
        .stdout(output::Sink::new(log))
        .stderr(output::Sink::new(log))
        .max_random_size(0)
        .allow_tcp(false)
        .allow_udp(false)
        .allow_ip_name_lookup(false)
        .build()
}

/// Links every interface of [`PACKAGES`].
pub(crate) fn link(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    wasmtime_wasi::p2::add_to_linker_sync(linker)?;
    linker.allow_shadowing(true);
    clocks::link(linker)?;
    poll::link(linker)?;
    random::link(linker)?;
    nothing::link(linker)?;
    linker.allow_shadowing(false);
    Ok(())
}

/// A linker for one component that can do more than the shared one; none if the component does not need it.
pub(crate) fn extended(linker: &Linker<State>, component: &Component) -> wasmtime::Result<Option<Linker<State>>> {
    http::link(linker, component)
}

/// The full name of an interface of WASI as wasmtime-wasi registers it.
fn versioned(interface: &str) -> String {
    format!("{interface}@{VERSION}")
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        self.view()
    }
}
