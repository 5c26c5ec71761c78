//! Builds the guests of `tests/hostile/` and `tests/guests/`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

use crate::bombs;

/// The fields that stand before every guest that is only a `judge`.
const SHARED: &str = "abi.wat";

/// Worlds beside those of the contract.
const WORLDS: &str = "worlds.wit";

/// The world that these guests are built for, unless one says `;; world: …`.
const WORLD: &str = "gate-policy";

/// The function that the shared fields have, unless a guest has its own.
const DESCRIBE: &str = "#describe\"";

/// Guests in Rust, by the folder and the target for which they are built.
const CRATES: &[(&str, &str)] =
    &[("wasi", "wasm32-wasip2"), ("sdk", "wasm32-unknown-unknown"), ("sql", "wasm32-unknown-unknown")];

/// Builds the guest of a name: a `.wat` of `tests/hostile/`, or one that is too large to be written down.
pub fn build(repository: &Path, name: &str) -> Vec<u8> {
    let from = repository.join("tests/hostile");
    let shared = fs::read_to_string(from.join(SHARED)).expect("the shared fields");
    if let Some(bomb) = bombs::find(name) {
        return match bomb {
            bombs::Bomb::Fields(fields) => component(repository, &behind(&shared, &fields), ""),
            bombs::Bomb::Component(bytes) => bytes,
            bombs::Bomb::Around(inner, wrap) => wrap(build(repository, inner)),
        };
    }
    let file = from.join(name).with_extension("wat");
    let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("no guest {name}: {error}"));
    if text.lines().any(|line| line.starts_with("(module") || line.starts_with("(component")) {
        return wat::parse_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    }
    component(repository, &behind(&shared, &text), &text)
}

/// A core module of the shared fields and a guest's own. Imports come first, because a module must have them there.
fn behind(shared: &str, own: &str) -> String {
    let (imports, own): (Vec<&str>, Vec<&str>) = own.lines().partition(|line| line.starts_with("(import"));
    let own = own.join("\n");
    let shared: Vec<&str> =
        shared.lines().filter(|line| !(line.contains(DESCRIBE) && own.contains(DESCRIBE))).collect();
    format!("(module\n{}\n{}\n{own})", imports.join("\n"), shared.join("\n"))
}

/// Turns the text of a core module into a component, as the guest's own text says.
fn component(repository: &Path, module: &str, says: &str) -> Vec<u8> {
    let said =
        |word: &str| says.lines().find_map(|line| line.strip_prefix(";; ")?.strip_prefix(word)?.strip_prefix(": "));
    let mut module = wat::parse_str(module).unwrap_or_else(|error| panic!("{error}"));
    let mut resolve = Resolve::default();
    let (mut package, _) = resolve.push_dir(repository.join("wit/0.1.0")).expect("the contract");
    let world = said("world").unwrap_or(WORLD);
    if world != WORLD {
        package = resolve.push_file(repository.join("tests/hostile").join(WORLDS)).expect("worlds of hostile guests");
    }
    let world = resolve.select_world(&[package], Some(world)).expect("a world of the contract");
    let encoding = if said("encoding") == Some("utf16") { StringEncoding::UTF16 } else { StringEncoding::UTF8 };
    embed_component_metadata(&mut module, &resolve, world, encoding).expect("metadata");
    encode(&module)
}

fn encode(module: &[u8]) -> Vec<u8> {
    ComponentEncoder::default().module(module).and_then(ComponentEncoder::encode).expect("a component")
}

/// Compiles the guests that are written in Rust into a folder.
pub fn compile(repository: &Path, to: &Path) {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("guests");
    for (name, triple) in CRATES {
        let built = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--locked", "--release", "--target", triple, "--target-dir"])
            .arg(&target)
            .arg("--manifest-path")
            .arg(repository.join("tests/guests").join(name).join("Cargo.toml"))
            .status()
            .expect("cargo");
        assert!(built.success(), "the guest {name} does not build; is the target there? rustup target add {triple}");
        let built: PathBuf = target.join(triple).join("release").join(format!("{name}_guest.wasm"));
        let bytes = fs::read(&built).unwrap_or_else(|error| panic!("{}: {error}", built.display()));
        let bytes = if *triple == "wasm32-wasip2" { bytes } else { encode(&bytes) };
        fs::write(to.join(name).with_extension("wasm"), bytes).expect("room for the guests");
    }
}
