//! What the user may set; `parameters.json` describes it and holds the defaults.

use serde::Deserialize;

use crate::notion::{Aggregate, Kind, Notion};

/// The parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    max_demographic_parity_difference: Option<f64>,
    min_demographic_parity_ratio: Option<f64>,
    max_equalized_odds_difference: Option<f64>,
    min_equalized_odds_ratio: Option<f64>,
    max_equal_opportunity_difference: Option<f64>,
    min_equal_opportunity_ratio: Option<f64>,
    /// Columns; those of the configuration where empty.
    pub groups: Vec<String>,
    /// Whether to compare the combinations too.
    pub intersections: bool,
    /// How equalized odds joins its two rates.
    pub agg: Aggregate,
    /// Groups below are left out.
    pub min_group_size: f64,
    /// The class that counts as selected.
    pub positive: Option<String>,
}

/// A notion of fairness, and how far from it the groups may be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bound {
    pub notion: Notion,
    pub kind: Kind,
    /// The largest difference, or the smallest ratio.
    pub limit: f64,
}

impl Parameters {
    /// The bounds that are given; a demographic parity difference of 0.1 where none is.
    pub fn bounds(&self) -> Vec<Bound> {
        let mut bounds: Vec<Bound> = [
            (Notion::DemographicParity, Kind::Difference, self.max_demographic_parity_difference),
            (Notion::DemographicParity, Kind::Ratio, self.min_demographic_parity_ratio),
            (Notion::EqualizedOdds, Kind::Difference, self.max_equalized_odds_difference),
            (Notion::EqualizedOdds, Kind::Ratio, self.min_equalized_odds_ratio),
            (Notion::EqualOpportunity, Kind::Difference, self.max_equal_opportunity_difference),
            (Notion::EqualOpportunity, Kind::Ratio, self.min_equal_opportunity_ratio),
        ]
        .into_iter()
        .filter_map(|(notion, kind, limit)| Some(Bound { notion, kind, limit: limit? }))
        .collect();
        if bounds.is_empty() {
            bounds.push(Bound { notion: Notion::DemographicParity, kind: Kind::Difference, limit: 0.1 });
        }
        bounds
    }
}

#[cfg(test)]
mod tests {
    use portcullis_policy::testing::{examples, parameters};

    use super::*;
    use crate::GroupFairness;

    #[test]
    fn a_default_holds_only_where_nothing_is_given() {
        let none = parameters::<GroupFairness>("{}").unwrap().bounds();
        assert_eq!(none, [Bound { notion: Notion::DemographicParity, kind: Kind::Difference, limit: 0.1 }]);
        let one = parameters::<GroupFairness>(r#"{"min_equal_opportunity_ratio": 0.8}"#).unwrap().bounds();
        assert_eq!(one, [Bound { notion: Notion::EqualOpportunity, kind: Kind::Ratio, limit: 0.8 }]);
    }

    #[test]
    fn the_schema_and_its_examples_are_read() {
        let examples = examples::<GroupFairness>().unwrap();
        assert_eq!(examples[1].bounds().len(), 2);
        assert_eq!(examples[1].agg, Aggregate::WorstCase);
    }
}
