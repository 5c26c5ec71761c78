//! Fairlearn's notions of fairness between groups, as numbers.

use serde::Deserialize;

use crate::group::{Group, Rate};

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notion {
    /// Selection rates.
    DemographicParity,
    /// True positive rates and false positive rates.
    EqualizedOdds,
    /// True positive rates.
    EqualOpportunity,
}

/// How the highest and the lowest rate are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Highest minus lowest; 0 is fair.
    Difference,
    /// Lowest over highest; 1 is fair.
    Ratio,
}

/// How equalized odds joins its two rates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aggregate {
    /// The larger difference, the smaller ratio.
    WorstCase,
    /// Their mean.
    Mean,
}

/// The two groups that are farthest apart in a rate.
#[derive(Debug, Clone, Copy)]
pub struct Spread<'a> {
    pub rate: Rate,
    pub lowest: (&'a Group, f64),
    pub highest: (&'a Group, f64),
}

/// A notion's number, and the groups that it comes from.
#[derive(Debug, Clone)]
pub enum Fairness<'a> {
    /// The value, and the spreads it comes from: the decisive one, or both where it is a mean.
    Value(f64, Vec<Spread<'a>>),
    /// Every rate is 0: their ratio is 0/0, but they are equal.
    AllZero(Vec<Spread<'a>>),
    /// At least one rate is undefined in all groups but one, or in all.
    Undefined {
        rates: Vec<Rate>,
        /// What the value would be if the groups were equal in those rates, and the spreads it comes from: the true one,
        /// whatever it be, is no fairer. None where nothing else is compared.
        fairest: Option<(f64, Vec<Spread<'a>>)>,
    },
}

impl Notion {
    /// The name in kebab case that findings go by: `demographic-parity`.
    pub fn word(self) -> &'static str {
        match self {
            Self::DemographicParity => "demographic-parity",
            Self::EqualizedOdds => "equalized-odds",
            Self::EqualOpportunity => "equal-opportunity",
        }
    }

    fn rates(self) -> &'static [Rate] {
        match self {
            Self::DemographicParity => &[Rate::Selection],
            Self::EqualizedOdds => &[Rate::TruePositive, Rate::FalsePositive],
            Self::EqualOpportunity => &[Rate::TruePositive],
        }
    }

    /// The rates that are undefined in some of the groups, each with those groups.
    pub fn undefined(self, groups: &[Group]) -> Vec<(Rate, Vec<&Group>)> {
        let without = |rate: Rate| groups.iter().filter(|group| group.rate(rate).is_none()).collect::<Vec<_>>();
        self.rates().iter().map(|&rate| (rate, without(rate))).filter(|(_, groups)| !groups.is_empty()).collect()
    }

    /// Fairlearn's `difference` and `ratio` between groups (`method="between_groups"`): largest minus smallest,
    /// smallest over largest. A group in which a rate is undefined is left out of that rate, as Fairlearn's aggregates
    /// leave out NaN; its rates themselves are 0 where they are 0/0, which nobody measured and which is not taken over.
    pub fn compare(self, kind: Kind, agg: Aggregate, groups: &[Group]) -> Fairness<'_> {
        let (mut spreads, mut undefined) = (Vec::new(), Vec::new());
        for &rate in self.rates() {
            match spread(rate, groups) {
                Some(spread) => spreads.push(spread),
                None => undefined.push(rate),
            }
        }
        let values: Vec<(f64, Spread<'_>)> =
            spreads.iter().filter_map(|spread| Some((spread.value(kind)?, *spread))).collect();
        if values.is_empty() && undefined.is_empty() {
            return Fairness::AllZero(spreads);
        }
        if undefined.is_empty() {
            let (value, spreads) = agg.join(kind, &values, 0);
            return Fairness::Value(value, spreads);
        }
        let fairest = (!values.is_empty()).then(|| agg.join(kind, &values, undefined.len()));
        Fairness::Undefined { rates: undefined, fairest }
    }
}

impl Aggregate {
    /// One number from those of several rates, and the spreads that it comes from: the decisive one, or all for a mean.
    /// `equal` more rates count as if the groups were equal in them.
    fn join<'a>(self, kind: Kind, values: &[(f64, Spread<'a>)], equal: usize) -> (f64, Vec<Spread<'a>>) {
        let fair = match kind {
            Kind::Difference => 0.0,
            Kind::Ratio => 1.0,
        };
        match self {
            // No rate is fairer than an equal one, so that those have no say here.
            Self::WorstCase => {
                let worst = values.iter().reduce(|worst, next| {
                    let worse = match kind {
                        Kind::Difference => next.0 > worst.0,
                        Kind::Ratio => next.0 < worst.0,
                    };
                    if worse { next } else { worst }
                });
                worst.map_or((fair, Vec::new()), |(value, spread)| (*value, vec![*spread]))
            }
            Self::Mean => {
                let sum = values.iter().map(|(value, _)| value).sum::<f64>() + fair * equal as f64;
                let spreads = values.iter().map(|(_, spread)| *spread).collect();
                (sum / (values.len() + equal) as f64, spreads)
            }
        }
    }
}

impl Spread<'_> {
    /// None for a ratio of 0/0.
    fn value(&self, kind: Kind) -> Option<f64> {
        match kind {
            Kind::Difference => Some(self.highest.1 - self.lowest.1),
            Kind::Ratio => (self.highest.1 > 0.0).then(|| self.lowest.1 / self.highest.1),
        }
    }
}

/// The first group of the lowest rate and the first of the highest; none with fewer than two groups that have it.
fn spread(rate: Rate, groups: &[Group]) -> Option<Spread<'_>> {
    let rates: Vec<(&Group, f64)> = groups.iter().filter_map(|group| Some((group, group.rate(rate)?))).collect();
    if rates.len() < 2 {
        return None;
    }
    let lowest = *rates.iter().reduce(|lowest, next| if next.1 < lowest.1 { next } else { lowest })?;
    let highest = *rates.iter().reduce(|highest, next| if next.1 > highest.1 { next } else { highest })?;
    Some(Spread { rate, lowest, highest })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::group::tests::group;

    fn value(notion: Notion, kind: Kind, agg: Aggregate, groups: &[Group]) -> Option<f64> {
        match notion.compare(kind, agg, groups) {
            Fairness::Value(value, _) => Some(value),
            Fairness::AllZero(_) | Fairness::Undefined { .. } => None,
        }
    }

    fn fairest(agg: Aggregate, kind: Kind, groups: &[Group]) -> Option<(f64, Vec<Rate>)> {
        match Notion::EqualizedOdds.compare(kind, agg, groups) {
            Fairness::Undefined { rates, fairest } => fairest.map(|(value, _)| (value, rates)),
            Fairness::Value(..) | Fairness::AllZero(_) => None,
        }
    }

    /// Figures of fairlearn 0.15, groups with undefined rates among them: `golden.py` makes the file.
    #[test]
    fn the_figures_are_fairlearns() {
        let sets: serde_json::Value = serde_json::from_str(include_str!("../golden.json")).unwrap();
        let mut compared = 0;
        for set in sets.as_array().unwrap() {
            let groups: Vec<Group> = set["groups"]
                .as_object()
                .unwrap()
                .iter()
                .map(|(name, counts)| {
                    let count = |index: usize| counts[index].as_f64().unwrap();
                    group(name, count(0), count(1), count(2), count(3))
                })
                .collect();
            let figures = set["figures"].as_object().unwrap();
            assert_eq!(figures.len(), FIGURES.len());
            for (name, notion, kind, agg) in FIGURES {
                let (value, expected) = (value(notion, kind, agg, &groups), figures[name].as_f64());
                let same = match (value, expected) {
                    (Some(value), Some(expected)) => (value - expected).abs() < 1e-12,
                    (value, expected) => value == expected,
                };
                assert!(same, "{}, {name}: {value:?} is not {expected:?}", set["title"]);
                compared += 1;
            }
        }
        assert_eq!(compared, 6 * 8);
    }

    const FIGURES: [(&str, Notion, Kind, Aggregate); 8] = {
        use Aggregate::{Mean, WorstCase};
        use Kind::{Difference, Ratio};
        use Notion::{DemographicParity, EqualOpportunity, EqualizedOdds};
        [
            ("demographic_parity_difference", DemographicParity, Difference, WorstCase),
            ("demographic_parity_ratio", DemographicParity, Ratio, WorstCase),
            ("equal_opportunity_difference", EqualOpportunity, Difference, WorstCase),
            ("equal_opportunity_ratio", EqualOpportunity, Ratio, WorstCase),
            ("equalized_odds_difference_worst_case", EqualizedOdds, Difference, WorstCase),
            ("equalized_odds_difference_mean", EqualizedOdds, Difference, Mean),
            ("equalized_odds_ratio_worst_case", EqualizedOdds, Ratio, WorstCase),
            ("equalized_odds_ratio_mean", EqualizedOdds, Ratio, Mean),
        ]
    };

    /// Fairlearn's own figures on rows: three groups in which every rate is defined.
    #[test]
    fn on_rows_it_is_fairlearn() {
        let golden: serde_json::Value =
            serde_json::from_str(include_str!("../../../tests/golden/sklearn/fairness.json")).unwrap();
        let codes = |name: &str| golden[name].as_array().unwrap().iter().map(|code| code == 1).collect::<Vec<bool>>();
        let (truth, predicted) = (codes("truth"), codes("predicted"));
        let groups: Vec<Group> = ["a", "b", "c"]
            .iter()
            .map(|name| {
                let rows = golden["groups"].as_array().unwrap().iter().zip(truth.iter().zip(&predicted));
                let count = |wanted: (bool, bool)| {
                    rows.clone().filter(|(group, row)| *group == name && (*row.0, *row.1) == wanted).count() as f64
                };
                group(name, count((true, true)), count((false, true)), count((true, false)), count((false, false)))
            })
            .collect();
        for (kind, stem) in [(Kind::Difference, "difference"), (Kind::Ratio, "ratio")] {
            let between = &golden[format!("{stem}_between_groups")];
            let odds = &golden["equalized_odds"];
            for (notion, agg, expected) in [
                (Notion::DemographicParity, Aggregate::WorstCase, &between["selection_rate"]),
                (Notion::EqualOpportunity, Aggregate::WorstCase, &between["true_positive_rate"]),
                (Notion::EqualizedOdds, Aggregate::WorstCase, &odds[format!("{stem}_worst_case")]),
                (Notion::EqualizedOdds, Aggregate::Mean, &odds[format!("{stem}_mean")]),
            ] {
                let found = value(notion, kind, agg, &groups).unwrap();
                let expected = expected.as_f64().unwrap();
                assert!((found - expected).abs() < 1e-12, "{notion:?} {kind:?} {agg:?}: {found} is not {expected}");
            }
        }
    }

    #[test]
    fn with_one_rate_undefined_the_other_bounds_the_odds() {
        // True positive rates 0.75 and 0.25; false positive rates 0.5 and undefined.
        let groups = [group("a", 6.0, 5.0, 2.0, 5.0), group("b", 2.0, 0.0, 6.0, 0.0)];
        let rates = vec![Rate::FalsePositive];
        for (agg, kind, expected) in [
            (Aggregate::WorstCase, Kind::Difference, 0.5),
            (Aggregate::Mean, Kind::Difference, 0.25),
            (Aggregate::WorstCase, Kind::Ratio, 1.0 / 3.0),
            (Aggregate::Mean, Kind::Ratio, 2.0 / 3.0),
        ] {
            let (value, undefined) = fairest(agg, kind, &groups).unwrap();
            assert!((value - expected).abs() < 1e-12, "{agg:?} {kind:?}: {value}");
            assert_eq!(undefined, rates);
        }
        assert_eq!(fairest(Aggregate::Mean, Kind::Ratio, &groups[..1]), None, "nothing is compared");
    }

    #[test]
    fn a_perfect_model_has_fair_odds_though_no_false_positives_can_be_compared() {
        let groups = [group("a", 5.0, 0.0, 0.0, 5.0), group("b", 1.0, 0.0, 0.0, 9.0)];
        for agg in [Aggregate::WorstCase, Aggregate::Mean] {
            assert_eq!(value(Notion::EqualizedOdds, Kind::Ratio, agg, &groups), Some(1.0));
        }
    }

    #[test]
    fn nobody_selected_is_equal_and_one_group_is_undefined() {
        let groups = [group("a", 0.0, 0.0, 5.0, 5.0), group("b", 0.0, 0.0, 1.0, 9.0)];
        let compare = |kind, groups| Notion::DemographicParity.compare(kind, Aggregate::WorstCase, groups);
        assert!(matches!(compare(Kind::Ratio, &groups), Fairness::AllZero(_)));
        assert!(matches!(compare(Kind::Difference, &groups), Fairness::Value(0.0, _)));
        assert!(matches!(compare(Kind::Difference, &groups[..1]), Fairness::Undefined { fairest: None, .. }));
    }

    #[test]
    fn a_group_without_positives_is_left_out_of_true_positive_rates() {
        let groups = [group("a", 5.0, 1.0, 5.0, 5.0), group("b", 4.0, 1.0, 6.0, 9.0), group("c", 0.0, 1.0, 0.0, 9.0)];
        let value = value(Notion::EqualOpportunity, Kind::Difference, Aggregate::WorstCase, &groups).unwrap();
        assert!((value - 0.1).abs() < 1e-12);
        let left_out = Notion::EqualizedOdds.undefined(&groups);
        assert_eq!(left_out.len(), 1);
        assert_eq!((left_out[0].0, left_out[0].1[0].name.as_str()), (Rate::TruePositive, "c"));
        assert!(Notion::DemographicParity.undefined(&groups).is_empty());
    }
}
