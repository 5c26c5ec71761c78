//! Standard output carries the result, standard error everything else.

use std::fs;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Component, Path, PathBuf};

use anyhow::{Context as _, bail};
use portcullis_project::{Project, write_whole};
use portcullis_report::{Caller, Format, Style, job_summary as summary, render};
use portcullis_verdict::{RunRecord, plain};

use crate::arguments::{Color, Destination};

/// Width of text where there is no terminal to ask.
const WIDTH: usize = 100;

/// How the name of a report begins that is not whole yet.
const UNFINISHED: &str = ".portcullis-report-";

/// Fails early, before any work is done, on formats that cannot all be written.
pub fn check(formats: &[Destination]) -> anyhow::Result<()> {
    let printed: Vec<&str> = formats.iter().filter(|d| d.file.is_none()).map(|d| d.format.as_str()).collect();
    if printed.len() > 1 {
        bail!(
            "--format {}: only one format can go to standard output; give the others a file, for instance {}=FILE",
            printed.join(" --format "),
            printed[1]
        );
    }
    let files: Vec<(&Destination, PathBuf)> =
        formats.iter().filter_map(|destination| Some((destination, place(destination.file.as_ref()?)))).collect();
    for (number, (one, place)) in files.iter().enumerate() {
        if let Some((other, _)) = files.iter().take(number).find(|(_, before)| before == place) {
            bail!("--format {other} --format {one}: both are the file {}; give each its own", place.display());
        }
    }
    Ok(())
}

/// Fails early if a report would take the place of what the project is made of, or of the model that a flag names.
pub fn spare(formats: &[Destination], project: &Project, model: Option<&Path>) -> anyhow::Result<()> {
    for destination in formats {
        if let Some(file) = &destination.file {
            if model.is_some_and(|model| place(model) == place(file)) {
                bail!(
                    "--format {destination}: that is the file of --model, which would be overwritten; name another file"
                );
            }
            portcullis_run::spare(project, &place(file), &format!("--format {destination}"))?;
        }
    }
    Ok(())
}

/// Where a report's file will lie, however its path is written. A link as the last part is no detour: the report takes
/// its place.
fn place(file: &Path) -> PathBuf {
    let mut folder = std::env::current_dir().unwrap_or_default();
    let parts: Vec<Component<'_>> = file.components().collect();
    for (number, part) in parts.iter().enumerate() {
        if matches!(part, Component::ParentDir) {
            folder.pop();
        } else if !matches!(part, Component::CurDir) {
            folder.push(part);
        }
        // Folders that are not there yet lead nowhere else.
        if number + 1 < parts.len() {
            folder = folder.canonicalize().unwrap_or(folder);
        }
    }
    folder
}

/// Writes a record in every format asked for. Files come first, so that a closed pipe does not lose them.
pub fn write(record: &RunRecord, formats: &[Destination], color: Color, caller: &Caller) -> anyhow::Result<()> {
    for Destination { format, file } in formats {
        let Some(file) = file else { continue };
        if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
        }
        let text = render(*format, record, &Style { color: false, width: WIDTH }, caller);
        replace(file, &text).with_context(|| format!("cannot write the report {}", file.display()))?;
    }
    for Destination { format, file } in formats {
        if file.is_none() {
            print(&render(*format, record, &style(color), caller))?;
        }
    }
    if formats.iter().any(|destination| destination.format == Format::Github) {
        job_summary(record, caller);
    }
    Ok(())
}

/// Writes a file whole or not at all: what stood there before stays until the new text is complete. A device or a pipe
/// is written as it is.
fn replace(file: &Path, text: &str) -> io::Result<()> {
    if fs::metadata(file).is_ok_and(|meta| !meta.is_file()) {
        return fs::write(file, text);
    }
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    write_whole(file, text.as_bytes(), UNFINISHED)?;
    clean(folder);
    Ok(())
}

/// Removes what runs that were killed while they wrote left beside a report. Nobody writes a report for an hour.
fn clean(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let age = || entry.metadata().ok()?.modified().ok()?.elapsed().ok();
        if entry.file_name().to_string_lossy().starts_with(UNFINISHED) && age().is_some_and(|age| age.as_secs() > 3_600)
        {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Prints a result.
pub fn print(text: &str) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).context("cannot write to standard output")
}

/// Prints an error with its causes, one a line.
pub fn error(error: &anyhow::Error, color: Color) {
    let (on, off) = if colored(color, io::stderr().is_terminal()) {
        let red = anstyle::Style::new().bold().fg_color(Some(anstyle::AnsiColor::Red.into()));
        (red.render().to_string(), red.render_reset().to_string())
    } else {
        (String::new(), String::new())
    };
    let mut err = io::stderr().lock();
    let mut said = harmless(&error.to_string());
    let _ = writeln!(err, "{on}error:{off} {said}");
    for cause in error.chain().skip(1).map(|cause| harmless(&cause.to_string())) {
        // Many an error tells its cause already, and what to do about it.
        if !said.contains(&cause) {
            let _ = writeln!(err, "  because: {cause}");
        }
        said = cause;
    }
}

/// Says what went wrong where nobody else will.
pub fn complain(message: &str) {
    let _ = writeln!(io::stderr().lock(), "portcullis: {}", harmless(message));
}

/// Text that names data (a column, a path) may not act on a terminal, nor give commands to a CI system that reads logs.
pub fn harmless(text: &str) -> String {
    let line = |line: &str| {
        let line = plain(line);
        let commands = ["::", "##[", "##vso["];
        if commands.iter().any(|command| line.trim_start().starts_with(command)) {
            format!("| {line}")
        } else {
            line.into_owned()
        }
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// Whether the error is only that nobody reads our output any more.
pub fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .any(|cause| cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe))
}

fn style(color: Color) -> Style {
    let terminal = io::stdout().is_terminal();
    let width = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).unwrap_or(WIDTH);
    Style { color: colored(color, terminal), width: width.clamp(40, 160) }
}

fn colored(color: Color, terminal: bool) -> bool {
    match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => terminal && !dumb() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
    }
}

/// Whether the terminal says that it understands no escape sequences.
pub fn dumb() -> bool {
    std::env::var_os("TERM").is_some_and(|term| term == "dumb")
}

/// GitHub shows what is appended to this file on the job's page. It is the system's and not the user's, so where it cannot
/// be written, that changes nothing about the verdict.
fn job_summary(record: &RunRecord, caller: &Caller) {
    let Some(file) = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|file| !file.is_empty()) else { return };
    let opened = fs::OpenOptions::new().create(true).append(true).open(&file);
    if let Err(error) = opened.and_then(|mut out| out.write_all(summary(record, caller).as_bytes())) {
        complain(&format!("the job summary {} cannot be written: {error}", file.display()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_give_no_commands() {
        assert_eq!(harmless("a\n::error::pwned\n  ##[x]"), "a\n| ::error::pwned\n|   ##[x]");
        assert_eq!(harmless("\u{1b}[31mred"), "\\u{1b}[31mred");
        assert_eq!(harmless("line one\nline two: fine"), "line one\nline two: fine");
    }

    #[test]
    fn a_report_replaces_the_last_one_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("report.json");
        replace(&file, "old").unwrap();
        replace(&file, "new").unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "new");
        assert!(replace(&folder.path().join("nowhere/report.json"), "x").is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing half-written is left");
    }

    #[test]
    fn what_killed_runs_left_beside_a_report_goes_and_what_others_write_stays() {
        let folder = tempfile::tempdir().unwrap();
        let left = |name: &str, hours: u64| {
            let file = fs::File::create(folder.path().join(name)).unwrap();
            file.set_modified(std::time::SystemTime::now() - std::time::Duration::from_hours(hours)).unwrap();
        };
        left(".portcullis-report-old", 2);
        left(".portcullis-report-now", 0);
        left("other", 2);
        replace(&folder.path().join("report.json"), "new").unwrap();
        let there = |name: &str| folder.path().join(name).exists();
        assert!(!there(".portcullis-report-old") && there(".portcullis-report-now") && there("other"));
    }
}
