//! `policy`: a family of subcommands about single policies.

mod inspect;
mod json;
mod parameters;
mod text;

use crate::arguments::{Global, Policy, PolicyCommand};
use crate::status::Status;

pub fn run(global: &Global, policy: &Policy) -> anyhow::Result<Status> {
    match &policy.command {
        PolicyCommand::Inspect(inspect) => inspect::run(global, inspect),
    }
}
