//! JSON Schema of the configuration file, for editors: from the table of keys, and the words of its documentation.

use serde_json::{Map, Value, json};

use crate::keys::{ENTRY_SECTIONS, Form, Key, SECTIONS, open};

/// Where each key's meaning stands.
const DOCUMENTATION: &str = include_str!("../../../docs/configuration.md");

/// The parameters of one policy of a project.
#[derive(Debug, Clone, PartialEq)]
pub struct PolicySchema {
    /// The paths by which `use` may name it.
    pub files: Vec<String>,
    /// JSON Schema of its parameters.
    pub parameters: Value,
}

/// The hyperparameters of one family of models.
#[derive(Debug, Clone, PartialEq)]
pub struct FamilySchema {
    /// Its name in `[model]`.
    pub name: &'static str,
    /// JSON Schema of each key.
    pub keys: Vec<(&'static str, Value)>,
}

/// The schema of `portcullis.toml`: draft 2020-12. `[model]` takes the hyperparameters of its family, and no others. The
/// parameters of these policies are held against the policies' own schemas, those of others may be anything.
pub fn schema(families: &[FamilySchema], policies: &[PolicySchema]) -> Value {
    let mut properties = Map::new();
    for section in SECTIONS {
        let heading = format!("## `[{}]`", section.name);
        let mut object = table(section.keys, &heading);
        if open(section.name) {
            object["additionalProperties"] = json!(true);
        }
        properties.insert(section.name.to_owned(), object);
    }
    let mut definitions = Map::new();
    let mut entry = json!({});
    for section in ENTRY_SECTIONS {
        match section.name.strip_prefix("policy.") {
            None => entry = table(section.keys, "## `[[policy]]`"),
            Some("grant") => entry["properties"]["grant"] = table(section.keys, "### `grant`"),
            Some(name) => entry["properties"][name] = table(section.keys, "## `[limits]`"),
        }
    }
    entry["required"] = json!(["use"]);
    entry["properties"]["mode"]["enum"] = json!(["enforce", "warn"]);
    let mut choices = Vec::new();
    for (place, policy) in policies.iter().enumerate() {
        let name = format!("parameters-{}", place + 1);
        let mut parameters = policy.parameters.clone();
        rebase(&mut parameters, &name);
        definitions.insert(name.clone(), parameters);
        choices.push(json!({
            "if": { "required": ["use"], "properties": { "use": { "enum": policy.files } } },
            "then": { "properties": { "params": { "$ref": format!("#/$defs/{name}") } } },
        }));
    }
    if !choices.is_empty() {
        entry["allOf"] = Value::from(choices);
    }
    properties.insert("policy".to_owned(), json!({ "type": "array", "items": entry }));
    if let Some(model) = properties.get_mut("model").filter(|_| !families.is_empty()) {
        hyperparameters(model, families);
    }
    if let Some(task) = properties.get_mut("model").and_then(|model| model.pointer_mut("/properties/task")) {
        task["enum"] = json!(["binary", "multiclass", "regression", "classification"]);
    }
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "portcullis.toml",
        "type": "object",
        "additionalProperties": false,
        "properties": properties,
    });
    if !definitions.is_empty() {
        schema["$defs"] = Value::from(definitions);
    }
    schema
}

/// Makes the family of a `[model]` decide what other keys it takes.
fn hyperparameters(model: &mut Value, families: &[FamilySchema]) {
    let own: Vec<String> =
        model["properties"].as_object().map(|keys| keys.keys().cloned().collect()).unwrap_or_default();
    let choice = |family: &FamilySchema| {
        let keys: Map<String, Value> =
            family.keys.iter().map(|(key, schema)| ((*key).to_owned(), schema.clone())).collect();
        let names: Vec<&str> = own.iter().map(String::as_str).chain(family.keys.iter().map(|(key, _)| *key)).collect();
        json!({
            "if": { "required": ["family"], "properties": { "family": { "const": family.name } } },
            "then": { "properties": keys, "propertyNames": { "enum": names } },
        })
    };
    model["properties"]["family"]["enum"] = families.iter().map(|family| family.name).collect();
    model["allOf"] = families.iter().map(choice).collect();
}

/// The schema of a table with these keys, whose meanings stand under a heading.
fn table(keys: &[Key], heading: &str) -> Value {
    let properties: Map<String, Value> = keys
        .iter()
        .map(|key| {
            let mut schema = form(key.form);
            if let Some(meaning) = meaning(heading, key.name) {
                schema["description"] = Value::from(meaning);
            }
            // A default in parentheses tells what happens, and is no value.
            let default = format!("default = {}", key.default).parse::<toml::Table>().ok();
            if let Some(default) = default.and_then(|table| serde_json::to_value(table.get("default")?).ok()) {
                schema["default"] = default;
            }
            (key.name.to_owned(), schema)
        })
        .collect();
    json!({ "type": "object", "additionalProperties": false, "properties": properties })
}

fn form(form: Form) -> Value {
    let texts = json!({ "type": "array", "items": { "type": "string" } });
    match form {
        Form::Text => json!({ "type": "string" }),
        Form::Scalar => json!({ "type": ["string", "number", "boolean"] }),
        Form::TextOrList => json!({ "anyOf": [{ "type": "string" }, texts] }),
        Form::List => texts,
        Form::Table => json!({ "type": "object", "additionalProperties": { "type": "string" } }),
        Form::ShareOrPath => {
            json!({ "anyOf": [{ "type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1 }, { "type": "string" }] })
        }
        Form::Number => json!({ "type": "number" }),
        Form::Whole => json!({ "type": "integer", "minimum": 0 }),
        Form::Boolean => json!({ "type": "boolean" }),
        Form::Slices => json!({ "type": "array", "items": { "anyOf": [{ "type": "string" }, texts] } }),
        Form::Duration => json!({ "type": "string", "pattern": "^\\s*([0-9.]+\\s*[a-zµ]+\\s*)+$" }),
        Form::Size => json!({ "anyOf": [{ "type": "integer", "minimum": 0 }, { "type": "string" }] }),
        Form::Free => json!({ "type": "object" }),
    }
}

/// A key's meaning: the last column of its row in the first table under the heading.
fn meaning(heading: &str, key: &str) -> Option<String> {
    let (_, section) = DOCUMENTATION.split_once(&format!("\n{heading}\n"))?;
    let row = section.lines().take_while(|line| !line.starts_with("## ")).find(|line| {
        line.strip_prefix("| `").and_then(|rest| rest.strip_prefix(key)).is_some_and(|rest| rest.starts_with('`'))
    })?;
    let text = row.trim_end().strip_suffix('|')?.rsplit(" | ").next()?.trim();
    (!text.is_empty()).then(|| text.replace("\\|", "|"))
}

/// Makes references within a schema hold where it now stands.
fn rebase(schema: &mut Value, name: &str) {
    match schema {
        Value::Object(members) => {
            members.retain(|key, _| key != "$schema" && key != "$id");
            for (key, member) in members {
                match member {
                    Value::String(target) if key == "$ref" && target.starts_with('#') => {
                        *target = format!("#/$defs/{name}{}", target.trim_start_matches('#'));
                    }
                    other => rebase(other, name),
                }
            }
        }
        Value::Array(elements) => elements.iter_mut().for_each(|element| rebase(element, name)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_has_its_type_and_its_meaning() {
        let schema = schema(&[], &[]);
        for section in SECTIONS {
            for key in section.keys {
                let place = format!("/properties/{}/properties/{}", section.name, key.name);
                let key = schema.pointer(&place).unwrap_or_else(|| panic!("{place}"));
                assert!(key.get("description").is_some_and(|text| text.as_str().unwrap().len() > 10), "{place}: {key}");
            }
        }
        assert_eq!(schema.pointer("/properties/split/properties/seed/default"), Some(&json!(42)));
        assert_eq!(schema.pointer("/properties/data/properties/target/default"), None);
        let entry = schema.pointer("/properties/policy/items/properties").unwrap();
        assert!(entry.pointer("/grant/properties/columns/description").is_some());
        assert_eq!(entry.pointer("/limits/properties/time/default"), Some(&json!("60s")));
        assert_eq!(entry.pointer("/mode/enum"), Some(&json!(["enforce", "warn"])));
    }

    #[test]
    fn a_family_takes_its_own_hyperparameters_and_the_keys_of_every_model() {
        let trees = vec![("trees", json!({ "type": "integer", "default": 100 }))];
        let schema = schema(&[FamilySchema { name: "random-forest", keys: trees }], &[]);
        let model = schema.pointer("/properties/model").unwrap();
        assert_eq!(model.pointer("/properties/family/enum"), Some(&json!(["random-forest"])));
        assert_eq!(model.pointer("/allOf/0/then/properties/trees/default"), Some(&json!(100)));
        let names = model.pointer("/allOf/0/then/propertyNames/enum").unwrap().as_array().unwrap();
        assert!(
            names.contains(&json!("trees")) && names.contains(&json!("champion")) && !names.contains(&json!("tree"))
        );
    }

    #[test]
    fn a_policys_parameters_are_its_own_wherever_its_references_stood() {
        let parameters = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "properties": { "a": { "$ref": "#/$defs/b" }, "c": { "$ref": "#" } },
            "$defs": { "b": { "type": "number" } },
        });
        let schema = schema(&[], &[PolicySchema { files: vec!["policies/x.wasm".to_owned()], parameters }]);
        let own = schema.pointer("/$defs/parameters-1").unwrap();
        assert_eq!(own.pointer("/properties/a/$ref"), Some(&json!("#/$defs/parameters-1/$defs/b")));
        assert_eq!(own.pointer("/properties/c/$ref"), Some(&json!("#/$defs/parameters-1")));
        assert_eq!(own.get("$schema"), None);
        let choice = schema.pointer("/properties/policy/items/allOf/0").unwrap();
        assert_eq!(choice.pointer("/if/properties/use/enum"), Some(&json!(["policies/x.wasm"])));
    }
}
