//! `portcullis.toml`, with comments that say what was guessed and what to try next.

use std::fmt::Write as _;

use portcullis_data::ColumnKind;
use portcullis_stats::Task;

use super::entries::{champion, completeness, examples, group_fairness, ranges, schema, threshold};
use super::guess::{Guess, SEED};
use super::line;
use super::place::DataFile;
use super::quoting::{key, list, number, text};

/// The configuration and the policies that it uses.
#[derive(Debug)]
pub(super) struct Configuration {
    /// The text of the file.
    pub text: String,
    /// Names of the stock policies that run; the others are named in comments only.
    pub policies: Vec<&'static str>,
}

impl Configuration {
    /// What to write for this data.
    pub fn of(name: &str, data: &DataFile, guess: &Guess) -> Self {
        let mut out = String::new();
        let mut policies = Vec::new();
        line!(
            out,
            "# Written by `portcullis init` from {}: {} rows, {} columns.",
            text(&data.written),
            guess.rows,
            guess.columns.len()
        );
        line!(
            out,
            "# Lines marked with (guessed) deserve a look. `portcullis config` shows every setting, also those left out here."
        );
        line!(out);
        line!(out, "[project]");
        line!(out, "name = {}", text(name));
        line!(out);
        data_section(&mut out, data, guess);
        split_section(&mut out, guess);
        model_section(&mut out, guess);
        line!(
            out,
            "# Policies judge; each is a file in policies/, and every .wasm there that no entry names runs too, with its defaults."
        );
        line!(
            out,
            "# mode = \"warn\" reports without blocking. The data policies come first: data that they block is not trained on."
        );
        line!(out);
        schema(&mut out, guess);
        completeness(&mut out, guess);
        policies.extend(["schema", "completeness"]);
        if ranges(&mut out, guess) {
            policies.push("ranges");
        }
        threshold(&mut out, guess);
        policies.push("threshold");
        if group_fairness(&mut out, guess) {
            policies.push("group-fairness");
        }
        examples(&mut out, guess);
        champion(&mut out, guess);
        Self { text: out, policies }
    }
}

fn data_section(out: &mut String, data: &DataFile, guess: &Guess) {
    line!(out, "[data]");
    if data.outside {
        line!(out, "# Outside of this folder: wherever the gate runs, the file must be in the same place.");
    }
    line!(out, "path = {} # a pattern such as \"data/*.parquet\", or a list of files, works too", text(&data.written));
    match data.delimiter {
        Some('\t') => line!(out, "delimiter = \"tab\" # (guessed)"),
        Some(delimiter) => line!(out, "delimiter = {} # (guessed)", text(&delimiter.to_string())),
        None => {}
    }
    let target = &guess.target;
    let guessed = if target.given { "" } else { "(guessed) " };
    line!(out, "target = {} # {guessed}the column to predict: {}", text(&target.column), target.why);
    let others: Vec<&String> = target.others.iter().filter(|other| guess.uses.features.contains(*other)).collect();
    for other in others {
        line!(
            out,
            "# {} is named like something to predict as well. If it is known only afterwards, take it out of the features.",
            text(other)
        );
    }
    if let Some((positive, why)) = &guess.positive {
        let other = guess.classes.iter().map(|(name, _)| name).find(|name| *name != positive);
        let other = other.map_or_else(String::new, |other| format!("; the other is {}", text(other)));
        line!(out, "positive = {} # (guessed) the class to find: {why}{other}", text(positive));
    }
    if let Some(id) = &guess.uses.id {
        line!(out, "id = {} # (guessed) names the rows; no feature", text(id));
    }
    if !guess.uses.groups.is_empty() {
        line!(
            out,
            "groups = {} # (guessed) the groups of people that are compared; no features",
            list(&guess.uses.groups)
        );
    }
    if !guess.uses.left_out.is_empty() {
        line!(out, "# (guessed) What the model may see. Left out:");
        for (name, why) in &guess.uses.left_out {
            line!(out, "#   {}: {why}", text(name));
        }
        line!(out, "features = [");
        for feature in &guess.uses.features {
            line!(out, "    {},", text(feature));
        }
        line!(out, "]");
    }
    line!(
        out,
        "# types = {{ {} = \"text\" }} # where a type is found that is not meant: codes written in digits, for instance",
        sample(guess)
    );
    line!(out);
}

fn split_section(out: &mut String, guess: &Guess) {
    let held_out = (guess.rows as f64 * guess.test).round();
    line!(out, "[split]");
    let few = if guess.test == 0.2 { "" } else { ": more than the usual fifth, for there are few rows" };
    line!(
        out,
        "test = {} # the share of the rows that the model never sees and is judged on, here {held_out}{few}",
        number(guess.test)
    );
    line!(out, "seed = {SEED}");
    if guess.task != Task::Regression {
        if guess.stratify {
            line!(out, "stratify = true # every class keeps its share on both sides");
        } else {
            line!(out, "stratify = false # some classes have too few rows to be on both sides");
        }
    }
    if let Some(by) = &guess.uses.by {
        line!(out, "# by = {} # instead of stratify: rows that agree in it stay on one side", text(by));
    }
    if let Some(time) = &guess.uses.time {
        line!(
            out,
            "# time = {} # instead of stratify: the latest rows are held out, as they will be in use",
            text(time)
        );
    }
    line!(out);
}

fn model_section(out: &mut String, guess: &Guess) {
    line!(out, "[model]");
    let linear = if guess.task == Task::Regression {
        "linear-regression, elastic-net"
    } else {
        "logistic-regression, naive-bayes"
    };
    line!(out, "family = \"random-forest\" # or gradient-boosting, decision-tree, {linear}");
    line!(out, "trees = 200");
    if guess.say_task {
        line!(
            out,
            "task = {} # (guessed) some numbers occur once only, so they are amounts rather than classes",
            text(guess.task.as_str())
        );
    } else {
        let few: Vec<String> =
            guess.classes.iter().take(5).map(|(name, rows)| format!("{} ({rows} rows)", text(name))).collect();
        let more = if guess.classes.len() > few.len() { ", …" } else { "" };
        let of = if few.is_empty() { String::new() } else { format!(": {}{more}", few.join(", ")) };
        line!(out, "# task = {} # found from the target{of}", text(guess.task.as_str()));
    }
    line!(out, "# A model that is trained elsewhere is judged by its predictions instead:");
    line!(out, "# predictions = \"predictions.parquet\"   or   command = [\"python\", \"train.py\"]");
    line!(out);
}

/// A column to show the syntax with.
fn sample(guess: &Guess) -> String {
    let code =
        guess.columns.iter().find(|column| column.kind == ColumnKind::Integer && column.name != guess.target.column);
    code.or(guess.columns.first()).map_or_else(|| "postcode".to_owned(), |column| key(&column.name))
}
