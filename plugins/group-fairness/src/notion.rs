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
    /// The rate is undefined in all groups but one, or in all.
    Undefined(Rate),
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

    /// Fairlearn's `difference` and `ratio` between groups (`method="between_groups"`): largest minus smallest,
    /// smallest over largest. A group in which a rate is undefined is left out of that rate, where Fairlearn takes it
    /// for 0.
    pub fn compare(self, kind: Kind, agg: Aggregate, groups: &[Group]) -> Fairness<'_> {
        let mut spreads = Vec::new();
        for &rate in self.rates() {
            match spread(rate, groups) {
                Some(spread) => spreads.push(spread),
                None => return Fairness::Undefined(rate),
            }
        }
        let values: Vec<(f64, Spread<'_>)> =
            spreads.iter().filter_map(|spread| Some((spread.value(kind)?, *spread))).collect();
        if values.is_empty() {
            return Fairness::AllZero(spreads);
        }
        let worst = values.iter().reduce(|worst, next| {
            let worse = match kind {
                Kind::Difference => next.0 > worst.0,
                Kind::Ratio => next.0 < worst.0,
            };
            if worse { next } else { worst }
        });
        if let (Aggregate::WorstCase, Some((value, spread))) = (agg, worst) {
            return Fairness::Value(*value, vec![*spread]);
        }
        let mean = values.iter().map(|(value, _)| value).sum::<f64>() / values.len() as f64;
        Fairness::Value(mean, values.into_iter().map(|(_, spread)| spread).collect())
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
            Fairness::AllZero(_) | Fairness::Undefined(_) => None,
        }
    }

    /// Figures of fairlearn 0.15 for groups a, b, c with (tp, fp, fn, tn) as below: `golden.py` prints them.
    #[test]
    fn the_figures_are_fairlearns() {
        let groups =
            [group("a", 30.0, 10.0, 10.0, 50.0), group("b", 12.0, 6.0, 18.0, 44.0), group("c", 9.0, 3.0, 3.0, 5.0)];
        for (notion, kind, agg, expected) in GOLDEN {
            let value = value(notion, kind, agg, &groups).unwrap();
            assert!((value - expected).abs() < 1e-12, "{notion:?} {kind:?} {agg:?}: {value} is not {expected}");
        }
    }

    const GOLDEN: [(Notion, Kind, Aggregate, f64); 8] = [
        (Notion::DemographicParity, Kind::Difference, Aggregate::WorstCase, 0.375),
        (Notion::DemographicParity, Kind::Ratio, Aggregate::WorstCase, 0.375),
        (Notion::EqualOpportunity, Kind::Difference, Aggregate::WorstCase, 0.35),
        (Notion::EqualOpportunity, Kind::Ratio, Aggregate::WorstCase, 0.533_333_333_333_333_3),
        (Notion::EqualizedOdds, Kind::Difference, Aggregate::WorstCase, 0.35),
        (Notion::EqualizedOdds, Kind::Difference, Aggregate::Mean, 0.3025),
        (Notion::EqualizedOdds, Kind::Ratio, Aggregate::WorstCase, 0.32),
        (Notion::EqualizedOdds, Kind::Ratio, Aggregate::Mean, 0.426_666_666_666_666_64),
    ];

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
        assert!(matches!(compare(Kind::Difference, &groups[..1]), Fairness::Undefined(Rate::Selection)));
    }

    #[test]
    fn a_group_without_positives_is_left_out_of_true_positive_rates() {
        let groups = [group("a", 5.0, 1.0, 5.0, 5.0), group("b", 4.0, 1.0, 6.0, 9.0), group("c", 0.0, 1.0, 0.0, 9.0)];
        let value = value(Notion::EqualOpportunity, Kind::Difference, Aggregate::WorstCase, &groups).unwrap();
        assert!((value - 0.1).abs() < 1e-12);
    }
}
