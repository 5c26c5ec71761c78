//! Decision trees, random forests and gradient boosting on binned columns.
//!
//! Everything here is ours, on plain types: a [`Matrix`] of numbers goes in, a [`Trees`] comes out. Columns are cut into
//! at most 255 bins once (`bins`); trees are grown from histograms of those bins and carry thresholds in the columns' own
//! units, so that a trained model knows nothing of bins. Two growers share that ground: `grow` splits depth first until
//! the leaves are pure (trees and forests), `leafwise` splits the leaf that gains most (boosting).
//!
//! Two choices make the result the same for any number of threads: each tree of a forest draws from a random stream of
//! its own, and histograms add whole numbers (counts, or gradients in fixed point), so that a sum does not depend on the
//! order of its terms.
//!
//! Settings and trees also have linfa's traits `Fit` and `Predict` (`linfa`), through which the rest of this crate calls them.

mod bins;
mod boosting;
mod encode;
mod error;
mod forest;
mod gain;
mod gradients;
mod grow;
mod histogram;
mod leafwise;
mod linfa;
mod matrix;
mod partition;
mod predict;
mod settings;
mod statistic;
#[cfg(test)]
mod tests;
mod tree;

pub use error::TreesError;
pub use matrix::{Labels, Matrix};
pub use settings::{Boosting, Criterion, DecisionTree, Growth, MaxFeatures, Method, RandomForest, TreeSettings};

use tree::Tree;

/// A trained decision tree, forest or boosted ensemble.
#[derive(Debug, Clone, PartialEq)]
pub struct Trees {
    features: u32,
    output: Output,
    combine: Combine,
    /// What the sum of a boosted ensemble starts from: one number per score. Empty for averages.
    baseline: Vec<f64>,
    members: Vec<Tree>,
}

/// What the ensemble predicts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Output {
    /// The probability of each of so many classes.
    Classes(u32),
    Number,
}

/// How the leaves that a row falls into become its prediction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Combine {
    /// The mean of the leaves: a tree or a forest.
    Average,
    /// The baseline plus the sum of the leaves, through the logistic function or softmax for classes. With more than two
    /// classes, tree `i` belongs to class `i mod k`.
    Sum,
}

impl Trees {
    /// How many columns the model was trained on, and so expects.
    pub fn features(&self) -> usize {
        self.features as usize
    }

    /// How many numbers it predicts per row: the number of classes, or 1 for a regression.
    pub fn outputs(&self) -> usize {
        match self.output {
            Output::Classes(k) => k as usize,
            Output::Number => 1,
        }
    }

    /// How many trees it is made of.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether it has no trees (boosting for no rounds); it then predicts the baseline.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// How many splits and leaves all its trees have together.
    pub fn node_count(&self) -> usize {
        self.members.iter().map(|tree| tree.nodes.len()).sum()
    }
}

/// Trains trees on `inputs` to predict `labels`, one label per row.
///
/// The same settings, inputs and labels give the same model on any number of threads (rayon's current pool is used).
///
/// # Errors
/// A setting out of range, no rows, no columns, labels of another length, a class code out of range or a target that is
/// not finite.
pub fn fit(settings: &TreeSettings, inputs: &Matrix, labels: &Labels) -> Result<Trees, TreesError> {
    settings.check()?;
    labels.check(inputs)?;
    match &settings.method {
        Method::DecisionTree(method) => Ok(forest::fit_tree(method, settings.seed, inputs, labels)),
        Method::RandomForest(method) => Ok(forest::fit_forest(method, settings.seed, inputs, labels)),
        Method::GradientBoosting(method) => Ok(boosting::fit(method, settings.seed, inputs, labels)),
    }
}
