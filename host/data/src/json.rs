//! JSON: one object per line, or one array of objects.
//!
//! Types come from all values: `true`/`false` → boolean, numbers → integer or number, strings → text, or dates where every
//! string is one; anything mixed → text. Lists and objects are kept as their compact JSON, with sorted keys. A key that a
//! row lacks is missing there.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use crate::calendar;
use crate::cells::{Cells, MICROS, NEITHER, Unit, Whole, canonical, intern, number_text};
use crate::error::DataError;
use crate::infer::{Seen, seen_text};
use crate::kind::ColumnKind;
use crate::parallel;

/// A file whose every row has other keys would fill the memory with nulls.
const MOST_COLUMNS: usize = 10_000;

/// A key, copied only if it has escapes: rows repeat their keys.
#[derive(serde::Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

/// An object in the order in which it is written.
struct Row<'a>(Vec<(Cow<'a, str>, Value)>);

impl<'de> Deserialize<'de> for Row<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;
        impl<'de> Visitor<'de> for Pairs {
            type Value = Row<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object, one per row")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Row<'de>, A::Error> {
                let mut pairs = Vec::new();
                while let Some((Key(name), value)) = map.next_entry::<Key<'de>, Value>()? {
                    pairs.push((name, value));
                }
                Ok(Row(pairs))
            }
        }
        deserializer.deserialize_map(Pairs)
    }
}

/// One line's object.
fn row<'a>(path: &str, number: u64, line: &'a [u8]) -> Result<Row<'a>, DataError> {
    serde_json::from_slice(line).map_err(|error| {
        let said = error.to_string();
        let said = said.rsplit_once(" at line ").map_or(said.as_str(), |(said, _)| said);
        DataError::line(path, number, format!("{said}, at column {}", error.column()))
    })
}

/// A column while it is gathered.
struct Column {
    name: String,
    values: Vec<Value>,
    seen: Seen,
    nested: bool,
}

/// A JSON file that has been read.
pub(crate) struct JsonFile {
    columns: Vec<Column>,
    rows: usize,
}

impl JsonFile {
    /// Reads one object per line; empty lines are skipped.
    pub fn open_lines(path: &str, bytes: &[u8]) -> Result<Self, DataError> {
        let lines: Vec<(u64, &[u8])> = (1..)
            .zip(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).split(|byte| *byte == b'\n'))
            .filter(|(_, line)| !line.trim_ascii().is_empty())
            .collect();
        let chunks: Vec<&[(u64, &[u8])]> = lines.chunks(8192).collect();
        let parsed = parallel::map(&chunks, |_, lines| {
            lines
                .iter()
                .map(|(number, line)| Ok((*number, row(path, *number, line)?)))
                .collect::<Result<Vec<_>, DataError>>()
        });
        let rows = parsed.into_iter().collect::<Result<Vec<_>, _>>()?.into_iter().flatten();
        Self::gathered(rows, |line, message| DataError::line(path, line, message))
    }

    /// Reads one array of objects.
    pub fn open_array(path: &str, bytes: &[u8]) -> Result<Self, DataError> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let rows: Vec<Row<'_>> = serde_json::from_slice(bytes).map_err(|error| {
            let said = error.to_string();
            let said = said.rsplit_once(" at line ").map_or(said.as_str(), |(said, _)| said);
            DataError::line(
                path,
                error.line() as u64,
                format!("{said}; a .json file must be an array of objects (one object per line: name it .jsonl)"),
            )
        })?;
        Self::gathered((1..).zip(rows), |row, message| DataError::file(path, format!("row {row}: {message}")))
    }

    fn gathered<'a>(
        rows: impl Iterator<Item = (u64, Row<'a>)>,
        error: impl Fn(u64, String) -> DataError,
    ) -> Result<Self, DataError> {
        let mut columns: Vec<Column> = vec![];
        let mut places: BTreeMap<String, usize> = BTreeMap::new();
        let mut count = 0;
        for (number, Row(pairs)) in rows {
            for (guess, (name, value)) in pairs.into_iter().enumerate() {
                // Rows nearly always have their keys in the same order.
                let place = match columns.get(guess) {
                    Some(column) if column.name == name => guess,
                    _ => match places.get(name.as_ref()) {
                        Some(place) => *place,
                        None => columns.len(),
                    },
                };
                if place == columns.len() {
                    if place >= MOST_COLUMNS {
                        return Err(error(number, format!("there are more than {MOST_COLUMNS} different keys")));
                    }
                    let values = vec![Value::Null; count];
                    places.insert(name.to_string(), place);
                    columns.push(Column { name: name.to_string(), values, seen: Seen::default(), nested: false });
                }
                let Some(column) = columns.get_mut(place) else { continue };
                if column.values.len() > count {
                    return Err(error(number, format!("the key `{name}` occurs twice")));
                }
                column.note(&value);
                column.values.push(value);
            }
            count += 1;
            for column in &mut columns {
                if column.values.len() < count {
                    column.values.push(Value::Null);
                }
            }
        }
        Ok(Self { columns, rows: count })
    }

    pub fn rows(&self) -> u64 {
        self.rows as u64
    }

    /// Names and kinds; none for a column without values.
    pub fn kinds(&self) -> Vec<(String, Option<ColumnKind>)> {
        self.columns
            .iter()
            .map(|column| {
                let kind = if column.nested { Some(ColumnKind::Other) } else { column.seen.kind() };
                (column.name.clone(), kind)
            })
            .collect()
    }

    /// The columns as these kinds; text where none is given.
    pub fn columns(self, kinds: &BTreeMap<String, ColumnKind>) -> BTreeMap<String, Cells> {
        self.columns
            .into_iter()
            .map(|column| {
                let kind = kinds.get(&column.name).copied().unwrap_or(ColumnKind::Text);
                (column.name, cells(&column.values, kind))
            })
            .collect()
    }
}

impl Column {
    fn note(&mut self, value: &Value) {
        let seen = match value {
            Value::Null => return,
            Value::Bool(_) => Seen::BOOLEAN,
            Value::Number(number) if number.is_i64() => Seen::INTEGER,
            Value::Number(_) => Seen::NUMBER,
            Value::String(text) => seen_text(text),
            Value::Array(_) | Value::Object(_) => {
                self.nested = true;
                Seen::TEXT
            }
        };
        self.seen = self.seen.and(seen);
    }
}

fn cells(values: &[Value], kind: ColumnKind) -> Cells {
    let whole = |read: fn(&Value) -> Option<i64>, unit| {
        let parsed: Vec<Option<i64>> = values.iter().map(read).collect();
        Cells::Whole(Whole {
            values: parsed.iter().map(|value| value.unwrap_or(0)).collect(),
            missing: parsed.contains(&None).then(|| parsed.iter().map(Option::is_none).collect()),
            unit,
        })
    };
    match kind {
        ColumnKind::Boolean => {
            Cells::Boolean(values.iter().map(|value| value.as_bool().map_or(NEITHER, u8::from)).collect())
        }
        ColumnKind::Integer => whole(Value::as_i64, Unit::One),
        ColumnKind::Number => {
            Cells::Numbers(values.iter().map(|value| value.as_f64().map_or(f64::NAN, canonical)).collect())
        }
        ColumnKind::Date => whole(|value| value.as_str().and_then(calendar::date), Unit::Days),
        ColumnKind::DateTime => whole(
            |value| {
                let text = value.as_str()?;
                calendar::datetime(text)
                    .or_else(|| calendar::date(text).and_then(|days| days.checked_mul(86_400 * MICROS)))
            },
            Unit::Instant(MICROS),
        ),
        ColumnKind::Text | ColumnKind::Time | ColumnKind::Other => {
            let text = |value: &Value| match value {
                Value::Null => None,
                Value::String(text) => Some(text.clone()),
                Value::Number(number) if !number.is_i64() && !number.is_u64() => number.as_f64().map(number_text),
                other => Some(other.to_string()),
            };
            Cells::Text(intern(&values.iter().map(text).collect::<Vec<_>>()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<JsonFile, DataError> {
        JsonFile::open_lines("d.jsonl", text.as_bytes())
    }

    #[test]
    fn keys_may_come_late_or_in_another_order() {
        let file = read("{\"b\":1,\"a\":\"x\"}\n\n{\"a\":\"y\",\"b\":2.5,\"c\":true}\n{}\n").unwrap();
        assert_eq!(file.rows(), 3);
        let kinds = file.kinds();
        assert_eq!(
            kinds,
            [
                ("b".to_owned(), Some(ColumnKind::Number)),
                ("a".to_owned(), Some(ColumnKind::Text)),
                ("c".to_owned(), Some(ColumnKind::Boolean))
            ]
        );
        let kinds = kinds.into_iter().map(|(name, kind)| (name, kind.unwrap())).collect();
        let columns = file.columns(&kinds);
        assert_eq!(columns["c"], Cells::Boolean(vec![NEITHER, 1, NEITHER]));
        assert_eq!(columns["b"].null_count(), 1);
    }

    #[test]
    fn strings_are_dates_only_if_all_are_and_never_numbers() {
        let file = read("{\"d\":\"2024-01-02\",\"n\":\"1\",\"o\":[1]}\n{\"d\":null,\"n\":\"2\",\"o\":null}").unwrap();
        let kinds: Vec<_> = file.kinds().into_iter().map(|(_, kind)| kind.unwrap()).collect();
        assert_eq!(kinds, [ColumnKind::Date, ColumnKind::Text, ColumnKind::Other]);
    }

    #[test]
    fn errors_name_the_line() {
        let line = |text: &str| read(text).err().unwrap().to_string();
        assert!(line("{\"a\":1}\n{\"a\":}\n").starts_with("d.jsonl, line 2: expected value"));
        assert!(line("{\"a\":1}\n\n[1]\n").contains("line 3: invalid type: sequence, expected an object, one per row"));
        assert!(line("{\"a\":1,\"a\":2}").contains("`a` occurs twice"));
        assert!(line("{\"a\":1,\"b\":2,\"a\":2}").contains("`a` occurs twice"));
        assert!(line(&"[".repeat(100_000)).contains("line 1"));
        let array = JsonFile::open_array("d.json", b"{\"a\":1}").err().unwrap().to_string();
        assert!(array.contains("must be an array of objects"), "{array}");
        assert_eq!(JsonFile::open_array("d.json", b"[{\"a\":1},{\"a\":2}]").ok().unwrap().rows(), 2);
    }
}
