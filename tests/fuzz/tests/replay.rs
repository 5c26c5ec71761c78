//! Every committed input of every fuzz target, once.

use std::path::Path;

use portcullis_oracles::TARGETS;

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
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz");
    let folders = std::fs::read_dir(fuzz.join("corpus")).unwrap();
    let mut folders: Vec<String> = folders.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    folders.sort();
    assert_eq!(folders, targets);
    let manifest: toml::Table = toml::from_str(&std::fs::read_to_string(fuzz.join("Cargo.toml")).unwrap()).unwrap();
    let bins = manifest["bin"].as_array().unwrap().iter().map(|bin| bin["name"].as_str().unwrap());
    let mut bins: Vec<&str> = bins.collect();
    bins.sort_unstable();
    assert_eq!(bins, targets);
}

#[test]
fn the_stock_policies_are_components_that_hold_what_components_must() {
    let policies = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies");
    let files = std::fs::read_dir(policies).unwrap().map(|entry| entry.unwrap().path());
    let components: Vec<_> = files.filter(|file| file.extension().is_some_and(|ending| ending == "wasm")).collect();
    assert!(!components.is_empty());
    for file in components {
        portcullis_oracles::component(&std::fs::read(file).unwrap());
    }
}
