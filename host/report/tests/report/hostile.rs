//! Text from policies, data and configurations that tries to act on its reader.

use portcullis_report::{Caller, Format, Style, job_summary, render};
use portcullis_verdict::{Kind, Measure, Named, RunRecord, Severity, Subject, Value};
use proptest::prelude::*;
use serde_json::json;

use crate::{junit, records};

/// Pieces that mean something to a terminal, a browser, Markdown, XML, a runner or a parser.
const PIECES: &[&str] = &[
    "\u{1b}[31m",
    "\u{1b}]8;;https://e.org\u{7}",
    "\u{9b}2J",
    "\r",
    "\n",
    "\r\n\r\n",
    "\t",
    "\u{0}",
    "\u{7f}",
    "\u{202e}",
    "\u{200b}",
    "\u{feff}",
    "\u{fffe}",
    "\u{ffff}",
    "\u{2028}",
    "<script>alert(1)</script>",
    "<!--",
    "-->",
    "]]>",
    "</details>",
    "</testsuites>",
    "<img src=x onerror=y>",
    "&",
    "&amp;",
    "&#10;",
    "\"",
    "'",
    "`",
    "```",
    "~~~",
    "|",
    "\\|",
    "\\",
    "*",
    "_",
    "# ",
    "\n# h",
    "- ",
    "\n|---|---|\n",
    "1. ",
    "> ",
    "[x](javascript:y)",
    "![x](//e.org)",
    "@team",
    "#123",
    "owner/repo#1",
    "GH-1",
    "https://e.org",
    "www.e.org",
    "a@e.org",
    ":tada:",
    "$x$",
    "::error::x",
    "\n::add-mask::x",
    "##[set-output name=x]y",
    "##vso[task.complete]",
    "::",
    "%0A",
    "%",
    ",",
    ":",
    "日本",
    "é",
    "😀",
    " ",
    "word",
];

fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![8 => proptest::sample::select(PIECES).prop_map(str::to_owned), 1 => "\\PC{0,8}", 1 => any::<char>().prop_map(String::from)];
    proptest::collection::vec(piece, 1..8).prop_map(|pieces| pieces.concat())
}

/// The mixed record with the text put everywhere that text can come from outside. Classes are numbered, so that
/// no two become one.
fn poisoned(texts: &[String]) -> RunRecord {
    let mut record = records::mixed();
    let mut turn = texts.iter().cycle();
    let mut text = || turn.next().cloned().unwrap_or_default();
    record.project = text();
    record.run.id = text();
    record.run.host = text();
    record.run.commit = Some(text());
    record.notes = vec![text()];
    record.skipped = [(text(), text())].into();
    // Not the name of a measure, which would move it to the key metrics.
    record.metrics.insert(text() + " metric", Some(0.5));
    let data = record.data.as_mut().unwrap();
    (data.target, data.sources[0].path, data.sources[0].role) = (Some(text()), text(), text());
    (data.sha256, data.sources[0].sha256) = (text(), text());
    data.split.as_mut().unwrap().method = text();
    for model in [record.model.as_mut().unwrap(), record.champion.as_mut().unwrap()] {
        (model.family, model.sha256, model.source) = (text(), text(), Some(text()));
        model.parameters.insert(text(), json!(text()));
    }
    let evaluation = record.evaluation.as_mut().unwrap();
    evaluation.confusion.as_mut().unwrap().classes = vec![text() + "1", text() + "2"];
    for slice in &mut record.slices {
        slice.key = vec![(text(), text())];
    }
    let mut passing = records::policy("passing", Kind::Behavior, 70);
    passing.measures = vec![records::measure("x", Some(1.0))];
    record.policies.push(passing);
    for (number, policy) in record.policies.iter_mut().enumerate() {
        policy.name = text();
        policy.file = text();
        policy.digest = text();
        policy.contract = Some(text());
        policy.log = vec![text()];
        policy.parameters = json!({ text(): text() });
        policy.place.line = policy.place.line.filter(|_| number != 2);
        if let Some(failure) = &mut policy.failure {
            failure.message = text();
        }
        let mut finding = records::finding(&text(), Severity::Warning, &text());
        finding.subject = Some(Subject { kind: text(), name: text() });
        finding.observed = Some(Value::Text(text()));
        finding.expected = Some(Value::Text(text()));
        finding.extra = vec![Named { name: text(), value: Value::Text(text()) }];
        policy.findings.insert(0, finding);
        let subject = Some(Subject { kind: text() + "9", name: text() });
        policy.measures.push(Measure { name: text(), value: Some(0.25), subject, extra: vec![] });
        policy.measures.push(Measure { name: text(), value: None, subject: None, extra: vec![] });
    }
    record
}

fn rows(markdown: &str) -> usize {
    markdown.lines().filter(|line| line.starts_with('|')).count()
}

/// Every check on one record; `harmless` is the same record with a word in place of the text.
fn check(record: &RunRecord, harmless: &RunRecord) -> Result<(), TestCaseError> {
    let style = Style { color: false, width: 80 };
    for format in Format::ALL {
        let report = render(*format, record, &style, &Caller::default());
        let acting = report.chars().find(|c| c.is_control() && *c != '\n');
        prop_assert!(acting.is_none(), "{format}: {acting:?} in {report}");
        prop_assert!(!report.contains(['\u{202e}', '\u{200b}', '\u{2028}', '\u{feff}']), "{format}: {report}");
        // Text and annotations are read by nothing that knows HTML.
        if !matches!(format, Format::Text | Format::Github) {
            prop_assert!(!report.to_lowercase().contains("<script"), "{format}: {report}");
        }
        prop_assert!(!report.contains("##[") && !report.contains("##vso["), "{format}: {report}");
        let commands = report.lines().filter(|line| line.trim_start().starts_with("::")).count();
        // In this record two block and one is not evaluable: three errors; one warning.
        prop_assert_eq!(commands, if *format == Format::Github { 4 } else { 0 }, "{}: {}", format, report);
        prop_assert!(report.ends_with('\n'));
    }
    let github = render(Format::Github, record, &style, &Caller::default());
    prop_assert_eq!(github.lines().count(), 4);
    let junit = render(Format::Junit, record, &style, &Caller::default());
    let counts = junit::read(&junit).map_err(|error| TestCaseError::fail(format!("{error} in {junit}")))?;
    prop_assert_eq!(counts.cases, record.policies.len());
    for markdown in
        [render(Format::Markdown, record, &style, &Caller::default()), job_summary(record, &Caller::default())]
    {
        prop_assert_eq!(rows(&markdown), rows(&job_summary(harmless, &Caller::default())), "{}", markdown);
        prop_assert_eq!(markdown.matches("<details>").count(), markdown.matches("</details>").count());
        // A backtick (`&#96;`) mentions nobody.
        let safe = |rest: &str| rest.starts_with("&#8203;") || rest.starts_with("&#96;");
        let mentions = markdown.match_indices('@').filter(|(at, _)| !safe(&markdown[at + 1..]));
        let outside_code = mentions.filter(|(at, _)| {
            let line = markdown[..*at].rsplit('\n').next().unwrap_or("");
            let after = markdown[at + 1..].chars().next();
            line.matches('`').count() % 2 == 0 && after != Some(' ') && after != Some('\n')
        });
        prop_assert_eq!(outside_code.count(), 0, "{}", markdown);
    }
    let json = render(Format::Json, record, &style, &Caller::default());
    let read: RunRecord = serde_json::from_str(&json).map_err(|error| TestCaseError::fail(error.to_string()))?;
    prop_assert_eq!(&read, record, "JSON loses nothing");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn no_text_acts_in_any_format(texts in proptest::collection::vec(hostile(), 3..9)) {
        check(&poisoned(&texts), &poisoned(&["word".to_owned()]))?;
    }
}

#[test]
fn every_piece_alone_is_harmless() {
    for piece in PIECES {
        let texts = [(*piece).to_owned()];
        check(&poisoned(&texts), &poisoned(&["word".to_owned()])).unwrap_or_else(|error| panic!("{piece:?}: {error}"));
    }
}
