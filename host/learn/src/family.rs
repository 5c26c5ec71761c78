//! The families of models.

use std::fmt;
use std::str::FromStr;

use portcullis_stats::Task;
use serde::{Deserialize, Serialize};

use crate::error::{LearnError, hint, listed};

/// A family of models, by the name it has in the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Family {
    /// Logistic regression with an L2 penalty, binary and multinomial (linfa).
    LogisticRegression,
    /// Gaussian naive Bayes (linfa).
    NaiveBayes,
    /// Ordinary least squares (linfa).
    LinearRegression,
    /// Least squares with an L1 and an L2 penalty (linfa).
    ElasticNet,
    /// One decision tree.
    DecisionTree,
    /// A random forest.
    RandomForest,
    /// Gradient-boosted trees on histograms.
    GradientBoosting,
}

impl Family {
    /// Every family.
    pub const ALL: [Self; 7] = [
        Self::LogisticRegression,
        Self::NaiveBayes,
        Self::LinearRegression,
        Self::ElasticNet,
        Self::DecisionTree,
        Self::RandomForest,
        Self::GradientBoosting,
    ];

    /// The name in the configuration, the run record and the model's file.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LogisticRegression => "logistic-regression",
            Self::NaiveBayes => "naive-bayes",
            Self::LinearRegression => "linear-regression",
            Self::ElasticNet => "elastic-net",
            Self::DecisionTree => "decision-tree",
            Self::RandomForest => "random-forest",
            Self::GradientBoosting => "gradient-boosting",
        }
    }

    /// One line: what it is and what does the work.
    pub const fn summary(self) -> &'static str {
        match self {
            Self::LogisticRegression => {
                "logistic regression with an L2 penalty, binary or multinomial (linfa-logistic)"
            }
            Self::NaiveBayes => "Gaussian naive Bayes (linfa-bayes)",
            Self::LinearRegression => "ordinary least squares (linfa-linear)",
            Self::ElasticNet => "least squares with L1 and L2 penalties (linfa-elasticnet)",
            Self::DecisionTree => "one decision tree on binned columns (ours)",
            Self::RandomForest => "a forest of decision trees on binned columns (ours)",
            Self::GradientBoosting => "gradient-boosted trees on binned columns (ours)",
        }
    }

    /// Whether it is made of trees: such a family needs no scaling and takes missing values as they are.
    pub const fn is_tree(self) -> bool {
        matches!(self, Self::DecisionTree | Self::RandomForest | Self::GradientBoosting)
    }

    /// Whether it can be trained for this task.
    pub const fn does(self, task: Task) -> bool {
        match self {
            Self::LogisticRegression | Self::NaiveBayes => task.is_classification(),
            Self::LinearRegression | Self::ElasticNet => !task.is_classification(),
            Self::DecisionTree | Self::RandomForest | Self::GradientBoosting => true,
        }
    }

    /// The families that can be trained for this task.
    pub fn for_task(task: Task) -> Vec<Self> {
        Self::ALL.into_iter().filter(|family| family.does(task)).collect()
    }

    /// Nothing, if it can be trained for this task.
    ///
    /// # Errors
    /// It cannot; the error lists the families that can.
    pub fn check_task(self, task: Task) -> Result<(), LearnError> {
        if self.does(task) {
            return Ok(());
        }
        let valid = listed(Self::for_task(task).iter().map(|family| family.as_str()));
        Err(LearnError::FamilyTask { family: self, task, valid })
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Family {
    type Err = LearnError;

    fn from_str(given: &str) -> Result<Self, LearnError> {
        let names = || Self::ALL.into_iter().map(Self::as_str);
        Self::ALL.into_iter().find(|family| family.as_str() == given).ok_or_else(|| LearnError::UnknownFamily {
            given: given.to_owned(),
            hint: hint(given, names()),
            valid: listed(names()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip_and_match_serde() {
        for family in Family::ALL {
            assert_eq!(family.as_str().parse::<Family>().unwrap(), family);
            assert_eq!(serde_json::to_string(&family).unwrap(), format!("\"{family}\""));
        }
    }

    #[test]
    fn a_misspelt_family_is_named_with_the_nearest() {
        let message = "random-forrest".parse::<Family>().unwrap_err().to_string();
        assert!(message.contains("did you mean `random-forest`?"), "{message}");
        assert!(message.contains("naive-bayes"), "{message}");
        let message = "svm".parse::<Family>().unwrap_err().to_string();
        assert!(!message.contains("did you mean"), "{message}");
    }

    #[test]
    fn a_family_that_does_not_do_the_task_is_refused_with_those_that_do() {
        let message = Family::LinearRegression.check_task(Task::Binary).unwrap_err().to_string();
        assert!(message.contains("logistic-regression") && !message.contains("elastic-net"), "{message}");
        for task in Task::ALL {
            assert!(Family::RandomForest.check_task(task).is_ok());
            assert_eq!(Family::for_task(task).len(), 5);
        }
    }
}
