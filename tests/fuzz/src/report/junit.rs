//! What a `JUnit` report must be; the tests of `host/report` know its grammar.

use quick_xml::Reader;
use quick_xml::events::Event;

/// It is well-formed XML of characters that XML has, and has a case for each policy.
pub(super) fn holds(xml: &str, policies: usize) {
    let fits = |c: &char| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{fffd}' | '\u{10000}'..);
    let other = xml.chars().find(|c| !fits(c));
    assert!(other.is_none(), "{other:?} is no character of XML");
    let mut reader = Reader::from_str(xml);
    reader.config_mut().enable_all_checks(true);
    let (mut depth, mut cases) = (0_usize, 0);
    loop {
        match reader.read_event().unwrap_or_else(|error| panic!("{error} in {xml}")) {
            Event::Start(tag) => {
                cases += element(&tag, xml);
                depth += 1;
            }
            Event::Empty(tag) => cases += element(&tag, xml),
            Event::End(_) => depth = depth.checked_sub(1).expect("the reader pairs tags"),
            Event::Text(_) | Event::Decl(_) => {}
            Event::GeneralRef(entity) => {
                let known = ["lt", "gt", "amp", "quot", "apos"].iter().any(|name| *entity == *name.as_bytes());
                assert!(known || entity.starts_with(b"#"), "unknown entity {entity:?} in {xml}");
            }
            Event::Eof => break,
            other => panic!("{other:?} in {xml}"),
        }
    }
    assert_eq!((depth, cases), (0, policies), "{xml}");
}

/// 1 for a case; its attributes can be read.
fn element(tag: &quick_xml::events::BytesStart<'_>, xml: &str) -> usize {
    for attribute in tag.attributes() {
        let attribute = attribute.unwrap_or_else(|error| panic!("{error} in {xml}"));
        assert!(!attribute.value.contains(&b'<'), "{attribute:?} in {xml}");
    }
    usize::from(tag.name().as_ref() == b"testcase")
}
