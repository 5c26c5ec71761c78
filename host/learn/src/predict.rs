//! Prediction over a batch: encoded and scored in parallel, some thousand rows at a time.

use std::ops::Range;

use portcullis_data::Frame;
use rayon::prelude::*;

use crate::encode::Bound;
use crate::error::LearnError;
use crate::model::Model;

/// Rows that are encoded at once: enough to keep each pass over a column long, few enough to stay in the cache.
const CHUNK: usize = 4096;

/// What a model answers, one entry per row.
#[derive(Debug, Clone, PartialEq)]
pub enum Predictions {
    /// A classification.
    Classes {
        /// The most probable class, an index into the model's classes; the first of several that are equally probable.
        labels: Vec<u32>,
        /// The probability of each class: row-major, rows × classes, each row adding up to 1.
        scores: Vec<f64>,
    },
    /// A regression.
    Numbers(Vec<f64>),
}

impl Predictions {
    /// Number of rows.
    pub fn len(&self) -> usize {
        match self {
            Self::Classes { labels, .. } => labels.len(),
            Self::Numbers(numbers) => numbers.len(),
        }
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Model {
    /// Predicts these rows. Columns are found by name; those that the model does not read are ignored.
    ///
    /// A missing value and a category that was not there in training are treated as `docs/models.md` says, not as errors.
    /// Each row is predicted by itself: cutting rows into batches, their order and the number of threads change nothing.
    ///
    /// # Errors
    /// An input that is not there or holds something else than in training; an infinite number where the family computes
    /// with it.
    pub fn predict(&self, rows: &Frame) -> Result<Predictions, LearnError> {
        let bound = self.encoder.bind(rows)?;
        let parts = (0..bound.rows())
            .step_by(CHUNK)
            .collect::<Vec<_>>()
            .into_par_iter()
            .map(|first| self.predict_part(&bound, first..bound.rows().min(first + CHUNK)))
            .collect::<Result<Vec<_>, _>>()?;
        let scores = parts.concat();
        if self.classes.is_empty() {
            return Ok(Predictions::Numbers(scores));
        }
        let labels = scores.chunks(self.classes.len()).map(most_probable).collect();
        Ok(Predictions::Classes { labels, scores })
    }

    fn predict_part(&self, bound: &Bound<'_>, rows: Range<usize>) -> Result<Vec<f64>, LearnError> {
        let count = rows.len();
        let scores = self.learnt.predict(!self.classes.is_empty(), &bound.matrix(rows)?)?;
        if self.present.len() == self.classes.len() {
            return Ok(scores);
        }
        let mut all = vec![0.0; count * self.classes.len()];
        for (row, known) in all.chunks_mut(self.classes.len()).zip(scores.chunks(self.present.len().max(1))) {
            for (class, score) in self.present.iter().zip(known) {
                if let Some(place) = row.get_mut(*class as usize) {
                    *place = *score;
                }
            }
        }
        Ok(all)
    }
}

fn most_probable(scores: &[f64]) -> u32 {
    let mut best = (0, f64::NEG_INFINITY);
    for (class, score) in (0..).zip(scores) {
        if *score > best.1 {
            best = (class, *score);
        }
    }
    best.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_equals_wins() {
        assert_eq!(most_probable(&[0.4, 0.4, 0.2]), 0);
        assert_eq!(most_probable(&[0.2, 0.4, 0.4]), 1);
    }
}
