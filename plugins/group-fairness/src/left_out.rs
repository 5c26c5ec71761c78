//! Groups that were not compared, and how many rows they are: no host needed.

use portcullis_policy::Finding;
use portcullis_policy::text::count;

use crate::group::Rate;
use crate::judge::Grouping;
use crate::parameters::Bound;

/// Groups without a rate that others are compared by: nobody looked at them in that rate.
pub fn undefined(grouping: &Grouping, bounds: &[Bound]) -> Vec<Finding> {
    let mut seen: Vec<Rate> = Vec::new();
    let mut findings = Vec::new();
    for (rate, groups) in bounds.iter().flat_map(|bound| bound.notion.undefined(&grouping.groups)) {
        if seen.contains(&rate) || grouping.groups.len() - groups.len() < 2 {
            continue;
        }
        seen.push(rate);
        let rows: f64 = groups.iter().map(|group| group.rows).sum();
        let message = format!(
            "{} without {} {} left out of the comparison of the {}: {}",
            count(groups.len() as f64, "group"),
            rate.basis(),
            if groups.len() == 1 { "is" } else { "are" },
            rate.words(),
            shown(groups.iter().map(|group| (group.name.as_str(), group.rows)))
        );
        findings.push(
            Finding::warning("undefined", message)
                .subject("column", &grouping.name)
                .extra("rate", rate.words())
                .extra("rows", rows),
        );
    }
    findings
}

/// The groups that are not compared for their size, in one finding however many they are.
pub fn too_small(grouping: &Grouping, min_group_size: f64) -> Option<Finding> {
    if grouping.small.is_empty() {
        return None;
    }
    let rows: f64 = grouping.small.iter().map(|(_, rows)| rows).sum();
    let all: f64 = rows + grouping.groups.iter().map(|group| group.rows).sum::<f64>();
    let message = format!(
        "{rows} of {} are in groups by `{}` that are too small to compare: {}",
        count(all, "row"),
        grouping.name,
        shown(grouping.small.iter().map(|(name, rows)| (name.as_str(), *rows)))
    );
    Some(
        Finding::warning("small-group", message)
            .subject("column", &grouping.name)
            .observed(rows)
            .expected(format!("groups of >= {min_group_size}"))
            .extra("rows", rows)
            .extra("of", all)
            .extra("groups", grouping.small.len() as f64),
    )
}

/// The first few groups with their rows, and how many more there are.
fn shown<'a>(groups: impl ExactSizeIterator<Item = (&'a str, f64)>) -> String {
    const SHOWN: usize = 5;
    let more = groups.len().saturating_sub(SHOWN);
    let mut names: Vec<String> =
        groups.take(SHOWN).map(|(name, rows)| format!("{name} ({})", count(rows, "row"))).collect();
    if more > 0 {
        names.push(format!("and {more} more"));
    }
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::group::Group;
    use crate::group::tests::group;
    use crate::judge::{Said, judge};
    use crate::notion::{Aggregate, Kind, Notion};

    fn grouping(groups: Vec<Group>) -> Grouping {
        Grouping { name: "sex".into(), groups, small: Vec::new() }
    }

    fn rules(said: &Said) -> Vec<&str> {
        said.findings.iter().map(|finding| finding.rule.as_str()).collect()
    }

    #[test]
    fn many_small_groups_are_one_finding_and_the_others_are_compared() {
        let groups = vec![group("sex=F", 10.0, 10.0, 10.0, 70.0), group("sex=M", 60.0, 36.0, 20.0, 84.0)];
        let small = (0..7).map(|index| (format!("sex={index}"), 2.0)).collect();
        let grouping = Grouping { small, ..grouping(groups) };
        let bound = Bound { notion: Notion::DemographicParity, kind: Kind::Difference, limit: 0.5 };
        let said = judge(&grouping, &[bound], Aggregate::WorstCase, 10.0);
        assert_eq!((rules(&said), said.open), (vec!["small-group"], false));
        assert!(said.findings[0].message.starts_with("14 of 314 rows"), "{}", said.findings[0].message);
        assert!(said.findings[0].message.ends_with("sex=4 (2 rows), and 2 more"), "{}", said.findings[0].message);
        assert_eq!(said.findings[0].observed, Some(14.0.into()));
    }

    #[test]
    fn a_group_without_a_rate_is_named_as_left_out_of_it() {
        let groups = || {
            let mut groups = vec![group("sex=F", 10.0, 10.0, 10.0, 70.0), group("sex=M", 60.0, 36.0, 20.0, 84.0)];
            groups.push(group("sex=X", 0.0, 3.0, 0.0, 17.0));
            groups
        };
        let by = |notion| {
            let bound = Bound { notion, kind: Kind::Difference, limit: 0.5 };
            judge(&grouping(groups()), &[bound, bound], Aggregate::WorstCase, 10.0)
        };
        let said = by(Notion::EqualOpportunity);
        assert_eq!((rules(&said), said.open), (vec!["undefined"], false));
        assert_eq!(
            said.findings[0].message,
            "1 group without positive rows is left out of the comparison of the true positive rate: sex=X (20 rows)"
        );
        assert!(by(Notion::DemographicParity).findings.is_empty());
    }
}
