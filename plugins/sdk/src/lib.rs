//! Write a Portcullis policy in Rust.
//!
//! A policy is a type that implements [`Policy`], and one line that exports it as its kind. This is a whole gate:
//!
//! ```
//! use portcullis_policy::{Error, Finding, Judgement, Measure, Policy, metrics};
//!
//! /// Holds errors of the model to a budget.
//! struct ErrorBudget;
//!
//! #[derive(serde::Deserialize)]
//! struct Parameters {
//!     errors: f64,
//! }
//!
//! impl Policy for ErrorBudget {
//!     type Parameters = Parameters;
//!
//!     const PARAMETERS: &'static str = r#"{
//!         "type": "object",
//!         "additionalProperties": false,
//!         "properties": {
//!             "errors": { "type": "number", "minimum": 0, "default": 100, "description": "Most wrong rows." }
//!         }
//!     }"#;
//!
//!     fn judge(parameters: Parameters) -> Result<Judgement, Error> {
//!         let candidate = metrics::candidate();
//!         let wrong: f64 =
//!             candidate.confusion()?.iter().filter(|cell| cell.actual != cell.predicted).map(|cell| cell.count).sum();
//!         Ok(judge(wrong, &parameters).measure(Measure::new("errors", wrong)))
//!     }
//! }
//!
//! /// Apart from what it reads, so that a unit test can call it.
//! fn judge(wrong: f64, parameters: &Parameters) -> Judgement {
//!     if wrong <= parameters.errors {
//!         return Judgement::pass();
//!     }
//!     Judgement::from_findings(vec![
//!         Finding::error("over-budget", format!("the model is wrong on {wrong} rows"))
//!             .observed(wrong)
//!             .expected(format!("<= {}", parameters.errors)),
//!     ])
//! }
//!
//! portcullis_policy::export!(gate, ErrorBudget);
//!
//! # fn main() {
//! assert!(judge(100.0, &Parameters { errors: 100.0 }).passed());
//! assert!(!judge(101.0, &Parameters { errors: 100.0 }).passed());
//! # }
//! ```
//!
//! The policy's name, version and summary are those of its crate. `README.md` beside this crate says how it is built.

#[doc(hidden)]
pub mod bindings;
mod error;
mod judgement;
mod policy;
#[cfg(not(target_arch = "wasm32"))]
pub mod testing;
pub mod text;

pub use bindings::imports::portcullis::data::answers::Failure;
pub use bindings::imports::portcullis::policy::types::{
    Description, Finding, Judgement, Measure, NamedValue, Outcome, Severity, Subject, Value,
};
pub use error::Error;
pub use policy::Policy;
#[doc(hidden)]
pub use policy::{describe, judge};
pub use serde;

/// Aggregates of the data: [`current`](dataset::current) is what the policy judges, [`part`](dataset::part) any other
/// part of it.
pub mod dataset {
    pub use crate::bindings::imports::portcullis::data::dataset::{Column, Frequency, Table, current, part};
}

/// Values of single rows, in batches. A policy that calls [`read`](rows::read) asks for the grant `rows`.
pub mod rows {
    pub use crate::bindings::imports::portcullis::data::answers::{Reader, RecordBatch};
    pub use crate::bindings::imports::portcullis::data::rows::read;
}

/// SQL over the data, run by the host. A policy that calls [`query`](sql::query) asks for the grant `sql`.
pub mod sql {
    pub use crate::bindings::imports::portcullis::data::answers::{Reader, RecordBatch};
    pub use crate::bindings::imports::portcullis::data::sql::query;
}

/// What the models predicted, row by row. A policy that calls [`read`](predictions::read) asks for the grant
/// `predictions`.
pub mod predictions {
    pub use crate::bindings::imports::portcullis::data::answers::{Reader, RecordBatch};
    pub use crate::bindings::imports::portcullis::model::predictions::read;
}

/// Metrics of the candidate and the champion on held-out rows, alone, in slices, and one beside the other.
pub mod metrics {
    pub use crate::bindings::imports::portcullis::model::metrics::{
        Comparison, Condition, ConfusionCell, Evaluation, Interval, TestResult, candidate, champion, compare, groups,
        higher_is_better,
    };
}

/// The candidate itself, to be called with rows that the policy makes. For policies of the kind `behavior`.
pub mod predictor {
    pub use crate::bindings::imports::portcullis::model::predictor::{Batch, Input, Predictions, inputs};
}

/// Notes for whoever debugs the policy; they decide nothing.
pub mod log {
    pub use crate::bindings::imports::portcullis::policy::log::{debug, info, warn};
}

/// The user's parameters by key, for a policy that does not want them all as [`Policy::Parameters`].
pub mod parameters {
    pub use crate::bindings::imports::portcullis::policy::parameters::{
        boolean, get_boolean, get_number, get_numbers, get_text, get_texts, json, names, number, numbers, text, texts,
    };
}
