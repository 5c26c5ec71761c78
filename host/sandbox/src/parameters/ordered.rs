//! Numbers that must ascend: the keyword `ordered` of the contract, which JSON Schema lacks.

use serde_json::Value;

use super::places::{Place, visit};

/// A line for each object whose schema says `"ordered": ["min", "max"]` and whose numbers of these names, as far as they are
/// there, do not ascend. Equal ones do.
pub(super) fn broken(schema: &Value, parameters: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    visit(schema, parameters, &mut |place: &Place<'_>| {
        let names = place.keyword("ordered").and_then(Value::as_array);
        let numbers: Vec<(&str, f64)> = names
            .into_iter()
            .flatten()
            .filter_map(|name| Some((name.as_str()?, place.value.get(name.as_str()?)?.as_f64()?)))
            .collect();
        for pair in numbers.windows(2) {
            let ((low, least), (high, most)) = (pair[0], pair[1]);
            if least > most {
                let within = if place.key.is_empty() { String::new() } else { format!("{}.", place.key) };
                lines
                    .push(format!("`{within}{low}` is {least} and `{within}{high}` {most}: nothing lies between them"));
            }
        }
    });
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_least_above_a_most_is_told_wherever_it_stands() {
        let bounds = json!({ "ordered": ["min", "max"], "properties": { "min": {}, "max": {} } });
        let schema = json!({
            "ordered": ["min", "max"],
            "properties": { "bounds": { "items": { "$ref": "#/$defs/bounds" } } },
            "$defs": { "bounds": bounds },
        });
        let none: [&str; 0] = [];
        assert_eq!(broken(&schema, &json!({ "min": 1, "max": 1, "bounds": [{ "min": 0 }, { "max": -1 }] })), none);
        assert_eq!(broken(&schema, &json!({ "min": "b", "max": "a" })), none);
        assert_eq!(
            broken(&schema, &json!({ "min": 0.9, "max": 0.5, "bounds": [{ "min": 2, "max": 1 }] })),
            [
                "`min` is 0.9 and `max` 0.5: nothing lies between them",
                "`bounds.0.min` is 2 and `bounds.0.max` 1: nothing lies between them",
            ]
        );
    }
}
