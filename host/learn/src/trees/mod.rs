//! Decision trees, random forests and gradient boosting on binned columns.
//!
//! Everything here is ours, on plain types: a [`Matrix`] of numbers goes in, a [`Trees`] comes out. Columns are cut into
//! at most 255 bins once (`bins`); trees are grown from histograms of those bins, and forests from finer bins where a node
//! has few rows. A trained model keeps the cuts that its splits are at, in the columns' own units; its nodes name them by
//! their position, in 8 bytes each. Two growers share that ground: `grow` splits depth first until
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
mod search;
mod settings;
mod statistic;
#[cfg(test)]
mod tests;
mod tree;

pub use error::TreesError;
pub use linfa::Watched;
pub use matrix::{Labels, Matrix};
pub use settings::{Boosting, Criterion, DecisionTree, Growth, MaxFeatures, Method, RandomForest, TreeSettings};

use rayon::prelude::*;
use tree::Tree;

/// Called when a tree, or a round of boosting, is done.
pub(crate) type Each<'a> = &'a (dyn Fn() + Sync);

/// A trained decision tree, forest or boosted ensemble.
#[derive(Debug, Clone, PartialEq)]
pub struct Trees {
    output: Output,
    combine: Combine,
    /// The thresholds of each column, ascending: those that a split is at.
    cuts: Vec<Vec<f64>>,
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
    /// Trees that were grown on columns with these cuts. Only those that a split is at are kept.
    fn of(
        output: Output,
        combine: Combine,
        baseline: Vec<f64>,
        mut members: Vec<Tree>,
        mut cuts: Vec<Vec<f64>>,
    ) -> Self {
        let mut places: Vec<Vec<u16>> = cuts.iter().map(|cuts| vec![0; cuts.len() + 1]).collect();
        for node in members.iter().flat_map(|tree| &tree.nodes).filter(|node| !node.is_leaf()) {
            places[node.feature() as usize][node.cut() as usize] = 1;
        }
        for (cuts, places) in cuts.iter_mut().zip(&mut places) {
            let (mut kept, mut old) = (0, 0);
            for place in places.iter_mut() {
                kept += std::mem::replace(place, kept);
            }
            cuts.retain(|_| {
                old += 1;
                places[old] > places[old - 1]
            });
        }
        members.par_iter_mut().for_each(|tree| {
            for node in tree.nodes.iter_mut().filter(|node| !node.is_leaf()) {
                *node = node.with_cut(places[node.feature() as usize][node.cut() as usize]);
            }
        });
        Self { output, combine, cuts, baseline, members }
    }

    /// How many columns the model was trained on, and so expects.
    pub fn features(&self) -> usize {
        self.cuts.len()
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
    fit_watched(settings, inputs, labels, &|| ())
}

/// As [`fit`], and calls `each` as often as [`TreeSettings::steps`] says, from any thread; less often where boosting stops
/// early.
fn fit_watched(settings: &TreeSettings, inputs: &Matrix, labels: &Labels, each: Each<'_>) -> Result<Trees, TreesError> {
    settings.check()?;
    labels.check(inputs)?;
    match &settings.method {
        Method::DecisionTree(method) => Ok(forest::fit_tree(method, settings.seed, inputs, labels, each)),
        Method::RandomForest(method) => Ok(forest::fit_forest(method, settings.seed, inputs, labels, each)),
        Method::GradientBoosting(method) => Ok(boosting::fit(method, settings.seed, inputs, labels, each)),
    }
}
