//! What must hold whatever bytes come: the bodies of the fuzz targets in `fuzz/`.
//!
//! A target hands its bytes to the function of its name, which panics where a promise is broken. They stand here so that
//! an ordinary test can replay the corpus, without a fuzzer and on the compiler that everything is built with.

mod configuration;
mod lock;
mod report;
mod texts;

#[cfg(feature = "sandbox")]
mod component;
#[cfg(feature = "data")]
mod data;
#[cfg(feature = "learn")]
mod model;
#[cfg(feature = "data")]
mod query;

#[cfg(feature = "sandbox")]
pub use component::component;
pub use configuration::configuration;
#[cfg(feature = "data")]
pub use data::data;
pub use lock::lock;
#[cfg(feature = "learn")]
pub use model::model;
#[cfg(feature = "data")]
pub use query::query;
pub use report::report;

/// A target by its name.
pub type Target = (&'static str, fn(&[u8]));

/// Every target that was built.
pub const TARGETS: &[Target] = &[
    #[cfg(feature = "sandbox")]
    ("component", component),
    ("configuration", configuration),
    #[cfg(feature = "data")]
    ("data", data),
    ("lock", lock),
    #[cfg(feature = "learn")]
    ("model", model),
    #[cfg(feature = "data")]
    ("query", query),
    ("report", report),
];

/// The repository, whose policies a configuration may name.
const REPOSITORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
