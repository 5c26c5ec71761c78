//! The user's parameters against the policy's own schema: checked before the policy runs, defaults filled in.

use jsonschema::error::{ValidationError, ValidationErrorKind};
use serde_json::{Map, Value};

/// How deep defaults are filled in; a schema that refers to itself ends here.
const DEPTH: usize = 16;

/// What is wrong with a user's parameters, one line each.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", lines.join("\n"))]
pub struct ParameterError {
    /// One line for each thing that is wrong: the key and what to do.
    pub lines: Vec<String>,
}

/// The parameters with defaults, or what is wrong with them. The outer error says what is wrong with the schema.
pub(crate) fn validate(schema: &Value, given: &Value) -> Result<Result<Value, ParameterError>, String> {
    let validator = jsonschema::draft202012::new(schema)
        .map_err(|error| format!("the parameters' schema that it describes is not a JSON Schema: {error}"))?;
    let mut filled = if given.is_null() { Value::Object(Map::new()) } else { given.clone() };
    fill(schema, schema, &mut filled, DEPTH);
    let lines: Vec<String> = validator.iter_errors(&filled).map(|error| line(schema, &error)).collect();
    Ok(if lines.is_empty() { Ok(filled) } else { Err(ParameterError { lines }) })
}

/// Fills in the defaults of absent properties, in nested objects too.
fn fill(root: &Value, schema: &Value, value: &mut Value, depth: usize) {
    let Some(depth) = depth.checked_sub(1) else { return };
    let schema = resolve(root, schema);
    match value {
        Value::Object(members) => {
            let properties = schema.get("properties").and_then(Value::as_object);
            for (name, property) in properties.into_iter().flatten() {
                match members.get_mut(name) {
                    Some(member) => fill(root, property, member, depth),
                    None => {
                        if let Some(default) =
                            resolve(root, property).get("default").or_else(|| property.get("default"))
                        {
                            members.insert(name.clone(), default.clone());
                        }
                    }
                }
            }
            if let Some(others) = schema.get("additionalProperties").filter(|others| others.is_object()) {
                for (_, member) in
                    members.iter_mut().filter(|(name, _)| !properties.is_some_and(|p| p.contains_key(*name)))
                {
                    fill(root, others, member, depth);
                }
            }
        }
        Value::Array(elements) => {
            if let Some(items) = schema.get("items") {
                for element in elements {
                    fill(root, items, element, depth);
                }
            }
        }
        _ => {}
    }
}

/// Follows a `$ref` within the schema.
fn resolve<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    let target = schema.get("$ref").and_then(Value::as_str).and_then(|reference| reference.strip_prefix('#'));
    target.and_then(|pointer| root.pointer(pointer)).unwrap_or(schema)
}

fn line(schema: &Value, error: &ValidationError<'_>) -> String {
    let place = error.instance_path().to_string();
    let key = place.trim_start_matches('/').replace('/', ".").replace("~1", "/").replace("~0", "~");
    let within = if key.is_empty() { String::new() } else { format!(" in `{key}`") };
    match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            let valid = names(schema, &error.schema_path().to_string());
            let lines: Vec<String> = unexpected
                .iter()
                .map(|name| {
                    let near = nearest(name, &valid).map(|near| format!("did you mean `{near}`? ")).unwrap_or_default();
                    format!("`{name}` is not a parameter{within}; {near}valid: {}", list(&valid))
                })
                .collect();
            lines.join("\n")
        }
        ValidationErrorKind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            let about = schema.pointer(&format!("/properties/{name}/description")).and_then(Value::as_str);
            let about = about.map(|about| format!(": {about}")).unwrap_or_default();
            format!("`{name}` is required{within}{about}")
        }
        ValidationErrorKind::Enum { options } => {
            let options: Vec<String> = options.as_array().into_iter().flatten().map(ToString::to_string).collect();
            format!("`{key}` is {}; valid: {}", error.instance(), options.join(", "))
        }
        ValidationErrorKind::AnyOf { .. } | ValidationErrorKind::OneOfNotValid { .. } => {
            let options = alternatives(schema, &error.schema_path().to_string());
            format!("{} needs {options}", if key.is_empty() { "it".to_owned() } else { format!("`{key}`") })
        }
        _ if key.is_empty() => error.to_string(),
        _ => format!("`{key}`: {error}"),
    }
}

/// Names of the properties of the object schema whose keyword failed at this path.
fn names(schema: &Value, path: &str) -> Vec<String> {
    let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
    let object = schema.pointer(parent).map_or(schema, |object| resolve(schema, object));
    object.get("properties").and_then(Value::as_object).map(|all| all.keys().cloned().collect()).unwrap_or_default()
}

/// What the alternatives at this path ask for: their titles, or else the keys that they require.
fn alternatives(schema: &Value, path: &str) -> String {
    let each = |option: &Value| {
        let option = resolve(schema, option);
        let title = option.get("title").and_then(Value::as_str).map(str::to_owned);
        let required = option.get("required").and_then(Value::as_array).map(|keys| {
            keys.iter().filter_map(Value::as_str).map(|key| format!("`{key}`")).collect::<Vec<_>>().join(" and ")
        });
        title.or(required).or_else(|| Some(format!("a {}", option.get("type")?.as_str()?)))
    };
    let options: Vec<String> =
        schema.pointer(path).and_then(Value::as_array).into_iter().flatten().filter_map(each).collect();
    if options.is_empty() { "to fit one of the schema's alternatives".to_owned() } else { options.join(", or ") }
}

fn list(names: &[String]) -> String {
    if names.is_empty() { "none, it takes no parameters".to_owned() } else { names.join(", ") }
}

fn nearest<'a>(name: &str, valid: &'a [String]) -> Option<&'a str> {
    let scored = valid.iter().map(|candidate| (strsim::jaro_winkler(name, candidate), candidate.as_str()));
    scored.filter(|(score, _)| *score > 0.75).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn schema() -> Value {
        json!({
            "type": "object",
            "properties": {
                "metric": { "type": "string", "description": "The metric to bound." },
                "min": { "type": "number" },
                "agg": { "enum": ["mean", "worst_case"], "default": "worst_case" },
                "columns": { "type": "object", "additionalProperties": { "$ref": "#/$defs/bounds" }, "default": {} },
            },
            "required": ["metric"],
            "additionalProperties": false,
            "$defs": { "bounds": {
                "type": "object",
                "properties": { "max": { "type": "number", "default": 1.0 }, "min": { "type": "number" } },
                "additionalProperties": false,
            } },
        })
    }

    fn lines(given: Value) -> Vec<String> {
        validate(&schema(), &given).unwrap().unwrap_err().lines
    }

    #[test]
    fn defaults_are_filled_in_at_every_depth() {
        let filled = validate(&schema(), &json!({ "metric": "f1", "columns": { "age": {} } })).unwrap().unwrap();
        assert_eq!(filled, json!({ "metric": "f1", "agg": "worst_case", "columns": { "age": { "max": 1.0 } } }));
    }

    #[test]
    fn errors_name_the_key_and_what_is_valid() {
        assert_eq!(lines(json!({})), ["`metric` is required: The metric to bound."]);
        assert_eq!(
            lines(json!({ "metric": "f1", "mim": 1 })),
            ["`mim` is not a parameter; did you mean `min`? valid: agg, columns, metric, min"]
        );
        assert_eq!(
            lines(json!({ "metric": "f1", "columns": { "a/b": { "mox": 1 } } })),
            ["`mox` is not a parameter in `columns.a/b`; did you mean `max`? valid: max, min"]
        );
        assert_eq!(
            lines(json!({ "metric": "f1", "agg": "worst" })),
            ["`agg` is \"worst\"; valid: \"mean\", \"worst_case\""]
        );
        assert_eq!(lines(json!({ "metric": "f1", "min": "high" })), ["`min`: \"high\" is not of type \"number\""]);
    }

    #[test]
    fn alternatives_are_told_by_what_they_ask_for() {
        let schema = json!({ "anyOf": [{ "title": "`metric` with `min`", "required": ["metric"] }, { "required": ["a", "b"] }] });
        let error = validate(&schema, &json!({})).unwrap().unwrap_err();
        assert_eq!(error.lines, ["it needs `metric` with `min`, or `a` and `b`"]);
    }

    #[test]
    fn a_schema_that_is_none_is_the_policys_fault() {
        assert!(validate(&json!({ "type": 7 }), &json!({})).is_err());
    }

    #[test]
    fn a_schema_that_refers_to_itself_ends() {
        let endless = json!({ "$ref": "#/$defs/a", "$defs": { "a": { "properties": { "a": { "$ref": "#/$defs/a", "default": {} } } } } });
        assert!(validate(&endless, &json!({})).is_ok());
    }
}
