//! The columns beside those expected: no host needed.

use portcullis_policy::text::list;
use portcullis_policy::{Finding, Judgement, Measure, Severity};

use crate::{Parameters, Unexpected};

/// `actual` are names and types in the order of the data. Where all columns are optional and none is there, nothing was
/// compared: the judgement is inconclusive.
pub fn judge(parameters: &Parameters, actual: &[(String, String)]) -> Judgement {
    let mut findings = Vec::new();
    let there = |name: &String| actual.iter().any(|(column, _)| column == name);
    for (name, expected) in &parameters.columns {
        match actual.iter().find(|(column, _)| column == name) {
            Some((_, kind)) if fits(kind, expected) => {}
            Some((_, kind)) => findings.push(wrong_type(name, kind, expected)),
            None if parameters.optional.contains(name) => {}
            None => findings.push(missing(name, expected, actual)),
        }
    }
    if parameters.unexpected != Unexpected::Allow {
        let unlisted = actual.iter().filter(|(name, _)| !parameters.columns.contains_key(name));
        findings.extend(unlisted.map(|(name, kind)| unexpected(name, kind, parameters.unexpected)));
    }
    // An order that names a column which is nowhere is misspelt, and would not be judged.
    let lost = parameters.order.iter().filter(|name| !parameters.columns.contains_key(*name) && !there(name));
    findings.extend(lost.map(|name| missing(name, "any", actual)));
    findings.extend(wrong_order(&parameters.order, actual));
    let nothing = !parameters.columns.keys().any(there);
    if nothing && !findings.iter().any(|finding| finding.severity == Severity::Error) {
        let message = "nothing was judged: every column of `columns` is optional, and none is there";
        findings.push(Finding::warning("nothing-judged", message).subject("dataset", "columns"));
    }
    Judgement::from_findings(findings).undecided(nothing).measure(Measure::new("column_count", actual.len() as f64))
}

/// Whether a column of this type may stand where that one is expected. Every integer is a number.
fn fits(kind: &str, expected: &str) -> bool {
    expected == "any" || kind == expected || (expected == "number" && kind == "integer")
}

fn wrong_type(name: &str, kind: &str, expected: &str) -> Finding {
    Finding::error("wrong-type", format!("column `{name}` is of type {kind}, expected {expected}"))
        .subject("column", name)
        .observed(kind)
        .expected(expected)
}

fn missing(name: &str, expected: &str, actual: &[(String, String)]) -> Finding {
    let plain = |name: &str| name.trim().to_lowercase().replace(['-', ' ', '.'], "_");
    let hint = match actual.iter().find(|(column, _)| plain(column) == plain(name)) {
        Some((column, _)) => format!("there is `{column}`"),
        None => format!("there are {}", list(actual.iter().take(20).map(|(column, _)| column.as_str()))),
    };
    Finding::error("missing-column", format!("there is no column `{name}`; {hint}"))
        .subject("column", name)
        .expected(expected)
}

fn unexpected(name: &str, kind: &str, unexpected: Unexpected) -> Finding {
    let message = format!("column `{name}` ({kind}) is not expected");
    let finding = match unexpected {
        Unexpected::Forbid => Finding::error("unexpected-column", message),
        _ => Finding::warning("unexpected-column", message),
    };
    finding.subject("column", name).observed(kind)
}

fn wrong_order(order: &[String], actual: &[(String, String)]) -> Option<Finding> {
    let present: Vec<&str> =
        actual.iter().map(|(name, _)| name.as_str()).filter(|name| order.iter().any(|other| other == name)).collect();
    let wanted: Vec<&str> = order.iter().map(String::as_str).filter(|name| present.contains(name)).collect();
    let (seen, expected) = present.iter().zip(&wanted).find(|(seen, expected)| seen != expected)?;
    Some(
        Finding::error("wrong-order", format!("column `{seen}` stands where `{expected}` is expected"))
            .subject("column", *expected)
            .observed(list(present.iter().copied()))
            .expected(list(wanted.iter().copied())),
    )
}

#[cfg(test)]
mod tests {
    use portcullis_policy::testing::{examples, parameters};
    use portcullis_policy::{Outcome, Value};

    use super::*;
    use crate::Schema;

    fn columns(columns: &[(&str, &str)]) -> Vec<(String, String)> {
        columns.iter().map(|(name, kind)| ((*name).to_owned(), (*kind).to_owned())).collect()
    }

    /// Judges with `age` and `name` expected, and whatever else is set.
    fn judged(more: &str, actual: &[(&str, &str)]) -> Judgement {
        let json = format!(r#"{{"columns": {{"name": "text", "age": "number"}}{more}}}"#);
        judge(&parameters::<Schema>(&json).unwrap(), &columns(actual))
    }

    fn rules(judgement: &Judgement) -> Vec<(&str, &str)> {
        let name =
            |finding: &'_ Finding| finding.subject.as_ref().map(|subject| subject.name.clone()).unwrap_or_default();
        let names: Vec<String> = judgement.findings.iter().map(name).collect();
        assert_eq!(names.iter().filter(|name| name.is_empty()).count(), 0, "every finding is about a column");
        judgement
            .findings
            .iter()
            .map(|finding| (finding.rule.as_str(), finding.subject.as_ref().unwrap().name.as_str()))
            .collect()
    }

    #[test]
    fn the_expected_columns_pass_in_any_order() {
        let judgement = judged("", &[("age", "number"), ("name", "text")]);
        assert!(judgement.passed());
        assert_eq!(judgement.measures[0].value, Some(2.0));
    }

    #[test]
    fn a_missing_column_fails_and_hints_at_a_near_one() {
        let judgement = judged(r#", "unexpected": "allow""#, &[("Age ", "number"), ("name", "text")]);
        assert_eq!(rules(&judgement), [("missing-column", "age")]);
        assert!(judgement.failed());
        assert_eq!(judgement.findings[0].message, "there is no column `age`; there is `Age `");
        assert!(judged(r#", "optional": ["age"]"#, &[("name", "text")]).passed());
    }

    #[test]
    fn an_integer_is_a_number_but_text_is_not() {
        assert!(judged("", &[("name", "text"), ("age", "integer")]).passed());
        let judgement = judged("", &[("name", "text"), ("age", "text")]);
        assert_eq!(rules(&judgement), [("wrong-type", "age")]);
        assert_eq!(judgement.findings[0].observed, Some(Value::Text("text".into())));
        assert!(!fits("number", "integer"));
    }

    #[test]
    fn an_unexpected_column_is_what_the_user_makes_of_it() {
        let actual = [("name", "text"), ("age", "number"), ("extra", "date")];
        assert!(judged(r#", "unexpected": "allow""#, &actual).findings.is_empty());
        let warned = judged("", &actual);
        assert!(warned.passed());
        assert_eq!(rules(&warned), [("unexpected-column", "extra")]);
        assert_eq!(warned.findings[0].severity, Severity::Warning);
        assert!(judged(r#", "unexpected": "forbid""#, &actual).failed());
    }

    #[test]
    fn order_is_judged_where_asked_for_and_ignores_columns_between() {
        let order = r#", "order": ["name", "age"]"#;
        assert!(judged(order, &[("name", "text"), ("extra", "text"), ("age", "number")]).passed());
        let judgement = judged(order, &[("age", "number"), ("name", "text")]);
        assert_eq!(rules(&judgement), [("wrong-order", "name")]);
        assert!(judged("", &[("age", "number"), ("name", "text")]).passed());
    }

    #[test]
    fn an_order_passes_over_an_optional_column_but_not_over_a_misspelt_one() {
        let actual = [("name", "text"), ("extra", "text")];
        assert!(judged(r#", "optional": ["age"], "order": ["age", "name", "extra"]"#, &actual).passed());
        let judgement = judged(r#", "optional": ["age"], "order": ["nmae", "extra"]"#, &actual);
        assert!(judgement.failed());
        assert_eq!(judgement.findings[1].rule, "missing-column");
        assert_eq!(judgement.findings[1].subject.as_ref().unwrap().name, "nmae");
    }

    #[test]
    fn where_no_column_is_there_to_compare_nothing_passes() {
        let optional = r#", "optional": ["age", "name"]"#;
        let judgement = judged(optional, &[("extra", "date")]);
        assert_eq!(judgement.outcome, Outcome::Inconclusive);
        assert_eq!(rules(&judgement), [("unexpected-column", "extra"), ("nothing-judged", "columns")]);
        assert!(judged(optional, &[("extra", "date"), ("age", "number")]).passed());
        assert!(judged(r#", "optional": ["age", "name"], "unexpected": "forbid""#, &[("extra", "date")]).failed());
    }

    #[test]
    fn the_schema_and_its_examples_are_read() {
        assert_eq!(examples::<Schema>().unwrap().len(), 2);
        assert_eq!(parameters::<Schema>("{}").unwrap_err(), "`columns` is required");
    }
}
