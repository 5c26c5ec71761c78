//! Texts to which the schema gives a meaning by `format`.

use serde_json::Value;

use super::defaults::resolve;

/// How deep texts are looked for.
const DEPTH: usize = 32;

/// A text of the parameters that has a format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Formatted {
    /// Where it stands, as a person writes it: `bounds.0.metric`.
    pub key: String,
    /// The text.
    pub text: String,
}

/// The texts of this format among the parameters that were given. Found where `properties`, `additionalProperties`, `items`
/// and a `$ref` lead to a schema that says so; a value that is absent, or no text, is none.
pub(crate) fn of_format(format: &str, schema: &Value, given: &Value) -> Vec<Formatted> {
    let mut found = Vec::new();
    Search { root: schema, format }.look(schema, String::new(), given, DEPTH, &mut found);
    found
}

struct Search<'a> {
    root: &'a Value,
    format: &'a str,
}

impl Search<'_> {
    fn look(&self, schema: &Value, key: String, value: &Value, depth: usize, found: &mut Vec<Formatted>) {
        let Some(depth) = depth.checked_sub(1) else { return };
        let said = |schema: &Value| schema.get("format").and_then(Value::as_str) == Some(self.format);
        let behind = resolve(self.root, schema);
        let below = |name: &str| if key.is_empty() { name.to_owned() } else { format!("{key}.{name}") };
        match value {
            Value::String(text) if said(schema) || said(behind) => found.push(Formatted { key, text: text.clone() }),
            Value::Object(members) => {
                for (name, member) in members {
                    let own = behind.get("properties").and_then(|properties| properties.get(name));
                    if let Some(schema) = own.or_else(|| behind.get("additionalProperties")) {
                        self.look(schema, below(name), member, depth, found);
                    }
                }
            }
            Value::Array(elements) => {
                for (place, element) in elements.iter().enumerate() {
                    if let Some(schema) = behind.get("items") {
                        self.look(schema, below(&place.to_string()), element, depth, found);
                    }
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn texts_are_found_where_the_schema_gives_them_the_format() {
        let schema = json!({
            "properties": {
                "metric": { "type": "string", "format": "metric", "default": "accuracy" },
                "other": { "type": "string", "format": "uri" },
                "plain": { "type": "string" },
                "bounds": { "items": { "$ref": "#/$defs/bound" } },
                "by_name": { "additionalProperties": { "$ref": "#/$defs/name" } },
            },
            "$defs": {
                "name": { "type": "string", "format": "metric" },
                "bound": { "properties": { "metric": { "$ref": "#/$defs/name" }, "min": { "type": "number" } } },
            },
        });
        let found = |given: Value| {
            let found = of_format("metric", &schema, &given);
            found.into_iter().map(|one| format!("{} = {}", one.key, one.text)).collect::<Vec<_>>().join("; ")
        };
        assert_eq!(found(json!({ "metric": "f1", "other": "x", "plain": "y" })), "metric = f1");
        assert_eq!(found(json!({})), "", "a default is not what the user wrote");
        assert_eq!(found(json!({ "metric": null, "bounds": [] })), "");
        assert_eq!(
            found(json!({ "bounds": [{ "metric": "r2", "min": 0 }, { "metric": "mae" }], "by_name": { "a": "mse" } })),
            "bounds.0.metric = r2; bounds.1.metric = mae; by_name.a = mse"
        );
    }

    #[test]
    fn a_schema_that_refers_to_itself_ends() {
        let schema = json!({ "additionalProperties": { "$ref": "#" }, "format": "metric" });
        let deep = |levels: usize| (0..levels).fold(json!("f1"), |inner, _| json!({ "a": inner }));
        assert_eq!(of_format("metric", &schema, &deep(20)).len(), 1);
        assert_eq!(of_format("metric", &schema, &deep(200)).len(), 0);
        assert_eq!(of_format("metric", &json!({ "$ref": "#" }), &json!("f1")).len(), 0);
    }
}
