//! What each import of a component means, for people and for the lock.

use std::collections::BTreeSet;

use crate::capability::{self, Capability};
use crate::inspect::{Inspection, known, split};

/// An import, and what stands between it and the policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import<'a> {
    /// Its full name: `portcullis:data/dataset@0.1.0`.
    pub name: &'a str,
    /// What it reveals, in a few words.
    pub reveals: &'static str,
    /// Whether the policy has it.
    pub access: Access,
}

/// Whether a policy has what it imports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Its kind has it by nature.
    Free,
    /// The configuration has to grant it, by this word.
    Grant(&'static str),
    /// Its kind cannot have it.
    Unavailable,
    /// The host answers it, and gives nothing away.
    Answered,
    /// The host does not know it: the policy does not load.
    Unknown,
}

impl Inspection {
    /// Every import with what it means, in the order of the file.
    pub fn explained(&self) -> Vec<Import<'_>> {
        self.imports.iter().map(|name| self.explain(name)).collect()
    }

    fn explain<'a>(&self, name: &'a str) -> Import<'a> {
        let (reveals, access) = match capability::of(split(name).0) {
            Some(capability) => (capability.reveals, self.access(capability)),
            None if known(name) => ("nothing: WASI, answered without giving anything away", Access::Answered),
            None => ("unknown to this host", Access::Unknown),
        };
        Import { name, reveals, access }
    }

    fn access(&self, capability: &Capability) -> Access {
        if !capability.available.contains(&self.kind) {
            Access::Unavailable
        } else if capability.free.contains(&self.kind) {
            Access::Free
        } else {
            Access::Grant(capability.grant)
        }
    }

    /// What it asks for that a reviewer should know of, sorted: the words of the contract's interfaces that reveal data,
    /// the model or the evaluation, by nature or by grant; and the packages of everything else, `wasi:filesystem` for
    /// instance, although the host answers those without giving anything away.
    pub fn asks_for(&self) -> Vec<String> {
        let word = |import: &String| match capability::of(split(import).0) {
            Some(capability) => capability.reveals_data().then(|| capability.grant.to_owned()),
            None => Some(split(import).0.split('/').next().unwrap_or(import).to_owned()),
        };
        self.imports.iter().filter_map(word).collect::<BTreeSet<_>>().into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use portcullis_verdict::Kind;
    use semver::Version;

    use super::*;

    fn policy(kind: Kind, imports: &[&str]) -> Inspection {
        Inspection {
            digest: String::new(),
            bytes: 0,
            kind,
            contract: Version::new(0, 1, 0),
            export: String::new(),
            imports: imports.iter().map(|import| (*import).to_owned()).collect(),
        }
    }

    const IMPORTS: &[&str] = &[
        "portcullis:policy/log@0.1.0",
        "portcullis:data/answers@0.1.0",
        "portcullis:data/dataset@0.1.0",
        "portcullis:model/predictor@0.1.0",
        "wasi:filesystem/types@0.2.6",
        "wasi:filesystem/preopens@0.2.6",
        "other:thing/x",
    ];

    #[test]
    fn access_depends_on_the_kind() {
        use Access::{Answered, Free, Grant, Unavailable, Unknown};
        let access = |kind| policy(kind, IMPORTS).explained().iter().map(|import| import.access).collect::<Vec<_>>();
        assert_eq!(access(Kind::Gate), [Free, Free, Free, Grant("predictor"), Answered, Answered, Unknown]);
        assert_eq!(access(Kind::Behavior)[3], Free);
        assert_eq!(access(Kind::DataCheck)[3], Unavailable);
    }

    #[test]
    fn what_reveals_nothing_is_not_asked_for() {
        let asks = policy(Kind::Gate, IMPORTS).asks_for();
        assert_eq!(asks, ["dataset", "other:thing", "predictor", "wasi:filesystem"]);
    }
}
