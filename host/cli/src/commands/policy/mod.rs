//! `policy`: a family of subcommands about single policies.

mod add;
mod bench;
mod build;
mod compile;
mod doc;
mod inspect;
mod json;
mod list;
mod new;
mod test;
mod text;

use portcullis_author::AuthorError;
use portcullis_run::Worker;
use portcullis_sandbox::{Cache, Sandbox};

use crate::arguments::{Global, Policy, PolicyCommand};
use crate::commands::cache;
use crate::status::Status;

pub fn run(global: &Global, policy: &Policy) -> anyhow::Result<Status> {
    match &policy.command {
        PolicyCommand::New(new) => new::run(global, new),
        PolicyCommand::Build(build) => build::run(global, build),
        PolicyCommand::Test(test) => test::run(global, test),
        PolicyCommand::Inspect(inspect) => inspect::run(global, inspect),
        PolicyCommand::Doc(doc) => doc::run(global, doc),
        PolicyCommand::Bench(bench) => bench::run(global, bench),
        PolicyCommand::List(list) => list::run(global, list),
        PolicyCommand::Add(add) => add::run(global, add),
        PolicyCommand::Compile(compile) => compile::run(global, compile),
    }
}

pub(super) use inspect::describe;

/// A sandbox with the compile cache, which compiles in processes of their own.
pub(super) fn sandbox(global: &Global) -> anyhow::Result<Sandbox> {
    let cache = cache::usable(global, &global.project)?.as_deref().and_then(Cache::open);
    let sandbox = Sandbox::new(cache)?;
    Ok(match Worker::this() {
        Ok(worker) => sandbox.compiling_with(worker),
        Err(_) => sandbox,
    })
}

/// How a command ends that an author's folder made impossible: what was built and is no policy is as little evaluable as
/// one that a run finds, everything else is for the author to mend.
fn status(error: &AuthorError) -> Status {
    match error {
        AuthorError::NotAPolicy { .. } => Status::NotEvaluable,
        _ => Status::Input,
    }
}
