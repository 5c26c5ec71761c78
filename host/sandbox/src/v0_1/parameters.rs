//! `portcullis:policy/parameters` and `portcullis:policy/log`.

use portcullis_verdict::FailureKind;
use serde_json::Value;

use super::bindings::portcullis::policy::{log, parameters, types};
use crate::failure::Exceeded;
use crate::state::State;

impl types::Host for State {}

impl State {
    /// The value under a key or a JSON Pointer; absent and null are none.
    fn parameter(&self, key: &str) -> Option<&Value> {
        let value = match key {
            "" => Some(&self.parameters),
            pointer if pointer.starts_with('/') => self.parameters.pointer(pointer),
            name => self.parameters.get(name),
        };
        value.filter(|value| !value.is_null())
    }

    /// The value under a key as a type; another type ends the policy.
    fn typed<T>(&mut self, key: &str, as_type: &Type<T>) -> wasmtime::Result<Option<T>> {
        let Some(value) = self.parameter(key) else {
            self.charge(key.len())?;
            return Ok(None);
        };
        let read = (as_type.read)(value).ok_or_else(|| {
            defect(&format!("it asks for its parameter `{key}` as {}, but it is {value}", as_type.name))
        })?;
        self.charge(key.len() + (as_type.bytes)(&read))?;
        Ok(Some(read))
    }

    /// The same where the policy says that there is one: none ends the policy too.
    fn present<T>(&mut self, key: &str, as_type: &Type<T>) -> wasmtime::Result<T> {
        let absent = format!(
            "it counts on its parameter `{key}`, which is absent, and its schema neither requires it nor has a default \
             for it"
        );
        self.typed(key, as_type)?.ok_or_else(|| defect(&absent).into())
    }
}

fn defect(what: &str) -> Exceeded {
    Exceeded { kind: FailureKind::PolicyError, message: format!("{what}; a defect of the policy") }
}

/// A type that a parameter may have.
struct Type<T> {
    /// As messages call it.
    name: &'static str,
    /// None where the value is of another type.
    read: fn(&Value) -> Option<T>,
    /// What it is charged as.
    bytes: fn(&T) -> usize,
}

const BOOLEAN: Type<bool> = Type { name: "a boolean", read: Value::as_bool, bytes: |_| 1 };
const NUMBER: Type<f64> = Type { name: "a number", read: Value::as_f64, bytes: |_| 8 };
const TEXT: Type<String> = Type { name: "text", read: text, bytes: String::len };
const NUMBERS: Type<Vec<f64>> = Type {
    name: "a list of numbers",
    read: |value| value.as_array()?.iter().map(Value::as_f64).collect(),
    bytes: |list| list.len() * 8,
};
const TEXTS: Type<Vec<String>> = Type {
    name: "a list of texts",
    read: |value| value.as_array()?.iter().map(text).collect(),
    bytes: |list| list.iter().map(|text| text.len() + 8).sum(),
};
const NAMES: Type<Vec<String>> =
    Type { name: "an object", read: |value| Some(value.as_object()?.keys().cloned().collect()), bytes: TEXTS.bytes };

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

impl parameters::Host for State {
    fn boolean(&mut self, key: String) -> wasmtime::Result<bool> {
        self.present(&key, &BOOLEAN)
    }

    fn number(&mut self, key: String) -> wasmtime::Result<f64> {
        self.present(&key, &NUMBER)
    }

    fn text(&mut self, key: String) -> wasmtime::Result<String> {
        self.present(&key, &TEXT)
    }

    fn numbers(&mut self, key: String) -> wasmtime::Result<Vec<f64>> {
        self.present(&key, &NUMBERS)
    }

    fn texts(&mut self, key: String) -> wasmtime::Result<Vec<String>> {
        self.present(&key, &TEXTS)
    }

    fn get_boolean(&mut self, key: String) -> wasmtime::Result<Option<bool>> {
        self.typed(&key, &BOOLEAN)
    }

    fn get_number(&mut self, key: String) -> wasmtime::Result<Option<f64>> {
        self.typed(&key, &NUMBER)
    }

    fn get_text(&mut self, key: String) -> wasmtime::Result<Option<String>> {
        self.typed(&key, &TEXT)
    }

    fn get_numbers(&mut self, key: String) -> wasmtime::Result<Option<Vec<f64>>> {
        self.typed(&key, &NUMBERS)
    }

    fn get_texts(&mut self, key: String) -> wasmtime::Result<Option<Vec<String>>> {
        self.typed(&key, &TEXTS)
    }

    fn names(&mut self, key: String) -> wasmtime::Result<Option<Vec<String>>> {
        self.typed(&key, &NAMES)
    }

    fn json(&mut self) -> wasmtime::Result<String> {
        let text = self.parameters.to_string();
        self.charge(text.len())?;
        Ok(text)
    }
}

impl State {
    fn write(&mut self, level: &str, message: &str) -> wasmtime::Result<()> {
        self.charge(message.len())?;
        if let Ok(mut log) = self.log.lock() {
            log.line(level, message);
        }
        Ok(())
    }
}

impl log::Host for State {
    fn debug(&mut self, message: String) -> wasmtime::Result<()> {
        self.write("debug", &message)
    }

    fn info(&mut self, message: String) -> wasmtime::Result<()> {
        self.write("info", &message)
    }

    fn warn(&mut self, message: String) -> wasmtime::Result<()> {
        self.write("warn", &message)
    }
}
