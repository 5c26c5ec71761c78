//! Workflow commands for GitHub Actions: annotations on the lines of the configuration, and the job summary.
//!
//! GitHub shows at most ten annotations of each level per step and drops the rest without a word, so the most
//! important come first and the tenth says how many more there are.

use portcullis_verdict::{PolicyRecord, PolicyVerdict, RunRecord, Verdict};

use crate::inert::{clipped, inert};
use crate::words::{self, evidence, policy_word, reason};
use crate::{Caller, advice, markdown};

/// Annotations of one level that GitHub shows per step.
const SHOWN: usize = 10;
/// Findings told in one annotation.
const FINDINGS: usize = 5;
/// The most that a step's summary may hold: 1 MiB.
const SUMMARY_LIMIT: usize = 1024 * 1024;

pub fn render(record: &RunRecord, caller: &Caller) -> String {
    let mut out = String::new();
    let stopping: Vec<_> = words::by_importance(record)
        .into_iter()
        .filter(|policy| matches!(policy.verdict, PolicyVerdict::Blocked | PolicyVerdict::NotEvaluable))
        .collect();
    annotations(&mut out, "error", &stopping);
    annotations(&mut out, "warning", &words::with(record, PolicyVerdict::Warned).collect::<Vec<_>>());
    if record.verdict == Verdict::Passed {
        let message = format!("{}\n{}", inert(&words::why(record)), advice_line(record, caller));
        out.push_str(&command("notice", &[("title", "Portcullis: passed")], message.trim_end()));
    }
    out
}

/// The text for the file that `GITHUB_STEP_SUMMARY` names: the Markdown report, longer, within the 1 MiB that a step
/// may write.
pub fn job_summary(record: &RunRecord, caller: &Caller) -> String {
    markdown::report(record, caller, SUMMARY_LIMIT, 500)
}

/// What to do, where a run passed and still has something to say.
fn advice_line(record: &RunRecord, caller: &Caller) -> String {
    let all_passed = record.policies.iter().all(|policy| policy.verdict == PolicyVerdict::Passed);
    if all_passed && !record.policies.is_empty() {
        return String::new();
    }
    advice::next(record, caller).first().map_or_else(String::new, |step| inert(step).into_owned())
}

fn annotations(out: &mut String, level: &str, policies: &[&PolicyRecord]) {
    let shown = if policies.len() > SHOWN { SHOWN - 1 } else { policies.len() };
    for policy in policies.iter().take(shown) {
        out.push_str(&annotation(level, policy));
    }
    let left = policies.get(shown..).unwrap_or_default();
    if !left.is_empty() {
        let title = format!("{} more in the log", words::policies(left.len()));
        let names = left.iter().map(|policy| format!("{} ({})", inert(&policy.name), policy_word(policy.verdict)));
        let message =
            format!("GitHub shows ten annotations of a level. Also: {}", names.collect::<Vec<_>>().join(", "));
        let file = left.first().map_or("", |policy| policy.place.file.as_str());
        out.push_str(&command(level, &[("file", file), ("title", &title)], &clipped(&message, 2000)));
    }
}

fn annotation(level: &str, policy: &PolicyRecord) -> String {
    let line = policy.place.line.map(|line| line.to_string());
    let title = format!("{}: {}", policy.name, policy_word(policy.verdict));
    let mut properties = match &line {
        Some(line) => vec![("file", policy.place.file.as_str()), ("line", line)],
        None => vec![("file", policy.place.file.as_str())],
    };
    properties.push(("title", &title));
    let mut lines = vec![reason(policy)];
    for finding in policy.findings.iter().take(FINDINGS) {
        let evidence = evidence(finding);
        if finding.message != lines[0] {
            lines.push(format!("{}: {}", finding.severity, finding.message));
        }
        if !evidence.is_empty() {
            lines.push(format!("- {evidence}"));
        }
    }
    if policy.findings.len() > FINDINGS {
        lines.push(format!("… and {} more findings in the run record", policy.findings.len() - FINDINGS));
    }
    let lines: Vec<_> = lines.iter().map(|line| clipped(&inert(line), 1000).into_owned()).collect();
    command(level, &properties, &lines.join("\n"))
}

/// One workflow command on one line. Escapes as the runner unescapes: `%`, CR and LF everywhere, `:` and `,` in
/// properties too.
fn command(level: &str, properties: &[(&str, &str)], message: &str) -> String {
    let escape = |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let property = |(name, value): &(&str, &str)| {
        let value = clipped(&inert(value), 200).into_owned();
        format!("{name}={}", escape(&value).replace(':', "%3A").replace(',', "%2C"))
    };
    let properties = properties.iter().map(property).collect::<Vec<_>>().join(",");
    format!("::{level} {properties}::{}\n", escape(message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_escaped_as_the_runner_unescapes() {
        assert_eq!(
            command("error", &[("file", "a,b:c"), ("title", "100 %\n::x")], "5 % of\nrows: a, b"),
            "::error file=a%2Cb%3Ac,title=100 %25 %3A%3Ax::5 %25 of%0Arows: a, b\n"
        );
    }
}
