//! A fairness policy: demographic parity, equalized odds and equal opportunity between groups, as Fairlearn has them.

mod group;
mod judge;
mod left_out;
mod notion;
mod parameters;

use group::Group;
use judge::Grouping;
use parameters::Parameters;
use portcullis_policy::metrics::{self, Evaluation};
use portcullis_policy::text::list;
use portcullis_policy::{Error, Finding, Judgement, Policy, Subject};

/// What the host calls the remainder of groups that it does not measure.
const SMALL_GROUPS: &str = "(small groups)";

struct GroupFairness;

impl Policy for GroupFairness {
    type Parameters = Parameters;

    const PARAMETERS: &'static str = include_str!("../parameters.json");

    fn judge(parameters: Parameters) -> Result<Judgement, Error> {
        let candidate = metrics::candidate();
        let positive = match positive(
            &candidate.task(),
            &candidate.classes(),
            candidate.positive(),
            parameters.positive.as_deref(),
        )? {
            Ok(positive) => positive,
            // Whoever asks for fairness is not told that it holds where nobody looked.
            Err(reason) => return Ok(nothing(reason)),
        };
        let columns = if parameters.groups.is_empty() { metrics::groups() } else { parameters.groups.clone() };
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

/// Nothing to judge: inconclusive, since nothing was shown to hold.
fn nothing(reason: String) -> Judgement {
    Judgement::inconclusive(Finding::warning("nothing-judged", reason).subject("model", "candidate"))
}

/// The class that counts as selected, or why there is nothing to judge. `own` is the task's positive class, `given` the
/// user's.
fn positive(
    task: &str,
    classes: &[String],
    own: Option<String>,
    given: Option<&str>,
) -> Result<Result<String, String>, Error> {
    Ok(match given {
        _ if classes.is_empty() => Err(format!(
            "nothing was judged: a {task} task selects nobody, so there are no rates to compare; take this policy out, \
             or give it `mode = \"warn\"`"
        )),
        Some(given) if classes.iter().any(|class| class == given) => Ok(given.to_owned()),
        Some(given) => {
            let classes = list(classes.iter().map(String::as_str));
            return Err(format!("`positive` is `{given}`, which is no class; the classes are {classes}").into());
        }
        None => own.ok_or_else(|| {
            format!(
                "nothing was judged: a {task} task has no positive class; set `positive` to judge one class against \
                 the rest: {}",
                list(classes.iter().map(String::as_str))
            )
        }),
    })
}

fn read(candidate: &Evaluation, columns: &[String], positive: &str, min_group_size: f64) -> Result<Grouping, Error> {
    let mut grouping = Grouping { name: columns.join(", "), groups: Vec::new(), small: Vec::new() };
    for slice in candidate.slices(columns)? {
        let name = Subject::of_key("group", &slice.key()).map_or_else(String::new, |subject| subject.name);
        let rows = slice.row_count();
        // The host may give all groups below its own limit as one remainder, which is no group however large it is.
        let remainder = slice.key().iter().any(|part| part.value == SMALL_GROUPS);
        if remainder || rows < min_group_size {
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

#[cfg(test)]
mod tests {
    use portcullis_policy::Outcome;

    use super::*;

    fn classes(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn the_positive_class_is_the_users_or_the_tasks() {
        let own = || Some("yes".to_owned());
        let binary = classes(&["no", "yes"]);
        assert_eq!(positive("binary", &binary, own(), None).unwrap(), Ok("yes".into()));
        assert_eq!(positive("binary", &binary, own(), Some("no")).unwrap(), Ok("no".into()));
        assert_eq!(positive("multiclass", &classes(&["a", "b", "c"]), None, Some("b")).unwrap(), Ok("b".into()));
        let error = positive("binary", &binary, own(), Some("maybe")).unwrap_err().to_string();
        assert_eq!(error, "`positive` is `maybe`, which is no class; the classes are `no`, `yes`");
    }

    #[test]
    fn a_task_without_a_positive_class_is_no_pass() {
        let reason = positive("multiclass", &classes(&["a", "b", "c"]), None, None).unwrap().unwrap_err();
        assert!(reason.contains("set `positive`"), "{reason}");
        assert_eq!(nothing(reason).outcome, Outcome::Inconclusive);
        for given in [None, Some("yes")] {
            let reason = positive("regression", &[], None, given).unwrap().unwrap_err();
            assert!(reason.contains("selects nobody"), "{reason}");
        }
    }
}
