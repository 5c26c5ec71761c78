//! Tests of the cases' own machinery: an expectation that does not hold must fail, or none of the others means anything.

use std::sync::Arc;

use libtest_mimic::{Failed, Trial};

use crate::case::Case;
use crate::hostile;
use crate::workshop::Workshop;

/// A step that holds, followed by the expectations that would break it and a word of what must then be said.
const BROKEN: &[(&str, &str, &str)] = &[
    ("exit-code", "exit = 1", "ended with"),
    ("stdout", "stdout = ['no such words']", "standard output lacks"),
    ("not-stdout", "not_stdout = ['\"verdict\":']", "standard output has"),
    ("stderr", "stderr = ['no such words']", "standard error lacks"),
    ("not-stderr", "not_stderr = ['']", "standard error has"),
    ("line", "no_line_begins = ['\"verdict\":']", "has the line"),
    ("files", "files = ['.portcullis/runs/*/nothing']", "there is no file"),
    ("no-files", "no_files = ['.portcullis/runs/*/record.json']", "there is a file"),
    ("content", "content = { 'data.csv' = ['zebra'] }", "data.csv lacks"),
    ("json-value", "json = { 'verdict' = 'blocked' }", "verdict is \"passed\""),
    ("json-path", "json = { 'policies.nobody.verdict' = 'passed' }", "no such value"),
    ("json-absent", "json = { 'verdict' = { absent = true } }", "expected was nothing"),
    ("json-bound", "json = { 'data.rows' = { min = 5 } }", "data.rows is 4"),
    ("json-word", "json = { 'data.rows' = { least = 1 } }", "data.rows is 4"),
    ("memory", "most_memory = 1", "memory peaked at"),
    ("time", "most_seconds = 0.0", "was not done after"),
    ("same", "same_under = [{ PORTCULLIS_SPLIT_SEED = '7' }]", "the record differs"),
];

const HOLDS: &str = r#"
about = "a control"
[[step]]
write = { "portcullis.toml" = "[data]\npath = 'data.csv'\n", "data.csv" = "a,b\n1,2\n3,4\n5,6\n7,8\n" }
args = ["check", "--allow-empty", "--format", "json"]
"#;

/// One test for each of them, and one for what they build on.
pub fn trials(workshop: &Arc<Workshop>) -> Vec<Trial> {
    let mut trials = vec![];
    {
        let workshop = Arc::clone(workshop);
        trials.push(Trial::test("control/holds", move || match run(&workshop, "")?.as_str() {
            "" => Ok(()),
            wrong => Err(wrong.into()),
        }));
    }
    for (name, broken, said) in BROKEN {
        let workshop = Arc::clone(workshop);
        trials.push(Trial::test(format!("control/{name}"), move || {
            let wrong = run(&workshop, broken)?;
            if wrong.contains(said) { Ok(()) } else { Err(format!("`{broken}` led to {wrong:?}").into()) }
        }));
    }
    for (name, broken, said) in LACKING {
        trials.push(Trial::test(format!("control/hostile-{name}"), move || {
            let wrong = lacking(broken)?;
            if wrong.contains(said) { Ok(()) } else { Err(format!("`{broken}` led to {wrong:?}").into()) }
        }));
    }
    trials
}

/// Cases of `hostile/` that show too little, and what must be said of them.
const LACKING: &[(&str, &str, &str)] = &[
    ("exit-code", "exit = 1\njson = { 'policies.guest.failure.kind' = 'trap' }", "exit code 3"),
    ("kind", "exit = 3\njson = { 'policies.accuracy.verdict' = 'passed' }", "kind of failure"),
    ("honest-policy", "exit = 3\njson = { 'policies.guest.failure.kind' = 'trap' }", "an honest policy"),
];

fn lacking(broken: &str) -> Result<String, Failed> {
    let mut case: Case = toml::from_str(&format!("{HOLDS}{broken}"))?;
    Ok(hostile::harden(&mut case).err().and_then(|failed| failed.message().map(str::to_owned)).unwrap_or_default())
}

fn run(workshop: &Workshop, more: &str) -> Result<String, Failed> {
    let case: Case = toml::from_str(&format!("{HOLDS}{more}"))?;
    Ok(workshop.run(&case, None)?.join("\n"))
}
