//! The `[[policy]]` entries of the configuration: those that run, and in comments those that could.

use std::fmt::Write as _;

use portcullis_data::{ColumnKind, ColumnProfile};
use portcullis_stats::Task;

use super::WAITING;
use super::bounds::{around, percent_up};
use super::guess::{Guess, Typical};
use super::line;
use super::quoting::{key, number, text};

/// With more columns of numbers than this, one pair of bounds holds for all.
const MOST_RANGES: usize = 100;
/// An example with more inputs than this is no longer read by anyone.
const MOST_INPUTS: usize = 30;

fn entry(out: &mut String, policy: &str) {
    line!(out, "[[policy]]");
    line!(out, "use = \"policies/{policy}.wasm\"");
}

pub(super) fn schema(out: &mut String, guess: &Guess) {
    line!(out, "# The columns and their types, as found.");
    entry(out, "schema");
    line!(out);
    line!(out, "[policy.params.columns]");
    for column in &guess.columns {
        if column.missing == guess.rows {
            line!(out, "{} = \"any\" # it has no value in any row", key(&column.name));
        } else {
            line!(out, "{} = \"{}\"", key(&column.name), column.kind);
        }
    }
    line!(out);
}

pub(super) fn completeness(out: &mut String, guess: &Guess) {
    line!(out, "# Missing values: none, but in the columns that have some now.");
    entry(out, "completeness");
    line!(out);
    line!(out, "[policy.params]");
    line!(out, "max_null_share = 0.0");
    line!(out, "min_rows = {} # half of what there is now", guess.rows / 2);
    let with_gaps: Vec<&ColumnProfile> = guess.columns.iter().filter(|column| column.missing > 0).collect();
    if !with_gaps.is_empty() {
        line!(out);
        line!(out, "[policy.params.columns]");
        for column in with_gaps {
            let share = guess.missing_share(column);
            line!(
                out,
                "{} = {} # missing in {} rows now",
                key(&column.name),
                number(percent_up(share)),
                column.missing
            );
        }
    }
    line!(out);
}

/// False where no column can be bounded.
pub(super) fn ranges(out: &mut String, guess: &Guess) -> bool {
    let bounded: Vec<(&ColumnProfile, (f64, f64))> = guess
        .columns
        .iter()
        .filter(|column| matches!(column.kind, ColumnKind::Integer | ColumnKind::Number))
        .filter(|column| guess.uses.features.contains(&column.name) || is_amount(column, guess))
        .filter_map(|column| Some((column, around(column.minimum?, column.maximum?, column.kind)?)))
        .collect();
    if bounded.is_empty() {
        return false;
    }
    line!(
        out,
        "# The values of numbers: what was found, and a tenth more on either side. Write what is possible instead."
    );
    entry(out, "ranges");
    line!(out);
    if bounded.len() > MOST_RANGES && unbounded(guess).is_none() {
        let kinds =
            guess.columns.iter().filter(|column| matches!(column.kind, ColumnKind::Integer | ColumnKind::Number));
        let (low, high) = kinds
            .filter_map(|column| around(column.minimum?, column.maximum?, column.kind))
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), (one, other)| (low.min(one), high.max(other)));
        line!(out, "[policy.params]");
        line!(out, "all_numeric = {{ min = {}, max = {} }}", number(low), number(high));
    } else {
        line!(out, "[policy.params.columns]");
        for (column, (low, high)) in bounded {
            line!(out, "{} = {{ min = {}, max = {} }}", key(&column.name), number(low), number(high));
        }
    }
    line!(out);
    true
}

/// Whether a column is the target of a regression.
fn is_amount(column: &ColumnProfile, guess: &Guess) -> bool {
    column.name == guess.target.column && guess.task == Task::Regression
}

/// A column of numbers that has infinite values.
fn unbounded(guess: &Guess) -> Option<&ColumnProfile> {
    let infinite = |bound: Option<f64>| bound.is_some_and(f64::is_infinite);
    guess.columns.iter().find(|column| infinite(column.minimum) || infinite(column.maximum))
}

pub(super) fn threshold(out: &mut String, guess: &Guess) {
    let bar = &guess.bar;
    line!(out, "# How good the model must be on the rows held out. The bound to begin with is {}:", bar.why);
    line!(out, "# look at the first report and raise it.");
    line!(out, "[[policy]]");
    line!(out, "name = {}", text(bar.metric));
    line!(out, "use = \"policies/threshold.wasm\"");
    line!(out, "params = {{ metric = {}, min = {} }}", text(bar.metric), number(bar.min));
    line!(out);
}

/// False where there is nothing to compare, and the entry is a comment.
pub(super) fn group_fairness(out: &mut String, guess: &Guess) -> bool {
    if guess.uses.groups.is_empty() {
        if guess.task == Task::Regression {
            return false;
        }
        line!(out, "# Fairness between groups of people: set groups = [\"COLUMN\"] under [data] and uncomment.");
        line!(out, "# [[policy]]");
        line!(out, "# use = \"{WAITING}/group-fairness.wasm\"");
        let positive = if guess.task == Task::Multiclass { ", positive = \"CLASS\"" } else { "" };
        line!(out, "# params = {{ max_demographic_parity_difference = 0.1{positive} }}");
        line!(out);
        return false;
    }
    line!(
        out,
        "# How differently the groups are treated: the largest difference between their shares of {}.",
        positive(guess)
    );
    line!(out, "# It only warns, because nobody has decided yet what is fair here. Decide, then remove the mode.");
    entry(out, "group-fairness");
    line!(out, "mode = \"warn\"");
    line!(out, "params = {{ max_demographic_parity_difference = 0.1 }}");
    line!(out);
    true
}

fn positive(guess: &Guess) -> String {
    guess.positive.as_ref().map_or_else(|| "positives".to_owned(), |(positive, _)| text(positive))
}

pub(super) fn examples(out: &mut String, guess: &Guess) {
    let (expect, inputs): (Vec<_>, Vec<_>) = guess.typical.iter().partition(|(name, _)| *name == guess.target.column);
    let [(_, expect)] = expect.as_slice() else { return };
    if inputs.len() > MOST_INPUTS {
        return;
    }
    let value = |value: &Typical| match value {
        Typical::Number(value) => number(*value),
        Typical::Text(value) => text(value),
        Typical::Boolean(value) => value.to_string(),
    };
    let inputs: Vec<String> =
        inputs.into_iter().map(|(name, typical)| format!("{} = {}", key(name), value(typical))).collect();
    line!(
        out,
        "# Answers that must never change. This row is made up of medians and commonest values: put in one that you are sure of."
    );
    line!(out, "# [[policy]]");
    line!(out, "# use = \"{WAITING}/examples.wasm\"");
    line!(out, "# [[policy.params.cases]]");
    line!(out, "# name = \"a typical row\"");
    line!(out, "# input = {{ {} }}", inputs.join(", "));
    line!(out, "# expect = {}", value(expect));
    if let (Task::Regression, Typical::Number(expect)) = (guess.task, expect) {
        let tolerance = if *expect == 0.0 { 1.0 } else { 10f64.powf(expect.abs().log10().floor() - 1.0) };
        line!(out, "# tolerance = {}", number(tolerance));
    }
    line!(out);
}

pub(super) fn champion(out: &mut String, guess: &Guess) {
    line!(
        out,
        "# No worse than the model in use: set champion = \"models/production.portcullis\" under [model] and uncomment."
    );
    line!(out, "# [[policy]]");
    line!(out, "# use = \"{WAITING}/champion.wasm\"");
    line!(out, "# params = {{ metric = {} }}", text(guess.bar.metric));
}
