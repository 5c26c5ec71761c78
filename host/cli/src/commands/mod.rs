//! One file for each subcommand, or family of them.

mod cache;
mod config;
mod init;
mod judge;
mod lock;
mod policy;
mod report;
mod schema;
mod stock;

use portcullis_project::{CONFIGURATION, Overrides, Project};
use portcullis_run::Steps;

use crate::arguments::{Arguments, Command, Global};
use crate::output;
use crate::status::Status;

/// Does what was asked for.
pub fn run(arguments: &Arguments) -> anyhow::Result<Status> {
    let global = &arguments.global;
    match &arguments.command {
        Command::Init(init) => init::run(global, init),
        Command::Check(check) => {
            judge::run(global, &check.judge, &judge::Wish::of(Steps::Check).judging(&check.judging))
        }
        Command::Train(judge) => judge::run(global, judge, &judge::Wish::of(Steps::Train)),
        Command::Evaluate(evaluate) => judge::run(global, &evaluate.judge, &judge::Wish::on(Steps::Evaluate, evaluate)),
        Command::Gate(gate) => {
            let wish = judge::Wish::on(Steps::Gate, &gate.evaluate).judging(&gate.judging);
            judge::run(global, &gate.evaluate.judge, &wish)
        }
        Command::Run(run) => {
            let wish = judge::Wish { keep_going: run.keep_going, ..judge::Wish::of(Steps::Run) };
            judge::run(global, &run.judge, &wish.judging(&run.judging))
        }
        Command::Lock(lock) => lock::run(global, lock),
        Command::Policy(policy) => policy::run(global, policy),
        Command::Schema(schema) => schema::run(global, schema),
        Command::Report(report) => report::run(global, report),
        Command::Config => config::run(global),
        Command::Worker(worker) => {
            portcullis_run::work(&worker.job, &worker.memory, &worker.seconds)?;
            Ok(Status::Passed)
        }
        Command::Leash { command } => {
            let code = portcullis_run::leash(command).unwrap_or_else(|error| {
                let command = command.first().map(|command| command.to_string_lossy()).unwrap_or_default();
                output::complain(&format!("`{command}` cannot be started: {error}"));
                portcullis_run::NOT_FOUND
            });
            Ok(Status::Held(code as u8))
        }
    }
}

/// The project that the flags name, with settings from flags and environment over those of its file.
fn project(global: &Global) -> anyhow::Result<Project> {
    let overrides = Overrides::from_process(global.settings.clone());
    let place = global.project.join(&global.config);
    if global.config.as_os_str() != CONFIGURATION && !place.is_file() {
        anyhow::bail!("--config: there is no file {}", place.display());
    }
    Ok(Project::load_from(&global.project, &global.config, &overrides)?)
}
