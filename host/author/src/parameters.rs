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

/// Types that are looked at in all: alternatives of alternatives would be more than there is time and memory for.
const MOST_TYPES: usize = 1_000;

/// Characters of a type in words, and of a value in it.
const LONGEST: usize = 500;

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
    let mut walk = Walk { root: schema, found: Vec::new(), types: MOST_TYPES };
    let whole = walk.collect(schema, "", 0);
    (walk.found, whole && walk.types > 0)
}

/// What was found of a schema so far, and how many types may still be looked at.
struct Walk<'a> {
    root: &'a Value,
    found: Vec<Parameter>,
    types: usize,
}

impl Walk<'_> {
    fn collect(&mut self, schema: &Value, prefix: &str, depth: usize) -> bool {
        let schema = behind(self.root, schema);
        // Sorted here, because whether the map keeps the file's order depends on features that others switch on.
        let properties: BTreeMap<&String, &Value> = schema["properties"].as_object().into_iter().flatten().collect();
        if depth == DEEPEST {
            return properties.is_empty();
        }
        for (name, property) in properties {
            if self.found.len() == MOST {
                return false;
            }
            let property = behind(self.root, property);
            let key = format!("{prefix}{name}");
            let kind = clipped(self.kind(property, 0));
            self.found.push(Parameter {
                kind,
                default: property.get("default").cloned(),
                required: schema["required"]
                    .as_array()
                    .is_some_and(|required| required.iter().any(|other| other == name)),
                description: property["description"].as_str().unwrap_or_default().to_owned(),
                key: key.clone(),
            });
            let within = [(property, "."), (&property["items"], "[]."), (&property["additionalProperties"], ".NAME.")];
            if !within.into_iter().all(|(schema, step)| self.collect(schema, &format!("{key}{step}"), depth + 1)) {
                return false;
            }
        }
        true
    }

    /// The type in words, with its bounds.
    fn kind(&mut self, schema: &Value, depth: usize) -> String {
        let Some(types) = self.types.checked_sub(1).filter(|_| depth < DEEPEST) else { return "…".to_owned() };
        self.types = types;
        let schema = behind(self.root, schema);
        if let Some(values) = schema["enum"].as_array() {
            let some: Vec<String> = values.iter().take(MOST_WORDS).map(|value| clipped(value.to_string())).collect();
            return some.join(", ") + if values.len() > MOST_WORDS { ", …" } else { "" };
        }
        if let Some(format) = schema["format"].as_str().filter(|format| ["metric", "column", "class"].contains(format))
        {
            return format!("{format}'s name");
        }
        if let Some(options) = schema["anyOf"].as_array().filter(|_| schema.get("type").is_none()) {
            let words: Vec<String> =
                options.iter().take(MOST_WORDS).map(|option| self.kind(option, depth + 1)).collect();
            return words.join(" or ");
        }
        let mut text = match &schema["type"] {
            Value::String(one) => self.word(schema, one, depth),
            Value::Array(several) => {
                let words = several.iter().take(MOST_WORDS).filter_map(Value::as_str);
                words.map(|word| self.word(schema, word, depth)).collect::<Vec<_>>().join(" or ")
            }
            _ => ANYTHING.to_owned(),
        };
        for (name, sign) in [("minimum", "≥"), ("exclusiveMinimum", ">"), ("maximum", "≤"), ("exclusiveMaximum", "<")]
        {
            if let Some(bound) = schema.get(name) {
                let _ = write!(text, ", {sign} {bound}");
            }
        }
        text
    }

    /// One of JSON Schema's types, with what it holds.
    fn word(&mut self, schema: &Value, word: &str, depth: usize) -> String {
        let (word, inner) = match word {
            "string" => return "text".to_owned(),
            "integer" => return "whole number".to_owned(),
            "array" => ("list", &schema["items"]),
            "object" => ("table", &schema["additionalProperties"]),
            other => return other.to_owned(),
        };
        let inner = if inner.is_object() { self.kind(inner, depth + 1) } else { ANYTHING.to_owned() };
        if inner == ANYTHING { word.to_owned() } else { format!("{word} of {inner}") }
    }
}

/// What a reference within the schema refers to; the schema itself if it is none.
fn behind<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    let target = schema.get("$ref").and_then(Value::as_str).and_then(|target| target.strip_prefix('#'));
    target.and_then(|target| root.pointer(target)).unwrap_or(schema)
}

fn clipped(text: String) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
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

    #[test]
    fn types_without_end_are_cut() {
        let itself = vec![json!({ "$ref": "#/x" }); 20];
        let alternatives = json!({ "properties": { "a": { "$ref": "#/x" } }, "x": { "anyOf": itself } });
        let lists = json!({
            "properties": { "a": { "$ref": "#/x" } },
            "x": { "type": vec!["array"; 20], "items": { "$ref": "#/x" } },
        });
        for schema in [alternatives, lists] {
            let (found, whole) = parameters(&schema);
            assert_eq!((found.len(), whole), (1, false));
            assert!(found[0].kind.chars().count() <= LONGEST + 1);
        }
    }
}
