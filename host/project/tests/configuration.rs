//! Good and bad configurations, with the exact messages.

#![allow(clippy::unwrap_used)] // a test's helpers are tests too

use std::path::Path;
use std::time::Duration;

use portcullis_project::{ModelSource, Overrides, Project, ProjectError, SplitMethod, TaskChoice};

/// Writes a project into a temporary folder and loads it.
fn load_with(text: &str, overrides: &Overrides) -> (tempfile::TempDir, Result<Project, ProjectError>) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("portcullis.toml"), text).unwrap();
    let project = Project::load(folder.path(), overrides);
    (folder, project)
}

fn good(text: &str) -> Project {
    load_with(text, &Overrides::default()).1.unwrap()
}

fn errors_with(text: &str, overrides: &Overrides) -> String {
    load_with(text, overrides).1.unwrap_err().to_string()
}

/// The messages for a file that is complete but for `text`.
fn errors(text: &str) -> String {
    errors_with(text, &Overrides::default())
}

const IRIS: &str = r#"[project]
name = "iris"

[data]
path = "data/iris.csv"
target = "species"

[split]
test = 0.25
seed = 7

[model]
family = "random-forest"
trees = 200
"#;

#[test]
fn a_small_file_is_enough_and_the_rest_has_defaults() {
    let project = good("[data]\npath = \"iris.csv\"\n");
    assert_eq!(project.data.paths[0].absolute, project.root.join("iris.csv"));
    assert_eq!(project.data.paths[0].written, "iris.csv");
    assert_eq!(project.split.method, SplitMethod::Random { test: 0.2 });
    assert_eq!((project.split.seed, project.split.stratify), (42, None));
    assert_eq!(project.name, project.root.file_name().unwrap().to_str().unwrap());
    assert!(project.evaluate.intervals && project.evaluate.slices.is_empty());
    assert_eq!((project.evaluate.confidence, project.evaluate.resamples, project.smallest_group), (0.95, 1000, 10));
    assert!(project.policies.is_empty() && project.model.is_none());
    assert_eq!(
        project.model().unwrap_err().to_string(),
        "portcullis.toml: [model]: missing; add one with exactly one of family, predictions, command"
    );
    assert_eq!(
        project.target().unwrap_err().to_string(),
        "portcullis.toml: [data] target: missing; name the column to predict: target = \"COLUMN\""
    );
}

#[test]
fn every_key_is_read() {
    let project = good(
        r#"
[project]
name = "credit"
[data]
path = ["a.csv", "b/*.parquet"]
target = "approved"
positive = 1
features = ["age", "income"]
id = "number"
groups = ["sex", "age_band"]
reference = "last.parquet"
types = { age = "integer", joined = "date" }
missing = ["", "NA"]
delimiter = ";"
[split]
by = "customer"
test = 0.3
seed = 1
stratify = false
[model]
command = ["python", "train.py", ""]
output = "out/p.parquet"
timeout = "5m"
task = "classification"
champion = "models/champion.model"
[evaluate]
slices = ["sex", ["sex", "age_band"]]
intervals = false
confidence = 0.9
resamples = 200
[sandbox]
smallest-group = 5
[limits]
fuel = 1_000_000
time = "10s"
memory = "64MiB"
table-elements = 5
instances = 8
host-calls = 6
host-bytes = "1kB"
log-bytes = 0
findings = 7
output-bytes = "2MB"
component-size = "3MiB"
handles = 9
"#,
    );
    let written = |paths: &[portcullis_project::ProjectPath]| -> Vec<String> {
        paths.iter().map(|path| path.written.clone()).collect()
    };
    assert_eq!(project.name, "credit");
    let data = &project.data;
    assert_eq!(written(&data.paths), ["a.csv", "b/*.parquet"]);
    assert_eq!(data.paths[1].absolute, project.root.join("b").join("*.parquet"));
    assert_eq!(project.target().unwrap(), "approved");
    assert_eq!(data.positive.as_deref(), Some("1"));
    assert_eq!(data.features.as_deref(), Some(&["age".to_owned(), "income".to_owned()][..]));
    assert_eq!(
        (data.id.as_deref(), &data.groups[..]),
        (Some("number"), &["sex".to_owned(), "age_band".to_owned()][..])
    );
    assert_eq!(written(&data.reference), ["last.parquet"]);
    assert_eq!(data.types.iter().map(|(k, v)| format!("{k} {v}")).collect::<Vec<_>>(), ["age integer", "joined date"]);
    assert_eq!((&data.missing[..], data.delimiter), (&[String::new(), "NA".to_owned()][..], Some(b';')));
    assert_eq!(project.split.method, SplitMethod::By { column: "customer".into(), test: 0.3 });
    assert_eq!((project.split.seed, project.split.stratify), (1, Some(false)));
    let model = project.model().unwrap();
    let ModelSource::Command { command, output, timeout } = &model.source else { panic!("{model:?}") };
    assert_eq!(*command, ["python", "train.py", ""]);
    assert_eq!((output.written.as_str(), *timeout), ("out/p.parquet", Duration::from_mins(5)));
    assert_eq!(model.task, Some(TaskChoice::Classification));
    assert_eq!(model.champion.as_ref().unwrap().absolute, project.root.join("models/champion.model"));
    let evaluate = &project.evaluate;
    assert_eq!(evaluate.slices, [vec!["sex".to_owned()], vec!["sex".to_owned(), "age_band".to_owned()]]);
    assert_eq!((evaluate.intervals, evaluate.confidence, evaluate.resamples), (false, 0.9, 200));
    assert_eq!(project.smallest_group, 5);
    let limits = &project.limits;
    assert_eq!((limits.fuel, limits.time), (Some(1_000_000), Some(Duration::from_secs(10))));
    assert_eq!((limits.memory, limits.table_elements, limits.instances), (Some(64 << 20), Some(5), Some(8)));
    assert_eq!((limits.host_calls, limits.host_bytes, limits.log_bytes), (Some(6), Some(1000), Some(0)));
    assert_eq!((limits.findings, limits.output_bytes), (Some(7), Some(2_000_000)));
    assert_eq!((limits.component_size, limits.handles), (Some(3 << 20), Some(9)));
}

#[test]
fn hyperparameters_are_kept_as_given() {
    let project = good(&format!("{IRIS}max-depth = \"none\"\nclass-weights = {{ setosa = 2.5 }}\n"));
    let ModelSource::Family { name, parameters } = &project.model().unwrap().source else { panic!() };
    assert_eq!(name, "random-forest");
    assert_eq!(
        serde_json::to_value(parameters).unwrap(),
        serde_json::json!({ "trees": 200, "max-depth": "none", "class-weights": { "setosa": 2.5 } })
    );
}

#[test]
fn predictions_need_no_data() {
    let project = good("[model]\npredictions = \"preds.parquet\"\n");
    assert!(project.data.paths.is_empty());
    assert_eq!(project.predictions().unwrap().absolute, project.root.join("preds.parquet"));
    assert_eq!(
        errors("[model]\nfamily = \"x\"\n"),
        "portcullis.toml: [data] path: missing; name the data: path = \"data/FILE.csv\" (or set [model] predictions)"
    );
}

#[test]
fn groups_are_sliced_unless_slices_say_otherwise() {
    let groups = "[data]\npath = \"a.csv\"\ngroups = [\"sex\", \"age\"]\n";
    assert_eq!(good(groups).evaluate.slices, [["sex"], ["age"]]);
    assert!(good(&format!("{groups}[evaluate]\nslices = []\n")).evaluate.slices.is_empty());
}

#[test]
fn the_ways_to_split() {
    let split = |text: &str| good(&format!("[data]\npath = \"a.csv\"\n[split]\n{text}\n")).split.method;
    assert_eq!(split("time = \"date\""), SplitMethod::Time { column: "date".into(), test: 0.2 });
    assert!(matches!(split("test = \"test.csv\""), SplitMethod::File(path) if path.written == "test.csv"));
}

/// A line of `[section]` and the message it gives, without the file's name. The line is the third of the file.
#[allow(clippy::too_many_lines)] // a table
#[test]
fn each_wrong_value_has_its_message() {
    let table = [
        ("data", "target = 1", "target: 1 is a whole number; expected text between quotation marks"),
        ("data", "target = \" \"", "target: is empty; leave the key out or give it a value"),
        ("data", "features = \"age\"", "features: \"age\" is text; expected a list of text, such as [\"a\", \"b\"]"),
        ("data", "features = [\"a\", \"a\"]", "features: \"a\" stands in the list twice; remove one"),
        ("data", "features = []", "features: is empty; leave it out to use every column but target, id and groups"),
        (
            "data",
            "types = { a = \"int\" }",
            "types: \"int\" is not a column type; valid: boolean, integer, number, text, date, datetime, time",
        ),
        (
            "data",
            "types = { a = \"integr\" }",
            "types: \"integr\" is not a column type; did you mean \"integer\"? valid: boolean, integer, number, text, date, datetime, time",
        ),
        (
            "data",
            "delimiter = \";;\"",
            "delimiter: \";;\" cannot separate columns; expected one ASCII character, such as \";\"",
        ),
        ("data", "reference = []", "reference: is an empty list; name at least one"),
        ("data", "positive = [1]", "positive: [1] is a list; expected text, a number or a boolean"),
        ("split", "test = 1.5", "test: 1.5 is not a share; expected a number above 0 and below 1, such as 0.2"),
        ("split", "test = 20", "test: 20 is not a share; expected a number above 0 and below 1, such as 0.2"),
        ("split", "test = true", "test: true is a boolean; expected a share or a file"),
        ("split", "seed = -1", "seed: -1 is out of range; expected a whole number from 0 to 4294967295"),
        (
            "split",
            "seed = 4294967296",
            "seed: 4294967296 is out of range; expected a whole number from 0 to 4294967295",
        ),
        ("split", "seed = 1.0", "seed: 1.0 is a number; expected a whole number"),
        ("split", "stratify = \"yes\"", "stratify: \"yes\" is text; expected true or false"),
        (
            "evaluate",
            "confidence = 95",
            "confidence: 95 is not a share; expected a number above 0 and below 1, such as 0.2",
        ),
        (
            "evaluate",
            "slices = \"sex\"",
            "slices: \"sex\" is text; expected a list of columns or of lists of columns, such as [\"sex\", [\"sex\", \"age_band\"]]",
        ),
        ("evaluate", "slices = [[]]", "slices: is an empty list; name at least one"),
        ("evaluate", "resamples = 1", "resamples: 1 is out of range; expected a whole number from 2 to 100000"),
        (
            "sandbox",
            "smallest-group = 0",
            "smallest-group: 0 is out of range; expected a whole number from 1 to 4294967295",
        ),
        ("limits", "time = 10", "time: 10 has no unit; write \"10s\" for seconds"),
        ("limits", "time = \"0s\"", "time: is no time at all; expected a duration above zero"),
        (
            "limits",
            "time = \"10 sec\"",
            "time: `10 sec` is not a duration; write a number and a unit, such as \"10s\" (h, m, s, ms, us)",
        ),
        (
            "limits",
            "memory = \"64M\"",
            "memory: `64M` is not a size; write a number and a unit, such as \"64MiB\" (B, kB, KiB, MB, MiB, GB, GiB)",
        ),
        ("limits", "memory = 0", "memory: is 0 bytes; expected at least 1"),
        ("limits", "fuel = 0", "fuel: 0 is out of range; expected a whole number from 1 to 18446744073709551615"),
        (
            "model",
            "task = \"regresion\"",
            "task: \"regresion\" is not a task; did you mean \"regression\"? valid: binary, multiclass, regression, classification",
        ),
        ("model", "alpha = nan", "alpha: NaN is not a finite number; leave the key out or use text"),
        // Keys that do not exist.
        ("split", "sed = 7", "sed: unknown key; did you mean `seed`? valid: test, by, time, seed, stratify"),
        (
            "split",
            "random_state = 7",
            "random_state: unknown key; did you mean `seed`? valid: test, by, time, seed, stratify",
        ),
        (
            "split",
            "target = \"y\"",
            "target: unknown key; it belongs under [data]; valid here: test, by, time, seed, stratify",
        ),
        ("split", "xyzzy = 1", "xyzzy: unknown key; valid: test, by, time, seed, stratify"),
        (
            "sandbox",
            "smallest_group = 5",
            "smallest_group: unknown key; did you mean `smallest-group`? valid: smallest-group",
        ),
        (
            "model",
            "champoin = \"x\"",
            "champoin: unknown key; did you mean `champion`? valid: family, predictions, command, output, timeout, task, champion",
        ),
        ("model", "output = \"x\"", "output: belongs to command, and the model comes from family; remove it"),
    ];
    for (section, line, message) in table {
        let rest = match section {
            "data" => "path = \"a.csv\"\n",
            "model" => "family = \"random-forest\"\n[data]\npath = \"a.csv\"\n",
            _ => "[data]\npath = \"a.csv\"\n",
        };
        let text = format!("# a comment\n[{section}]\n{line}\n{rest}");
        assert_eq!(errors(&text), format!("portcullis.toml:3: [{section}] {message}"), "{text}");
    }
}

#[test]
fn contradictions_name_both_sides() {
    let table = [
        (
            "[data]\npath = \"a\"\ntarget = \"y\"\nfeatures = [\"x\", \"y\"]",
            "portcullis.toml:4: [data] features: \"y\" is the target; remove it from the features",
        ),
        (
            "[data]\npath = \"a\"\nid = \"x\"\nfeatures = [\"x\", \"y\"]",
            "portcullis.toml:4: [data] features: \"x\" is the id; remove it from the features",
        ),
        (
            "[data]\npath = \"a\"\nid = \"x\"\ntarget = \"x\"",
            "portcullis.toml:3: [data] id: \"x\" is the target; name another column",
        ),
        (
            "[data]\npath = \"a\"\ngroups = [\"x\"]\ntarget = \"x\"",
            "portcullis.toml:3: [data] groups: \"x\" is the target; remove it from the groups",
        ),
        (
            "[data]\npath = \"a\"\n[split]\nby = \"c\"\ntime = \"d\"",
            "portcullis.toml:5: [split] time: excludes by (line 4); keep one of them",
        ),
        (
            "[data]\npath = \"a\"\n[split]\ntest = \"t.csv\"\nby = \"c\"",
            "portcullis.toml:5: [split] by: excludes test (line 4); a test file needs no split; keep one of them",
        ),
        (
            "[data]\npath = \"a\"\n[split]\ntime = \"t\"\nstratify = true",
            "portcullis.toml:5: [split] stratify: excludes time (line 4); only a random split can be stratified; remove one of them",
        ),
        (
            "[data]\npath = \"a\"\n[model]\nfamily = \"f\"\npredictions = \"p\"",
            "portcullis.toml:5: [model] predictions: a model comes from one place, found family (line 4), predictions (line 5); keep exactly one of family, predictions, command",
        ),
        (
            "[data]\npath = \"a\"\n[model]\ntask = \"binary\"",
            "portcullis.toml:3: [model]: nothing says where the model comes from; set exactly one of family, predictions, command",
        ),
        (
            "[data]\npath = \"a\"\n[model]\nfamly = \"f\"",
            "portcullis.toml:4: [model] famly: unknown key; did you mean `family`? valid: family, predictions, command, output, timeout, task, champion (hyperparameters go with family)",
        ),
        (
            "[model]\npredictions = \"p\"\ntrees = 3",
            "portcullis.toml:3: [model] trees: unknown key; valid: family, predictions, command, output, timeout, task, champion (hyperparameters go with family)",
        ),
        (
            "[data]\npath = \"a\"\n[model]\ncommand = []",
            "portcullis.toml:4: [model] command: names no program; write [\"python\", \"train.py\"]",
        ),
    ];
    for (text, message) in table {
        assert_eq!(errors(text), message, "{text}");
    }
}

#[test]
fn sections_that_do_not_exist_or_are_written_wrongly() {
    let all = "[project], [data], [split], [model], [evaluate], [sandbox], [limits]";
    let table = [
        (
            "[modle]\nx = 1".to_owned(),
            format!("portcullis.toml:3: [modle]: unknown section; did you mean [model]? valid: {all}, [[policy]]"),
        ),
        (
            "[[policies]]\nx = 1".to_owned(),
            format!(
                "portcullis.toml:3: [[policies]]: unknown section; did you mean [[policy]]? valid: {all}, [[policy]]"
            ),
        ),
        ("[wurst]\nx = 1".to_owned(), format!("portcullis.toml:3: [wurst]: unknown section; valid: {all}, [[policy]]")),
        (
            "[policy]\nuse = \"x\"".to_owned(),
            "portcullis.toml:3: [policy]: policies are a list; write [[policy]], with two brackets".to_owned(),
        ),
        (
            "[[split]]\nseed = 1".to_owned(),
            "portcullis.toml:3: [[split]]: there is one such section; write [split]".to_owned(),
        ),
    ];
    for (text, message) in table {
        assert_eq!(errors(&format!("[data]\npath = \"a\"\n{text}\n")), message);
    }
    let table = [
        ("seed = 7", "portcullis.toml:1: seed: stands outside of every section; move it under [split]".to_owned()),
        ("split = 7", "portcullis.toml:1: split: is a section, not a whole number; write [split]".to_owned()),
        ("xyzzy = 7", format!("portcullis.toml:1: xyzzy: stands outside of every section; sections: {all}")),
    ];
    for (text, message) in table {
        assert_eq!(errors(&format!("{text}\n[data]\npath = \"a\"\n")), message);
    }
}

#[test]
fn all_problems_come_at_once_in_the_order_of_the_file() {
    let text =
        "[split]\nseed = \"x\"\nsed = 1\n[data]\ntarget = 3\n[[policy]]\nmode = \"wran\"\n[limits]\nmemory = \"1M\"\n";
    let overrides = Overrides {
        flags: vec![("evaluate.resamples".into(), "many".into())],
        environment: vec![("PORTCULLIS_EVALUATE_CONFIDENCE".into(), "high".into())],
    };
    let messages = errors_with(text, &overrides);
    let starts: Vec<&str> = messages.lines().map(|line| line.split(": ").nth(1).unwrap()).collect();
    assert_eq!(
        starts,
        [
            "[split] seed",
            "[split] sed",
            "[data] path",
            "[data] target",
            "[[policy]] use",
            "[[policy]] mode",
            "[limits] memory",
            "[evaluate] confidence",
            "[evaluate] resamples"
        ],
        "{messages}"
    );
    let lines: Vec<&str> = messages.lines().map(|line| line.split(": ").next().unwrap()).collect();
    assert_eq!(
        lines[4..],
        [
            "portcullis.toml:6",
            "portcullis.toml:7",
            "portcullis.toml:9",
            "environment variable PORTCULLIS_EVALUATE_CONFIDENCE",
            "flag evaluate.resamples"
        ]
    );
    assert!(
        messages
            .contains("[[policy]] mode: \"wran\" is not a policy mode; did you mean \"warn\"? valid: enforce, warn")
    );
    assert!(
        messages.contains("flag evaluate.resamples: [evaluate] resamples: \"many\" is text; expected a whole number")
    );
}

#[test]
fn a_nested_problem_is_reported_on_its_own_line() {
    let text = "[data]\npath = \"a\"\nfeatures = [\n  \"x\",\n  3,\n]\n[data.types]\nx = \"number\"\ny = \"wurst\"\n";
    let messages = errors(text);
    let places: Vec<&str> = messages.lines().map(|line| line.split(" [").next().unwrap()).collect();
    assert_eq!(places, ["portcullis.toml:5:", "portcullis.toml:9:"], "{messages}");
}

#[test]
fn what_is_no_configuration_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("portcullis.toml");
    let error = Project::load(folder.path(), &Overrides::default()).unwrap_err().to_string();
    assert_eq!(
        error,
        format!("{}: no such file; `portcullis init` writes one, `--project DIR` names another folder", file.display())
    );
    std::fs::write(&file, b"[data]\npath = \"\xff\"\n").unwrap();
    let error = Project::load(folder.path(), &Overrides::default()).unwrap_err().to_string();
    assert_eq!(error, "portcullis.toml:2: not UTF-8 text; save the file as UTF-8");
    std::fs::write(&file, "[data]\npath = \n").unwrap();
    let error = Project::load(folder.path(), &Overrides::default()).unwrap_err().to_string();
    assert!(error.starts_with("portcullis.toml:2: not valid TOML: ") && error.lines().count() == 1, "{error}");
    std::fs::write(&file, "").unwrap();
    let error = Project::load(folder.path(), &Overrides::default()).unwrap_err().to_string();
    assert!(error.starts_with("portcullis.toml: [data] path: missing"), "{error}");
    std::fs::write(&file, "\u{feff}[data]\r\npath = \"a\"\r\n").unwrap();
    assert!(Project::load(folder.path(), &Overrides::default()).is_ok(), "a byte order mark and CRLF");
}

#[test]
fn a_second_configuration_in_the_same_folder() {
    let (folder, _) = load_with(IRIS, &Overrides::default());
    let other = folder.path().join("fair.toml");
    std::fs::write(&other, "[data]\npath = \"a.csv\"\n[split]\nsed = 1\n").unwrap();
    let error = Project::load(&other, &Overrides::default()).unwrap_err().to_string();
    assert!(error.starts_with("fair.toml:4: [split] sed: unknown key"), "{error}");
    std::fs::write(&other, "[data]\npath = \"a.csv\"\n").unwrap();
    let project = Project::load(&other, &Overrides::default()).unwrap();
    assert_eq!(project.root, Path::new(folder.path()).canonicalize().unwrap());
    assert_eq!(project.file.file_name().unwrap(), "fair.toml");
}
