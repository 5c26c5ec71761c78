//! Work that a policy makes necessary and that nothing can stop from within, done in a process of its own: compiling a
//! component, running a query.
//!
//! The process is this program again, with other arguments. It bounds its own memory and processor time before it
//! touches anything of the policy's, is ended when its time is over, and dies with its parent. What it was doing costs the
//! policy its verdict and nobody else anything.

use std::ffi::OsString;
use std::io::{self, Read as _};
use std::path::PathBuf;
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::Mutex;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

/// The subcommand that does jobs.
pub const SUBCOMMAND: &str = "worker";

/// What lists of processes call such a process.
const NAME: &str = "portcullis";

/// How often a process that has answered is asked whether it has ended.
const POLL: Duration = Duration::from_millis(1);
/// How long a process that has answered may take to end.
const GRACE: Duration = Duration::from_secs(2);
/// Bytes of a process's complaints that are kept.
const COMPLAINTS: u64 = 4096;
/// Threads of one such process: compiling gains little from more, and each takes memory of its own.
const THREADS: usize = 4;

/// What one such process may consume.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Bytes of memory; not enforced where the system has no limit on them (outside Linux).
    pub memory: u64,
    /// Wall clock.
    pub time: Duration,
}

/// Why a process gave no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Stopped {
    /// It took longer than it may.
    #[error("it took longer than it may")]
    Time,
    /// It needed more memory than it may have.
    #[error("it needed more memory than it may have")]
    Memory,
    /// It crashed, or never started.
    #[error("{0}")]
    Crashed(String),
}

/// How to start such a process.
#[derive(Debug, Clone)]
pub struct Worker {
    program: PathBuf,
    arguments: Vec<OsString>,
}

impl Worker {
    /// A program that, called with these arguments, [`SUBCOMMAND`], a job's name, bytes of memory and seconds of processor
    /// time, does the job: [`confine`] first, then what the job is.
    pub fn new(program: PathBuf, arguments: Vec<OsString>) -> Self {
        Self { program, arguments }
    }

    /// This very program, whatever has become of its file since it was started.
    ///
    /// # Errors
    /// The system does not tell which program this is.
    pub fn this() -> io::Result<Self> {
        let program = if cfg!(target_os = "linux") { "/proc/self/exe".into() } else { std::env::current_exe()? };
        Ok(Self::new(program, Vec::new()))
    }

    /// The program with one of its subcommands, to be started by hand.
    pub fn command(&self, subcommand: &str) -> Command {
        let mut command = Command::new(&self.program);
        #[cfg(unix)]
        std::os::unix::process::CommandExt::arg0(&mut command, NAME);
        command.args(&self.arguments).arg(subcommand);
        command
    }

    /// Starts the process, talks to it, and waits for its end.
    ///
    /// # Errors
    /// The process was stopped, or the talk failed: with the reason that the process's end gives, if it gives one.
    pub fn run<T>(
        &self,
        job: &str,
        bounds: Bounds,
        talk: impl FnOnce(ChildStdin, ChildStdout) -> io::Result<T>,
    ) -> Result<T, Stopped> {
        let crashed = |error: io::Error| Stopped::Crashed(format!("a process of its own cannot be started: {error}"));
        let threads = thread::available_parallelism().map_or(1, usize::from).min(THREADS);
        // Processor time sums over threads; the wall clock is what ends a process whose parent still lives.
        let seconds = bounds.time.as_secs().saturating_add(1).saturating_mul(threads as u64);
        let mut child = self
            .command(SUBCOMMAND)
            .args([job, &bounds.memory.to_string(), &seconds.to_string()])
            .env_clear()
            .env("RAYON_NUM_THREADS", threads.to_string())
            .current_dir(if cfg!(unix) { "/" } else { "." })
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(crashed)?;
        let (Some(stdin), Some(stdout), Some(stderr)) = (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(Stopped::Crashed("its process has no pipes".to_owned()));
        };
        let deadline = Instant::now() + bounds.time;
        let child = Mutex::new(child);
        let (done, waiting) = mpsc::channel::<()>();
        let (talked, late, complaints) = thread::scope(|scope| {
            let watched = &child;
            let watchdog = scope.spawn(move || kill_at(deadline, watched, &waiting));
            let listener = scope.spawn(|| listen(stderr));
            let talked = talk(stdin, stdout);
            drop(done);
            let late = watchdog.join().unwrap_or(false);
            let status = end(&child, talked.is_ok());
            (talked, (late, status), listener.join().unwrap_or_default())
        });
        match (talked, late) {
            (_, (true, _)) => Err(Stopped::Time),
            (Ok(answer), _) => Ok(answer),
            (Err(error), (_, status)) => Err(reason(status, &complaints, &error)),
        }
    }
}

/// Ends the process at the deadline, unless the talk is over before; tells whether it did.
fn kill_at(deadline: Instant, child: &Mutex<Child>, over: &Receiver<()>) -> bool {
    let left = deadline.saturating_duration_since(Instant::now());
    if over.recv_timeout(left) != Err(RecvTimeoutError::Timeout) {
        return false;
    }
    if let Ok(mut child) = child.lock() {
        let _ = child.kill();
    }
    true
}

/// Waits for the end of a process that has nothing left to say; one that failed to answer gets no time for it.
fn end(child: &Mutex<Child>, answered: bool) -> Option<ExitStatus> {
    let mut child = child.lock().ok()?;
    let patience = Instant::now() + GRACE;
    loop {
        if let Ok(Some(status)) = child.try_wait() {
            return Some(status);
        }
        if Instant::now() > patience {
            let _ = child.kill();
            let status = child.wait().ok();
            return if answered { status } else { None };
        }
        thread::sleep(POLL);
    }
}

/// The beginning of what a process complains of; the rest is read and forgotten, so that it can go on.
fn listen(stderr: ChildStderr) -> String {
    let mut beginning = Vec::new();
    let mut limited = stderr.take(COMPLAINTS);
    let _ = limited.read_to_end(&mut beginning);
    let _ = io::copy(&mut limited.into_inner(), &mut io::sink());
    String::from_utf8_lossy(&beginning).into_owned()
}

/// What the end of a process says of why it gave no answer.
fn reason(status: Option<ExitStatus>, complaints: &str, error: &io::Error) -> Stopped {
    // Rust's own words where memory cannot be had.
    if complaints.contains("memory allocation of") || complaints.contains("Cannot allocate memory") {
        return Stopped::Memory;
    }
    #[cfg(unix)]
    if let Some(signal) = status.and_then(|status| std::os::unix::process::ExitStatusExt::signal(&status)) {
        return match rustix::process::Signal::from_named_raw(signal) {
            Some(rustix::process::Signal::XCPU) => Stopped::Time,
            Some(rustix::process::Signal::KILL) => Stopped::Memory, // the system's own last resort
            _ => Stopped::Crashed(format!("its process was ended by signal {signal}{}", said(complaints))),
        };
    }
    match status {
        Some(status) if !status.success() => {
            Stopped::Crashed(format!("its process ended with {status}{}", said(complaints)))
        }
        _ => Stopped::Crashed(format!("its process gave no answer: {error}{}", said(complaints))),
    }
}

fn said(complaints: &str) -> String {
    let first = complaints.lines().find(|line| !line.trim().is_empty());
    first.map(|line| format!(" ({line})")).unwrap_or_default()
}

/// Bounds this process, which was started to do one job: bytes of memory, seconds of processor time, no files written, no
/// dump of its memory, and no life beyond its parent's.
///
/// # Errors
/// The system refuses, or the arguments are none.
pub fn confine(memory: &str, seconds: &str) -> io::Result<()> {
    let number = |text: &str| {
        text.parse::<u64>().map_err(|_| io::Error::new(io::ErrorKind::InvalidInput, format!("`{text}` is no number")))
    };
    let (memory, seconds) = (number(memory)?, number(seconds)?);
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let hold = |resource, most| setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) });
        hold(Resource::Cpu, seconds)?;
        hold(Resource::Core, 0)?;
        hold(Resource::Fsize, 0)?;
        #[cfg(target_os = "linux")]
        {
            hold(Resource::Data, memory)?;
            rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL))?;
        }
    }
    #[cfg(not(target_os = "linux"))]
    let _ = (memory, seconds);
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::io::Write as _;

    /// A stand-in that gets the subcommand as `$0` and the job's arguments as `$1`, `$2`, `$3`.
    fn shell(script: &str) -> Worker {
        Worker::new("/bin/sh".into(), vec!["-c".into(), script.into()])
    }

    fn bounds(milliseconds: u64) -> Bounds {
        Bounds { memory: 1 << 30, time: Duration::from_millis(milliseconds) }
    }

    fn read(stdin: ChildStdin, mut stdout: ChildStdout) -> io::Result<String> {
        drop(stdin);
        let mut text = String::new();
        stdout.read_to_string(&mut text)?;
        if text.is_empty() { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(text) }
    }

    #[test]
    fn a_job_is_told_its_bounds_and_nothing_of_the_environment() {
        let said = shell("echo $0 $1 $2 $3 ${HOME:-none}").run("compile", bounds(20_000), read).unwrap();
        assert!(said.starts_with("worker compile 1073741824 ") && said.ends_with(" none\n"), "{said}");
        let echoed = shell("cat").run("x", bounds(20_000), |mut stdin, stdout| {
            stdin.write_all(b"hello")?;
            read(stdin, stdout)
        });
        assert_eq!(echoed, Ok("hello".to_owned()));
    }

    #[test]
    fn a_job_ends_with_its_time() {
        let started = Instant::now();
        assert_eq!(shell("exec sleep 600").run("x", bounds(50), read), Err(Stopped::Time));
        assert!(started.elapsed() < Duration::from_mins(1), "it was killed, not waited for");
    }

    #[test]
    fn the_way_a_job_ends_tells_why() {
        let of = |script: &str| shell(script).run("x", bounds(20_000), read).unwrap_err();
        assert_eq!(of("echo 'memory allocation of 64 bytes failed' >&2; kill -ABRT $$"), Stopped::Memory);
        assert_eq!(of("kill -XCPU $$"), Stopped::Time);
        let Stopped::Crashed(panicked) = of("echo 'thread main panicked' >&2; exit 101") else { panic!("a crash") };
        assert!(panicked.contains("101") && panicked.contains("panicked"), "{panicked}");
        let Stopped::Crashed(absent) =
            Worker::new("/no/such/program".into(), vec![]).run("x", bounds(20_000), read).unwrap_err()
        else {
            panic!("a crash")
        };
        assert!(absent.contains("cannot be started"), "{absent}");
    }

    #[test]
    fn complaints_without_end_are_no_reason_to_hang() {
        let said = shell("yes | head -c 3000000 >&2; echo done").run("x", bounds(60_000), read);
        assert_eq!(said, Ok("done\n".to_owned()));
    }
}
