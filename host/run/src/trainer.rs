//! `[model] command`: the team's own trainer, which writes its predictions into a file.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use portcullis_sandbox::worker::Worker;

use crate::error::RunError;
use crate::leash::{Leashed, NOT_FOUND};

/// How often a running trainer is looked at.
const POLL: Duration = Duration::from_millis(50);

/// Runs a command in the project's folder and makes sure that it wrote the predictions anew.
///
/// What it prints goes to standard error: standard output carries the result of the run. It finds the seed in
/// `PORTCULLIS_SEED` and the path that it should write in `PORTCULLIS_PREDICTIONS`.
///
/// # Errors
/// The command cannot be started, fails, takes too long, or leaves the file as it was.
pub(crate) fn run(
    command: &[String],
    root: &Path,
    output: &Path,
    seed: u32,
    timeout: Duration,
    worker: Option<&Worker>,
) -> Result<(), RunError> {
    let shown = command.join(" ");
    let failed = |why: String| RunError::Trainer { command: shown.clone(), why };
    let (program, arguments) = command.split_first().ok_or_else(|| failed("the list is empty".to_owned()))?;
    let before = written(output);
    let settings = |command: &mut Command| {
        command
            .current_dir(root)
            .env("PORTCULLIS_SEED", seed.to_string())
            .env("PORTCULLIS_PREDICTIONS", output)
            .stdout(std::io::stderr());
    };
    let mut trainer = Leashed::start(worker, program, arguments, settings)
        .map_err(|error| failed(format!("it cannot be started: {error}")))?;
    let started = Instant::now();
    let status = loop {
        match trainer.child().try_wait().map_err(|error| failed(error.to_string()))? {
            Some(status) => break status,
            None if started.elapsed() > timeout => {
                trainer.end();
                let seconds = timeout.as_secs_f64();
                return Err(failed(format!("it ran longer than {seconds} s; raise `[model] timeout`")));
            }
            None => thread::sleep(POLL),
        }
    };
    if status.code() == Some(NOT_FOUND) {
        return Err(failed(format!("it cannot be started, or starts what is not there (exit status {NOT_FOUND})")));
    }
    if !status.success() {
        return Err(failed(format!("it ended with {status}")));
    }
    match written(output) {
        None => Err(failed(format!("it did not write {}, which `[model] output` names", output.display()))),
        after if after == before => {
            Err(failed(format!("it left {} as it was before; it must write it anew", output.display())))
        }
        _ => Ok(()),
    }
}

/// When a file was last written and how long it is; none if it is not there.
fn written(file: &Path) -> Option<(SystemTime, u64, u64)> {
    let meta = fs::metadata(file).ok()?;
    #[cfg(unix)]
    let inode = std::os::unix::fs::MetadataExt::ino(&meta);
    #[cfg(not(unix))]
    let inode = 0;
    Some((meta.modified().ok()?, meta.len(), inode))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attempt(script: &str, stale: bool) -> Result<(), String> {
        let folder = tempfile::tempdir().unwrap();
        let output = folder.path().join("out.csv");
        if stale {
            fs::write(&output, "old").unwrap();
        }
        let command = ["sh", "-c", script].map(str::to_owned);
        run(&command, folder.path(), &output, 7, Duration::from_secs(5), None).map_err(|error| error.to_string())
    }

    #[test]
    fn the_trainer_is_told_the_seed_and_where_to_write() {
        assert_eq!(attempt("test \"$PORTCULLIS_SEED\" = 7 && echo a > \"$PORTCULLIS_PREDICTIONS\"", false), Ok(()));
        assert_eq!(attempt("echo anew > out.csv", true), Ok(()));
    }

    #[test]
    fn a_trainer_that_writes_nothing_has_failed() {
        assert!(attempt("true", false).unwrap_err().contains("did not write"));
        assert!(attempt("true", true).unwrap_err().contains("as it was before"), "a stale file is not its work");
        assert!(attempt("exit 3", false).unwrap_err().contains('3'));
    }

    #[test]
    fn a_trainer_that_hangs_is_ended() {
        let folder = tempfile::tempdir().unwrap();
        let command = ["sleep", "60"].map(str::to_owned);
        let error =
            run(&command, folder.path(), &folder.path().join("x"), 7, Duration::from_millis(100), None).unwrap_err();
        assert!(error.to_string().contains("timeout"), "{error}");
    }
}
