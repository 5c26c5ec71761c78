//! Documents that follow from the policies: the table of parameters in each README, `docs/policies.md` and
//! `policies/README.md`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use anyhow::{Context, bail};
use serde_json::Value;

use crate::build::Policy;

const TABLE: &str = "<!-- parameters -->\n";
const TABLE_END: &str = "<!-- end of parameters -->";

/// `policies/README.md`: what stands there, a line for each.
pub fn list(policies: &[Policy]) -> String {
    let mut text = String::from(
        "# The stock policies\n\nBuilt from `plugins/` by `cargo xtask policies`, which also writes this page; \
         [docs/policies.md](../docs/policies.md) says what each takes.\n\
         `portcullis.lock` pins each by its digest.\n\n",
    );
    for policy in policies {
        let _ = writeln!(text, "- [`{0}.wasm`](../plugins/{0}/README.md): {1}.", policy.name, policy.summary);
    }
    text
}

/// `docs/policies.md`: every README, one heading lower.
pub fn reference(policies: &[(&Policy, String)]) -> String {
    let mut text = String::from(
        "# The stock policies\n\nWritten by `cargo xtask policies` from the README and `parameters.json` of each folder \
         in `plugins/`: change those.\n\nA policy runs with its default parameters where it lies in `policies/` and no \
         `[[policy]]` names it. Parameters are\nvalidated before anything runs; a misspelt one is an error. A finding of \
         severity error fails the policy; an inconclusive\njudgement blocks as a failure does; `mode = \"warn\"` only \
         reports either.\n\n",
    );
    for (policy, _) in policies {
        let _ = writeln!(text, "- [`{0}`](#{0}): {1}.", policy.name, policy.summary);
    }
    for (_, readme) in policies {
        text.push('\n');
        let mut code = false;
        for line in readme.lines().filter(|line| *line != TABLE.trim_end() && *line != TABLE_END) {
            code ^= line.starts_with("```");
            let _ = writeln!(text, "{}{line}", if !code && line.starts_with('#') { "#" } else { "" });
        }
    }
    text
}

/// A policy's README with the table of its parameters made anew.
pub fn readme(policy: &Policy) -> anyhow::Result<String> {
    let path = policy.folder.join("README.md");
    let text = fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))?;
    let schema = fs::read(policy.folder.join("parameters.json"))
        .with_context(|| format!("{} has no parameters.json", policy.folder.display()))?;
    let schema: Value =
        serde_json::from_slice(&schema).with_context(|| format!("parameters.json of {} is not JSON", policy.name))?;
    let Some((before, rest)) = text.split_once(TABLE) else { bail!("{} lacks {}", path.display(), TABLE.trim_end()) };
    let Some((_, after)) = rest.split_once(TABLE_END) else { bail!("{} lacks {TABLE_END}", path.display()) };
    Ok(format!("{before}{TABLE}{}{TABLE_END}{after}", table(&schema)))
}

fn table(schema: &Value) -> String {
    let mut text = String::from("| parameter | type | default | |\n|---|---|---|---|\n");
    rows(schema, "", &mut text);
    text
}

/// A row for each property, and below it for those of the objects that it holds.
fn rows(schema: &Value, prefix: &str, text: &mut String) {
    // Sorted here, because whether the map keeps the file's order depends on features that others switch on.
    let properties: BTreeMap<&String, &Value> = schema["properties"].as_object().into_iter().flatten().collect();
    for (name, property) in properties {
        let required = schema["required"].as_array().is_some_and(|required| required.iter().any(|other| other == name));
        let default = match property.get("default") {
            Some(default) => format!("`{default}`"),
            None if required => "required".to_owned(),
            None => String::new(),
        };
        let description = property["description"].as_str().unwrap_or_default().replace('|', "\\|");
        let path = format!("{prefix}{name}");
        let _ = writeln!(text, "| `{path}` | {} | {default} | {description} |", kind(property));
        rows(property, &format!("{path}."), text);
        rows(&property["items"], &format!("{path}[]."), text);
        rows(&property["additionalProperties"], &format!("{path}.NAME."), text);
    }
}

/// The type in words.
fn kind(property: &Value) -> String {
    if let Some(values) = property["enum"].as_array() {
        return values.iter().map(|value| format!("`{value}`")).collect::<Vec<_>>().join(", ");
    }
    if let Some(options) = property["anyOf"].as_array().filter(|_| property.get("type").is_none()) {
        return options.iter().map(kind).collect::<Vec<_>>().join(" or ");
    }
    match (&property["type"], &property["items"], &property["additionalProperties"]) {
        (Value::String(kind), items @ Value::Object(_), _) if kind == "array" => {
            format!("list of: {}", self::kind(items))
        }
        (Value::String(kind), _, values @ Value::Object(_)) if kind == "object" => {
            format!("table of: {}", self::kind(values))
        }
        (Value::String(kind), _, _) if kind == "object" => "table".to_owned(),
        (Value::String(kind), _, _) => kind.clone(),
        (Value::Array(kinds), _, _) => kinds.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" or "),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nested_parameters_have_rows_of_their_own() {
        let schema = json!({"required": ["bounds"], "properties": {
            "bounds": {"type": "array", "description": "All.", "items": {
                "type": "object", "properties": {"min": {"type": "number", "description": "Least."}}}},
            "mode": {"enum": ["a", "b"], "default": "a", "description": "Which."},
        }});
        let rows: Vec<String> = table(&schema).lines().skip(2).map(str::to_owned).collect();
        assert_eq!(
            rows,
            [
                "| `bounds` | list of: table | required | All. |",
                "| `bounds[].min` | number |  | Least. |",
                "| `mode` | `\"a\"`, `\"b\"` | `\"a\"` | Which. |",
            ]
        );
    }

    #[test]
    fn the_reference_lowers_headings_but_not_comments_in_code() {
        let policy = Policy { name: "p".into(), summary: "S".into(), module: "m".into(), folder: "f".into() };
        let text = reference(&[(&policy, "# p\n\n```toml\n# why\n```\n## Example\n".into())]);
        assert!(text.contains("\n## p\n\n```toml\n# why\n```\n### Example\n"), "{text}");
    }
}
