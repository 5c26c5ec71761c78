//! What one policy returns.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::name::names;

names! {
    /// A policy's own conclusion.
    Outcome, "outcome", {
        /// The rule holds.
        Pass = "pass",
        /// The rule is broken.
        Fail = "fail",
        /// There is too little to decide on; blocks in `enforce` mode, because nothing was shown to hold.
        Inconclusive = "inconclusive",
        /// The rule has nothing to say here, a binary metric on a regression for instance.
        NotApplicable = "not-applicable",
    }
}

names! {
    /// How much a finding weighs. It never decides the verdict (the outcome does); it decides how a finding is shown.
    Severity, "severity", {
        /// Worth knowing.
        Info = "info",
        /// Worth a look.
        Warning = "warning",
        /// Why the judgement failed.
        Error = "error",
    }
}

/// A value that a policy observed or expected.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// True or false.
    Boolean(bool),
    /// A number. Not finite ones are written as text in the run record, because JSON has no word for them.
    #[serde(with = "number")]
    Number(f64),
    /// Text.
    Text(String),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Boolean(value) => value.fmt(f),
            Self::Number(value) => number::shown(*value).fmt(f),
            Self::Text(value) => value.fmt(f),
        }
    }
}

/// A value with a name: the open end of every exported record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Named {
    /// What the value is.
    pub name: String,
    /// The value.
    pub value: Value,
}

/// What a finding is about: a `column` called `income`, a `group` called `sex=F`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// A word such as `column`, `row`, `group`, `slice`, `metric`, `class`, `case`, `dataset` or `model`.
    pub kind: String,
    /// Which one.
    pub name: String,
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, self.name)
    }
}

/// One thing that a policy noticed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Which of the policy's rules: a short stable word, `missing-column` for instance.
    pub rule: String,
    /// How much it weighs.
    pub severity: Severity,
    /// One sentence for a person.
    pub message: String,
    /// What it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Subject>,
    /// What was seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed: Option<Value>,
    /// What should have been seen; a bound is text such as `>= 0.85`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<Value>,
    /// Anything else, by name: counts, the rows concerned.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extra: Vec<Named>,
}

/// A number that a policy computed and wants on record, pass or fail.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measure {
    /// The field's name for it, `equalized_odds_difference` for instance.
    pub name: String,
    /// The value; none where it is undefined (0/0).
    #[serde(with = "number::optional")]
    pub value: Option<f64>,
    /// What it was measured on, if not on everything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Subject>,
    /// Anything else, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extra: Vec<Named>,
}

/// What a policy returns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    /// Its conclusion.
    pub outcome: Outcome,
    /// What it noticed.
    pub findings: Vec<Finding>,
    /// What it measured.
    pub measures: Vec<Measure>,
    /// Anything else, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extra: Vec<Named>,
}

/// Numbers in the run record: JSON has no infinity and no NaN, so those become the words `inf`, `-inf` and `nan`.
pub(crate) mod number {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    /// The shortest text that reads back as the same number.
    pub fn shown(value: f64) -> String {
        match word(value) {
            Some(word) => word.to_owned(),
            None if value == value.trunc() && value.abs() < 1e15 => format!("{value:.0}"),
            None => format!("{value}"),
        }
    }

    fn word(value: f64) -> Option<&'static str> {
        if value.is_nan() {
            Some("nan")
        } else if value == f64::INFINITY {
            Some("inf")
        } else if value == f64::NEG_INFINITY {
            Some("-inf")
        } else {
            None
        }
    }

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Number(f64),
        Word(Word),
    }

    #[derive(Deserialize)]
    enum Word {
        #[serde(rename = "nan")]
        Nan,
        #[serde(rename = "inf")]
        Infinity,
        #[serde(rename = "-inf")]
        NegativeInfinity,
    }

    impl From<Written> for f64 {
        fn from(written: Written) -> Self {
            match written {
                Written::Number(number) => number,
                Written::Word(Word::Nan) => Self::NAN,
                Written::Word(Word::Infinity) => Self::INFINITY,
                Written::Word(Word::NegativeInfinity) => Self::NEG_INFINITY,
            }
        }
    }

    #[allow(clippy::trivially_copy_pass_by_ref)] // the signature that serde's `with` asks for
    pub fn serialize<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
        match word(*value) {
            Some(word) => serializer.serialize_str(word),
            None => value.serialize(serializer),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
        Ok(Written::deserialize(deserializer)?.into())
    }

    pub mod optional {
        use serde::{Deserialize, Deserializer, Serializer};

        #[allow(clippy::ref_option)] // the signature that serde's `with` asks for
        pub fn serialize<S: Serializer>(value: &Option<f64>, serializer: S) -> Result<S::Ok, S::Error> {
            match value {
                Some(value) => super::serialize(value, serializer),
                None => serializer.serialize_none(),
            }
        }

        pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
            Ok(Option::<super::Written>::deserialize(deserializer)?.map(Into::into))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_json_lacks_survive_the_record() {
        for value in [0.1, -0.0, 3.0, f64::INFINITY, f64::NEG_INFINITY] {
            let written = serde_json::to_string(&Value::Number(value)).unwrap();
            assert_eq!(serde_json::from_str::<Value>(&written).unwrap(), Value::Number(value), "{written}");
        }
        let written = serde_json::to_string(&Value::Number(f64::NAN)).unwrap();
        assert_eq!(written, "\"nan\"");
        assert!(matches!(serde_json::from_str(&written).unwrap(), Value::Number(value) if value.is_nan()));
        assert_eq!(serde_json::from_str::<Value>("\"inf and on\"").unwrap(), Value::Text("inf and on".into()));
    }

    #[test]
    fn values_are_shown_as_a_person_writes_them() {
        assert_eq!(Value::Number(150.0).to_string(), "150");
        assert_eq!(Value::Number(0.85).to_string(), "0.85");
        assert_eq!(Value::Boolean(true).to_string(), "true");
    }
}
