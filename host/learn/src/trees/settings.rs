//! The settings of the three methods, with scikit-learn's names, meanings and defaults.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::TreesError;

/// What to train and from which random numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TreeSettings {
    /// The method and its own settings.
    pub method: Method,
    /// Seed of the bootstraps and of the columns drawn at each split.
    pub seed: u64,
}

/// The three methods.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// One tree.
    DecisionTree(DecisionTree),
    /// The mean of many trees, each on a bootstrap sample and a few columns per split.
    RandomForest(RandomForest),
    /// A sum of small trees, each fitted to what the ones before it left over.
    GradientBoosting(Boosting),
}

impl Method {
    /// As [`TreeSettings::steps`].
    pub(crate) fn steps(&self) -> u64 {
        match self {
            Self::DecisionTree(_) => 1,
            Self::RandomForest(forest) => forest.trees.into(),
            Self::GradientBoosting(boosting) => boosting.rounds.into(),
        }
    }
}

/// When a tree stops growing and what it may split on: shared by single trees and forests.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Growth {
    /// What a split should make small (classes only; a regression tree reduces the squared error).
    pub criterion: Criterion,
    /// The longest path from the root to a leaf; none: until the leaves are pure.
    pub max_depth: Option<u32>,
    /// Rows that a leaf has at least (distinct rows, as in scikit-learn, however often a bootstrap drew them).
    pub min_samples_leaf: u32,
    /// Rows that a node needs to be split.
    pub min_samples_split: u32,
    /// How many columns, drawn afresh at each split, compete for it.
    pub max_features: MaxFeatures,
}

impl Default for Growth {
    fn default() -> Self {
        Self {
            criterion: Criterion::Gini,
            max_depth: None,
            min_samples_leaf: 1,
            min_samples_split: 2,
            max_features: MaxFeatures::All,
        }
    }
}

/// Settings of a single tree.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct DecisionTree {
    /// How it grows.
    #[serde(flatten)]
    pub growth: Growth,
}

/// Settings of a forest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct RandomForest {
    /// How each tree grows. `max_features` is set by whoever fills in defaults: [`RandomForest::for_classes`] takes the
    /// square root of the columns, [`RandomForest::for_numbers`] all of them.
    #[serde(flatten)]
    pub growth: Growth,
    /// How many trees.
    pub trees: u32,
    /// Whether each tree sees a sample drawn with replacement; otherwise a sample without (all rows at `samples` 1).
    pub bootstrap: bool,
    /// Size of that sample as a share of the rows, in (0, 1].
    pub samples: f64,
}

impl RandomForest {
    /// scikit-learn's defaults for classification.
    pub fn for_classes() -> Self {
        let growth = Growth { max_features: MaxFeatures::Sqrt, ..Growth::default() };
        Self { growth, trees: 100, bootstrap: true, samples: 1.0 }
    }

    /// scikit-learn's defaults for regression.
    pub fn for_numbers() -> Self {
        Self { growth: Growth::default(), ..Self::for_classes() }
    }
}

impl Default for RandomForest {
    fn default() -> Self {
        Self::for_classes()
    }
}

/// Settings of gradient boosting.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Boosting {
    /// Rounds; each adds one tree, or one per class where there are more than two.
    pub rounds: u32,
    /// What each tree's leaves are multiplied with, above 0.
    pub learning_rate: f64,
    /// Leaves of a tree at most; none: as many as the other limits allow.
    pub max_leaves: Option<u32>,
    /// The longest path from the root to a leaf.
    pub max_depth: Option<u32>,
    /// Rows that a leaf has at least.
    pub min_samples_leaf: u32,
    /// Penalty on the square of the leaves' values.
    pub l2: f64,
    /// Bins per column at most, missing values apart: 2 to 255.
    pub bins: u32,
    /// Stop after so many rounds without a better loss on held-out rows, and keep the rounds up to the best; none: never.
    pub early_stopping: Option<u32>,
    /// The share of rows held out for early stopping, in (0, 1).
    pub validation: f64,
}

impl Default for Boosting {
    fn default() -> Self {
        Self {
            rounds: 100,
            learning_rate: 0.1,
            max_leaves: Some(31),
            max_depth: None,
            min_samples_leaf: 20,
            l2: 0.0,
            bins: 255,
            early_stopping: None,
            validation: 0.1,
        }
    }
}

/// The impurity that splits of a classification tree reduce.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Criterion {
    /// `1 - Σ p²`
    #[default]
    Gini,
    /// `-Σ p ln p`
    Entropy,
}

impl FromStr for Criterion {
    type Err = TreesError;

    fn from_str(text: &str) -> Result<Self, TreesError> {
        match text {
            "gini" => Ok(Self::Gini),
            "entropy" => Ok(Self::Entropy),
            _ => Err(setting("criterion", &format!("{text:?}"), "\"gini\" or \"entropy\"")),
        }
    }
}

/// How many of `n` columns compete for a split.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MaxFeatures {
    /// All.
    All,
    /// The square root of `n`, rounded down.
    Sqrt,
    /// The binary logarithm of `n`, rounded down.
    Log2,
    /// So many, or all where there are fewer.
    Count(u32),
    /// This share of them in (0, 1], rounded down.
    Share(f64),
}

impl MaxFeatures {
    /// The number out of `n` columns, at least 1.
    pub(super) fn of(self, n: usize) -> usize {
        let count = match self {
            Self::All => n,
            Self::Sqrt => (n as f64).sqrt() as usize,
            Self::Log2 => n.checked_ilog2().unwrap_or(0) as usize,
            Self::Count(count) => count as usize,
            Self::Share(share) => (share * n as f64) as usize,
        };
        count.clamp(1, n.max(1))
    }
}

fn setting(name: &'static str, value: &str, expected: &'static str) -> TreesError {
    TreesError::Setting { name, value: value.to_owned(), expected }
}

fn at_least(name: &'static str, value: u32, least: u32, expected: &'static str) -> Result<(), TreesError> {
    if value >= least { Ok(()) } else { Err(setting(name, &value.to_string(), expected)) }
}

fn within(name: &'static str, value: f64, valid: bool, expected: &'static str) -> Result<(), TreesError> {
    if valid { Ok(()) } else { Err(setting(name, &value.to_string(), expected)) }
}

impl TreeSettings {
    /// The trees of a forest, or the rounds of boosting, that training takes at the most.
    pub fn steps(&self) -> u64 {
        self.method.steps()
    }

    /// Whether every setting is in range.
    ///
    /// # Errors
    /// The first that is not.
    pub fn check(&self) -> Result<(), TreesError> {
        match &self.method {
            Method::DecisionTree(method) => method.growth.check(),
            Method::RandomForest(method) => {
                method.growth.check()?;
                at_least("trees", method.trees, 1, "at least 1")?;
                let share = method.samples;
                within("samples", share, share > 0.0 && share <= 1.0, "above 0 and at most 1")
            }
            Method::GradientBoosting(method) => method.check(),
        }
    }
}

impl Growth {
    fn check(&self) -> Result<(), TreesError> {
        at_least("max-depth", self.max_depth.unwrap_or(1), 1, "at least 1")?;
        at_least("min-samples-leaf", self.min_samples_leaf, 1, "at least 1")?;
        at_least("min-samples-split", self.min_samples_split, 2, "at least 2")?;
        match self.max_features {
            MaxFeatures::Count(count) => at_least("max-features", count, 1, "at least 1"),
            MaxFeatures::Share(share) => {
                within("max-features", share, share > 0.0 && share <= 1.0, "a share above 0 and at most 1")
            }
            MaxFeatures::All | MaxFeatures::Sqrt | MaxFeatures::Log2 => Ok(()),
        }
    }
}

impl Boosting {
    fn check(&self) -> Result<(), TreesError> {
        let rate = self.learning_rate;
        within("learning-rate", rate, rate > 0.0 && rate.is_finite(), "above 0")?;
        at_least("max-leaves", self.max_leaves.unwrap_or(2), 2, "at least 2")?;
        at_least("max-depth", self.max_depth.unwrap_or(1), 1, "at least 1")?;
        at_least("min-samples-leaf", self.min_samples_leaf, 1, "at least 1")?;
        within("l2", self.l2, self.l2 >= 0.0 && self.l2.is_finite(), "0 or more")?;
        if !(2..=255).contains(&self.bins) {
            return Err(setting("bins", &self.bins.to_string(), "2 to 255"));
        }
        at_least("early-stopping", self.early_stopping.unwrap_or(1), 1, "at least 1")?;
        within("validation", self.validation, self.validation > 0.0 && self.validation < 1.0, "above 0 and below 1")
    }
}
