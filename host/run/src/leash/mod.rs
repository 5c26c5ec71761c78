//! A process between this program and a command that it starts, so that nothing of the command outlives the program.
//!
//! The one between holds the other end of a pipe: where that closes, whether this program closed it or was ended by anything at
//! all, the command and whatever it started are asked to end and then made to. So is what the command leaves behind when it
//! ends by itself.

#[cfg(unix)]
mod held;
#[cfg(unix)]
mod offspring;

use std::ffi::OsString;
use std::io;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use portcullis_sandbox::worker::Worker;

/// The subcommand behind [`leash`].
const SUBCOMMAND: &str = "leash";

/// What a process ends with that was to become a command which is not there; shells say the same.
pub const NOT_FOUND: i32 = 127;

/// How long who was asked to end may take, before it is made to.
const GRACE: Duration = Duration::from_secs(2);
/// How often that is looked at meanwhile.
const POLL: Duration = Duration::from_millis(20);

/// A command that was started, with all that it starts itself.
pub(crate) struct Leashed {
    child: Child,
}

impl Leashed {
    /// Starts a command; with a worker, so that it does not outlive this process where the system allows that.
    pub fn start(
        worker: Option<&Worker>,
        program: &str,
        arguments: &[String],
        set: impl FnOnce(&mut Command),
    ) -> io::Result<Self> {
        let mut command = if let Some(worker) = worker.filter(|_| cfg!(unix)) {
            let mut command = worker.command(SUBCOMMAND);
            command.arg("--").arg(program).stdin(Stdio::piped());
            command
        } else {
            let mut command = Command::new(program);
            command.stdin(Stdio::null());
            command
        };
        set(command.args(arguments));
        alone(&mut command);
        Ok(Self { child: command.spawn()? })
    }

    /// The process to wait for.
    pub fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// Ends the command and all that it started.
    pub fn end(mut self) {
        // Without a process between, there is no pipe.
        if self.child.stdin.take().is_some() {
            let patience = Instant::now() + 3 * GRACE;
            while Instant::now() < patience {
                if !matches!(self.child.try_wait(), Ok(None)) {
                    return;
                }
                thread::sleep(POLL);
            }
        }
        #[cfg(unix)]
        let _ = rustix::process::kill_process_group(
            rustix::process::Pid::from_child(&self.child),
            rustix::process::Signal::KILL,
        );
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a process that was started as [`Leashed`] does: runs the command, and ends as the command ends.
///
/// # Errors
/// The command cannot be started.
pub fn leash(command: &[OsString]) -> io::Result<i32> {
    let (program, arguments) = command.split_first().ok_or(io::ErrorKind::InvalidInput)?;
    #[cfg(unix)]
    return held::hold(program, arguments);
    #[cfg(not(unix))]
    {
        let _ = (program, arguments);
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// Makes a command the head of a group of processes.
fn alone(command: &mut Command) {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    #[cfg(not(unix))]
    let _ = command;
}
