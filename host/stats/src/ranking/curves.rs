//! ROC and precision-recall curves, with scikit-learn's points.

use super::Ranking;
use crate::weights::Weights;

/// A ROC curve; point `i` is what predicting positive from a score of `thresholds[i]` on gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Roc {
    /// False positive rate, rising from 0 to 1.
    pub false_positive_rate: Vec<f64>,
    /// True positive rate, rising from 0 to 1.
    pub true_positive_rate: Vec<f64>,
    /// Falling; the first is infinite: nothing is predicted positive.
    pub thresholds: Vec<f64>,
}

/// A precision-recall curve; point `i` is what predicting positive from a score of `thresholds[i]` on gives. The last
/// point, (recall 0, precision 1), has no threshold.
#[derive(Debug, Clone, PartialEq)]
pub struct PrecisionRecall {
    /// Precision.
    pub precision: Vec<f64>,
    /// Recall, falling from 1 to 0.
    pub recall: Vec<f64>,
    /// Rising; one fewer than points.
    pub thresholds: Vec<f64>,
}

impl Ranking {
    /// Positives and negatives with at least each distinct score, highest first.
    fn cumulated(&self) -> (Vec<u64>, Vec<u64>) {
        let (mut above, mut below) = (0, 0);
        let (mut positives, mut negatives) = (Vec::new(), Vec::new());
        self.steps(Weights::Once, |step_positives, step_negatives| {
            above += step_positives;
            below += step_negatives;
            positives.push(above);
            negatives.push(below);
        });
        (positives, negatives)
    }

    /// The ROC curve: scikit-learn's `roc_curve` with its default `drop_intermediate=True`, which leaves out points on
    /// a straight line between their neighbours.
    ///
    /// None where all rows are of one kind.
    ///
    /// ```
    /// use portcullis_stats::Ranking;
    /// let roc = Ranking::new(&[false, false, true, true], &[0.1, 0.4, 0.35, 0.8])?.roc_curve().unwrap();
    /// assert_eq!(roc.false_positive_rate, [0.0, 0.0, 0.5, 0.5, 1.0]);
    /// assert_eq!(roc.true_positive_rate, [0.0, 0.5, 0.5, 1.0, 1.0]);
    /// assert_eq!(roc.thresholds, [f64::INFINITY, 0.8, 0.4, 0.35, 0.1]);
    /// # Ok::<(), portcullis_stats::ShapeError>(())
    /// ```
    pub fn roc_curve(&self) -> Option<Roc> {
        let (positives, negatives) = self.cumulated();
        let (&all_positive, &all_negative) = (positives.last()?, negatives.last()?);
        if all_positive == 0 || all_negative == 0 {
            return None;
        }
        let mut roc =
            Roc { false_positive_rate: vec![0.0], true_positive_rate: vec![0.0], thresholds: vec![f64::INFINITY] };
        for (place, ((&above, &below), &threshold)) in
            positives.iter().zip(&negatives).zip(&self.thresholds).enumerate()
        {
            if bends(&positives, place) || bends(&negatives, place) {
                roc.false_positive_rate.push(below as f64 / all_negative as f64);
                roc.true_positive_rate.push(above as f64 / all_positive as f64);
                roc.thresholds.push(threshold);
            }
        }
        Some(roc)
    }

    /// The precision-recall curve: scikit-learn's `precision_recall_curve`, every distinct score a point, from the lowest
    /// score (recall 1) to none predicted positive (recall 0, precision 1 by convention).
    ///
    /// None without positives (of which scikit-learn makes a recall of 1 everywhere).
    ///
    /// ```
    /// use portcullis_stats::Ranking;
    /// let curve = Ranking::new(&[false, false, true, true], &[0.1, 0.4, 0.35, 0.8])?.precision_recall_curve().unwrap();
    /// assert_eq!(curve.precision, [0.5, 2.0 / 3.0, 0.5, 1.0, 1.0]);
    /// assert_eq!(curve.recall, [1.0, 1.0, 0.5, 0.5, 0.0]);
    /// assert_eq!(curve.thresholds, [0.1, 0.35, 0.4, 0.8]);
    /// # Ok::<(), portcullis_stats::ShapeError>(())
    /// ```
    pub fn precision_recall_curve(&self) -> Option<PrecisionRecall> {
        let (positives, negatives) = self.cumulated();
        let all_positive = positives.last().copied().filter(|&all| all > 0)?;
        let points = positives.iter().zip(&negatives).rev();
        let (mut precision, mut recall): (Vec<f64>, Vec<f64>) = points
            .map(|(&above, &below)| (above as f64 / (above + below) as f64, above as f64 / all_positive as f64))
            .unzip();
        precision.push(1.0);
        recall.push(0.0);
        Some(PrecisionRecall { precision, recall, thresholds: self.thresholds.iter().rev().copied().collect() })
    }
}

/// Whether a running count changes its slope at a place, or begins or ends there.
fn bends(counts: &[u64], place: usize) -> bool {
    match (place.checked_sub(1).and_then(|before| counts.get(before)), counts.get(place), counts.get(place + 1)) {
        (Some(before), Some(here), Some(after)) => here - before != after - here,
        _ => true,
    }
}

/// At most `most` places out of `0..count`, evenly spread, the first and the last among them.
///
/// ```
/// use portcullis_stats::thinned;
/// assert_eq!(thinned(9, 5), [0, 2, 4, 6, 8]);
/// assert_eq!(thinned(3, 5), [0, 1, 2]);
/// ```
pub fn thinned(count: usize, most: usize) -> Vec<usize> {
    if count <= most || most < 2 {
        return (0..count.min(most.max(1))).collect();
    }
    (0..most).map(|step| step * (count - 1) / (most - 1)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn leaving_points_out_keeps_the_area(rows in prop::collection::vec((any::<bool>(), 0..12_u8), 2..60)) {
            let (positive, scores): (Vec<bool>, Vec<f64>) = rows.iter().map(|row| (row.0, f64::from(row.1))).unzip();
            let ranking = Ranking::new(&positive, &scores).unwrap();
            let area = ranking.roc_curve().map(|roc| {
                let (x, y) = (roc.false_positive_rate, roc.true_positive_rate);
                (1..x.len()).map(|i| (x[i] - x[i - 1]) * f64::midpoint(y[i], y[i - 1])).sum::<f64>()
            });
            let auc = ranking.roc_auc(Weights::Once);
            prop_assert_eq!(area.is_some(), auc.is_some());
            prop_assert!((area.unwrap_or(0.0) - auc.unwrap_or(0.0)).abs() < 1e-12);
        }

        #[test]
        fn thinning_keeps_ends_and_order(count in 0..5000_usize, most in 2..300_usize) {
            let places = thinned(count, most);
            prop_assert_eq!(places.len(), count.min(most));
            prop_assert!(places.windows(2).all(|pair| pair[0] < pair[1]));
            if count > 0 {
                prop_assert_eq!((places[0], places[places.len() - 1]), (0, count - 1));
            }
        }
    }

    #[test]
    fn curves_of_one_kind_of_row_are_undefined() {
        let negatives = Ranking::new(&[false, false], &[0.1, 0.2]).unwrap();
        assert_eq!(negatives.roc_curve(), None);
        assert_eq!(negatives.precision_recall_curve(), None);
        let positives = Ranking::new(&[true, true], &[0.1, 0.2]).unwrap();
        assert_eq!(positives.roc_curve(), None);
        assert_eq!(positives.precision_recall_curve().unwrap().precision, [1.0, 1.0, 1.0]);
        assert_eq!(Ranking::new(&[], &[]).unwrap().roc_curve(), None);
    }
}
