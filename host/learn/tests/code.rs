//! The digest of the code that trains.

#![allow(clippy::unwrap_used)] // a helper of a test may panic as the test may

#[path = "../build/digest.rs"]
mod digest;

use std::fs;
use std::path::Path;

const LOCK: &str = r#"version = 4

[[package]]
name = "apart"
version = "1.0.0"
source = "registry"
checksum = "aa"

[[package]]
name = "linfa"
version = "0.8.1"
source = "registry"
checksum = "bb"
dependencies = [
 "rand 0.9.2",
]

[[package]]
name = "portcullis-data"
version = "0.1.0"

[[package]]
name = "portcullis-learn"
version = "0.1.0"
dependencies = [
 "linfa",
 "portcullis-data",
]

[[package]]
name = "rand"
version = "0.8.5"
source = "registry"
checksum = "cc"

[[package]]
name = "rand"
version = "0.9.2"
source = "registry"
checksum = "dd"
"#;

/// A workspace of two crates in a folder of its own.
fn workspace(change: impl Fn(&str, &str) -> String) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [
        ("Cargo.lock", LOCK),
        ("host/learn/Cargo.toml", "[package]"),
        ("host/learn/src/lib.rs", "mod trees;\n"),
        ("host/learn/src/trees/mod.rs", "// grow\n"),
        ("host/learn/src/notes.txt", "no code"),
        ("host/data/Cargo.toml", "[package]"),
        ("host/data/src/lib.rs", "// read\n"),
        ("host/other/src/lib.rs", "// not used\n"),
    ] {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, change(name, text)).unwrap();
    }
    let sha256 = digest::of(&folder.path().join("host"), &folder.path().join("Cargo.lock")).unwrap().sha256;
    (folder, sha256)
}

#[test]
fn it_is_the_codes_and_not_the_machines() {
    let (first, plain) = workspace(|_, text| text.to_owned());
    let (second, again) = workspace(|_, text| text.replace('\n', if text.contains("[[") { "\n" } else { "\r\n" }));
    assert_ne!(first.path(), second.path());
    assert_eq!(plain, again, "another folder, other line ends");
    let changed = |file: &str, this: &str, with: &str| {
        let change = |name: &str, text: &str| if name == file { text.replace(this, with) } else { text.to_owned() };
        workspace(change).1 != plain
    };
    for (file, this, with) in [
        ("host/learn/src/trees/mod.rs", "grow", "grow otherwise"),
        ("host/data/src/lib.rs", "read", "read otherwise"),
        ("host/data/Cargo.toml", "[package]", "[package] # with other features"),
        ("Cargo.lock", "0.8.1", "0.8.2"),
        ("Cargo.lock", "\"dd\"", "\"ee\""),
    ] {
        assert!(changed(file, this, with), "{file}: {this}");
    }
    for (file, this, with) in [
        ("Cargo.lock", "\"aa\"", "\"ee\""),
        ("Cargo.lock", "\"cc\"", "\"ee\""),
        ("host/other/src/lib.rs", "not", "never"),
        ("host/learn/src/notes.txt", "no", "still no"),
    ] {
        assert!(!changed(file, this, with), "{file}: {this}");
    }
}

#[test]
fn this_build_tells_the_digest_of_this_checkout() {
    let host = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let code = digest::of(&host, &host.join("../Cargo.lock")).unwrap();
    assert_eq!(portcullis_learn::CODE_SHA256, Some(code.sha256.as_str()));
    let names: Vec<String> = code.files.iter().map(|file| file.to_string_lossy().into_owned()).collect();
    assert!(code.folders.iter().any(|folder| folder.ends_with("learn/src/trees/statistic")));
    for file in ["learn/src/trees/grow.rs", "data/src/split.rs", "stats/src/rng.rs"] {
        assert!(names.iter().any(|name| name.ends_with(file)), "{file}");
    }
}
