//! What the user may set; `parameters.json` describes it and holds the defaults.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;

/// The parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// At least one.
    pub cases: Vec<Case>,
    /// For cases without one of their own.
    pub tolerance: f64,
}

/// An input and the answer that is expected.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    pub name: Option<String>,
    pub input: BTreeMap<String, Option<Scalar>>,
    pub expect: Scalar,
    pub tolerance: Option<f64>,
    pub min_score: Option<f64>,
}

/// A value as a configuration file has it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum Scalar {
    Boolean(bool),
    Number(f64),
    Text(String),
}

/// A class or a cell as text: `1`, not `1.0`, for a class that a whole number names.
impl fmt::Display for Scalar {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Boolean(boolean) => write!(formatter, "{boolean}"),
            Self::Number(number) => write!(formatter, "{number}"),
            Self::Text(text) => formatter.write_str(text),
        }
    }
}

impl Case {
    /// How reports call the case; `index` counts from 0.
    pub fn title(&self, index: usize) -> String {
        self.name.clone().unwrap_or_else(|| format!("case {}", index + 1))
    }
}

#[cfg(test)]
mod tests {
    use portcullis_policy::testing::{examples, parameters};

    use super::*;
    use crate::Examples;

    #[test]
    fn values_keep_their_type() {
        let json = r#"{"cases": [{"input": {"a": 1, "b": "1", "c": true, "d": null}, "expect": 1}]}"#;
        let case = parameters::<Examples>(json).unwrap().cases.remove(0);
        assert_eq!(case.input["a"], Some(Scalar::Number(1.0)));
        assert_eq!(case.input["b"], Some(Scalar::Text("1".into())));
        assert_eq!(case.input["c"], Some(Scalar::Boolean(true)));
        assert_eq!(case.input["d"], None);
        assert_eq!(case.expect.to_string(), "1");
        assert_eq!(case.title(1), "case 2");
    }

    #[test]
    fn the_schema_and_its_examples_are_read() {
        let examples = examples::<Examples>().unwrap();
        assert_eq!(examples[1].cases[0].title(0), "a good customer");
        assert!(parameters::<Examples>("{}").is_err());
    }
}
