//! Random numbers from the run's seed, so many at once.

use portcullis_verdict::FailureKind;
use wasmtime::StoreContextMut;
use wasmtime::component::Linker;

use super::versioned;
use crate::failure::Exceeded;
use crate::random::Generator;
use crate::state::State;

/// Most bytes that one call draws: they are made in the host's memory before they are the policy's.
const MOST: u64 = 1 << 16;

/// What a policy draws from.
pub(crate) struct Sources {
    secure: Generator,
    insecure: Generator,
    seed: u64,
}

impl Sources {
    /// The sources under a seed.
    pub fn new(seed: u64) -> Self {
        Self { secure: Generator::new(seed, 0), insecure: Generator::new(seed, 1), seed }
    }
}

/// Shadows the three interfaces.
pub(super) fn link(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    fn secure(sources: &mut Sources) -> &mut Generator {
        &mut sources.secure
    }
    fn insecure(sources: &mut Sources) -> &mut Generator {
        &mut sources.insecure
    }
    for (interface, bytes, number, source) in [
        ("wasi:random/random", "get-random-bytes", "get-random-u64", secure as fn(&mut Sources) -> &mut Generator),
        ("wasi:random/insecure", "get-insecure-random-bytes", "get-insecure-random-u64", insecure),
    ] {
        let mut random = linker.instance(&versioned(interface))?;
        random.func_wrap(bytes, move |store: StoreContextMut<'_, State>, (length,): (u64,)| {
            Ok((draw(store, source, length)?,))
        })?;
        random.func_wrap(number, move |store: StoreContextMut<'_, State>, (): ()| {
            let bytes = draw(store, source, 8)?;
            Ok((bytes.iter().rev().fold(0_u64, |number, byte| number << 8 | u64::from(*byte)),))
        })?;
    }
    let mut seed = linker.instance(&versioned("wasi:random/insecure-seed"))?;
    seed.func_wrap("insecure-seed", |mut store: StoreContextMut<'_, State>, (): ()| {
        store.data_mut().charge(16)?;
        Ok(((store.data().random.seed, 0_u64),))
    })
}

fn draw(
    mut store: StoreContextMut<'_, State>,
    source: fn(&mut Sources) -> &mut Generator,
    length: u64,
) -> wasmtime::Result<Vec<u8>> {
    if length > MOST {
        let message = format!("it asks for {length} random bytes in one call; it may ask for {MOST}");
        return Err(Exceeded { kind: FailureKind::HostCalls, message }.into());
    }
    let mut bytes = vec![0; length as usize];
    let state = store.data_mut();
    state.charge(bytes.len())?;
    source(&mut state.random).fill(&mut bytes);
    Ok(bytes)
}
