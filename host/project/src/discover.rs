//! Which policies there are: the entries of the configuration, and every component in `policies/` that no entry names.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use portcullis_verdict::Mode;

use crate::layers::Origin;
use crate::limits::LimitOverrides;
use crate::policy::{Grant, PolicySpec, WrittenPolicy};
use crate::problem::Problems;
use crate::suggest;
use crate::written::{Item, quoted};

/// The folder whose components run without an entry.
const FOLDER: &str = "policies";

/// A component in the folder.
struct Found {
    name: String,
    display: String,
    file: PathBuf,
}

/// The policies to run: entries in the order of the file, then discovered files in the order of their names.
///
/// A file counts as named by an entry if both lead to the same file, so a symbolic link does not make it run twice.
/// Subfolders are not searched, and files whose name begins with a dot are passed over: they are leftovers of editors and
/// file systems. An entry may name either.
pub(crate) fn policies(
    entries: &[Item],
    root: &Path,
    limits: &LimitOverrides,
    problems: &mut Problems,
) -> Vec<PolicySpec> {
    let found = folder(root, problems);
    let mut specs = Vec::new();
    let mut named = Vec::new();
    for entry in entries {
        let written = WrittenPolicy::read(entry, problems);
        let Some(path) = &written.path else { continue };
        let file: PathBuf = root.join(path).components().collect();
        if !file.is_file() {
            written.fields.problem(problems, "use", absent(path, &file, &found));
            continue;
        }
        named.extend(file.canonicalize());
        let stem = || file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let name = written.name.unwrap_or_else(stem);
        specs.push(PolicySpec {
            name,
            display: path.clone(),
            line: Some(written.line),
            params: written.params,
            mode: written.mode,
            grant: written.grant,
            limits: written.limits.or(limits),
            file,
        });
    }
    for Found { name, display, file } in found {
        if file.canonicalize().is_ok_and(|file| named.contains(&file)) {
            continue;
        }
        specs.push(PolicySpec {
            name,
            file,
            display,
            line: None,
            params: serde_json::json!({}),
            mode: Mode::Enforce,
            grant: Grant::default(),
            limits: limits.clone(),
        });
    }
    unique(&specs, problems);
    specs
}

/// The components in the folder, in the order of their file names.
fn folder(root: &Path, problems: &mut Problems) -> Vec<Found> {
    let folder = root.join(FOLDER);
    let mut trouble = |message: String| problems.add(Origin::Default, "", &format!("{FOLDER}/"), message);
    let listing = match std::fs::read_dir(&folder) {
        Ok(listing) => listing,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Vec::new(),
        Err(error) => {
            trouble(format!("cannot be read: {error}; make it a folder that you may read"));
            return Vec::new();
        }
    };
    let mut found = Vec::new();
    for entry in listing {
        let file = match entry {
            Ok(entry) => entry.path(),
            Err(error) => {
                trouble(format!("cannot be read: {error}"));
                continue;
            }
        };
        let Some((stem, file_name)) = file.file_stem().zip(file.file_name()) else { continue };
        let component = file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("wasm"));
        if !component || file_name.as_encoded_bytes().starts_with(b".") || file.is_dir() {
            continue;
        }
        // A policy that is silently left out is the worst outcome, so a dangling link is an error.
        if !file.is_file() {
            trouble(format!("{} leads to no file; mend or remove it", quoted(&file_name.to_string_lossy())));
            continue;
        }
        let (Some(stem), Some(file_name)) = (stem.to_str(), file_name.to_str()) else {
            trouble(format!("the name of {} is not UTF-8; rename it", quoted(&file_name.to_string_lossy())));
            continue;
        };
        found.push(Found { name: stem.to_owned(), display: format!("{FOLDER}/{file_name}"), file: file.clone() });
    }
    found.sort_by(|one, other| one.display.cmp(&other.display));
    found
}

fn absent(path: &str, file: &Path, found: &[Found]) -> String {
    let what = if file.is_dir() { "is a folder" } else { "no such file" };
    let there = || found.iter().map(|found| found.display.as_str());
    let near = suggest::nearest(path, there()).or_else(|| {
        let stem = file.file_stem()?.to_str()?;
        found.iter().find(|found| found.name == stem).map(|found| found.display.as_str())
    });
    let near = near.map_or_else(String::new, |near| format!("did you mean {}? ", quoted(near)));
    let list = match suggest::listed(there()) {
        list if list.is_empty() => format!("{FOLDER}/ holds no .wasm"),
        list => format!("there are: {list}"),
    };
    format!("{}: {what}; {near}{list}", quoted(path))
}

/// Reports every name that is taken twice.
fn unique(specs: &[PolicySpec], problems: &mut Problems) {
    let mut first: BTreeMap<&str, &PolicySpec> = BTreeMap::new();
    for spec in specs {
        let Some(earlier) = first.get(spec.name.as_str()).copied() else {
            first.insert(&spec.name, spec);
            continue;
        };
        let name = quoted(&spec.name);
        match (earlier.line, spec.line) {
            (Some(earlier), Some(line)) => {
                let message = format!("{name} is the name of the policy in line {earlier} too; give one another name");
                problems.add(Origin::File { line }, "[[policy]]", "name", message);
            }
            (Some(line), None) => {
                let file = &spec.display;
                let message = format!(
                    "{name} is the name of {file} too, which runs because no entry uses it; rename this policy, or let it use that file"
                );
                problems.add(Origin::File { line }, "[[policy]]", "name", message);
            }
            (None, _) => {
                let message = format!("{} and {} are both called {name}; rename one", earlier.display, spec.display);
                problems.add(Origin::Default, "", &format!("{FOLDER}/"), message);
            }
        }
    }
}
