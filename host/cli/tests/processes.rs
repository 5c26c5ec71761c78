//! Processes that the command starts do not outlive it.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "what a test cannot set up has failed")]

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// After this long something hangs.
const PATIENCE: Duration = Duration::from_mins(1);

fn eventually(what: &str, holds: impl Fn() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < PATIENCE, "{what} takes too long");
        thread::sleep(Duration::from_millis(10));
    }
}

/// A project whose trainer writes its own process into a file, and what it was told, then does as the script says.
fn project(script: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let configuration = format!(
        "[model]\ncommand = [\"sh\", \"-c\", 'echo $$ > pid.tmp; mv pid.tmp pid; {script}', \"x y\", \"--flag\"]\noutput = \"p.csv\"\n\
         [data]\npath = \"d.csv\"\ntarget = \"label\"\n"
    );
    fs::write(folder.path().join("portcullis.toml"), configuration).unwrap();
    fs::write(folder.path().join("d.csv"), "label,a\nx,1\ny,2\n").unwrap();
    folder
}

fn train(project: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_portcullis"));
    command.args(["train", "--quiet"]).current_dir(project);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

/// A trainer that starts another process, as those that load data do, in a session of its own; neither heeds a request to end.
const STUBBORN: &str =
    r#"trap "" TERM; setsid sh -c "sleep 600 & echo \$! > other.tmp; mv other.tmp other; wait" & sleep 600"#;

/// Whether a process runs. One that has ended may be listed for as long as nobody asks for it, in a container for instance.
fn runs(process: &Path) -> bool {
    let status = fs::read_to_string(process.join("status")).unwrap_or_default();
    status.lines().any(|line| line.starts_with("State:") && !line.contains(['Z', 'X']))
}

/// The processes of a stubborn trainer, once both have started.
fn started(project: &Path) -> [PathBuf; 2] {
    ["pid", "other"].map(|name| {
        let file = project.join(name);
        eventually("the trainer's start", || file.exists());
        let process = Path::new("/proc").join(fs::read_to_string(&file).unwrap().trim());
        assert!(runs(&process), "it runs, so that the end of it can be seen");
        process
    })
}

#[test]
fn a_trainer_and_all_that_it_started_die_with_whoever_started_it() {
    let project = project(STUBBORN);
    let mut child = train(project.path()).spawn().unwrap();
    let processes = started(project.path());
    child.kill().unwrap(); // as a system out of memory does: nothing in the process can react to it
    child.wait().unwrap();
    for process in processes {
        eventually("the trainer's end", || !runs(&process));
    }
}

#[test]
fn a_trainer_and_all_that_it_started_end_with_its_time() {
    let project = project(STUBBORN);
    let mut child = train(project.path()).args(["--set", "model.timeout=2s"]).spawn().unwrap();
    let processes = started(project.path());
    assert_eq!(child.wait().unwrap().code(), Some(2));
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert!(said.contains("it ran longer than 2 s; raise `[model] timeout`"), "{said}");
    for process in processes {
        eventually("the trainer's end", || !runs(&process));
    }
}

#[test]
fn what_a_trainer_leaves_behind_ends_with_it() {
    let project = project(r"sleep 600 & echo $! > other; exit 3");
    // Standard error is a pipe that the one left behind holds too: whoever reads it would wait.
    let output = train(project.path()).output().unwrap();
    assert!(String::from_utf8_lossy(&output.stderr).contains("exit status: 3"), "{output:?}");
    let left = fs::read_to_string(project.path().join("other")).unwrap();
    assert!(!runs(&Path::new("/proc").join(left.trim())), "it has ended before the run has");
}

#[test]
fn a_trainer_that_crashes_is_told_by_its_signal() {
    let project = project("kill -SEGV $$");
    let output = train(project.path()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2));
    assert!(said.contains("it ended with signal: 11 (SIGSEGV)"), "{said}");
}

#[test]
fn a_trainer_gets_its_arguments_as_they_are_and_its_absence_is_told() {
    let project = project(r#"printf "%s|" "$0" "$@" > said; exit 3"#);
    let output = train(project.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("exit status: 3"), "{output:?}");
    assert_eq!(fs::read_to_string(project.path().join("said")).unwrap(), "x y|--flag|");

    let configuration = project.path().join("portcullis.toml");
    let text = fs::read_to_string(&configuration).unwrap().replace("\"sh\"", "\"no-such-trainer\"");
    fs::write(&configuration, text).unwrap();
    let output = train(project.path()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2));
    assert!(said.contains("cannot be started") && said.contains("no-such-trainer"), "{said}");
}
