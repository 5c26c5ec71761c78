//! What a component was made with: the `producers` sections of it and of all that lies inside of it. Nobody checks what
//! they say.

use std::collections::BTreeSet;

use wasmparser::{BinaryReader, KnownCustom, Parser, Payload, ProducersSectionReader};

/// Entries that are kept.
const MOST: usize = 100;

/// A tool that had a part in making a component, by its own word.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Producer {
    /// Which part: `language`, `processed-by` or `sdk`, or another word.
    pub field: String,
    /// The tool.
    pub name: String,
    /// Its version; often empty.
    pub version: String,
}

/// Every tool that is named, once each, sorted; what cannot be read is passed over.
pub(crate) fn of(bytes: &[u8]) -> Vec<Producer> {
    let mut found = BTreeSet::new();
    for payload in Parser::new(0).parse_all(bytes) {
        let Ok(payload) = payload else { break };
        let Payload::CustomSection(section) = payload else { continue };
        match section.as_known() {
            KnownCustom::Producers(fields) => take(fields, &mut found),
            // wasmparser knows the section in modules; in components it goes by its name alone.
            _ if section.name() == "producers" => {
                if let Ok(fields) = ProducersSectionReader::new(BinaryReader::new(section.data(), 0)) {
                    take(fields, &mut found);
                }
            }
            _ => {}
        }
        if found.len() >= MOST {
            break;
        }
    }
    found.into_iter().collect()
}

fn take(fields: ProducersSectionReader<'_>, found: &mut BTreeSet<Producer>) {
    for field in fields.into_iter().map_while(Result::ok) {
        for value in field.values.into_iter().map_while(Result::ok) {
            if found.len() >= MOST {
                return;
            }
            found.insert(Producer {
                field: field.name.to_owned(),
                name: value.name.to_owned(),
                version: value.version.to_owned(),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        let tools = of(&wat::parse_str(text).unwrap());
        tools.into_iter().map(|tool| format!("{} {} {}", tool.field, tool.name, tool.version)).collect()
    }

    #[test]
    fn sections_of_all_nested_modules_are_merged() {
        let component = r#"(component
            (core module (@producers (language "Rust" "") (processed-by "rustc" "1.95.0")))
            (core module (@producers (language "Rust" "") (sdk "ours" "0.1")))
            (@producers (processed-by "wit-component" "0.258")))"#;
        // The text format knows the annotation in core modules only; there it must be understood.
        let found = wat::parse_str(component).map_or_else(|_| vec![], |_| names(component));
        let modules = r#"(component
            (core module (@producers (language "Rust" "") (processed-by "rustc" "1.95.0")))
            (core module (@producers (language "Rust" "") (sdk "ours" "0.1"))))"#;
        assert_eq!(names(modules), ["language Rust ", "processed-by rustc 1.95.0", "sdk ours 0.1"]);
        assert!(found.is_empty() || found.contains(&"processed-by wit-component 0.258".to_owned()), "{found:?}");
    }

    #[test]
    fn a_section_that_is_garbage_is_passed_over() {
        assert_eq!(names(r#"(module (@custom "producers" "\ff\ff\ff\ff\0f"))"#), Vec::<String>::new());
        assert_eq!(of(b"not wasm"), []);
    }
}
