//! Making judgements, findings and measures without filling in records by hand.

use crate::metrics::Condition;
use crate::{Finding, Judgement, Measure, NamedValue, Outcome, Severity, Subject, Value};

impl Judgement {
    fn with(outcome: Outcome, findings: Vec<Finding>) -> Self {
        Self { outcome, findings, measures: Vec::new(), extra: Vec::new() }
    }

    /// The rule holds, and there is nothing to add.
    pub fn pass() -> Self {
        Self::with(Outcome::Pass, Vec::new())
    }

    /// The rule is broken, for this reason.
    pub fn fail(finding: Finding) -> Self {
        Self::with(Outcome::Fail, vec![finding])
    }

    /// There is too little to decide on, for this reason. Counts as a failure does.
    pub fn inconclusive(finding: Finding) -> Self {
        Self::with(Outcome::Inconclusive, vec![finding])
    }

    /// The rule has nothing to say here, for this reason. Does not block.
    pub fn not_applicable(finding: Finding) -> Self {
        Self::with(Outcome::NotApplicable, vec![finding])
    }

    /// Fails if any of the findings is an error, passes otherwise.
    pub fn from_findings(findings: Vec<Finding>) -> Self {
        let failed = findings.iter().any(|finding| finding.severity == Severity::Error);
        Self::with(if failed { Outcome::Fail } else { Outcome::Pass }, findings)
    }

    /// Turns a pass into `inconclusive` where something could not be decided. A failure stays one.
    ///
    /// ```
    /// use portcullis_policy::{Finding, Judgement, Outcome};
    ///
    /// assert_eq!(Judgement::pass().undecided(true).outcome, Outcome::Inconclusive);
    /// assert_eq!(Judgement::pass().undecided(false).outcome, Outcome::Pass);
    /// assert_eq!(Judgement::fail(Finding::error("r", "m")).undecided(true).outcome, Outcome::Fail);
    /// ```
    #[must_use]
    pub fn undecided(mut self, undecided: bool) -> Self {
        if undecided && self.outcome == Outcome::Pass {
            self.outcome = Outcome::Inconclusive;
        }
        self
    }

    /// Puts one more number on record.
    #[must_use]
    pub fn measure(mut self, measure: Measure) -> Self {
        self.measures.push(measure);
        self
    }

    /// Puts more numbers on record.
    #[must_use]
    pub fn measures(mut self, measures: impl IntoIterator<Item = Measure>) -> Self {
        self.measures.extend(measures);
        self
    }

    /// Whether the rule holds.
    pub fn passed(&self) -> bool {
        self.outcome == Outcome::Pass
    }

    /// Whether the rule is broken.
    pub fn failed(&self) -> bool {
        self.outcome == Outcome::Fail
    }
}

impl Finding {
    fn new(severity: Severity, rule: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            rule: rule.into(),
            severity,
            message: message.into(),
            subject: None,
            observed: None,
            expected: None,
            extra: Vec::new(),
        }
    }

    /// Why the judgement failed. `rule` is a short stable word in kebab case, `message` one sentence for a person.
    ///
    /// ```
    /// use portcullis_policy::Finding;
    ///
    /// let finding = Finding::error("null-share", "30 % of income is missing")
    ///     .subject("column", "income")
    ///     .observed(0.3)
    ///     .expected("<= 0.1")
    ///     .extra("rows", 12.0);
    /// assert_eq!(finding.subject.unwrap().name, "income");
    /// ```
    pub fn error(rule: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, rule, message)
    }

    /// Something a person should see that did not fail the judgement.
    pub fn warning(rule: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, rule, message)
    }

    /// Something worth knowing.
    pub fn info(rule: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(Severity::Info, rule, message)
    }

    /// A column that this policy may not see. `named` where the user named it in the parameter `columns`: whoever names a
    /// column wants it judged, whoever does not has chosen to withhold it.
    ///
    /// ```
    /// use portcullis_policy::Finding;
    ///
    /// let finding = Finding::withheld("income", true);
    /// assert_eq!(finding.rule, "withheld");
    /// assert!(finding.message.contains("add it to `grant = { columns = […] }`"));
    /// ```
    pub fn withheld(column: &str, named: bool) -> Self {
        let message = if named {
            format!(
                "column `{column}` is named in `columns` but withheld from this policy, and was not judged; add it to \
                 `grant = {{ columns = […] }}`, or take it out of `columns`"
            )
        } else {
            format!("column `{column}` is withheld from this policy and was not judged")
        };
        Self::warning("withheld", message).subject("column", column)
    }

    /// What it is about: `("column", "income")`.
    #[must_use]
    pub fn subject(self, kind: impl Into<String>, name: impl Into<String>) -> Self {
        self.about(Some(Subject::new(kind, name)))
    }

    /// What it is about, where that may be everything.
    #[must_use]
    pub fn about(mut self, subject: Option<Subject>) -> Self {
        self.subject = subject;
        self
    }

    /// What was seen.
    #[must_use]
    pub fn observed(mut self, value: impl Into<Value>) -> Self {
        self.observed = Some(value.into());
        self
    }

    /// What should have been seen. A bound is text such as `>= 0.85`.
    #[must_use]
    pub fn expected(mut self, value: impl Into<Value>) -> Self {
        self.expected = Some(value.into());
        self
    }

    /// Anything else: counts, shares, the rows concerned.
    #[must_use]
    pub fn extra(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.extra.push(NamedValue { name: name.into(), value: value.into() });
        self
    }
}

impl Measure {
    /// A number by the field's own name for it; none where it is undefined (0/0).
    ///
    /// ```
    /// use portcullis_policy::Measure;
    ///
    /// let rate = Measure::new("selection_rate", 0.25).subject("group", "sex=F").extra("rows", 120.0);
    /// assert_eq!(rate.value, Some(0.25));
    /// assert_eq!(Measure::new("selection_rate", None).value, None);
    /// ```
    pub fn new(name: impl Into<String>, value: impl Into<Option<f64>>) -> Self {
        Self { name: name.into(), value: value.into(), subject: None, extra: Vec::new() }
    }

    /// What it was measured on, if not on everything.
    #[must_use]
    pub fn subject(self, kind: impl Into<String>, name: impl Into<String>) -> Self {
        self.about(Some(Subject::new(kind, name)))
    }

    /// What it was measured on, where that may be everything.
    #[must_use]
    pub fn about(mut self, subject: Option<Subject>) -> Self {
        self.subject = subject;
        self
    }

    /// Anything else: how many rows it rests on.
    #[must_use]
    pub fn extra(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.extra.push(NamedValue { name: name.into(), value: value.into() });
        self
    }
}

impl Subject {
    /// What a finding or a measure is about: `("group", "sex=F")`.
    pub fn new(kind: impl Into<String>, name: impl Into<String>) -> Self {
        Self { kind: kind.into(), name: name.into() }
    }

    /// A part of the rows by its key, as [`Evaluation::key`](crate::metrics::Evaluation::key) gives it:
    /// `sex=F, region=north`. None for all rows.
    ///
    /// ```
    /// use portcullis_policy::Subject;
    /// use portcullis_policy::metrics::Condition;
    ///
    /// let key = [("sex", "F"), ("region", "north")]
    ///     .map(|(column, value)| Condition { column: column.to_owned(), value: value.to_owned() });
    /// assert_eq!(Subject::of_key("slice", &key).unwrap().name, "sex=F, region=north");
    /// assert!(Subject::of_key("slice", &[]).is_none());
    /// ```
    pub fn of_key(kind: &str, key: &[Condition]) -> Option<Self> {
        if key.is_empty() {
            return None;
        }
        let parts: Vec<String> = key.iter().map(|part| format!("{}={}", part.column, part.value)).collect();
        Some(Self::new(kind, parts.join(", ")))
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<bool> for Value {
    fn from(boolean: bool) -> Self {
        Self::Boolean(boolean)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_error_fails() {
        let noted = vec![Finding::info("a", "a"), Finding::warning("b", "b")];
        assert!(Judgement::from_findings(noted.clone()).passed());
        let broken = [noted, vec![Finding::error("c", "c")]].concat();
        assert!(Judgement::from_findings(broken).failed());
    }

    #[test]
    fn a_measure_keeps_what_it_is_about() {
        let judgement =
            Judgement::pass()
                .measure(Measure::new("n", 3.0).about(None))
                .measures([Measure::new("m", None).subject("column", "age").extra("rows", 3.0)]);
        assert_eq!(judgement.measures.len(), 2);
        assert_eq!(judgement.measures[0].subject, None);
        assert_eq!(judgement.measures[1].subject, Some(Subject::new("column", "age")));
        assert_eq!(judgement.measures[1].extra[0].value, Value::Number(3.0));
    }
}
