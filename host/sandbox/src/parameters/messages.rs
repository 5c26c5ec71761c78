//! A validator's errors in words that help whoever wrote the parameters.

use jsonschema::error::{ValidationError, ValidationErrorKind};
use serde_json::Value;

use super::defaults::resolve;

/// What is wrong, with the key and what would be right.
pub(super) fn line(schema: &Value, error: &ValidationError<'_>) -> String {
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
