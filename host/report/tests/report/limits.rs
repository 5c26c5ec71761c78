//! What the readers of a report can take.

use portcullis_report::{Caller, Format, Style, job_summary, render};
use portcullis_verdict::{Kind, Mode, PolicyVerdict, RunRecord, Severity};

use crate::records;

fn large() -> RunRecord {
    let mut record = records::blocked_by_fairness();
    for number in 0..25 {
        let mut policy = records::policy(&format!("rule-{number}"), Kind::Gate, 100 + number);
        let message = format!("{} {number}", "ünfit ".repeat(200));
        policy.findings = (0..400).map(|_| records::finding("rule", Severity::Error, &message)).collect();
        (policy.mode, policy.verdict) = match number {
            0..12 => (Mode::Enforce, PolicyVerdict::Blocked),
            _ => (Mode::Warn, PolicyVerdict::Warned),
        };
        record.policies.push(policy);
    }
    record
}

#[test]
fn markdown_stays_within_a_comment_and_says_what_it_cut() {
    let text = render(Format::Markdown, &large(), &Style::default(), &Caller::default());
    assert!(text.len() <= 65_536, "{}", text.len());
    assert!(text.len() > 60_000, "{}", text.len());
    assert!(text.contains("**Cut here**"), "no notice");
    assert!(text.lines().nth(1).unwrap().contains("blocked"));
    assert_eq!(text.matches("<details>").count(), text.matches("</details>").count());
    let summary = job_summary(&large(), &Caller::default());
    assert!(summary.len() <= 1024 * 1024 && summary.len() > 65_536, "{}", summary.len());
    assert!(
        !render(Format::Markdown, &records::mixed(), &Style::default(), &Caller::default()).contains("**Cut here**")
    );
}

#[test]
fn github_gets_ten_annotations_of_a_level_and_the_tenth_tells_of_the_rest() {
    let text = render(Format::Github, &large(), &Style::default(), &Caller::default());
    for (level, rest) in [("error", "4 policies more"), ("warning", "4 policies more")] {
        let lines: Vec<_> = text.lines().filter(|line| line.starts_with(&format!("::{level} "))).collect();
        assert_eq!(lines.len(), 10, "{level}");
        assert!(lines[9].contains(rest), "{}", lines[9]);
    }
    assert!(text.lines().next().unwrap().contains("title=group-fairness%3A blocked"), "{text}");
    assert_eq!(text.lines().count(), 20);
}
