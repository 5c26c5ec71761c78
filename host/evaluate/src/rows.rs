//! The values of an evaluation's rows.

use std::borrow::Cow;

use portcullis_stats::{Cells, Residuals};

use crate::evaluation::Evaluation;
use crate::measured::{Prepared, ScoreRows};
use crate::metric::Formula;
use crate::scored::Answers;

/// The truth of some rows and something beside it.
pub(crate) type Two<'a, A, B> = (Cow<'a, [A]>, Cow<'a, [B]>);

/// What `Scored` has checked cannot be wrong again.
const CHECKED: &str = "lengths, codes and scores were checked when the predictions were taken in";

impl Evaluation {
    /// The rows' part of values that there is one of per row.
    fn picked<'a, T: Copy>(&self, values: &'a [T]) -> Cow<'a, [T]> {
        match self.picked_rows() {
            None => Cow::Borrowed(values),
            Some(rows) => rows.iter().filter_map(|&row| values.get(row as usize).copied()).collect(),
        }
    }

    /// True class codes and scores of the rows.
    pub(crate) fn truth_and_scores(&self) -> Option<Two<'_, u32, f64>> {
        let Answers::Classes { classes, truth, scores: Some(scores), .. } = &self.scored().answers else { return None };
        let width = classes.len();
        let scores = match self.picked_rows() {
            None => Cow::Borrowed(scores.as_slice()),
            Some(rows) => {
                let of_row = |&row: &u32| scores.get(row as usize * width..(row as usize + 1) * width).unwrap_or(&[]);
                rows.iter().flat_map(of_row).copied().collect()
            }
        };
        Some((self.picked(truth), scores))
    }

    /// True and predicted class codes of the rows.
    pub(crate) fn truth_and_labels(&self) -> Option<Two<'_, u32, u32>> {
        match &self.scored().answers {
            Answers::Classes { truth, predicted, .. } => Some((self.picked(truth), self.picked(predicted))),
            Answers::Numbers { .. } => None,
        }
    }

    /// True and predicted numbers of the rows.
    pub(crate) fn truth_and_numbers(&self) -> Option<Two<'_, f64, f64>> {
        match &self.scored().answers {
            Answers::Numbers { truth, predicted } => Some((self.picked(truth), self.picked(predicted))),
            Answers::Classes { .. } => None,
        }
    }

    /// The rows, prepared for the formulas of a kind.
    pub(crate) fn prepared(&self, formula: Formula) -> Prepared {
        let (classes, positive) = (self.classes().len(), self.scored().positive());
        match formula {
            Formula::Labels(_) => {
                let (truth, predicted) = self.truth_and_labels().unwrap_or_default();
                let cells = Cells::new(&truth, &predicted, classes).expect(CHECKED);
                Prepared::Labels { cells, classes, positive: positive.unwrap_or(u32::MAX) }
            }
            Formula::Scores(_) => {
                let (truth, scores) = self.truth_and_scores().unwrap_or_default();
                Prepared::Scores(ScoreRows::new(&truth, &scores, classes, positive).expect(CHECKED))
            }
            Formula::Numbers(_) => {
                let (truth, predicted) = self.truth_and_numbers().unwrap_or_default();
                Prepared::Numbers(Residuals::new(&truth, &predicted).expect(CHECKED))
            }
        }
    }
}
