//! Checked settings: what [`super::Parameters::check`] makes of the values, so that no other code reads them again.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::error::LearnError;
use crate::family::Family;
use crate::trees::{self, Boosting, DecisionTree, Growth, MaxFeatures, RandomForest};

/// How raw columns become numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct EncodeSettings {
    pub(crate) encoding: Encoding,
    pub(crate) scaling: Scaling,
    pub(crate) imputation: Imputation,
    /// Levels of a column that one-hot encoding takes at most.
    pub(crate) max_levels: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    OneHot,
    Ordinal,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scaling {
    /// Mean 0, standard deviation 1.
    Standard,
    /// Least 0, greatest 1.
    MinMax,
    None,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Imputation {
    Median,
    Mean,
    MostFrequent,
    /// Missing values stay missing.
    None,
}

/// The family's own settings.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Method {
    Logistic(LogisticSettings),
    NaiveBayes {
        var_smoothing: f64,
    },
    LeastSquares {
        intercept: bool,
    },
    ElasticNet(ElasticNetSettings),
    /// The method, and whether the number of columns per split follows from the task.
    Trees {
        method: trees::Method,
        auto_features: bool,
    },
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct LogisticSettings {
    /// Weight of half the squared norm of the coefficients, beside the loss summed over the rows.
    pub(crate) l2: f64,
    pub(crate) intercept: bool,
    pub(crate) max_iterations: u32,
    /// Norm of the gradient of the loss per row.
    pub(crate) tolerance: f64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct ElasticNetSettings {
    pub(crate) alpha: f64,
    pub(crate) l1_ratio: f64,
    pub(crate) intercept: bool,
    pub(crate) max_iterations: u32,
    pub(crate) tolerance: f64,
}

/// Reads values that were found valid by their specification; the fallbacks are never reached.
struct Values<'a>(&'a BTreeMap<String, Value>);

impl Values<'_> {
    fn get(&self, key: &str) -> &Value {
        self.0.get(key).unwrap_or(&Value::Null)
    }

    fn count(&self, key: &str) -> u32 {
        self.maybe(key).unwrap_or(1)
    }

    /// None for `"none"`.
    fn maybe(&self, key: &str) -> Option<u32> {
        self.get(key).as_u64().and_then(|n| u32::try_from(n).ok())
    }

    fn number(&self, key: &str) -> f64 {
        self.get(key).as_f64().unwrap_or(f64::NAN)
    }

    fn switch(&self, key: &str) -> bool {
        self.get(key).as_bool().unwrap_or(false)
    }

    fn word(&self, key: &str) -> &str {
        self.get(key).as_str().unwrap_or_default()
    }
}

pub(super) fn encode_settings(values: &BTreeMap<String, Value>) -> EncodeSettings {
    let values = Values(values);
    EncodeSettings {
        encoding: if values.word("encoding") == "ordinal" { Encoding::Ordinal } else { Encoding::OneHot },
        scaling: match values.word("scaling") {
            "standard" => Scaling::Standard,
            "min-max" => Scaling::MinMax,
            _ => Scaling::None,
        },
        imputation: match values.word("imputation") {
            "median" => Imputation::Median,
            "mean" => Imputation::Mean,
            "most-frequent" => Imputation::MostFrequent,
            _ => Imputation::None,
        },
        max_levels: values.count("max-levels"),
    }
}

pub(super) fn method(family: Family, values: &BTreeMap<String, Value>) -> Result<Method, LearnError> {
    let values = Values(values);
    let trees = |method| Method::Trees { method, auto_features: values.word("max-features") == "auto" };
    Ok(match family {
        Family::LogisticRegression => Method::Logistic(LogisticSettings {
            l2: values.number("l2"),
            intercept: values.switch("intercept"),
            max_iterations: values.count("max-iterations"),
            tolerance: values.number("tolerance"),
        }),
        Family::NaiveBayes => Method::NaiveBayes { var_smoothing: values.number("var-smoothing") },
        Family::LinearRegression => Method::LeastSquares { intercept: values.switch("intercept") },
        Family::ElasticNet => Method::ElasticNet(ElasticNetSettings {
            alpha: values.number("alpha"),
            l1_ratio: values.number("l1-ratio"),
            intercept: values.switch("intercept"),
            max_iterations: values.count("max-iterations"),
            tolerance: values.number("tolerance"),
        }),
        Family::DecisionTree => trees(trees::Method::DecisionTree(DecisionTree { growth: growth(&values)? })),
        Family::RandomForest => trees(trees::Method::RandomForest(RandomForest {
            growth: growth(&values)?,
            trees: values.count("trees"),
            bootstrap: values.switch("bootstrap"),
            samples: values.number("samples"),
        })),
        Family::GradientBoosting => trees(trees::Method::GradientBoosting(Boosting {
            rounds: values.count("rounds"),
            learning_rate: values.number("learning-rate"),
            max_leaves: values.maybe("max-leaves"),
            max_depth: values.maybe("max-depth"),
            min_samples_leaf: values.count("min-samples-leaf"),
            l2: values.number("l2"),
            bins: values.count("bins"),
            early_stopping: values.maybe("early-stopping"),
            validation: values.number("validation"),
        })),
    })
}

fn growth(values: &Values<'_>) -> Result<Growth, LearnError> {
    Ok(Growth {
        criterion: values.word("criterion").parse()?,
        max_depth: values.maybe("max-depth"),
        min_samples_leaf: values.count("min-samples-leaf"),
        min_samples_split: values.count("min-samples-split"),
        max_features: match (values.word("max-features"), values.maybe("max-features")) {
            ("sqrt", _) => MaxFeatures::Sqrt,
            ("log2", _) => MaxFeatures::Log2,
            ("", Some(count)) => MaxFeatures::Count(count),
            ("", None) => MaxFeatures::Share(values.number("max-features")),
            _ => MaxFeatures::All,
        },
    })
}
