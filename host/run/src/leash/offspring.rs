//! What a command started: on Linux every process that descends from it, elsewhere its group.
//!
//! On Linux the command stays in the group of whoever asked for it, so that it may use the terminal, and Ctrl-C and Ctrl-Z reach
//! it; descendants are found by their parents, and those that lost theirs are left to this process.

use std::process::Command;

use rustix::process::{Pid, Signal};

/// Sets a command up, before it is started.
#[cfg(target_os = "linux")]
pub(super) fn prepare(command: &mut Command) {
    use std::os::unix::process::CommandExt as _;
    let _ = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
    let group = rustix::process::getppid().and_then(|parent| rustix::process::getpgid(Some(parent)).ok());
    if let Some(group) = group {
        command.process_group(group.as_raw_nonzero().get());
    }
}

/// Sends a signal to the command and all that it started.
#[cfg(target_os = "linux")]
pub(super) fn signal(_: Pid, signal: Signal) {
    for pid in descendants() {
        let _ = rustix::process::kill_process(pid, signal);
    }
}

/// Whether any of them still runs.
#[cfg(target_os = "linux")]
pub(super) fn any_runs(_: Pid) -> bool {
    !descendants().is_empty()
}

/// The processes below this one that have not ended.
#[cfg(target_os = "linux")]
fn descendants() -> Vec<Pid> {
    let processes: Vec<(i32, i32)> = std::fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let pid = entry.file_name().to_str()?.parse().ok()?;
            parent(&std::fs::read_to_string(entry.path().join("stat")).ok()?).map(|parent| (pid, parent))
        })
        .collect();
    let mut found = vec![rustix::process::getpid().as_raw_nonzero().get()];
    let mut next = 0;
    while let Some(&above) = found.get(next) {
        found.extend(processes.iter().filter(|(_, parent)| *parent == above).map(|(pid, _)| *pid));
        next += 1;
    }
    found.into_iter().skip(1).filter_map(Pid::from_raw).collect()
}

/// The parent of a process, from its line in `/proc/PID/stat`; none if it has ended.
#[cfg(target_os = "linux")]
fn parent(stat: &str) -> Option<i32> {
    // `PID (NAME) STATE PARENT …`, where a name may hold anything.
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_ascii_whitespace();
    let state = fields.next()?;
    let parent = fields.next()?.parse().ok()?;
    (state != "Z" && state != "X").then_some(parent)
}

/// Sets a command up, before it is started.
#[cfg(not(target_os = "linux"))]
pub(super) fn prepare(command: &mut Command) {
    std::os::unix::process::CommandExt::process_group(command, 0);
}

/// Sends a signal to the command and all that it started.
#[cfg(not(target_os = "linux"))]
pub(super) fn signal(command: Pid, signal: Signal) {
    let _ = rustix::process::kill_process_group(command, signal);
}

/// Whether any of them still runs.
#[cfg(not(target_os = "linux"))]
pub(super) fn any_runs(command: Pid) -> bool {
    rustix::process::test_kill_process_group(command).is_ok()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_known_by_its_parent_whatever_it_is_called() {
        assert_eq!(parent("12 (sh) S 7 12 12 0"), Some(7));
        assert_eq!(parent("12 (a) Z 1 (b) R 9 12"), Some(9));
        assert_eq!(parent("12 (sh) Z 7 12 12 0"), None);
        assert_eq!(parent("12"), None);
    }

    #[test]
    fn children_of_children_are_found_until_they_end() {
        let mut child = Command::new("sh").args(["-c", "sleep 2 & wait"]).spawn().unwrap();
        let below = |pid: Pid| descendants().contains(&pid);
        assert!(below(Pid::from_child(&child)));
        while descendants().len() < 2 {
            std::thread::yield_now(); // its own child is still to come
        }
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(!below(Pid::from_child(&child)));
    }
}
