//! From judgements to verdicts.

use serde::{Deserialize, Serialize};

use crate::judgement::{Judgement, Outcome};
use crate::name::{Mode, names};

names! {
    /// What the whole run came to; one exit code each.
    Verdict, "verdict", {
        /// Nothing blocked and everything could be evaluated: exit code 0.
        Passed = "passed",
        /// A policy blocked: exit code 1.
        Blocked = "blocked",
        /// No policy blocked, but one could not be evaluated: exit code 3.
        NotEvaluable = "not-evaluable",
    }
}

names! {
    /// What the host makes of one policy's judgement under the configuration.
    PolicyVerdict, "policy verdict", {
        /// The policy passed, or had nothing to say.
        Passed = "passed",
        /// It failed in `warn` mode: reported, does not block.
        Warned = "warned",
        /// It failed, or could not decide, in `enforce` mode.
        Blocked = "blocked",
        /// It could not finish; never counts as passed, in `warn` mode either.
        NotEvaluable = "not-evaluable",
        /// It did not run, because an earlier step blocked.
        Skipped = "skipped",
    }
}

names! {
    /// Why a policy could not be evaluated: a stable word for each kind of failure.
    FailureKind, "failure kind", {
        /// The file is not a WebAssembly component.
        NotAComponent = "not-a-component",
        /// The component and this host have no contract in common: wrong version, missing export, unknown import.
        Incompatible = "incompatible",
        /// It asks for an interface that the configuration did not grant.
        Refused = "refused",
        /// It trapped: a panic, an unreachable instruction, a division by zero.
        Trap = "trap",
        /// It used up its instructions.
        Fuel = "fuel",
        /// It ran longer than the wall clock allows.
        Time = "time",
        /// It needs more memory, tables, instances or handles than it may have.
        Memory = "memory",
        /// Its call stack went too deep.
        Stack = "stack",
        /// It made more host calls, or moved more bytes through them, than it may.
        HostCalls = "host-calls",
        /// What it returned is larger than a result may be.
        Output = "output",
        /// It is larger than it may be, of a shape on which the compiler would explode, or takes longer or more memory to
        /// compile than it may.
        Compile = "compile",
        /// It judged the same inputs twice and did not come to the same bytes; only told where that is asked for.
        NotDeterministic = "not-deterministic",
        /// It returned an error instead of a judgement.
        PolicyError = "policy-error",
        /// The host itself failed; a defect of Portcullis.
        Host = "host",
    }
}

/// Why a policy could not be evaluated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{kind}: {message}")]
pub struct Failure {
    /// The kind, stable.
    pub kind: FailureKind,
    /// What happened and what to do, for a person.
    pub message: String,
}

impl Failure {
    /// A failure of this kind.
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }
}

/// What a policy's result means under its mode.
///
/// An inconclusive judgement counts as a failed one: nothing was shown to hold.
pub fn policy_verdict(mode: Mode, result: Result<&Judgement, &Failure>) -> PolicyVerdict {
    match (result.map(|judgement| judgement.outcome), mode) {
        (Err(_), _) => PolicyVerdict::NotEvaluable,
        (Ok(Outcome::Pass | Outcome::NotApplicable), _) => PolicyVerdict::Passed,
        (Ok(Outcome::Fail | Outcome::Inconclusive), Mode::Warn) => PolicyVerdict::Warned,
        (Ok(Outcome::Fail | Outcome::Inconclusive), Mode::Enforce) => PolicyVerdict::Blocked,
    }
}

/// The verdict on the run: blocked if any policy blocked, else not evaluable if any could not be evaluated.
pub fn overall(verdicts: impl IntoIterator<Item = PolicyVerdict>) -> Verdict {
    verdicts.into_iter().fold(Verdict::Passed, |sofar, verdict| match (sofar, verdict) {
        (Verdict::Blocked, _) | (_, PolicyVerdict::Blocked) => Verdict::Blocked,
        (Verdict::NotEvaluable, _) | (_, PolicyVerdict::NotEvaluable) => Verdict::NotEvaluable,
        _ => Verdict::Passed,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(outcome: Outcome) -> Judgement {
        Judgement { outcome, findings: vec![], measures: vec![], extra: vec![] }
    }

    #[test]
    fn warn_mode_forgives_a_failed_rule_and_nothing_else() {
        let table = [
            (Outcome::Pass, PolicyVerdict::Passed, PolicyVerdict::Passed),
            (Outcome::NotApplicable, PolicyVerdict::Passed, PolicyVerdict::Passed),
            (Outcome::Fail, PolicyVerdict::Blocked, PolicyVerdict::Warned),
            (Outcome::Inconclusive, PolicyVerdict::Blocked, PolicyVerdict::Warned),
        ];
        for (outcome, enforced, warned) in table {
            assert_eq!(policy_verdict(Mode::Enforce, Ok(&judged(outcome))), enforced);
            assert_eq!(policy_verdict(Mode::Warn, Ok(&judged(outcome))), warned);
        }
        let failure = Failure::new(FailureKind::Trap, "unreachable");
        for mode in [Mode::Enforce, Mode::Warn] {
            assert_eq!(policy_verdict(mode, Err(&failure)), PolicyVerdict::NotEvaluable);
        }
    }

    #[test]
    fn a_block_outweighs_a_policy_that_could_not_be_evaluated() {
        use PolicyVerdict::{Blocked, NotEvaluable, Passed, Skipped, Warned};
        assert_eq!(overall([]), Verdict::Passed);
        assert_eq!(overall([Passed, Warned, Skipped]), Verdict::Passed);
        assert_eq!(overall([Passed, NotEvaluable, Warned]), Verdict::NotEvaluable);
        assert_eq!(overall([Blocked, NotEvaluable]), Verdict::Blocked);
        assert_eq!(overall([NotEvaluable, Blocked]), Verdict::Blocked);
    }
}
