//! The defaults of absent properties.

use serde_json::Value;

/// How deep defaults are filled in; a schema that refers to itself ends here.
const DEPTH: usize = 16;
/// Bytes that all defaults together may add, roughly as they stand in memory.
const MOST_BYTES: usize = 4 << 20;
/// Properties that are looked for, over all objects of the parameters.
const MOST_LOOKS: usize = 1_000_000;

/// A default that was filled in.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Filled {
    /// JSON Pointer to it in the parameters.
    pub at: String,
    /// JSON Pointers to the schema of that property: where it stands, and where its `$ref` leads.
    pub schema: [String; 2],
}

/// Fills in the defaults of absent properties, in nested objects too, and says which. Fails if they are too large.
pub(super) fn fill(root: &Value, value: &mut Value) -> Result<Vec<Filled>, String> {
    let mut filling = Filling { root, left: MOST_BYTES, looks: MOST_LOOKS, filled: Vec::new() };
    filling.fill(String::new(), "", value, DEPTH)?;
    Ok(filling.filled)
}

/// Follows a `$ref` within the schema.
pub(super) fn resolve<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    target(schema).and_then(|pointer| root.pointer(pointer)).unwrap_or(schema)
}

fn target(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()?.strip_prefix('#')
}

struct Filling<'a> {
    root: &'a Value,
    left: usize,
    looks: usize,
    filled: Vec<Filled>,
}

impl<'a> Filling<'a> {
    /// Where a schema is, behind its `$ref`, and what it is there.
    fn resolved(&self, pointer: String) -> Option<(String, &'a Value)> {
        let schema = self.root.pointer(&pointer)?;
        let behind = target(schema).and_then(|target| Some((target.to_owned(), self.root.pointer(target)?)));
        Some(behind.unwrap_or((pointer, schema)))
    }

    fn fill(&mut self, schema: String, at: &str, value: &mut Value, depth: usize) -> Result<(), String> {
        let Some(depth) = depth.checked_sub(1) else { return Ok(()) };
        let Some((pointer, schema)) = self.resolved(schema) else { return Ok(()) };
        match value {
            Value::Object(members) => {
                let properties = schema.get("properties").and_then(Value::as_object);
                let looks = self.looks.checked_sub(properties.map_or(0, serde_json::Map::len));
                self.looks = looks.ok_or_else(|| format!("it has more than {MOST_LOOKS} places for defaults"))?;
                for name in properties.into_iter().flat_map(serde_json::Map::keys) {
                    let (property, at) = (format!("{pointer}/properties/{}", escaped(name)), below(at, name));
                    match members.get_mut(name) {
                        Some(member) => self.fill(property, &at, member, depth)?,
                        None => drop(self.default(property, at)?.map(|default| members.insert(name.clone(), default))),
                    }
                }
                if schema.get("additionalProperties").is_some_and(Value::is_object) {
                    let others = format!("{pointer}/additionalProperties");
                    for (name, member) in members.iter_mut() {
                        if !properties.is_some_and(|properties| properties.contains_key(name)) {
                            self.fill(others.clone(), &below(at, name), member, depth)?;
                        }
                    }
                }
            }
            Value::Array(elements) if schema.get("items").is_some() => {
                for (place, element) in elements.iter_mut().enumerate() {
                    self.fill(format!("{pointer}/items"), &format!("{at}/{place}"), element, depth)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn default(&mut self, property: String, at: String) -> Result<Option<Value>, String> {
        let Some((behind, schema)) = self.resolved(property.clone()) else { return Ok(None) };
        let here = || self.root.pointer(&property).and_then(|schema| schema.get("default"));
        let Some(default) = schema.get("default").or_else(here) else { return Ok(None) };
        let bytes = bytes(default) + at.len() + behind.len() + property.len();
        let left = self.left.checked_sub(bytes);
        self.left = left.ok_or_else(|| format!("its defaults add more than {MOST_BYTES} bytes to these parameters"))?;
        self.filled.push(Filled { at, schema: [property, behind] });
        Ok(Some(default.clone()))
    }
}

fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

fn below(at: &str, name: &str) -> String {
    format!("{at}/{}", escaped(name))
}

/// What a value takes in memory, roughly.
fn bytes(value: &Value) -> usize {
    let own = size_of::<Value>();
    own + match value {
        Value::String(text) => text.len(),
        Value::Array(elements) => elements.iter().map(bytes).sum(),
        Value::Object(members) => members.iter().map(|(name, member)| name.len() + own + bytes(member)).sum(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_filled_in_is_told_with_its_schema() {
        let schema = json!({
            "properties": { "a/b": { "$ref": "#/$defs/one" }, "c": { "properties": { "d": { "default": 2 } } } },
            "$defs": { "one": { "default": 1 } },
        });
        let mut value = json!({ "c": {} });
        let filled = fill(&schema, &mut value).unwrap();
        assert_eq!(value, json!({ "a/b": 1, "c": { "d": 2 } }));
        let d = "/properties/c/properties/d".to_owned();
        assert_eq!(
            filled,
            [
                Filled { at: "/a~1b".into(), schema: ["/properties/a~1b".into(), "/$defs/one".into()] },
                Filled { at: "/c/d".into(), schema: [d.clone(), d] },
            ]
        );
    }

    #[test]
    fn defaults_that_multiply_are_refused() {
        let schema = json!({ "items": { "properties": { "a": { "default": "x".repeat(100_000) } } } });
        assert!(fill(&schema, &mut json!(vec![json!({}); 10])).is_ok());
        assert!(fill(&schema, &mut json!(vec![json!({}); 1_000])).unwrap_err().contains("defaults"));
    }
}
