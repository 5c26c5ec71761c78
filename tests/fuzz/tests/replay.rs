//! Every committed input of every fuzz target, once.

use std::path::Path;

use portcullis_oracles::TARGETS;

/// Names of the folders in `fuzz/corpus`, sorted.
fn folders() -> Vec<String> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus");
    let entries = std::fs::read_dir(corpus).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = entries.collect();
    names.sort();
    names
}

#[test]
fn the_corpus_breaks_no_promise() {
    for (name, target) in TARGETS {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(name);
        let mut seeds = 0;
        for entry in std::fs::read_dir(&folder).unwrap() {
            let file = entry.unwrap().path();
            let bytes = std::fs::read(&file).unwrap();
            // What a target says where it panics does not name the file.
            let held = std::panic::catch_unwind(|| target(&bytes));
            assert!(held.is_ok(), "{} broke what the target `{name}` holds", file.display());
            seeds += 1;
        }
        assert!(seeds > 1, "{} holds next to nothing", folder.display());
    }
}

#[test]
fn every_folder_of_the_corpus_has_a_target_and_a_fuzzer() {
    let targets: Vec<&str> = TARGETS.iter().map(|(name, _)| *name).collect();
    assert_eq!(folders(), targets);
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/Cargo.toml");
    let manifest: toml::Table = toml::from_str(&std::fs::read_to_string(manifest).unwrap()).unwrap();
    let bins = manifest["bin"].as_array().unwrap().iter().map(|bin| bin["name"].as_str().unwrap());
    let mut bins: Vec<&str> = bins.collect();
    bins.sort_unstable();
    assert_eq!(bins, targets);
}
