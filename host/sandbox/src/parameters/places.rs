//! Where the parameters and their schema meet.

use serde_json::Value;

use super::defaults::resolve;

/// How deep values are looked into, and how often a schema may lead to the next without a value between them.
const DEPTH: usize = 32;
/// Places that are visited at the most: alternatives within alternatives multiply.
const MOST_PLACES: usize = 100_000;

/// A value of the parameters and a schema that holds for it.
pub(super) struct Place<'a> {
    root: &'a Value,
    schema: &'a Value,
    /// Where the value stands, as a person writes it: `bounds.0.metric`.
    pub key: String,
    /// The value.
    pub value: &'a Value,
}

impl<'a> Place<'a> {
    /// What the schema, or the one behind its `$ref`, says by this keyword.
    pub(super) fn keyword(&self, name: &str) -> Option<&'a Value> {
        self.schema.get(name).or_else(|| self.behind(self.schema).get(name))
    }

    /// Follows a `$ref`.
    pub(super) fn behind(&self, schema: &'a Value) -> &'a Value {
        resolve(self.root, schema)
    }
}

/// Visits the values to which `properties`, `additionalProperties`, `items`, `anyOf`, `oneOf`, `allOf` and a `$ref` give a
/// schema.
pub(super) fn visit<'a>(schema: &'a Value, given: &'a Value, see: &mut dyn FnMut(&Place<'a>)) {
    let mut left = MOST_PLACES;
    look(Place { root: schema, schema, key: String::new(), value: given }, DEPTH, &mut left, see);
}

fn look<'a>(place: Place<'a>, depth: usize, left: &mut usize, see: &mut dyn FnMut(&Place<'a>)) {
    let (Some(depth), Some(fewer)) = (depth.checked_sub(1), left.checked_sub(1)) else { return };
    *left = fewer;
    see(&place);
    let Place { root, schema, key, value } = place;
    let behind = resolve(root, schema);
    let below = |name: &str| if key.is_empty() { name.to_owned() } else { format!("{key}.{name}") };
    let mut go = |schema, key, value| look(Place { root, schema, key, value }, depth, left, see);
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let own = behind.get("properties").and_then(|properties| properties.get(name));
                if let Some(schema) = own.or_else(|| behind.get("additionalProperties")) {
                    go(schema, below(name), member);
                }
            }
        }
        Value::Array(elements) => {
            for (at, element) in elements.iter().enumerate() {
                if let Some(schema) = behind.get("items") {
                    go(schema, below(&at.to_string()), element);
                }
            }
        }
        _ => {}
    }
    for choice in ["anyOf", "oneOf", "allOf"].iter().filter_map(|name| behind.get(*name)?.as_array()).flatten() {
        go(choice, key.clone(), value);
    }
}
