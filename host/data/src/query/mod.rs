//! Questions in SQL about tables, answered where they can be stopped.
//!
//! A statement comes from somebody who is not trusted, and no limit within this process would hold against it. So it is
//! answered by a process of its own: [`ask`] speaks to it, [`serve`] is what it does. The two talk over pipes. The process
//! is told the statement and which columns there are, answers with those that the statement reads, is sent their values
//! and nothing else, and answers.
//!
//! The engine is `SQLite`, held to one `SELECT` over these tables and to functions from a list ([`functions`]), with a
//! count of its steps and a bound on its memory. It runs on one thread and its answers are the same every time.

mod answer;
mod child;
mod functions;
mod parent;
mod permit;
mod values;
mod wire;

pub use child::serve;
pub use functions::FUNCTIONS;
pub use parent::{Answered, Question, Refused, Stopped, ask};

/// The name of this job.
pub const JOB: &str = "query";

#[cfg(test)]
mod tests;
