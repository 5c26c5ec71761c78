//! Why a policy could not decide.

use std::fmt;

use crate::Failure;

/// Why a policy could not decide at all: the run reports it as not evaluable, never as passed.
///
/// Made from any text, and from a host's [`Failure`] by `?`:
///
/// ```
/// use portcullis_policy::Error;
///
/// fn positive(class: Option<String>) -> Result<String, Error> {
///     Ok(class.ok_or("the task has no positive class; set [data] positive")?)
/// }
/// assert_eq!(positive(None).unwrap_err().to_string(), "the task has no positive class; set [data] positive");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error(String);

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for Error {}

impl From<String> for Error {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Error {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<Failure> for Error {
    /// The host's sentence names what was asked for and what there is.
    fn from(failure: Failure) -> Self {
        Self(failure.message)
    }
}

impl From<Error> for String {
    fn from(error: Error) -> Self {
        error.0
    }
}

impl Failure {
    /// Whether this is the failure with that stable word, `small-group` for instance.
    pub fn is(&self, code: &str) -> bool {
        self.code == code
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_speaks_with_the_hosts_sentence() {
        let failure = Failure { code: "unknown-column".into(), message: "no column `agee`; there is `age`".into() };
        assert!(failure.is("unknown-column"));
        assert!(!failure.is("withheld"));
        assert_eq!(Error::from(failure).to_string(), "no column `agee`; there is `age`");
    }
}
