//! What each format says in each situation.

use portcullis_report::{Caller, Format, Style, job_summary, render};

use crate::records;

#[test]
fn every_format_in_every_situation() {
    for (name, record) in records::all() {
        for format in Format::ALL {
            insta::assert_snapshot!(
                format!("{name}_{format}"),
                render(*format, &record, &Style::default(), &Caller::default())
            );
        }
    }
}

#[test]
fn colour_and_a_narrow_terminal() {
    let record = records::mixed();
    let narrow = render(Format::Text, &record, &Style { color: false, width: 50 }, &Caller::default());
    insta::assert_snapshot!("mixed_text_narrow", narrow);
    let coloured = render(Format::Text, &record, &Style { color: true, width: 100 }, &Caller::default());
    insta::assert_snapshot!("mixed_text_coloured", coloured.replace('\u{1b}', "ESC"));
}

#[test]
fn the_verdict_and_its_reason_come_first() {
    for (name, start) in [
        ("passed", "PASSED: 5 policies; accuracy 0.9667 on 30 held-out rows\n"),
        ("blocked_by_fairness", "BLOCKED: group-fairness: the selection rate is 0.4602 for sex=F (162 of 352 rows)"),
        ("not_evaluable", "NOT EVALUABLE: house-rules: it trapped in `judge`"),
        ("data_blocked", "BLOCKED: completeness: petal_width: 12 of 150 values are missing"),
        ("no_policies", "PASSED: there are no policies, so nothing was judged\n"),
    ] {
        let (_, record) = records::all().into_iter().find(|(situation, _)| *situation == name).unwrap();
        let text = render(Format::Text, &record, &Style::default(), &Caller::default());
        assert!(text.starts_with(start), "{text}");
    }
}

#[test]
fn commands_are_those_that_the_reader_can_paste() {
    let caller = Caller::new(
        ["--project", "'my models/iris'", "--config", "strict.toml"].map(str::to_owned).to_vec(),
        "strict.toml".to_owned(),
    );
    let line = "portcullis report --project 'my models/iris' --config strict.toml";
    for (name, record) in records::all() {
        for format in [Format::Text, Format::Markdown] {
            let style = Style { color: false, width: 90 };
            let (ours, bare) =
                (render(format, &record, &style, &caller), render(format, &record, &style, &Caller::default()));
            assert_eq!(
                bare.matches("`portcullis report").count(),
                ours.matches(&format!("`{line}")).count(),
                "{name}: {ours}"
            );
            assert!(!ours.contains("portcullis.toml under"), "{name}: {ours}");
        }
        assert_eq!(
            render(Format::Json, &record, &Style::default(), &caller),
            render(Format::Json, &record, &Style::default(), &Caller::default()),
            "{name}: the record is the same wherever it is read"
        );
    }
}

#[test]
fn only_text_depends_on_the_style_and_the_job_summary_is_the_longer_comment() {
    let record = records::mixed();
    for format in Format::ALL.iter().filter(|format| **format != Format::Text) {
        let styled = render(*format, &record, &Style { color: true, width: 40 }, &Caller::default());
        assert_eq!(styled, render(*format, &record, &Style::default(), &Caller::default()), "{format}");
    }
    assert_eq!(
        job_summary(&record, &Caller::default()),
        render(Format::Markdown, &record, &Style::default(), &Caller::default())
    );
    assert!(render(Format::Text, &record, &Style { color: true, width: 100 }, &Caller::default()).contains("\u{1b}["));
    assert!(!render(Format::Text, &record, &Style::default(), &Caller::default()).contains('\u{1b}'));
}
