//! A chunk's part of a column, of the narrowest type that holds its values.

use super::words::{self, SortedWords, Words};
use crate::calendar;
use crate::cells::{Cells, MICROS, NEITHER, Unit, Whole, canonical};
use crate::convert::{self, convert, nothing};
use crate::error::DataError;
use crate::infer::{Seen, has_leading_zero, seen};
use crate::kind::ColumnKind;
use crate::options::MissingWords;

/// Microseconds of a day.
const DAY: i64 = 86_400 * MICROS;

/// Part of a column while it is read: what its values could be, and the values.
#[derive(Debug)]
pub(crate) struct Piece {
    pub seen: Seen,
    values: Values,
}

#[derive(Debug)]
enum Values {
    /// So many rows without a value.
    Nothing(usize),
    Boolean(Vec<u8>),
    /// `missing` reaches to the last missing value.
    Whole {
        values: Vec<i64>,
        missing: Vec<bool>,
        kind: ColumnKind,
    },
    Numbers(Vec<f64>),
    Text(Words),
    /// Texts that were taken for something else until one did not fit: to be read again.
    Lost,
}

impl Values {
    fn none(rows: usize, kind: ColumnKind) -> Self {
        Self::Whole { values: vec![0; rows], missing: vec![true; rows], kind }
    }
}

/// `missing` reaches to the last missing value.
fn whole(values: Vec<i64>, mut missing: Vec<bool>, unit: Unit) -> Whole {
    if !missing.is_empty() {
        missing.resize(values.len(), false);
    }
    Whole { missing: missing.contains(&true).then_some(missing), values, unit }
}

/// As `trim`, which looks harder at the ends than most values need.
fn trimmed(text: &str) -> &str {
    match text.as_bytes() {
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => text,
        _ => text.trim(),
    }
}

impl Piece {
    /// Whatever comes.
    pub fn open() -> Self {
        Self { seen: Seen::default(), values: Values::Nothing(0) }
    }

    /// Text, whatever it could be; `seen` is what is known of the column.
    pub fn text(seen: Seen) -> Self {
        Self { seen, values: Values::Text(Words::default()) }
    }

    pub fn push(&mut self, text: &str, missing: &MissingWords) {
        let value = trimmed(text);
        if missing.contain(value) {
            self.gap();
            return;
        }
        if self.pushed_alike(value) {
            return;
        }
        if !self.seen.is_text() {
            let kind = seen(value);
            self.seen = self.seen.and(kind);
            self.make_room_for(kind);
        }
        match &mut self.values {
            Values::Text(words) => words.push(text),
            Values::Numbers(numbers) => numbers.push(value.parse().map_or(f64::NAN, canonical)),
            Values::Boolean(values) => values.push(u8::from(value.eq_ignore_ascii_case("true"))),
            Values::Whole { values, missing, kind } => {
                let parsed = match kind {
                    ColumnKind::Date => calendar::date(value),
                    ColumnKind::DateTime => calendar::datetime(value)
                        .or_else(|| calendar::date(value).and_then(|days| days.checked_mul(DAY))),
                    _ => value.parse().ok(),
                };
                if parsed.is_none() {
                    missing.resize(values.len(), false);
                    missing.push(true);
                }
                values.push(parsed.unwrap_or(0));
            }
            Values::Nothing(_) | Values::Lost => {}
        }
    }

    /// The short way for one number more among numbers, which tells nothing new about the column.
    fn pushed_alike(&mut self, value: &str) -> bool {
        match &mut self.values {
            Values::Numbers(numbers) if self.seen.has_number() && !has_leading_zero(value) => {
                value.parse().is_ok_and(|number| {
                    numbers.push(canonical(number));
                    true
                })
            }
            Values::Whole { values, kind: ColumnKind::Integer, .. } if !has_leading_zero(value) => {
                value.parse().is_ok_and(|number| {
                    values.push(number);
                    true
                })
            }
            _ => false,
        }
    }

    fn gap(&mut self) {
        match &mut self.values {
            Values::Nothing(rows) => *rows += 1,
            Values::Boolean(values) => values.push(NEITHER),
            Values::Numbers(numbers) => numbers.push(f64::NAN),
            Values::Text(words) => words.gap(),
            Values::Whole { values, missing, .. } => {
                missing.resize(values.len(), false);
                missing.push(true);
                values.push(0);
            }
            Values::Lost => {}
        }
    }

    /// Widens the type so far where it does not hold a value that could be `kind`.
    fn make_room_for(&mut self, kind: Seen) {
        use ColumnKind::{Date, DateTime, Integer};
        let fits = match &self.values {
            Values::Text(_) | Values::Lost => true,
            Values::Nothing(_) => false,
            Values::Boolean(_) => kind == Seen::BOOLEAN,
            Values::Numbers(_) => kind == Seen::INTEGER || kind == Seen::NUMBER || kind == Seen::BIG,
            Values::Whole { kind: Integer, .. } => kind == Seen::INTEGER,
            Values::Whole { kind: Date, .. } => kind == Seen::DATE,
            Values::Whole { .. } => kind == Seen::INSTANT || kind == Seen::DATE,
        };
        if fits {
            return;
        }
        let is_number = kind == Seen::NUMBER || kind == Seen::BIG;
        let wider = match std::mem::replace(&mut self.values, Values::Lost) {
            Values::Nothing(rows) => match kind {
                Seen::BOOLEAN => Values::Boolean(vec![NEITHER; rows]),
                Seen::INTEGER => Values::none(rows, Integer),
                Seen::DATE => Values::none(rows, Date),
                Seen::INSTANT => Values::none(rows, DateTime),
                _ if is_number => Values::Numbers(vec![f64::NAN; rows]),
                _ => Values::Text(Words::nothing(rows)),
            },
            Values::Whole { values, missing, kind: Integer } if is_number => {
                Values::Numbers(Cells::Whole(whole(values, missing, Unit::One)).numbers().unwrap_or_default())
            }
            Values::Whole { values, missing, kind: Date } if kind == Seen::INSTANT => {
                let values = values.into_iter().map(|days| days.saturating_mul(DAY)).collect();
                Values::Whole { values, missing, kind: DateTime }
            }
            _ => Values::Lost,
        };
        self.values = wider;
    }

    /// What was read, the texts with their levels sorted.
    pub fn closed(self) -> Closed {
        Closed::Cells(match self.values {
            Values::Nothing(rows) => return Closed::Nothing(rows),
            Values::Lost => return Closed::Lost,
            Values::Boolean(values) => Cells::Boolean(values),
            Values::Numbers(values) => Cells::Numbers(values),
            Values::Text(words) => return Closed::Text(words.sorted()),
            Values::Whole { values, missing, kind } => Cells::Whole(whole(
                values,
                missing,
                match kind {
                    ColumnKind::Date => Unit::Days,
                    ColumnKind::DateTime => Unit::Instant(MICROS),
                    _ => Unit::One,
                },
            )),
        })
    }
}

/// A piece that has been read.
#[derive(Debug)]
pub(crate) enum Closed {
    /// So many rows without a value.
    Nothing(usize),
    /// Values of any kind but text.
    Cells(Cells),
    Text(SortedWords),
    /// To be read again, as text.
    Lost,
}

impl Closed {
    /// Whether the values cannot be had as text without reading them again.
    pub fn has_no_text(&self) -> bool {
        matches!(self, Self::Cells(_) | Self::Lost)
    }
}

/// The pieces of a column of this kind, one after the other.
pub(crate) fn joined(pieces: Vec<Closed>, kind: ColumnKind, name: &str) -> Result<Cells, DataError> {
    let lost = || DataError::bad(format!("column `{name}` was lost while reading"));
    if kind == ColumnKind::Text {
        let words = pieces.into_iter().map(|piece| match piece {
            Closed::Nothing(rows) => Ok(Words::nothing(rows).sorted()),
            Closed::Text(words) => Ok(words),
            Closed::Cells(_) | Closed::Lost => Err(lost()),
        });
        return Ok(Cells::Text(words::joined(&words.collect::<Result<Vec<_>, _>>()?)));
    }
    let cells = pieces.into_iter().map(|piece| match piece {
        Closed::Nothing(rows) => Ok(nothing(kind, rows)),
        Closed::Cells(cells) => convert(cells, kind, name),
        Closed::Text(_) | Closed::Lost => Err(lost()),
    });
    convert::joined(cells.collect::<Result<_, _>>()?, name)
}
