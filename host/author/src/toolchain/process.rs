//! Finding and running the programs of a toolchain.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::AuthorError;

/// Characters of a program's output that an error shows: its end, where the reason is.
const SHOWN: usize = 8_000;

/// Runs a program to its end; what it printed is shown only if it fails.
pub(crate) fn run(command: &mut Command) -> Result<String, AuthorError> {
    let line = shown(command);
    let output = command.output().map_err(|source| AuthorError::Toolchain {
        command: line.clone(),
        said: format!("it cannot be started: {source}"),
    })?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim_end().to_owned();
    if output.status.success() {
        return Ok(text(&output.stdout));
    }
    let mut said = [text(&output.stdout), text(&output.stderr)].join("\n").trim().to_owned();
    if said.is_empty() {
        said = format!("it said nothing, and ended with {}", output.status);
    }
    let start = said.char_indices().rev().nth(SHOWN).map_or(0, |(place, _)| place);
    let cut = if start > 0 { "…" } else { "" };
    Err(AuthorError::Toolchain { command: line, said: format!("{cut}{}", said.get(start..).unwrap_or_default()) })
}

/// A command as it would be typed.
fn shown(command: &Command) -> String {
    let word = |word: &std::ffi::OsStr| {
        let word = word.to_string_lossy();
        if word.contains(' ') { format!("'{word}'") } else { word.into_owned() }
    };
    std::iter::once(command.get_program()).chain(command.get_args()).map(word).collect::<Vec<_>>().join(" ")
}

/// A program in one of these folders (relative to the policy's folder or to one around it), else on the path.
pub(crate) fn find(names: &[&str], folder: &Path, beside: &[&str]) -> Option<PathBuf> {
    let near = folder.ancestors().flat_map(|folder| beside.iter().map(|within| folder.join(within)));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let far = std::env::split_paths(&path).collect::<Vec<_>>();
    let places: Vec<PathBuf> = near.chain(far).collect();
    // The first name anywhere goes before the second.
    names.iter().find_map(|name| {
        let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
        places.iter().map(|place| place.join(&file)).find(|file| runs(file))
    })
}

fn runs(file: &Path) -> bool {
    let Ok(meta) = file.metadata() else { return false };
    #[cfg(unix)]
    let executable = std::os::unix::fs::PermissionsExt::mode(&meta.permissions()) & 0o111 != 0;
    #[cfg(not(unix))]
    let executable = true;
    meta.is_file() && executable
}

/// Reads what a toolchain left.
pub(crate) fn made(file: &Path) -> Result<Vec<u8>, AuthorError> {
    std::fs::read(file).map_err(AuthorError::io("the toolchain ended well, but cannot read", file))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_shows_the_command_and_what_it_said() {
        let mut command = Command::new("sh");
        let error = run(command.args(["-c", "echo to say; echo wrong >&2; exit 3"])).unwrap_err().to_string();
        assert!(error.starts_with("sh -c 'echo to say; echo wrong >&2; exit 3' failed:"), "{error}");
        assert!(error.ends_with("to say\nwrong"), "{error}");
        let error = run(&mut Command::new("/nowhere/at-all")).unwrap_err().to_string();
        assert!(error.contains("cannot be started"), "{error}");
        assert_eq!(run(Command::new("sh").args(["-c", "echo fine"])).unwrap(), "fine");
    }

    #[test]
    fn what_lies_beside_the_policy_goes_before_the_path() {
        let place = tempfile::tempdir().unwrap();
        let bin = place.path().join(".venv/bin");
        std::fs::create_dir_all(&bin).unwrap();
        assert!(find(&["sh"], &place.path().join("policies/a"), &[".venv/bin"]).unwrap().starts_with("/"));
        let own = bin.join("sh");
        std::fs::write(&own, "").unwrap();
        let found = find(&["sh"], &place.path().join("policies/a"), &[".venv/bin"]).unwrap();
        assert_ne!(found, own, "it cannot be run");
        std::fs::set_permissions(&own, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        assert_eq!(find(&["sh"], &place.path().join("policies/a"), &[".venv/bin"]), Some(own));
        assert_eq!(find(&["no-such-program-anywhere"], place.path(), &[]), None);
    }
}
