//! Texts to which the schema gives a meaning by `format`.

use serde_json::Value;

use super::places::{Place, visit};

/// A text of the parameters that has a format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Formatted {
    /// Where it stands, as a person writes it: `bounds.0.metric`.
    pub key: String,
    /// The text.
    pub text: String,
}

/// The texts of this format among the parameters that were given, names of properties (`propertyNames`) among them. A value
/// that is absent, or no text, is none.
pub(crate) fn of_format(format: &str, schema: &Value, given: &Value) -> Vec<Formatted> {
    let mut found = Vec::new();
    visit(schema, given, &mut |place: &Place<'_>| {
        if let Some(text) = place.value.as_str()
            && place.keyword("format").and_then(Value::as_str) == Some(format)
        {
            found.push(Formatted { key: place.key.clone(), text: text.to_owned() });
        }
        if let (Some(names), Some(members)) = (place.keyword("propertyNames"), place.value.as_object())
            && place.behind(names).get("format").and_then(Value::as_str) == Some(format)
        {
            found.extend(members.keys().map(|name| Formatted { key: place.key.clone(), text: name.clone() }));
        }
    });
    found
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
                "named": { "propertyNames": { "$ref": "#/$defs/name" } },
                "either": { "items": { "anyOf": [{ "$ref": "#/$defs/name" }, { "items": { "$ref": "#/$defs/name" } }] } },
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
        assert_eq!(found(json!({ "named": { "a": 1, "b": 2 } })), "named = a; named = b");
        assert_eq!(found(json!({ "either": ["x", ["y", "z"]] })), "either.0 = x; either.1.0 = y; either.1.1 = z");
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
