//! Calls that ask for what a policy does not have: no variables, no arguments, no folder, no terminal, no socket.
//!
//! wasmtime-wasi would answer the same. But it takes none of these calls through a handle, so that it could not be
//! stopped from being asked for ever.

use wasmtime::StoreContextMut;
use wasmtime::component::{Linker, Resource};
use wasmtime_wasi::p2::bindings::cli::{terminal_input::TerminalInput, terminal_output::TerminalOutput};
use wasmtime_wasi::p2::bindings::filesystem::types::Descriptor;
use wasmtime_wasi::p2::bindings::sockets::ip_name_lookup::ResolveAddressStream;
use wasmtime_wasi::p2::bindings::sockets::network::{ErrorCode, IpAddressFamily};
use wasmtime_wasi::p2::{Network, TcpSocket, UdpSocket};

use super::versioned;
use crate::state::State;

/// Shadows the calls.
pub(super) fn link(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    type Store<'a> = StoreContextMut<'a, State>;
    let mut environment = linker.instance(&versioned("wasi:cli/environment"))?;
    environment.func_wrap("get-environment", |store: Store, (): ()| none::<Vec<(String, String)>>(store))?;
    environment.func_wrap("get-arguments", |store: Store, (): ()| none::<Vec<String>>(store))?;
    environment.func_wrap("initial-cwd", |store: Store, (): ()| none::<Option<String>>(store))?;
    let mut terminal = linker.instance(&versioned("wasi:cli/terminal-stdin"))?;
    terminal.func_wrap("get-terminal-stdin", |store: Store, (): ()| none::<Option<Resource<TerminalInput>>>(store))?;
    for name in ["stdout", "stderr"] {
        let mut terminal = linker.instance(&versioned(&format!("wasi:cli/terminal-{name}")))?;
        terminal.func_wrap(&format!("get-terminal-{name}"), |store: Store, (): ()| {
            none::<Option<Resource<TerminalOutput>>>(store)
        })?;
    }
    let mut preopens = linker.instance(&versioned("wasi:filesystem/preopens"))?;
    preopens.func_wrap("get-directories", |store: Store, (): ()| none::<Vec<(Resource<Descriptor>, String)>>(store))?;
    let mut sockets = linker.instance(&versioned("wasi:sockets/tcp-create-socket"))?;
    sockets.func_wrap("create-tcp-socket", |store: Store, (_,): (IpAddressFamily,)| denied::<TcpSocket>(store, 0))?;
    let mut sockets = linker.instance(&versioned("wasi:sockets/udp-create-socket"))?;
    sockets.func_wrap("create-udp-socket", |store: Store, (_,): (IpAddressFamily,)| denied::<UdpSocket>(store, 0))?;
    let mut lookup = linker.instance(&versioned("wasi:sockets/ip-name-lookup"))?;
    lookup.func_wrap("resolve-addresses", |store: Store, (_, name): (Resource<Network>, String)| {
        denied::<ResolveAddressStream>(store, name.len())
    })
}

fn none<T: Default>(mut store: StoreContextMut<'_, State>) -> wasmtime::Result<(T,)> {
    store.data_mut().charge(0)?;
    Ok((T::default(),))
}

/// What the answer of a call to the network looks like.
type Answer<T> = Result<Resource<T>, ErrorCode>;

fn denied<T>(mut store: StoreContextMut<'_, State>, bytes: usize) -> wasmtime::Result<(Answer<T>,)> {
    store.data_mut().charge(bytes)?;
    Ok((Err(ErrorCode::AccessDenied),))
}
