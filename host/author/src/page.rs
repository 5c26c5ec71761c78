//! A page about a policy, from what it says of itself.

use std::fmt::Write as _;

use portcullis_sandbox::{ComponentFile, Description};
use serde_json::{Map, Value};

/// A Markdown page: what the policy judges, what it asks for, its parameters, examples of its entry in a configuration.
/// `file` is how the configuration would name it.
pub fn markdown(file: &str, component: &ComponentFile, description: &Description) -> String {
    let mut page = String::new();
    let inspection = component.inspection().ok();
    let _ = writeln!(page, "# {}\n\n{}\n", line(&description.name), sentence(&description.summary));
    if let Some(inspection) = inspection {
        let _ = writeln!(page, "| | |\n|---|---|");
        let _ = writeln!(page, "| kind | {} |", inspection.kind);
        let _ = writeln!(page, "| version | {} |", line(&description.version));
        let _ = writeln!(page, "| contract | {} |", inspection.contract);
        let _ = writeln!(page, "| size | {} bytes |", component.size());
        let _ = writeln!(page, "| sha256 | `{}` |", component.digest());
        let asked: Vec<String> = inspection
            .capabilities()
            .filter(|capability| capability.reveals_data())
            .map(|capability| {
                let free = if capability.free.contains(&inspection.kind) { "" } else { " (needs a grant)" };
                format!("`{}`: {}{free}", capability.grant, capability.reveals)
            })
            .collect();
        let asked = if asked.is_empty() { "nothing".to_owned() } else { asked.join("; ") };
        let _ = writeln!(page, "| asks for | {asked} |\n");
    }
    let _ = writeln!(page, "## Parameters\n");
    let properties = properties(&description.parameters);
    if properties.is_empty() {
        let _ = writeln!(page, "It takes none.\n");
    } else {
        let _ = writeln!(page, "| parameter | type | default | meaning |\n|---|---|---|---|");
        rows(&mut page, "", &description.parameters, &description.parameters, 0);
        page.push('\n');
    }
    let _ = writeln!(page, "## In a configuration\n\n```toml");
    let needed: Vec<&str> = inspection
        .map(|inspection| {
            let needs = inspection.capabilities().filter(|capability| !capability.free.contains(&inspection.kind));
            needs.map(|capability| capability.grant).collect()
        })
        .unwrap_or_default();
    let examples = description.parameters.get("examples").and_then(Value::as_array).cloned().unwrap_or_default();
    let examples = if examples.is_empty() { vec![Value::Object(Map::new())] } else { examples };
    let entries: Vec<String> = examples.iter().map(|example| entry(file, &needed, example)).collect();
    let _ = writeln!(page, "{}```", entries.join("\n"));
    page
}

/// Parameters, nested ones after those that they are in.
fn rows(page: &mut String, within: &str, root: &Value, schema: &Value, depth: usize) {
    if depth > 4 {
        return;
    }
    let required: Vec<&str> =
        schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    for (name, property) in properties(schema) {
        let property = behind(root, property);
        let key = format!("{within}{name}");
        let default = match property.get("default") {
            Some(default) => format!("`{}`", toml_value(default)),
            None if required.contains(&name.as_str()) => "(required)".to_owned(),
            None => "(none)".to_owned(),
        };
        let meaning = property.get("description").and_then(Value::as_str).unwrap_or_default();
        let _ = writeln!(page, "| `{}` | {} | {} | {} |", line(&key), kind(property), line(&default), line(meaning));
        rows(page, &format!("{key}."), root, property, depth + 1);
        if let Some(items) = property.get("items") {
            rows(page, &format!("{key}[]."), root, behind(root, items), depth + 1);
        }
        if let Some(others) = property.get("additionalProperties").filter(|others| others.is_object()) {
            rows(page, &format!("{key}.NAME."), root, behind(root, others), depth + 1);
        }
    }
}

fn properties(schema: &Value) -> Vec<(&String, &Value)> {
    schema.get("properties").and_then(Value::as_object).map(|all| all.iter().collect()).unwrap_or_default()
}

fn behind<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    let target = schema.get("$ref").and_then(Value::as_str).and_then(|target| target.strip_prefix('#'));
    target.and_then(|target| root.pointer(target)).unwrap_or(schema)
}

/// What a schema says of a value's type, in a few words, with its bounds.
fn kind(schema: &Value) -> String {
    if let Some(options) = schema.get("enum").and_then(Value::as_array) {
        return options.iter().map(|option| format!("`{}`", line(&toml_value(option)))).collect::<Vec<_>>().join(", ");
    }
    let word = |word: &str| match word {
        "string" => "text".to_owned(),
        "integer" => "whole number".to_owned(),
        "object" => "table".to_owned(),
        "array" => {
            let of = schema.get("items").map(kind).filter(|of| of != "anything");
            of.map_or_else(|| "list".to_owned(), |of| format!("list of {of}"))
        }
        other => other.to_owned(),
    };
    let mut text = match schema.get("type") {
        Some(Value::String(one)) => word(one),
        Some(Value::Array(several)) => {
            several.iter().filter_map(Value::as_str).map(word).collect::<Vec<_>>().join(" or ")
        }
        _ => "anything".to_owned(),
    };
    for (name, sign) in [("minimum", "≥"), ("exclusiveMinimum", ">"), ("maximum", "≤"), ("exclusiveMaximum", "<")] {
        if let Some(bound) = schema.get(name) {
            let _ = write!(text, ", {sign} {bound}");
        }
    }
    if let Some(format) = schema.get("format").and_then(Value::as_str)
        && ["metric", "column", "class"].contains(&format)
    {
        text = format!("{format}'s name");
    }
    line(&text)
}

/// A policy's entry in a configuration: its file, parameters and what it needs to be granted.
pub(crate) fn entry(file: &str, needed: &[&str], example: &Value) -> String {
    let mut entry = format!("[[policy]]\nuse = {}\n", toml_value(&Value::from(file)));
    if example.as_object().is_some_and(|members| !members.is_empty()) {
        let _ = writeln!(entry, "params = {}", toml_value(example));
    }
    if !needed.is_empty() {
        let words: Vec<String> = needed.iter().map(|word| format!("\"{word}\"")).collect();
        let _ = writeln!(entry, "grant = {{ interfaces = [{}] }}", words.join(", "));
    }
    entry
}

/// A value as it is written in TOML, on one line.
fn toml_value(value: &Value) -> String {
    match value {
        Value::Null => "(none)".to_owned(),
        Value::Array(elements) => format!("[{}]", elements.iter().map(toml_value).collect::<Vec<_>>().join(", ")),
        Value::Object(members) if members.is_empty() => "{}".to_owned(),
        Value::Object(members) => {
            let bare = |name: &str| {
                !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
            };
            let key = |name: &String| if bare(name) { name.clone() } else { Value::from(name.as_str()).to_string() };
            let all: Vec<String> =
                members.iter().map(|(name, value)| format!("{} = {}", key(name), toml_value(value))).collect();
            format!("{{ {} }}", all.join(", "))
        }
        // JSON's way of quoting is one of TOML's.
        other => other.to_string(),
    }
}

/// Text of a policy on one line of Markdown, in a table too.
fn line(text: &str) -> String {
    let text = portcullis_verdict::plain(text).replace(['\n', '\r'], " ");
    text.replace('|', "\\|").replace('<', "&lt;")
}

fn sentence(text: &str) -> String {
    let text = line(text);
    if text.ends_with(['.', '!', '?']) { text } else { format!("{text}.") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_are_written_as_toml() {
        let value = json!({ "a b": [1, 0.5, true], "c": { "d": "x\"y" }, "e": {} });
        assert_eq!(toml_value(&value), r#"{ "a b" = [1, 0.5, true], c = { d = "x\"y" }, e = {} }"#);
    }

    #[test]
    fn nested_parameters_come_after_what_they_are_in() {
        let schema = json!({
            "required": ["metric"],
            "properties": {
                "metric": { "type": "string", "format": "metric", "description": "Which|one" },
                "bounds": { "type": "array", "items": { "$ref": "#/$defs/b" } },
                "mode": { "enum": ["a", "b"], "default": "a" },
            },
            "$defs": { "b": { "type": "object", "properties": { "min": { "type": "number", "minimum": 0 } } } },
        });
        let mut page = String::new();
        rows(&mut page, "", &schema, &schema, 0);
        assert!(page.contains("| `metric` | metric's name | (required) | Which\\|one |"), "{page}");
        assert!(page.contains("| `bounds[].min` | number, ≥ 0 | (none) |  |"), "{page}");
        assert!(page.contains("| `mode` | `\"a\"`, `\"b\"` | `\"a\"` |"), "{page}");
    }
}
