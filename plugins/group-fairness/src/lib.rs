//! A fairness policy: demographic parity, equalized odds and equal opportunity between groups, as Fairlearn has them.

mod group;
mod judge;
mod notion;
mod parameters;

use group::Group;
use judge::Grouping;
use parameters::Parameters;
use portcullis_policy::evaluation::{self, Evaluation};
use portcullis_policy::text::list;
use portcullis_policy::{Error, Finding, Judgement, Policy, Subject};

struct GroupFairness;

impl Policy for GroupFairness {
    type Parameters = Parameters;

    const PARAMETERS: &'static str = include_str!("../parameters.json");

    fn judge(parameters: Parameters) -> Result<Judgement, Error> {
        let candidate = evaluation::candidate();
        let positive = match positive(&candidate, parameters.positive.as_deref())? {
            Ok(positive) => positive,
            Err(reason) => return Ok(Judgement::not_applicable(Finding::info("not-applicable", reason))),
        };
        let columns = if parameters.groups.is_empty() { evaluation::groups() } else { parameters.groups.clone() };
        if columns.is_empty() {
            return Err(
                "there are no groups to compare: name their columns in `[data] groups`, or in `groups` here".into()
            );
        }
        let mut divisions: Vec<Vec<String>> = columns.iter().map(|column| vec![column.clone()]).collect();
        if parameters.intersections && columns.len() > 1 {
            divisions.push(columns);
        }
        let (mut findings, mut measures, mut open) = (Vec::new(), Vec::new(), false);
        for columns in divisions {
            let grouping = read(&candidate, &columns, &positive, parameters.min_group_size)?;
            let said = judge::judge(&grouping, &parameters.bounds(), parameters.agg, parameters.min_group_size);
            findings.extend(said.findings);
            measures.extend(said.measures);
            open |= said.open;
        }
        Ok(Judgement::from_findings(findings).undecided(open).measures(measures))
    }
}

/// The class that counts as selected, or why there is nothing to judge.
fn positive(candidate: &Evaluation, given: Option<&str>) -> Result<Result<String, String>, Error> {
    let task = candidate.task();
    let classes = candidate.classes();
    Ok(match given {
        _ if classes.is_empty() => Err(format!("rates of a {task} task are not defined: nobody is selected")),
        Some(given) if classes.iter().any(|class| class == given) => Ok(given.to_owned()),
        Some(given) => {
            let classes = list(classes.iter().map(String::as_str));
            return Err(format!("`positive` is `{given}`, which is no class; the classes are {classes}").into());
        }
        None => candidate.positive().ok_or_else(|| {
            format!("a {task} task has no positive class: set `positive` to judge one class against the rest")
        }),
    })
}

fn read(candidate: &Evaluation, columns: &[String], positive: &str, min_group_size: f64) -> Result<Grouping, Error> {
    let mut grouping = Grouping { name: columns.join(", "), groups: Vec::new(), small: Vec::new() };
    for slice in candidate.slices(columns)? {
        let name = Subject::of_key("group", &slice.key()).map_or_else(String::new, |subject| subject.name);
        let rows = slice.row_count();
        if rows < min_group_size {
            grouping.small.push((name, rows));
            continue;
        }
        match slice.confusion() {
            Ok(cells) => grouping.groups.push(Group::new(name, &cells, positive)),
            Err(failure) if failure.is("small-group") => grouping.small.push((name, rows)),
            Err(failure) => return Err(failure.into()),
        }
    }
    Ok(grouping)
}

portcullis_policy::export!(fairness, GroupFairness);
