//! A page about a policy, from what it says of itself.

use std::fmt::Write as _;

use portcullis_sandbox::{ComponentFile, Description};
use serde_json::{Map, Value};

use crate::parameters::{Parameter, parameters};

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
    table(&mut page, &description.parameters);
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

fn table(page: &mut String, schema: &Value) {
    let (parameters, whole) = parameters(schema);
    if parameters.is_empty() {
        let _ = writeln!(page, "It takes none.\n");
        return;
    }
    let _ = writeln!(page, "| parameter | type | default | meaning |\n|---|---|---|---|");
    for Parameter { key, kind, default, required, description } in &parameters {
        let default = match default {
            Some(default) => format!("`{}`", toml_value(default)),
            None if *required => "(required)".to_owned(),
            None => "(none)".to_owned(),
        };
        let _ = writeln!(page, "| `{}` | {} | {} | {} |", line(key), line(kind), line(&default), line(description));
    }
    let rest = if whole { "" } else { "\nThere are more, which `portcullis policy inspect --format json` tells.\n" };
    let _ = writeln!(page, "{rest}");
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
    fn parameters_are_a_table_that_nothing_breaks_out_of() {
        let schema = json!({ "required": ["a"], "properties": {
            "a": { "type": "string", "description": "Which|one <b>" }, "b": { "type": "number", "default": 0.5 },
        } });
        let mut page = String::new();
        table(&mut page, &schema);
        assert!(
            page.contains("| `a` | text | (required) | Which\\|one &lt;b> |\n| `b` | number | `0.5` |  |\n"),
            "{page}"
        );
        let mut none = String::new();
        table(&mut none, &json!({ "type": "object" }));
        assert_eq!(none, "It takes none.\n\n");
    }
}
