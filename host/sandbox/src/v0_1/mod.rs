//! Contract 0.1: the adapter that turns its types into the host's own at the edge.

mod bindings;
mod data;
mod judgement;
mod metrics;
mod parameters;
mod predictor;
#[cfg(test)]
mod pretend;
mod reader;
mod rows;
mod slices;
#[cfg(test)]
mod tests;

use wasmtime::component::{HasSelf, Linker};

use bindings::portcullis::{data as data_package, model, policy};

use crate::state::State;

pub(crate) use bindings::portcullis::policy::types::{Description, Judgement};
pub(crate) use judgement::judgement;

/// Links every interface of the contract. What a policy may use of it was decided before it got here.
pub(crate) fn link(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    data_package::dataset::add_to_linker::<_, HasSelf<_>>(linker, |state| state)?;
    link_all_but_dataset(linker)
}

/// Apart, because tests put another version of `dataset` in its place.
fn link_all_but_dataset(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    policy::types::add_to_linker::<_, HasSelf<_>>(linker, |state| state)?;
    policy::parameters::add_to_linker::<_, HasSelf<_>>(linker, |state| state)?;
    policy::log::add_to_linker::<_, HasSelf<_>>(linker, |state| state)?;
    data_package::answers::add_to_linker::<_, HasSelf<_>>(linker, |state| state)?;
    data_package::rows::add_to_linker::<_, HasSelf<_>>(linker, |state| state)?;
    data_package::sql::add_to_linker::<_, HasSelf<_>>(linker, |state| state)?;
    model::metrics::add_to_linker::<_, HasSelf<_>>(linker, |state| state)?;
    model::predictor::add_to_linker::<_, HasSelf<_>>(linker, |state| state)?;
    model::predictions::add_to_linker::<_, HasSelf<_>>(linker, |state| state)
}
