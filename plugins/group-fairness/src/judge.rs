//! Groups beside each other: no host needed.

use portcullis_policy::text::{count, number, number_beside};
use portcullis_policy::{Finding, Measure, Subject};

use crate::group::{Group, Rate};
use crate::left_out;
use crate::notion::{Aggregate, Fairness, Kind, Notion, Spread};
use crate::parameters::Bound;

/// The groups that one column makes, or several together.
#[derive(Debug)]
pub struct Grouping {
    /// `sex`, or `sex, region`.
    pub name: String,
    /// Those large enough to compare.
    pub groups: Vec<Group>,
    /// Those that are not: name and rows.
    pub small: Vec<(String, f64)>,
}

/// What the comparison of one grouping says.
#[derive(Debug)]
pub struct Said {
    pub findings: Vec<Finding>,
    pub measures: Vec<Measure>,
    /// Whether something could not be decided.
    pub open: bool,
}

/// Compares the groups by every bound.
pub fn judge(grouping: &Grouping, bounds: &[Bound], agg: Aggregate, min_group_size: f64) -> Said {
    let mut said = Said { findings: Vec::new(), measures: measures(grouping, agg), open: false };
    if grouping.groups.len() < 2 {
        let message = format!(
            "there {} to compare in `{}` ({} left out for their size)",
            if grouping.groups.is_empty() { "is no group" } else { "is only one group" },
            grouping.name,
            count(grouping.small.len() as f64, "group")
        );
        said.findings.push(Finding::warning("too-few-groups", message).subject("column", &grouping.name));
        said.open = true;
    } else {
        for bound in bounds {
            let (findings, open) = hold(grouping, bound, agg);
            said.findings.extend(findings);
            said.open |= open;
        }
        said.findings.extend(left_out::undefined(grouping, bounds));
    }
    said.findings.extend(left_out::too_small(grouping, min_group_size));
    said
}

/// The findings on a bound, and whether it is left undecided. Where a rate is undefined the bound is broken if what is
/// left breaks it however fair the rest may be; it never holds.
fn hold(grouping: &Grouping, bound: &Bound, agg: Aggregate) -> (Vec<Finding>, bool) {
    let holds = |value: f64| match bound.kind {
        Kind::Difference => value <= bound.limit,
        Kind::Ratio => value >= bound.limit,
    };
    match bound.notion.compare(bound.kind, agg, &grouping.groups) {
        Fairness::Value(value, _) if holds(value) => (Vec::new(), false),
        Fairness::Value(value, spreads) => (vec![unfair(grouping, bound, value, &spreads, false)], false),
        Fairness::AllZero(spreads) => {
            let rate = spreads.first().map_or("rate", |spread| spread.rate.words());
            let message = format!(
                "the {rate} is 0 in every group of `{}`: the ratio is 0/0, the groups are equal",
                grouping.name
            );
            (vec![Finding::info("undefined", message).subject("column", &grouping.name)], false)
        }
        Fairness::Undefined { rates, fairest } => {
            let mut findings = Vec::new();
            let broken = fairest.filter(|(value, _)| !holds(*value));
            let open = broken.is_none();
            findings.extend(broken.map(|(value, spreads)| unfair(grouping, bound, value, &spreads, true)));
            findings.extend(rates.into_iter().map(|rate| undefined(grouping, bound, rate)));
            (findings, open)
        }
    }
}

/// A rate that too few groups have.
fn undefined(grouping: &Grouping, bound: &Bound, rate: Rate) -> Finding {
    let message = format!(
        "the {} is defined in fewer than two groups of `{}`: the others have no {}",
        rate.words(),
        grouping.name,
        rate.basis()
    );
    Finding::warning("undefined", message).subject("column", &grouping.name).extra("rule", bound.rule())
}

/// A bound that is broken; `partly` if a rate is undefined, so that the value is the fairest that it could be.
fn unfair(grouping: &Grouping, bound: &Bound, value: f64, spreads: &[Spread<'_>], partly: bool) -> Finding {
    let rule = bound.rule();
    let rows: f64 = grouping.groups.iter().map(|group| group.rows).sum();
    let seen: Vec<String> = spreads.iter().map(sentence).collect();
    let name = rule.replace('-', " ");
    let mean = if spreads.len() > 1 { "mean " } else { "" };
    let (allowed, expected) = match bound.kind {
        Kind::Difference => (format!("at most {} is allowed", bound.limit), format!("<= {}", bound.limit)),
        Kind::Ratio => (format!("at least {} is required", bound.limit), format!(">= {}", bound.limit)),
    };
    let side = match (partly, bound.kind) {
        (false, _) => "",
        (true, Kind::Difference) => "at least ",
        (true, Kind::Ratio) => "at most ",
    };
    let message = format!(
        "{}: {mean}{name} {side}{} over {}, where {allowed}",
        seen.join("; "),
        number_beside(value, bound.limit),
        count(rows, "row")
    );
    let mut finding = Finding::error(rule, message)
        .subject("column", &grouping.name)
        .observed(value)
        .expected(expected)
        .extra("rows", rows);
    for spread in spreads {
        let ((lowest, low), (highest, high)) = (spread.lowest, spread.highest);
        finding = finding
            .extra("rate", spread.rate.words())
            .extra("lowest_group", lowest.name.as_str())
            .extra("lowest", low)
            .extra("lowest_rows", lowest.counts(spread.rate).1)
            .extra("highest_group", highest.name.as_str())
            .extra("highest", high)
            .extra("highest_rows", highest.counts(spread.rate).1);
    }
    finding
}

/// Who is treated how: `the selection rate is 0.2 for sex=F (50 of 250 rows) but 0.4 for sex=M (140 of 350 rows)`.
fn sentence(spread: &Spread<'_>) -> String {
    let side = |(group, rate): (&Group, f64)| {
        let (counted, of) = group.counts(spread.rate);
        format!("{} for {} ({counted} of {of} {})", number(rate), group.name, spread.rate.basis())
    };
    format!("the {} is {} but {}", spread.rate.words(), side(spread.lowest), side(spread.highest))
}

/// All six numbers, bounded or not, and each group's rates.
fn measures(grouping: &Grouping, agg: Aggregate) -> Vec<Measure> {
    let mut measures = Vec::new();
    for notion in [Notion::DemographicParity, Notion::EqualizedOdds, Notion::EqualOpportunity] {
        for kind in [Kind::Difference, Kind::Ratio] {
            let value = match notion.compare(kind, agg, &grouping.groups) {
                Fairness::Value(value, _) => Some(value),
                Fairness::AllZero(_) | Fairness::Undefined { .. } => None,
            };
            let name = format!("{}_{}", notion.word().replace('-', "_"), kind.word());
            measures.push(Measure::new(name, value).about(Some(Subject::new("column", &grouping.name))));
        }
    }
    measures.extend(grouping.groups.iter().flat_map(Group::measures));
    measures
}

impl Bound {
    /// The rule that findings name: `demographic-parity-difference`.
    fn rule(&self) -> String {
        format!("{}-{}", self.notion.word(), self.kind.word())
    }
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Difference => "difference",
            Self::Ratio => "ratio",
        }
    }
}

#[cfg(test)]
mod tests {
    use portcullis_policy::Severity;

    use super::*;
    use crate::group::tests::group;

    fn grouping(groups: Vec<Group>) -> Grouping {
        Grouping { name: "sex".into(), groups, small: Vec::new() }
    }

    fn judged(notion: Notion, kind: Kind, limit: f64, agg: Aggregate) -> Said {
        // Selection rates 0.2 and 0.4; true positive rates 0.5 and 0.75; false positive rates 0.125 and 0.3.
        let groups = vec![group("sex=F", 10.0, 10.0, 10.0, 70.0), group("sex=M", 60.0, 36.0, 20.0, 84.0)];
        judge(&grouping(groups), &[Bound { notion, kind, limit }], agg, 10.0)
    }

    fn rules(said: &Said) -> Vec<&str> {
        said.findings.iter().map(|finding| finding.rule.as_str()).collect()
    }

    #[test]
    fn each_notion_has_a_bound_that_holds_and_one_that_breaks() {
        for (notion, kind, holds, breaks, rule) in [
            (Notion::DemographicParity, Kind::Difference, 0.29, 0.27, "demographic-parity-difference"),
            (Notion::DemographicParity, Kind::Ratio, 0.41, 0.42, "demographic-parity-ratio"),
            (Notion::EqualizedOdds, Kind::Difference, 0.25, 0.24, "equalized-odds-difference"),
            (Notion::EqualizedOdds, Kind::Ratio, 0.41, 0.42, "equalized-odds-ratio"),
            (Notion::EqualOpportunity, Kind::Difference, 0.25, 0.24, "equal-opportunity-difference"),
            (Notion::EqualOpportunity, Kind::Ratio, 0.66, 0.67, "equal-opportunity-ratio"),
        ] {
            assert_eq!(rules(&judged(notion, kind, holds, Aggregate::WorstCase)), [""; 0], "{rule}");
            let said = judged(notion, kind, breaks, Aggregate::WorstCase);
            assert_eq!((rules(&said), said.open), (vec![rule], false));
        }
    }

    #[test]
    fn the_sentence_says_for_whom_by_how_much_and_on_how_many_rows() {
        let said = judged(Notion::DemographicParity, Kind::Difference, 0.1, Aggregate::WorstCase);
        assert_eq!(
            said.findings[0].message,
            "the selection rate is 0.2 for sex=F (20 of 100 rows) but 0.48 for sex=M (96 of 200 rows): demographic \
             parity difference 0.28 over 300 rows, where at most 0.1 is allowed"
        );
        assert_eq!(said.findings[0].subject, Some(Subject::new("column", "sex")));
    }

    #[test]
    fn a_mean_names_both_rates() {
        let said = judged(Notion::EqualizedOdds, Kind::Difference, 0.1, Aggregate::Mean);
        assert_eq!(
            said.findings[0].message,
            "the true positive rate is 0.5 for sex=F (10 of 20 positive rows) but 0.75 for sex=M (60 of 80 positive \
             rows); the false positive rate is 0.125 for sex=F (10 of 80 negative rows) but 0.3 for sex=M (36 of 120 \
             negative rows): mean equalized odds difference 0.2125 over 300 rows, where at most 0.1 is allowed"
        );
    }

    #[test]
    fn small_groups_are_reported_and_one_left_over_decides_nothing() {
        let small =
            Grouping { small: vec![("sex=X".into(), 3.0)], ..grouping(vec![group("sex=F", 10.0, 10.0, 10.0, 70.0)]) };
        let bound = Bound { notion: Notion::DemographicParity, kind: Kind::Difference, limit: 0.1 };
        let said = judge(&small, &[bound], Aggregate::WorstCase, 10.0);
        assert!(said.open);
        assert_eq!(rules(&said), ["too-few-groups", "small-group"]);
        assert_eq!(said.findings[1].severity, Severity::Warning);
        assert_eq!(
            said.findings[1].message,
            "3 of 103 rows are in groups by `sex` that are too small to compare: sex=X (3 rows)"
        );
    }

    #[test]
    fn a_gap_beyond_the_bound_fails_though_the_other_rate_is_undefined() {
        // True positive rates 0.75 and 0.25, false positive rates 0.5 and undefined; and the other way round.
        let gap_in_true = || vec![group("sex=F", 6.0, 5.0, 2.0, 5.0), group("sex=M", 2.0, 0.0, 6.0, 0.0)];
        let gap_in_false = || vec![group("sex=F", 6.0, 6.0, 2.0, 2.0), group("sex=M", 0.0, 2.0, 0.0, 6.0)];
        for groups in [gap_in_true, gap_in_false] {
            for (kind, holds, breaks, rule) in [
                (Kind::Difference, 0.5, 0.49, "equalized-odds-difference"),
                (Kind::Ratio, 0.33, 0.34, "equalized-odds-ratio"),
            ] {
                let odds = |limit| Bound { notion: Notion::EqualizedOdds, kind, limit };
                let broken = judge(&grouping(groups()), &[odds(breaks)], Aggregate::WorstCase, 10.0);
                assert_eq!((rules(&broken), broken.open), (vec![rule, "undefined"], false));
                assert_eq!(broken.findings[0].severity, Severity::Error);
                let open = judge(&grouping(groups()), &[odds(holds)], Aggregate::WorstCase, 10.0);
                assert_eq!((rules(&open), open.open), (vec!["undefined"], true));
            }
        }
    }

    #[test]
    fn a_mean_with_an_undefined_rate_fails_only_if_no_rate_could_save_it() {
        let groups = || vec![group("sex=F", 6.0, 5.0, 2.0, 5.0), group("sex=M", 2.0, 0.0, 6.0, 0.0)];
        let odds = |limit| Bound { notion: Notion::EqualizedOdds, kind: Kind::Difference, limit };
        let broken = judge(&grouping(groups()), &[odds(0.2)], Aggregate::Mean, 10.0);
        assert_eq!((rules(&broken), broken.open), (vec!["equalized-odds-difference", "undefined"], false));
        assert!(broken.findings[0].message.contains("difference at least 0.25"), "{}", broken.findings[0].message);
        assert!(judge(&grouping(groups()), &[odds(0.3)], Aggregate::Mean, 10.0).open);
    }

    #[test]
    fn a_rate_that_only_one_group_has_decides_nothing() {
        let groups = vec![group("sex=F", 0.0, 10.0, 0.0, 70.0), group("sex=M", 60.0, 36.0, 20.0, 84.0)];
        let bound = Bound { notion: Notion::EqualOpportunity, kind: Kind::Difference, limit: 0.1 };
        let said = judge(&grouping(groups), &[bound], Aggregate::WorstCase, 10.0);
        assert_eq!((rules(&said), said.open), (vec!["undefined"], true));
    }

    #[test]
    fn equal_rates_of_zero_hold() {
        let groups = vec![group("sex=F", 0.0, 0.0, 5.0, 70.0), group("sex=M", 0.0, 0.0, 20.0, 84.0)];
        let bound = Bound { notion: Notion::DemographicParity, kind: Kind::Ratio, limit: 0.8 };
        let said = judge(&grouping(groups), &[bound], Aggregate::WorstCase, 10.0);
        assert_eq!((rules(&said), said.open), (vec!["undefined"], false));
        assert_eq!(said.findings[0].severity, Severity::Info);
    }

    #[test]
    fn all_numbers_are_on_record_bounded_or_not() {
        let said = judged(Notion::DemographicParity, Kind::Difference, 1.0, Aggregate::WorstCase);
        assert_eq!(said.measures.len(), 6 + 2 * 4);
        assert_eq!(said.measures[2].name, "equalized_odds_difference");
        assert_eq!(said.measures[2].value, Some(0.25));
    }
}
