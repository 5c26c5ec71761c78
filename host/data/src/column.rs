//! What the contract's `column` resource answers.

use std::fmt;
use std::sync::Arc;

use crate::error::DataError;
use crate::kind::ColumnKind;
use crate::slot::Slot;

/// A column of a table. Cheap to clone; every statistic is computed once, when it is first asked for, whoever asks.
///
/// Missing values (empty cells, null, NaN) are counted by [`Column::null_count`] and left out of everything else.
/// -0.0 equals 0.0; infinities are values. Dates and times count as numbers, in seconds. Errors: the file cannot be
/// read; [`DataError::NotNumeric`] where numbers are asked of booleans, text or other; [`DataError::BadArgument`].
#[derive(Clone)]
pub struct Column(pub(crate) Arc<Slot>);

impl fmt::Debug for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Column").field(&self.0.info).finish()
    }
}

impl Column {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.0.info.name
    }

    /// What it holds.
    pub fn kind(&self) -> ColumnKind {
        self.0.info.kind
    }

    /// Rows without a value.
    pub fn null_count(&self) -> Result<u64, DataError> {
        if let Some(moments) = self.0.moments()? {
            return Ok(self.0.cells()?.len() as u64 - moments.count);
        }
        Ok(self.0.cells()?.null_count())
    }

    /// Different values.
    pub fn distinct_count(&self) -> Result<u64, DataError> {
        Ok(self.0.tally()?.distinct())
    }

    /// The `most` commonest values as text with the rows that have them, commonest first, ties in the order of their text.
    pub fn frequencies(&self, most: usize) -> Result<Vec<(String, u64)>, DataError> {
        Ok(self.0.tally()?.frequencies(most))
    }

    /// Rows whose value is none of these. In columns of numbers, dates and times the texts are read and compared by
    /// value, so that `3.0` means the integer 3; elsewhere they are compared as they stand.
    pub fn count_not_in(&self, values: &[String]) -> Result<u64, DataError> {
        Ok(self.0.tally()?.count_not_in(values))
    }

    /// The smallest value; none if there is none, as in all that follow.
    pub fn minimum(&self) -> Result<Option<f64>, DataError> {
        Ok(self.moments()?.minimum())
    }

    /// The largest value.
    pub fn maximum(&self) -> Result<Option<f64>, DataError> {
        Ok(self.moments()?.maximum())
    }

    /// The arithmetic mean; NaN if both infinities occur.
    pub fn mean(&self) -> Result<Option<f64>, DataError> {
        Ok(self.moments()?.mean())
    }

    /// Of the sample: the divisor is n - 1. None under two values; NaN if an infinity occurs.
    pub fn standard_deviation(&self) -> Result<Option<f64>, DataError> {
        Ok(self.moments()?.standard_deviation())
    }

    /// The sum; NaN if both infinities occur.
    pub fn sum(&self) -> Result<Option<f64>, DataError> {
        Ok(self.moments()?.sum())
    }

    /// One quantile for each probability in 0..=1, by linear interpolation (type 7 of Hyndman and Fan, the default of
    /// numpy and R). Empty if there are no values.
    pub fn quantiles(&self, probabilities: &[f64]) -> Result<Vec<f64>, DataError> {
        self.numeric()?;
        if let Some(wrong) = probabilities.iter().find(|p| !(0.0..=1.0).contains(*p)) {
            return Err(DataError::bad(format!("a probability must be in 0..1, not {wrong}")));
        }
        let tally = self.0.tally()?;
        Ok(probabilities.iter().filter_map(|probability| tally.quantile(*probability)).collect())
    }

    /// Rows below `lowest` or above `highest`; none bounds nothing.
    pub fn count_outside(&self, lowest: Option<f64>, highest: Option<f64>) -> Result<u64, DataError> {
        self.numeric()?;
        if lowest.is_some_and(f64::is_nan) || highest.is_some_and(f64::is_nan) {
            return Err(DataError::bad("a bound must be a number, not NaN"));
        }
        // Common answers without sorting: nothing lies outside.
        if let Some(moments) = self.0.moments()? {
            let inside = lowest.is_none_or(|low| moments.minimum().is_none_or(|least| least >= low))
                && highest.is_none_or(|high| moments.maximum().is_none_or(|most| most <= high));
            if inside {
                return Ok(0);
            }
        }
        let tally = self.0.tally()?;
        let low = lowest.unwrap_or(f64::NEG_INFINITY);
        let high = highest.unwrap_or(f64::INFINITY);
        if low > high {
            // Every value lies below the one or above the other.
            return Ok(tally.count());
        }
        Ok(tally.below(low, false) + tally.count() - tally.below(high, true))
    }

    /// Rows in each of the intervals between ascending edges: `[e0, e1)`, `[e1, e2)` … and the last one closed. Values
    /// outside the edges are not counted.
    pub fn histogram(&self, edges: &[f64]) -> Result<Vec<u64>, DataError> {
        self.numeric()?;
        let ascending = edges.windows(2).all(|pair| matches!(pair, [a, b] if a < b));
        if edges.len() < 2 || !ascending {
            return Err(DataError::bad("a histogram needs at least two edges, each greater than the one before"));
        }
        let tally = self.0.tally()?;
        let last = edges.len() - 1;
        let below: Vec<u64> = edges.iter().enumerate().map(|(i, edge)| tally.below(*edge, i == last)).collect();
        Ok(below.windows(2).map(|pair| if let [a, b] = pair { b - a } else { 0 }).collect())
    }

    fn numeric(&self) -> Result<(), DataError> {
        if self.kind().is_numeric() {
            Ok(())
        } else {
            Err(DataError::NotNumeric { column: self.name().to_owned(), kind: self.kind() })
        }
    }

    fn moments(&self) -> Result<crate::moments::Moments, DataError> {
        self.numeric()?;
        self.0.moments()?.ok_or_else(|| DataError::NotNumeric { column: self.name().to_owned(), kind: self.kind() })
    }
}
