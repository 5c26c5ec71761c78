//! Waiting that never waits.
//!
//! Everything that a policy can wait for is ready at once: timers, output, an input that is empty. So nothing here asks
//! an executor, and no pollable, whoever makes it, can keep the host waiting.

use portcullis_verdict::FailureKind;
use wasmtime::StoreContextMut;
use wasmtime::component::{Linker, Resource, ResourceType};
use wasmtime_wasi::p2::DynPollable;
use wasmtime_wasi_io::bindings::wasi::io::poll::HostPollable;

use super::versioned;
use crate::failure::Exceeded;
use crate::state::State;

/// Most handles that one call takes.
const MOST: usize = 10_000;

/// Shadows the interface.
pub(super) fn link(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    let mut poll = linker.instance(&versioned("wasi:io/poll"))?;
    poll.resource("pollable", ResourceType::host::<DynPollable>(), |mut store, rep| {
        HostPollable::drop(&mut store.data_mut().table, Resource::new_own(rep))
    })?;
    poll.func_wrap(
        "[method]pollable.ready",
        |mut store: StoreContextMut<'_, State>, (pollable,): (Resource<DynPollable>,)| {
            present(store.data_mut(), &[pollable])?;
            Ok((true,))
        },
    )?;
    poll.func_wrap(
        "[method]pollable.block",
        |mut store: StoreContextMut<'_, State>, (pollable,): (Resource<DynPollable>,)| {
            present(store.data_mut(), &[pollable])
        },
    )?;
    poll.func_wrap("poll", |mut store: StoreContextMut<'_, State>, (list,): (Vec<Resource<DynPollable>>,)| {
        if list.is_empty() {
            return Err(wasmtime::format_err!("it polls nothing, which would wait for ever"));
        }
        if list.len() > MOST {
            let message = format!("it polls {} handles in one call; it may poll {MOST}", list.len());
            return Err(Exceeded { kind: FailureKind::HostCalls, message }.into());
        }
        present(store.data_mut(), &list)?;
        Ok(((0..list.len() as u32).collect::<Vec<u32>>(),))
    })
}

/// Accounts for a call, and fails unless its handles are what they are taken for.
fn present(state: &mut State, list: &[Resource<DynPollable>]) -> wasmtime::Result<()> {
    state.charge(size_of_val(list))?;
    list.iter().try_for_each(|pollable| state.table.get(pollable).map(|_| ()))?;
    Ok(())
}
