//! Gaussian naive Bayes, fitted by linfa.

use std::collections::BTreeMap;

use linfa::DatasetBase;
use linfa::traits::Fit;
use linfa_bayes::GaussianNb;
use ndarray::Array1;
use serde::{Deserialize, Serialize};

use super::Classifier;
use super::linear::array;
use super::logistic::softmax;
use crate::error::LearnError;
use crate::trees::Matrix;

/// A prior per class, and a mean and a variance per class and column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct NaiveBayes {
    width: u32,
    /// In the order of the classes.
    classes: Vec<Class>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Class {
    prior: f64,
    means: Vec<f64>,
    variances: Vec<f64>,
}

/// What linfa's model holds: classes in a hash map, so in an order that changes from run to run, and its figures behind
/// no accessor but serde.
#[derive(Deserialize)]
struct Fitted {
    class_info: BTreeMap<usize, FittedClass>,
}

#[derive(Deserialize)]
struct FittedClass {
    prior: f64,
    theta: Array1<f64>,
    sigma: Array1<f64>,
}

impl NaiveBayes {
    /// Means and (population) variances by class. `var_smoothing` times the largest variance of a column is added to
    /// each variance.
    pub(super) fn fit(var_smoothing: f64, inputs: &Matrix, codes: &[u32], classes: usize) -> Result<Self, String> {
        let targets: Array1<usize> = codes.iter().map(|code| *code as usize).collect();
        let fitted: GaussianNb<f64, usize> = GaussianNb::params()
            .var_smoothing(var_smoothing)
            .fit(&DatasetBase::new(array(inputs)?, targets))
            .map_err(|error| error.to_string())?;
        let fitted: Fitted = serde_json::to_value(&fitted)
            .and_then(serde_json::from_value)
            .map_err(|error| format!("its figures are not finite ({error}); scale the features"))?;
        if fitted.class_info.len() != classes {
            return Err(format!("{} of {classes} classes have rows", fitted.class_info.len()));
        }
        let class =
            |info: FittedClass| Class { prior: info.prior, means: info.theta.to_vec(), variances: info.sigma.to_vec() };
        Ok(Self { width: inputs.columns().len() as u32, classes: fitted.class_info.into_values().map(class).collect() })
    }

    pub(crate) fn width(&self) -> usize {
        self.width as usize
    }

    pub(crate) fn classes(&self) -> usize {
        self.classes.len()
    }

    pub(crate) fn is_sound(&self) -> bool {
        self.classes.iter().all(|class| {
            class.prior > 0.0
                && class.means.len() == self.width()
                && class.variances.len() == self.width()
                && class.means.iter().all(|mean| mean.is_finite())
                && class.variances.iter().all(|variance| variance.is_finite() && *variance >= 0.0)
        })
    }
}

impl Classifier for NaiveBayes {
    /// `p(c | x) ∝ prior(c) · Π N(x; mean, variance)`. A column without any variance (constant, and no smoothing) says
    /// nothing: it is left out.
    fn probabilities(&self, inputs: &Matrix) -> Result<Vec<f64>, LearnError> {
        let k = self.classes();
        let mut scores: Vec<f64> =
            self.classes.iter().map(|class| class.prior.ln()).collect::<Vec<_>>().repeat(inputs.rows());
        for (place, column) in inputs.columns().iter().enumerate() {
            let figures = |class: &Class| Some((*class.means.get(place)?, *class.variances.get(place)?));
            let figures: Vec<(f64, f64)> = self.classes.iter().filter_map(figures).collect();
            if figures.iter().any(|(_, variance)| *variance <= 0.0) {
                continue;
            }
            for (class, (mean, variance)) in figures.into_iter().enumerate() {
                let constant = -0.5 * (std::f64::consts::TAU * variance).ln();
                for (score, value) in scores.iter_mut().skip(class).step_by(k).zip(column) {
                    let distance = value - mean;
                    *score += constant - 0.5 * (distance * distance / variance);
                }
            }
        }
        for row in scores.chunks_mut(k.max(1)) {
            for score in &mut *row {
                *score = score.max(f64::MIN);
            }
            softmax(row);
        }
        Ok(scores)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_variances_and_probabilities_by_hand() {
        let inputs = Matrix::new(vec![vec![0.0, 2.0, 10.0, 14.0]]).unwrap();
        let model = NaiveBayes::fit(0.0, &inputs, &[0, 0, 1, 1], 2).unwrap();
        let figures: Vec<_> =
            model.classes.iter().map(|class| (class.prior, class.means[0], class.variances[0])).collect();
        assert_eq!(figures, [(0.5, 1.0, 1.0), (0.5, 12.0, 4.0)]);
        let density = |x: f64, mean: f64, deviation: f64| (-((x - mean) / deviation).powi(2) / 2.0).exp() / deviation;
        let (first, second) = (density(5.0, 1.0, 1.0), density(5.0, 12.0, 2.0));
        let probabilities = model.probabilities(&Matrix::new(vec![vec![5.0]]).unwrap()).unwrap();
        assert!((probabilities[0] - first / (first + second)).abs() < 1e-14);
        assert!((probabilities[1] - second / (first + second)).abs() < 1e-14);
    }

    #[test]
    fn a_constant_column_says_nothing() {
        let inputs = Matrix::new(vec![vec![3.0; 4]]).unwrap();
        let model = NaiveBayes::fit(1e-9, &inputs, &[0, 1, 1, 1], 2).unwrap();
        let probabilities = model.probabilities(&Matrix::new(vec![vec![7.0]]).unwrap()).unwrap();
        assert!((probabilities[0] - 0.25).abs() < 1e-15, "{probabilities:?}");
    }

    #[test]
    fn distances_beyond_all_numbers_stay_probabilities() {
        let inputs = Matrix::new(vec![vec![0.0, 2.0, 10.0, 14.0]]).unwrap();
        let model = NaiveBayes::fit(0.0, &inputs, &[0, 0, 1, 1], 2).unwrap();
        let probabilities = model.probabilities(&Matrix::new(vec![vec![1e300]]).unwrap()).unwrap();
        assert!((probabilities.iter().sum::<f64>() - 1.0).abs() < 1e-15, "{probabilities:?}");
    }
}
