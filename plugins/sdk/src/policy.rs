//! The trait that an author implements, and the line that exports it.

use serde::de::DeserializeOwned;

use crate::{Description, Error, Judgement, parameters};

/// A policy: its parameters and how it judges.
pub trait Policy {
    /// What the user may set. `()` for a policy without parameters does not do: use an empty struct, so that the object
    /// which the host sends can be read.
    type Parameters: DeserializeOwned;

    /// JSON Schema (draft 2020-12) of the parameters, usually `include_str!("../parameters.json")`. The host validates
    /// against it and fills in each `default` before [`judge`](Self::judge) runs.
    const PARAMETERS: &'static str;

    /// Judges. An error says why the policy could not decide at all.
    fn judge(parameters: Self::Parameters) -> Result<Judgement, Error>;
}

/// What the exported `describe` answers.
#[doc(hidden)]
pub fn describe<P: Policy>(name: &str, version: &str, summary: &str) -> Description {
    Description {
        name: name.to_owned(),
        version: version.to_owned(),
        summary: summary.to_owned(),
        parameters: P::PARAMETERS.to_owned(),
        extra: Vec::new(),
    }
}

/// What the exported `judge` does. A panic becomes a trap, which carries no text: the hook puts it into the log first.
#[doc(hidden)]
pub fn judge<P: Policy>() -> Result<Judgement, String> {
    #[cfg(target_arch = "wasm32")]
    std::panic::set_hook(Box::new(|panic| crate::log::warn(&panic.to_string())));
    let parameters = read::<P::Parameters>(&parameters::json())?;
    P::judge(parameters).map_err(Into::into)
}

fn read<T: DeserializeOwned>(json: &str) -> Result<T, String> {
    serde_json::from_str(json).map_err(|error| format!("the parameters cannot be read: {error}"))
}

/// Exports a [`Policy`] as one of the four kinds: `data-check`, `gate`, `fairness` or `behavior`.
///
/// Stands once in a crate. Name, version and summary are the crate's `name`, `version` and `description`.
///
/// ```
/// # use portcullis_policy::{Error, Judgement, Policy};
/// struct AlwaysPasses;
///
/// #[derive(serde::Deserialize)]
/// struct Nothing {}
///
/// impl Policy for AlwaysPasses {
///     type Parameters = Nothing;
///     const PARAMETERS: &'static str = r#"{"type": "object", "additionalProperties": false}"#;
///     fn judge(_: Nothing) -> Result<Judgement, Error> {
///         Ok(Judgement::pass())
///     }
/// }
///
/// portcullis_policy::export!(data-check, AlwaysPasses);
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! export {
    (data-check, $policy:ty) => {
        $crate::export_kind!(data_check, $policy, $crate::bindings::data_check::export_data_check);
    };
    (gate, $policy:ty) => {
        $crate::export_kind!(gate, $policy, $crate::bindings::gate::export_gate);
    };
    (fairness, $policy:ty) => {
        $crate::export_kind!(fairness, $policy, $crate::bindings::fairness::export_fairness);
    };
    (behavior, $policy:ty) => {
        $crate::export_kind!(behavior, $policy, $crate::bindings::behavior::export_behavior);
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! export_kind {
    ($kind:ident, $policy:ty, $export:path) => {
        #[allow(missing_docs, unsafe_code, clippy::all, clippy::pedantic)]
        const _: () = {
            struct Component;

            impl $crate::bindings::$kind::exports::portcullis::policy::$kind::Guest for Component {
                fn describe() -> $crate::Description {
                    $crate::describe::<$policy>(
                        env!("CARGO_PKG_NAME"),
                        env!("CARGO_PKG_VERSION"),
                        env!("CARGO_PKG_DESCRIPTION"),
                    )
                }

                fn judge() -> Result<$crate::Judgement, String> {
                    $crate::judge::<$policy>()
                }
            }

    $export!(Component with_types_in $crate::bindings::$kind);
        };
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize)]
    struct Parameters {
        min: Option<f64>,
    }

    #[test]
    fn parameters_are_read_from_json() {
        assert_eq!(read::<Parameters>(r#"{"min": 0.85}"#).unwrap().min, Some(0.85));
        assert_eq!(read::<Parameters>("{}").unwrap().min, None);
        let error = read::<Parameters>(r#"{"min": "high"}"#).err().unwrap();
        assert!(error.starts_with("the parameters cannot be read: invalid type"), "{error}");
    }
}
