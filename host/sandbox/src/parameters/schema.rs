//! What a schema of parameters may be, before a validator is made from it.
//!
//! A policy writes the schema and the host works through it, outside of the limits that bound the policy itself. So its
//! size, its nesting and its patterns have limits, and it refers to nothing but itself: a `$ref` is `#` or a JSON Pointer
//! behind `#`, which is what [`work`](super::work) counts by.

use serde_json::{Map, Value};

/// Bytes of a schema's text.
pub(crate) const MOST_BYTES: usize = 256 << 10;
/// How deep its objects and arrays may nest.
const DEEPEST: usize = 32;
/// Values in it: objects, arrays, texts, numbers.
const MOST_VALUES: usize = 20_000;
/// Regular expressions in it, and the length of each.
const MOST_PATTERNS: usize = 100;
const LONGEST_PATTERN: usize = 1_000;
/// Bytes of a compiled regular expression.
pub(super) const PATTERN_BYTES: usize = 512 << 10;

/// The dialect of the contract.
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// Fails on a schema that is larger than it may be, or that says what its references mean by other means than their text.
pub(super) fn check(schema: &Value) -> Result<(), String> {
    if let Some(dialect) = schema.get("$schema").and_then(Value::as_str)
        && dialect.trim_end_matches('#') != DIALECT
    {
        return Err(format!("its `$schema` is {dialect}; the contract's is {DIALECT}"));
    }
    Counts::default().value(schema, DEEPEST, true)
}

#[derive(Default)]
struct Counts {
    values: usize,
    bytes: usize,
    patterns: usize,
}

impl Counts {
    fn value(&mut self, value: &Value, depth: usize, root: bool) -> Result<(), String> {
        let depth = depth.checked_sub(1).ok_or_else(|| format!("it nests deeper than {DEEPEST} objects and arrays"))?;
        self.values += 1;
        match value {
            Value::Object(members) => {
                ordered(members)?;
                for (name, member) in members {
                    self.keyword(name, member, root)?;
                    self.bytes += name.len();
                    self.value(member, depth, false)?;
                }
            }
            Value::Array(elements) => elements.iter().try_for_each(|element| self.value(element, depth, false))?,
            Value::String(text) => self.bytes += text.len(),
            _ => {}
        }
        if self.values > MOST_VALUES || self.bytes > MOST_BYTES {
            return Err(format!("it has more than {MOST_VALUES} values, or {MOST_BYTES} bytes"));
        }
        Ok(())
    }

    fn keyword(&mut self, name: &str, member: &Value, root: bool) -> Result<(), String> {
        match (name, member) {
            ("$id" | "$schema", Value::String(_)) if !root => {
                Err(format!("it has a `{name}` within; only the whole may have one"))
            }
            ("$dynamicRef" | "$recursiveRef", Value::String(_)) => {
                Err(format!("it has a `{name}`; use `$ref`, with a pointer into the schema: `#/$defs/…`"))
            }
            ("pattern", Value::String(pattern)) => self.pattern(pattern),
            ("patternProperties", Value::Object(patterns)) => {
                patterns.keys().try_for_each(|pattern| self.pattern(pattern))
            }
            _ => Ok(()),
        }
    }

    fn pattern(&mut self, pattern: &str) -> Result<(), String> {
        self.patterns += 1;
        if self.patterns > MOST_PATTERNS || pattern.len() > LONGEST_PATTERN {
            return Err(format!(
                "it has more than {MOST_PATTERNS} patterns, or one longer than {LONGEST_PATTERN} bytes"
            ));
        }
        Ok(())
    }
}

/// Fails where the contract's own keyword names what it cannot hold to anything: a name that is misspelt would be a rule
/// that is never broken.
fn ordered(members: &Map<String, Value>) -> Result<(), String> {
    let (Some(Value::Array(names)), Some(Value::Object(properties))) =
        (members.get("ordered"), members.get("properties"))
    else {
        return Ok(()); // it is no keyword here, or a list of nothing
    };
    let Some(name) = names.iter().find(|name| !name.as_str().is_some_and(|name| properties.contains_key(name))) else {
        return Ok(());
    };
    let valid: Vec<&str> = properties.keys().map(String::as_str).collect();
    Err(format!("its `ordered` names {name}, which is no property beside it; valid: {}", valid.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_schema_of_any_usual_size_is_fine_and_a_huge_one_is_not() {
        let columns = |most: usize| -> Value {
            let properties: serde_json::Map<String, Value> =
                (0..most).map(|place| (format!("column_{place}"), json!({ "type": "number" }))).collect();
            json!({ "type": "object", "properties": properties })
        };
        assert_eq!(check(&columns(1_000)), Ok(()));
        assert!(check(&columns(20_000)).unwrap_err().contains("more than"));
        assert!(check(&json!({ "title": "x".repeat(MOST_BYTES + 1) })).unwrap_err().contains("bytes"));
    }

    #[test]
    fn depth_and_patterns_are_bounded() {
        let nested = |depth: usize| (1..depth).fold(json!({}), |inner, _| json!({ "not": inner }));
        assert_eq!(check(&nested(DEEPEST)), Ok(()));
        assert!(check(&nested(DEEPEST + 1)).unwrap_err().contains("deeper"));
        let patterns = |most: usize| json!({ "allOf": vec![json!({ "pattern": "^a" }); most] });
        assert_eq!(check(&patterns(MOST_PATTERNS)), Ok(()));
        assert!(check(&patterns(MOST_PATTERNS + 1)).unwrap_err().contains("patterns"));
        let long = json!({ "patternProperties": { "a".repeat(LONGEST_PATTERN + 1): true } });
        assert!(check(&long).unwrap_err().contains("patterns"));
    }

    #[test]
    fn what_ascends_has_to_be_there() {
        let schema = |ordered: Value| json!({ "properties": { "bounds": { "ordered": ordered, "properties": { "min": {}, "max": {} } } } });
        assert_eq!(check(&schema(json!(["min", "max"]))), Ok(()));
        assert_eq!(
            check(&schema(json!(["mni", "max"]))).unwrap_err(),
            "its `ordered` names \"mni\", which is no property beside it; valid: max, min"
        );
        assert!(check(&schema(json!([1, "max"]))).unwrap_err().contains("names 1"));
        // A parameter may be called so, and a default may hold anything.
        assert_eq!(check(&json!({ "properties": { "ordered": { "default": { "ordered": ["x"] } } } })), Ok(()));
    }

    #[test]
    fn what_moves_the_target_of_a_reference_is_refused() {
        assert_eq!(check(&json!({ "$id": "https://example.org/x", "$schema": DIALECT })), Ok(()));
        assert_eq!(check(&json!({ "properties": { "$id": { "type": "string" } } })), Ok(()));
        assert!(
            check(&json!({ "$schema": "http://json-schema.org/draft-04/schema#" })).unwrap_err().contains("draft-04")
        );
        assert!(check(&json!({ "$defs": { "a": { "$id": "https://example.org/x" } } })).unwrap_err().contains("`$id`"));
        assert!(check(&json!({ "not": { "$dynamicRef": "#a" } })).unwrap_err().contains("`$dynamicRef`"));
    }
}
