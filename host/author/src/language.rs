//! The languages that policies are written in here. Any other that compiles to a component does as well, with a `[build]`
//! of its own.

use std::fmt;
use std::str::FromStr;

use crate::error::AuthorError;

/// A language with templates and a toolchain that `policy build` knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Language {
    /// With the SDK of this repository.
    Rust,
    /// With componentize-py.
    Python,
    /// With jco.
    JavaScript,
    /// With jco.
    TypeScript,
    /// With zig or the clang of wasi-sdk.
    C,
    /// With zig.
    Zig,
    /// With the go of its site.
    Go,
}

impl Language {
    /// All of them, in the order of the documentation.
    pub const ALL: [Self; 7] =
        [Self::Rust, Self::Python, Self::JavaScript, Self::TypeScript, Self::C, Self::Zig, Self::Go];

    /// The word of `--lang` and of `policy.toml`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::Python => "python",
            Self::JavaScript => "javascript",
            Self::TypeScript => "typescript",
            Self::C => "c",
            Self::Zig => "zig",
            Self::Go => "go",
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rust => "Rust",
            Self::Python => "Python",
            Self::JavaScript => "JavaScript",
            Self::TypeScript => "TypeScript",
            Self::C => "C",
            Self::Zig => "Zig",
            Self::Go => "Go",
        })
    }
}

impl FromStr for Language {
    type Err = AuthorError;

    /// By the word, or by what people call it for short: `py`, `js`, `ts`, `rs`, `golang`.
    fn from_str(word: &str) -> Result<Self, AuthorError> {
        let lower = word.to_ascii_lowercase();
        let long = match lower.as_str() {
            "py" => "python",
            "js" => "javascript",
            "ts" => "typescript",
            "rs" => "rust",
            "golang" => "go",
            other => other,
        };
        Self::ALL
            .into_iter()
            .find(|language| language.as_str() == long)
            .ok_or_else(|| AuthorError::word("language", word, &Self::ALL.map(Self::as_str)))
    }
}
