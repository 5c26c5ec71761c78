//! Metrics of predicted classes and of their scores.
//!
//! Classes are codes `0..k`. Everything that depends only on which class was taken for which comes from a
//! [`Confusion`]; what depends on scores comes from [`log_losses`], [`brier_losses`], [`crate::Ranking`] and
//! [`crate::Reliability`].

mod averages;
mod confusion;
mod scores;

pub use averages::{Average, Part};
pub use confusion::{Cells, Confusion};
pub use scores::{brier_losses, brier_losses_binary, log_losses};
