//! Counts of true against predicted classes, and the metrics that need no more.

use crate::shape::{MAX_CLASSES, ShapeError, codes, same_length};
use crate::weights::Weights;

/// For each row, the cell of the confusion matrix that it belongs to. Made once, counted as often as weights change.
#[derive(Debug, Clone)]
pub struct Cells {
    classes: usize,
    cells: Vec<u32>,
}

impl Cells {
    /// From true and predicted class codes, each below `classes`.
    pub fn new(truth: &[u32], predicted: &[u32], classes: usize) -> Result<Self, ShapeError> {
        if classes > MAX_CLASSES {
            return Err(ShapeError::Classes(classes));
        }
        same_length("predicted", predicted.len(), truth.len())?;
        codes("true", truth, classes)?;
        codes("predicted", predicted, classes)?;
        let cells = truth.iter().zip(predicted).map(|(&t, &p)| t * classes as u32 + p).collect();
        Ok(Self { classes, cells })
    }

    /// Counts the rows of each cell.
    pub fn count(&self, weights: Weights<'_>) -> Confusion {
        let mut confusion = Confusion::empty(self.classes);
        self.count_into(weights, &mut confusion);
        confusion
    }

    /// Counts the rows of each cell into a matrix made for as many classes, which spares an allocation.
    pub fn count_into(&self, weights: Weights<'_>, confusion: &mut Confusion) {
        if confusion.classes != self.classes {
            *confusion = Confusion::empty(self.classes);
        }
        confusion.counts.fill(0);
        for (row, &cell) in self.cells.iter().enumerate() {
            if let Some(count) = confusion.counts.get_mut(cell as usize) {
                *count += weights.of(row);
            }
        }
        confusion.sum_up();
    }
}

/// A confusion matrix and its metrics.
///
/// In the formulas of a class, TP are its rows predicted as it, FN its rows predicted otherwise, FP other rows
/// predicted as it, TN the rest. All metrics range from 0 to 1 and higher is better unless they say otherwise. A metric
/// is none where it is 0/0.
///
/// ```
/// use portcullis_stats::Confusion;
/// // truth and prediction of five rows in three classes
/// let confusion = Confusion::new(&[0, 0, 1, 1, 2], &[0, 1, 1, 1, 0], 3)?;
/// assert_eq!(confusion.count(0, 1), 1);
/// assert_eq!(confusion.accuracy(), Some(0.6));
/// assert_eq!(confusion.recall(0), Some(0.5));
/// assert_eq!(confusion.precision(2), None); // never predicted: 0/0
/// # Ok::<(), portcullis_stats::ShapeError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confusion {
    classes: usize,
    counts: Vec<u64>,
    actual: Vec<u64>,
    predicted: Vec<u64>,
    correct: u64,
    total: u64,
}

impl Confusion {
    /// From true and predicted class codes, each below `classes`.
    pub fn new(truth: &[u32], predicted: &[u32], classes: usize) -> Result<Self, ShapeError> {
        Ok(Cells::new(truth, predicted, classes)?.count(Weights::Once))
    }

    /// A matrix of zeros.
    pub fn empty(classes: usize) -> Self {
        Self {
            classes,
            counts: vec![0; classes * classes],
            actual: vec![0; classes],
            predicted: vec![0; classes],
            correct: 0,
            total: 0,
        }
    }

    fn sum_up(&mut self) {
        self.predicted.fill(0);
        self.correct = 0;
        let rows = self.counts.chunks_exact(self.classes.max(1));
        for (class, (row, actual)) in rows.zip(&mut self.actual).enumerate() {
            *actual = row.iter().sum();
            for (sum, count) in self.predicted.iter_mut().zip(row) {
                *sum += count;
            }
            self.correct += row.get(class).copied().unwrap_or(0);
        }
        self.total = self.actual.iter().sum();
    }

    /// The number of classes.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// The number of rows.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// Rows on the diagonal.
    pub fn correct(&self) -> u64 {
        self.correct
    }

    /// Rows of class `actual` predicted as class `predicted`; 0 for a class that there is not.
    pub fn count(&self, actual: u32, predicted: u32) -> u64 {
        if predicted as usize >= self.classes {
            return 0;
        }
        self.counts.get(actual as usize * self.classes + predicted as usize).copied().unwrap_or(0)
    }

    /// Rows of the class: its support.
    pub fn actual(&self, class: u32) -> u64 {
        self.actual.get(class as usize).copied().unwrap_or(0)
    }

    /// Rows predicted as the class.
    pub fn predicted(&self, class: u32) -> u64 {
        self.predicted.get(class as usize).copied().unwrap_or(0)
    }

    /// The rows of the matrix.
    pub fn rows(&self) -> impl Iterator<Item = &[u64]> {
        self.counts.chunks_exact(self.classes.max(1))
    }

    /// Share of rows predicted right: the diagonal over the total. scikit-learn's `accuracy_score`.
    ///
    /// None for no rows.
    pub fn accuracy(&self) -> Option<f64> {
        ratio(self.correct, self.total)
    }

    /// Mean of the recalls of the classes that occur in the truth. scikit-learn's `balanced_accuracy_score`.
    ///
    /// A class that only occurs among the predictions is left out. None for no rows.
    ///
    /// ```
    /// use portcullis_stats::Confusion;
    /// let confusion = Confusion::new(&[0, 0, 0, 1], &[0, 0, 1, 1], 2)?;
    /// assert_eq!(confusion.balanced_accuracy(), Some((2.0 / 3.0 + 1.0) / 2.0));
    /// # Ok::<(), portcullis_stats::ShapeError>(())
    /// ```
    pub fn balanced_accuracy(&self) -> Option<f64> {
        let (sum, count) = (0..self.classes as u32)
            .filter_map(|class| self.recall(class))
            .fold((0.0, 0_u32), |(sum, count), recall| (sum + recall, count + 1));
        (count > 0).then(|| sum / f64::from(count))
    }

    /// TP / (TP + FP): of the rows predicted as the class, the share that is. None where none was predicted.
    pub fn precision(&self, class: u32) -> Option<f64> {
        ratio(self.count(class, class), self.predicted(class))
    }

    /// TP / (TP + FN): of the rows of the class, the share predicted as it; for the positive class, the true positive
    /// rate. None where the class has no rows.
    pub fn recall(&self, class: u32) -> Option<f64> {
        ratio(self.count(class, class), self.actual(class))
    }

    /// 2 TP / (2 TP + FP + FN): the harmonic mean of precision and recall. 0 where nothing is right; none where the
    /// class occurs neither in the truth nor among the predictions.
    ///
    /// ```
    /// use portcullis_stats::Confusion;
    /// let confusion = Confusion::new(&[1, 1, 0, 0], &[1, 0, 0, 0], 2)?;
    /// assert_eq!(confusion.f1(1), Some(2.0 / 3.0));
    /// # Ok::<(), portcullis_stats::ShapeError>(())
    /// ```
    pub fn f1(&self, class: u32) -> Option<f64> {
        ratio(2 * self.count(class, class), self.actual(class) + self.predicted(class))
    }

    /// (TP + FP) / rows: the share predicted as the class. No direction. None for no rows.
    ///
    /// Fairlearn's `selection_rate`.
    pub fn selection_rate(&self, class: u32) -> Option<f64> {
        ratio(self.predicted(class), self.total)
    }

    /// FP / (FP + TN): of the other rows, the share predicted as the class. Lower is better. None where there are no
    /// other rows.
    ///
    /// ```
    /// use portcullis_stats::Confusion;
    /// let confusion = Confusion::new(&[0, 0, 0, 1], &[0, 0, 1, 1], 2)?;
    /// assert_eq!(confusion.false_positive_rate(1), Some(1.0 / 3.0));
    /// assert_eq!(confusion.true_negative_rate(1), Some(2.0 / 3.0));
    /// assert_eq!(confusion.false_negative_rate(1), Some(0.0));
    /// # Ok::<(), portcullis_stats::ShapeError>(())
    /// ```
    pub fn false_positive_rate(&self, class: u32) -> Option<f64> {
        ratio(self.predicted(class) - self.count(class, class), self.total - self.actual(class))
    }

    /// TN / (FP + TN): of the other rows, the share not predicted as the class. None where there are no other rows.
    pub fn true_negative_rate(&self, class: u32) -> Option<f64> {
        let others = self.total - self.actual(class);
        ratio(others - (self.predicted(class) - self.count(class, class)), others)
    }

    /// FN / (TP + FN): of the rows of the class, the share not predicted as it. Lower is better. None where the class
    /// has no rows.
    pub fn false_negative_rate(&self, class: u32) -> Option<f64> {
        ratio(self.actual(class) - self.count(class, class), self.actual(class))
    }

    /// Matthews' correlation coefficient, of any number of classes (Gorodkin, 2004):
    /// `(c s - Σ pₖ tₖ) / √((s² - Σ pₖ²)(s² - Σ tₖ²))` with `c` right of `s` rows, `tₖ` rows of and `pₖ` rows predicted
    /// as class `k`. scikit-learn's `matthews_corrcoef`.
    ///
    /// Range -1 to 1; 1 is perfect, 0 no better than chance. None where all rows are of one class or all are predicted
    /// as one (0/0, of which scikit-learn makes 0).
    ///
    /// ```
    /// use portcullis_stats::Confusion;
    /// let confusion = Confusion::new(&[1, 1, 1, 0], &[1, 0, 1, 1], 2)?;
    /// assert!((confusion.mcc().unwrap() + 1.0 / 3.0).abs() < 1e-15);
    /// # Ok::<(), portcullis_stats::ShapeError>(())
    /// ```
    pub fn mcc(&self) -> Option<f64> {
        // Whole numbers, so that a zero is a zero: s² fits u128 for any number of rows.
        let total = u128::from(self.total);
        let dot = |a: &[u64], b: &[u64]| a.iter().zip(b).map(|(&a, &b)| u128::from(a) * u128::from(b)).sum::<u128>();
        let predicted = total * total - dot(&self.predicted, &self.predicted);
        let actual = total * total - dot(&self.actual, &self.actual);
        if predicted == 0 || actual == 0 {
            return None;
        }
        let right = u128::from(self.correct) * total;
        let chance = dot(&self.actual, &self.predicted);
        let covariance = if right >= chance { (right - chance) as f64 } else { -((chance - right) as f64) };
        Some(covariance / (predicted as f64 * actual as f64).sqrt())
    }
}

pub(super) fn ratio(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn codes_that_do_not_fit_are_refused() {
        let error = Confusion::new(&[0, 3], &[0, 0], 3).unwrap_err();
        assert_eq!(error.to_string(), "row 2: true class code 3 is not below the number of classes, 3");
        let error = Confusion::new(&[0, 2], &[0], 3).unwrap_err();
        assert_eq!(error.to_string(), "predicted has 1 values where 2 were expected, one per row");
        assert!(matches!(Confusion::new(&[], &[], 5000), Err(ShapeError::Classes(5000))));
        assert!(Confusion::new(&[2], &[2], 3).is_ok());
    }

    #[test]
    fn nothing_is_defined_over_no_rows() {
        let confusion = Confusion::empty(2);
        assert_eq!(confusion.accuracy(), None);
        assert_eq!(confusion.balanced_accuracy(), None);
        assert_eq!(confusion.mcc(), None);
        assert_eq!(confusion.selection_rate(1), None);
        assert_eq!((confusion.count(7, 0), confusion.count(0, 7), confusion.recall(7)), (0, 0, None));
    }

    #[test]
    fn mcc_of_a_constant_prediction_is_undefined() {
        assert_eq!(Confusion::new(&[0, 1, 1], &[1, 1, 1], 2).unwrap().mcc(), None);
        assert_eq!(Confusion::new(&[0, 1, 1], &[0, 1, 1], 2).unwrap().mcc(), Some(1.0));
    }

    proptest! {
        #[test]
        fn counting_twice_is_the_same_as_rows_twice(rows in prop::collection::vec((0..3_u32, 0..3_u32, 0..4_u32), 1..40)) {
            let (truth, predicted): (Vec<u32>, Vec<u32>) = rows.iter().map(|row| (row.0, row.1)).unzip();
            let counts: Vec<u32> = rows.iter().map(|row| row.2).collect();
            let repeat = |codes: &[u32]| codes.iter().zip(&counts).flat_map(|(&c, &n)| vec![c; n as usize]).collect::<Vec<_>>();
            let weighted = Cells::new(&truth, &predicted, 3).unwrap().count(Weights::Counts(&counts));
            prop_assert_eq!(weighted, Confusion::new(&repeat(&truth), &repeat(&predicted), 3).unwrap());
        }

        #[test]
        fn rates_of_a_class_add_up(rows in prop::collection::vec((0..2_u32, 0..2_u32), 1..40)) {
            let (truth, predicted): (Vec<u32>, Vec<u32>) = rows.iter().copied().unzip();
            let confusion = Confusion::new(&truth, &predicted, 2).unwrap();
            if let (Some(a), Some(b)) = (confusion.recall(1), confusion.false_negative_rate(1)) {
                prop_assert!((a + b - 1.0).abs() < 1e-15);
            }
            if let (Some(a), Some(b)) = (confusion.true_negative_rate(1), confusion.false_positive_rate(1)) {
                prop_assert!((a + b - 1.0).abs() < 1e-15);
            }
            prop_assert_eq!(confusion.true_negative_rate(1), confusion.recall(0));
            prop_assert!(confusion.mcc().is_none_or(|mcc| (-1.0 - 1e-12..=1.0 + 1e-12).contains(&mcc)));
        }
    }
}
