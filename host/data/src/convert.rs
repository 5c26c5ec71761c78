//! From one kind of column to another, and several pieces of a column into one.

use crate::calendar;
use crate::cells::{Cells, MICROS, NEITHER, Unit, Whole, canonical, intern};
use crate::error::{DataError, clipped};
use crate::frame::{Categories, MISSING};
use crate::kind::ColumnKind;

/// The values as another kind, asked for by the configuration.
///
/// Text is parsed; a whole number is an integer; 0 and 1 are booleans, as are `yes`/`no`, `y`/`n`, `t`/`f` in any case;
/// a date is the instant of its midnight; everything is text. Dates may also be written `YYYY/MM/DD` or `YYYYMMDD`.
pub(crate) fn convert(cells: Cells, kind: ColumnKind, column: &str) -> Result<Cells, DataError> {
    let whole_unit = if let Cells::Whole(whole) = &cells { Some(whole.unit) } else { None };
    match (cells, kind) {
        (cells, kind) if cells.kind() == kind => Ok(cells),
        (cells, ColumnKind::Text | ColumnKind::Other) => Ok(match cells {
            Cells::Text(text) => Cells::Text(text),
            other => {
                // The levels of numbers are sorted by value; those of text by their bytes.
                let levels = other.categories();
                let texts: Vec<Option<&str>> = (0..levels.codes.len()).map(|row| levels.get(row)).collect();
                Cells::Text(intern(&texts))
            }
        }),
        (Cells::Whole(whole), ColumnKind::Number) if matches!(whole.unit, Unit::One | Unit::Unsigned) => {
            Ok(Cells::Numbers(Cells::Whole(whole).numbers().unwrap_or_default()))
        }
        (Cells::Whole(whole), ColumnKind::DateTime) if whole_unit == Some(Unit::Days) => {
            Ok(Cells::Whole(rescaled(whole, 86_400 * MICROS, Unit::Instant(MICROS))))
        }
        (cells, kind) => parse(&cells.categories(), kind, column),
    }
}

fn parse(text: &Categories, kind: ColumnKind, column: &str) -> Result<Cells, DataError> {
    let failed = |level: usize| {
        let row = text.codes.iter().position(|code| *code as usize == level).unwrap_or(0) as u64 + 1;
        let value = text.levels.get(level).map(|value| clipped(value)).unwrap_or_default();
        DataError::Override { column: column.to_owned(), kind, row, value }
    };
    // The first row that does not parse, rather than the first level.
    let all = |parsed: Vec<Option<i64>>| -> Result<Vec<i64>, DataError> {
        if parsed.iter().all(Option::is_some) {
            return Ok(parsed.into_iter().flatten().collect());
        }
        let first = text.codes.iter().find(|code| matches!(parsed.get(**code as usize), Some(None)));
        Err(failed(first.map_or(0, |code| *code as usize)))
    };
    let levels = || text.levels.iter().map(|level| level.trim());
    let whole = |values: Vec<i64>, unit: Unit| {
        let missing: Vec<bool> = text.codes.iter().map(|code| *code == MISSING).collect();
        Cells::Whole(Whole {
            values: crate::frame::gather(&values, &text.codes, 0),
            missing: missing.contains(&true).then_some(missing),
            unit,
        })
    };
    match kind {
        ColumnKind::Boolean => {
            let values = all(levels().map(boolean).collect())?;
            let values: Vec<u8> = values.into_iter().map(|value| value as u8).collect();
            Ok(Cells::Boolean(crate::frame::gather(&values, &text.codes, NEITHER)))
        }
        ColumnKind::Integer => Ok(whole(all(levels().map(integer).collect())?, Unit::One)),
        ColumnKind::Number => {
            // NaN is a fine answer here, so the parse has to say by itself whether it worked.
            all(levels().map(|level| level.parse::<f64>().ok().map(|_| 0)).collect())?;
            let values: Vec<f64> = levels().map(|level| canonical(level.parse().unwrap_or(f64::NAN))).collect();
            Ok(Cells::Numbers(crate::frame::gather(&values, &text.codes, f64::NAN)))
        }
        ColumnKind::Date => Ok(whole(all(levels().map(calendar::lenient_date).collect())?, Unit::Days)),
        ColumnKind::DateTime => {
            let instant = |level: &str| {
                calendar::datetime(level)
                    .or_else(|| calendar::lenient_date(level).and_then(|days| days.checked_mul(86_400 * MICROS)))
            };
            Ok(whole(all(levels().map(instant).collect())?, Unit::Instant(MICROS)))
        }
        ColumnKind::Text | ColumnKind::Other => Ok(Cells::Text(text.clone())),
        ColumnKind::Time => Err(DataError::bad(format!(
            "column `{column}`: a type can be set to boolean, integer, number, text, date or datetime, not to {kind}"
        ))),
    }
}

fn boolean(text: &str) -> Option<i64> {
    const TRUE: [&str; 5] = ["true", "1", "yes", "y", "t"];
    const FALSE: [&str; 5] = ["false", "0", "no", "n", "f"];
    let is = |words: [&str; 5]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    if is(TRUE) {
        Some(1)
    } else if is(FALSE) {
        Some(0)
    } else {
        None
    }
}

/// A whole number, also when written `3.0` or `1e3`.
fn integer(text: &str) -> Option<i64> {
    text.parse().ok().or_else(|| {
        let number: f64 = text.parse().ok()?;
        // Beyond 2^53 a float no longer names one integer.
        (number.trunc() == number && number.abs() <= 9_007_199_254_740_992.0).then_some(number as i64)
    })
}

/// The same instants in other ticks; one beyond the range stays at its end.
fn rescaled(whole: Whole, factor: i64, unit: Unit) -> Whole {
    let values = whole.values.into_iter().map(|value| value.saturating_mul(factor)).collect();
    Whole { values, missing: whole.missing, unit }
}

/// The kind that holds both, where there is one: integers are numbers, dates are instants.
pub(crate) fn wider(one: ColumnKind, other: ColumnKind) -> Option<ColumnKind> {
    use ColumnKind::{Date, DateTime, Integer, Number};
    match (one, other) {
        (a, b) if a == b => Some(a),
        (Integer, Number) | (Number, Integer) => Some(Number),
        (Date, DateTime) | (DateTime, Date) => Some(DateTime),
        _ => None,
    }
}

/// The pieces of a column, one after the other; each already is of the column's kind.
pub(crate) fn joined(mut pieces: Vec<Cells>, column: &str) -> Result<Cells, DataError> {
    if pieces.len() == 1
        && let Some(only) = pieces.pop()
    {
        return Ok(only);
    }
    let unlike = || DataError::bad(format!("column `{column}`: its pieces are of different kinds"));
    match pieces.first() {
        None => Ok(Cells::Numbers(vec![])),
        Some(Cells::Boolean(_)) => pieces
            .into_iter()
            .map(|piece| if let Cells::Boolean(values) = piece { Ok(values) } else { Err(unlike()) })
            .collect::<Result<Vec<_>, _>>()
            .map(|pieces| Cells::Boolean(pieces.concat())),
        Some(Cells::Numbers(_)) => pieces
            .into_iter()
            .map(|piece| if let Cells::Numbers(values) = piece { Ok(values) } else { Err(unlike()) })
            .collect::<Result<Vec<_>, _>>()
            .map(|pieces| Cells::Numbers(pieces.concat())),
        Some(Cells::Text(_)) => {
            let pieces: Vec<Categories> = pieces
                .into_iter()
                .map(|piece| if let Cells::Text(text) = piece { Ok(text) } else { Err(unlike()) })
                .collect::<Result<_, _>>()?;
            Ok(Cells::Text(joined_text(&pieces)))
        }
        Some(Cells::Whole(_)) => {
            let pieces: Vec<Whole> = pieces
                .into_iter()
                .map(|piece| if let Cells::Whole(whole) = piece { Ok(whole) } else { Err(unlike()) })
                .collect::<Result<_, _>>()?;
            joined_whole(pieces, column)
        }
    }
}

fn joined_text(pieces: &[Categories]) -> Categories {
    let mut levels: Vec<&String> = pieces.iter().flat_map(|piece| &piece.levels).collect();
    levels.sort_unstable();
    levels.dedup();
    let mut codes = Vec::with_capacity(pieces.iter().map(|piece| piece.codes.len()).sum());
    for piece in pieces {
        let place = |level: &String| levels.binary_search(&level).map_or(MISSING, |place| place as u32);
        let renamed: Vec<u32> = piece.levels.iter().map(place).collect();
        codes.extend(piece.codes.iter().map(|code| renamed.get(*code as usize).copied().unwrap_or(MISSING)));
    }
    Categories { codes, levels: levels.into_iter().cloned().collect() }
}

fn joined_whole(pieces: Vec<Whole>, column: &str) -> Result<Cells, DataError> {
    let unit = common_unit(&pieces, column)?;
    let any_missing = pieces.iter().any(|piece| piece.missing.is_some());
    let rows = pieces.iter().map(|piece| piece.values.len()).sum();
    let mut values: Vec<i64> = Vec::with_capacity(rows);
    let mut missing: Vec<bool> = Vec::with_capacity(if any_missing { rows } else { 0 });
    for piece in pieces {
        if any_missing {
            match &piece.missing {
                Some(flags) => missing.extend(flags),
                None => missing.extend(std::iter::repeat_n(false, piece.values.len())),
            }
        }
        let piece = match (piece.unit, unit) {
            (Unit::Instant(from), Unit::Instant(to)) | (Unit::Clock(from), Unit::Clock(to)) if from != to => {
                rescaled(piece, to / from, unit)
            }
            (Unit::One, Unit::Unsigned) => {
                // A negative number and one beyond the signed range fit no one type.
                if piece.values.iter().any(|value| *value < 0) {
                    return Err(DataError::bad(format!(
                        "column `{column}` has negative integers in one file and ones beyond {} in another: \
                         set its type to number or text in [data] types",
                        i64::MAX
                    )));
                }
                let values = piece.values.iter().map(|value| value ^ i64::MIN).collect();
                Whole { values, ..piece }
            }
            _ => piece,
        };
        values.extend(piece.values);
    }
    Ok(Cells::Whole(Whole { values, missing: any_missing.then_some(missing), unit }))
}

/// The finest unit among the pieces.
fn common_unit(pieces: &[Whole], column: &str) -> Result<Unit, DataError> {
    let mut units = pieces.iter().map(|piece| piece.unit);
    let first = units.next().unwrap_or(Unit::One);
    units.try_fold(first, |one, other| match (one, other) {
        (a, b) if a == b => Ok(a),
        (Unit::Instant(a), Unit::Instant(b)) => Ok(Unit::Instant(a.max(b))),
        (Unit::Clock(a), Unit::Clock(b)) => Ok(Unit::Clock(a.max(b))),
        (Unit::One | Unit::Unsigned, Unit::One | Unit::Unsigned) => Ok(Unit::Unsigned),
        _ => Err(DataError::bad(format!("column `{column}`: its pieces are of different kinds"))),
    })
}

/// A column of this kind with no values in it.
pub(crate) fn nothing(kind: ColumnKind, rows: usize) -> Cells {
    let unit = match kind {
        ColumnKind::Boolean => return Cells::Boolean(vec![NEITHER; rows]),
        ColumnKind::Number => return Cells::Numbers(vec![f64::NAN; rows]),
        ColumnKind::Text | ColumnKind::Other => {
            return Cells::Text(Categories { codes: vec![MISSING; rows], levels: vec![] });
        }
        ColumnKind::Integer => Unit::One,
        ColumnKind::Date => Unit::Days,
        ColumnKind::DateTime => Unit::Instant(MICROS),
        ColumnKind::Time => Unit::Clock(MICROS),
    };
    Cells::Whole(Whole { values: vec![0; rows], missing: Some(vec![true; rows]), unit })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(values: &[Option<&str>]) -> Cells {
        Cells::Text(intern(values))
    }

    fn numbers(cells: &Cells) -> Vec<f64> {
        cells.numbers().unwrap()
    }

    #[test]
    fn text_is_parsed_as_asked() {
        let asked = |values: &[Option<&str>], kind| convert(text(values), kind, "c").unwrap();
        assert_eq!(numbers(&asked(&[Some("01"), Some(" 7 "), Some("3.0")], ColumnKind::Integer)), [1.0, 7.0, 3.0]);
        assert_eq!(asked(&[Some("Yes"), None, Some("0")], ColumnKind::Boolean), Cells::Boolean(vec![1, NEITHER, 0]));
        assert_eq!(numbers(&asked(&[Some("19700102")], ColumnKind::Date)), [86_400.0]);
        assert_eq!(numbers(&asked(&[Some("1970-01-02")], ColumnKind::DateTime)), [86_400.0]);
        assert!(numbers(&asked(&[Some("1.5"), None], ColumnKind::Number))[1].is_nan());
    }

    #[test]
    fn the_first_row_that_does_not_parse_is_named() {
        let error = convert(text(&[Some("1"), Some("x"), Some("a")]), ColumnKind::Integer, "age").unwrap_err();
        assert_eq!(error.to_string(), "column `age` cannot be read as integer: row 2 has `x`");
        assert!(convert(text(&[Some("1")]), ColumnKind::Time, "c").is_err());
    }

    #[test]
    fn numbers_become_text_with_levels_in_the_order_of_text() {
        let cells = convert(Cells::Numbers(vec![10.0, 9.0]), ColumnKind::Text, "c").unwrap();
        assert_eq!(cells, text(&[Some("10"), Some("9")]));
    }

    #[test]
    fn pieces_are_joined_in_the_finest_unit() {
        let piece = |value: i64, unit| Cells::Whole(Whole { values: vec![value], missing: None, unit });
        let instants = joined(vec![piece(1, Unit::Instant(1000)), piece(5, Unit::Instant(MICROS))], "t").unwrap();
        assert_eq!(numbers(&instants), [0.001, 0.000_005]);
        let beyond = piece(i64::MIN ^ i64::MIN, Unit::Unsigned);
        assert_eq!(joined(vec![piece(3, Unit::One), beyond.clone()], "n").unwrap().categories().levels[0], "3");
        assert!(joined(vec![piece(-3, Unit::One), beyond], "n").is_err());
        let words = joined(vec![text(&[Some("b"), None]), text(&[Some("a")])], "w").unwrap();
        assert_eq!(words, text(&[Some("b"), None, Some("a")]));
        assert!(joined(vec![text(&[None]), piece(1, Unit::One)], "w").is_err());
    }
}
