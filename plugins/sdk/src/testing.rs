//! For unit tests of a policy, which run natively and without a host: the imports panic there, so keep what judges apart
//! from what reads.

use serde_json::Value;

use crate::Policy;

/// The parameters as [`Policy::judge`] would get them: the JSON text of an object, completed with the defaults of the
/// schema's properties.
///
/// ```
/// # use portcullis_policy::{Error, Judgement, Policy, testing};
/// # struct Budget;
/// # #[derive(serde::Deserialize)]
/// # struct Parameters { errors: f64 }
/// # impl Policy for Budget {
/// #     type Parameters = Parameters;
/// #     const PARAMETERS: &'static str = r#"{"properties": {"errors": {"type": "number", "default": 100}}}"#;
/// #     fn judge(_: Parameters) -> Result<Judgement, Error> { Ok(Judgement::pass()) }
/// # }
/// assert_eq!(testing::parameters::<Budget>("{}").unwrap().errors, 100.0);
/// assert_eq!(testing::parameters::<Budget>(r#"{"errors": 7}"#).unwrap().errors, 7.0);
/// assert!(testing::parameters::<Budget>(r#"{"erors": 7}"#).is_err());
/// ```
///
/// # Errors
/// A text: a key that the schema does not have, a required one that is absent, a value that [`Policy::Parameters`]
/// cannot hold. The host's validation is stricter: it knows all of JSON Schema.
pub fn parameters<P: Policy>(json: &str) -> Result<P::Parameters, String> {
    let mut given: Value = serde_json::from_str(json).map_err(|error| error.to_string())?;
    let schema = schema::<P>()?;
    let given = given.as_object_mut().ok_or("the parameters are an object")?;
    let properties = schema["properties"].as_object();
    if let Some(key) = given.keys().find(|key| properties.is_none_or(|properties| !properties.contains_key(*key))) {
        return Err(format!("the schema has no property `{key}`"));
    }
    for (name, property) in properties.into_iter().flatten() {
        if let Some(default) = property.get("default") {
            given.entry(name.clone()).or_insert_with(|| default.clone());
        }
    }
    let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    if let Some(key) = required.into_iter().find(|key| !given.contains_key(*key)) {
        return Err(format!("`{key}` is required"));
    }
    serde_json::from_value(Value::Object(given.clone())).map_err(|error| error.to_string())
}

/// Each of the schema's `examples`, read; and the promise that every property has a description.
pub fn examples<P: Policy>() -> Result<Vec<P::Parameters>, String> {
    let schema = schema::<P>()?;
    if schema["additionalProperties"] != Value::Bool(false) {
        return Err("`additionalProperties` should be false, so that a misspelt key is an error".into());
    }
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        if property["description"].as_str().is_none_or(str::is_empty) {
            return Err(format!("`{name}` has no description"));
        }
    }
    let examples = schema["examples"].as_array().into_iter().flatten();
    examples.map(|example| parameters::<P>(&example.to_string())).collect()
}

fn schema<P: Policy>() -> Result<Value, String> {
    serde_json::from_str(P::PARAMETERS).map_err(|error| format!("the schema is not JSON: {error}"))
}
