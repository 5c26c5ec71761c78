//! The compile cache: found again, and never trusted when it was tampered with.
#![allow(clippy::unwrap_used, reason = "what a test cannot set up has failed")]

use std::fs;
use std::path::{Path, PathBuf};

use portcullis_sandbox::worker::Worker;
use portcullis_sandbox::{Cache, Grant, Limits, Policy, Sandbox};

fn policy(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies").join(name).with_extension("wasm")
}

fn load(cache: &Path, name: &str) -> Policy {
    let sandbox = Sandbox::new(Cache::open(cache)).unwrap();
    sandbox.load_file(name, &policy(name), Grant::default(), Limits::default()).unwrap()
}

fn entries(cache: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> = fs::read_dir(cache).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries
}

/// Spoils the one entry, and sees that it is compiled anew, put back, and then found again.
fn is_found_out(what: &str, spoil: impl Fn(&mut Vec<u8>)) {
    let folder = tempfile::tempdir().unwrap();
    let cache = folder.path().join("cache");
    assert!(!load(&cache, "ranges").cached());
    assert!(load(&cache, "ranges").cached());
    let [entry] = entries(&cache).try_into().unwrap();
    let whole = fs::read(&entry).unwrap();
    let mut spoilt = whole.clone();
    spoil(&mut spoilt);
    assert_ne!(spoilt, whole, "{what}");
    fs::write(&entry, &spoilt).unwrap();
    let again = load(&cache, "ranges");
    assert!(!again.cached(), "{what}: it was trusted");
    assert_eq!(again.describe().unwrap().name, "ranges");
    assert_eq!(fs::read(&entry).unwrap(), whole, "{what}: it was not replaced");
    assert!(load(&cache, "ranges").cached());
}

#[test]
fn a_damaged_entry_is_found_out_and_replaced() {
    is_found_out("a bit of the code", |bytes| {
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
    });
    is_found_out("the last byte", |bytes| *bytes.last_mut().unwrap() ^= 0x80);
    is_found_out("a bit of the digest", |bytes| {
        let place = bytes.len() - 20;
        bytes[place] ^= 1;
    });
    is_found_out("cut short", |bytes| bytes.truncate(bytes.len() - 1));
    is_found_out("cut to a piece", |bytes| bytes.truncate(50));
    is_found_out("empty", Vec::clear);
    is_found_out("longer", |bytes| bytes.push(0));
    is_found_out("as an older version wrote it, without its end", |bytes| bytes.truncate(bytes.len() - 80));
}

#[test]
fn an_entry_under_the_name_of_another_is_found_out() {
    let folder = tempfile::tempdir().unwrap();
    let cache = folder.path().join("cache");
    load(&cache, "ranges");
    let [ranges] = entries(&cache).try_into().unwrap();
    load(&cache, "schema");
    let other = entries(&cache).into_iter().find(|entry| *entry != ranges).unwrap();
    // Whole, of this very engine, and of another policy.
    fs::copy(&other, &ranges).unwrap();
    let policy = load(&cache, "ranges");
    assert!(!policy.cached(), "the code of another policy was taken for it");
    assert_eq!(policy.describe().unwrap().name, "ranges");
}

#[test]
fn the_key_for_ci_is_the_same_for_the_same_program() {
    let key = || Sandbox::new(None).unwrap().cache_key();
    assert_eq!(key(), key());
    assert_eq!(key().len(), 64);
}

#[test]
fn without_a_cache_a_file_is_compiled_once_all_the_same() {
    let load = |sandbox: &Sandbox, name: &str| {
        sandbox
            .load_file(name, &policy(name), Grant::default(), Limits::default())
            .map(|policy| policy.describe().unwrap())
    };
    let sandbox = Sandbox::new(None).unwrap();
    let described = load(&sandbox, "ranges").unwrap();
    // From here on nothing can be compiled any more.
    let sandbox = sandbox.compiling_with(Worker::new("/no/such/program".into(), Vec::new()));
    assert_eq!(load(&sandbox, "ranges").unwrap(), described);
    assert!(load(&sandbox, "schema").is_err());
}
