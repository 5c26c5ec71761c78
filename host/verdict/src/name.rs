//! The small closed sets of words that configuration, contract and reports share.

/// A word that is not one of the valid options.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is not a {what}; valid: {options}")]
pub struct ParseNameError {
    what: &'static str,
    given: String,
    options: String,
}

impl ParseNameError {
    pub(crate) fn new<'a>(what: &'static str, given: &str, options: impl Iterator<Item = &'a str>) -> Self {
        Self { what, given: given.to_owned(), options: options.collect::<Vec<_>>().join(", ") }
    }
}

macro_rules! names {
    ($(#[$doc:meta])* $type:ident, $what:literal, { $($(#[$variant_doc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ::serde::Serialize, ::serde::Deserialize)]
        pub enum $type { $($(#[$variant_doc])* #[serde(rename = $text)] $variant),+ }

        impl $type {
            /// Every value, in the order in which reports list them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word used in configuration files, the contract and the run record.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl ::std::fmt::Display for $type {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl ::std::str::FromStr for $type {
            type Err = $crate::name::ParseNameError;

            fn from_str(given: &str) -> Result<Self, $crate::name::ParseNameError> {
                Self::ALL
                    .iter()
                    .copied()
                    .find(|name| name.as_str() == given)
                    .ok_or_else(|| $crate::name::ParseNameError::new($what, given, Self::ALL.iter().map(|name| name.as_str())))
            }
        }
    };
}
pub(crate) use names;

names! {
    /// What a policy judges; the name of the interface that it exports.
    Kind, "policy kind", {
        /// Judges the data before anything is trained on it.
        DataCheck = "data-check",
        /// Judges the evaluation of the candidate, alone or beside the champion.
        Gate = "gate",
        /// Judges how the candidate treats groups of people.
        Fairness = "fairness",
        /// Calls the model with inputs of its own and judges the answers.
        Behavior = "behavior",
    }
}

names! {
    /// What a failed judgement does to the run.
    Mode, "policy mode", {
        /// A failed judgement blocks.
        Enforce = "enforce",
        /// A failed judgement is reported and does not block.
        Warn = "warn",
    }
}

impl Kind {
    /// Whether policies of this kind run before training (`check`) rather than after evaluation (`gate`).
    pub const fn judges_data(self) -> bool {
        matches!(self, Self::DataCheck)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip_and_errors_list_the_options() {
        for kind in Kind::ALL {
            assert_eq!(kind.as_str().parse::<Kind>().as_ref(), Ok(kind));
        }
        let error = "gates".parse::<Kind>().unwrap_err().to_string();
        assert_eq!(error, "`gates` is not a policy kind; valid: data-check, gate, fairness, behavior");
    }
}
