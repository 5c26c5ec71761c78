//! What the policies' entries name, held against what there is: columns, classes, metrics.
//!
//! A name that means nothing is the user's error, said before anything judges: a policy would be refused a column that was
//! meant for it, or could not judge, and neither is what happened.

use std::collections::BTreeSet;

use portcullis_data::Table;
use portcullis_evaluate::{Task, metric_of};
use portcullis_project::nearest;

use crate::error::RunError;
use crate::policies::Loaded;

/// The columns of a run's tables, each once, in their order.
struct Columns(Vec<String>);

impl Columns {
    fn of(tables: &[&Table]) -> Self {
        let mut seen = BTreeSet::new();
        Self(tables.iter().flat_map(|table| table.names()).filter(|name| seen.insert(name.clone())).collect())
    }

    /// Why there is no such column.
    fn without(&self, column: &str) -> Option<String> {
        lacking("column", column, &self.0)
    }
}

/// Why none of those there are is called so.
fn lacking(what: &str, name: &str, there: &[String]) -> Option<String> {
    if there.iter().any(|other| other == name) {
        return None;
    }
    let near = nearest(name, there.iter().map(String::as_str));
    let near = near.map(|near| format!("did you mean `{near}`? ")).unwrap_or_default();
    let plural = if what.ends_with('s') { "es" } else { "s" };
    Some(format!("there is no {what} `{name}`; {near}the {what}{plural} are: {}", there.join(", ")))
}

/// Fails where a policy is granted a column that none of the tables has, or a parameter names one. Where there is no model
/// to call, a policy that calls it says so itself, whatever it would have called it with.
pub(crate) fn check_columns<'a>(
    policies: impl IntoIterator<Item = &'a Loaded>,
    tables: &[&Table],
    callable: bool,
) -> Result<(), RunError> {
    let columns = Columns::of(tables);
    let mut wrong = Vec::new();
    for policy in policies {
        let granted = policy.granted_columns().iter().filter_map(|column| columns.without(column));
        wrong.extend(granted.map(|why| format!("{}: grant: {why}", policy.entry())));
        for named in policy.named("column").iter().filter(|_| callable || !policy.calls_the_model()) {
            wrong.extend(columns.without(&named.text).map(|why| parameter(policy, &named.key, &why)));
        }
    }
    all(&wrong)
}

/// Fails where a parameter that names a metric, or a class, names none of the task. A regression has no classes.
pub(crate) fn check_task(policies: &[Loaded], task: Task, classes: &[String]) -> Result<(), RunError> {
    let mut wrong = Vec::new();
    for policy in policies {
        for named in policy.named("metric") {
            if let Err(error) = metric_of(&named.text, task) {
                wrong.push(parameter(policy, &named.key, &error.to_string()));
            }
        }
        for named in policy.named("class") {
            let why = if task == Task::Regression {
                Some(format!("`{}` is to be a class, and a regression has none; leave it away", named.text))
            } else {
                lacking("class", &named.text, classes)
            };
            wrong.extend(why.map(|why| parameter(policy, &named.key, &why)));
        }
    }
    all(&wrong)
}

fn parameter(policy: &Loaded, key: &str, why: &str) -> String {
    format!("{}: params: `{key}`: {why}", policy.entry())
}

fn all(wrong: &[String]) -> Result<(), RunError> {
    if wrong.is_empty() { Ok(()) } else { Err(RunError::Parameters(wrong.join("\n"))) }
}
