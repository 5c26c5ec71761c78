//! The other side: the process that holds a command.

use std::ffi::{OsStr, OsString};
use std::io;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Instant;

use rustix::process::{Pid, Signal, WaitOptions};

use super::{GRACE, NOT_FOUND, POLL, offspring};

/// Runs a command, and ends as it ends: with its exit code, or by its signal. What it started has ended by then too.
pub(super) fn hold(program: &OsStr, arguments: &[OsString]) -> io::Result<i32> {
    static ENDING: AtomicBool = AtomicBool::new(false);

    let mut command = Command::new(program);
    offspring::prepare(command.args(arguments).stdin(Stdio::null()));
    let leader = Pid::from_child(&command.spawn()?);
    let watch = thread::spawn(move || {
        let _ = io::copy(&mut io::stdin(), &mut io::sink());
        ENDING.store(true, Ordering::SeqCst);
        end(leader);
    });
    let (code, signal) = wait_for(leader)?;
    if ENDING.load(Ordering::SeqCst) {
        let _ = watch.join();
    } else {
        end(leader);
    }
    Ok(match (code, signal) {
        (Some(code), _) => code,
        (None, Some(signal)) => {
            imitate(signal);
            128 + signal
        }
        (None, None) => NOT_FOUND,
    })
}

/// Waits for the command's end, and takes note of that of every other process which was left to this one meanwhile. Tells
/// the exit code, or the signal.
fn wait_for(leader: Pid) -> io::Result<(Option<i32>, Option<i32>)> {
    loop {
        match rustix::process::wait(WaitOptions::empty()) {
            Ok(Some((pid, status))) if pid == leader => return Ok((status.exit_status(), status.terminating_signal())),
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// Asks what a command left to end, and makes it end where it does not in time.
fn end(command: Pid) {
    let started = Instant::now();
    offspring::signal(command, Signal::TERM);
    while offspring::any_runs(command) {
        if started.elapsed() > GRACE {
            offspring::signal(command, Signal::KILL);
        }
        if started.elapsed() > 2 * GRACE {
            return; // what cannot be ended is not waited for
        }
        thread::sleep(POLL);
    }
}

/// Ends this process by the signal that ended the command, so that whoever waits sees it; leaves no dump behind.
fn imitate(signal: i32) {
    use rustix::process::{Resource, Rlimit, getpid, kill_process, setrlimit};
    if let Some(signal) = Signal::from_named_raw(signal) {
        let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
        // Twice: what Rust does at the first of some signals is to take its own handler away.
        for _ in 0..2 {
            let _ = kill_process(getpid(), signal);
            thread::sleep(POLL);
        }
    }
}
