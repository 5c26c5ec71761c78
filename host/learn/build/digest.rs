//! The digest of the code that trains: the same for the same source, whatever the machine or the folder.
//!
//! It is taken over the sources of this crate and of the workspace's crates that it uses, with their manifests, and over
//! name, version and checksum of every package that these use, as `Cargo.lock` pins them. Not part of it: the compiler, its
//! flags, the kind of processor.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// The package that the digest is about.
const PACKAGE: &str = "portcullis-learn";
/// How the packages of the workspace are called before the name of their folder.
const PREFIX: &str = "portcullis-";

/// The code.
pub struct Code {
    /// In hexadecimal.
    pub sha256: String,
    /// The files that went in.
    pub files: Vec<PathBuf>,
    /// The folders they were found in: a new file there goes in too.
    pub folders: Vec<PathBuf>,
}

/// Digests the code below `host`, the folder of the crates, with what `lock` pins.
///
/// # Errors
/// A file that cannot be read, or a lock file that does not name the package.
pub fn of(host: &Path, lock: &Path) -> io::Result<Code> {
    let packages = used(&fs::read_to_string(lock)?)?;
    let mut code = Code { sha256: String::new(), files: Vec::new(), folders: Vec::new() };
    let mut hasher = Sha256::new();
    for package in packages {
        hasher.update(format!("package {} {} {}\n", package.name, package.version, package.checksum));
        // What has no source is a crate of the workspace.
        let Some(folder) = package.name.strip_prefix(PREFIX).filter(|_| !package.foreign) else { continue };
        let folder = host.join(folder);
        let mut files = vec![folder.join("Cargo.toml")];
        sources(&folder.join("src"), &mut files, &mut code.folders)?;
        files.sort();
        for file in files {
            let name = file.strip_prefix(host).unwrap_or(&file).to_string_lossy().replace('\\', "/");
            // A checkout may have other line ends.
            let text = fs::read_to_string(&file)?.replace("\r\n", "\n");
            hasher.update(format!("file {name} {}\n{text}", text.len()));
            code.files.push(file);
        }
    }
    for byte in hasher.finalize() {
        write!(code.sha256, "{byte:02x}").map_err(io::Error::other)?;
    }
    Ok(code)
}

/// The `.rs` files below a folder.
fn sources(folder: &Path, files: &mut Vec<PathBuf>, folders: &mut Vec<PathBuf>) -> io::Result<()> {
    folders.push(folder.to_owned());
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            sources(&path, files, folders)?;
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
    Ok(())
}

/// A package of the lock file.
#[derive(Debug, Default, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Package {
    name: String,
    version: String,
    checksum: String,
    /// Whether it comes from elsewhere.
    foreign: bool,
    /// As the lock file writes them: `NAME`, or `NAME VERSION` where there are several.
    dependencies: Vec<String>,
}

/// The package and all that it uses, directly or not, sorted.
fn used(lock: &str) -> io::Result<BTreeSet<Package>> {
    let mut by_name: BTreeMap<String, Vec<Package>> = BTreeMap::new();
    for block in lock.split("[[package]]").skip(1) {
        let package = parsed(block);
        by_name.entry(package.name.clone()).or_default().push(package);
    }
    let (mut found, mut open) = (BTreeSet::new(), vec![PACKAGE.to_owned()]);
    while let Some(wanted) = open.pop() {
        let mut words = wanted.split(' ');
        let (name, version) = (words.next().unwrap_or_default(), words.next());
        let candidates = by_name.get(name).map(Vec::as_slice).unwrap_or_default();
        let package = candidates.iter().find(|package| version.is_none_or(|version| package.version == version));
        let package = package.ok_or_else(|| io::Error::other(format!("Cargo.lock has no package {wanted}")))?;
        if found.insert(package.clone()) {
            open.extend(package.dependencies.iter().cloned());
        }
    }
    Ok(found)
}

fn parsed(block: &str) -> Package {
    let mut package = Package::default();
    let mut listing = false;
    for line in block.lines() {
        let text = |line: &str| line.trim().trim_matches([',', '"']).to_owned();
        match line.split_once(" = ") {
            Some(("name", value)) => package.name = text(value),
            Some(("version", value)) => package.version = text(value),
            Some(("checksum", value)) => package.checksum = text(value),
            Some(("source", _)) => package.foreign = true,
            Some(("dependencies", _)) => listing = true,
            _ if line == "]" => listing = false,
            _ if listing => package.dependencies.push(text(line)),
            _ => {}
        }
    }
    package
}
