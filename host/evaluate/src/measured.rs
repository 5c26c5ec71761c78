//! Rows prepared once, so that metrics under any weights are one pass.

use portcullis_stats::{
    Cells, Confusion, Ranking, Reliability, Residuals, ShapeError, Weights, brier_losses, brier_losses_binary,
    log_losses, weighted_mean,
};

use crate::metric::{Formula, MetricInfo};

/// Bins of the expected calibration error and of calibration curves.
pub(crate) const BINS: usize = 15;

/// Rows of one kind and the metrics that are computed from them together.
#[derive(Debug)]
pub(crate) struct Measured {
    pub(crate) metrics: Vec<&'static MetricInfo>,
    pub(crate) prepared: Prepared,
    /// One value for each metric, over all rows once.
    pub(crate) values: Vec<Option<f64>>,
}

#[derive(Debug)]
pub(crate) enum Prepared {
    Labels { cells: Cells, classes: usize, positive: u32 },
    Scores(ScoreRows),
    Numbers(Residuals),
}

/// Memory that a thread keeps from one resample to the next.
pub(crate) struct Scratch {
    confusion: Confusion,
}

impl Measured {
    pub(crate) fn new(metrics: Vec<&'static MetricInfo>, prepared: Prepared) -> Self {
        let mut measured = Self { metrics, prepared, values: vec![] };
        let mut values = Vec::new();
        measured.measure(Weights::Once, &mut measured.scratch(), &mut values);
        measured.values = values.into_iter().map(|value| (!value.is_nan()).then_some(value)).collect();
        measured
    }

    pub(crate) fn scratch(&self) -> Scratch {
        let classes = if let Prepared::Labels { classes, .. } = self.prepared { classes } else { 0 };
        Scratch { confusion: Confusion::empty(classes) }
    }

    /// Appends the value of each metric under the weights; NaN where it is undefined.
    pub(crate) fn measure(&self, weights: Weights<'_>, scratch: &mut Scratch, out: &mut Vec<f64>) {
        let scores = match &self.prepared {
            Prepared::Labels { cells, .. } => {
                cells.count_into(weights, &mut scratch.confusion);
                None
            }
            Prepared::Scores(rows) => Some(rows.values(weights)),
            Prepared::Numbers(_) => None,
        };
        for metric in &self.metrics {
            let value = match (metric.formula, &self.prepared, &scores) {
                (Formula::Labels(formula), Prepared::Labels { positive, .. }, _) => {
                    formula(&scratch.confusion, *positive)
                }
                (Formula::Scores(formula), _, Some(values)) => formula(values),
                (Formula::Numbers(formula), Prepared::Numbers(residuals), _) => formula(residuals, weights),
                _ => None,
            };
            out.push(value.unwrap_or(f64::NAN));
        }
    }

    pub(crate) fn place(&self, metric: &MetricInfo) -> Option<usize> {
        self.metrics.iter().position(|other| other.name == metric.name)
    }
}

/// Scores, sorted and binned.
#[derive(Debug)]
pub(crate) struct ScoreRows {
    /// One for each class against the rest; only the positive's in a binary task.
    pub(crate) rankings: Vec<Ranking>,
    log: Vec<f64>,
    brier: Vec<f64>,
    reliability: Reliability,
}

/// The metrics of scores, computed together.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ScoreValues {
    pub(crate) roc_auc: Option<f64>,
    pub(crate) average_precision: Option<f64>,
    pub(crate) log_loss: Option<f64>,
    pub(crate) brier: Option<f64>,
    pub(crate) expected_calibration_error: Option<f64>,
}

impl ScoreRows {
    pub(crate) fn new(
        truth: &[u32],
        scores: &[f64],
        classes: usize,
        positive: Option<u32>,
    ) -> Result<Self, ShapeError> {
        let ranking = |class| {
            let (positives, scores) = of_class(truth, scores, classes, class);
            Ranking::new(&positives, &scores)
        };
        let log = log_losses(truth, scores, classes)?;
        if let Some(positive) = positive {
            let (positives, scores) = of_class(truth, scores, classes, positive);
            return Ok(Self {
                rankings: vec![ranking(positive)?],
                log,
                brier: brier_losses_binary(&positives, &scores)?,
                reliability: Reliability::new(&positives, &scores, BINS)?,
            });
        }
        let (right, confidence): (Vec<bool>, Vec<f64>) =
            truth.iter().zip(scores.chunks_exact(classes)).map(|(&class, row)| top(class, row)).unzip();
        Ok(Self {
            rankings: (0..classes as u32).map(ranking).collect::<Result<_, _>>()?,
            log,
            brier: brier_losses(truth, scores, classes)?,
            reliability: Reliability::new(&right, &confidence, BINS)?,
        })
    }

    fn values(&self, weights: Weights<'_>) -> ScoreValues {
        let (mut roc_auc, mut average_precision) = (Some(0.0), Some(0.0));
        for ranking in &self.rankings {
            let areas = ranking.areas(weights);
            roc_auc = roc_auc.zip(areas.roc_auc).map(|(sum, area)| sum + area);
            average_precision = average_precision.zip(areas.average_precision).map(|(sum, area)| sum + area);
        }
        let classes = self.rankings.len() as f64;
        ScoreValues {
            roc_auc: roc_auc.map(|sum| sum / classes),
            average_precision: average_precision.map(|sum| sum / classes),
            log_loss: weighted_mean(&self.log, weights),
            brier: weighted_mean(&self.brier, weights),
            expected_calibration_error: self.reliability.expected_error(weights),
        }
    }
}

/// Whether each row is of the class, and its score of it.
pub(crate) fn of_class(truth: &[u32], scores: &[f64], classes: usize, class: u32) -> (Vec<bool>, Vec<f64>) {
    let score = |row: &[f64]| row.get(class as usize).copied().unwrap_or(0.0);
    truth.iter().zip(scores.chunks_exact(classes.max(1))).map(|(&code, row)| (code == class, score(row))).unzip()
}

/// Whether the class with the highest score (the first of several) is the true one, and that score.
fn top(truth: u32, scores: &[f64]) -> (bool, f64) {
    let first = (0_u32, f64::NEG_INFINITY);
    let (best, score) =
        scores.iter().zip(0..).fold(first, |best, (&score, class)| if score > best.1 { (class, score) } else { best });
    (best == truth, score)
}
