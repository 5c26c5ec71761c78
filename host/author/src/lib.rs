//! What authors of policies need: a folder to begin with, a build, cases to test with, a page about the policy.
//!
//! [`template`] makes the folder of a new policy from the examples of each language, which stand under `plugins/languages`
//! and are part of this program; [`build`] runs a language's own toolchain and makes a component of what comes out;
//! [`case`] lets a policy judge data, or what an earlier run recorded, and compares; [`page`] writes its documentation.
//!
//! Everything about one language is in one file under `toolchain/`.

pub mod build;
pub mod case;
mod component;
mod contract;
mod error;
mod files;
mod language;
mod manifest;
mod measure;
mod name;
pub mod page;
mod parameters;
mod segments;
pub mod template;
mod toolchain;

pub use error::AuthorError;
pub use language::Language;
pub use manifest::{MANIFEST, Manifest, kind};
pub use measure::{Measured, Spread, measure};
pub use parameters::{Parameter, parameters};
