//! Curves for the record.

use portcullis_stats::{Reliability, thinned};
use portcullis_verdict::{Calibration, Curve};

use crate::evaluation::Evaluation;
use crate::measured::{BINS, Prepared, of_class};

/// Points of a curve that the record keeps.
const POINTS: usize = 200;

impl Evaluation {
    /// ROC curves, thinned to at most 200 points: x = false positive rate, y = true positive rate. One for each class
    /// against the rest, only the positive's in a binary task. A class that no row or every row is of has none; without
    /// scores there are none at all.
    pub fn roc(&self) -> Vec<Curve> {
        self.curves(|ranking| ranking.roc_curve().map(|roc| (roc.false_positive_rate, roc.true_positive_rate)))
    }

    /// Precision-recall curves, thinned to at most 200 points: x = recall, y = precision; otherwise as [`Self::roc`].
    pub fn precision_recall(&self) -> Vec<Curve> {
        self.curves(|ranking| ranking.precision_recall_curve().map(|curve| (curve.recall, curve.precision)))
    }

    fn curves(&self, of: impl Fn(&portcullis_stats::Ranking) -> Option<(Vec<f64>, Vec<f64>)>) -> Vec<Curve> {
        let Some(measured) = self.score_family() else { return vec![] };
        let Prepared::Scores(rows) = &measured.prepared else { return vec![] };
        let curve = |(ranking, class): (_, &String)| {
            let (x, y) = of(ranking)?;
            let places = thinned(x.len(), POINTS);
            let pick = |values: &[f64]| places.iter().filter_map(|&place| values.get(place).copied()).collect();
            Some(Curve { class: class.clone(), x: pick(&x), y: pick(&y) })
        };
        rows.rankings.iter().zip(self.curve_classes()).filter_map(curve).collect()
    }

    /// Calibration curves over 15 bins of equal width, for the same classes as [`Self::roc`]. The expected calibration
    /// error of a binary task can be read off its curve.
    pub fn calibration(&self) -> Vec<Calibration> {
        let Some((truth, scores)) = self.truth_and_scores() else { return vec![] };
        let classes = self.classes().len();
        let mut curves = Vec::new();
        for class in self.curve_classes() {
            let Some(code) = self.classes().iter().position(|other| other == class) else { continue };
            let (happened, scores) = of_class(&truth, &scores, classes, code as u32);
            let Ok(reliability) = Reliability::new(&happened, &scores, BINS) else { continue };
            let bins = reliability.curve();
            curves.push(Calibration {
                class: class.clone(),
                predicted: bins.iter().map(|bin| bin.predicted).collect(),
                observed: bins.iter().map(|bin| bin.observed).collect(),
                count: bins.iter().map(|bin| bin.count).collect(),
            });
        }
        curves
    }

    /// The classes that have curves.
    fn curve_classes(&self) -> impl Iterator<Item = &String> {
        let positive = self.scored().positive();
        self.classes()
            .iter()
            .zip(0..)
            .filter(move |(_, code)| positive.is_none_or(|p| p == *code))
            .map(|(class, _)| class)
    }
}
