//! `JUnit` XML, which the test tabs of GitLab, Jenkins, Azure and others read.
//!
//! A suite per kind of policy and a case per policy, since CI systems list cases under the suite's class and keep their
//! history by class and name. Blocked is a failure; not evaluable is an error, which they count apart; a policy that
//! only warned has passed, with what it found in its output.

use std::borrow::Cow;
use std::time::Duration;

use portcullis_verdict::{Kind, PolicyRecord, PolicyVerdict, RunRecord};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use crate::inert::{clipped, guarded, inert};
use crate::words::{self, evidence_in_full, place, policy_word, reason};
use crate::{figures, measures};

/// Most findings and most rows of a table in one case.
const MOST: usize = 200;

pub fn render(record: &RunRecord) -> String {
    let mut report = Report::new(xml(&format!("portcullis {}", record.project)));
    let seconds = &record.timing.seconds;
    if let Some(total) = seconds.get("total").and_then(|total| Duration::try_from_secs_f64(*total).ok()) {
        report.set_time(total);
    }
    for kind in Kind::ALL.iter().copied().map(Some).chain([None]) {
        let of_kind: Vec<_> = record.policies.iter().filter(|policy| policy.kind == kind).collect();
        if of_kind.is_empty() {
            continue;
        }
        let name = format!("portcullis.{}", kind.map_or("unreadable", |kind| kind.as_str()));
        let mut suite = TestSuite::new(name.as_str());
        let mut time = Duration::ZERO;
        for policy in of_kind {
            let case = case(record, policy, &name);
            time += case.time.unwrap_or_default();
            suite.add_test_case(case);
        }
        suite.set_time(time);
        report.add_test_suite(suite);
    }
    match report.to_string() {
        Ok(written) => written,
        // Cannot happen when writing to memory; said rather than panicked about.
        Err(error) => format!(
            "<testsuites name=\"portcullis\"><!-- {} --></testsuites>\n",
            xml(&error.to_string()).replace("--", "- -")
        ),
    }
}

fn case(record: &RunRecord, policy: &PolicyRecord, class: &str) -> TestCase {
    let why = xml(&reason(policy)).into_owned();
    let status = match policy.verdict {
        PolicyVerdict::Passed | PolicyVerdict::Warned => TestCaseStatus::success(),
        PolicyVerdict::Skipped => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(xml(words::skipped_because(record, policy)));
            status
        }
        PolicyVerdict::Blocked => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            let rule = policy.findings.first().map_or("blocked", |finding| finding.rule.as_str());
            status.set_message(why).set_type(xml(rule)).set_description(details(policy));
            status
        }
        PolicyVerdict::NotEvaluable => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            let kind = policy.failure.as_ref().map_or("not-evaluable", |failure| failure.kind.as_str());
            status.set_message(why).set_type(kind).set_description(details(policy));
            status
        }
    };
    let mut case = TestCase::new(xml(&policy.name), status);
    case.set_classname(class);
    let time = record.timing.policies.get(&policy.name).map_or(0.0, |time| time.load_seconds + time.judge_seconds);
    case.set_time(Duration::try_from_secs_f64(time).unwrap_or_default());
    if matches!(policy.verdict, PolicyVerdict::Passed | PolicyVerdict::Warned) {
        case.set_system_out(details(policy));
    }
    case
}

/// Everything about a policy, a line each. No line begins with text from outside.
fn details(policy: &PolicyRecord) -> String {
    let why = reason(policy);
    let mut lines = vec![format!("{}{}{why}", policy_word(policy.verdict), if why.is_empty() { "" } else { ": " })];
    lines.push(format!("configured at {}, mode {}", place(policy), policy.mode));
    let parameters = words::parameters(policy);
    if !parameters.is_empty() {
        lines.push(format!("parameters: {parameters}"));
    }
    for finding in policy.findings.iter().take(MOST) {
        lines.push(format!("{}: {} [{}]", finding.severity, finding.message, finding.rule));
        let evidence = evidence_in_full(finding);
        if !evidence.is_empty() {
            lines.push(format!("- {evidence}"));
        }
    }
    if policy.findings.len() > MOST {
        lines.push(format!("… and {} more findings in the run record", policy.findings.len() - MOST));
    }
    for measure in policy.measures.iter().filter(|measure| measure.subject.is_none()).take(MOST) {
        lines.push(format!("measured {} {}", measure.name, figures::metric(measure.value)));
    }
    for table in measures::tables(policy) {
        lines.push(format!("measured by {}", table.kind));
        for row in table.rows.iter().take(MOST) {
            let cells = table.head.iter().zip(row).skip(1).filter(|(_, cell)| !cell.is_empty());
            let cells = cells.map(|(name, cell)| format!("{name} {cell}")).collect::<Vec<_>>().join(", ");
            lines.push(format!("- {}: {cells}", row.first().map_or("", String::as_str)));
        }
    }
    lines.extend(policy.log.iter().take(MOST).map(|line| format!("log: {line}")));
    lines.iter().map(|line| guarded(&xml(line)).into_owned()).collect::<Vec<_>>().join("\n")
}

/// Inert text without the two characters that XML 1.0 cannot hold and that [`inert`] lets pass.
fn xml(text: &str) -> Cow<'_, str> {
    let text = inert(text);
    let text = match clipped(&text, 2000) {
        Cow::Owned(shorter) => Cow::Owned(shorter),
        Cow::Borrowed(_) => text,
    };
    if text.contains(['\u{fffe}', '\u{ffff}']) {
        Cow::Owned(text.replace('\u{fffe}', "\\u{fffe}").replace('\u{ffff}', "\\u{ffff}"))
    } else {
        text
    }
}
