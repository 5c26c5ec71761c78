//! What the user may set; `parameters.json` describes it and holds the defaults.

use portcullis_policy::Error;
use serde::Deserialize;

/// The parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    metric: Option<String>,
    min_absolute_change: Option<f64>,
    min_relative_change: Option<f64>,
    non_inferiority_margin: Option<f64>,
    greater_is_better: Option<bool>,
    #[serde(default)]
    metrics: Vec<Bound>,
    /// The interval's coverage.
    pub level: f64,
    /// Whether a first model fails.
    pub require_champion: bool,
}

/// One metric and by how much it must improve.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bound {
    pub metric: String,
    pub min_absolute_change: Option<f64>,
    pub min_relative_change: Option<f64>,
    pub non_inferiority_margin: Option<f64>,
    pub greater_is_better: Option<bool>,
}

impl Parameters {
    /// All bounds, the short form first; one that bounds nothing asks that the candidate is not worse.
    pub fn bounds(&self) -> Result<Vec<Bound>, Error> {
        let short = self.metric.iter().map(|metric| Bound {
            metric: metric.clone(),
            min_absolute_change: self.min_absolute_change,
            min_relative_change: self.min_relative_change,
            non_inferiority_margin: self.non_inferiority_margin,
            greater_is_better: self.greater_is_better,
        });
        let mut bounds: Vec<Bound> = short.chain(self.metrics.iter().cloned()).collect();
        if bounds.is_empty() {
            return Err("there is nothing to compare: give `metric` or `metrics`".into());
        }
        for bound in &mut bounds {
            let given = [bound.min_absolute_change, bound.min_relative_change, bound.non_inferiority_margin];
            if given.iter().all(Option::is_none) {
                bound.min_absolute_change = Some(0.0);
            }
        }
        Ok(bounds)
    }
}

#[cfg(test)]
mod tests {
    use portcullis_policy::testing::{examples, parameters};

    use crate::Champion;

    #[test]
    fn without_a_bound_the_candidate_must_not_be_worse() {
        let bounds = parameters::<Champion>(r#"{"metric": "accuracy"}"#).unwrap().bounds().unwrap();
        assert_eq!(bounds[0].min_absolute_change, Some(0.0));
        let json = r#"{"metric": "accuracy", "non_inferiority_margin": 0.02}"#;
        assert_eq!(parameters::<Champion>(json).unwrap().bounds().unwrap()[0].min_absolute_change, None);
    }

    #[test]
    fn nothing_to_compare_is_an_error() {
        assert!(parameters::<Champion>("{}").unwrap().bounds().is_err());
    }

    #[test]
    fn the_schema_and_its_examples_are_read() {
        let bounds: Vec<usize> =
            examples::<Champion>().unwrap().iter().map(|example| example.bounds().unwrap().len()).collect();
        assert_eq!(bounds, [1, 1, 2]);
    }
}
