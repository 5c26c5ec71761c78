//! The sentences that every format shares. They hold text from outside as it came: each format makes it inert.

use portcullis_verdict::{Finding, ModelRecord, Outcome, PolicyRecord, PolicyVerdict, RunRecord, Severity, Verdict};

use crate::figures::{self, counted};
use crate::metrics;

/// The order in which policies are read: what stops the run first.
const ORDER: [PolicyVerdict; 5] = [
    PolicyVerdict::Blocked,
    PolicyVerdict::NotEvaluable,
    PolicyVerdict::Warned,
    PolicyVerdict::Passed,
    PolicyVerdict::Skipped,
];

/// The policies, what stops the run first, else in the configuration's order.
pub fn by_importance(record: &RunRecord) -> Vec<&PolicyRecord> {
    ORDER.iter().flat_map(|verdict| with(record, *verdict)).collect()
}

/// The policies with this verdict, in the configuration's order.
pub fn with(record: &RunRecord, verdict: PolicyVerdict) -> impl Iterator<Item = &PolicyRecord> {
    record.policies.iter().filter(move |policy| policy.verdict == verdict)
}

/// `not-evaluable` as a person writes it.
pub const fn policy_word(verdict: PolicyVerdict) -> &'static str {
    match verdict {
        PolicyVerdict::NotEvaluable => "not evaluable",
        other => other.as_str(),
    }
}

/// `not-evaluable` as a person writes it.
pub const fn verdict_word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::NotEvaluable => "not evaluable",
        other => other.as_str(),
    }
}

/// Why the run came to its verdict, in one line.
pub fn why(record: &RunRecord) -> String {
    let at_fault: Vec<_> = match record.verdict {
        Verdict::Passed => return why_passed(record),
        Verdict::Blocked => with(record, PolicyVerdict::Blocked).collect(),
        Verdict::NotEvaluable => with(record, PolicyVerdict::NotEvaluable).collect(),
    };
    let Some((first, others)) = at_fault.split_first() else {
        // No policy is at fault where none judged; the last note says so.
        return record.notes.last().cloned().unwrap_or_else(|| "the record names no policy for it".to_owned());
    };
    let mut line = format!("{}: {}", first.name, reason(first));
    if !others.is_empty() {
        line += &format!(" (and {} more: {})", others.len(), names(others.iter().copied()));
    }
    let unread = with(record, PolicyVerdict::NotEvaluable).count();
    if record.verdict == Verdict::Blocked && unread > 0 {
        line += &format!("; {} could not be evaluated", policies(unread));
    }
    line
}

fn why_passed(record: &RunRecord) -> String {
    let inapplicable = record.policies.iter().filter(|policy| policy.outcome == Some(Outcome::NotApplicable)).count();
    let passed = with(record, PolicyVerdict::Passed).count().saturating_sub(inapplicable);
    let warned = with(record, PolicyVerdict::Warned).count();
    if record.policies.is_empty() {
        return match record.run.command.as_str() {
            "train" | "evaluate" => format!("`{}` is done; it runs no policies", record.run.command),
            _ => "there are no policies, so nothing was judged".to_owned(),
        };
    }
    let mut line = match (passed, warned) {
        (_, 0) => policies(passed),
        (0, _) => format!("no policy blocks; {warned} warned"),
        _ => format!("{}, {warned} more warned", policies(passed)),
    };
    if inapplicable > 0 {
        line += &format!(", {inapplicable} not applicable");
    }
    if let Some(metric) = metrics::key(record).into_iter().find(|metric| metric.value.is_some()) {
        line += &format!("; {} {}", metric.name, figures::metric(metric.value));
        if let Some(evaluation) = &record.evaluation {
            line += &format!(" on {}", counted(evaluation.rows, "held-out row"));
        }
    }
    line
}

/// A number of policies.
pub fn policies(count: usize) -> String {
    if count == 1 { "1 policy".to_owned() } else { format!("{count} policies") }
}

/// The names of at most five policies, with how many more there are.
pub fn names<'a>(policies: impl Iterator<Item = &'a PolicyRecord>) -> String {
    let all: Vec<_> = policies.map(|policy| policy.name.as_str()).collect();
    let mut line = all.iter().take(5).copied().collect::<Vec<_>>().join(", ");
    if all.len() > 5 {
        line += &format!(" and {} more", all.len() - 5);
    }
    line
}

/// Why a policy came to its verdict, in one line: the first of its gravest findings, or how it failed.
pub fn reason(policy: &PolicyRecord) -> String {
    if let Some(failure) = &policy.failure {
        return format!("{} ({})", failure.message, failure.kind);
    }
    let found = gravest(policy).map(|finding| finding.message.as_str());
    match (policy.verdict, policy.outcome) {
        (PolicyVerdict::NotEvaluable, _) => "could not be evaluated, and did not say why".to_owned(),
        (PolicyVerdict::Skipped, _) => "did not run".to_owned(),
        (_, Some(Outcome::Inconclusive)) => {
            format!("inconclusive: {}", found.unwrap_or("too little to decide on, and the policy did not say what"))
        }
        (_, Some(Outcome::NotApplicable)) => format!("not applicable{}", prefixed(": ", found)),
        (PolicyVerdict::Passed, _) => found.map_or_else(|| measured(policy), str::to_owned),
        _ => found.unwrap_or("the rule is broken, and the policy did not say how").to_owned(),
    }
}

fn prefixed(prefix: &str, text: Option<&str>) -> String {
    text.map_or_else(String::new, |text| format!("{prefix}{text}"))
}

/// What a policy measured on everything, the first three.
fn measured(policy: &PolicyRecord) -> String {
    let all: Vec<_> = policy.measures.iter().filter(|measure| measure.subject.is_none()).collect();
    all.iter()
        .take(3)
        .map(|measure| format!("{} {}", measure.name, figures::metric(measure.value)))
        .collect::<Vec<_>>()
        .join(", ")
}

/// The first of the findings that weigh most.
fn gravest(policy: &PolicyRecord) -> Option<&Finding> {
    [Severity::Error, Severity::Warning, Severity::Info]
        .into_iter()
        .find_map(|severity| policy.findings.iter().find(|finding| finding.severity == severity))
}

/// What a finding is about, saw and expected, and on how many rows: `group sex=F: observed 0.21, expected <= 0.1, rows
/// 352`. Empty if it does not say. The message usually tells the rest.
pub fn evidence(finding: &Finding) -> String {
    evidence_with(finding, |name| name == "rows")
}

/// The same with everything else that the finding carries.
pub fn evidence_in_full(finding: &Finding) -> String {
    evidence_with(finding, |_| true)
}

fn evidence_with(finding: &Finding, extra: impl Fn(&str) -> bool) -> String {
    let mut parts = vec![];
    if let Some(observed) = figures::observed(finding) {
        parts.push(format!("observed {observed}"));
    }
    if let Some(expected) = &finding.expected {
        parts.push(format!("expected {}", figures::value(expected)));
    }
    let extras = finding.extra.iter().filter(|named| extra(&named.name)).take(20);
    parts.extend(extras.map(|named| format!("{} {}", named.name, figures::value(&named.value))));
    match (&finding.subject, parts.is_empty()) {
        (Some(subject), true) => subject.to_string(),
        (Some(subject), false) => format!("{subject}: {}", parts.join(", ")),
        (None, _) => parts.join(", "),
    }
}

/// Where a policy is configured: `portcullis.toml:31`, or its file if no entry names it.
pub fn place(policy: &PolicyRecord) -> String {
    policy.place.to_string()
}

/// Why a policy did not run.
pub fn skipped_because<'a>(record: &'a RunRecord, policy: &PolicyRecord) -> &'a str {
    record
        .skipped
        .get(&policy.name)
        .or_else(|| record.skipped.get("gate"))
        .or_else(|| record.skipped.values().next())
        .map_or("an earlier step blocked", String::as_str)
}

/// The steps that did not run, in the order of a run, joined where they have one reason.
pub fn skipped(record: &RunRecord) -> Vec<(String, &str)> {
    let place =
        |step: &str| ["check", "train", "evaluate", "gate"].iter().position(|known| *known == step).unwrap_or(4);
    let mut steps: Vec<_> = record.skipped.iter().collect();
    steps.sort_by_key(|(step, _)| place(step));
    let mut joined: Vec<(String, &str)> = vec![];
    for (step, reason) in steps {
        match joined.iter_mut().find(|(_, known)| known == reason) {
            Some((steps, _)) => *steps += &format!(", {step}"),
            None => joined.push((step.clone(), reason)),
        }
    }
    joined
}

/// The hyperparameters that a model is known by, the most telling first.
const TELLING: &[&str] = &[
    "trees",
    "rounds",
    "learning-rate",
    "max-depth",
    "max-leaves",
    "min-samples-leaf",
    "penalty",
    "c",
    "alpha",
    "l1-ratio",
];

/// A model's hyperparameters in a few words: `trees 200, max-depth 8`. The run record has all.
pub fn hyperparameters(model: &ModelRecord) -> String {
    const MOST: usize = 4;
    let plain = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let telling = TELLING.iter().filter_map(|key| Some((*key, model.parameters.get(*key)?)));
    let set = telling.filter(|(_, value)| !value.is_null() && *value != "none");
    set.take(MOST).map(|(key, value)| format!("{key} {}", plain(value))).collect::<Vec<_>>().join(", ")
}

/// The parameters as a person would configure them: `metric = "accuracy", min = 0.85`.
pub fn parameters(policy: &PolicyRecord) -> String {
    let Some(parameters) = policy.parameters.as_object() else {
        return String::new();
    };
    let mut pairs: Vec<_> = parameters.iter().filter(|(_, value)| !value.is_null()).collect();
    pairs.sort_by_key(|(name, _)| *name);
    pairs.into_iter().map(|(name, value)| format!("{name} = {value}")).collect::<Vec<_>>().join(", ")
}
