//! From values as written to typed ones, with a message for each way in which they can be wrong.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::layers::{Given, Origin};
use crate::problem::Problems;
use crate::suggest;
use crate::units;
use crate::written::{Item, Value};

/// The keys given for one section, one `[[policy]]` entry or one table inside it.
#[derive(Debug, Clone)]
pub(crate) struct Fields {
    /// How messages name the section: `[split]`, `[[policy]]`.
    pub label: String,
    /// What messages put before the key: `grant.` for a table inside an entry.
    pub prefix: &'static str,
    /// Where the section begins.
    pub header: Origin,
    pub given: BTreeMap<String, Given>,
}

impl Fields {
    pub(crate) fn new(label: &str) -> Self {
        Self { label: label.to_owned(), prefix: "", header: Origin::Default, given: BTreeMap::new() }
    }

    /// Whether the key was given.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.given.contains_key(key)
    }

    /// Where the key's value came from.
    pub(crate) fn origin(&self, key: &str) -> Origin {
        self.given.get(key).map_or(Origin::Default, |given| given.origin.clone())
    }

    /// The key's value; none where it was not given, or was wrong and has been reported.
    pub(crate) fn read<T>(&self, problems: &mut Problems, key: &str, parse: impl Fn(&Item) -> Read<T>) -> Option<T> {
        let given = self.given.get(key)?;
        match parse(&given.item) {
            Ok(value) => Some(value),
            Err(wrong) => {
                let origin = match (&given.origin, wrong.line) {
                    (Origin::File { .. }, line) if line > 0 => Origin::File { line },
                    (origin, _) => origin.clone(),
                };
                problems.add(origin, &self.label, &format!("{}{key}", self.prefix), wrong.message);
                None
            }
        }
    }

    /// Reports a problem of a key, at its value if it was given, else where the section begins.
    pub(crate) fn problem(&self, problems: &mut Problems, key: &str, message: impl Into<String>) {
        let origin = self.given.get(key).map_or(&self.header, |given| &given.origin);
        problems.add(origin.clone(), &self.label, &format!("{}{key}", self.prefix), message);
    }
}

/// Why a value cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wrong {
    line: u32,
    message: String,
}

/// A typed value, or why not.
pub(crate) type Read<T> = Result<T, Wrong>;

pub(crate) fn wrong<T>(item: &Item, message: impl Into<String>) -> Read<T> {
    Err(Wrong { line: item.line, message: message.into() })
}

fn mismatch<T>(item: &Item, wanted: &str) -> Read<T> {
    wrong(item, format!("{} is {}; expected {wanted}", item.shown(), item.value.kind()))
}

/// Text with something in it.
pub(crate) fn text(item: &Item) -> Read<String> {
    match &item.value {
        Value::Text(text) if text.trim().is_empty() => wrong(item, "is empty; leave the key out or give it a value"),
        Value::Text(text) => Ok(text.clone()),
        _ => mismatch(item, "text between quotation marks"),
    }
}

/// Any single value, as text.
pub(crate) fn scalar(item: &Item) -> Read<String> {
    match &item.value {
        Value::Text(text) => Ok(text.clone()),
        Value::Whole(number) => Ok(number.to_string()),
        Value::Number(number) => Ok(number.to_string()),
        Value::Boolean(value) => Ok(value.to_string()),
        _ => mismatch(item, "text, a number or a boolean"),
    }
}

/// A list of text, nothing twice.
pub(crate) fn texts(item: &Item) -> Read<Vec<String>> {
    let Value::List(items) = &item.value else { return mismatch(item, "a list of text, such as [\"a\", \"b\"]") };
    let mut seen = BTreeSet::new();
    for item in items {
        let word = text(item)?;
        if !seen.insert(word.clone()) {
            return wrong(item, format!("{} stands in the list twice; remove one", item.shown()));
        }
    }
    items.iter().map(text).collect()
}

/// A list of text, in which an empty text or a repetition means something.
pub(crate) fn any_texts(item: &Item) -> Read<Vec<String>> {
    let Value::List(items) = &item.value else { return mismatch(item, "a list of text, such as [\"NA\", \"?\"]") };
    items
        .iter()
        .map(|item| match &item.value {
            Value::Text(text) => Ok(text.clone()),
            _ => mismatch(item, "text between quotation marks"),
        })
        .collect()
}

/// Text or a list of it, at least one.
pub(crate) fn text_or_list(item: &Item) -> Read<Vec<String>> {
    match &item.value {
        Value::Text(_) => Ok(vec![text(item)?]),
        Value::List(items) if items.is_empty() => wrong(item, "is an empty list; name at least one"),
        Value::List(_) => texts(item),
        _ => mismatch(item, "text or a list of text"),
    }
}

/// A list of columns or of lists of columns; a single column is a list of one.
pub(crate) fn slices(item: &Item) -> Read<Vec<Vec<String>>> {
    let wanted = "a list of columns or of lists of columns, such as [\"sex\", [\"sex\", \"age_band\"]]";
    let Value::List(items) = &item.value else { return mismatch(item, wanted) };
    items
        .iter()
        .map(|item| match &item.value {
            Value::Text(_) | Value::List(_) => text_or_list(item),
            _ => mismatch(item, "a column or a list of columns"),
        })
        .collect()
}

/// A table from text to one of these words.
pub(crate) fn words_by_name(
    what: &'static str,
    valid: &'static [&'static str],
) -> impl Fn(&Item) -> Read<BTreeMap<String, String>> {
    move |item| {
        let Value::Table(entries) = &item.value else {
            return mismatch(item, "a table, such as { age = \"integer\" }");
        };
        entries.iter().map(|entry| Ok((entry.key.clone(), word(what, valid)(&entry.item)?.to_owned()))).collect()
    }
}

/// One of these words.
pub(crate) fn word(what: &'static str, valid: &'static [&'static str]) -> impl Fn(&Item) -> Read<&'static str> {
    move |item| {
        let given = text(item)?;
        if let Some(word) = valid.iter().find(|word| **word == given) {
            return Ok(word);
        }
        let near = suggest::nearest(&given, valid.iter().copied())
            .map_or_else(String::new, |near| format!("did you mean \"{near}\"? "));
        wrong(item, format!("{} is not a {what}; {near}valid: {}", item.shown(), suggest::listed(valid)))
    }
}

pub(crate) fn boolean(item: &Item) -> Read<bool> {
    match item.value {
        Value::Boolean(value) => Ok(value),
        _ => mismatch(item, "true or false"),
    }
}

/// A number strictly between 0 and 1.
pub(crate) fn share(item: &Item) -> Read<f64> {
    let number = match item.value {
        Value::Number(number) => number,
        Value::Whole(number) => number as f64,
        _ => return mismatch(item, "a number between 0 and 1"),
    };
    if number > 0.0 && number < 1.0 {
        Ok(number)
    } else {
        wrong(item, format!("{} is not a share; expected a number above 0 and below 1, such as 0.2", item.shown()))
    }
}

/// A whole number of at least `least` that the type can hold.
pub(crate) fn whole<T: TryFrom<i128> + Into<u64> + Copy>(least: u64) -> impl Fn(&Item) -> Read<T> {
    move |item| {
        let Value::Whole(number) = item.value else { return mismatch(item, "a whole number") };
        match T::try_from(number) {
            Ok(value) if value.into() >= least => Ok(value),
            _ => {
                let most = if size_of::<T>() == 4 { u64::from(u32::MAX) } else { u64::MAX };
                wrong(item, format!("{number} is out of range; expected a whole number from {least} to {most}"))
            }
        }
    }
}

/// A whole number between two bounds, both allowed.
pub(crate) fn whole_within(least: u32, most: u32) -> impl Fn(&Item) -> Read<u32> {
    move |item| match whole::<u32>(least.into())(item) {
        Ok(number) if number <= most => Ok(number),
        Err(problem) if !matches!(item.value, Value::Whole(_)) => Err(problem),
        _ => wrong(item, format!("{} is out of range; expected a whole number from {least} to {most}", item.shown())),
    }
}

/// A number of bytes of at least `least`.
pub(crate) fn size(least: u64) -> impl Fn(&Item) -> Read<u64> {
    move |item| {
        let bytes = match &item.value {
            Value::Text(text) => units::size(text).or_else(|message| wrong(item, message))?,
            Value::Whole(_) => whole(0)(item)?,
            _ => return mismatch(item, "a size, such as \"64MiB\""),
        };
        if bytes < least { wrong(item, format!("is {bytes} bytes; expected at least {least}")) } else { Ok(bytes) }
    }
}

/// A number of bytes between two bounds, both allowed.
pub(crate) fn size_within(least: u64, most: u64) -> impl Fn(&Item) -> Read<u64> {
    move |item| {
        let bytes = size(least)(item)?;
        if bytes > most { wrong(item, format!("is {bytes} bytes; expected at most {most}")) } else { Ok(bytes) }
    }
}

/// A duration above zero.
pub(crate) fn duration(item: &Item) -> Read<Duration> {
    match &item.value {
        Value::Text(text) => match units::duration(text) {
            Ok(duration) if duration.is_zero() => wrong(item, "is no time at all; expected a duration above zero"),
            Ok(duration) => Ok(duration),
            Err(message) => wrong(item, message),
        },
        Value::Whole(number) => wrong(item, format!("{number} has no unit; write \"{number}s\" for seconds")),
        _ => mismatch(item, "a duration, such as \"10s\""),
    }
}

/// One character that separates columns, as its byte; `tab` and `\t` are the tabulator.
pub(crate) fn delimiter(item: &Item) -> Read<u8> {
    let Value::Text(given) = &item.value else { return mismatch(item, "one character, such as \";\"") };
    match given.as_bytes() {
        b"tab" | b"\\t" => Ok(b'\t'),
        [byte] if !matches!(byte, b'"' | b'\n' | b'\r') => Ok(*byte),
        _ => wrong(
            item,
            format!("{} cannot separate columns; expected one ASCII character, such as \";\"", item.shown()),
        ),
    }
}

/// A table as JSON.
pub(crate) fn object(item: &Item) -> Read<serde_json::Value> {
    match item.value {
        Value::Table(_) => json(item),
        _ => mismatch(item, "a table, such as { min = 0.85 }"),
    }
}

/// Anything as JSON.
pub(crate) fn json(item: &Item) -> Read<serde_json::Value> {
    item.json().map_err(|(line, message)| Wrong { line, message })
}
