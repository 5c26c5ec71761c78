//! A policy's name, and how languages spell it.

use crate::error::AuthorError;

/// Longest name: it becomes a file's name.
const LONGEST: usize = 64;

/// A name in small letters, digits and single hyphens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Name(String);

impl Name {
    pub fn new(text: &str) -> Result<Self, AuthorError> {
        let part = |part: &str| {
            !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        };
        let fits = text.len() <= LONGEST
            && text.starts_with(|first: char| first.is_ascii_lowercase())
            && text.split('-').all(part);
        if fits { Ok(Self(text.to_owned())) } else { Err(AuthorError::Name(text.to_owned())) }
    }

    pub fn kebab(&self) -> &str {
        &self.0
    }

    /// As it is, with underscores, in capitals run together: the spellings that sources use for names. Words of prose stay.
    pub fn spellings(&self) -> [String; 3] {
        let capital = |part: &str| {
            let mut letters = part.chars();
            letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
        };
        [self.0.clone(), self.0.replace('-', "_"), self.0.split('-').map(capital).collect()]
    }

    /// A text in which this name stands in place of another, in every spelling.
    pub fn instead_of(&self, other: &Self, text: &str) -> String {
        let pairs = other.spellings().into_iter().zip(self.spellings());
        // One word has the same spelling twice: replaced once, it is not looked for again.
        let mut done: Vec<String> = Vec::new();
        pairs.fold(text.to_owned(), |text, (old, new)| {
            if done.contains(&old) {
                return text;
            }
            done.push(old.clone());
            replaced(&text, &old, &new)
        })
    }
}

/// A text with a word replaced wherever it stands by itself: `policy_name` is no part of `policy_named`.
fn replaced(text: &str, old: &str, new: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut before: Option<char> = None;
    while let Some(at) = rest.find(old) {
        let (left, right) = (rest.get(..at).unwrap_or_default(), rest.get(at + old.len()..).unwrap_or_default());
        let joins = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
        let alone = !joins(left.chars().next_back().or(before)) && !joins(right.chars().next());
        out.push_str(left);
        out.push_str(if alone { new } else { old });
        before = old.chars().next_back();
        rest = right;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_kebab() {
        for good in ["a", "worst-group", "p99-latency", "x2"] {
            assert_eq!(Name::new(good).unwrap().kebab(), good);
        }
        for bad in ["", "-a", "a-", "a--b", "A", "2x", "a_b", "a b", "../a", "é", &"a".repeat(65)] {
            assert!(Name::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn every_spelling_is_replaced() {
        let (old, new) = (Name::new("worst-group").unwrap(), Name::new("my-own-rule").unwrap());
        assert_eq!(
            new.instead_of(&old, "worst-group worst_group WorstGroup worst group"),
            "my-own-rule my_own_rule MyOwnRule worst group"
        );
        let named = Name::new("policy-name").unwrap();
        assert_eq!(
            new.instead_of(&named, "policy_named_value_t my_policy_name policy-name"),
            "policy_named_value_t my_my_own_rule my-own-rule"
        );
        let short = Name::new("rule").unwrap();
        assert_eq!(short.instead_of(&old, "worst_group::WorstGroup"), "rule::Rule");
    }
}
