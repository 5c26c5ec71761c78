//! The `JUnit` report against what CI systems read: the elements, their order and attributes of Jenkins' junit-10.xsd.

use std::collections::BTreeMap;

use portcullis_report::{Caller, Format, Style, render};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::records;

/// Children (in order, where the schema has a sequence), then attributes, the required ones with `!`.
const GRAMMAR: &[(&str, &[&str], &[&str])] = &[
    ("testsuites", &["testsuite"], &["name", "time", "tests", "failures", "skipped", "disabled", "errors"]),
    (
        "testsuite",
        &["properties", "testcase", "system-out", "system-err"],
        &[
            "!name",
            "!tests",
            "failures",
            "errors",
            "time",
            "disabled",
            "skipped",
            "timestamp",
            "hostname",
            "id",
            "package",
        ],
    ),
    (
        "testcase",
        &["skipped", "error", "failure", "system-out", "system-err"],
        &["!name", "assertions", "time", "classname", "status"],
    ),
    ("skipped", &[], &["type", "message"]),
    ("error", &[], &["type", "message"]),
    ("failure", &[], &["type", "message"]),
    ("system-out", &[], &[]),
];

/// What was read of one report.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub cases: usize,
    pub failures: usize,
    pub errors: usize,
    pub skipped: usize,
    /// The text of every element, joined.
    pub text: String,
}

/// Reads a report, or says where it breaks the grammar, the declared counts or XML itself.
pub fn read(xml: &str) -> Result<Counts, String> {
    // The Char production of XML 1.0, which the reader does not check.
    let fits = |c: char| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{fffd}' | '\u{10000}'..);
    if let Some(character) = xml.chars().find(|c| !fits(*c)) {
        return Err(format!("{character:?} is no XML character"));
    }
    let mut reader = Reader::from_str(xml);
    reader.config_mut().enable_all_checks(true);
    let mut path: Vec<(String, usize)> = vec![];
    let mut counts = Counts::default();
    let mut declared = BTreeMap::new();
    loop {
        match reader.read_event().map_err(|error| error.to_string())? {
            Event::Start(tag) => {
                enter(&tag, &mut path, &mut counts, &mut declared)?;
            }
            Event::Empty(tag) => {
                enter(&tag, &mut path, &mut counts, &mut declared)?;
                path.pop();
            }
            Event::End(_) => {
                path.pop();
            }
            Event::Text(text) => {
                counts.text += &text.decode().map_err(|error| error.to_string())?;
            }
            Event::GeneralRef(entity) => {
                let name = entity.decode().map_err(|error| error.to_string())?.into_owned();
                if !["lt", "gt", "amp", "quot", "apos"].contains(&name.as_str()) && !name.starts_with('#') {
                    return Err(format!("unknown entity {name}"));
                }
            }
            Event::Decl(_) => {}
            Event::Eof => break,
            other => return Err(format!("unexpected {other:?}")),
        }
    }
    if !path.is_empty() {
        return Err(format!("{path:?} is still open"));
    }
    let seen = [counts.cases, counts.failures, counts.errors, counts.skipped].map(|count| count.to_string());
    for (name, seen) in ["tests", "failures", "errors", "skipped"].iter().zip(seen) {
        if declared.get(*name) != Some(&seen) {
            return Err(format!("{name} is declared as {:?} and is {seen}", declared.get(*name)));
        }
    }
    Ok(counts)
}

fn enter(
    tag: &BytesStart<'_>,
    path: &mut Vec<(String, usize)>,
    counts: &mut Counts,
    declared: &mut BTreeMap<String, String>,
) -> Result<(), String> {
    let name = String::from_utf8_lossy(tag.name().as_ref()).into_owned();
    let (_, _, allowed) =
        GRAMMAR.iter().find(|(element, ..)| *element == name).ok_or_else(|| format!("unknown element {name}"))?;
    match path.last_mut() {
        None if name == "testsuites" => {}
        None => return Err(format!("{name} is no root")),
        Some((parent, position)) => {
            let (_, children, _) = GRAMMAR.iter().find(|(element, ..)| element == parent).ok_or("no parent")?;
            let at = children.iter().position(|child| *child == name).ok_or(format!("{name} in {parent}"))?;
            if at < *position {
                return Err(format!("{name} out of order in {parent}"));
            }
            *position = at;
        }
    }
    let mut given = vec![];
    for attribute in tag.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        let key = String::from_utf8_lossy(attribute.key.as_ref()).into_owned();
        let value = String::from_utf8_lossy(&attribute.value).into_owned();
        if value.contains(['<', '\n']) {
            return Err(format!("{key} holds a raw `<` or line break: {value}"));
        }
        if !allowed.iter().any(|name| name.trim_start_matches('!') == key) {
            return Err(format!("{name} has no attribute {key}"));
        }
        if name == "testsuites" {
            declared.insert(key.clone(), value);
        }
        given.push(key);
    }
    for required in allowed.iter().filter_map(|name| name.strip_prefix('!')) {
        if !given.iter().any(|key| key == required) {
            return Err(format!("{name} lacks {required}"));
        }
    }
    match name.as_str() {
        "testcase" => counts.cases += 1,
        "failure" => counts.failures += 1,
        "error" => counts.errors += 1,
        "skipped" => counts.skipped += 1,
        _ => {}
    }
    path.push((name, 0));
    Ok(())
}

#[test]
fn every_report_follows_the_schema() {
    for (name, record) in records::all() {
        let counts = read(&render(Format::Junit, &record, &Style::default(), &Caller::default()));
        let counts = counts.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(counts.cases, record.policies.len(), "{name}");
    }
    let mixed = read(&render(Format::Junit, &records::mixed(), &Style::default(), &Caller::default())).unwrap();
    assert_eq!((mixed.failures, mixed.errors, mixed.skipped), (2, 1, 0));
    let data = read(&render(Format::Junit, &records::data_blocked(), &Style::default(), &Caller::default())).unwrap();
    assert_eq!((data.failures, data.errors, data.skipped), (2, 0, 2));
}

#[test]
fn the_reader_notices_what_is_wrong() {
    let right = "<testsuites tests=\"1\" failures=\"0\" errors=\"0\" skipped=\"0\"><testsuite name=\"a\" tests=\"1\">\
                 <testcase name=\"b\"/></testsuite></testsuites>";
    assert_eq!(read(right).map(|counts| counts.cases), Ok(1));
    for (from, to) in [
        ("name=\"b\"", ""),
        ("name=\"b\"", "name=\"b\" colour=\"red\""),
        ("</testsuite>", "</testcase>"),
        ("<testcase name=\"b\"/>", ""),
        ("<testcase name=\"b\"/>", "<testcase name=\"b\"><system-out/><failure/></testcase>"),
        ("name=\"b\"", "name=\"\u{ffff}\""),
    ] {
        assert!(read(&right.replacen(from, to, 1)).is_err(), "{from} -> {to}");
    }
}
