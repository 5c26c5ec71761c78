//! The `portcullis` command: arguments → calls → exit code.
//!
//! The only place that prints and the only one that ends the process.

mod arguments;
mod commands;
mod output;
mod progress;
mod shell;
mod status;

use std::process::ExitCode;

use clap::Parser;

use crate::arguments::Arguments;
use crate::status::Status;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are results, anything else is the user's input being wrong: clap's codes are ours.
            let _ = error.print();
            return if error.use_stderr() { Status::Input.into() } else { Status::Passed.into() };
        }
    };
    match commands::run(&arguments) {
        Ok(status) => status.into(),
        Err(error) if output::is_broken_pipe(&error) => Status::Passed.into(), // `portcullis … | head` is a normal end
        Err(error) => {
            output::error(&error, arguments.global.color);
            Status::of(&error).into()
        }
    }
}
