//! What came of the cases, for a person and for CI systems.

use std::fmt::Write as _;

use portcullis_verdict::plain;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::{Outcome, Tested};

/// Lines of a policy's log that are shown of a case that did not pass.
const MOST_LOG: usize = 20;

/// For a person: a line for each case, and under those that did not pass what differs.
pub fn text(policy: &str, tested: &[Tested]) -> String {
    let mut text = String::new();
    for one in tested {
        let (word, below) = said(one);
        let milliseconds = one.elapsed.as_secs_f64() * 1e3;
        let _ = writeln!(text, "{word:8} {}  ({milliseconds:.0} ms)", plain(&one.case));
        for line in
            below.lines().chain(one.log.iter().take(if one.passed() { 0 } else { MOST_LOG }).map(String::as_str))
        {
            let _ = writeln!(text, "         {}", plain(line));
        }
    }
    let failed = tested.iter().filter(|one| !one.passed()).count();
    let updated = tested.iter().filter(|one| one.outcome == Outcome::Updated).count();
    let _ = write!(text, "\n{policy}: {} of {} cases passed", tested.len() - failed, tested.len());
    if updated > 0 {
        let _ = write!(text, ", {updated} of them updated: review what changed before you commit it");
    }
    text.push('\n');
    if tested.iter().any(|one| matches!(one.outcome, Outcome::Different(_) | Outcome::New(_))) {
        text.push_str("If what it says now is right, accept it with --update.\n");
    }
    text
}

/// `JUnit` XML, a test case for each case.
pub fn junit(policy: &str, tested: &[Tested]) -> String {
    let mut suite = TestSuite::new(plain(policy).into_owned());
    for one in tested {
        let (word, below) = said(one);
        let status = if one.passed() {
            TestCaseStatus::success()
        } else {
            let kind = match one.outcome {
                Outcome::Broken(_) => NonSuccessKind::Error,
                _ => NonSuccessKind::Failure,
            };
            let mut status = TestCaseStatus::non_success(kind);
            status.set_type(word).set_message(plain(below.lines().next().unwrap_or(word)).into_owned());
            status.set_description(below.lines().map(|line| plain(line) + "\n").collect::<String>());
            status
        };
        let mut case = TestCase::new(plain(&one.case).into_owned(), status);
        case.set_classname(plain(policy).into_owned()).set_time(one.elapsed);
        if !one.log.is_empty() {
            case.set_system_out(one.log.iter().map(|line| plain(line) + "\n").collect::<String>());
        }
        suite.add_test_case(case);
    }
    let mut report = Report::new("portcullis policy test");
    report.add_test_suite(suite);
    report.to_string().unwrap_or_default()
}

/// A word for the outcome, and the lines under it.
fn said(tested: &Tested) -> (&'static str, &str) {
    match &tested.outcome {
        Outcome::Same => ("ok", ""),
        Outcome::Updated => ("updated", ""),
        Outcome::New(said) => ("new", said),
        Outcome::Different(lines) => ("DIFFERS", lines),
        Outcome::Broken(why) => ("BROKEN", why),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn tested(case: &str, outcome: Outcome) -> Tested {
        Tested {
            case: case.into(),
            outcome,
            log: vec!["hello\u{1b}".into()],
            fuel: None,
            elapsed: Duration::from_millis(3),
        }
    }

    #[test]
    fn each_case_has_its_line_and_what_is_wrong_below() {
        let all = [
            tested("a", Outcome::Same),
            tested("b", Outcome::Different("- 1\n+ 2\n".into())),
            tested("c", Outcome::Broken("no data".into())),
        ];
        let shown = text("mine", &all);
        assert!(shown.starts_with(
            "ok       a  (3 ms)\nDIFFERS  b  (3 ms)\n         - 1\n         + 2\n         hello\\u{1b}\n"
        ));
        assert!(shown.contains("BROKEN   c"));
        assert!(shown.ends_with("mine: 1 of 3 cases passed\nIf what it says now is right, accept it with --update.\n"));
        let xml = junit("mine", &all);
        assert!(xml.contains("tests=\"3\"") && xml.contains("failures=\"1\"") && xml.contains("errors=\"1\""), "{xml}");
        assert!(!xml.contains('\u{1b}'));
    }
}
