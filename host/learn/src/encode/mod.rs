//! From raw columns to a matrix of numbers, by rules learnt on the training rows alone.
//!
//! [`Encoder::learn`] looks at the training rows; [`Encoder::bind`] fits what it learnt to the columns of another frame,
//! by name; [`Bound::matrix`] then encodes any range of its rows. Each row is encoded by itself, so cutting rows into
//! batches changes nothing.

mod category;
mod number;

use std::ops::Range;

use portcullis_data::{Frame, MISSING, Values};
use serde::{Deserialize, Serialize};

use crate::error::{LearnError, listed};
use crate::family::Family;
use crate::parameters::{EncodeSettings, Encoding};
use crate::trees::Matrix;
use category::{Levels, present_levels};
use number::NumberPlan;

/// What was learnt about each input, in the order of the inputs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Encoder {
    family: Family,
    columns: Vec<Column>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Column {
    name: String,
    plan: Plan,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Plan {
    /// One number, imputed and scaled.
    Number(NumberPlan),
    /// A column of zeros and ones for each level, and one for missing values if there were any in training.
    OneHot { levels: Levels, missing: bool },
    /// The position of the level, treated as a number.
    Ordinal { levels: Levels, number: NumberPlan },
}

impl Plan {
    fn width(&self) -> usize {
        match self {
            Self::Number(_) | Self::Ordinal { .. } => 1,
            Self::OneHot { levels, missing } => levels.len() + usize::from(*missing),
        }
    }
}

impl Encoder {
    /// Learns from the training rows.
    ///
    /// # Errors
    /// No rows or columns, a column without any value, an infinite value where the family needs finite ones, or too many
    /// levels for one-hot encoding.
    pub(crate) fn learn(family: Family, settings: EncodeSettings, inputs: &Frame) -> Result<Self, LearnError> {
        if inputs.rows() == 0 {
            return Err(LearnError::NoRows);
        }
        if inputs.names().is_empty() {
            return Err(LearnError::NoColumns);
        }
        let columns = inputs
            .iter()
            .map(|(name, values)| {
                if values.missing_count() == inputs.rows() {
                    return Err(LearnError::AllMissing { column: name.to_owned() });
                }
                Ok(Column { name: name.to_owned(), plan: learn_column(family, settings, name, values)? })
            })
            .collect::<Result<_, LearnError>>()?;
        Ok(Self { family, columns })
    }

    /// The columns of the matrix: `age`, `sex=F`, `sex=(missing)`.
    pub(crate) fn outputs(&self) -> Vec<String> {
        let mut names = Vec::with_capacity(self.width());
        for Column { name, plan } in &self.columns {
            match plan {
                Plan::Number(_) | Plan::Ordinal { .. } => names.push(name.clone()),
                Plan::OneHot { levels, missing } => {
                    names.extend(levels.iter().map(|level| format!("{name}={level}")));
                    names.extend(missing.then(|| format!("{name}=(missing)")));
                }
            }
        }
        names
    }

    /// How many columns the matrix has.
    pub(crate) fn width(&self) -> usize {
        self.columns.iter().map(|column| column.plan.width()).sum()
    }

    /// The inputs' names and whether they are numbers, in order.
    pub(crate) fn inputs(&self) -> impl Iterator<Item = (&str, bool)> {
        self.columns.iter().map(|column| (column.name.as_str(), matches!(column.plan, Plan::Number(_))))
    }

    /// Whether it can have been learnt by [`Encoder::learn`]: what a damaged file could break.
    pub(crate) fn is_sound(&self) -> bool {
        self.columns.iter().all(|column| match &column.plan {
            Plan::Number(number) | Plan::Ordinal { number, .. } => number.is_sound(),
            Plan::OneHot { .. } => true,
        })
    }

    /// Finds the inputs in this frame by name; other columns are left aside.
    ///
    /// A column of the wrong type that has no value at all counts as one whose values are missing: a reader cannot tell
    /// the type of an empty column.
    ///
    /// # Errors
    /// An input that is not there or holds something else than in training.
    pub(crate) fn bind<'a>(&'a self, frame: &'a Frame) -> Result<Bound<'a>, LearnError> {
        let missing: Vec<_> =
            self.columns.iter().map(|column| column.name.as_str()).filter(|name| frame.get(name).is_none()).collect();
        if !missing.is_empty() {
            let inputs = listed(self.columns.iter().map(|column| column.name.as_str()));
            return Err(LearnError::MissingColumns { missing: listed(missing), inputs });
        }
        let columns = self
            .columns
            .iter()
            .filter_map(|column| Some((column, frame.get(&column.name)?)))
            .map(|(column, values)| self.bind_column(column, values))
            .collect::<Result<_, _>>()?;
        Ok(Bound { rows: frame.rows(), width: self.width(), columns })
    }

    fn bind_column<'a>(&self, Column { name, plan }: &'a Column, values: &'a Values) -> Result<Source<'a>, LearnError> {
        match (plan, values) {
            (Plan::Number(number), Values::Numbers(numbers)) => {
                self.check_finite(name, number, numbers)?;
                Ok(Source::Number(number, numbers))
            }
            (Plan::OneHot { levels, missing }, Values::Categories(given)) => {
                let missing = missing.then_some(levels.len());
                Ok(Source::OneHot {
                    width: plan.width(),
                    places: levels.places(&given.levels),
                    missing,
                    codes: &given.codes,
                })
            }
            (Plan::Ordinal { levels, number }, Values::Categories(given)) => {
                Ok(Source::Ordinal { number, places: levels.places(&given.levels), codes: &given.codes })
            }
            _ if values.missing_count() == values.len() => Ok(match plan {
                Plan::Number(number) | Plan::Ordinal { number, .. } => Source::Missing(number),
                Plan::OneHot { levels, missing } => {
                    Source::MissingLevel { width: plan.width(), missing: missing.then_some(levels.len()) }
                }
            }),
            (Plan::Number(_), Values::Categories(_)) => {
                Err(LearnError::WrongKind { column: name.clone(), found: "categories", expected: "numbers" })
            }
            (_, Values::Numbers(_)) => {
                Err(LearnError::WrongKind { column: name.clone(), found: "numbers", expected: "categories" })
            }
        }
    }

    fn check_finite(&self, name: &str, plan: &NumberPlan, numbers: &[f64]) -> Result<(), LearnError> {
        if plan.is_identity() {
            return Ok(());
        }
        finite(self.family, name, numbers)
    }
}

/// An error at the first infinite value.
fn finite(family: Family, column: &str, numbers: &[f64]) -> Result<(), LearnError> {
    match numbers.iter().position(|number| number.is_infinite()) {
        Some(row) => Err(LearnError::Infinite { column: column.to_owned(), row: row + 1, family }),
        None => Ok(()),
    }
}

fn learn_column(family: Family, settings: EncodeSettings, name: &str, values: &Values) -> Result<Plan, LearnError> {
    // Trees only compare numbers, so they alone may keep missing and infinite values.
    let keep = family.is_tree();
    match values {
        Values::Numbers(numbers) => {
            let plan = NumberPlan::learn(settings, keep, numbers);
            if !plan.is_identity() {
                finite(family, name, numbers)?;
            }
            Ok(Plan::Number(plan))
        }
        Values::Categories(categories) => {
            let levels = present_levels(categories);
            match settings.encoding {
                Encoding::OneHot if levels.len() > settings.max_levels as usize => Err(LearnError::TooManyLevels {
                    column: name.to_owned(),
                    levels: levels.len(),
                    limit: settings.max_levels,
                }),
                Encoding::OneHot => Ok(Plan::OneHot { levels, missing: categories.codes.contains(&MISSING) }),
                Encoding::Ordinal => {
                    let places = levels.places(&categories.levels);
                    let numbers: Vec<f64> = categories.codes.iter().map(|code| ordinal(&places, *code)).collect();
                    Ok(Plan::Ordinal { number: NumberPlan::learn(settings, keep, &numbers), levels })
                }
            }
        }
    }
}

/// The position of a frame's category code among the learnt levels; NaN if it is missing or was not learnt.
fn ordinal(places: &[Option<u32>], code: u32) -> f64 {
    places.get(code as usize).copied().flatten().map_or(f64::NAN, f64::from)
}

/// An encoder beside the columns of one frame.
pub(crate) struct Bound<'a> {
    rows: usize,
    width: usize,
    columns: Vec<Source<'a>>,
}

enum Source<'a> {
    Number(&'a NumberPlan, &'a [f64]),
    OneHot { width: usize, places: Vec<Option<u32>>, missing: Option<usize>, codes: &'a [u32] },
    Ordinal { number: &'a NumberPlan, places: Vec<Option<u32>>, codes: &'a [u32] },
    Missing(&'a NumberPlan),
    MissingLevel { width: usize, missing: Option<usize> },
}

impl Bound<'_> {
    /// How many rows there are to encode.
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// These rows, encoded.
    ///
    /// # Errors
    /// None that the encoder can cause: its columns have one length.
    pub(crate) fn matrix(&self, rows: Range<usize>) -> Result<Matrix, LearnError> {
        let mut columns = Vec::with_capacity(self.width);
        let count = rows.len();
        for source in &self.columns {
            match source {
                Source::Number(plan, numbers) => {
                    columns.push(part(numbers, &rows).iter().map(|number| plan.apply(*number)).collect());
                }
                Source::Ordinal { number, places, codes } => {
                    columns.push(part(codes, &rows).iter().map(|code| number.apply(ordinal(places, *code))).collect());
                }
                Source::Missing(plan) => columns.push(vec![plan.apply(f64::NAN); count]),
                Source::OneHot { width, places, missing, codes } => {
                    let first = columns.len();
                    columns.resize_with(first + width, || vec![0.0; count]);
                    for (row, code) in part(codes, &rows).iter().enumerate() {
                        let place = match *code {
                            MISSING => *missing,
                            code => places.get(code as usize).copied().flatten().map(|place| place as usize),
                        };
                        if let Some(cell) = place.and_then(|place| columns.get_mut(first + place)?.get_mut(row)) {
                            *cell = 1.0;
                        }
                    }
                }
                Source::MissingLevel { width, missing } => {
                    columns.extend((0..*width).map(|place| vec![f64::from(*missing == Some(place)); count]));
                }
            }
        }
        Ok(Matrix::new(columns)?)
    }
}

fn part<'a, T>(values: &'a [T], rows: &Range<usize>) -> &'a [T] {
    values.get(rows.clone()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
