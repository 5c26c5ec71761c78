//! The parameters of a policy, as its JSON Schema tells them, in words. The schema is the policy's, and may hold anything.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;

/// Parameters that are told; real policies have a few.
const MOST: usize = 200;

/// Objects within objects, and types within types, that are followed.
const DEEPEST: usize = 8;

/// Values or alternatives that are told of one type.
const MOST_WORDS: usize = 20;

/// One parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// `columns.NAME.min`, `cases[].input`.
    pub key: String,
    /// The type in words: `list of text`, `number, ≥ 0`, `metric's name`.
    pub kind: String,
    /// What it is where it is not given; none if it is absent then.
    pub default: Option<Value>,
    /// Whether it has to be given.
    pub required: bool,
    /// What it means; empty where the schema does not say.
    pub description: String,
}

/// Every parameter, those within others below them; false if there are more than are told.
pub fn parameters(schema: &Value) -> (Vec<Parameter>, bool) {
    let mut found = Vec::new();
    let whole = collect(schema, schema, "", 0, &mut found);
    (found, whole)
}

fn collect(root: &Value, schema: &Value, prefix: &str, depth: usize, found: &mut Vec<Parameter>) -> bool {
    let schema = behind(root, schema);
    // Sorted here, because whether the map keeps the file's order depends on features that others switch on.
    let properties: BTreeMap<&String, &Value> = schema["properties"].as_object().into_iter().flatten().collect();
    if depth == DEEPEST {
        return properties.is_empty();
    }
    for (name, property) in properties {
        if found.len() == MOST {
            return false;
        }
        let property = behind(root, property);
        let key = format!("{prefix}{name}");
        found.push(Parameter {
            kind: kind(root, property, 0),
            default: property.get("default").cloned(),
            required: schema["required"].as_array().is_some_and(|required| required.iter().any(|other| other == name)),
            description: property["description"].as_str().unwrap_or_default().to_owned(),
            key: key.clone(),
        });
        let within = [(property, "."), (&property["items"], "[]."), (&property["additionalProperties"], ".NAME.")];
        if !within.into_iter().all(|(schema, step)| collect(root, schema, &format!("{key}{step}"), depth + 1, found)) {
            return false;
        }
    }
    true
}

/// What a reference within the schema refers to; the schema itself if it is none.
fn behind<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    let target = schema.get("$ref").and_then(Value::as_str).and_then(|target| target.strip_prefix('#'));
    target.and_then(|target| root.pointer(target)).unwrap_or(schema)
}

/// The type in words, with its bounds.
fn kind(root: &Value, schema: &Value, depth: usize) -> String {
    if depth == DEEPEST {
        return "…".to_owned();
    }
    let schema = behind(root, schema);
    if let Some(values) = schema["enum"].as_array() {
        let some: Vec<String> = values.iter().take(MOST_WORDS).map(Value::to_string).collect();
        return some.join(", ") + if values.len() > MOST_WORDS { ", …" } else { "" };
    }
    if let Some(format) = schema["format"].as_str().filter(|format| ["metric", "column", "class"].contains(format)) {
        return format!("{format}'s name");
    }
    if let Some(options) = schema["anyOf"].as_array().filter(|_| schema.get("type").is_none()) {
        let words: Vec<String> = options.iter().take(MOST_WORDS).map(|option| kind(root, option, depth + 1)).collect();
        return words.join(" or ");
    }
    let of = |word: &str, inner: &Value| {
        let inner = Some(inner).filter(|inner| inner.is_object()).map(|inner| kind(root, inner, depth + 1));
        inner.filter(|inner| inner != ANYTHING).map_or_else(|| word.to_owned(), |inner| format!("{word} of {inner}"))
    };
    let word = |word: &str| match word {
        "string" => "text".to_owned(),
        "integer" => "whole number".to_owned(),
        "array" => of("list", &schema["items"]),
        "object" => of("table", &schema["additionalProperties"]),
        other => other.to_owned(),
    };
    let mut text = match &schema["type"] {
        Value::String(one) => word(one),
        Value::Array(several) => {
            several.iter().take(MOST_WORDS).filter_map(Value::as_str).map(word).collect::<Vec<_>>().join(" or ")
        }
        _ => ANYTHING.to_owned(),
    };
    for (name, sign) in [("minimum", "≥"), ("exclusiveMinimum", ">"), ("maximum", "≤"), ("exclusiveMaximum", "<")] {
        if let Some(bound) = schema.get(name) {
            let _ = write!(text, ", {sign} {bound}");
        }
    }
    text
}

/// The type of what the schema says nothing of.
const ANYTHING: &str = "anything";

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nested_parameters_come_after_what_they_are_in() {
        let schema = json!({
            "required": ["bounds"],
            "properties": {
                "bounds": { "type": "array", "description": "All.", "items": { "$ref": "#/$defs/bound" } },
                "metric": { "type": "string", "format": "metric" },
                "mode": { "enum": ["a", "b"], "default": "a", "description": "Which." },
                "names": { "type": "array", "items": { "type": "string" } },
                "columns": { "type": "object", "additionalProperties": { "type": "integer" } },
                "x": {},
            },
            "$defs": { "bound": {
                "type": "object",
                "properties": { "min": { "type": ["number", "null"], "minimum": 0, "description": "Least." } },
            } },
        });
        let (found, whole) = parameters(&schema);
        let rows: Vec<String> = found
            .iter()
            .map(|p| format!("{}|{}|{:?}|{}|{}", p.key, p.kind, p.default, p.required, p.description))
            .collect();
        assert_eq!(
            rows,
            [
                "bounds|list of table|None|true|All.",
                "bounds[].min|number or null, ≥ 0|None|false|Least.",
                "columns|table of whole number|None|false|",
                "metric|metric's name|None|false|",
                "mode|\"a\", \"b\"|Some(String(\"a\"))|false|Which.",
                "names|list of text|None|false|",
                "x|anything|None|false|",
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
        assert!(!parameters(&deep).1);
        let round = json!({ "properties": { "a": { "$ref": "#" } } });
        assert!(!parameters(&round).1);
        let wide: serde_json::Map<String, Value> = (0..1000).map(|key| (format!("k{key}"), json!({}))).collect();
        let (found, whole) = parameters(&json!({ "properties": wide }));
        assert_eq!((found.len(), whole), (MOST, false));
        assert_eq!(parameters(&json!([1, 2])), (vec![], true));
    }
}
