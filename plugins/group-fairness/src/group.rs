//! A group of people and the rates at which the model decides for them.

use portcullis_policy::metrics::ConfusionCell;
use portcullis_policy::{Measure, Subject};

/// How often each kind of decision fell in a group.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// `sex=F`, or `sex=F, region=north`.
    pub name: String,
    pub rows: f64,
    selected: f64,
    positives: f64,
    true_positives: f64,
    correct: f64,
}

/// One of the rates that groups are compared by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rate {
    /// Predicted positive, of all.
    Selection,
    /// Predicted positive, of those that are.
    TruePositive,
    /// Predicted positive, of those that are not.
    FalsePositive,
}

impl Rate {
    /// The rate as a sentence names it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Selection => "selection rate",
            Self::TruePositive => "true positive rate",
            Self::FalsePositive => "false positive rate",
        }
    }

    /// The rows that the rate is a share of.
    pub fn basis(self) -> &'static str {
        match self {
            Self::Selection => "rows",
            Self::TruePositive => "positive rows",
            Self::FalsePositive => "negative rows",
        }
    }
}

impl Group {
    /// Counts a group's decisions from its confusion matrix; `positive` is the class that counts as selected.
    pub fn new(name: String, cells: &[ConfusionCell], positive: &str) -> Self {
        let sum = |wanted: &dyn Fn(&ConfusionCell) -> bool| -> f64 {
            cells.iter().filter(|cell| wanted(cell)).map(|cell| cell.count).sum()
        };
        Self {
            name,
            rows: sum(&|_| true),
            selected: sum(&|cell| cell.predicted == positive),
            positives: sum(&|cell| cell.actual == positive),
            true_positives: sum(&|cell| cell.actual == positive && cell.predicted == positive),
            correct: sum(&|cell| cell.actual == cell.predicted),
        }
    }

    /// How many rows the rate counts, and of how many.
    pub fn counts(&self, rate: Rate) -> (f64, f64) {
        match rate {
            Rate::Selection => (self.selected, self.rows),
            Rate::TruePositive => (self.true_positives, self.positives),
            Rate::FalsePositive => (self.selected - self.true_positives, self.rows - self.positives),
        }
    }

    /// The rate; none where no row could have counted (0/0).
    pub fn rate(&self, rate: Rate) -> Option<f64> {
        let (count, of) = self.counts(rate);
        (of > 0.0).then(|| count / of)
    }

    /// The group's figures for the record.
    pub fn measures(&self) -> [Measure; 4] {
        let accuracy = (self.rows > 0.0).then(|| self.correct / self.rows);
        [
            ("selection_rate", self.rate(Rate::Selection), self.rows),
            ("true_positive_rate", self.rate(Rate::TruePositive), self.positives),
            ("false_positive_rate", self.rate(Rate::FalsePositive), self.rows - self.positives),
            ("accuracy", accuracy, self.rows),
        ]
        .map(|(name, value, of)| {
            Measure::new(name, value)
                .about(Some(Subject::new("group", &self.name)))
                .extra("rows", self.rows)
                .extra("of", of)
        })
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// A group of a binary task from its four counts.
    pub fn group(name: &str, tp: f64, fp: f64, fne: f64, tn: f64) -> Group {
        let cells = [("yes", "yes", tp), ("no", "yes", fp), ("yes", "no", fne), ("no", "no", tn)].map(
            |(actual, predicted, count)| ConfusionCell { actual: actual.into(), predicted: predicted.into(), count },
        );
        Group::new(name.into(), &cells, "yes")
    }

    #[test]
    fn rates_are_shares_of_their_own_rows() {
        let group = group("sex=F", 6.0, 1.0, 2.0, 3.0);
        assert_eq!(group.counts(Rate::Selection), (7.0, 12.0));
        assert_eq!(group.rate(Rate::TruePositive), Some(0.75));
        assert_eq!(group.rate(Rate::FalsePositive), Some(0.25));
        assert_eq!(group.measures()[3].value, Some(0.75));
    }

    #[test]
    fn a_rate_of_no_rows_is_undefined() {
        let group = group("sex=F", 0.0, 1.0, 0.0, 3.0);
        assert_eq!(group.rate(Rate::TruePositive), None);
        assert_eq!(group.rate(Rate::FalsePositive), Some(0.25));
    }

    #[test]
    fn a_class_of_several_is_set_against_the_rest() {
        let cells = [("a", "a", 2.0), ("a", "b", 1.0), ("b", "a", 3.0), ("b", "c", 4.0), ("c", "c", 5.0)].map(
            |(actual, predicted, count)| ConfusionCell { actual: actual.into(), predicted: predicted.into(), count },
        );
        let group = Group::new("g".into(), &cells, "a");
        assert_eq!(group.counts(Rate::Selection), (5.0, 15.0));
        assert_eq!(group.counts(Rate::TruePositive), (2.0, 3.0));
        assert_eq!(group.counts(Rate::FalsePositive), (3.0, 12.0));
    }
}
