//! `portcullis init`: what it writes runs at once, and nothing is written over.

#![allow(clippy::unwrap_used)] // a helper of a test may panic as the test may

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use assert_cmd::assert::OutputAssertExt as _;

/// A folder to work in, and one for compiled policies outside of it.
struct Bench {
    root: tempfile::TempDir,
    cache: PathBuf,
}

impl Bench {
    fn new(files: &[(&str, &str)]) -> Self {
        let root = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        // Shared by the tests, so that each policy is compiled once.
        Self { root, cache: Path::new(env!("CARGO_TARGET_TMPDIR")).join("init-cache") }
    }

    /// The binary, called in the folder; its exit code, standard output and standard error.
    fn call(&self, arguments: &[&str]) -> (i32, String, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_portcullis"));
        command.current_dir(self.root.path()).args(arguments).env("PORTCULLIS_CACHE", &self.cache);
        for unset in ["PORTCULLIS_PROJECT", "PORTCULLIS_FORMAT", "PORTCULLIS_QUIET", "GITHUB_STEP_SUMMARY"] {
            command.env_remove(unset);
        }
        let output = command.assert().get_output().clone();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    }

    fn passes(&self, arguments: &[&str]) -> String {
        let (code, stdout, stderr) = self.call(arguments);
        assert_eq!(code, 0, "{arguments:?}\n{stdout}\n{stderr}");
        stdout
    }

    fn refuses(&self, arguments: &[&str]) -> String {
        let (code, stdout, stderr) = self.call(arguments);
        assert_eq!((code, stdout.as_str()), (2, ""), "{arguments:?}\n{stderr}");
        stderr
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root.path().join(path)).unwrap()
    }

    /// Every file with its bytes.
    fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut found = BTreeMap::new();
        let mut open = vec![self.root.path().to_owned()];
        while let Some(folder) = open.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    open.push(path);
                } else {
                    let bytes = fs::read(&path).unwrap();
                    found.insert(path, bytes);
                }
            }
        }
        found
    }

    /// The record of a run that is expected to pass.
    fn run(&self, more: &[&str]) -> serde_json::Value {
        let stdout = self.passes(&[&["run", "--format", "json", "--quiet"], more].concat());
        serde_json::from_str(&stdout).unwrap()
    }
}

fn iris() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/iris/data/iris.csv")).unwrap()
}

/// A number between 0 and 1 that looks like chance, the same everywhere.
fn noise(row: u32, column: u32) -> f64 {
    f64::from((row * 7919 + column * 104_729 + row * row * 31) % 1009) / 1009.0
}

/// People who leave or stay: few leave; an id, a date, a protected attribute, free text, gaps.
fn churn(rows: u32) -> String {
    let mut csv = "customer_id;joined;sex;region;monthly, EUR;visits;comment;empty;status\n".to_owned();
    for row in 0..rows {
        let (price, visits) = (20.0 + 80.0 * noise(row, 1), (30.0 * noise(row, 2)) as u32);
        let leaves = price / 80.0 - f64::from(visits) / 20.0 + 0.4 * noise(row, 3) > 0.75;
        let region = if row % 23 == 0 { "" } else { ["north", "south", "east"][(row % 3) as usize] };
        let _ = writeln!(
            csv,
            "C{row:04};2024-{:02}-{:02};{};{region};{price:.2};{visits};said {};;{}",
            1 + row % 12,
            1 + row % 28,
            ["f", "m"][(row % 2) as usize],
            row * 17,
            if leaves { "leaves" } else { "stays" }
        );
    }
    csv
}

fn houses(rows: u32) -> String {
    let mut csv = "area,rooms,built,price\n".to_owned();
    for row in 0..rows {
        let (area, rooms) = (30.0 + 120.0 * noise(row, 1), 1 + (5.0 * noise(row, 2)) as u32);
        let price = 2000.0 * area + 9000.0 * f64::from(rooms) + 20_000.0 * noise(row, 4);
        let _ = writeln!(csv, "{area:.1},{rooms},{},{price:.2}", 1900 + row % 120);
    }
    csv
}

#[test]
fn iris_is_written_and_runs_at_once() {
    let bench = Bench::new(&[("data/iris.csv", &iris())]);
    let said = bench.passes(&["init", "--data", "data/iris.csv"]);
    assert!(said.contains("species (it is named like one)") && said.contains("Next: portcullis run\n"), "{said}");
    assert!(bench.read(".github/workflows/gate.yml").contains("portcullis run"));
    let record = bench.run(&[]);
    assert_eq!(record["evaluation"]["task"], "multiclass");
    assert_eq!(record["verdict"], "passed");
    let names: Vec<&str> = record["policies"].as_array().unwrap().iter().map(|p| p["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["schema", "completeness", "ranges", "accuracy"]);

    let before = bench.files();
    let refused = bench.refuses(&["init", "--data", "data/iris.csv"]);
    assert!(refused.contains("is a project already"), "{refused}");
    assert_eq!(bench.files(), before, "a second init changes nothing");
}

#[test]
fn what_stands_in_comments_works_once_it_is_no_comment() {
    let bench = Bench::new(&[("iris.csv", &iris())]);
    bench.passes(&["init", "--ci", "none"]);
    let written = bench.read("portcullis.toml");
    // Every commented policy, from its first line to the next empty one; its prose has no `=`, brackets or braces.
    let mut inside = false;
    let mut uncommented = String::new();
    for line in written.lines() {
        inside = line == "# [[policy]]" || (inside && line.starts_with("# "));
        let _ = writeln!(uncommented, "{}", if inside { line.trim_start_matches("# ") } else { line });
    }
    assert_eq!(uncommented.matches("\n[[policy]]\n").count(), 7, "{uncommented}");
    let uncommented = uncommented.replace("CLASS", "setosa").replace("target = ", "groups = [\"iris\"]\ntarget = ");
    let rows: String = iris().lines().enumerate().fold(String::new(), |mut csv, (row, line)| {
        let _ = writeln!(csv, "{line},{}", if row == 0 { "iris" } else { ["garden", "wild"][row % 2] });
        csv
    });
    fs::write(bench.root.path().join("iris.csv"), rows).unwrap();
    fs::write(bench.root.path().join("portcullis.toml"), uncommented).unwrap();
    let (code, stdout, stderr) = bench.call(&["run", "--format", "json", "--quiet"]);
    let record: serde_json::Value = serde_json::from_str(&stdout).unwrap_or_else(|_| panic!("{code}: {stderr}"));
    for policy in record["policies"].as_array().unwrap() {
        assert!(policy["failure"].is_null() && policy["verdict"] != "skipped", "{policy}");
    }
    assert!(code == 0 || code == 1, "{stdout}");
}

#[test]
fn two_classes_with_everything_that_real_tables_have() {
    let bench = Bench::new(&[("customers.csv", &churn(400))]);
    let said = bench.passes(&["init"]);
    assert!(said.contains("leaves (the rarer of the two)"), "{said}");
    let configuration = bench.read("portcullis.toml");
    for line in [
        "path = \"customers.csv\"",
        "delimiter = \";\"",
        "target = \"status\"",
        "positive = \"leaves\"",
        "id = \"customer_id\"",
        "groups = [\"sex\"]",
        "#   \"joined\": it is a date",
        "#   \"empty\": it has no value in any row",
        "    \"monthly, EUR\",",
        "# time = \"joined\"",
        "region = 0.05 # missing in 18 rows now",
    ] {
        assert!(configuration.contains(line), "{line} in\n{configuration}");
    }
    let record = bench.run(&[]);
    assert_eq!(record["evaluation"]["positive"], "leaves");
    assert_eq!(record["data"]["features"], serde_json::json!(["region", "monthly, EUR", "visits"]));
    let fairness =
        record["policies"].as_array().unwrap().iter().find(|policy| policy["name"] == "group-fairness").unwrap();
    assert_eq!(fairness["mode"], "warn");
    assert!(fairness["failure"].is_null());
}

#[test]
fn numbers_and_a_folder_elsewhere() {
    let bench = Bench::new(&[("models/houses/data/houses.csv", &houses(300)), (".git/HEAD", "ref: refs/heads/main\n")]);
    let said = bench.passes(&[
        "init",
        "--project",
        "models/houses",
        "--data",
        "models/houses/data/houses.csv",
        "--ci",
        "gitlab",
    ]);
    assert!(said.contains("Next: portcullis run --project models/houses\n"), "{said}");
    assert!(said.contains("/models/houses/portcullis.gitlab-ci.yml"), "{said}");
    assert!(bench.read("models/houses/portcullis.gitlab-ci.yml").contains("PORTCULLIS_PROJECT: \"models/houses\"\n"));
    let record = bench.run(&["--project", "models/houses"]);
    assert_eq!(record["evaluation"]["task"], "regression");
    assert!(record["metrics"]["r2"].as_f64().unwrap() > 0.5, "{}", record["metrics"]);
}

#[test]
fn few_rows_and_rare_classes_run_too() {
    let mut few = "x,kind\n".to_owned();
    for row in 0..24 {
        let _ = writeln!(few, "{},{}", row % 3 * 10 + row / 12, ["a", "b", "c"][row % 3]);
    }
    let bench = Bench::new(&[("few.csv", &few)]);
    bench.passes(&["init", "--target", "kind"]);
    assert!(bench.read("portcullis.toml").contains("test = 0.42"));
    bench.run(&[]);

    let mut rare = "x,y,kind\n".to_owned();
    for row in 0..90 {
        let _ = writeln!(
            rare,
            "{},{},{}",
            row % 3 * 10 + row / 45,
            row % 7,
            if row == 50 { "odd" } else { ["a", "b", "c"][row % 3] }
        );
    }
    let bench = Bench::new(&[("rare.csv", &rare)]);
    let said = bench.passes(&["init", "--target", "kind"]);
    assert!(said.contains("classes with few rows: odd (1)"), "{said}");
    assert!(bench.read("portcullis.toml").contains("stratify = false"));
    bench.run(&[]);
}

#[test]
fn data_outside_is_named_by_the_way_to_it() {
    let bench = Bench::new(&[("shared/iris.csv", &iris()), ("project/notes.txt", "")]);
    let said = bench.passes(&["init", "--project", "project", "--data", "shared/iris.csv", "--ci", "none"]);
    assert!(said.contains("outside of the project"), "{said}");
    assert!(bench.read("project/portcullis.toml").contains("path = \"../shared/iris.csv\""));
    bench.run(&["--project", "project"]);
}

#[test]
fn nothing_is_written_over_and_the_obstacles_are_named() {
    let bench =
        Bench::new(&[("iris.csv", &iris()), ("policies/schema.wasm", "mine"), (".github/workflows/gate.yml", "mine")]);
    let before = bench.files();
    let refused = bench.refuses(&["init"]);
    assert!(refused.contains("policies/schema.wasm") && refused.contains(".github/workflows/gate.yml"), "{refused}");
    assert_eq!(bench.files(), before);

    let stock = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies/schema.wasm");
    fs::copy(stock, bench.root.path().join("policies/schema.wasm")).unwrap();
    let said = bench.passes(&["init", "--ci", "none"]);
    assert!(said.contains("policies/schema.wasm (was there already)"), "{said}");
    assert_eq!(bench.read(".github/workflows/gate.yml"), "mine");
}

#[test]
fn a_pipeline_that_is_there_stays() {
    let bench = Bench::new(&[("iris.csv", &iris()), (".gitlab-ci.yml", "stages: [test]\n")]);
    let said = bench.passes(&["init", "--ci", "gitlab"]);
    assert!(said.contains("local: \"/portcullis.gitlab-ci.yml\""), "{said}");
    assert_eq!(bench.read(".gitlab-ci.yml"), "stages: [test]\n");
    assert!(bench.read("portcullis.gitlab-ci.yml").contains("model-gate:"));
}

#[test]
fn quiet_says_nothing() {
    let bench = Bench::new(&[("iris.csv", &iris())]);
    assert_eq!(bench.call(&["init", "--quiet"]), (0, String::new(), String::new()));
    assert!(bench.root.path().join("portcullis.toml").is_file());
}

#[test]
fn wrong_input_is_exit_2_and_leaves_nothing() {
    let iris = iris();
    let labelless = iris.replacen(",setosa", ",", 2);
    let bench = Bench::new(&[
        ("iris.csv", &iris),
        ("labelless.csv", &labelless),
        ("header.csv", "a,b\n"),
        ("empty.csv", ""),
        ("ragged.csv", "a,b\n1,2\n3\n"),
        ("few.csv", "a,b\n1,x\n2,y\n"),
        ("notes.txt", "hello"),
        ("folder/x.txt", ""),
    ]);
    let before = bench.files();
    let table: &[(&[&str], &str)] = &[
        (&["init"], "which of these is the data? name it with --data FILE: empty.csv, few.csv"),
        (&["init", "--project", "folder"], "found none"),
        (&["init", "--project", "nowhere"], "there is no folder nowhere"),
        (&["init", "--project", "iris.csv"], "is not a folder"),
        (&["init", "--data", "nowhere.csv"], "no such file"),
        (&["init", "--data", "folder"], "this is a folder"),
        (&["init", "--data", "notes.txt"], "valid endings: .csv"),
        (&["init", "--data", "header.csv"], "there are no rows"),
        (&["init", "--data", "empty.csv"], "the file is empty"),
        (&["init", "--data", "ragged.csv"], "line 3"),
        (&["init", "--data", "few.csv"], "the data has 2 rows; init needs at least 20"),
        (&["init", "--data", "iris.csv", "--target", "specie"], "did you mean `species`?"),
        (&["init", "--data", "labelless.csv"], "2 rows have no label, the first is row 1"),
        (&["init", "--data", "iris.csv", "--config", "other.toml"], "leave --config out"),
        (&["init", "--data", "iris.csv", "--set", "split.seed=7"], "split.seed"),
        (&["init", "--ci", "jenkins"], "github"),
    ];
    for (arguments, expected) in table {
        let refused = bench.refuses(arguments);
        assert!(refused.contains(expected), "{arguments:?}: {expected} in\n{refused}");
        assert_eq!(bench.files(), before, "{arguments:?}");
    }
}

#[test]
fn policies_that_are_there_already_are_pointed_out() {
    let bench = Bench::new(&[("iris.csv", &iris())]);
    let policies = bench.root.path().join("policies");
    fs::create_dir(&policies).unwrap();
    let stock = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies");
    for name in ["examples", "completeness"] {
        fs::copy(stock.join(name).with_extension("wasm"), policies.join(name).with_extension("wasm")).unwrap();
    }
    let said = bench.passes(&["init"]);
    let note =
        said.lines().find(|line| line.contains("were there already run too")).unwrap_or_else(|| panic!("{said}"));
    assert!(note.contains("policies/examples.wasm") && !note.contains("completeness"), "{note}");
}
