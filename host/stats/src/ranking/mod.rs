//! Metrics of the order that scores put rows in.

mod curves;

pub use curves::{PrecisionRecall, Roc, thinned};

use crate::shape::{ShapeError, finite, same_length};
use crate::weights::Weights;

/// Rows sorted by their score of one class, highest first, ready to be measured under any weights.
///
/// Sorting is the expensive part (n log n) and is done once; each metric is then a single pass.
///
/// ```
/// use portcullis_stats::{Ranking, Weights};
/// let ranking = Ranking::new(&[false, false, true, true], &[0.1, 0.4, 0.35, 0.8])?;
/// assert_eq!(ranking.roc_auc(Weights::Once), Some(0.75));
/// # Ok::<(), portcullis_stats::ShapeError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Ranking {
    /// Row numbers in descending order of their score.
    order: Vec<u32>,
    /// For each place in that order: bit 0 whether the row is positive, bit 1 whether it is the last of its score.
    marks: Vec<u8>,
    /// The distinct scores in descending order.
    thresholds: Vec<f64>,
}

const POSITIVE: u8 = 1;
const LAST_OF_SCORE: u8 = 2;

impl Ranking {
    /// From whether each row is of the class and its score; scores must be finite.
    pub fn new(positive: &[bool], scores: &[f64]) -> Result<Self, ShapeError> {
        same_length("scores", scores.len(), positive.len())?;
        finite("the score", scores)?;
        // Adding 0 makes -0 and 0 one score, as comparisons see it.
        let mut sorted: Vec<(f64, u32)> = scores.iter().zip(0..).map(|(score, row)| (score + 0.0, row)).collect();
        sorted.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut marks = Vec::with_capacity(sorted.len());
        let mut thresholds = Vec::new();
        for (place, &(score, row)) in sorted.iter().enumerate() {
            let mut mark = 0;
            if positive.get(row as usize).copied().unwrap_or(false) {
                mark |= POSITIVE;
            }
            if sorted.get(place + 1).is_none_or(|next| next.0 != score) {
                mark |= LAST_OF_SCORE;
                thresholds.push(score);
            }
            marks.push(mark);
        }
        Ok(Self { order: sorted.into_iter().map(|(_, row)| row).collect(), marks, thresholds })
    }

    /// Calls `step` once per distinct score, highest first, with the positives and negatives that have it.
    fn steps(&self, weights: Weights<'_>, mut step: impl FnMut(u64, u64)) {
        let (mut positives, mut negatives) = (0, 0);
        for (&row, &mark) in self.order.iter().zip(&self.marks) {
            let weight = weights.of(row as usize);
            if mark & POSITIVE != 0 {
                positives += weight;
            } else {
                negatives += weight;
            }
            if mark & LAST_OF_SCORE != 0 {
                step(positives, negatives);
                (positives, negatives) = (0, 0);
            }
        }
    }

    /// Area under the ROC curve by trapezoids: the chance that a positive row scores higher than a negative one, ties
    /// counting one half. scikit-learn's `roc_auc_score`.
    ///
    /// Range 0 to 1; 1 is perfect, 0.5 chance, higher is better. None where all rows are of one kind.
    ///
    /// ```
    /// use portcullis_stats::{Ranking, Weights};
    /// let tied = Ranking::new(&[true, false, false, true], &[0.5, 0.5, 0.5, 0.5])?;
    /// assert_eq!(tied.roc_auc(Weights::Once), Some(0.5));
    /// # Ok::<(), portcullis_stats::ShapeError>(())
    /// ```
    pub fn roc_auc(&self, weights: Weights<'_>) -> Option<f64> {
        self.areas(weights).roc_auc
    }

    /// Average precision: `Σ (Rᵢ - Rᵢ₋₁) Pᵢ` over the distinct scores, highest first, with recall R and precision P of
    /// predicting positive from that score on. scikit-learn's `average_precision_score`.
    ///
    /// Range 0 to 1, higher is better; the share of positives is what chance gives. None without positives (of which
    /// scikit-learn makes 0).
    ///
    /// ```
    /// use portcullis_stats::{Ranking, Weights};
    /// let ranking = Ranking::new(&[false, false, true, true], &[0.1, 0.4, 0.35, 0.8])?;
    /// let expected = 0.5 * 1.0 + 0.5 * (2.0 / 3.0);
    /// assert!((ranking.average_precision(Weights::Once).unwrap() - expected).abs() < 1e-15);
    /// # Ok::<(), portcullis_stats::ShapeError>(())
    /// ```
    pub fn average_precision(&self, weights: Weights<'_>) -> Option<f64> {
        self.areas(weights).average_precision
    }

    /// [`Self::roc_auc`] and [`Self::average_precision`] in one pass.
    pub fn areas(&self, weights: Weights<'_>) -> Areas {
        let (mut above, mut below) = (0_u64, 0_u64);
        // Twice the area in units of one pair of rows: whole numbers, so exact.
        let mut pairs = 0_u128;
        let mut precisions = 0.0;
        self.steps(weights, |positives, negatives| {
            pairs += u128::from(negatives) * u128::from(2 * above + positives);
            above += positives;
            below += negatives;
            if positives > 0 {
                precisions += positives as f64 * (above as f64 / (above + below) as f64);
            }
        });
        let all = 2 * u128::from(above) * u128::from(below);
        Areas {
            roc_auc: (all > 0).then(|| pairs as f64 / all as f64),
            average_precision: (above > 0).then(|| precisions / above as f64),
        }
    }
}

/// What [`Ranking::areas`] computes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Areas {
    /// Area under the ROC curve.
    pub roc_auc: Option<f64>,
    /// Average precision.
    pub average_precision: Option<f64>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_kind_of_row_has_no_order() {
        let all = Ranking::new(&[true, true], &[0.1, 0.2]).unwrap();
        assert_eq!(all.areas(Weights::Once), Areas { roc_auc: None, average_precision: Some(1.0) });
        let none = Ranking::new(&[false, false], &[0.1, 0.2]).unwrap();
        assert_eq!(none.areas(Weights::Once), Areas { roc_auc: None, average_precision: None });
        assert!(Ranking::new(&[true], &[f64::NAN]).is_err());
        assert!(Ranking::new(&[true], &[]).is_err());
    }

    fn rows() -> impl Strategy<Value = Vec<(bool, u8, u32)>> {
        prop::collection::vec((any::<bool>(), 0..6_u8, 0..4_u32), 1..40)
    }

    proptest! {
        #[test]
        fn the_area_is_the_chance_of_the_right_order(rows in rows()) {
            let positive: Vec<bool> = rows.iter().map(|row| row.0).collect();
            let scores: Vec<f64> = rows.iter().map(|row| f64::from(row.1) / 5.0).collect();
            let counts: Vec<u32> = rows.iter().map(|row| row.2).collect();
            let (mut wins, mut pairs) = (0.0, 0.0);
            for i in 0..rows.len() {
                for j in 0..rows.len() {
                    if positive[i] && !positive[j] {
                        let weight = f64::from(counts[i] * counts[j]);
                        pairs += weight;
                        wins += weight * if scores[i] > scores[j] { 1.0 } else if scores[i] == scores[j] { 0.5 } else { 0.0 };
                    }
                }
            }
            let ranking = Ranking::new(&positive, &scores).unwrap();
            prop_assert_eq!(ranking.roc_auc(Weights::Counts(&counts)), (pairs > 0.0).then(|| wins / pairs));
        }

        #[test]
        fn counting_twice_is_the_same_as_rows_twice(rows in rows()) {
            let repeated: Vec<_> = rows.iter().flat_map(|row| vec![row; row.2 as usize]).collect();
            let build = |rows: &[&(bool, u8, u32)]| {
                let (positive, scores): (Vec<bool>, Vec<f64>) = rows.iter().map(|row| (row.0, f64::from(row.1))).unzip();
                Ranking::new(&positive, &scores).unwrap()
            };
            let counts: Vec<u32> = rows.iter().map(|row| row.2).collect();
            let weighted = build(&rows.iter().collect::<Vec<_>>()).areas(Weights::Counts(&counts));
            prop_assert_eq!(weighted, build(&repeated).areas(Weights::Once));
        }
    }
}
