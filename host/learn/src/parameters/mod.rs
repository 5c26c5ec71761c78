//! The keys of `[model]`: described once, checked once, and used from checked structures afterwards.

mod checked;
mod spec;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::error::{LearnError, hint, listed};
use crate::family::Family;

pub(crate) use checked::{ElasticNetSettings, EncodeSettings, Encoding, Imputation, LogisticSettings, Method, Scaling};
pub use spec::{Accepts, Fallback, ParameterSpec, describe};

/// A family's parameters: every key present, every value in range.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameters {
    values: BTreeMap<String, Value>,
    encode: EncodeSettings,
    method: Method,
}

impl Parameters {
    /// The given parameters with the family's defaults filled in.
    ///
    /// # Errors
    /// A key that the family does not have, or a value of the wrong type or out of range.
    pub fn check(family: Family, given: &BTreeMap<String, Value>) -> Result<Self, LearnError> {
        let specs = describe(family);
        let keys = || specs.iter().map(|spec| spec.key);
        if let Some(key) = given.keys().find(|key| !keys().any(|known| known == key.as_str())) {
            return Err(LearnError::UnknownParameter {
                key: key.clone(),
                family,
                hint: spec::foreign(family, key).unwrap_or_else(|| hint(key, keys())),
                valid: listed(keys()),
            });
        }
        let mut values = BTreeMap::new();
        for spec in &specs {
            let value = match given.get(spec.key) {
                None => spec.default.to_json(),
                Some(value) if spec.accepts.takes(value) => value.clone(),
                Some(value) => {
                    return Err(LearnError::BadParameter {
                        key: spec.key.to_owned(),
                        value: value.to_string(),
                        expected: spec.accepts.to_string(),
                    });
                }
            };
            values.insert(spec.key.to_owned(), value);
        }
        let encode = checked::encode_settings(&values);
        let method = checked::method(family, &values)?;
        Ok(Self { values, encode, method })
    }

    /// Every parameter by its key, as the configuration would give it.
    pub fn values(&self) -> &BTreeMap<String, Value> {
        &self.values
    }

    pub(crate) fn encode(&self) -> EncodeSettings {
        self.encode
    }

    pub(crate) fn method(&self) -> &Method {
        &self.method
    }
}

/// What to train.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// The family.
    pub family: Family,
    /// Its parameters, checked.
    pub parameters: Parameters,
    /// What everything random is drawn from.
    pub seed: u32,
}

impl Settings {
    /// Settings of a family, with the parameters of `[model]` that belong to it.
    ///
    /// # Errors
    /// As [`Parameters::check`].
    pub fn new(family: Family, given: &BTreeMap<String, Value>, seed: u32) -> Result<Self, LearnError> {
        Ok(Self { family, parameters: Parameters::check(family, given)?, seed })
    }

    /// How many steps training has, to show how far it is: trees of a forest, rounds of boosting. None for what is not
    /// done in steps that take about as long as each other.
    pub fn steps(&self) -> Option<u64> {
        match self.parameters.method() {
            Method::Trees { method, .. } => Some(method.steps()).filter(|steps| *steps > 1),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(family: Family, given: &Value) -> Result<Parameters, LearnError> {
        let given = given.as_object().unwrap().iter().map(|(key, value)| (key.clone(), value.clone())).collect();
        Parameters::check(family, &given)
    }

    #[test]
    fn defaults_are_filled_in_and_valid() {
        for family in Family::ALL {
            let defaults = check(family, &json!({})).unwrap();
            assert_eq!(defaults.values().len(), describe(family).len());
            let again = Parameters::check(family, defaults.values()).unwrap();
            assert_eq!(defaults, again);
            for spec in describe(family) {
                assert!(spec.accepts.takes(&spec.default.to_json()), "{family} {}", spec.key);
                assert!(!spec.help.is_empty() && !spec.help.contains('\n'));
            }
        }
    }

    #[test]
    fn editors_are_told_what_is_taken() {
        let values = [
            json!(true),
            json!("none"),
            json!("sqrt"),
            json!("ordinal"),
            json!(-1),
            json!(0),
            json!(0.5),
            json!(1),
            json!(7),
            json!(1.5),
            json!(300_000),
            json!(5_000_000_000_u64),
        ];
        for family in Family::ALL {
            for spec in describe(family) {
                let schema = jsonschema::validator_for(&spec.schema()).unwrap();
                for value in values.iter().chain([&spec.default.to_json()]) {
                    assert_eq!(schema.is_valid(value), spec.accepts.takes(value), "{family} {} {value}", spec.key);
                }
            }
        }
    }

    #[test]
    fn unknown_keys_name_the_nearest_and_list_the_valid() {
        let message = check(Family::RandomForest, &json!({"tree": 10})).unwrap_err().to_string();
        assert!(message.contains("did you mean `trees`?") && message.contains("max-depth"), "{message}");
        let message = check(Family::NaiveBayes, &json!({"trees": 10})).unwrap_err().to_string();
        assert!(!message.contains("did you mean") && message.contains("var-smoothing"), "{message}");
    }

    #[test]
    fn names_of_other_libraries_lead_to_ours() {
        for (family, theirs, ours) in [
            (Family::RandomForest, "n_estimators", "trees"),
            (Family::RandomForest, "max_depth", "max-depth"),
            (Family::LogisticRegression, "C", "l2"),
            (Family::LogisticRegression, "alpha", "l2"),
            (Family::ElasticNet, "l1_ratio", "l1-ratio"),
            (Family::GradientBoosting, "trees", "rounds"),
        ] {
            let message = check(family, &json!({theirs: 1})).unwrap_err().to_string();
            assert!(message.contains(&format!("`{ours}`")), "{message}");
        }
    }

    #[test]
    fn a_value_out_of_range_or_of_another_type_names_key_value_and_range() {
        for (family, given, parts) in [
            (Family::RandomForest, json!({"trees": 0}), ["trees = 0", "1 to"]),
            (Family::RandomForest, json!({"trees": "many"}), ["trees = \"many\"", "whole number"]),
            (Family::RandomForest, json!({"trees": 1.5}), ["trees = 1.5", "whole number"]),
            (Family::RandomForest, json!({"max-features": 0}), ["max-features = 0", "sqrt"]),
            (Family::GradientBoosting, json!({"learning-rate": 0}), ["learning-rate = 0", "above 0"]),
            (Family::ElasticNet, json!({"l1-ratio": 1.1}), ["l1-ratio = 1.1", "0 to 1"]),
            (Family::LogisticRegression, json!({"intercept": "yes"}), ["intercept = \"yes\"", "true or false"]),
            (Family::LogisticRegression, json!({"imputation": "none"}), ["imputation = \"none\"", "median"]),
            (Family::DecisionTree, json!({"criterion": "ginni"}), ["criterion = \"ginni\"", "gini"]),
        ] {
            let message = check(family, &given).unwrap_err().to_string();
            assert!(parts.iter().all(|part| message.contains(part)), "{message}");
        }
    }

    #[test]
    fn whole_numbers_pass_for_numbers_and_none_for_open_ends() {
        assert!(check(Family::ElasticNet, &json!({"alpha": 1, "l1-ratio": 0})).is_ok());
        assert!(check(Family::RandomForest, &json!({"max-depth": "none", "max-features": 0.5})).is_ok());
        assert!(check(Family::RandomForest, &json!({"max-depth": 3, "max-features": 2})).is_ok());
        assert!(check(Family::RandomForest, &json!({"max-depth": "deep"})).is_err());
    }
}
