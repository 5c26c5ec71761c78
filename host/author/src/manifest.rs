//! `policy.toml`, which makes a folder the folder of a policy.

use std::path::{Path, PathBuf};

use portcullis_project::read_regular;
use portcullis_verdict::Kind;
use serde::Deserialize;

use crate::error::AuthorError;
use crate::language::Language;
use crate::name::Name;

/// The file's name.
pub const MANIFEST: &str = "policy.toml";

/// What `policy.toml` says.
#[derive(Debug, Clone, PartialEq)]
pub struct Manifest {
    /// The policy's folder, absolute.
    pub folder: PathBuf,
    /// The policy's name.
    pub name: String,
    /// Its kind.
    pub kind: Kind,
    /// Where the built policy goes, absolute.
    pub output: PathBuf,
    /// What it is built with.
    pub recipe: Recipe,
}

/// How a policy is built.
#[derive(Debug, Clone, PartialEq)]
pub enum Recipe {
    /// As this program builds the language.
    Language(Language),
    /// By a command of the author's, which leaves a component, or a module that carries its world, in `file`.
    Command {
        /// Program and arguments, run in the policy's folder.
        command: Vec<String>,
        /// What it makes.
        file: PathBuf,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: String,
    kind: String,
    language: Option<String>,
    output: Option<PathBuf>,
    build: Option<WrittenBuild>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenBuild {
    command: Vec<String>,
    file: PathBuf,
}

impl Manifest {
    /// Reads the manifest of a policy's folder.
    ///
    /// # Errors
    /// There is none, or it does not say what it should.
    pub fn read(folder: &Path) -> Result<Self, AuthorError> {
        let file = folder.join(MANIFEST);
        if !file.exists() {
            return Err(AuthorError::NoManifest(folder.to_owned()));
        }
        let text = read_regular(&file).map_err(AuthorError::io("cannot read", &file))?;
        let folder = folder.canonicalize().map_err(AuthorError::io("cannot read", folder))?;
        Self::parse(&folder, &text).map_err(|why| AuthorError::Manifest { file, why })
    }

    fn parse(folder: &Path, text: &str) -> Result<Self, String> {
        let written: Written = toml::from_str(text).map_err(|error| {
            let line = error.span().map(|span| text.get(..span.start).unwrap_or_default().matches('\n').count() + 1);
            let line = line.map(|line| format!("line {line}: ")).unwrap_or_default();
            format!("{line}{}; valid keys: name, kind, language, output, [build] command and file", error.message())
        })?;
        let name = Name::new(&written.name).map_err(|error| format!("name: {error}"))?;
        let kind = kind(&written.kind).map_err(|error| format!("kind: {error}"))?;
        let recipe = match (written.language, written.build) {
            (_, Some(build)) if build.command.is_empty() => return Err("[build] command: it is empty".to_owned()),
            (_, Some(build)) => Recipe::Command { command: build.command, file: folder.join(build.file) },
            (Some(language), None) => {
                Recipe::Language(language.parse().map_err(|error: AuthorError| format!("language: {error}"))?)
            }
            (None, None) => {
                return Err(
                    "it says neither `language` nor a `[build] command`, so nothing tells how to build it".into()
                );
            }
        };
        let output = written.output.unwrap_or_else(|| PathBuf::from(format!("{}.wasm", name.kebab())));
        if output.extension().is_none_or(|extension| extension != "wasm") {
            return Err(format!("output: `{}` does not end with .wasm, as a built policy does", output.display()));
        }
        Ok(Self {
            folder: folder.to_owned(),
            name: name.kebab().to_owned(),
            kind,
            output: plain(&folder.join(output)),
            recipe,
        })
    }
}

/// A kind by its word.
///
/// # Errors
/// It is none; the nearest and all of them.
pub fn kind(word: &str) -> Result<Kind, AuthorError> {
    word.parse().map_err(|_| {
        let valid: Vec<&str> = Kind::ALL.iter().map(|kind| kind.as_str()).collect();
        AuthorError::word("kind", word, &valid)
    })
}

/// A path without `.` and `..`, which need not be there yet.
fn plain(path: &Path) -> PathBuf {
    path.components().fold(PathBuf::new(), |mut plain, part| {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir => drop(plain.pop()),
            part => plain.push(part),
        }
        plain
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Manifest, String> {
        Manifest::parse(Path::new("/project/policies/worst-group"), text)
    }

    #[test]
    fn a_language_or_a_command_builds_it() {
        let text = "name = \"worst-group\"\nkind = \"fairness\"\nlanguage = \"py\"\noutput = \"../worst-group.wasm\"\n";
        let manifest = parse(text).unwrap();
        assert_eq!(manifest.recipe, Recipe::Language(Language::Python));
        assert_eq!(manifest.output, Path::new("/project/policies/worst-group.wasm"));
        let text = "name = \"a\"\nkind = \"gate\"\n[build]\ncommand = [\"make\"]\nfile = \"out/a.wasm\"\n";
        let manifest = parse(text).unwrap();
        let file = PathBuf::from("/project/policies/worst-group/out/a.wasm");
        assert_eq!(manifest.recipe, Recipe::Command { command: vec!["make".to_owned()], file });
        assert_eq!(manifest.output, Path::new("/project/policies/worst-group/a.wasm"));
    }

    #[test]
    fn what_is_wrong_is_said_with_what_is_valid() {
        for (text, said) in [
            ("name = \"a\"\nkind = \"gate\"\nlang = \"c\"\n", "line 3: unknown field `lang`"),
            ("name = \"a\"\nkind = \"gates\"\nlanguage = \"c\"\n", "kind: `gates` is no kind; did you mean `gate`?"),
            ("name = \"a\"\nkind = \"gate\"\nlanguage = \"cobol\"\n", "language: `cobol` is no language;"),
            ("name = \"A\"\nkind = \"gate\"\nlanguage = \"c\"\n", "name: `A` cannot be"),
            ("name = \"a\"\nkind = \"gate\"\n", "neither `language` nor"),
            ("kind = \"gate\"\n", "missing field `name`"),
            (
                "name = \"a\"\nkind = \"gate\"\nlanguage = \"c\"\noutput = \"policy.c\"\n",
                "output: `policy.c` does not end with .wasm",
            ),
        ] {
            let error = parse(text).unwrap_err();
            assert!(error.contains(said), "{text}: {error}");
        }
    }
}
