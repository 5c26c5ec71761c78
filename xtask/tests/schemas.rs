//! What the stock policies document is what their schemas take. Nothing is built: the sources are read as they lie.
#![allow(missing_docs, clippy::unwrap_used, reason = "clippy.toml allows it in test functions, not in what they share")]

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// Folder and schema of each stock policy.
fn policies() -> Vec<(PathBuf, Value)> {
    let plugins = Path::new(env!("CARGO_MANIFEST_DIR")).join("../plugins");
    let mut policies: Vec<(PathBuf, Value)> = fs::read_dir(plugins)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|folder| folder.join("parameters.json").is_file())
        .map(|folder| {
            let schema = serde_json::from_slice(&fs::read(folder.join("parameters.json")).unwrap()).unwrap();
            (folder, schema)
        })
        .collect();
    policies.sort_by(|a, b| a.0.cmp(&b.0));
    assert_eq!(policies.len(), 7, "the seven stock policies");
    policies
}

#[test]
fn every_schema_is_one_and_takes_its_own_examples() {
    for (folder, schema) in policies() {
        assert!(jsonschema::draft202012::meta::is_valid(&schema), "{}", folder.display());
        let validator = jsonschema::validator_for(&schema).unwrap();
        let examples = schema["examples"].as_array().unwrap();
        assert!(!examples.is_empty(), "{}", folder.display());
        for example in examples {
            assert!(validator.is_valid(example), "{}: {example}", folder.display());
            let mut misspelt = example.clone();
            misspelt["misspelt"] = Value::Bool(true);
            assert!(!validator.is_valid(&misspelt), "{}: a misspelt key passes", folder.display());
        }
    }
}

#[test]
fn every_property_has_a_description() {
    fn check(path: &str, schema: &Value) {
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            let path = format!("{path}/{name}");
            let description = property["description"].as_str().unwrap_or_default();
            assert!(description.len() > 5 && description.ends_with(['.', '`']), "{path}: {description}");
            for inner in [property, &property["items"], &property["additionalProperties"]] {
                check(&path, inner);
            }
        }
    }
    for (folder, schema) in policies() {
        assert_eq!(schema["additionalProperties"], Value::Bool(false), "{}", folder.display());
        check(&folder.display().to_string(), &schema);
    }
}

#[test]
fn the_parameters_shown_in_a_readme_are_valid() {
    for (folder, schema) in policies() {
        let validator = jsonschema::validator_for(&schema).unwrap();
        let readme = fs::read_to_string(folder.join("README.md")).unwrap();
        let mut shown = 0;
        for block in readme.split("```toml\n").skip(1) {
            let block = block.split("```").next().unwrap();
            let configuration: toml::Table = block.parse().unwrap();
            for policy in configuration["policy"].as_array().unwrap() {
                let params = serde_json::to_value(&policy["params"]).unwrap();
                assert!(validator.is_valid(&params), "{}: {params}", folder.display());
                shown += 1;
            }
        }
        assert!(shown > 0, "{} shows no example", folder.display());
    }
}
