//! `portcullis.lock`: which policies were reviewed, so that nothing else runs.
//!
//! The lock pins files: for each policy's file its digest and what it asked for when it was locked. It says nothing of the
//! configuration, so the configurations of one folder share one lock.
//!
//! What a component is and asks for is read elsewhere; this knows only the file, what stands in it, and how two of them
//! differ.

mod difference;
mod file;
mod read;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use portcullis_verdict::{Kind, plain};

pub use difference::{Difference, Found};
pub use file::LockError;

/// The name of the lock file.
pub const LOCK_FILE: &str = "portcullis.lock";

/// The version of its form that this host writes, and the newest that it reads.
pub const LOCK_VERSION: u32 = 1;

/// What a lock says of one policy's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pin {
    /// sha256 of the file, in hexadecimal.
    pub sha256: String,
    /// The contract that it was built against.
    pub contract: String,
    /// The kind of policy.
    pub kind: Kind,
    /// What it asks for, sorted: words that a grant may list, and the WASI packages that it imports.
    pub capabilities: Vec<String>,
}

/// The policies that were reviewed, by file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lock {
    pins: BTreeMap<String, Pin>,
}

impl Lock {
    /// What the lock says of a file, by the name that [`locked_name`] gives it.
    pub fn get(&self, file: &str) -> Option<&Pin> {
        self.pins.get(file)
    }

    /// Pins a file.
    pub fn insert(&mut self, file: String, pin: Pin) {
        self.pins.insert(file, pin);
    }

    /// Every file with its pin, in the order of the files' names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Pin)> {
        self.pins.iter().map(|(file, pin)| (file.as_str(), pin))
    }

    /// Keeps the files for which `keep` says so.
    pub fn retain(&mut self, mut keep: impl FnMut(&str) -> bool) {
        self.pins.retain(|file, _| keep(file));
    }

    /// Files that are in the lock and no longer on disk, in the project's folder `root`.
    pub fn gone(&self, root: &Path) -> Vec<&str> {
        self.pins.keys().map(String::as_str).filter(|file| !root.join(file).is_file()).collect()
    }

    /// The lock as its file holds it: the same for the same policies, whatever their order was.
    pub fn text(&self) -> String {
        let mut text = format!(
            "# The policies of this project as they were reviewed; `portcullis lock` writes this file.\n\
             # A change of `capabilities` is a policy that asks for something else than before: look at it twice.\n\
             version = {LOCK_VERSION}\n"
        );
        for (file, pin) in &self.pins {
            let capabilities: Vec<String> = pin.capabilities.iter().map(|word| quoted(word)).collect();
            let _ = write!(
                text,
                "\n[[policy]]\nfile = {}\nsha256 = {}\ncontract = {}\nkind = {}\ncapabilities = [{}]\n",
                quoted(file),
                quoted(&pin.sha256),
                quoted(&pin.contract),
                quoted(pin.kind.as_str()),
                capabilities.join(", ")
            );
        }
        text
    }
}

/// Text between quotation marks, as TOML reads it back, with nothing in it that a reviewer would not see.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            c if matches!(plain(c.encode_utf8(&mut [0; 4])), Cow::Borrowed(_)) => out.push(c),
            c => {
                let _ = write!(out, "\\U{:08X}", u32::from(c));
            }
        }
    }
    out.push('"');
    out
}

/// What the lock calls a policy's file: relative to the project's folder, with `/`, where it lies inside or was named by
/// a relative path; so it is the same in every clone.
pub fn locked_name(root: &Path, display: &str) -> String {
    let path = Path::new(display);
    let inside = if path.is_absolute() { path.strip_prefix(root).unwrap_or(path) } else { path };
    let tidy: std::path::PathBuf = inside.components().collect();
    let text = tidy.strip_prefix(".").unwrap_or(&tidy).to_string_lossy().into_owned();
    if std::path::MAIN_SEPARATOR == '/' { text } else { text.replace(std::path::MAIN_SEPARATOR, "/") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_one_name_however_it_is_written() {
        let root = Path::new("/p");
        for written in ["policies/a.wasm", "./policies/a.wasm", "policies/./a.wasm", "/p/policies/a.wasm"] {
            assert_eq!(locked_name(root, written), "policies/a.wasm", "{written}");
        }
        assert_eq!(locked_name(root, "../shared/a.wasm"), "../shared/a.wasm");
        assert_eq!(locked_name(root, "/elsewhere/a.wasm"), "/elsewhere/a.wasm");
    }
}
