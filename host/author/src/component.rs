//! From a compiled module to a component.

use std::path::Path;

use wit_bindgen_core::{Files, WorldGenerator};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::{Resolve, WorldId};

use crate::error::AuthorError;
use crate::files;

/// The name by which modules import the WASI of old.
const PREVIEW1: &str = "wasi_snapshot_preview1";

/// How every WebAssembly file begins, and the version that tells a component from a module.
const MAGIC: &[u8] = b"\0asm";
const COMPONENT: &[u8] = &[0x0d, 0x00, 0x01, 0x00];

/// A component of what a toolchain made: itself if it is one, else encoded from a module that carries its world. What the
/// module imports of the WASI of old is answered by an adapter within the component, so that it asks the host for nothing.
pub(crate) fn of(bytes: &[u8]) -> Result<Vec<u8>, String> {
    if !bytes.starts_with(MAGIC) {
        return Err("it is no WebAssembly at all".to_owned());
    }
    if bytes.get(4..8) == Some(COMPONENT) {
        return Ok(bytes.to_vec());
    }
    let encoded = ComponentEncoder::default()
        .validate(true)
        .module(bytes)
        .and_then(|encoder| encoder.adapter(PREVIEW1, &adapter()?))
        .and_then(ComponentEncoder::encode);
    encoded.map_err(|error| {
        format!("the module cannot be made a component: {error:#}; was it built for the world in wit/policy.wit?")
    })
}

/// A module with the world that it was built for, where its toolchain does not write that down.
pub(crate) fn with_world(module: &[u8], folder: &Path) -> Result<Vec<u8>, AuthorError> {
    let (resolve, world) = world(folder)?;
    let mut module = module.to_vec();
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8)
        .map_err(|error| AuthorError::Defect(format!("the world cannot be written into the module: {error:#}")))?;
    Ok(module)
}

/// Writes the sources that a generator makes for the policy's world into a folder.
pub(crate) fn generate(
    mut generator: Box<dyn WorldGenerator>,
    folder: &Path,
    into: &Path,
) -> Result<Vec<String>, AuthorError> {
    let (mut resolve, world) = world(folder)?;
    let mut files = Files::default();
    generator
        .generate(&mut resolve, world, &mut files)
        .map_err(|error| AuthorError::Defect(format!("bindings cannot be made for wit/policy.wit: {error:#}")))?;
    let mut names = Vec::new();
    for (name, bytes) in files.iter() {
        let file = into.join(name);
        let within = file.parent().unwrap_or(into);
        std::fs::create_dir_all(within).map_err(AuthorError::io("cannot make", within))?;
        // What did not change keeps its time, so that compilers need not look at it again.
        if std::fs::read(&file).ok().as_deref() != Some(bytes) {
            std::fs::write(&file, bytes).map_err(AuthorError::io("cannot write", &file))?;
        }
        names.push(name.to_owned());
    }
    Ok(names)
}

/// The contract's interfaces that the world imports or exports, by their full names, and what bindings in C call them: by the
/// interface's own name, and `policy` for what a policy says.
pub(crate) fn short_names(folder: &Path) -> Result<Vec<(String, String)>, AuthorError> {
    let (resolve, world) = world(folder)?;
    let Some(world) = resolve.worlds.get(world) else { return Ok(Vec::new()) };
    let names = world.imports.keys().chain(world.exports.keys()).map(|key| resolve.name_world_key(key));
    let mut short: Vec<(String, String)> = names
        .filter_map(|name| {
            let (package, interface) = name.strip_prefix("portcullis:")?.split_once('@')?.0.split_once('/')?;
            let short = if interface == "types" { package } else { interface };
            let short = short.replace('-', "_");
            Some((name, short))
        })
        .collect();
    short.sort();
    short.dedup();
    Ok(short)
}

/// The world `policy` of the folder's `wit/`.
fn world(folder: &Path) -> Result<(Resolve, WorldId), AuthorError> {
    let wit = folder.join("wit");
    let wrong = |error: String| AuthorError::Manifest { file: wit.clone(), why: error };
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(&wit).map_err(|error| wrong(format!("{error:#}")))?;
    let world = resolve
        .select_world(&[package], Some("policy"))
        .map_err(|error| wrong(format!("{error:#}; policy.wit must hold `world policy`")))?;
    Ok((resolve, world))
}

/// The adapter, which writes to the policy's log what the module prints.
fn adapter() -> anyhow::Result<Vec<u8>> {
    let text = files::file("languages/adapter/preview1.wat").unwrap_or_default();
    let mut module = wat::parse_bytes(text)?.into_owned();
    let mut resolve = Resolve::default();
    for (path, bytes) in files::within("wit") {
        if path == "policy.wit" {
            continue;
        }
        resolve.push_str(path, std::str::from_utf8(bytes)?)?;
    }
    let contract = files::file("wit/policy.wit").unwrap_or_default();
    resolve.push_str("policy.wit", std::str::from_utf8(contract)?)?;
    let world = files::file("languages/adapter/preview1.wit").unwrap_or_default();
    let package = resolve.push_str("preview1.wit", std::str::from_utf8(world)?)?;
    let world = resolve.select_world(&[package], Some("preview1"))?;
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8)?;
    Ok(module)
}
