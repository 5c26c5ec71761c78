//! Runs a command under watch: its clock is stopped and its memory measured from outside, whatever it does.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

/// How often memory is looked at. What a process had at the most is kept by the system while it lives, so only what it takes
/// in its last moments can be missed.
const GLANCE: Duration = Duration::from_millis(5);
/// The same in the first moments of a command, which may be all that there are.
const FIRST_GLANCE: Duration = Duration::from_micros(500);
const FIRST_MOMENTS: Duration = Duration::from_millis(100);

/// How a command ended.
pub struct Ended {
    /// Exit code and output.
    pub output: Output,
    /// The most memory that it and its children had at a time, in bytes. None where the system does not say.
    pub memory: Option<u64>,
    /// Whether its time was up. It and all its children are killed then.
    pub late: bool,
}

/// Runs a command to its end, or to the end of its time.
pub fn run(command: &mut Command, patience: Duration) -> io::Result<Ended> {
    let mut child = command.process_group(0).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let (stdout, stderr) = (collect(child.stdout.take()), collect(child.stderr.take()));
    let process = child.id();
    let (done, waiting) = mpsc::channel();
    thread::spawn(move || wait(child, &done));
    let (memory, ended) = watch(process, &waiting, patience);
    let late = ended.is_none();
    if let (true, Some(group)) = (late, i32::try_from(process).ok().and_then(Pid::from_raw)) {
        // It may have ended by itself in this very moment.
        match kill_process_group(group, Signal::KILL) {
            Ok(()) | Err(rustix::io::Errno::SRCH) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let status = ended.unwrap_or_else(|| waiting.recv().map_err(io::Error::other)?)?;
    let text = |reader: JoinHandle<Vec<u8>>| reader.join().unwrap_or_default();
    Ok(Ended { output: Output { status, stdout: text(stdout), stderr: text(stderr) }, memory, late })
}

type Status = io::Result<std::process::ExitStatus>;

fn wait(mut child: Child, done: &Sender<Status>) {
    let _ = done.send(child.wait()); // nobody listens only if the test itself has failed
}

fn collect(stream: Option<impl Read + Send + 'static>) -> JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut stream) = stream {
            let _ = stream.read_to_end(&mut bytes); // what was read until then is shown
        }
        bytes
    })
}

/// Looks at a process until it ends or its time is up.
fn watch(process: u32, waiting: &Receiver<Status>, patience: Duration) -> (Option<u64>, Option<Status>) {
    let began = Instant::now();
    let mut known = BTreeSet::from([process]);
    let mut most = None;
    while began.elapsed() < patience {
        most = most.max(look(process, &mut known));
        let glance = if began.elapsed() < FIRST_MOMENTS { FIRST_GLANCE } else { GLANCE };
        match waiting.recv_timeout(glance) {
            Ok(status) => return (most, Some(status)),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    (most, None)
}

/// The memory of a process and its children now, in bytes. A child counts once it has been seen twice: until it is a program
/// of its own it shares the memory of its parent.
fn look(process: u32, known: &mut BTreeSet<u32>) -> Option<u64> {
    let mut family = vec![process];
    let mut place = 0;
    while let Some(parent) = family.get(place) {
        let threads = fs::read_dir(format!("/proc/{parent}/task")).into_iter().flatten().flatten();
        let children: Vec<String> =
            threads.filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok()).collect();
        family.extend(children.iter().flat_map(|line| line.split_whitespace()).filter_map(|id| id.parse::<u32>().ok()));
        place += 1;
    }
    let sum = family.iter().filter(|process| known.contains(process)).filter_map(|process| peak(*process)).sum();
    known.extend(family);
    Some(sum).filter(|sum| *sum > 0)
}

/// The most memory that a process ever had, in bytes.
fn peak(process: u32) -> Option<u64> {
    let status = fs::read_to_string(Path::new("/proc").join(process.to_string()).join("status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? << 10)
}
