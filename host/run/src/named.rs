//! What the policies' entries name, held against what there is: columns that are granted, metrics that are asked for.
//!
//! A name that means nothing is the user's error, said before anything judges: a policy would be refused a column that was
//! meant for it, or could not judge, and neither is what happened.

use std::collections::BTreeSet;

use portcullis_data::Table;
use portcullis_evaluate::{Task, metric_of};
use portcullis_project::nearest;

use crate::error::RunError;
use crate::policies::Loaded;

/// Fails where a policy is granted a column that none of the tables has.
pub(crate) fn check_columns<'a>(
    policies: impl IntoIterator<Item = &'a Loaded>,
    tables: &[&Table],
) -> Result<(), RunError> {
    let mut there: Vec<String> = Vec::new();
    let mut seen = BTreeSet::new();
    for name in tables.iter().flat_map(|table| table.names()) {
        if seen.insert(name.clone()) {
            there.push(name);
        }
    }
    let mut wrong = Vec::new();
    for policy in policies {
        for column in policy.granted_columns().iter().filter(|column| !seen.contains(*column)) {
            let near = nearest(column, there.iter().map(String::as_str));
            let near = near.map(|near| format!("did you mean `{near}`? ")).unwrap_or_default();
            wrong.push(format!(
                "{}: grant: there is no column `{column}`; {near}the columns are: {}",
                policy.entry(),
                there.join(", ")
            ));
        }
    }
    all(&wrong)
}

/// Fails where a parameter that names a metric names none of the task.
pub(crate) fn check_metrics(policies: &[Loaded], task: Task) -> Result<(), RunError> {
    let mut wrong = Vec::new();
    for policy in policies {
        for named in policy.metrics() {
            if let Err(error) = metric_of(&named.text, task) {
                wrong.push(format!("{}: params: `{}`: {error}", policy.entry(), named.key));
            }
        }
    }
    all(&wrong)
}

fn all(wrong: &[String]) -> Result<(), RunError> {
    if wrong.is_empty() { Ok(()) } else { Err(RunError::Parameters(wrong.join("\n"))) }
}
