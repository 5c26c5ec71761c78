//! How the process ends.

use std::process::ExitCode;

use portcullis_verdict::{Failure, Verdict};

/// Exit codes: the same for every format and subcommand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// 0: nothing blocked.
    Passed,
    /// 1: a policy blocked.
    Blocked,
    /// 2: the user's input is wrong: flags, configuration, parameters, data that cannot be read.
    Input,
    /// 3: a policy could not be evaluated.
    NotEvaluable,
    /// This process, started on behalf of another, held a command, and ends as that ended: 127 where it never started.
    Held(u8),
}

impl Status {
    /// The status that an error ends with: a sandbox that does not work is no fault of the input.
    pub fn of(error: &anyhow::Error) -> Self {
        if error.chain().any(<dyn std::error::Error>::is::<Failure>) { Self::NotEvaluable } else { Self::Input }
    }
}

impl From<Verdict> for Status {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Passed => Self::Passed,
            Verdict::Blocked => Self::Blocked,
            Verdict::NotEvaluable => Self::NotEvaluable,
        }
    }
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(match status {
            Status::Passed => 0,
            Status::Blocked => 1,
            Status::Input => 2,
            Status::NotEvaluable => 3,
            Status::Held(code) => code,
        })
    }
}
