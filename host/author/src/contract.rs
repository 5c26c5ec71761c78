//! The contract as the folder of a policy holds it, and the world that the policy is built for.

use portcullis_sandbox::{CONTRACTS, Capability, capability_of, grantable};
use portcullis_verdict::Kind;

use crate::error::AuthorError;
use crate::files;

/// The version that new policies are written against: the newest that this host runs.
pub(crate) fn version() -> &'static str {
    CONTRACTS.last().copied().unwrap_or_default()
}

/// An interface that a policy wants beyond what its kind has by nature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Need(&'static Capability);

impl Need {
    /// By the word that grants it, for a policy of this kind.
    pub fn new(word: &str, kind: Kind) -> Result<Self, AuthorError> {
        let capability = grantable().into_iter().find(|valid| *valid == word).and_then(capability_of);
        let possible = |capability: &&'static Capability| capability.available.contains(&kind);
        capability.filter(possible).map(Self).ok_or_else(|| {
            let valid: Vec<&str> =
                grantable().into_iter().filter(|word| capability_of(word).is_some_and(|c| possible(&c))).collect();
            AuthorError::word("interface that such a policy can be granted", word, &valid)
        })
    }

    /// The word that grants it.
    pub fn word(self) -> &'static str {
        self.0.grant
    }

    /// Whether the kind has it without a grant.
    pub fn is_free(self, kind: Kind) -> bool {
        self.0.free.contains(&kind)
    }
}

/// The policy's own package: a world that asks for what its kind has by nature and for what it needs, no more.
pub(crate) fn world(kind: Kind, needs: &[Need]) -> String {
    let version = version();
    let imports: Vec<String> =
        needs.iter().map(|need| format!("    import {}@{version};\n", need.0.interface)).collect();
    let imports = imports.concat();
    format!(
        "package local:policy;\n\n\
         /// What this policy is and asks for. An import beyond those of its kind needs a grant in the configuration.\n\
         world policy {{\n    include portcullis:policy/{kind}-policy@{version};\n{imports}}}\n"
    )
}

/// The files of `wit/`: the policy's own world, and the contract's packages under `deps/`.
pub(crate) fn folder(world: &str) -> Vec<(String, Vec<u8>)> {
    let mut all = vec![("wit/policy.wit".to_owned(), world.as_bytes().to_vec())];
    all.extend(files::within("wit").map(|(path, bytes)| {
        let path = path.strip_prefix("deps/").unwrap_or("policy/policy.wit");
        (format!("wit/deps/{path}"), bytes.to_vec())
    }));
    all
}
