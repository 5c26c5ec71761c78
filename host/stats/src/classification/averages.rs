//! Precision, recall and F1 averaged over classes.

use super::confusion::{Confusion, ratio};

/// What is averaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// [`Confusion::precision`].
    Precision,
    /// [`Confusion::recall`].
    Recall,
    /// [`Confusion::f1`].
    F1,
}

/// How it is averaged: scikit-learn's `average`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Average {
    /// Every class that occurs in the truth or among the predictions counts the same.
    Macro,
    /// Counts of all classes are pooled first. With one label per row all three parts then equal the accuracy.
    Micro,
    /// Every class counts by its rows.
    Weighted,
}

impl Confusion {
    /// Precision, recall or F1 averaged over the classes: scikit-learn's `precision_score(average=…)` and its siblings.
    ///
    /// Range 0 to 1, higher is better. Within an average a class that is 0/0 counts as 0, as in scikit-learn. The
    /// macro average runs over the classes that occur in the truth or among the predictions, as scikit-learn does
    /// when it is not given a list of labels. None for no rows.
    ///
    /// ```
    /// use portcullis_stats::{Average, Confusion, Part};
    /// let confusion = Confusion::new(&[0, 0, 1, 1, 2], &[0, 1, 1, 1, 0], 3)?;
    /// // precisions: 1/2, 2/3, and 0 for class 2, which was never predicted
    /// let averaged = confusion.averaged(Part::Precision, Average::Macro).unwrap();
    /// assert!((averaged - 7.0 / 18.0).abs() < 1e-15);
    /// assert_eq!(confusion.averaged(Part::F1, Average::Micro), confusion.accuracy());
    /// # Ok::<(), portcullis_stats::ShapeError>(())
    /// ```
    pub fn averaged(&self, part: Part, average: Average) -> Option<f64> {
        let of = |class| match part {
            Part::Precision => self.precision(class),
            Part::Recall => self.recall(class),
            Part::F1 => self.f1(class),
        };
        let classes = 0..self.classes() as u32;
        match average {
            Average::Micro => ratio(self.correct(), self.total()),
            Average::Macro => {
                let (sum, count) = classes
                    .filter(|&class| self.actual(class) + self.predicted(class) > 0)
                    .fold((0.0, 0_u32), |(sum, count), class| (sum + of(class).unwrap_or(0.0), count + 1));
                (count > 0).then(|| sum / f64::from(count))
            }
            Average::Weighted => {
                let sum = classes.map(|class| self.actual(class) as f64 * of(class).unwrap_or(0.0)).sum::<f64>();
                (self.total() > 0).then(|| sum / self.total() as f64)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_that_never_occur_do_not_pull_the_macro_average_down() {
        let three = Confusion::new(&[0, 1], &[0, 1], 3).unwrap();
        assert_eq!(three.averaged(Part::F1, Average::Macro), Some(1.0));
        let predicted = Confusion::new(&[0, 1], &[0, 2], 3).unwrap();
        assert_eq!(
            predicted.averaged(Part::F1, Average::Macro),
            Some(1.0 / 3.0),
            "the twin: 2 occurs, among the predictions"
        );
    }

    #[test]
    fn averages_over_no_rows_are_undefined() {
        for average in [Average::Macro, Average::Micro, Average::Weighted] {
            assert_eq!(Confusion::empty(3).averaged(Part::Recall, average), None);
        }
    }
}
