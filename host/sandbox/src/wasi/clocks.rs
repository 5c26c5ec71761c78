//! Clocks that stand still, and timers that have always run out.
//!
//! wasmtime-wasi sleeps in real time whatever the clock says, and nothing interrupts it: a timer on a clock that stands
//! still is ready at once instead.

use wasmtime::StoreContextMut;
use wasmtime::component::{Linker, Resource};
use wasmtime_wasi::p2::bindings::clocks::wall_clock::Datetime;
use wasmtime_wasi::p2::{DynPollable, Pollable, subscribe};
use wasmtime_wasi_io::async_trait;

use super::versioned;
use crate::state::State;

/// What the monotonic clock reads. Not 0: Go takes that for a broken clock and gives up.
const STILL: u64 = 1;

/// Shadows both clocks.
pub(super) fn link(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    let mut clock = linker.instance(&versioned("wasi:clocks/monotonic-clock"))?;
    clock.func_wrap("now", |store: StoreContextMut<'_, State>, (): ()| counted(store, STILL))?;
    clock.func_wrap("resolution", |store: StoreContextMut<'_, State>, (): ()| counted(store, 1_u64))?;
    clock.func_wrap("subscribe-instant", timer)?;
    clock.func_wrap("subscribe-duration", timer)?;
    let mut clock = linker.instance(&versioned("wasi:clocks/wall-clock"))?;
    clock.func_wrap("now", |store: StoreContextMut<'_, State>, (): ()| {
        let now = store.data().now;
        counted(store, Datetime { seconds: now.as_secs(), nanoseconds: now.subsec_nanos() })
    })?;
    clock.func_wrap("resolution", |store: StoreContextMut<'_, State>, (): ()| {
        counted(store, Datetime { seconds: 1, nanoseconds: 0 })
    })
}

fn counted<T>(mut store: StoreContextMut<'_, State>, answer: T) -> wasmtime::Result<(T,)> {
    store.data_mut().charge(0)?;
    Ok((answer,))
}

/// A timer for any instant or duration.
fn timer(mut store: StoreContextMut<'_, State>, (_,): (u64,)) -> wasmtime::Result<(Resource<DynPollable>,)> {
    store.data_mut().charge(0)?;
    Ok((ready(store.data_mut())?,))
}

/// A pollable that is always ready.
pub(super) fn ready(state: &mut State) -> wasmtime::Result<Resource<DynPollable>> {
    let timer = state.table.push(Ready)?;
    subscribe(&mut state.table, timer)
}

/// What has always come about.
struct Ready;

#[async_trait]
impl Pollable for Ready {
    async fn ready(&mut self) {}
}
