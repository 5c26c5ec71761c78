//! Builds the guests of `tests/hostile/`.

use std::fs;
use std::path::Path;

use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

/// The fields that stand before every guest that is only a `judge`.
const SHARED: &str = "abi.wat";

/// The world that these guests are built for.
const WORLD: &str = "gate-policy";

/// Builds every `NAME.wat` of a folder into `NAME.wasm` of another.
pub fn build(repository: &Path, to: &Path) {
    let from = repository.join("tests/hostile");
    let shared = fs::read_to_string(from.join(SHARED)).expect("the shared fields");
    let mut files: Vec<_> = fs::read_dir(&from).expect("tests/hostile").flatten().map(|entry| entry.path()).collect();
    files.sort();
    for file in files {
        let Some(name) = file.file_stem().filter(|_| file.extension().is_some_and(|ending| ending == "wat")) else {
            continue;
        };
        if file.ends_with(SHARED) {
            continue;
        }
        let text = fs::read_to_string(&file).expect("text");
        let whole = text.lines().any(|line| line.starts_with("(module") || line.starts_with("(component"));
        let bytes = if whole {
            wat::parse_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
        } else {
            let module = wat::parse_str(format!("(module\n{shared}\n{text})"))
                .unwrap_or_else(|error| panic!("{} behind {SHARED}: {error}", file.display()));
            component(repository, module)
        };
        fs::write(to.join(name).with_extension("wasm"), bytes).expect("room for the guests");
    }
}

/// Turns a core module into a component.
fn component(repository: &Path, mut module: Vec<u8>) -> Vec<u8> {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(repository.join("wit/0.1.0")).expect("the contract");
    let world = resolve.select_world(&[package], Some(WORLD)).expect("a world of the contract");
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).expect("metadata");
    ComponentEncoder::default().module(&module).and_then(ComponentEncoder::encode).expect("a component")
}
