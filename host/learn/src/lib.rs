//! Train, predict, save, load.
//!
//! [`train`] learns an encoding of raw columns and a model on top of it; [`Model::predict`] takes raw columns again.
//! Logistic regression, naive Bayes, linear regression and the elastic net are fitted by linfa, trees by [`trees`].
//! What was learnt is kept in structures of our own, so that a model's file is the same bytes whenever it is trained on
//! the same data with the same settings on the same platform, whatever the number of threads.

mod encode;
mod error;
mod family;
mod file;
mod methods;
mod model;
mod parameters;
mod predict;
mod provenance;
mod train;
pub mod trees;

pub use error::LearnError;
pub use family::Family;
pub use file::{FORMAT_VERSION, ModelFileError};
pub use model::{Coefficients, Model};
pub use parameters::{Accepts, Fallback, ParameterSpec, Parameters, Settings, describe};
pub use predict::Predictions;
pub use provenance::{CODE_SHA256, Provenance};
pub use train::{train, train_watched};
