//! Runs policies.
//!
//! The only crate that touches wasmtime. It asks for its data through the traits in [`ports`], which speak plain types,
//! so it builds, tests and fuzzes without a table or a model. Grants are enforced here, once, in front of those traits;
//! limits are on by default and nobody outside meets an epoch or a unit of fuel.
//!
//! [`ComponentFile`] is a file with what it says of itself, [`Sandbox::load`] turns one into a [`Policy`], [`Policy::describe`] asks what it is, [`Policy::parameters`] holds
//! the user's parameters against the policy's schema, and [`Policy::judge`] runs it.

mod cache;
mod capability;
mod compile;
mod engine;
mod failure;
mod file;
mod foreign;
mod grant;
mod imports;
mod inspect;
mod limits;
mod parameters;
mod policy;
mod pool;
pub mod ports;
mod producers;
mod random;
mod sandbox;
mod scan;
mod state;
mod v0_1;
mod wasi;
pub mod worker;

#[cfg(test)]
extern crate self as portcullis_sandbox; // so that the tests of all kinds share a world
#[cfg(test)]
#[path = "../tests/world/mod.rs"]
mod world;

pub use cache::Cache;
pub use capability::{CONTRACTS, Capability, grantable, granting as capability_of};
pub use compile::{JOB as COMPILE_JOB, serve as compile_job};
pub use file::ComponentFile;
pub use grant::Grant;
pub use imports::{Access, Import};
pub use inspect::{Inspection, inspect};
pub use limits::Limits;
pub use parameters::{Formatted, ParameterError};
pub use policy::{Description, Judged, Policy, Request};
pub use producers::Producer;
pub use sandbox::Sandbox;
