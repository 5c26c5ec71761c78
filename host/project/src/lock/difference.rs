//! How what a lock records differs from what was found.

use std::fmt;

use super::{Lock, Pin};

/// What a policy's file turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// A policy.
    Policy(Pin),
    /// Something that this host cannot run as a policy.
    Other {
        /// sha256 of the file; none where it cannot be read.
        sha256: Option<String>,
        /// Why not.
        why: String,
    },
}

impl Found {
    fn sha256(&self) -> Option<&str> {
        match self {
            Self::Policy(pin) => Some(&pin.sha256),
            Self::Other { sha256, .. } => sha256.as_deref(),
        }
    }
}

/// A file of which lock and folder say different things. Shown in several lines, the first of which names the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What the lock calls the file.
    pub file: String,
    /// What the lock records; none where it does not know the file.
    pub recorded: Option<Pin>,
    /// What was found; none where the file is gone.
    pub found: Option<Found>,
}

impl Lock {
    /// How a file differs from what the lock records; none if it does not.
    ///
    /// What this host cannot run as a policy is told by its digest alone: that it cannot be evaluated is for the run to
    /// say, and a newer host may have locked it.
    pub fn compare(&self, file: &str, found: &Found) -> Option<Difference> {
        let recorded = self.get(file);
        let same = match (recorded, found) {
            (Some(recorded), Found::Policy(found)) => recorded == found,
            (Some(recorded), found) => Some(recorded.sha256.as_str()) == found.sha256(),
            (None, _) => false,
        };
        (!same).then(|| Difference { file: file.to_owned(), recorded: recorded.cloned(), found: Some(found.clone()) })
    }

    /// What has to change for this lock to become the other, in the order of the files' names.
    pub fn changes(&self, to: &Self) -> Vec<Difference> {
        let mut files: Vec<&String> = self.pins.keys().chain(to.pins.keys()).collect();
        files.sort();
        files.dedup();
        let (old, new) = (|file: &String| self.pins.get(file), |file: &String| to.pins.get(file));
        let changed = files.into_iter().filter(|file| old(file) != new(file));
        changed
            .map(|file| Difference {
                file: file.clone(),
                recorded: old(file).cloned(),
                found: new(file).cloned().map(Found::Policy),
            })
            .collect()
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = &self.file;
        match (&self.recorded, &self.found) {
            (None, None) => write!(f, "{file}: neither recorded nor found"),
            (None, Some(Found::Policy(pin))) => {
                write!(f, "{file}: added\n  {}, contract {}\n  sha256 {}", pin.kind, pin.contract, pin.sha256)?;
                asks(f, "asks for", pin.capabilities.iter())
            }
            (None, Some(Found::Other { why, .. })) => write!(f, "{file}: added, and cannot be locked: {why}"),
            (Some(pin), None) => write!(f, "{file}: removed\n  sha256 {}", pin.sha256),
            (Some(pin), Some(found)) => {
                write!(f, "{file}: changed")?;
                changed(f, "sha256", Some(&pin.sha256), found.sha256())?;
                match found {
                    Found::Other { why, .. } => write!(f, "\n  now it is no policy that this host runs: {why}"),
                    Found::Policy(now) => {
                        changed(f, "contract", Some(&pin.contract), Some(&now.contract))?;
                        changed(f, "kind", Some(pin.kind.as_str()), Some(now.kind.as_str()))?;
                        let new = |one: &Pin, other: &Pin| {
                            let words = one.capabilities.iter().filter(|word| !other.capabilities.contains(word));
                            words.cloned().collect::<Vec<_>>()
                        };
                        asks(f, "now asks for", new(now, pin).iter())?;
                        asks(f, "no longer asks for", new(pin, now).iter())
                    }
                }
            }
        }
    }
}

fn changed(f: &mut fmt::Formatter<'_>, what: &str, recorded: Option<&str>, found: Option<&str>) -> fmt::Result {
    if recorded == found {
        return Ok(());
    }
    write!(f, "\n  {what} recorded {}, found {}", recorded.unwrap_or("none"), found.unwrap_or("none"))
}

fn asks<'a>(f: &mut fmt::Formatter<'_>, how: &str, words: impl Iterator<Item = &'a String>) -> fmt::Result {
    let words = crate::suggest::listed(words);
    if words.is_empty() { Ok(()) } else { write!(f, "\n  {how} {words}") }
}

#[cfg(test)]
mod tests {
    use portcullis_verdict::Kind;

    use super::*;

    fn pin(digit: char, kind: Kind, words: &[&str]) -> Pin {
        Pin {
            sha256: String::from(digit).repeat(64),
            contract: "0.1.0".into(),
            kind,
            capabilities: words.iter().map(|word| (*word).to_owned()).collect(),
        }
    }

    fn locked(file: &str, pin: Pin) -> Lock {
        let mut lock = Lock::default();
        lock.insert(file.into(), pin);
        lock
    }

    #[test]
    fn a_changed_capability_is_shown_as_such() {
        let old = locked("a.wasm", pin('1', Kind::Gate, &["dataset", "evaluation"]));
        let new = Found::Policy(pin('2', Kind::Behavior, &["evaluation", "predictor"]));
        let shown = old.compare("a.wasm", &new).unwrap().to_string();
        let (one, two) = ("1".repeat(64), "2".repeat(64));
        assert_eq!(
            shown,
            format!(
                "a.wasm: changed\n  sha256 recorded {one}, found {two}\n  kind recorded gate, found behavior\n  \
                 now asks for predictor\n  no longer asks for dataset"
            )
        );
    }

    #[test]
    fn a_lock_that_tells_less_than_the_file_asks_for_is_a_difference() {
        let lies = locked("a.wasm", pin('1', Kind::Gate, &[]));
        let found = Found::Policy(pin('1', Kind::Gate, &["predictor"]));
        let shown = lies.compare("a.wasm", &found).unwrap().to_string();
        assert_eq!(shown, "a.wasm: changed\n  now asks for predictor");
        assert_eq!(locked("a.wasm", pin('1', Kind::Gate, &["predictor"])).compare("a.wasm", &found), None);
    }

    #[test]
    fn what_is_no_policy_is_told_by_its_digest() {
        let lock = locked("a.wasm", pin('1', Kind::Gate, &[]));
        let other = |digit: char| Found::Other { sha256: Some(String::from(digit).repeat(64)), why: "too new".into() };
        assert_eq!(lock.compare("a.wasm", &other('1')), None);
        assert!(
            lock.compare("a.wasm", &other('2')).unwrap().to_string().contains("no policy that this host runs: too new")
        );
        assert!(lock.compare("b.wasm", &other('1')).unwrap().to_string().contains("cannot be locked"));
        assert!(lock.compare("a.wasm", &Found::Other { sha256: None, why: "gone".into() }).is_some());
    }

    #[test]
    fn changes_are_what_was_added_removed_and_changed() {
        let mut old = locked("a.wasm", pin('1', Kind::Gate, &[]));
        old.insert("b.wasm".into(), pin('1', Kind::Gate, &[]));
        let mut new = locked("b.wasm", pin('2', Kind::Gate, &[]));
        new.insert("c.wasm".into(), pin('3', Kind::DataCheck, &["dataset"]));
        let shown: Vec<String> = old.changes(&new).iter().map(ToString::to_string).collect();
        assert_eq!(shown.len(), 3);
        assert!(shown[0].starts_with("a.wasm: removed"));
        assert!(shown[1].starts_with("b.wasm: changed\n  sha256 recorded 111"));
        assert!(shown[2].starts_with("c.wasm: added\n  data-check, contract 0.1.0\n  sha256 333"));
        assert!(shown[2].ends_with("asks for dataset"));
        assert_eq!(new.changes(&new), []);
    }
}
