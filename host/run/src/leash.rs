//! A process between this program and a command that it starts, so that nothing of the command outlives the program.
//!
//! The command and whatever it starts are a group of processes. The one between holds the other end of a pipe: where that
//! closes, whether this program closed it or was ended by anything at all, the group is asked to end and then made to.

use std::ffi::{OsStr, OsString};
use std::io;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use portcullis_sandbox::worker::Worker;

/// The subcommand behind [`leash`].
const SUBCOMMAND: &str = "leash";

/// What a process ends with that was to become a command which is not there; shells say the same.
pub const NOT_FOUND: i32 = 127;

/// How long a group that was asked to end may take, before it is made to.
const GRACE: Duration = Duration::from_secs(2);
/// How often it is looked at meanwhile.
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
        // Without a process between, there is no pipe, and the group is the child's own.
        if self.child.stdin.take().is_some() {
            let patience = Instant::now() + 2 * GRACE;
            while Instant::now() < patience {
                if !matches!(self.child.try_wait(), Ok(None)) {
                    return;
                }
                thread::sleep(POLL);
            }
        }
        #[cfg(unix)]
        let _ = rustix::process::kill_process_group(group(&self.child), rustix::process::Signal::KILL);
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
    hold(program, arguments)
}

#[cfg(unix)]
fn hold(program: &OsStr, arguments: &[OsString]) -> io::Result<i32> {
    use std::os::unix::process::ExitStatusExt as _;
    use std::sync::atomic::{AtomicBool, Ordering};

    static ENDING: AtomicBool = AtomicBool::new(false);

    let mut command = Command::new(program);
    alone(command.args(arguments).stdin(Stdio::null()));
    let mut child = command.spawn()?;
    let group = group(&child);
    let watch = thread::spawn(move || {
        let _ = io::copy(&mut io::stdin(), &mut io::sink());
        ENDING.store(true, Ordering::SeqCst);
        end(group);
    });
    let status = child.wait()?;
    if ENDING.load(Ordering::SeqCst) {
        let _ = watch.join(); // the command has ended, but what it started may not have
    }
    Ok(match (status.code(), status.signal()) {
        (Some(code), _) => code,
        (None, Some(signal)) => {
            imitate(signal);
            128 + signal
        }
        (None, None) => NOT_FOUND,
    })
}

#[cfg(not(unix))]
fn hold(_: &OsStr, _: &[OsString]) -> io::Result<i32> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Makes a command the head of a group of processes.
fn alone(command: &mut Command) {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    #[cfg(not(unix))]
    let _ = command;
}

/// The group that a child is the head of.
#[cfg(unix)]
fn group(child: &Child) -> rustix::process::Pid {
    rustix::process::Pid::from_child(child)
}

/// Asks a group to end, and makes it end where it does not in time.
#[cfg(unix)]
fn end(group: rustix::process::Pid) {
    use rustix::process::{Signal, kill_process_group, test_kill_process_group};
    let _ = kill_process_group(group, Signal::TERM);
    let patience = Instant::now() + GRACE;
    while test_kill_process_group(group).is_ok() && Instant::now() < patience {
        thread::sleep(POLL);
    }
    let _ = kill_process_group(group, Signal::KILL);
}

/// Ends this process by the signal that ended the command, so that whoever waits sees it; leaves no dump behind.
#[cfg(unix)]
fn imitate(signal: i32) {
    use rustix::process::{Resource, Rlimit, Signal, getpid, kill_process, setrlimit};
    if let Some(signal) = Signal::from_named_raw(signal) {
        let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
        // Twice: what Rust does at the first of some signals is to take its own handler away.
        for _ in 0..2 {
            let _ = kill_process(getpid(), signal);
            thread::sleep(POLL);
        }
    }
}
