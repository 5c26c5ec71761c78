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

    /// The value under a key as the type that `read` knows; another type ends the policy.
    fn typed<T>(
        &mut self,
        key: &str,
        what: &str,
        read: impl Fn(&Value) -> Option<T>,
        bytes: impl Fn(&T) -> usize,
    ) -> wasmtime::Result<Option<T>> {
        let Some(value) = self.parameter(key) else {
            self.charge(key.len())?;
            return Ok(None);
        };
        let value = read(value).ok_or_else(|| Exceeded {
            kind: FailureKind::PolicyError,
            message: format!("it asks for its parameter `{key}` as {what}, but it is {value}; a defect of the policy"),
        })?;
        self.charge(key.len() + bytes(&value))?;
        Ok(Some(value))
    }
}

fn elements<T>(value: &Value, read: impl Fn(&Value) -> Option<T>) -> Option<Vec<T>> {
    value.as_array()?.iter().map(read).collect()
}

impl parameters::Host for State {
    fn get_boolean(&mut self, key: String) -> wasmtime::Result<Option<bool>> {
        self.typed(&key, "a boolean", Value::as_bool, |_| 1)
    }

    fn get_number(&mut self, key: String) -> wasmtime::Result<Option<f64>> {
        self.typed(&key, "a number", Value::as_f64, |_| 8)
    }

    fn get_text(&mut self, key: String) -> wasmtime::Result<Option<String>> {
        self.typed(&key, "text", |value| value.as_str().map(str::to_owned), String::len)
    }

    fn get_numbers(&mut self, key: String) -> wasmtime::Result<Option<Vec<f64>>> {
        self.typed(&key, "a list of numbers", |value| elements(value, Value::as_f64), |list| list.len() * 8)
    }

    fn get_texts(&mut self, key: String) -> wasmtime::Result<Option<Vec<String>>> {
        let read = |value: &Value| elements(value, |element| element.as_str().map(str::to_owned));
        self.typed(&key, "a list of texts", read, |list| list.iter().map(|text| text.len() + 8).sum())
    }

    fn names(&mut self, key: String) -> wasmtime::Result<Option<Vec<String>>> {
        let read = |value: &Value| Some(value.as_object()?.keys().cloned().collect::<Vec<_>>());
        self.typed(&key, "an object", read, |list| list.iter().map(|name| name.len() + 8).sum())
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
