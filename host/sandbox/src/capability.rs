//! What the interfaces of the contract reveal: the one table that inspection, grants and linking go by.

use portcullis_verdict::Kind;

/// Contract versions that this host runs, oldest first.
pub const CONTRACTS: &[&str] = &["0.1.0"];

/// What an interface lets a policy do, and to whom it is free.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capability {
    /// Name without version: `portcullis:model/predictor`.
    pub interface: &'static str,
    /// The word that `grant = { interfaces = ["…"] }` uses.
    pub grant: &'static str,
    /// Kinds that have it by nature.
    pub free: &'static [Kind],
    /// Kinds that could use it at all: a data check runs before there is a model.
    pub available: &'static [Kind],
    /// What it reveals, in a few words.
    pub reveals: &'static str,
}

impl Capability {
    /// Whether it reveals anything of the project: the policy's own parameters, its log and shared types do not.
    pub fn reveals_data(&self) -> bool {
        !self.interface.starts_with("portcullis:policy/") && self.grant != "types"
    }
}

const EVERY: &[Kind] = Kind::ALL;
const AFTER_TRAINING: &[Kind] = &[Kind::Gate, Kind::Fairness, Kind::Behavior];

/// Every interface that a policy may import from the contract.
pub(crate) const CAPABILITIES: &[Capability] = &[
    Capability {
        interface: "portcullis:policy/types",
        grant: "types",
        free: EVERY,
        available: EVERY,
        reveals: "nothing: shared types",
    },
    Capability {
        interface: "portcullis:data/answers",
        grant: "types",
        free: EVERY,
        available: EVERY,
        reveals: "nothing: shared types",
    },
    Capability {
        interface: "portcullis:policy/parameters",
        grant: "parameters",
        free: EVERY,
        available: EVERY,
        reveals: "its own parameters",
    },
    Capability {
        interface: "portcullis:policy/log",
        grant: "log",
        free: EVERY,
        available: EVERY,
        reveals: "nothing: writes to the run record",
    },
    Capability {
        interface: "portcullis:data/dataset",
        grant: "dataset",
        free: EVERY,
        available: EVERY,
        reveals: "aggregates of columns",
    },
    Capability {
        interface: "portcullis:data/rows",
        grant: "rows",
        free: &[],
        available: EVERY,
        reveals: "values of single rows",
    },
    Capability {
        interface: "portcullis:data/sql",
        grant: "sql",
        free: &[],
        available: EVERY,
        reveals: "answers to SQL, single rows among them",
    },
    Capability {
        interface: "portcullis:model/metrics",
        grant: "metrics",
        free: AFTER_TRAINING,
        available: AFTER_TRAINING,
        reveals: "metrics and slices of the evaluation",
    },
    Capability {
        interface: "portcullis:model/predictor",
        grant: "predictor",
        free: &[Kind::Behavior],
        available: AFTER_TRAINING,
        reveals: "the model: predictions for any input",
    },
    Capability {
        interface: "portcullis:model/predictions",
        grant: "predictions",
        free: &[],
        available: AFTER_TRAINING,
        reveals: "the models' predictions row by row, and the truth",
    },
];

/// The capability behind an interface, by its name without version.
pub(crate) fn of(interface: &str) -> Option<&'static Capability> {
    CAPABILITIES.iter().find(|capability| capability.interface == interface)
}

/// The capability that a short name grants.
pub fn granting(word: &str) -> Option<&'static Capability> {
    CAPABILITIES.iter().find(|capability| capability.grant == word && capability.grant != "types")
}

/// Words that `grant = { interfaces = […] }` may list: those that are not free to every kind.
pub fn grantable() -> Vec<&'static str> {
    CAPABILITIES.iter().filter(|c| c.free.len() < c.available.len()).map(|c| c.grant).collect()
}
