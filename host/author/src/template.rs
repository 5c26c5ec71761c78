//! The folder of a new policy.
//!
//! Each language has an example of each kind under `plugins/languages`, which are real policies: they are built and judged
//! by the tests of this repository. A new policy is one of them under another name, with the contract, the cases of its
//! kind and a `policy.toml`.

use std::path::{Path, PathBuf};

use portcullis_verdict::Kind;
use serde_json::Value;

use crate::contract::{self, Need};
use crate::error::AuthorError;
use crate::files;
use crate::language::Language;
use crate::manifest::MANIFEST;
use crate::name::Name;
use crate::page::entry;

/// What a new policy is to be.
#[derive(Debug, Clone)]
pub struct Wish<'a> {
    /// Its name.
    pub name: &'a str,
    /// What it is written in.
    pub language: Language,
    /// What it judges.
    pub kind: Kind,
    /// Words of the interfaces that it needs beyond those of its kind.
    pub needs: &'a [String],
    /// Where the built policy goes, relative to the folder; none: into the folder.
    pub output: Option<&'a str>,
}

/// A new policy's files.
#[derive(Debug, Clone, PartialEq)]
pub struct Template {
    files: Vec<(String, Vec<u8>)>,
    grant: Vec<&'static str>,
    /// JSON Schema of its parameters.
    parameters: Value,
}

/// The example that a new policy of this kind begins as.
pub const fn example(kind: Kind) -> &'static str {
    match kind {
        Kind::DataCheck => "missing-values",
        Kind::Gate => "champion-margin",
        Kind::Fairness => "worst-group",
        Kind::Behavior => "expected-direction",
    }
}

/// How common files call the policy and its kind.
const NAME: &str = "policy-name";
const KIND: &str = "policy-kind";

impl Template {
    /// The files of a new policy.
    ///
    /// # Errors
    /// A name that a policy cannot have, or an interface that its kind cannot be granted.
    pub fn new(wish: &Wish<'_>) -> Result<Self, AuthorError> {
        let name = Name::new(wish.name)?;
        let needs = wish.needs.iter().map(|word| Need::new(word, wish.kind)).collect::<Result<Vec<_>, _>>()?;
        let grant: Vec<&str> = needs.iter().filter(|need| !need.is_free(wish.kind)).map(|need| need.word()).collect();
        let (language, kind) = (wish.language.as_str(), wish.kind.as_str());

        let own = Name::new(example(wish.kind))?;
        let common = Name::new(NAME)?;
        let mut all = vec![(MANIFEST.to_owned(), manifest(wish).into_bytes())];
        let mut add = |path: &str, bytes: &[u8], old: &Name| {
            let path = name.instead_of(old, path);
            let text =
                std::str::from_utf8(bytes).map(|text| name.instead_of(old, text).replace(KIND, kind).into_bytes());
            all.push((path, text.unwrap_or_else(|_| bytes.to_vec())));
        };
        for (path, bytes) in files::within(&format!("languages/{language}/common")) {
            add(path, bytes, &common);
        }
        for (path, bytes) in files::within(&format!("languages/{language}/{kind}")) {
            add(path, bytes, &own);
        }
        let parameters = files::file(&format!("languages/parameters/{kind}.json")).unwrap_or_default();
        add("parameters.json", parameters, &own);
        for (path, bytes) in files::within(&format!("languages/cases/{kind}")) {
            add(&format!("cases/{path}"), bytes, &own);
        }
        if wish.language == Language::Rust {
            all.extend(files::within("sdk").map(|(path, bytes)| (format!("sdk/{path}"), beside_the_contract(bytes))));
        }
        all.extend(contract::folder(&contract::world(wish.kind, &needs)));
        for (path, bytes) in
            all.iter_mut().filter(|(path, _)| path.starts_with("cases/") && path.ends_with("/portcullis.toml"))
        {
            *bytes = case(&String::from_utf8_lossy(bytes), path, wish, &grant).into_bytes();
        }
        all.sort();
        Ok(Self { files: all, grant, parameters: serde_json::from_slice(parameters).unwrap_or_default() })
    }

    /// Path within the folder, and content.
    pub fn files(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice()))
    }

    /// The entry without which the policy, built to this file, does not judge in a project: it has to be granted something, or
    /// has parameters that must be given. None where it judges as it is.
    pub fn entry(&self, file: &str) -> Option<String> {
        let required = self.parameters.get("required").and_then(Value::as_array).is_some_and(|keys| !keys.is_empty());
        let example = self.parameters.pointer("/examples/0").filter(|_| required).unwrap_or(&Value::Null);
        (required || !self.grant.is_empty()).then(|| entry(file, &self.grant, example))
    }

    /// Writes the files into a folder that is not there yet, whole or not at all.
    ///
    /// # Errors
    /// The folder is there, or the system refuses; nothing is left behind then.
    pub fn write(&self, folder: &Path) -> Result<(), AuthorError> {
        if folder.symlink_metadata().is_ok() {
            return Err(AuthorError::Exists(folder.to_owned()));
        }
        let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        std::fs::create_dir_all(parent).map_err(AuthorError::io("cannot make", parent))?;
        let unfinished = tempfile::Builder::new()
            .prefix(".portcullis-new-")
            .tempdir_in(parent)
            .map_err(AuthorError::io("cannot write into", parent))?;
        for (path, bytes) in self.files() {
            let file: PathBuf = unfinished.path().join(path);
            let within = file.parent().unwrap_or(parent);
            std::fs::create_dir_all(within).map_err(AuthorError::io("cannot make", within))?;
            std::fs::write(&file, bytes).map_err(AuthorError::io("cannot write", &file))?;
        }
        #[cfg(unix)]
        {
            let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
            std::fs::set_permissions(unfinished.path(), open).map_err(AuthorError::io("cannot write", folder))?;
        }
        std::fs::rename(unfinished.path(), folder).map_err(AuthorError::io("cannot write", folder))?;
        let _ = unfinished.keep();
        Ok(())
    }
}

fn manifest(wish: &Wish<'_>) -> String {
    let output = wish.output.map_or_else(|| format!("{}.wasm", wish.name), str::to_owned);
    format!(
        "# What `portcullis policy build` and `portcullis policy test` go by.\n\
         name = \"{}\"\nkind = \"{}\"\nlanguage = \"{}\"\noutput = \"{output}\"\n",
        wish.name,
        wish.kind,
        wish.language.as_str(),
    )
}

/// A case's configuration with the path of the built policy as it is here, and with what the policy must be granted.
fn case(text: &str, path: &str, wish: &Wish<'_>, grant: &[&str]) -> String {
    let up = "../".repeat(path.matches('/').count());
    let output = wish.output.map_or_else(|| format!("{}.wasm", wish.name), str::to_owned);
    let written = format!("use = \"../../../{}.wasm\"", wish.name);
    let here = format!("use = \"{up}{output}\"");
    let text = text.replace(&written, &here);
    if grant.is_empty() {
        return text;
    }
    let words: Vec<String> = grant.iter().map(|word| format!("\"{word}\"")).collect();
    let interfaces = format!("grant = {{ interfaces = [{}]", words.join(", "));
    if text.contains("grant = { ") {
        text.replace("grant = { ", &format!("{interfaces}, "))
    } else {
        text.replace(&here, &format!("{here}\n{interfaces} }}"))
    }
}

/// The SDK's sources with the contract where the folder of a policy has it.
fn beside_the_contract(bytes: &[u8]) -> Vec<u8> {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.replace("../../wit/0.1.0", "../wit").into_bytes(),
        Err(_) => bytes.to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(language: Language, kind: Kind) -> Wish<'static> {
        Wish { name: "my-rule", language, kind, needs: &[], output: Some("../my-rule.wasm") }
    }

    #[test]
    fn every_language_has_every_kind_and_nothing_keeps_the_examples_name() {
        for language in Language::ALL {
            for &kind in Kind::ALL {
                let template = Template::new(&wish(language, kind)).unwrap();
                let paths: Vec<&str> = template.files().map(|(path, _)| path).collect();
                for wanted in [
                    "policy.toml",
                    "README.md",
                    ".gitignore",
                    "parameters.json",
                    "wit/policy.wit",
                    "wit/deps/data/data.wit",
                ] {
                    assert!(paths.contains(&wanted), "{language} {kind} {wanted}");
                }
                assert!(
                    paths.iter().filter(|path| path.ends_with("portcullis.toml")).count() >= 3,
                    "{language} {kind}"
                );
                let old = [Name::new(example(kind)).unwrap(), Name::new(NAME).unwrap()];
                let own = Name::new("my-rule").unwrap();
                for (path, bytes) in template.files().filter(|(path, _)| !path.starts_with("sdk/")) {
                    let text = String::from_utf8_lossy(bytes);
                    for old in &old {
                        let left = |text: &str| own.instead_of(old, text) != text;
                        assert!(!left(&text) && !left(path), "{language} {path} still has {}", old.kebab());
                    }
                }
            }
        }
    }

    #[test]
    fn needs_are_imported_and_granted_in_the_cases() {
        let needs = ["rows".to_owned(), "sql".to_owned()];
        let template = Template::new(&Wish { needs: &needs, ..wish(Language::Python, Kind::Gate) }).unwrap();
        let text = |path: &str| {
            let (_, bytes) = template.files().find(|(there, _)| *there == path).unwrap();
            String::from_utf8(bytes.to_vec()).unwrap()
        };
        let world = text("wit/policy.wit");
        assert!(
            world.contains("import portcullis:data/rows@0.1.0;") && world.contains("import portcullis:data/sql@0.1.0;")
        );
        let case = text("cases/worse/portcullis.toml");
        assert!(
            case.contains("use = \"../../../my-rule.wasm\"\ngrant = { interfaces = [\"rows\", \"sql\"] }"),
            "{case}"
        );
        let template = Template::new(&Wish { needs: &needs, ..wish(Language::Python, Kind::DataCheck) }).unwrap();
        let granted = template.files().find(|(path, _)| *path == "cases/withheld/portcullis.toml").unwrap().1;
        let granted = String::from_utf8_lossy(granted);
        assert!(granted.contains("grant = { interfaces = [\"rows\", \"sql\"], columns = ["), "{granted}");
        let entry = "[[policy]]\nuse = \"my-rule.wasm\"\ngrant = { interfaces = [\"rows\", \"sql\"] }\n";
        assert_eq!(template.entry("my-rule.wasm").unwrap(), entry);
    }

    #[test]
    fn what_a_kind_cannot_be_granted_is_told_with_what_it_can() {
        let needs = ["predictions".to_owned()];
        let wrong =
            Template::new(&Wish { needs: &needs, ..wish(Language::C, Kind::DataCheck) }).unwrap_err().to_string();
        assert!(wrong.contains("valid: rows, sql"), "{wrong}");
        let free = ["predictor".to_owned()];
        let template = Template::new(&Wish { needs: &free, ..wish(Language::C, Kind::Behavior) }).unwrap();
        let entry = template.entry("my-rule.wasm").unwrap();
        assert!(!entry.contains("grant"), "it has that by nature: {entry}");
        assert!(entry.contains("column = \"income\""), "parameters that must be given: {entry}");
        assert_eq!(Template::new(&wish(Language::C, Kind::Gate)).unwrap().entry("my-rule.wasm"), None);
    }

    #[test]
    fn a_folder_is_written_whole_and_never_over_another() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("policies/my-rule");
        let template = Template::new(&wish(Language::Python, Kind::Gate)).unwrap();
        template.write(&folder).unwrap();
        assert!(folder.join("cases/worse/portcullis.toml").is_file());
        let error = template.write(&folder).unwrap_err().to_string();
        assert!(error.contains("is there already"), "{error}");
        assert_eq!(std::fs::read_dir(place.path().join("policies")).unwrap().count(), 1, "nothing is left beside it");
    }
}
