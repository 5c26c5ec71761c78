//! From wasmtime's errors, and the host's own panics, to kinds of failure.

use std::panic::{AssertUnwindSafe, catch_unwind};

use portcullis_verdict::{Failure, FailureKind};
use wasmtime::Trap;

/// A limit or rule of ours that ended a policy from within a host call.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Exceeded {
    pub kind: FailureKind,
    pub message: String,
}

/// Does what a policy makes necessary; a panic in it costs that policy's verdict and nothing else. What the work leaves
/// half done belongs to the policy alone, and is dropped with it.
pub(crate) fn contained<T>(work: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        Err(Failure::new(
            FailureKind::Host,
            "the host panicked while it worked for this policy; please report it as a defect of Portcullis",
        ))
    })
}

/// The last line of a log that tells why the policy gave up: not what runtimes say around it.
pub(crate) fn telling(log: &[String]) -> Option<&str> {
    const AROUND: [&str; 4] = [
        "note: run with `RUST_BACKTRACE",
        "Python function threw an unexpected exception",
        "thread '",
        "stack backtrace:",
    ];
    let words = |line: &str| {
        // The log's own level, which stands before what was said.
        let said = ["debug: ", "info: ", "warn: "].iter().find_map(|level| line.strip_prefix(level)).unwrap_or(line);
        !said.trim().is_empty() && !AROUND.iter().any(|around| said.trim_start().starts_with(around))
    };
    let last = log.iter().rev().map(String::as_str).find(|line| words(line));
    last.or_else(|| log.last().map(String::as_str))
}

/// What an error of instantiating or calling a policy means. `refused` says that growth of a memory or table was
/// refused before it, `last_line` is the last thing the policy logged: often its own word on why it gave up.
pub(crate) fn of_call(error: &wasmtime::Error, refused: bool, last_line: Option<&str>) -> Failure {
    if let Some(exceeded) = error.downcast_ref::<Exceeded>() {
        return Failure::new(exceeded.kind, exceeded.message.clone());
    }
    if let Some(trap) = error.downcast_ref::<Trap>() {
        return of_trap(*trap, refused, last_line);
    }
    let text = format!("{error:#}");
    // wasmtime keeps the types of these errors to itself: the message is all there is to tell them by.
    if text.contains("fuel allocated for hostcalls") || text.contains("hostcall fuel") {
        return Failure::new(
            FailureKind::Output,
            "what it passed to the host or returned is larger than it may be (limit: output-bytes)",
        );
    }
    if text.contains("handle") && text.contains("limit") || text.contains("table has no free keys") {
        return Failure::new(FailureKind::Memory, "it holds more resource handles than it may (limit: handles)");
    }
    if text.contains("mmap failed") || text.contains("failed to reserve") {
        return Failure::new(
            FailureKind::Host,
            format!(
                "this machine lets the host reserve too little memory to run it; free some, or raise the limit on the \
                 process's address space (ulimit -v): {}",
                one_line(error)
            ),
        );
    }
    if refused || text.contains("exceeds memory limits") || text.contains("resource limit exceeded") {
        return Failure::new(FailureKind::Memory, memory_message());
    }
    if let Some(exit) = error.downcast_ref::<wasmtime_wasi::I32Exit>() {
        return Failure::new(FailureKind::Trap, with_line(&format!("it exited with status {}", exit.0), last_line));
    }
    Failure::new(FailureKind::Trap, with_line(&one_line(error), last_line))
}

fn of_trap(trap: Trap, refused: bool, last_line: Option<&str>) -> Failure {
    match trap {
        Trap::OutOfFuel => Failure::new(
            FailureKind::Fuel,
            "it used up its instructions; an endless loop, or raise `fuel` in its limits",
        ),
        Trap::Interrupt => Failure::new(
            FailureKind::Time,
            "it ran longer than it may by the clock; raise `time` in its limits if this machine is merely slow",
        ),
        Trap::StackOverflow => Failure::new(FailureKind::Stack, "its call stack went too deep: endless recursion?"),
        _ if refused => Failure::new(FailureKind::Memory, with_line(&memory_message(), last_line)),
        trap => {
            let often = match trap {
                Trap::UnreachableCodeReached => " (a panic, an assertion that failed, or an exit)",
                Trap::MemoryOutOfBounds => {
                    " (a bad pointer or index; in languages that keep their stack in memory, such as C, endless recursion too)"
                }
                _ => "",
            };
            Failure::new(FailureKind::Trap, with_line(&format!("it stopped with a trap: {trap}{often}"), last_line))
        }
    }
}

fn memory_message() -> String {
    "it needs more memory than it may have; raise `memory` (or `table-elements`, `instances`) in its limits".to_owned()
}

fn with_line(message: &str, last_line: Option<&str>) -> String {
    match last_line {
        Some(line) => format!("{message}; the last it said: {line}"),
        None => message.to_owned(),
    }
}

/// The causes of an error in one line, without the guest's backtrace, which means nothing to a reader.
fn one_line(error: &wasmtime::Error) -> String {
    let causes: Vec<String> = error
        .chain()
        .map(ToString::to_string)
        .filter(|cause| !cause.starts_with("error while executing at wasm backtrace"))
        .collect();
    causes.join(": ").replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_that_tells_is_not_what_runtimes_say_around_it() {
        let telling = |log: &[&str]| {
            let log: Vec<String> = log.iter().map(|line| (*line).to_owned()).collect();
            super::telling(&log).map(str::to_owned)
        };
        let python = [
            "stderr: Traceback (most recent call last):",
            "IndexError: list index out of range",
            "warn: thread '<unnamed>' (1) panicked at src/lib.rs:1:1:",
            "Python function threw an unexpected exception",
            "",
            "note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace",
        ];
        assert_eq!(telling(&python).as_deref(), Some("IndexError: list index out of range"));
        assert_eq!(
            telling(&["warn: note: run with `RUST_BACKTRACE=1`"]).as_deref(),
            Some("warn: note: run with `RUST_BACKTRACE=1`")
        );
        assert_eq!(telling(&[]), None);
    }

    #[test]
    fn memory_that_the_machine_lacks_is_no_trap() {
        let kind = |text: &'static str| of_call(&wasmtime::format_err!("{text}"), false, None).kind;
        assert_eq!(kind("mmap failed to reserve 0x110000000 bytes"), FailureKind::Host);
        assert_eq!(kind("something else"), FailureKind::Trap);
    }

    #[test]
    fn a_panic_is_the_policys_failure() {
        let places: [u8; 0] = [];
        let failure = contained(|| Ok(places[std::hint::black_box(1)])).unwrap_err();
        assert_eq!(failure.kind, FailureKind::Host);
        assert_eq!(contained(|| Ok(1)), Ok(1));
    }
}
