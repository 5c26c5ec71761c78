//! A candidate beside the champion.

use portcullis_stats::{Interval, Task, TestResult, mcnemar, percentile_interval};

use crate::evaluation::{Evaluation, check_level};
use crate::metric::MetricError;
use crate::rows::Two;
use crate::slices::{Column, ColumnError};

/// The names of the paired tests.
pub const TEST_NAMES: &[&str] = &["mcnemar"];

/// A candidate and the champion, measured on the same rows.
#[derive(Debug, Clone)]
pub struct Comparison {
    candidate: Evaluation,
    champion: Evaluation,
}

/// Why two evaluations cannot be compared.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ComparisonError {
    /// They predict different kinds of things.
    #[error(
        "the candidate's task is {candidate} and the champion's {champion}; only models of one task can be compared"
    )]
    Task {
        /// The candidate's.
        candidate: Task,
        /// The champion's.
        champion: Task,
    },
    /// They know different classes.
    #[error(
        "the candidate's classes ({candidate}) are not the champion's ({champion}), in this order; only models of the same classes can be compared"
    )]
    Classes {
        /// The candidate's.
        candidate: String,
        /// The champion's.
        champion: String,
    },
    /// They differ on which class is positive.
    #[error("the candidate's positive class is `{candidate}` and the champion's `{champion}`")]
    Positive {
        /// The candidate's.
        candidate: String,
        /// The champion's.
        champion: String,
    },
    /// They were evaluated on different numbers of rows.
    #[error(
        "the candidate was evaluated on {candidate} rows and the champion on {champion}; only models evaluated on the same rows can be compared"
    )]
    Rows {
        /// The candidate's.
        candidate: usize,
        /// The champion's.
        champion: usize,
    },
    /// The truth differs, from this row on, counted from 0; the message counts from 1.
    #[error(
        "the candidate and the champion were evaluated on different rows: their true values differ from row {} on",
        .0 + 1
    )]
    Truth(usize),
}

/// Why a paired test was not done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TestError {
    /// No test has this name.
    #[error("`{0}` is not a paired test; valid: {valid}", valid = TEST_NAMES.join(", "))]
    Unknown(String),
    /// The test does not apply to the task.
    #[error("the test `{name}` compares predicted classes and does not apply to a {task} task")]
    OtherTask {
        /// The test.
        name: &'static str,
        /// The task.
        task: Task,
    },
}

impl Comparison {
    /// Puts two evaluations side by side. They must be of the same rows in the same order: the same task, classes and
    /// true values. Intervals use the candidate's options for both.
    pub fn new(candidate: &Evaluation, champion: &Evaluation) -> Result<Self, ComparisonError> {
        let (a, b) = (candidate, champion);
        if a.task() != b.task() {
            return Err(ComparisonError::Task { candidate: a.task(), champion: b.task() });
        }
        if a.classes() != b.classes() {
            let list = |evaluation: &Evaluation| evaluation.classes().join(", ");
            return Err(ComparisonError::Classes { candidate: list(a), champion: list(b) });
        }
        if a.positive() != b.positive() {
            let name = |evaluation: &Evaluation| evaluation.positive().unwrap_or_default().to_owned();
            return Err(ComparisonError::Positive { candidate: name(a), champion: name(b) });
        }
        if a.rows() != b.rows() {
            return Err(ComparisonError::Rows { candidate: a.rows(), champion: b.rows() });
        }
        let labels = first_difference(a.truth_and_labels(), b.truth_and_labels());
        if let Some(row) = labels.or_else(|| first_difference(a.truth_and_numbers(), b.truth_and_numbers())) {
            return Err(ComparisonError::Truth(row));
        }
        Ok(Self { candidate: a.clone(), champion: b.with_options(a.options()) })
    }

    /// The candidate.
    pub fn candidate(&self) -> &Evaluation {
        &self.candidate
    }

    /// The champion.
    pub fn champion(&self) -> &Evaluation {
        &self.champion
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.candidate.rows()
    }

    /// As [`Evaluation::key`].
    pub fn key(&self) -> &[(String, String)] {
        self.candidate.key()
    }

    /// Candidate minus champion; none where either is undefined.
    pub fn difference(&self, metric: &str) -> Result<Option<f64>, MetricError> {
        let (candidate, champion) = self.values(metric)?;
        Ok(candidate.zip(champion).map(|(candidate, champion)| candidate - champion))
    }

    /// (Candidate minus champion) / |champion|; none where either is undefined or the champion's is 0.
    pub fn relative_difference(&self, metric: &str) -> Result<Option<f64>, MetricError> {
        let (candidate, champion) = self.values(metric)?;
        let defined = candidate.zip(champion).filter(|&(_, champion)| champion != 0.0);
        Ok(defined.map(|(candidate, champion)| (candidate - champion) / champion.abs()))
    }

    fn values(&self, metric: &str) -> Result<(Option<f64>, Option<f64>), MetricError> {
        let champion = self.champion.metric(metric).map_err(champions);
        Ok((self.candidate.metric(metric)?, champion?))
    }

    /// A paired percentile bootstrap interval of the difference at coverage `level`, in 0..1: both models are measured on
    /// the same resampled rows, so that what is hard for both does not widen it. None as for [`Evaluation::interval`].
    pub fn interval(&self, metric: &str, level: f64) -> Result<Option<Interval>, MetricError> {
        check_level(level)?;
        let info = self.candidate.info(metric)?;
        self.champion.info(metric).map_err(champions)?;
        let Some((candidate, champion)) = self.candidate.resampled(info).zip(self.champion.resampled(info)) else {
            return Ok(None);
        };
        let differences: Vec<f64> = candidate.iter().zip(&champion).map(|(a, b)| a - b).collect();
        Ok(percentile_interval(&differences, level))
    }

    /// A paired test on the rows; `mcnemar` is the only one.
    pub fn test(&self, name: &str) -> Result<TestResult, TestError> {
        if name != "mcnemar" {
            return Err(TestError::Unknown(name.to_owned()));
        }
        let labels = self.candidate.truth_and_labels().zip(self.champion.truth_and_labels());
        let Some(((truth, candidate), (_, champion))) = labels else {
            return Err(TestError::OtherTask { name: "mcnemar", task: self.candidate.task() });
        };
        let (mut candidate_only, mut champion_only) = (0, 0);
        for ((truth, candidate), champion) in truth.iter().zip(candidate.iter()).zip(champion.iter()) {
            match (candidate == truth, champion == truth) {
                (true, false) => candidate_only += 1,
                (false, true) => champion_only += 1,
                _ => {}
            }
        }
        Ok(mcnemar(candidate_only, champion_only))
    }

    /// As [`Evaluation::slices`].
    pub fn slices(&self, columns: &[Column<'_>]) -> Result<Vec<Self>, ColumnError> {
        let pairs = self.candidate.slices(columns)?.into_iter().zip(self.champion.slices(columns)?);
        Ok(pairs.map(|(candidate, champion)| Self { candidate, champion }).collect())
    }
}

/// Says whose scores are missing.
fn champions(error: MetricError) -> MetricError {
    match error {
        MetricError::NeedsScores { name, .. } => MetricError::NeedsScores { name, whose: "the champion's" },
        other => other,
    }
}

/// The first row in which the first values of two pairs differ.
fn first_difference<T: Copy + PartialEq>(a: Option<Two<'_, T, T>>, b: Option<Two<'_, T, T>>) -> Option<usize> {
    let ((a, _), (b, _)) = a.zip(b)?;
    a.iter().zip(b.iter()).position(|(a, b)| a != b)
}
