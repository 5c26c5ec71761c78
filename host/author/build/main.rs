//! Puts what `policy new` writes into the binary: the examples in each language, the SDK for Rust, the contract.

#![allow(clippy::print_stdout, reason = "what a build script prints is for cargo")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// Folders of the repository, and how the table of files calls them.
const FOLDERS: [(&str, &str); 3] = [("plugins/languages", "languages"), ("plugins/sdk", "sdk"), ("wit/0.1.0", "wit")];

/// What building leaves behind in them.
const LEFT_BEHIND: [&str; 6] = ["target", "build", "node_modules", "__pycache__", ".venv", "Cargo.lock"];

fn main() {
    let repository = Path::new(&env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("../..");
    let mut table = String::from("&[\n");
    for (folder, name) in FOLDERS {
        let root = repository.join(folder);
        let mut files = Vec::new();
        gather(&root, &mut files);
        files.sort();
        for file in files {
            let within = file.strip_prefix(&root).expect("it was found there");
            let within = within.to_str().expect("our own files have plain names").replace('\\', "/");
            let file = file.canonicalize().expect("it was found");
            let file = file.to_str().expect("as plain as the rest of its path must be for rustc");
            writeln!(table, "    ({:?}, include_bytes!({file:?})),", format!("{name}/{within}")).expect("a string");
        }
    }
    table.push(']');
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    fs::write(out.join("files.rs"), table).expect("cargo's folder can be written");
    println!("cargo::rerun-if-changed=build");
}

/// The files of a folder and of those in it. A folder is looked at again when something is put into it or taken out.
fn gather(folder: &Path, files: &mut Vec<PathBuf>) {
    println!("cargo::rerun-if-changed={}", folder.display());
    for entry in fs::read_dir(folder).expect("the repository is whole").map(|entry| entry.expect("it is readable")) {
        let name = entry.file_name();
        if LEFT_BEHIND.iter().any(|left| name == *left) {
            continue;
        }
        if entry.path().is_dir() {
            gather(&entry.path(), files);
        } else {
            files.push(entry.path());
        }
    }
}
