//! Which policies a project has.

#![allow(clippy::unwrap_used)] // a test's helpers are tests too

use std::path::Path;
use std::time::Duration;

use portcullis_project::{Overrides, PolicySpec, Project};
use portcullis_verdict::Mode;

const DATA: &str = "[data]\npath = \"a.csv\"\n";

/// A project with these files in it; entries begin in line 3.
fn project(files: &[&str], entries: &str) -> (tempfile::TempDir, Result<Vec<PolicySpec>, String>) {
    let folder = tempfile::tempdir().unwrap();
    for file in files {
        let path = folder.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, "").unwrap();
    }
    std::fs::write(folder.path().join("portcullis.toml"), format!("{DATA}{entries}")).unwrap();
    let policies = policies(folder.path());
    (folder, policies)
}

fn policies(folder: &Path) -> Result<Vec<PolicySpec>, String> {
    Project::load(folder, &Overrides::default()).map(|project| project.policies).map_err(|error| error.to_string())
}

fn names(files: &[&str], entries: &str) -> Vec<String> {
    project(files, entries).1.unwrap().into_iter().map(|spec| spec.name).collect()
}

fn errors(files: &[&str], entries: &str) -> String {
    project(files, entries).1.unwrap_err()
}

#[test]
fn every_component_runs_and_entries_come_first() {
    let files = ["policies/b.wasm", "policies/a.wasm", "policies/c.wasm", "other/d.wasm"];
    let entries = "[[policy]]\nuse = \"policies/c.wasm\"\n[[policy]]\nuse = \"other/d.wasm\"\n";
    assert_eq!(names(&files, entries), ["c", "d", "a", "b"]);
    let (folder, specs) = project(&files, entries);
    let specs = specs.unwrap();
    assert_eq!((specs[0].line, specs[1].line, specs[2].line), (Some(3), Some(5), None));
    assert_eq!((specs[1].display.as_str(), specs[2].display.as_str()), ("other/d.wasm", "policies/a.wasm"));
    assert_eq!(specs[1].file, folder.path().canonicalize().unwrap().join("other/d.wasm"));
    assert_eq!((specs[2].mode, &specs[2].params), (Mode::Enforce, &serde_json::json!({})));
    assert!(specs[2].grant.interfaces.is_empty() && specs[2].grant.columns.is_none());
}

#[test]
fn what_is_no_component_is_passed_over() {
    let files =
        ["policies/a.wasm", "policies/readme.md", "policies/.hidden.wasm", "policies/sub/b.wasm", "policies/UP.WASM"];
    assert_eq!(names(&files, ""), ["UP", "a"]);
    assert_eq!(names(&[], ""), Vec::<String>::new());
}

#[test]
fn everything_that_an_entry_can_say() {
    let entries = r#"
[limits]
memory = "8MiB"
time = "1s"
[[policy]]
name = "accuracy"
use = "policies/threshold.wasm"
params = { metric = "accuracy", min = 0.85, on = 2024-01-01, deep = [{ a = 1 }] }
mode = "warn"
grant = { interfaces = ["rows"], columns = ["age"] }
limits = { memory = "64MiB", fuel = 5 }
[[policy]]
use = "policies/threshold.wasm"
[policy.params]
min = 1
"#;
    let (_folder, specs) = project(&["policies/threshold.wasm"], entries);
    let specs = specs.unwrap();
    assert_eq!(specs.len(), 2);
    let first = &specs[0];
    assert_eq!((first.name.as_str(), first.line, first.mode), ("accuracy", Some(7), Mode::Warn));
    assert_eq!(
        first.params,
        serde_json::json!({ "metric": "accuracy", "min": 0.85, "on": "2024-01-01", "deep": [{ "a": 1 }] })
    );
    assert_eq!(
        (&first.grant.interfaces[..], first.grant.columns.as_deref()),
        (&["rows".to_owned()][..], Some(&["age".to_owned()][..]))
    );
    assert_eq!((first.limits.memory, first.limits.fuel), (Some(64 << 20), Some(5)));
    assert_eq!(first.limits.time, Some(Duration::from_secs(1)), "the project's limit holds where the entry has none");
    let second = &specs[1];
    assert_eq!((second.name.as_str(), second.limits.memory), ("threshold", Some(8 << 20)));
    assert_eq!(second.params, serde_json::json!({ "min": 1 }));
}

#[test]
fn a_missing_file_lists_what_is_there() {
    let files = ["policies/schema.wasm", "policies/threshold.wasm"];
    let table = [
        (
            "use = \"policies/treshold.wasm\"",
            "portcullis.toml:4: [[policy]] use: \"policies/treshold.wasm\": no such file; did you mean \"policies/threshold.wasm\"? there are: policies/schema.wasm, policies/threshold.wasm",
        ),
        (
            "use = \"threshold\"",
            "portcullis.toml:4: [[policy]] use: \"threshold\": no such file; did you mean \"policies/threshold.wasm\"? there are: policies/schema.wasm, policies/threshold.wasm",
        ),
        (
            "use = \"policies\"",
            "portcullis.toml:4: [[policy]] use: \"policies\": is a folder; there are: policies/schema.wasm, policies/threshold.wasm",
        ),
        (
            "name = \"x\"",
            "portcullis.toml:3: [[policy]] use: missing; name the component: use = \"policies/FILE.wasm\"",
        ),
    ];
    for (line, message) in table {
        assert_eq!(errors(&files, &format!("[[policy]]\n{line}\n")), message);
    }
    assert_eq!(
        errors(&[], "[[policy]]\nuse = \"policies/x.wasm\"\n"),
        "portcullis.toml:4: [[policy]] use: \"policies/x.wasm\": no such file; policies/ holds no .wasm"
    );
}

#[test]
fn names_are_unique() {
    let files = ["policies/a.wasm", "policies/b.wasm"];
    let twice = "[[policy]]\nuse = \"policies/a.wasm\"\n[[policy]]\nuse = \"policies/a.wasm\"\nparams = { min = 1 }\n";
    assert_eq!(
        errors(&files, twice),
        "portcullis.toml:5: [[policy]] name: \"a\" is the name of the policy in line 3 too; give one another name"
    );
    let named = twice.replace("params", "name = \"strict\"\nparams");
    assert_eq!(names(&files, &named), ["a", "strict", "b"]);
    assert_eq!(
        errors(&files, "[[policy]]\nname = \"b\"\nuse = \"policies/a.wasm\"\n"),
        "portcullis.toml:3: [[policy]] name: \"b\" is the name of policies/b.wasm too, which runs because no entry uses it; rename this policy, or let it use that file"
    );
    assert_eq!(
        errors(&["policies/a.wasm", "policies/a.WASM"], ""),
        "portcullis.toml: policies/: policies/a.WASM and policies/a.wasm are both called \"a\"; rename one"
    );
}

#[test]
fn wrong_keys_of_an_entry() {
    let own = "name, use, params, mode, grant, limits";
    let table = [
        ("path = \"x\"", format!("path: unknown key; did you mean `use`? valid: {own}")),
        ("min = 0.8", format!("min: unknown key; a parameter of the policy goes into params = {{ min = … }}; valid: {own}")),
        ("memory = \"1MiB\"", format!("memory: unknown key; it goes into limits = {{ memory = … }}; valid: {own}")),
        ("columns = [\"a\"]", format!("columns: unknown key; it goes into grant = {{ columns = … }}; valid: {own}")),
        ("params = [1]", "params: [1] is a list; expected a table, such as { min = 0.85 }".to_owned()),
        ("params = { min = inf }", "params: inf is not a finite number; leave the key out or use text".to_owned()),
        ("mode = \"enforced\"", "mode: \"enforced\" is not a policy mode; did you mean \"enforce\"? valid: enforce, warn".to_owned()),
        ("grant = [\"rows\"]", "grant: [\"rows\"] is a list; expected a table, { … }".to_owned()),
        ("grant = { column = [\"a\"] }", "grant.column: unknown key; did you mean `columns`? valid: interfaces, columns".to_owned()),
        ("grant = { interfaces = \"rows\" }", "grant.interfaces: \"rows\" is text; expected a list of text, such as [\"a\", \"b\"]".to_owned()),
        ("limits = { time = 3 }", "limits.time: 3 has no unit; write \"3s\" for seconds".to_owned()),
        ("limits = { mem = 3 }", "limits.mem: unknown key; valid: fuel, time, memory, table-elements, instances, host-calls, host-bytes, host-work, sql-steps, sql-memory, sql-rows, handles, log-bytes, findings, output-bytes, component-size, compile-time, compile-memory, stack".to_owned()),
        ("name = \"a\\u001b[2J\"", "name: \"a\\u001B[2J\" holds a control character; use plain text".to_owned()),
    ];
    for (line, message) in table {
        let entry = format!("[[policy]]\nuse = \"policies/a.wasm\"\n{line}\n");
        let found = errors(&["policies/a.wasm"], &entry);
        assert_eq!(found, format!("portcullis.toml:5: [[policy]] {message}"));
    }
}

#[cfg(unix)]
#[test]
fn links_count_as_what_they_lead_to() {
    let (folder, _) = project(&["shared/a.wasm"], "[[policy]]\nuse = \"shared/a.wasm\"\n");
    std::fs::create_dir(folder.path().join("policies")).unwrap();
    let link = folder.path().join("policies/linked.wasm");
    std::os::unix::fs::symlink("../shared/a.wasm", &link).unwrap();
    let found = policies(folder.path()).unwrap();
    assert_eq!(
        found.iter().map(|spec| spec.name.as_str()).collect::<Vec<_>>(),
        ["a"],
        "the entry names the link's file"
    );
    std::fs::remove_file(&link).unwrap();
    std::os::unix::fs::symlink("../shared/gone.wasm", &link).unwrap();
    assert_eq!(
        policies(folder.path()).unwrap_err(),
        "portcullis.toml: policies/: \"linked.wasm\" leads to no file; mend or remove it"
    );
}
