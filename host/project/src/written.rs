//! The configuration as written: every value with its line, nothing decided yet.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::layers::Origin;
use crate::problem::Problems;

/// Syntax errors that are told: whoever feeds us something else entirely wants no list of it.
const MOST_ERRORS: usize = 50;

/// A value and the line that it starts on, counted from 1; 0 for text from a flag or the environment.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Item {
    pub line: u32,
    pub value: Value,
}

/// A TOML value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Text(String),
    Whole(i128),
    Number(f64),
    Boolean(bool),
    /// Date, time or both, as written.
    Moment(String),
    List(Vec<Item>),
    /// In the order of the file.
    Table(Vec<Entry>),
}

/// A key with its value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    pub key: String,
    /// The key's line.
    pub line: u32,
    pub item: Item,
}

impl Value {
    /// The kind of value, as messages name it.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Whole(_) => "a whole number",
            Self::Number(_) => "a number",
            Self::Boolean(_) => "a boolean",
            Self::Moment(_) => "a date or time",
            Self::List(_) => "a list",
            Self::Table(_) => "a table",
        }
    }
}

impl Item {
    /// As a person would write it in the file.
    pub(crate) fn shown(&self) -> String {
        match &self.value {
            Value::Text(text) => quoted(text),
            Value::Whole(number) => number.to_string(),
            Value::Number(number) => format!("{number:?}"),
            Value::Boolean(value) => value.to_string(),
            Value::Moment(text) => text.clone(),
            Value::List(items) => format!("[{}]", crate::suggest::listed(items.iter().map(Self::shown))),
            Value::Table(entries) if entries.is_empty() => "{}".to_owned(),
            Value::Table(entries) => {
                let entries = entries.iter().map(|entry| format!("{} = {}", key_shown(&entry.key), entry.item.shown()));
                format!("{{ {} }}", crate::suggest::listed(entries))
            }
        }
    }

    /// As JSON. Dates and times become text.
    ///
    /// # Errors
    /// The line and what is wrong, for numbers that JSON cannot hold.
    pub(crate) fn json(&self) -> Result<serde_json::Value, (u32, String)> {
        use serde_json::Value as Json;
        Ok(match &self.value {
            Value::Text(text) | Value::Moment(text) => Json::String(text.clone()),
            Value::Boolean(value) => Json::Bool(*value),
            Value::Whole(number) => i64::try_from(*number)
                .map(Json::from)
                .or_else(|_| u64::try_from(*number).map(Json::from))
                .map_err(|_| (self.line, format!("{number} does not fit into 64 bits; write it as text")))?,
            Value::Number(number) => serde_json::Number::from_f64(*number).map(Json::Number).ok_or_else(|| {
                (self.line, format!("{number} is not a finite number; leave the key out or use text"))
            })?,
            Value::List(items) => Json::Array(items.iter().map(Self::json).collect::<Result<_, _>>()?),
            Value::Table(entries) => {
                Json::Object(entries.iter().map(|entry| Ok((entry.key.clone(), entry.item.json()?))).collect::<Result<
                    _,
                    (u32, String),
                >>(
                )?)
            }
        })
    }
}

/// Text between quotation marks, as TOML reads it back.
pub(crate) fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn key_shown(key: &str) -> String {
    let bare = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if bare { key.to_owned() } else { quoted(key) }
}

/// Turns byte offsets into lines.
struct Lines(Vec<usize>);

impl Lines {
    fn new(text: &[u8]) -> Self {
        Self(text.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at).collect())
    }

    /// The line that a byte is on, counted from 1.
    fn of(&self, byte: usize) -> u32 {
        u32::try_from(self.0.partition_point(|end| *end < byte)).unwrap_or(u32::MAX).saturating_add(1)
    }
}

/// The line that a byte of a text is on, counted from 1.
pub(crate) fn line_of(text: &[u8], byte: usize) -> u32 {
    Lines::new(text).of(byte)
}

/// Reads a whole file into its entries. Syntax errors go to `problems`, at most one in a line.
pub(crate) fn parse(text: &str, problems: &mut Problems) -> Vec<Entry> {
    let lines = Lines::new(text.as_bytes());
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut last = 0;
    for error in errors.into_iter().take(MOST_ERRORS) {
        let line = error.span().map_or(1, |span| lines.of(span.start));
        if line != last {
            problems.add(Origin::File { line }, "", "", format!("not valid TOML: {}", error.message()));
        }
        last = line;
    }
    entries(table.get_ref(), &lines)
}

/// Reads one value, as after `key =`; none if it is not valid TOML.
pub(crate) fn parse_value(text: &str) -> Option<Item> {
    let value = DeValue::parse(text).ok()?;
    let mut item = item(&value, &Lines::new(text.as_bytes()));
    clear_lines(&mut item);
    Some(item)
}

fn clear_lines(item: &mut Item) {
    item.line = 0;
    match &mut item.value {
        Value::List(items) => items.iter_mut().for_each(clear_lines),
        Value::Table(entries) => {
            for entry in entries {
                entry.line = 0;
                clear_lines(&mut entry.item);
            }
        }
        _ => {}
    }
}

fn entries(table: &DeTable<'_>, lines: &Lines) -> Vec<Entry> {
    let mut sorted: Vec<_> = table.iter().collect();
    sorted.sort_by_key(|(key, _)| key.span().start);
    sorted
        .into_iter()
        .map(|(key, value)| Entry {
            key: key.get_ref().to_string(),
            line: lines.of(key.span().start),
            item: item(value, lines),
        })
        .collect()
}

fn item(value: &Spanned<DeValue<'_>>, lines: &Lines) -> Item {
    let line = lines.of(value.span().start);
    let value = match value.get_ref() {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(number) => i128::from_str_radix(number.as_str(), number.radix())
            .map_or_else(|_| Value::Text(number.to_string()), Value::Whole),
        DeValue::Float(number) => {
            number.as_str().parse().map_or_else(|_| Value::Text(number.to_string()), Value::Number)
        }
        DeValue::Boolean(value) => Value::Boolean(*value),
        DeValue::Datetime(moment) => Value::Moment(moment.to_string()),
        DeValue::Array(items) => Value::List(items.iter().map(|value| item(value, lines)).collect()),
        DeValue::Table(table) => Value::Table(entries(table, lines)),
    };
    Item { line, value }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> (Vec<Entry>, Vec<String>) {
        let mut problems = Problems::new("portcullis.toml");
        let entries = parse(text, &mut problems);
        let found = problems.finish(()).err().map_or_else(Vec::new, |error| error.problems().to_vec());
        (entries, found.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn lines_are_counted_from_one_whatever_ends_them() {
        for text in ["[a]\nx = 1\n\ny = [\n  2,\n  3 ]\n", "[a]\r\nx = 1\r\n\r\ny = [\r\n  2,\r\n  3 ]\r\n"] {
            let (entries, problems) = parsed(text);
            assert_eq!(problems, Vec::<String>::new());
            let Value::Table(inner) = &entries[0].item.value else { panic!("{entries:?}") };
            assert_eq!((entries[0].line, inner[0].line, inner[1].line), (1, 2, 4));
            let Value::List(items) = &inner[1].item.value else { panic!("{inner:?}") };
            assert_eq!((items[0].line, items[1].line), (5, 6));
        }
    }

    #[test]
    fn numbers_keep_their_value_in_every_notation() {
        let (entries, _) = parsed("a = 0xff\nb = -1_000\nc = 1e3\nd = 0.1\ne = 1979-05-27\nf = 18446744073709551615");
        let values: Vec<_> = entries.iter().map(|entry| entry.item.value.clone()).collect();
        assert_eq!(
            values,
            [
                Value::Whole(255),
                Value::Whole(-1000),
                Value::Number(1000.0),
                Value::Number(0.1),
                Value::Moment("1979-05-27".into()),
                Value::Whole(u64::MAX.into()),
            ]
        );
        assert_eq!(entries[5].item.json(), Ok(serde_json::json!(u64::MAX)));
        assert!(parse_value("nan").unwrap().json().is_err());
    }

    #[test]
    fn what_is_shown_reads_back() {
        for text in ["\"a\"", "[1, 2.5, true]", "{ a = 1, \"b c\" = [\"x\"] }", "1e30", "-0.0", "{}"] {
            let item = parse_value(text).unwrap();
            assert_eq!(parse_value(&item.shown()).as_ref(), Some(&item), "{text}");
        }
    }

    #[test]
    fn syntax_errors_say_the_line() {
        let (_, problems) = parsed("[a]\nx = \n[b\ny = 1\n");
        assert!(problems[0].starts_with("portcullis.toml:2: not valid TOML: "), "{problems:?}");
        assert!(problems.iter().any(|problem| problem.starts_with("portcullis.toml:3: ")), "{problems:?}");
    }
}
