//! Settings from flags and the environment, and where each value came from.

#![allow(clippy::unwrap_used)] // a test's helpers are tests too

use portcullis_project::{ModelSource, Origin, Overrides, Project, ProjectError, SplitMethod};

/// Writes a project into a temporary folder and loads it.
fn load_with(text: &str, overrides: &Overrides) -> (tempfile::TempDir, Result<Project, ProjectError>) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("portcullis.toml"), text).unwrap();
    let project = Project::load(folder.path(), overrides);
    (folder, project)
}

fn errors_with(text: &str, overrides: &Overrides) -> String {
    load_with(text, overrides).1.unwrap_err().to_string()
}

fn flags(pairs: &[(&str, &str)]) -> Overrides {
    Overrides { flags: pairs.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect(), environment: vec![] }
}

fn environment(pairs: &[(&str, &str)]) -> Overrides {
    Overrides { environment: pairs.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect(), flags: vec![] }
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
fn flags_outweigh_environment_outweighs_file_outweighs_defaults() {
    let mut overrides = environment(&[
        ("PORTCULLIS_SPLIT_SEED", "8"),
        ("PORTCULLIS_SPLIT_TEST", "0.5"),
        ("PORTCULLIS_MODEL_TREES", "50"),
        ("PORTCULLIS_MODEL_MAX_DEPTH", "4"),
        ("PORTCULLIS_SANDBOX_SMALLEST_GROUP", "3"),
        ("PORTCULLIS_DATA_GROUPS", "sex, age"),
        ("PORTCULLIS_DATA_POSITIVE", "01"),
        ("PORTCULLIS_LIMITS_MEMORY", "1MiB"),
        ("PORTCULLIS_LIMITS_HOST_BYTES", "100"),
        ("PORTCULLIS_PROJECT", "elsewhere"),
        ("PORTCULLIS_FORMAT", "json"),
        ("PORTCULLIS_SERVE_TOKEN", "another part's"),
        ("PORTCULLIS_SPLIT_BY", ""),
        ("PATH", "/bin"),
    ]);
    overrides.flags = flags(&[("split.seed", "1"), ("split.seed", "9"), ("data.types", "{ age = \"integer\" }")]).flags;
    let (_folder, project) = load_with(IRIS, &overrides);
    let project = project.unwrap();
    assert_eq!(project.split.seed, 9);
    assert_eq!(project.split.method, SplitMethod::Random { test: 0.5 });
    assert_eq!(project.smallest_group, 3);
    assert_eq!(project.data.groups, ["sex", "age"]);
    assert_eq!(project.data.positive.as_deref(), Some("01"), "text stays text");
    assert_eq!(project.data.types["age"], "integer");
    assert_eq!((project.limits.memory, project.limits.host_bytes), (Some(1 << 20), Some(100)));
    let ModelSource::Family { parameters, .. } = &project.model().unwrap().source else { panic!() };
    assert_eq!(serde_json::to_value(parameters).unwrap(), serde_json::json!({ "trees": 50, "max-depth": 4 }));

    let shown: Vec<String> = project
        .settings()
        .iter()
        .filter(|setting| {
            [
                "data.target",
                "split.test",
                "split.seed",
                "split.by",
                "evaluate.confidence",
                "model.trees",
                "project.name",
            ]
            .contains(&setting.key.as_str())
        })
        .map(|setting| format!("{} = {} <- {}", setting.key, setting.value, setting.origin))
        .collect();
    assert_eq!(
        shown,
        [
            "project.name = \"iris\" <- line 2",
            "data.target = \"species\" <- line 6",
            "split.test = 0.5 <- environment PORTCULLIS_SPLIT_TEST",
            "split.by = (none) <- default",
            "split.seed = 9 <- flag split.seed",
            "model.trees = 50 <- environment PORTCULLIS_MODEL_TREES",
            "evaluate.confidence = 0.95 <- default",
        ]
    );
}

#[test]
fn a_hyperparameter_from_the_environment_takes_the_files_spelling() {
    let text = format!("{IRIS}max_depth = 3\n");
    let (_folder, project) = load_with(&text, &environment(&[("PORTCULLIS_MODEL_MAX_DEPTH", "5")]));
    let ModelSource::Family { parameters, .. } = project.unwrap().model.unwrap().source else { panic!() };
    assert_eq!(serde_json::to_value(parameters).unwrap(), serde_json::json!({ "trees": 200, "max_depth": 5 }));
}

#[test]
fn a_stronger_source_of_the_model_takes_the_weaker_ones_place() {
    let text = format!("{IRIS}champion = \"c.model\"\n");
    let (_folder, project) = load_with(&text, &flags(&[("model.predictions", "p.parquet")]));
    let project = project.unwrap();
    assert_eq!(project.predictions().unwrap().written, "p.parquet");
    assert!(project.model().unwrap().champion.is_some());
    let family = project.settings().iter().find(|setting| setting.key == "model.family").unwrap();
    assert_eq!(family.origin, Origin::Default);

    let both = flags(&[("model.family", "gradient-boosting"), ("model.rounds", "5")]);
    let (_folder, project) = load_with(IRIS, &both);
    let ModelSource::Family { name, parameters } = project.unwrap().model.unwrap().source else { panic!() };
    assert_eq!(
        (name.as_str(), serde_json::to_value(parameters).unwrap()),
        ("gradient-boosting", serde_json::json!({ "rounds": 5 }))
    );
}

#[test]
fn an_empty_flag_takes_a_key_back_to_its_default() {
    let (_folder, project) = load_with(IRIS, &flags(&[("split.seed", ""), ("split.test", "")]));
    let project = project.unwrap();
    assert_eq!((project.split.seed, project.split.method), (42, SplitMethod::Random { test: 0.2 }));
}

#[test]
fn settings_from_outside_that_do_not_exist() {
    let table = [
        (
            environment(&[("PORTCULLIS_SPLIT_SEEED", "7")]),
            "environment variable PORTCULLIS_SPLIT_SEEED: no such setting; did you mean PORTCULLIS_SPLIT_SEED? valid: PORTCULLIS_SPLIT_TEST, PORTCULLIS_SPLIT_BY, PORTCULLIS_SPLIT_TIME, PORTCULLIS_SPLIT_SEED, PORTCULLIS_SPLIT_STRATIFY",
        ),
        (
            environment(&[("PORTCULLIS_SANDBOX_XYZZY", "7")]),
            "environment variable PORTCULLIS_SANDBOX_XYZZY: no such setting; valid: PORTCULLIS_SANDBOX_SMALLEST_GROUP",
        ),
        (
            environment(&[("PORTCULLIS_POLICY_MODE", "warn")]),
            "environment variable PORTCULLIS_POLICY_MODE: policies are configured in the file alone; add the setting to its [[policy]]",
        ),
        (
            environment(&[("PORTCULLIS_SPLIT_SEED", "x")]),
            "environment variable PORTCULLIS_SPLIT_SEED: [split] seed: \"x\" is text; expected a whole number",
        ),
        (
            environment(&[("PORTCULLIS_DATA_TYPES", "{a = 1}")]),
            "environment variable PORTCULLIS_DATA_TYPES: [data] types: 1 is a whole number; expected text between quotation marks",
        ),
        (
            flags(&[("split.sed", "7")]),
            "flag split.sed: unknown key; did you mean `seed`? valid: test, by, time, seed, stratify",
        ),
        (flags(&[("seed", "7")]), "flag seed: not a setting; write SECTION.KEY=VALUE, such as split.seed=7"),
        (
            flags(&[("splitt.seed", "7")]),
            "flag splitt.seed: unknown section; did you mean [split]? valid: [project], [data], [split], [model], [evaluate], [sandbox], [limits], [[policy]]",
        ),
        (
            flags(&[("policy.mode", "warn")]),
            "flag policy.mode: policies are configured in the file alone; add the setting to its [[policy]]",
        ),
    ];
    for (overrides, message) in table {
        assert_eq!(errors_with(IRIS, &overrides), message);
    }
}
