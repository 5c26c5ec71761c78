//! A run record, in every report format.

mod junit;
mod record;

use portcullis_report::{Caller, Format, Style, job_summary, render};
use portcullis_verdict::RunRecord;

use crate::texts;

/// A stored record where the bytes are one, else a record made of them: see [`record::made_of`].
///
/// Nothing that stands in it acts on a terminal, a log, a browser or a parser, whatever the format.
pub fn report(bytes: &[u8]) {
    let record = serde_json::from_slice(bytes).unwrap_or_else(|_| record::made_of(bytes));
    for format in Format::ALL {
        let report = render(*format, &record, &Style::default(), &Caller::default());
        everywhere(*format, &report);
        match format {
            Format::Text => {}
            Format::Json => json(&report),
            Format::Markdown => markdown(&report, 65_536),
            Format::Junit => junit::holds(&report, record.policies.len()),
            Format::Github => annotations(&report),
        }
    }
    let narrow = Style { color: false, width: 0 };
    everywhere(Format::Text, &render(Format::Text, &record, &narrow, &Caller::default()));
    markdown(&job_summary(&record, &Caller::default()), 1 << 20);
}

/// What every format promises.
fn everywhere(format: Format, report: &str) {
    texts::nothing_acts(format.as_str(), report);
    assert!(report.is_empty() || report.ends_with('\n'), "{format} does not end its last line");
    for command in ["##[", "##vso[", "##teamcity["] {
        assert!(!report.contains(command), "{format} holds {command}: {report}");
    }
    if format != Format::Github {
        let command = report.lines().find(|line| line.trim_start().starts_with("::"));
        assert!(command.is_none(), "{format} holds a workflow command: {command:?}");
    }
    // Text and annotations are read by nothing that knows HTML.
    if !matches!(format, Format::Text | Format::Github) {
        assert!(!report.to_ascii_lowercase().contains("<script"), "{format} holds a tag: {report}");
    }
}

/// Each line is an annotation of ours, at most ten of a level.
fn annotations(report: &str) {
    for level in ["error", "warning", "notice"] {
        let lines = report.lines().filter(|line| line.starts_with(&format!("::{level} "))).count();
        assert!(lines <= 10, "GitHub shows ten of {level}: {report}");
    }
    for line in report.lines() {
        let level = line.strip_prefix("::").and_then(|rest| rest.split(' ').next());
        assert!(matches!(level, Some("error" | "warning" | "notice")), "{line:?} is no annotation");
    }
}

/// It fits where it is put, and every tag in it is one of ours.
fn markdown(report: &str, most: usize) {
    assert!(report.len() <= most, "{} bytes, and there may be {most}", report.len());
    assert_eq!(report.matches("<details>").count(), report.matches("</details>").count(), "{report}");
    for (at, _) in report.match_indices('<') {
        let rest = &report[at + 1..];
        let tag = rest.starts_with(|c: char| c.is_ascii_alphabetic() || "/!?".contains(c));
        let ours = ["details>", "/details>", "summary>", "/summary>", "!-- portcullis", "b>", "/b>", "code>", "/code>"];
        assert!(
            !tag || ours.iter().any(|ours| rest.starts_with(ours)) || in_code(report, at),
            "{:?} in {report}",
            clip(rest)
        );
    }
}

/// Whether a byte of Markdown stands between backticks.
fn in_code(report: &str, at: usize) -> bool {
    let line = report[..at].rsplit('\n').next().unwrap_or_default();
    line.matches('`').count() % 2 == 1
}

fn clip(text: &str) -> String {
    text.chars().take(40).collect()
}

/// It is JSON and loses nothing: what was read of it is written the same.
fn json(report: &str) {
    let read: RunRecord = serde_json::from_str(report).unwrap_or_else(|error| panic!("{error} in {report}"));
    let again = render(Format::Json, &read, &Style::default(), &Caller::default());
    assert_eq!(again, report);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_is_noticed() {
        let broken: [fn(); 8] = [
            || everywhere(Format::Text, "a\u{1b}[31m\n"),
            || everywhere(Format::Text, " ::error::x\n"),
            || everywhere(Format::Github, "##[group]\n"),
            || everywhere(Format::Markdown, "<SCRIPT>\n"),
            || annotations("::add-mask::x\n"),
            || markdown("<img src=x>\n", 100),
            || junit::holds("<testsuites><testcase name=\"a\"/></testsuites>", 2),
            || json("{}"),
        ];
        for (place, broken) in broken.into_iter().enumerate() {
            assert!(std::panic::catch_unwind(broken).is_err(), "the check in place {place} sees nothing");
        }
        junit::holds("<testsuites><testcase name=\"a\"/></testsuites>", 1);
        markdown("<details><summary>a</summary></details>\n", 100);
    }
}
