//! The truth and what a model made of it.

use portcullis_stats::{MAX_CLASSES, Task};

/// Predictions on rows whose truth is known, checked: what an evaluation is made from.
#[derive(Debug, Clone)]
pub struct Scored {
    pub(crate) answers: Answers,
}

#[derive(Debug, Clone)]
pub(crate) enum Answers {
    Classes {
        classes: Vec<String>,
        positive: Option<u32>,
        truth: Vec<u32>,
        predicted: Vec<u32>,
        /// Row-major, rows × classes.
        scores: Option<Vec<f64>>,
    },
    Numbers {
        truth: Vec<f64>,
        predicted: Vec<f64>,
    },
}

/// Why predictions cannot be evaluated. Rows are counted from 0.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ScoredError {
    /// There is nothing to measure.
    #[error("there are no rows to evaluate")]
    NoRows,
    /// More rows than a row number can count.
    #[error("{0} rows are more than an evaluation can hold (4,294,967,294)")]
    TooManyRows(usize),
    /// Fewer than two classes.
    #[error("a classification needs at least two classes, and there is {found}: {classes}")]
    TooFewClasses {
        /// How many there are.
        found: usize,
        /// Which.
        classes: String,
    },
    /// More classes than a confusion matrix can hold.
    #[error("{0} classes are too many to evaluate (at most {MAX_CLASSES}): is the target a number or an id?")]
    TooManyClasses(usize),
    /// Two classes of one name.
    #[error("the class `{0}` is listed twice")]
    DuplicateClass(String),
    /// A positive class where there are not two classes, or not one of them.
    #[error("a positive class belongs to a binary task, but class number {positive} was named of {classes} classes")]
    Positive {
        /// The code given.
        positive: u32,
        /// How many classes there are.
        classes: usize,
    },
    /// Truth and predictions differ in length.
    #[error("{predicted} predictions do not fit {truth} true values: there must be one for each row")]
    Length {
        /// True values.
        truth: usize,
        /// Predictions.
        predicted: usize,
    },
    /// A class code that stands for no class.
    #[error("row {}: the {what} class is number {code}, but there are {classes} classes (0 to {})", .row + 1, .classes - 1)]
    Code {
        /// `true` or `predicted`.
        what: &'static str,
        /// The row, from 0; the message counts from 1.
        row: usize,
        /// The code.
        code: u32,
        /// How many classes there are.
        classes: usize,
    },
    /// A row without a true or predicted value.
    #[error("row {}: the {what} value is missing; leave such rows out or fill them in", .row + 1)]
    Missing {
        /// `true` or `predicted`.
        what: &'static str,
        /// The row, from 0; the message counts from 1.
        row: usize,
    },
    /// A number that is infinite.
    #[error("row {}: the {what} value is {value}, not a finite number", .row + 1)]
    NotFinite {
        /// `true` or `predicted`.
        what: &'static str,
        /// The row, from 0; the message counts from 1.
        row: usize,
        /// The value.
        value: f64,
    },
    /// Not one score for each row and class.
    #[error("{found} scores do not fit {rows} rows × {classes} classes: there must be one for each row and class")]
    ScoreCount {
        /// How many there are.
        found: usize,
        /// Rows.
        rows: usize,
        /// Classes.
        classes: usize,
    },
    /// A score that is no probability.
    #[error("row {}: the score of class `{class}` is {value}; scores are probabilities, from 0 to 1", .row + 1)]
    Score {
        /// The row, from 0; the message counts from 1.
        row: usize,
        /// The class.
        class: String,
        /// The score.
        value: f64,
    },
}

/// How far rounding may push a score out of 0..=1.
const SLACK: f64 = 1e-9;

impl Scored {
    /// Predicted classes, as codes into `classes`. With `positive` the task is binary, without it multi-class.
    ///
    /// `scores` are probabilities, row-major, one for each row and class; without them, the metrics that need scores are
    /// not available. The predicted class need not be the one with the highest score (a threshold may have been moved).
    ///
    /// ```
    /// use portcullis_evaluate::{Scored, Task};
    /// let classes = vec!["no".to_owned(), "yes".to_owned()];
    /// let scored = Scored::classes(classes, Some(1), vec![0, 1], vec![0, 0], Some(vec![0.9, 0.1, 0.6, 0.4]))?;
    /// assert_eq!((scored.task(), scored.rows()), (Task::Binary, 2));
    /// # Ok::<(), portcullis_evaluate::ScoredError>(())
    /// ```
    pub fn classes(
        classes: Vec<String>,
        positive: Option<u32>,
        truth: Vec<u32>,
        predicted: Vec<u32>,
        mut scores: Option<Vec<f64>>,
    ) -> Result<Self, ScoredError> {
        check_rows(truth.len(), predicted.len())?;
        check_classes(&classes, positive)?;
        check_codes("true", &truth, classes.len())?;
        check_codes("predicted", &predicted, classes.len())?;
        if let Some(scores) = &mut scores {
            check_scores(scores, truth.len(), &classes)?;
        }
        Ok(Self { answers: Answers::Classes { classes, positive, truth, predicted, scores } })
    }

    /// Predicted numbers.
    pub fn numbers(truth: Vec<f64>, predicted: Vec<f64>) -> Result<Self, ScoredError> {
        check_rows(truth.len(), predicted.len())?;
        for (what, values) in [("true", &truth), ("predicted", &predicted)] {
            if let Some((row, &value)) = values.iter().enumerate().find(|(_, value)| !value.is_finite()) {
                return Err(if value.is_nan() {
                    ScoredError::Missing { what, row }
                } else {
                    ScoredError::NotFinite { what, row, value }
                });
            }
        }
        Ok(Self { answers: Answers::Numbers { truth, predicted } })
    }

    /// The task.
    pub fn task(&self) -> Task {
        match self.answers {
            Answers::Classes { positive: Some(_), .. } => Task::Binary,
            Answers::Classes { positive: None, .. } => Task::Multiclass,
            Answers::Numbers { .. } => Task::Regression,
        }
    }

    /// Number of rows, at least one.
    pub fn rows(&self) -> usize {
        match &self.answers {
            Answers::Classes { truth, .. } => truth.len(),
            Answers::Numbers { truth, .. } => truth.len(),
        }
    }

    /// The classes, in the order of their codes; empty for a regression.
    pub fn class_names(&self) -> &[String] {
        match &self.answers {
            Answers::Classes { classes, .. } => classes,
            Answers::Numbers { .. } => &[],
        }
    }

    /// The code of the positive class of a binary task.
    pub fn positive(&self) -> Option<u32> {
        match self.answers {
            Answers::Classes { positive, .. } => positive,
            Answers::Numbers { .. } => None,
        }
    }

    /// Whether there are scores.
    pub fn has_scores(&self) -> bool {
        matches!(self.answers, Answers::Classes { scores: Some(_), .. })
    }
}

fn check_rows(truth: usize, predicted: usize) -> Result<(), ScoredError> {
    if truth != predicted {
        return Err(ScoredError::Length { truth, predicted });
    }
    match truth {
        0 => Err(ScoredError::NoRows),
        rows if rows >= u32::MAX as usize => Err(ScoredError::TooManyRows(rows)),
        _ => Ok(()),
    }
}

fn check_classes(classes: &[String], positive: Option<u32>) -> Result<(), ScoredError> {
    let mut sorted: Vec<&String> = classes.iter().collect();
    sorted.sort_unstable();
    if let Some((twice, _)) = sorted.iter().zip(sorted.iter().skip(1)).find(|(one, next)| one == next) {
        return Err(ScoredError::DuplicateClass((*twice).clone()));
    }
    if classes.len() < 2 {
        return Err(ScoredError::TooFewClasses { found: classes.len(), classes: classes.join(", ") });
    }
    if classes.len() > MAX_CLASSES {
        return Err(ScoredError::TooManyClasses(classes.len()));
    }
    match positive {
        Some(positive) if classes.len() != 2 || positive > 1 => {
            Err(ScoredError::Positive { positive, classes: classes.len() })
        }
        _ => Ok(()),
    }
}

fn check_codes(what: &'static str, codes: &[u32], classes: usize) -> Result<(), ScoredError> {
    match codes.iter().enumerate().find(|&(_, &code)| code as usize >= classes) {
        None => Ok(()),
        Some((row, &u32::MAX)) => Err(ScoredError::Missing { what, row }),
        Some((row, &code)) => Err(ScoredError::Code { what, row, code, classes }),
    }
}

fn check_scores(scores: &mut [f64], rows: usize, classes: &[String]) -> Result<(), ScoredError> {
    if rows.checked_mul(classes.len()) != Some(scores.len()) {
        return Err(ScoredError::ScoreCount { found: scores.len(), rows, classes: classes.len() });
    }
    for (row, scores) in scores.chunks_exact_mut(classes.len()).enumerate() {
        for (score, class) in scores.iter_mut().zip(classes) {
            if !(-SLACK..=1.0 + SLACK).contains(score) {
                return Err(ScoredError::Score { row, class: class.clone(), value: *score });
            }
            *score = score.clamp(0.0, 1.0);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    fn error(positive: Option<u32>, truth: &[u32], predicted: &[u32], scores: Option<&[f64]>) -> String {
        Scored::classes(
            names(&["no", "yes"]),
            positive,
            truth.to_vec(),
            predicted.to_vec(),
            scores.map(<[f64]>::to_vec),
        )
        .unwrap_err()
        .to_string()
    }

    #[test]
    fn errors_say_where_and_what() {
        assert_eq!(error(Some(1), &[], &[], None), "there are no rows to evaluate");
        assert_eq!(
            error(Some(1), &[0, 1], &[0], None),
            "1 predictions do not fit 2 true values: there must be one for each row"
        );
        assert_eq!(
            error(Some(1), &[0, 1], &[0, 2], None),
            "row 2: the predicted class is number 2, but there are 2 classes (0 to 1)"
        );
        assert_eq!(
            error(None, &[0, u32::MAX], &[0, 1], None),
            "row 2: the true value is missing; leave such rows out or fill them in"
        );
        assert_eq!(
            error(Some(2), &[0], &[0], None),
            "a positive class belongs to a binary task, but class number 2 was named of 2 classes"
        );
        assert_eq!(
            error(Some(1), &[0], &[0], Some(&[0.5])),
            "1 scores do not fit 1 rows × 2 classes: there must be one for each row and class"
        );
        assert_eq!(
            error(Some(1), &[0, 0], &[0, 0], Some(&[0.5, 0.5, 0.5, 1.5])),
            "row 2: the score of class `yes` is 1.5; scores are probabilities, from 0 to 1"
        );
        assert!(error(Some(1), &[0], &[0], Some(&[0.5, f64::NAN])).contains("is NaN"));
    }

    #[test]
    fn classes_are_checked() {
        let build = |classes: &[&str]| Scored::classes(names(classes), None, vec![0], vec![0], None).unwrap_err();
        assert_eq!(build(&["a", "b", "a"]), ScoredError::DuplicateClass("a".into()));
        assert_eq!(build(&["a"]).to_string(), "a classification needs at least two classes, and there is 1: a");
        let many: Vec<String> = (0..5000).map(|i| i.to_string()).collect();
        assert!(matches!(Scored::classes(many, None, vec![0], vec![0], None), Err(ScoredError::TooManyClasses(5000))));
    }

    #[test]
    fn rounding_is_forgiven() {
        let scores = vec![-1e-12, 1.0 + 1e-12];
        let scored = Scored::classes(names(&["a", "b"]), None, vec![0], vec![0], Some(scores)).unwrap();
        assert!(matches!(scored.answers, Answers::Classes { scores: Some(scores), .. } if scores == [0.0, 1.0]));
    }

    #[test]
    fn numbers_must_be_finite() {
        let error = |truth: f64, predicted: f64| Scored::numbers(vec![truth], vec![predicted]).unwrap_err().to_string();
        assert_eq!(error(f64::NAN, 1.0), "row 1: the true value is missing; leave such rows out or fill them in");
        assert_eq!(error(1.0, f64::INFINITY), "row 1: the predicted value is inf, not a finite number");
        assert_eq!(Scored::numbers(vec![1.0], vec![2.0]).unwrap().task(), Task::Regression);
    }
}
