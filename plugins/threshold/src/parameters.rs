//! What the user may set; `parameters.json` describes it and holds the defaults.

use portcullis_policy::Error;
use serde::Deserialize;

/// The parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    metric: Option<String>,
    min: Option<f64>,
    max: Option<f64>,
    #[serde(default)]
    bounds: Vec<Bound>,
    /// By which columns the rows are divided.
    pub slices: Vec<Slice>,
    /// Whether the interval is judged, and not the value.
    pub use_interval: bool,
    /// The interval's coverage.
    pub level: f64,
}

/// One metric and where it may lie; both ends pass.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bound {
    pub metric: String,
    pub min: Option<f64>,
    pub max: Option<f64>,
}

/// One column, or several together.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Slice {
    Column(String),
    Columns(Vec<String>),
}

impl Slice {
    /// The columns that divide the rows.
    pub fn columns(&self) -> &[String] {
        match self {
            Self::Column(column) => std::slice::from_ref(column),
            Self::Columns(columns) => columns,
        }
    }
}

impl Parameters {
    /// All bounds, the short form first.
    pub fn bounds(&self) -> Result<Vec<Bound>, Error> {
        let short = self.metric.iter().map(|metric| Bound { metric: metric.clone(), min: self.min, max: self.max });
        let bounds: Vec<Bound> = short.chain(self.bounds.iter().cloned()).collect();
        if self.metric.is_none() && (self.min.is_some() || self.max.is_some()) {
            return Err("`min` and `max` need a `metric`: give it, or put both into `bounds`".into());
        }
        if bounds.is_empty() {
            return Err("there is nothing to judge: give `metric` with `min` or `max`, or `bounds`".into());
        }
        match bounds.iter().find(|bound| bound.min.is_none() && bound.max.is_none()) {
            Some(bound) => Err(format!("{} has no bound: give `min`, `max` or both", bound.metric).into()),
            None => Ok(bounds),
        }
    }
}

#[cfg(test)]
mod tests {
    use portcullis_policy::testing::{examples, parameters};

    use super::*;
    use crate::Threshold;

    #[test]
    fn the_short_form_is_one_bound() {
        let json = r#"{"metric": "accuracy", "min": 0.85, "slices": ["sex", ["sex", "region"]]}"#;
        let parameters = parameters::<Threshold>(json).unwrap();
        let bound = Bound { metric: "accuracy".into(), min: Some(0.85), max: None };
        assert_eq!(parameters.bounds().unwrap(), [bound]);
        assert_eq!(parameters.slices[0].columns(), ["sex"]);
        assert_eq!(parameters.slices[1].columns(), ["sex", "region"]);
        assert_eq!(parameters.level, 0.95);
    }

    #[test]
    fn what_judges_nothing_is_refused() {
        for (json, reason) in [
            ("{}", "there is nothing to judge"),
            (r#"{"min": 0.85}"#, "`min` and `max` need a `metric`"),
            (r#"{"metric": "accuracy"}"#, "accuracy has no bound"),
            (r#"{"bounds": [{"metric": "rmse"}]}"#, "rmse has no bound"),
        ] {
            let error = parameters::<Threshold>(json).unwrap().bounds().unwrap_err().to_string();
            assert!(error.starts_with(reason), "{json}: {error}");
        }
    }

    #[test]
    fn the_examples_are_bounds() {
        let counts: Vec<usize> =
            examples::<Threshold>().unwrap().iter().map(|example| example.bounds().unwrap().len()).collect();
        assert_eq!(counts, [1, 2, 1]);
    }
}
