//! What `init` says at the end: what was written, what was guessed, what comes next.

use std::fmt::Write as _;

use portcullis_project::CONFIGURATION;
use portcullis_stats::Task;

use super::WAITING;
use super::guess::Guess;
use super::place::{DataFile, Place};
use super::plan::Written;
use super::quoting::{number, shown};
use super::workflow::Workflow;
use crate::shell;

/// More names than this are counted.
const LISTED: usize = 6;

/// The text for standard output.
pub(super) fn text(
    place: &Place,
    data: &DataFile,
    guess: &Guess,
    workflow: Option<&Workflow>,
    written: &[Written],
) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "Wrote a project into {}:", place.shown());
    for Written { path, new } in written.iter().filter(|written| !written.path.starts_with(WAITING)) {
        let _ = writeln!(out, "  {path}{}", if *new { "" } else { " (was there already)" });
    }
    let waiting = written.iter().filter_map(|written| written.path.strip_prefix(WAITING)?.strip_prefix('/'));
    let waiting: Vec<&str> = waiting.filter_map(|file| file.strip_suffix(".wasm")).collect();
    if !waiting.is_empty() {
        let _ = writeln!(out, "  {WAITING}/ ({}: they run once you name them)", waiting.join(", "));
    }

    let (rows, columns) = (guess.rows, guess.columns.len());
    let _ = writeln!(
        out,
        "\nGuessed from {} ({rows} rows, {columns} columns); change it in portcullis.toml:",
        shown(&data.written)
    );
    for (what, value) in guesses(guess) {
        let _ = writeln!(out, "  {what:9} {value}");
    }
    let notes = notes(place, data, guess, workflow, written);
    if !notes.is_empty() {
        let _ = writeln!(out, "\nTo do:");
        for note in notes {
            let _ = writeln!(out, "  - {note}");
        }
    }
    let project = if place.is_here() {
        String::new()
    } else {
        format!(" --project {}", shell::word(&place.given.to_string_lossy()))
    };
    let _ = writeln!(out, "\nNext: portcullis run{project}");
    out
}

fn guesses(guess: &Guess) -> Vec<(&'static str, String)> {
    let mut lines = vec![("target", format!("{} ({})", shown(&guess.target.column), guess.target.why))];
    let classes = guess.classes.iter().map(|(name, rows)| format!("{} ({rows} rows)", shown(name)));
    let classes = some(classes);
    lines
        .push(("task", if classes.is_empty() { guess.task.to_string() } else { format!("{}: {classes}", guess.task) }));
    if let Some((positive, why)) = &guess.positive {
        lines.push(("positive", format!("{} ({why})", shown(positive))));
    }
    if let Some(id) = &guess.uses.id {
        lines.push(("id", shown(id)));
    }
    if !guess.uses.groups.is_empty() {
        let groups: Vec<String> = guess.uses.groups.iter().map(|group| shown(group)).collect();
        lines.push((
            "groups",
            format!("{} (compared by group-fairness, which only warns; no features)", groups.join(", ")),
        ));
    }
    lines.push(("features", some(guess.uses.features.iter().map(|feature| shown(feature)))));
    if !guess.uses.left_out.is_empty() {
        lines
            .push(("left out", some(guess.uses.left_out.iter().map(|(name, why)| format!("{} ({why})", shown(name))))));
    }
    let bar = &guess.bar;
    lines.push(("gate", format!("{} at least {} ({})", bar.metric, number(bar.min), bar.why)));
    lines
}

/// Rows of a class below which a split may leave too few on one side.
const FEW_OF_A_CLASS: u64 = 10;

fn notes(
    place: &Place,
    data: &DataFile,
    guess: &Guess,
    workflow: Option<&Workflow>,
    written: &[Written],
) -> Vec<String> {
    let mut notes = Vec::new();
    let strangers = strangers(place, written);
    if !strangers.is_empty() {
        notes.push(format!(
            "policies that were there already run too: {}. Name those that need parameters in a [[policy]] entry \
             (`portcullis policy inspect` shows them), or move them away; then `portcullis lock`",
            some(strangers.into_iter())
        ));
    }
    let others: Vec<String> = guess
        .target
        .others
        .iter()
        .filter(|other| guess.uses.features.contains(*other))
        .map(|other| shown(other))
        .collect();
    if !others.is_empty() {
        notes.push(format!(
            "named like something to predict as well: {}. Take out of the features what is known only afterwards",
            others.join(", ")
        ));
    }
    if !guess.commas.is_empty() {
        let columns = some(guess.commas.iter().map(|found| format!("{} ({})", shown(&found.column), found.example)));
        notes.push(format!(
            "text, because their numbers have commas: {columns}. Write them with a decimal point, remove {CONFIGURATION} \
             from {} and run init again",
            place.shown()
        ));
    }
    let scarce: Vec<String> = guess
        .classes
        .iter()
        .filter(|(_, rows)| *rows < FEW_OF_A_CLASS)
        .map(|(name, rows)| format!("{} ({rows})", shown(name)))
        .collect();
    if !scarce.is_empty() {
        notes.push(format!(
            "classes with few rows: {}. Some must be learnt from and some held out, so the first run may stop or be blocked; add \
             rows, or leave these out",
            scarce.join(", ")
        ));
    }
    if let Some((value, rows)) = &guess.nearly_constant {
        notes.push(format!(
            "the target is {value} in {rows} of {} rows: rows held out that are all alike have no R², and the gate cannot pass. \
             Gate on `mae` instead, or predict whether it differs",
            guess.rows
        ));
    }
    if data.outside {
        notes.push(
            "the data lies outside of the project: wherever the gate runs, it must be in the same place".to_owned(),
        );
    }
    if guess.task == Task::Binary && guess.positive.as_ref().is_some_and(|(_, why)| !why.starts_with("its name")) {
        notes.push("check which class is the positive one: precision, recall and fairness are about it".to_owned());
    }
    notes.extend(workflow.into_iter().flat_map(|workflow| workflow.steps.iter().cloned()));
    notes
}

/// Policies in the folder that init did not write and that run all the same.
fn strangers(place: &Place, written: &[Written]) -> Vec<String> {
    let entries = std::fs::read_dir(place.root.join("policies")).into_iter().flatten().flatten();
    let files = entries.map(|entry| entry.path());
    let policies =
        files.filter(|file| file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("wasm")));
    let names = policies.filter_map(|file| Some(file.file_name()?.to_str()?.to_owned()));
    let names = names.filter(|name| !name.starts_with('.'));
    let mut found: Vec<String> = names.map(|name| format!("policies/{name}")).collect();
    found.retain(|path| !written.iter().any(|written| written.path == *path));
    found.sort();
    found.iter().map(|path| shown(path)).collect()
}

/// The first few of many.
fn some(items: impl Iterator<Item = String>) -> String {
    let items: Vec<String> = items.collect();
    let mut text = items.iter().take(LISTED).cloned().collect::<Vec<_>>().join(", ");
    if items.len() > LISTED {
        let _ = write!(text, " and {} more", items.len() - LISTED);
    }
    text
}
