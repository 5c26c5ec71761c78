//! Counts of missing values beside what is allowed: no host needed.

use portcullis_policy::text::{count, list, percent};
use portcullis_policy::{Finding, Judgement, Measure, Severity};

use crate::Parameters;

/// What is known of a column.
#[derive(Debug, Clone, PartialEq)]
pub enum Nulls {
    /// Rows without a value.
    Count(f64),
    /// The run does not let this policy see it.
    Withheld,
    /// The host does not tell of so few rows; its sentence.
    TooFew(String),
}

/// `columns` are those to judge, in the order of the data. Where none of them could be, nothing was shown to hold: the
/// judgement is inconclusive, and so it is where one that the user named was withheld.
pub fn judge(parameters: &Parameters, rows: f64, columns: &[(String, Nulls)]) -> Judgement {
    let mut findings = Vec::new();
    if rows < parameters.min_rows {
        let message = format!("there are {}, at least {} expected", count(rows, "row"), parameters.min_rows);
        findings.push(
            Finding::error("too-few-rows", message)
                .subject("dataset", "rows")
                .observed(rows)
                .expected(format!(">= {}", parameters.min_rows)),
        );
    }
    let named = parameters.columns.keys().filter(|name| !columns.iter().any(|(column, _)| column == *name));
    for name in named {
        let there = list(columns.iter().take(20).map(|(column, _)| column.as_str()));
        findings.push(
            Finding::error("missing-column", format!("there is no column `{name}`; there are {there}"))
                .subject("column", name),
        );
    }
    let (mut measures, mut missing, mut judged, mut open) = (Vec::new(), 0.0, 0.0, false);
    for (name, nulls) in columns {
        let nulls = match nulls {
            Nulls::Count(nulls) => *nulls,
            Nulls::Withheld => {
                // Whoever named the column wants it judged; whoever did not has chosen to withhold it.
                let named = parameters.columns.contains_key(name);
                findings.push(Finding::withheld(name, named));
                open |= named;
                continue;
            }
            Nulls::TooFew(reason) => {
                let message = format!("column `{name}` was not judged: {reason}");
                findings.push(Finding::warning("small-group", message).subject("column", name).extra("rows", rows));
                open = true;
                continue;
            }
        };
        missing += nulls;
        judged += rows;
        // 0/0 on a table without rows: `min_rows` decides that.
        if nulls == 0.0 || rows == 0.0 {
            continue;
        }
        let share = nulls / rows;
        measures.push(
            Measure::new("null_share", share).subject("column", name).extra("null_count", nulls).extra("rows", rows),
        );
        let allowed = parameters.columns.get(name).copied().unwrap_or(parameters.max_null_share);
        if share > allowed {
            findings.push(too_many(name, nulls, rows, allowed));
        }
    }
    let overall = (judged > 0.0).then(|| missing / judged);
    measures.insert(0, Measure::new("null_share", overall).extra("null_count", missing).extra("rows", rows));
    if judged == 0.0 {
        open = true;
        if !findings.iter().any(|finding| finding.severity == Severity::Error) {
            findings.push(nothing(rows, columns.len()));
        }
    }
    Judgement::from_findings(findings).undecided(open).measures(measures)
}

/// Why no cell was judged.
fn nothing(rows: f64, columns: usize) -> Finding {
    let message = if columns == 0 {
        "nothing was judged: `ignore` names every column".to_owned()
    } else if rows == 0.0 {
        "nothing was judged: there are no rows".to_owned()
    } else {
        format!("nothing was judged: none of {} could be read", count(columns as f64, "column"))
    };
    Finding::warning("nothing-judged", message).subject("dataset", "columns")
}

fn too_many(name: &str, nulls: f64, rows: f64, allowed: f64) -> Finding {
    let limit = if allowed == 0.0 { "none may be".to_owned() } else { format!("at most {} may be", percent(allowed)) };
    let message =
        format!("column `{name}` is missing in {nulls} of {} ({}); {limit}", count(rows, "row"), percent(nulls / rows));
    Finding::error("null-share", message)
        .subject("column", name)
        .observed(nulls / rows)
        .expected(format!("<= {allowed}"))
        .extra("null_count", nulls)
        .extra("rows", rows)
}

#[cfg(test)]
mod tests {
    use portcullis_policy::Outcome;
    use portcullis_policy::testing::{examples, parameters};

    use super::*;
    use crate::Completeness;

    fn judged(json: &str, rows: f64, columns: &[(&str, f64)]) -> Judgement {
        let columns: Vec<(String, Nulls)> =
            columns.iter().map(|(name, nulls)| ((*name).to_owned(), Nulls::Count(*nulls))).collect();
        judge(&parameters::<Completeness>(json).unwrap(), rows, &columns)
    }

    /// As `judged`, of 30 rows, where not every column can be read.
    fn partly(json: &str, columns: &[(&str, Nulls)]) -> Judgement {
        let columns: Vec<(String, Nulls)> =
            columns.iter().map(|(name, nulls)| ((*name).to_owned(), nulls.clone())).collect();
        judge(&parameters::<Completeness>(json).unwrap(), 30.0, &columns)
    }

    fn rules(judgement: &Judgement) -> Vec<&str> {
        judgement.findings.iter().map(|finding| finding.rule.as_str()).collect()
    }

    #[test]
    fn nothing_may_be_missing_by_default() {
        assert!(judged("{}", 150.0, &[("age", 0.0), ("income", 0.0)]).passed());
        let judgement = judged("{}", 150.0, &[("age", 0.0), ("income", 3.0)]);
        assert!(judgement.failed());
        assert_eq!(judgement.findings[0].message, "column `income` is missing in 3 of 150 rows (2 %); none may be");
    }

    #[test]
    fn the_allowed_share_itself_passes() {
        let json = r#"{"max_null_share": 0.1}"#;
        assert!(judged(json, 30.0, &[("age", 3.0)]).passed());
        assert!(judged(json, 30.0, &[("age", 4.0)]).failed());
    }

    #[test]
    fn a_column_of_its_own_share_is_looser_or_stricter() {
        let json = r#"{"max_null_share": 0.1, "columns": {"income": 0.5, "age": 0}}"#;
        assert!(judged(json, 10.0, &[("age", 0.0), ("income", 5.0), ("city", 1.0)]).passed());
        assert_eq!(rules(&judged(json, 10.0, &[("age", 1.0), ("income", 6.0), ("city", 2.0)])), ["null-share"; 3]);
    }

    #[test]
    fn a_named_column_must_be_there() {
        let judgement = judged(r#"{"columns": {"incom": 0.5}}"#, 10.0, &[("income", 0.0)]);
        assert_eq!(rules(&judgement), ["missing-column"]);
        assert_eq!(judgement.findings[0].message, "there is no column `incom`; there are `income`");
    }

    #[test]
    fn too_few_rows_fail() {
        assert!(judged(r#"{"min_rows": 10}"#, 10.0, &[("age", 0.0)]).passed());
        assert_eq!(rules(&judged(r#"{"min_rows": 10}"#, 9.0, &[("age", 0.0)])), ["too-few-rows"]);
        assert_eq!(rules(&judged("{}", 0.0, &[("age", 0.0)])), ["too-few-rows"]);
    }

    #[test]
    fn a_withheld_column_is_reported_and_undecided_if_it_was_named() {
        let columns = [("age", Nulls::Count(0.0)), ("ssn", Nulls::Withheld)];
        let unnamed = partly("{}", &columns);
        assert!(unnamed.passed());
        assert_eq!(rules(&unnamed), ["withheld"]);
        let named = partly(r#"{"columns": {"ssn": 0.1}}"#, &columns);
        assert_eq!(named.outcome, Outcome::Inconclusive);
        assert!(named.findings[0].message.contains("grant"), "{}", named.findings[0].message);
        let broken = partly(r#"{"columns": {"ssn": 0.1}}"#, &[("age", Nulls::Count(1.0)), ("ssn", Nulls::Withheld)]);
        assert!(broken.failed(), "what could be judged decides first");
    }

    #[test]
    fn where_nothing_was_judged_nothing_passes() {
        let judgement = partly("{}", &[("age", Nulls::Withheld), ("ssn", Nulls::Withheld)]);
        assert_eq!(judgement.outcome, Outcome::Inconclusive);
        assert_eq!(rules(&judgement), ["withheld", "withheld", "nothing-judged"]);
        let ignored = partly(r#"{"ignore": ["age"], "min_rows": 5}"#, &[]);
        assert_eq!((ignored.outcome, rules(&ignored)), (Outcome::Inconclusive, vec!["nothing-judged"]));
        let empty = judged(r#"{"min_rows": 0}"#, 0.0, &[("age", 0.0)]);
        assert_eq!((empty.outcome, rules(&empty)), (Outcome::Inconclusive, vec!["nothing-judged"]));
        assert!(partly("{}", &[("age", Nulls::Withheld), ("ssn", Nulls::Count(0.0))]).passed());
    }

    #[test]
    fn too_few_rows_to_tell_decide_nothing() {
        let judgement = partly("{}", &[("age", Nulls::Count(0.0)), ("ssn", Nulls::TooFew("9 rows".into()))]);
        assert_eq!((judgement.outcome, rules(&judgement)), (Outcome::Inconclusive, vec!["small-group"]));
    }

    #[test]
    fn a_column_cannot_be_judged_and_ignored() {
        let both = parameters::<Completeness>(r#"{"columns": {"age": 0.1}, "ignore": ["age"]}"#).unwrap();
        assert!(both.check().unwrap_err().to_string().contains("`age`"));
        parameters::<Completeness>(r#"{"columns": {"age": 0.1}, "ignore": ["ssn"]}"#).unwrap().check().unwrap();
    }

    #[test]
    fn the_overall_share_counts_cells() {
        let judgement = judged(r#"{"max_null_share": 1}"#, 10.0, &[("age", 1.0), ("income", 4.0)]);
        assert_eq!(judgement.measures[0].value, Some(0.25));
        assert_eq!(judgement.measures.len(), 3);
    }

    #[test]
    fn the_schema_and_its_examples_are_read() {
        assert_eq!(examples::<Completeness>().unwrap()[1].min_rows, 1000.0);
    }
}
