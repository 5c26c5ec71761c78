//! All columns that the parameters concern, and whether any of them could be judged: no host needed.

use std::collections::BTreeMap;

use portcullis_policy::text::list;
use portcullis_policy::{Error, Finding, Judgement};

use crate::column::{self, Counts};
use crate::parameters::{Bounds, Parameters, Source, numeric};

/// What the host says of a column.
#[derive(Debug, Clone)]
pub enum Seen {
    Counts(Counts),
    /// Text or booleans.
    NotNumeric,
    /// The run does not let this policy see it.
    Withheld,
    /// The host does not tell of so few rows; its sentence.
    TooFew(String),
}

/// Judges `columns`, names and types in the order of the data; `look` reads one of them.
///
/// Nothing that was asked for may go unjudged and pass: a column that the user named must be read and have a value, and
/// each pattern, and `all_numeric`, must find at least one such column among those it concerns. Else the judgement is
/// inconclusive.
pub fn judge(
    parameters: &Parameters,
    columns: &[(String, String)],
    mut look: impl FnMut(&str, &Bounds) -> Result<Seen, Error>,
) -> Result<Judgement, Error> {
    let mut findings = unmatched(parameters, columns);
    let (mut measures, mut open) = (Vec::new(), false);
    // For each source: how many columns take their bounds from it, and how many of them were judged.
    let mut tally: BTreeMap<Source, (usize, usize)> = BTreeMap::new();
    for (name, kind) in columns {
        let Some(rule) = parameters.rule(name, kind) else { continue };
        let named = rule.source == Source::Name;
        let judged = match look(name, &rule.bounds)? {
            Seen::Counts(counts) => {
                let (finding, measure) = column::judge(name, &rule.bounds, rule.mostly, &counts);
                findings.extend(finding);
                measures.push(measure);
                open |= named && counts.values == 0.0;
                counts.values > 0.0
            }
            Seen::NotNumeric => {
                let message = format!("column `{name}` is of type {kind}, which has no range");
                let finding = Finding::error("not-numeric", message).subject("column", name);
                findings.push(finding.expected(rule.bounds.text()));
                true
            }
            Seen::Withheld => {
                // Whoever named the column wants it judged; whoever did not has chosen to withhold it.
                findings.push(Finding::withheld(name, named));
                open |= named;
                false
            }
            Seen::TooFew(reason) => {
                let message = format!("column `{name}` was not judged: {reason}");
                findings.push(Finding::warning("small-group", message).subject("column", name));
                open = true;
                false
            }
        };
        let (concerned, done) = tally.entry(rule.source).or_default();
        *concerned += 1;
        *done += usize::from(judged);
    }
    if parameters.all_numeric.is_some() && !columns.iter().any(|(_, kind)| numeric(kind)) {
        tally.insert(Source::AllNumeric, (0, 0));
    }
    for (&source, &(concerned, done)) in &tally {
        if done == 0 && source != Source::Name {
            findings.push(idle(parameters, source, concerned));
            open = true;
        }
    }
    let nothing = tally.values().all(|&(_, done)| done == 0);
    Ok(Judgement::from_findings(findings).undecided(open || nothing).measures(measures))
}

/// What the user named and the data does not have: a rule about it holds nothing.
fn unmatched(parameters: &Parameters, columns: &[(String, String)]) -> Vec<Finding> {
    let named = |name: &String| columns.iter().any(|(column, _)| column == name);
    let missing = parameters.columns.keys().filter(|name| !named(name)).map(|name| {
        let there = list(columns.iter().take(20).map(|(column, _)| column.as_str()));
        Finding::error("missing-column", format!("there is no column `{name}`; there are {there}"))
            .subject("column", name)
    });
    let numbers: Vec<&str> =
        columns.iter().filter(|(_, kind)| numeric(kind)).map(|(column, _)| column.as_str()).collect();
    let unfit = parameters.patterns.iter().filter(|pattern| !numbers.iter().any(|name| pattern.fits(name)));
    let unfit = unfit.map(|pattern| {
        let there = if numbers.is_empty() {
            "there are none".to_owned()
        } else {
            format!("there are {}", list(numbers.iter().take(20).copied()))
        };
        let message = format!("no column of numbers matches `{}`; {there}", pattern.matches);
        Finding::error("no-match", message).subject("column", &pattern.matches)
    });
    missing.chain(unfit).collect()
}

/// A pattern, or `all_numeric`, that judged no column.
fn idle(parameters: &Parameters, source: Source, concerned: usize) -> Finding {
    let what = match source {
        Source::Pattern(index) => parameters.patterns.get(index).map_or("patterns", |pattern| &pattern.matches),
        Source::Name | Source::AllNumeric => "all_numeric",
    };
    let message = if concerned == 0 {
        format!("`{what}` judged nothing: there is no column of integers or numbers")
    } else {
        format!("`{what}` judged nothing: no column that it concerns could be read and has values")
    };
    Finding::warning("nothing-judged", message).subject("column", what)
}

#[cfg(test)]
mod tests {
    use portcullis_policy::testing::parameters;
    use portcullis_policy::{Outcome, Severity};

    use super::*;
    use crate::Ranges;

    fn counts(values: f64, outside: f64) -> Seen {
        Seen::Counts(Counts { values, outside, lowest: None, highest: None })
    }

    fn fine() -> Seen {
        counts(30.0, 0.0)
    }

    /// Columns with their types, and what the host says of each.
    fn judged(json: &str, columns: &[(&str, &str, Seen)]) -> Judgement {
        let names: Vec<(String, String)> =
            columns.iter().map(|(name, kind, _)| ((*name).to_owned(), (*kind).to_owned())).collect();
        let look = |name: &str, _: &Bounds| Ok(columns.iter().find(|(column, ..)| *column == name).unwrap().2.clone());
        judge(&parameters::<Ranges>(json).unwrap(), &names, look).unwrap()
    }

    fn said(judgement: &Judgement) -> (Outcome, Vec<&str>) {
        (judgement.outcome, judgement.findings.iter().map(|finding| finding.rule.as_str()).collect())
    }

    const ALL: &str = r#"{"all_numeric": {"min": 0}}"#;
    const NAMED: &str = r#"{"columns": {"age": {"min": 0}}}"#;
    const PATTERN: &str = r#"{"patterns": [{"match": "a*", "min": 0}]}"#;

    #[test]
    fn what_is_judged_decides() {
        for json in [ALL, NAMED, PATTERN] {
            assert_eq!(said(&judged(json, &[("age", "number", fine())])), (Outcome::Pass, vec![]));
            let broken = judged(json, &[("age", "number", counts(30.0, 1.0))]);
            assert_eq!(said(&broken), (Outcome::Fail, vec!["out-of-range"]));
        }
    }

    #[test]
    fn a_column_that_cannot_be_judged_is_no_pass_where_it_is_the_only_one() {
        for (seen, rule) in [
            (Seen::Withheld, "withheld"),
            (counts(0.0, 0.0), "no-values"),
            (Seen::TooFew("9 rows".into()), "small-group"),
        ] {
            assert_eq!(said(&judged(NAMED, &[("age", "number", seen.clone())])), (Outcome::Inconclusive, vec![rule]));
            for json in [ALL, PATTERN] {
                let judgement = judged(json, &[("age", "number", seen.clone())]);
                assert_eq!(said(&judgement), (Outcome::Inconclusive, vec![rule, "nothing-judged"]));
            }
        }
    }

    #[test]
    fn beside_a_judged_column_only_a_named_one_leaves_it_open() {
        for (seen, rule) in [(Seen::Withheld, "withheld"), (counts(0.0, 0.0), "no-values")] {
            let columns = [("age", "number", seen), ("area", "number", fine())];
            for json in [ALL, PATTERN] {
                assert_eq!(said(&judged(json, &columns)), (Outcome::Pass, vec![rule]));
            }
            let named = r#"{"columns": {"age": {"min": 0}}, "all_numeric": {"min": 0}}"#;
            assert_eq!(said(&judged(named, &columns)), (Outcome::Inconclusive, vec![rule]));
        }
        let columns = [("age", "number", Seen::Withheld), ("area", "number", counts(30.0, 1.0))];
        let both = r#"{"columns": {"age": {"min": 0}, "area": {"min": 0}}}"#;
        assert_eq!(said(&judged(both, &columns)), (Outcome::Fail, vec!["withheld", "out-of-range"]));
    }

    #[test]
    fn all_numeric_without_a_numeric_column_decides_nothing() {
        let judgement = judged(ALL, &[("name", "text", fine()), ("born", "date", fine())]);
        assert_eq!(said(&judgement), (Outcome::Inconclusive, vec!["nothing-judged"]));
        // With a numeric column that something nearer judges, there is nothing left to ask for.
        let named = r#"{"columns": {"age": {"min": 0}}, "all_numeric": {"min": 0}}"#;
        assert_eq!(said(&judged(named, &[("age", "number", fine())])), (Outcome::Pass, vec![]));
    }

    #[test]
    fn each_pattern_must_judge_a_column_of_its_own() {
        let json = r#"{"patterns": [{"match": "a*", "min": 0}, {"match": "b*", "min": 0}]}"#;
        let judgement = judged(json, &[("age", "number", fine()), ("bmi", "number", Seen::Withheld)]);
        assert_eq!(said(&judgement), (Outcome::Inconclusive, vec!["withheld", "nothing-judged"]));
        assert_eq!(judgement.findings[1].subject.as_ref().unwrap().name, "b*");
        assert!(judged(json, &[("age", "number", fine()), ("bmi", "number", fine())]).passed());
    }

    #[test]
    fn a_name_or_a_pattern_without_a_column_of_numbers_is_an_error() {
        let area = ("area", "number", fine());
        assert_eq!(said(&judged(NAMED, std::slice::from_ref(&area))), (Outcome::Fail, vec!["missing-column"]));
        let text = judged(NAMED, &[("age", "text", Seen::NotNumeric), area]);
        assert_eq!(said(&text), (Outcome::Fail, vec!["not-numeric"]));
        let text = judged(PATTERN, &[("age", "text", fine()), ("born", "number", fine())]);
        assert_eq!(said(&text), (Outcome::Fail, vec!["no-match"]));
        assert_eq!(text.findings[0].severity, Severity::Error);
        assert_eq!(text.findings[0].message, "no column of numbers matches `a*`; there are `born`");
    }
}
