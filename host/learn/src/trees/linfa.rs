//! linfa's traits: settings `Fit` a dataset, trees `Predict` a matrix, as linfa's own algorithms do.
//!
//! Records are our [`Matrix`] instead of an `ndarray`, because trees read columns: linfa asks only that records can be
//! counted.

use linfa::dataset::{DatasetBase, Records};
use linfa::traits::{Fit, Predict};

use super::{Each, Labels, Matrix, TreeSettings, Trees, TreesError};

impl Records for &Matrix {
    type Elem = f64;

    fn nsamples(&self) -> usize {
        self.rows()
    }

    fn nfeatures(&self) -> usize {
        self.columns().len()
    }
}

impl<'a> Fit<&'a Matrix, Labels<'a>, TreesError> for TreeSettings {
    type Object = Trees;

    fn fit(&self, dataset: &DatasetBase<&'a Matrix, Labels<'a>>) -> Result<Trees, TreesError> {
        super::fit(self, dataset.records, &dataset.targets)
    }
}

/// Settings, and who wants to hear of each tree or round that is done.
pub struct Watched<'w> {
    /// The settings.
    pub settings: &'w TreeSettings,
    /// Called from any thread, [`TreeSettings::steps`] times at the most.
    pub each: Each<'w>,
}

impl<'a> Fit<&'a Matrix, Labels<'a>, TreesError> for Watched<'_> {
    type Object = Trees;

    fn fit(&self, dataset: &DatasetBase<&'a Matrix, Labels<'a>>) -> Result<Trees, TreesError> {
        super::fit_watched(self.settings, dataset.records, &dataset.targets, self.each)
    }
}

impl<'a> Predict<&'a Matrix, Result<Vec<f64>, TreesError>> for Trees {
    fn predict(&self, inputs: &'a Matrix) -> Result<Vec<f64>, TreesError> {
        Trees::predict(self, inputs)
    }
}

impl From<linfa::Error> for TreesError {
    fn from(error: linfa::Error) -> Self {
        Self::Linfa(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::super::{DecisionTree, Growth, Method};
    use super::*;

    #[test]
    fn linfas_traits_do_what_the_module_does() {
        let matrix = Matrix::new(vec![vec![0.0, 1.0, 2.0, 3.0]]).unwrap();
        let labels = Labels::Classes { codes: &[0, 0, 1, 1], classes: 2 };
        let settings =
            TreeSettings { method: Method::DecisionTree(DecisionTree { growth: Growth::default() }), seed: 7 };
        let dataset = DatasetBase::new(&matrix, labels);
        assert_eq!((dataset.nsamples(), dataset.nfeatures()), (4, 1));
        let trees = Fit::fit(&settings, &dataset).unwrap();
        assert_eq!(trees, super::super::fit(&settings, &matrix, &labels).unwrap());
        let told = std::sync::atomic::AtomicU64::new(0);
        let each = || {
            told.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        };
        assert_eq!(Fit::fit(&Watched { settings: &settings, each: &each }, &dataset).unwrap(), trees);
        assert_eq!(told.into_inner(), settings.steps());
        assert_eq!(Predict::predict(&trees, &matrix).unwrap(), [1.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 1.0]);
    }
}
