//! The published JSON Schema of the run record against the records themselves.

use portcullis_report::{Caller, Format, Style, render};
use portcullis_verdict::RunRecord;
use serde_json::{Value, json};

use crate::records;

fn validator() -> jsonschema::Validator {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../schemas/run-record.schema.json");
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    jsonschema::draft202012::meta::validate(&schema).unwrap();
    jsonschema::draft202012::new(&schema).unwrap()
}

fn written(record: &RunRecord) -> Value {
    serde_json::from_str(&render(Format::Json, record, &Style::default(), &Caller::default())).unwrap()
}

#[test]
fn every_record_is_valid_and_reads_back() {
    let validator = validator();
    for (name, record) in records::all() {
        let json = written(&record);
        let errors: Vec<_> = validator.iter_errors(&json).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{name}: {errors:?}");
        assert_eq!(serde_json::from_value::<RunRecord>(json).unwrap(), record, "{name}");
    }
}

#[test]
fn a_record_that_lacks_or_adds_or_garbles_something_is_not() {
    let validator = validator();
    let whole = written(&records::mixed());
    assert!(validator.is_valid(&whole));
    for field in
        ["schema", "run", "project", "data", "model", "metrics", "slices", "intervals", "policies", "verdict", "timing"]
    {
        let mut lacking = whole.clone();
        lacking.as_object_mut().unwrap().remove(field);
        assert!(!validator.is_valid(&lacking), "without {field}");
    }
    for (pointer, value) in [
        ("/verdict", json!("ok")),
        ("/run/seed", json!(-1)),
        ("/policies/0/verdict", json!("blocked-ish")),
        ("/policies/0/digest", json!("xyz")),
        ("/policies/2/findings/0/severity", json!("fatal")),
        ("/metrics/accuracy", json!("high")),
        ("/data/sources/0/rows", json!(1.5)),
    ] {
        let mut garbled = whole.clone();
        *garbled.pointer_mut(pointer).unwrap() = value;
        assert!(!validator.is_valid(&garbled), "{pointer}");
    }
}

/// A field that the type has and the schema does not know would go unnoticed, because readers must take more fields.
#[test]
fn the_schema_knows_every_field_that_is_written() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../schemas/run-record.schema.json");
    let mut closed: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    close(&mut closed);
    let validator = jsonschema::draft202012::new(&closed).unwrap();
    for (name, record) in records::all() {
        let errors: Vec<_> = validator.iter_errors(&written(&record)).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{name}: {errors:?}");
    }
    let mut more = written(&records::mixed());
    more["policies"][0]["colour"] = json!("red");
    assert!(!validator.is_valid(&more));
}

/// Forbids what is not named in every object that names its properties.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            if object.contains_key("properties") && object.get("type") == Some(&json!("object")) {
                object.entry("additionalProperties").or_insert(json!(false));
            }
            object.values_mut().for_each(close);
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}
