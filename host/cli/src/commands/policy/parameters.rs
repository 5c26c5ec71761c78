//! The parameters of a policy, as its JSON Schema tells them. The schema is the policy's, and may hold anything.

use std::collections::BTreeMap;

use serde_json::Value;

/// Rows that are told; real policies have a few.
const MOST: usize = 200;

/// Objects within objects that are followed.
const DEEPEST: usize = 8;

/// One parameter.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Parameter {
    /// `columns.NAME.min`, `cases[].input`.
    pub key: String,
    /// The type in words.
    pub kind: String,
    /// The default as JSON.
    pub default: Option<String>,
    pub required: bool,
    pub description: String,
}

/// Every parameter, those within others below them; false if there are more than are told.
pub(super) fn of(schema: &Value) -> (Vec<Parameter>, bool) {
    let mut found = Vec::new();
    let whole = collect(schema, "", 0, &mut found);
    (found, whole)
}

fn collect(schema: &Value, prefix: &str, depth: usize, found: &mut Vec<Parameter>) -> bool {
    let properties: BTreeMap<&String, &Value> = schema["properties"].as_object().into_iter().flatten().collect();
    if depth == DEEPEST {
        return properties.is_empty();
    }
    for (name, property) in properties {
        if found.len() == MOST {
            return false;
        }
        let key = format!("{prefix}{name}");
        let required = schema["required"].as_array().is_some_and(|required| required.iter().any(|other| other == name));
        found.push(Parameter {
            kind: kind(property, 0),
            default: property.get("default").map(Value::to_string),
            required,
            description: property["description"].as_str().unwrap_or_default().to_owned(),
            key: key.clone(),
        });
        let within = [(property, "."), (&property["items"], "[]."), (&property["additionalProperties"], ".NAME.")];
        if !within.into_iter().all(|(schema, step)| collect(schema, &format!("{key}{step}"), depth + 1, found)) {
            return false;
        }
    }
    true
}

/// The type in words.
fn kind(property: &Value, depth: usize) -> String {
    const MOST_WORDS: usize = 20;
    if depth == DEEPEST {
        return "…".to_owned();
    }
    if let Some(values) = property["enum"].as_array() {
        let some: Vec<String> = values.iter().take(MOST_WORDS).map(Value::to_string).collect();
        return some.join(", ") + if values.len() > MOST_WORDS { ", …" } else { "" };
    }
    if let Some(options) = property["anyOf"].as_array().filter(|_| property.get("type").is_none()) {
        return options.iter().take(MOST_WORDS).map(|option| kind(option, depth + 1)).collect::<Vec<_>>().join(" or ");
    }
    match (&property["type"], &property["items"], &property["additionalProperties"]) {
        (Value::String(word), items @ Value::Object(_), _) if word == "array" => {
            format!("list of {}", kind(items, depth + 1))
        }
        (Value::String(word), _, values @ Value::Object(_)) if word == "object" => {
            format!("table of {}", kind(values, depth + 1))
        }
        (Value::String(word), _, _) if word == "object" => "table".to_owned(),
        (Value::String(word), _, _) => word.clone(),
        (Value::Array(words), _, _) => {
            words.iter().take(MOST_WORDS).filter_map(Value::as_str).collect::<Vec<_>>().join(" or ")
        }
        _ => "any".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nested_parameters_have_rows_of_their_own() {
        let schema = json!({"required": ["bounds"], "properties": {
            "bounds": {"type": "array", "description": "All.", "items": {
                "type": "object", "properties": {"min": {"type": ["number", "null"], "description": "Least."}}}},
            "mode": {"enum": ["a", "b"], "default": "a", "description": "Which."},
            "x": {},
        }});
        let (found, whole) = of(&schema);
        let rows: Vec<String> = found
            .iter()
            .map(|p| format!("{}|{}|{:?}|{}|{}", p.key, p.kind, p.default, p.required, p.description))
            .collect();
        assert_eq!(
            rows,
            [
                "bounds|list of table|None|true|All.",
                "bounds[].min|number or null|None|false|Least.",
                "mode|\"a\", \"b\"|Some(\"\\\"a\\\"\")|false|Which.",
                "x|any|None|false|",
            ]
        );
        assert!(whole);
    }

    #[test]
    fn a_schema_without_end_is_cut() {
        let mut deep = json!({"properties": {"leaf": {}}});
        for _ in 0..50 {
            deep = json!({"properties": {"a": deep}});
        }
        assert!(!of(&deep).1);
        let wide: serde_json::Map<String, Value> = (0..1000).map(|key| (format!("k{key}"), json!({}))).collect();
        let (found, whole) = of(&json!({ "properties": wide }));
        assert_eq!((found.len(), whole), (MOST, false));
        assert_eq!(of(&json!([1, 2])), (vec![], true));
    }
}
