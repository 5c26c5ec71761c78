//! `cargo xtask contract`: what was released never changes, and what comes after breaks no policy that is out there.
//!
//! `wit/released.sha256` lists the files of every released version with their digests. The version that is worked on is
//! compared with the last release in the direction that matters here: an old policy on a new host. The host may offer more
//! (a function in an interface that policies import, an interface) and may demand no more (a function in one that they
//! export); whatever crosses the boundary keeps its shape.

mod compare;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, bail, ensure};
use semver::Version;
use sha2::{Digest as _, Sha256};
use wit_parser::Resolve;

/// The list of released files.
const RELEASED: &str = "released.sha256";

/// Checks the contract in `wit/`.
pub fn check(root: &Path) -> anyhow::Result<()> {
    let wit = root.join("wit");
    let released = read(&wit)?;
    for (version, files) in &released {
        unchanged(&wit, version, files)?;
    }
    let versions = versions(&wit)?;
    let last = released.keys().next_back();
    let Some(working) = versions.iter().next_back().filter(|version| last != Some(*version)) else {
        println!("== contract: {} is released and as it was", last.map(ToString::to_string).unwrap_or_default());
        return Ok(());
    };
    let Some(last) = last else {
        println!("== contract: nothing is released yet, so {working} may still change");
        return Ok(());
    };
    let compatible = working.major == last.major && working.minor == last.minor;
    let breaks = compare::breaks(&load(&wit.join(last.to_string()))?, &load(&wit.join(working.to_string()))?);
    if !compatible {
        println!("== contract: {working} is a break with {last} by its number; policies of {last} need an adapter");
        return Ok(());
    }
    ensure!(
        breaks.is_empty(),
        "wit/{working} breaks policies that were built against {last}:\n  {}\nMake it an addition, or a break: {}.{}.0, with an \
         adapter beside it",
        breaks.join("\n  "),
        last.major,
        last.minor + 1,
    );
    println!("== contract: {working} adds to {last} and breaks nothing");
    Ok(())
}

/// Notes that a version is released: from now on its folder never changes.
pub fn release(root: &Path, version: &str) -> anyhow::Result<()> {
    let wit = root.join("wit");
    let version: Version = version.parse().with_context(|| format!("`{version}` is no version"))?;
    let released = read(&wit)?;
    ensure!(!released.contains_key(&version), "{version} is released already");
    ensure!(versions(&wit)?.contains(&version), "there is no folder wit/{version}");
    check(root)?;
    load(&wit.join(version.to_string()))?;
    let mut text = fs::read_to_string(wit.join(RELEASED)).unwrap_or_default();
    for (name, digest) in digests(&wit, &version)? {
        writeln!(text, "{digest}  {name}")?;
    }
    fs::write(wit.join(RELEASED), text)?;
    println!("== contract: {version} is released");
    Ok(())
}

/// The released files of each version: `0.1.0/policy.wit` and its digest.
fn read(wit: &Path) -> anyhow::Result<BTreeMap<Version, BTreeMap<String, String>>> {
    let mut released: BTreeMap<Version, BTreeMap<String, String>> = BTreeMap::new();
    for line in fs::read_to_string(wit.join(RELEASED)).unwrap_or_default().lines() {
        let parts = line.split_once("  ").and_then(|(digest, name)| Some((digest, name, name.split_once('/')?.0)));
        let Some((digest, name, version)) = parts else { bail!("wit/{RELEASED}: `{line}` is no digest and file") };
        let version = version.parse().with_context(|| format!("wit/{RELEASED}: `{name}` is in no version's folder"))?;
        released.entry(version).or_default().insert(name.to_owned(), digest.to_owned());
    }
    Ok(released)
}

/// Fails if a released version's folder is not what it was.
fn unchanged(wit: &Path, version: &Version, files: &BTreeMap<String, String>) -> anyhow::Result<()> {
    let now = digests(wit, version)?;
    let names = files.keys().chain(now.keys());
    let changed: Vec<&String> = names.filter(|name| files.get(*name) != now.get(*name)).collect();
    ensure!(changed.is_empty(), "wit/{version} is released and may not change any more, but these did: {changed:?}");
    Ok(())
}

fn digests(wit: &Path, version: &Version) -> anyhow::Result<BTreeMap<String, String>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![wit.join(version.to_string())];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| format!("{} cannot be read", folder.display()))? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(wit)?.to_string_lossy().replace('\\', "/");
            found.insert(name, hex::encode(Sha256::digest(fs::read(&path)?)));
        }
    }
    Ok(found)
}

/// The versions that have a folder, in their order.
fn versions(wit: &Path) -> anyhow::Result<Vec<Version>> {
    let mut versions: Vec<Version> = fs::read_dir(wit)?
        .flatten()
        .filter(|entry| entry.path().is_dir())
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .collect();
    versions.sort();
    Ok(versions)
}

fn load(folder: &Path) -> anyhow::Result<Resolve> {
    let mut resolve = Resolve::default();
    resolve.push_dir(folder).with_context(|| format!("{} is no WIT", folder.display()))?;
    Ok(resolve)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A repository with the real contract as 0.1.0, released.
    fn released() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../wit/0.1.0"), &root.path().join("wit/0.1.0"));
        check(root.path()).unwrap();
        release(root.path(), "0.1.0").unwrap();
        check(root.path()).unwrap();
        root
    }

    fn copy(from: &Path, to: &Path) {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let path = entry.unwrap().path();
            let target = to.join(path.file_name().unwrap());
            if path.is_dir() { copy(&path, &target) } else { assert!(fs::copy(&path, target).is_ok()) }
        }
    }

    /// The contract under another number, with one piece of text replaced.
    fn next(root: &Path, version: &str, file: &str, this: &str, with: &str) -> anyhow::Result<()> {
        let folder = root.join("wit").join(version);
        copy(&root.join("wit/0.1.0"), &folder);
        for name in ["policy.wit", "deps/data/data.wit", "deps/model/model.wit"] {
            let path = folder.join(name);
            let mut text = fs::read_to_string(&path).unwrap().replace("0.1.0", version);
            if name == file {
                assert!(text.contains(this), "{this}");
                text = text.replacen(this, with, 1);
            }
            fs::write(&path, text).unwrap();
        }
        check(root)
    }

    #[test]
    fn a_released_folder_never_changes() {
        let root = released();
        let file = root.path().join("wit/0.1.0/policy.wit");
        fs::write(&file, fs::read_to_string(&file).unwrap() + "\n").unwrap();
        assert!(check(root.path()).unwrap_err().to_string().contains("0.1.0/policy.wit"));
        let root = released();
        fs::write(root.path().join("wit/0.1.0/more.wit"), "").unwrap();
        assert!(check(root.path()).is_err());
        let root = released();
        fs::remove_file(root.path().join("wit/0.1.0/deps/data/data.wit")).unwrap();
        assert!(check(root.path()).is_err());
        assert!(release(released().path(), "0.1.0").unwrap_err().to_string().contains("already"));
    }

    #[test]
    fn what_the_host_offers_more_is_an_addition() {
        let data = "deps/data/data.wit";
        for (file, this, with) in [
            (data, "        null-count:", "        first: func() -> option<string>;\n        null-count:"),
            (data, "interface sql {", "interface more {\n    ask: func() -> u32;\n}\n\ninterface sql {"),
            (
                "policy.wit",
                "    debug: func(message: string);",
                "    debug: func(message: string);\n    error: func(message: string);",
            ),
        ] {
            next(released().path(), "0.1.1", file, this, with).unwrap();
        }
    }

    #[test]
    fn what_an_old_policy_would_trip_over_is_a_break() {
        let (data, model, policy) = ("deps/data/data.wit", "deps/model/model.wit", "policy.wit");
        for (file, this, with, said) in [
            (data, "        null-count: func() -> result<f64, failure>;", "", "null-count"),
            (data, "null-count: func() -> result<f64, failure>", "null-count: func() -> f64", "null-count"),
            (data, "frequencies: func(most: u32)", "frequencies: func(most: u32, least: u32)", "frequencies"),
            (data, "        code: string,", "        code: string,\n        more: string,", "failure"),
            (model, "        low: f64,\n        high: f64,", "        high: f64,\n        low: f64,", "interval"),
            (model, "interface predictions {", "interface answers {", "portcullis:model/predictions"),
            (policy, "        not-applicable,", "        not-applicable,\n        skipped,", "outcome"),
            (
                policy,
                "    judge: func() -> result<judgement, string>;",
                "    judge: func() -> result<judgement, string>;\n    more: func();",
                "demands `more`",
            ),
        ] {
            let error = next(released().path(), "0.1.1", file, this, with).unwrap_err().to_string();
            assert!(error.contains(said) && error.contains("0.2.0"), "{this}: {error}");
        }
    }

    #[test]
    fn a_break_by_its_number_is_one() {
        let this = "        null-count: func() -> result<f64, failure>;";
        next(released().path(), "0.2.0", "deps/data/data.wit", this, "").unwrap();
    }
}
