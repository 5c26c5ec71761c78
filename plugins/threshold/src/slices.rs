//! All rows and every slice, each with a reading for every bound: no host needed.

use portcullis_policy::text::{count, list};
use portcullis_policy::{Finding, Judgement, Subject};

use crate::judge::{self, Reading, Said};
use crate::parameters::Bound;

/// All rows, or what one entry of `slices` divides them into.
#[derive(Debug)]
pub struct Division {
    /// The columns that divide, `sex, region`; none for all rows.
    pub by: Option<String>,
    pub parts: Vec<Part>,
}

/// Some rows and what was read there. The host may give all parts that are too small as one: the remainder then.
#[derive(Debug)]
pub struct Part {
    /// None for all rows.
    pub subject: Option<Subject>,
    pub rows: f64,
    /// For each bound in turn; the host's sentence where it does not measure so few rows.
    pub readings: Vec<Result<Reading, String>>,
}

/// Judges every division. Each must have a part in which each bound was judged, or nothing was shown of it: a slicing by
/// `id` does not pass because one by `sex` does.
pub fn judge(bounds: &[Bound], divisions: &[Division]) -> Judgement {
    let (mut findings, mut measures, mut open) = (Vec::new(), Vec::new(), false);
    for division in divisions {
        let mut judged = vec![false; bounds.len()];
        for part in &division.parts {
            for ((bound, reading), judged) in bounds.iter().zip(&part.readings).zip(&mut judged) {
                let Ok(reading) = reading else { continue };
                *judged = true;
                measures.push(judge::measure(bound, reading));
                match judge::judge(bound, reading) {
                    Said::Holds => {}
                    Said::Broken(finding) => findings.push(finding),
                    Said::Open(finding) => {
                        findings.push(finding);
                        open = true;
                    }
                }
            }
        }
        findings.extend(too_small(division));
        let unjudged = bounds.iter().zip(&judged).filter(|(_, judged)| !**judged).map(|(bound, _)| bound);
        let unjudged: Vec<&str> = unjudged.map(|bound| bound.metric.as_str()).collect();
        if !unjudged.is_empty() {
            findings.push(nothing(division, &unjudged));
            open = true;
        }
    }
    Judgement::from_findings(findings).undecided(open).measures(measures)
}

/// The parts that the host does not measure, in one finding however many they are: a column of names makes thousands.
fn too_small(division: &Division) -> Option<Finding> {
    const SHOWN: usize = 3;
    let small: Vec<(&Part, &String)> = division
        .parts
        .iter()
        .filter_map(|part| Some((part, part.readings.iter().find_map(|reading| reading.as_ref().err())?)))
        .collect();
    let (_, reason) = small.first()?;
    let rows: f64 = small.iter().map(|(part, _)| part.rows).sum();
    let all: f64 = division.parts.iter().map(|part| part.rows).sum();
    let Some(by) = &division.by else {
        let message = format!("all {} were not judged: {reason}", count(rows, "row"));
        return Some(Finding::warning("small-slice", message).subject("dataset", "held-out").extra("rows", rows));
    };
    let name = |part: &Part| part.subject.as_ref().map_or_else(String::new, |subject| subject.name.clone());
    let mut names: Vec<String> =
        small.iter().take(SHOWN).map(|(part, _)| format!("{} ({})", name(part), count(part.rows, "row"))).collect();
    if small.len() > SHOWN {
        names.push(format!("and {} more", small.len() - SHOWN));
    }
    let message =
        format!("{rows} of {} were not judged in slices by `{by}`: {}; {reason}", count(all, "row"), names.join(", "));
    Some(
        Finding::warning("small-slice", message)
            .subject("column", by)
            .observed(rows)
            .extra("rows", rows)
            .extra("of", all)
            .extra("slices", small.len() as f64),
    )
}

fn nothing(division: &Division, metrics: &[&str]) -> Finding {
    let metrics = list(metrics.iter().copied());
    let (message, subject) = match &division.by {
        Some(by) => (
            format!("{metrics}: nothing was judged in slices by `{by}`, none of them is large enough to measure"),
            Subject::new("column", by),
        ),
        None => (
            format!("{metrics}: nothing was judged on all rows, which are too few to measure"),
            Subject::new("dataset", "held-out"),
        ),
    };
    Finding::warning("nothing-judged", message).about(Some(subject))
}

#[cfg(test)]
mod tests {
    use portcullis_policy::Outcome;

    use super::*;

    fn bound(metric: &str) -> Bound {
        Bound { metric: metric.into(), min: Some(0.8), max: None }
    }

    /// A part in which the metric has the value, or which is too small.
    fn part(name: &str, rows: f64, value: Option<f64>) -> Part {
        let subject = (!name.is_empty()).then(|| Subject::new("slice", name));
        let reading = match value {
            Some(value) => Ok(Reading { slice: subject.clone(), rows, value: Some(value), interval: None }),
            None => Err("so few rows are not measured".to_owned()),
        };
        Part { subject, rows, readings: vec![reading] }
    }

    fn all() -> Division {
        Division { by: None, parts: vec![part("", 30.0, Some(0.9))] }
    }

    fn by(column: &str, parts: Vec<Part>) -> Division {
        Division { by: Some(column.into()), parts }
    }

    fn said(divisions: &[Division]) -> (Outcome, Vec<String>) {
        let judgement = judge(&[bound("accuracy")], divisions);
        (judgement.outcome, judgement.findings.into_iter().map(|finding| finding.rule).collect())
    }

    fn sexes() -> Division {
        by("sex", vec![part("sex=F", 12.0, Some(0.9)), part("sex=M", 18.0, Some(0.9))])
    }

    #[test]
    fn every_slice_must_hold() {
        assert_eq!(said(&[all(), sexes()]), (Outcome::Pass, vec![]));
        let broken = by("sex", vec![part("sex=F", 12.0, Some(0.7)), part("sex=M", 18.0, Some(0.9))]);
        assert_eq!(said(&[all(), broken]), (Outcome::Fail, vec!["below-min".into()]));
    }

    #[test]
    fn a_slicing_that_judges_nothing_is_not_made_up_for_by_another() {
        let ids = || by("id", (0..30).map(|id| part(&format!("id={id}"), 1.0, None)).collect());
        for divisions in [[all(), ids(), sexes()], [all(), sexes(), ids()]] {
            let judgement = judge(&[bound("accuracy")], &divisions);
            assert_eq!(judgement.outcome, Outcome::Inconclusive);
            let about: Vec<(&str, &str)> = judgement
                .findings
                .iter()
                .map(|finding| (finding.rule.as_str(), finding.subject.as_ref().unwrap().name.as_str()))
                .collect();
            assert_eq!(about, [("small-slice", "id"), ("nothing-judged", "id")]);
        }
    }

    #[test]
    fn small_slices_beside_a_judged_one_are_counted_and_pass() {
        let parts = || {
            let mut parts: Vec<Part> = (0..5).map(|region| part(&format!("region={region}"), 2.0, None)).collect();
            parts.push(part("region=north", 20.0, Some(0.9)));
            parts
        };
        let judgement = judge(&[bound("accuracy")], &[all(), by("region", parts())]);
        assert!(judgement.passed());
        assert_eq!(
            judgement.findings[0].message,
            "10 of 30 rows were not judged in slices by `region`: region=0 (2 rows), region=1 (2 rows), region=2 (2 \
             rows), and 2 more; so few rows are not measured"
        );
    }

    #[test]
    fn a_remainder_of_small_groups_counts_with_its_rows() {
        let rest = || part("region=(small groups)", 14.0, None);
        let judgement =
            judge(&[bound("accuracy")], &[all(), by("region", vec![part("region=north", 16.0, Some(0.9)), rest()])]);
        assert!(judgement.passed());
        assert_eq!(judgement.findings[0].observed, Some(14.0.into()));
        let only = said(&[all(), by("region", vec![rest()])]);
        assert_eq!(only, (Outcome::Inconclusive, vec!["small-slice".into(), "nothing-judged".into()]));
    }

    #[test]
    fn no_slice_at_all_and_too_few_rows_in_all_decide_nothing() {
        assert_eq!(said(&[all(), by("sex", vec![])]), (Outcome::Inconclusive, vec!["nothing-judged".into()]));
        let few = Division { by: None, parts: vec![part("", 9.0, None)] };
        assert_eq!(said(&[few]), (Outcome::Inconclusive, vec!["small-slice".into(), "nothing-judged".into()]));
    }

    #[test]
    fn each_bound_must_be_judged_in_a_slicing() {
        let mut half = sexes();
        for part in &mut half.parts {
            part.readings.push(Err("so few rows are not measured".into()));
        }
        let judgement = judge(&[bound("accuracy"), bound("recall")], &[half]);
        assert_eq!(judgement.outcome, Outcome::Inconclusive);
        assert!(judgement.findings[1].message.starts_with("`recall`: nothing was judged"));
    }

    #[test]
    fn an_undefined_metric_is_no_pass() {
        let mut undefined = sexes();
        if let Ok(reading) = &mut undefined.parts[0].readings[0] {
            reading.value = None;
        }
        assert_eq!(said(&[all(), undefined]), (Outcome::Inconclusive, vec!["undefined".into()]));
    }
}
