//! What a policy returned, in the host's own terms, within its limits.

use portcullis_verdict::{self as verdict, Failure, FailureKind};

use super::bindings::portcullis::policy::types::{
    Finding, Judgement, Measure, NamedValue, Outcome, Severity, Subject, Value,
};
use crate::limits::Limits;

/// The judgement, or a failure if it is larger than a result may be.
pub(crate) fn judgement(returned: Judgement, limits: &Limits) -> Result<verdict::Judgement, Failure> {
    let most = limits.findings as usize;
    if returned.findings.len() > most || returned.measures.len() > most {
        return Err(Failure::new(
            FailureKind::Output,
            format!(
                "it returned {} findings and {} measures; it may return {most} of each (limit: findings)",
                returned.findings.len(),
                returned.measures.len()
            ),
        ));
    }
    Ok(verdict::Judgement {
        outcome: match returned.outcome {
            Outcome::Pass => verdict::Outcome::Pass,
            Outcome::Fail => verdict::Outcome::Fail,
            Outcome::Inconclusive => verdict::Outcome::Inconclusive,
            Outcome::NotApplicable => verdict::Outcome::NotApplicable,
        },
        findings: returned.findings.into_iter().map(finding).collect(),
        measures: returned.measures.into_iter().map(measure).collect(),
        extra: named(returned.extra),
    })
}

fn finding(finding: Finding) -> verdict::Finding {
    verdict::Finding {
        rule: finding.rule,
        severity: match finding.severity {
            Severity::Info => verdict::Severity::Info,
            Severity::Warning => verdict::Severity::Warning,
            Severity::Error => verdict::Severity::Error,
        },
        message: finding.message,
        subject: finding.subject.map(subject),
        observed: finding.observed.map(value),
        expected: finding.expected.map(value),
        extra: named(finding.extra),
    }
}

fn measure(measure: Measure) -> verdict::Measure {
    verdict::Measure {
        name: measure.name,
        value: measure.value,
        subject: measure.subject.map(subject),
        extra: named(measure.extra),
    }
}

fn subject(subject: Subject) -> verdict::Subject {
    verdict::Subject { kind: subject.kind, name: subject.name }
}

fn value(value: Value) -> verdict::Value {
    match value {
        Value::Boolean(value) => verdict::Value::Boolean(value),
        Value::Number(value) => verdict::Value::Number(value),
        Value::Text(value) => verdict::Value::Text(value),
    }
}

fn named(values: Vec<NamedValue>) -> Vec<verdict::Named> {
    values.into_iter().map(|named| verdict::Named { name: named.name, value: value(named.value) }).collect()
}
