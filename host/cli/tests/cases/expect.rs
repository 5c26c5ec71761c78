//! What a command was expected to do, held against what it did.

use std::process::Output;

use serde_json::Value;

use crate::case::Step;

/// How a text in the run record differs between two runs at most: the times.
const TIMING: &str = "timing";

/// What is wrong with a command's output and exit code; empty if nothing is.
pub fn output(step: &Step, output: &Output) -> Vec<String> {
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let mut wrong = Vec::new();
    if output.status.code() != Some(step.exit) {
        wrong.push(format!("it ended with {}, expected was {}", output.status, step.exit));
    }
    for (text, name, wanted, unwanted) in [
        (&stdout, "standard output", &step.stdout, &step.not_stdout),
        (&stderr, "standard error", &step.stderr, &step.not_stderr),
    ] {
        wrong.extend(texts(text, wanted).map(|wanted| format!("{name} lacks {wanted:?}")));
        let flat = flat(text);
        let found = unwanted.iter().filter(|unwanted| flat.contains(&self::flat(unwanted)));
        wrong.extend(found.map(|unwanted| format!("{name} has {unwanted:?}")));
        let lines = text.lines().map(str::trim_start);
        let begins = lines.filter(|line| step.no_line_begins.iter().any(|unwanted| line.starts_with(unwanted)));
        wrong.extend(begins.map(|line| format!("{name} has the line {line:?}")));
    }
    if !step.json.is_empty() {
        match serde_json::from_str(&stdout) {
            Ok(json) => wrong.extend(step.json.iter().filter_map(|(path, expected)| at(&json, path, expected))),
            Err(error) => wrong.push(format!("standard output is not JSON: {error}")),
        }
    }
    wrong
}

/// The texts that do not occur.
pub fn texts<'a>(text: &str, wanted: &'a [String]) -> impl Iterator<Item = &'a String> {
    let text = flat(text);
    wanted.iter().filter(move |wanted| !text.contains(&flat(wanted)))
}

/// White space counts as one space.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What is wrong with the value at a path.
fn at(json: &Value, path: &str, expected: &toml::Value) -> Option<String> {
    let absent = expected.get("absent").and_then(toml::Value::as_bool) == Some(true);
    match (find(json, path), absent) {
        (None, true) => None,
        (None, false) => Some(format!("{path}: there is no such value")),
        (Some(found), true) => Some(format!("{path} is {found}, expected was nothing")),
        (Some(found), false) => {
            (!value(found, expected)).then(|| format!("{path} is {found}, expected was {expected}"))
        }
    }
}

fn find<'a>(json: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(json, |here, step| match here {
        Value::Object(object) => object.get(step),
        Value::Array(list) => match step.parse::<usize>() {
            Ok(index) => list.get(index),
            Err(_) => list.iter().find(|element| element["name"] == step),
        },
        _ => None,
    })
}

/// Whether a value is as expected. Text, numbers, booleans and lists must be equal; a table asks for `contains` (a text in
/// a text, or in any element), `min`, `max` (inclusive), `length`, `null`, or that the value is `absent`.
pub fn value(found: &Value, expected: &toml::Value) -> bool {
    match expected {
        toml::Value::String(text) => found == text.as_str(),
        toml::Value::Integer(number) => found.as_f64() == Some(*number as f64),
        toml::Value::Float(number) => found.as_f64() == Some(*number),
        toml::Value::Boolean(truth) => found == truth,
        toml::Value::Datetime(_) => false,
        toml::Value::Array(list) => found.as_array().is_some_and(|found| {
            found.len() == list.len() && found.iter().zip(list).all(|(found, expected)| value(found, expected))
        }),
        toml::Value::Table(asked) => asked.iter().all(|(word, bound)| match (word.as_str(), bound) {
            ("contains", toml::Value::String(text)) => found.to_string().contains(text.as_str()),
            ("min", bound) => number(bound).is_some_and(|bound| found.as_f64().is_some_and(|found| found >= bound)),
            ("max", bound) => number(bound).is_some_and(|bound| found.as_f64().is_some_and(|found| found <= bound)),
            ("length", toml::Value::Integer(length)) => {
                found.as_array().map(Vec::len).or(found.as_object().map(serde_json::Map::len))
                    == usize::try_from(*length).ok()
            }
            ("null", toml::Value::Boolean(null)) => found.is_null() == *null,
            _ => false,
        }),
    }
}

fn number(value: &toml::Value) -> Option<f64> {
    value.as_float().or(value.as_integer().map(|number| number as f64))
}

/// A run record without what the clock decides, as text.
///
/// # Errors
/// It is not JSON, or has no times.
pub fn timeless(stdout: &[u8]) -> Result<String, String> {
    let mut record: Value = serde_json::from_slice(stdout).map_err(|error| format!("not JSON: {error}"))?;
    let times = record.as_object_mut().and_then(|record| record.remove(TIMING));
    times.ok_or("a record without `timing`")?;
    Ok(format!("{record:#}"))
}
