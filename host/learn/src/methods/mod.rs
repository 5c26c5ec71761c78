//! The algorithms behind one trait per task, all on encoded columns.

mod elastic_net;
mod independent;
mod least_squares;
mod linear;
mod logistic;
mod naive_bayes;

use linfa::dataset::DatasetBase;
use linfa::traits::{Fit, Predict};
use serde::{Deserialize, Serialize};

use crate::error::LearnError;
use crate::family::Family;
use crate::parameters::Method;
use crate::trees::{self, Each, Labels, Matrix, MaxFeatures, TreeSettings, Trees, Watched};
use linear::Linear;
use logistic::Logistic;
use naive_bayes::NaiveBayes;

/// Predicts the probabilities of classes.
pub(crate) trait Classifier {
    /// For each row, a probability per class: row-major, and the probabilities of a row add up to 1.
    fn probabilities(&self, inputs: &Matrix) -> Result<Vec<f64>, LearnError>;
}

/// Predicts numbers.
pub(crate) trait Regressor {
    /// A number for each row.
    fn numbers(&self, inputs: &Matrix) -> Result<Vec<f64>, LearnError>;
}

impl Classifier for Trees {
    fn probabilities(&self, inputs: &Matrix) -> Result<Vec<f64>, LearnError> {
        Ok(Predict::predict(self, inputs)?)
    }
}

impl Regressor for Trees {
    fn numbers(&self, inputs: &Matrix) -> Result<Vec<f64>, LearnError> {
        Ok(Predict::predict(self, inputs)?)
    }
}

/// What an algorithm learnt.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Learnt {
    Logistic(Logistic),
    NaiveBayes(NaiveBayes),
    Linear(Linear),
    /// Too many numbers for serde: a file holds them in their own form.
    #[serde(skip)]
    Trees(Trees),
}

/// A model of either task.
enum Predictor<'a> {
    Classifier(&'a dyn Classifier),
    Regressor(&'a dyn Regressor),
}

impl Learnt {
    /// How many encoded columns it reads.
    pub(crate) fn width(&self) -> usize {
        match self {
            Self::Logistic(logistic) => logistic.linear().width(),
            Self::NaiveBayes(bayes) => bayes.width(),
            Self::Linear(linear) => linear.width(),
            Self::Trees(trees) => trees.features(),
        }
    }

    /// How many numbers it predicts per row: one per class, or 1 for a regression.
    pub(crate) fn outputs(&self) -> usize {
        match self {
            Self::Logistic(logistic) => logistic.classes(),
            Self::NaiveBayes(bayes) => bayes.classes(),
            Self::Linear(_) => 1,
            Self::Trees(trees) => trees.outputs(),
        }
    }

    /// Whether it is what this family learns.
    pub(crate) fn fits(&self, family: Family) -> bool {
        match self {
            Self::Logistic(_) => family == Family::LogisticRegression,
            Self::NaiveBayes(_) => family == Family::NaiveBayes,
            Self::Linear(_) => matches!(family, Family::LinearRegression | Family::ElasticNet),
            Self::Trees(_) => family.is_tree(),
        }
    }

    /// Whether its parts fit together: what a damaged file could break.
    pub(crate) fn is_sound(&self) -> bool {
        match self {
            Self::Logistic(logistic) => logistic.linear().is_sound(),
            Self::NaiveBayes(bayes) => bayes.is_sound(),
            Self::Linear(linear) => linear.is_sound() && linear.outputs() == 1,
            // Trees check themselves while they are read.
            Self::Trees(_) => true,
        }
    }

    /// As a classifier or a regressor; trees are what the task makes them.
    fn predictor(&self, classes: bool) -> Predictor<'_> {
        match self {
            Self::Logistic(logistic) => Predictor::Classifier(logistic),
            Self::NaiveBayes(bayes) => Predictor::Classifier(bayes),
            Self::Linear(linear) => Predictor::Regressor(linear),
            Self::Trees(trees) if classes => Predictor::Classifier(trees),
            Self::Trees(trees) => Predictor::Regressor(trees),
        }
    }

    /// [`Learnt::outputs`] numbers for each row, row-major.
    ///
    /// # Errors
    /// Another number of columns than were learnt from.
    pub(crate) fn predict(&self, classes: bool, inputs: &Matrix) -> Result<Vec<f64>, LearnError> {
        match self.predictor(classes) {
            Predictor::Classifier(classifier) => classifier.probabilities(inputs),
            Predictor::Regressor(regressor) => regressor.numbers(inputs),
        }
    }

    /// The coefficients, where the model has some.
    pub(crate) fn linear(&self) -> Option<&Linear> {
        match self {
            Self::Logistic(logistic) => Some(logistic.linear()),
            Self::Linear(linear) => Some(linear),
            Self::NaiveBayes(_) | Self::Trees(_) => None,
        }
    }
}

/// Learns. Also returns notes for the user, a solver that stopped early for instance.
///
/// Classes are coded 0..k with k ≥ 2 and every class occurs; numbers are finite. `each` is called for each tree or round.
pub(crate) fn fit(
    family: Family,
    method: &Method,
    seed: u32,
    inputs: &Matrix,
    labels: &Labels<'_>,
    each: Each<'_>,
) -> Result<(Learnt, Vec<String>), LearnError> {
    let failed = |reason: String| LearnError::Fit { family, reason };
    let mut notes = Vec::new();
    let learnt = match (method, *labels) {
        (Method::Logistic(settings), Labels::Classes { codes, classes }) => {
            Learnt::Logistic(Logistic::fit(settings, inputs, codes, classes as usize, &mut notes).map_err(failed)?)
        }
        (Method::NaiveBayes { var_smoothing }, Labels::Classes { codes, classes }) => {
            Learnt::NaiveBayes(NaiveBayes::fit(*var_smoothing, inputs, codes, classes as usize).map_err(failed)?)
        }
        (Method::LeastSquares { intercept }, Labels::Numbers(target)) => {
            Learnt::Linear(least_squares::fit(*intercept, inputs, target).map_err(failed)?)
        }
        (Method::ElasticNet(settings), Labels::Numbers(target)) => {
            Learnt::Linear(elastic_net::fit(settings, inputs, target, &mut notes).map_err(failed)?)
        }
        (Method::Trees { method, auto_features }, labels) => {
            let mut method = method.clone();
            if let (trees::Method::RandomForest(forest), Labels::Classes { .. }, true) =
                (&mut method, labels, auto_features)
            {
                forest.growth.max_features = MaxFeatures::Sqrt;
            }
            let settings = TreeSettings { method, seed: seed.into() };
            let watched = Watched { settings: &settings, each };
            Learnt::Trees(watched.fit(&DatasetBase::new(inputs, labels))?)
        }
        (_, Labels::Classes { .. }) => return Err(failed("it predicts numbers, not classes".to_owned())),
        (_, Labels::Numbers(_)) => return Err(failed("it predicts classes, not numbers".to_owned())),
    };
    if !learnt.is_sound() {
        return Err(failed(
            "it did not arrive at finite numbers; scale the features or leave out extreme values".to_owned(),
        ));
    }
    Ok((learnt, notes))
}
