//! The workflow that runs the gate in CI.

use std::path::Path;

use crate::arguments::Ci;
use crate::shell;

const GITHUB: &str = include_str!("../../../templates/github.yml");
const GITLAB: &str = include_str!("../../../templates/gitlab.yml");
const GITHUB_FILE: &str = ".github/workflows/gate.yml";
const GITLAB_FILE: &str = ".gitlab-ci.yml";
/// Where the GitLab job goes if the project has a pipeline already, or cannot have one of its own.
const GITLAB_INCLUDED: &str = "portcullis.gitlab-ci.yml";
/// The line of both templates that names the project's folder.
const PROJECT_LINE: &str = "PORTCULLIS_PROJECT: .\n";

/// A workflow to write.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Workflow {
    /// Its file, relative to the project.
    pub path: String,
    /// Its content.
    pub text: String,
    /// What the user has to do before it works.
    pub steps: Vec<String>,
}

/// The workflow for a project in this folder. CI runs in the root of the repository, which may lie above.
pub(super) fn plan(root: &Path, ci: Ci) -> Option<Workflow> {
    let repository = root.ancestors().find(|folder| folder.join(".git").exists());
    let below = repository.and_then(|repository| root.strip_prefix(repository).ok()).and_then(Path::to_str);
    let below = below.filter(|below| !below.is_empty()).map(|below| below.replace(std::path::MAIN_SEPARATOR, "/"));
    let fill = |system: &str| {
        format!(
            "set the variables PORTCULLIS_SOURCE and PORTCULLIS_REVISION in {system}: the workflow builds Portcullis from there"
        )
    };
    match ci {
        Ci::None => None,
        Ci::Github => {
            let text = of_project(GITHUB, below.as_deref());
            let mut steps = vec![fill("GitHub (Settings, Secrets and variables, Actions, Variables)")];
            if let Some(below) = &below {
                let up = "../".repeat(below.split('/').count());
                let name = format!("{up}.github/workflows/gate-{}.yml", below.replace(['/', ' '], "-"));
                steps.insert(
                    0,
                    format!(
                        "GitHub reads workflows in the root of the repository only; there: mkdir -p {} && mv {GITHUB_FILE} {}",
                        shell::word(&format!("{up}.github/workflows")),
                        shell::word(&name)
                    ),
                );
            }
            Some(Workflow { path: GITHUB_FILE.to_owned(), text, steps })
        }
        Ci::Gitlab => {
            let text = of_project(GITLAB, below.as_deref());
            let mut steps = vec![fill("GitLab (Settings, CI/CD, Variables)")];
            let taken = root.join(GITLAB_FILE).symlink_metadata().is_ok();
            let path = if taken || below.is_some() { GITLAB_INCLUDED } else { GITLAB_FILE };
            if path == GITLAB_INCLUDED {
                let local = below.map_or_else(|| format!("/{path}"), |below| format!("/{below}/{path}"));
                steps.insert(
                    0,
                    format!("include it in {GITLAB_FILE} of the repository: include: [{{ local: {} }}]", json(&local)),
                );
            }
            Some(Workflow { path: path.to_owned(), text, steps })
        }
    }
}

fn of_project(template: &str, below: Option<&str>) -> String {
    match below {
        None => template.to_owned(),
        Some(below) => template.replace(PROJECT_LINE, &format!("PORTCULLIS_PROJECT: {}\n", json(below))),
    }
}

/// JSON's strings are YAML's too.
fn json(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arguments::{Arguments, Command};
    use clap::Parser as _;
    use serde_json::Value;

    fn yaml(text: &str) -> Value {
        serde_yaml_ng::from_str(text).unwrap()
    }

    /// What a shell gets to do: the texts below `run` and `script`.
    fn commands(value: &Value, shell: bool, found: &mut Vec<String>) {
        match value {
            Value::String(text) if shell => found.push(text.clone()),
            Value::Array(items) => items.iter().for_each(|item| commands(item, shell, found)),
            Value::Object(items) => {
                for (key, item) in items {
                    commands(item, key == "run" || key == "script", found);
                }
            }
            _ => {}
        }
    }

    /// The command lines in a document that call the built binary.
    fn calls(text: &str) -> Vec<Vec<String>> {
        let mut found = vec![];
        commands(&yaml(text), false, &mut found);
        let lines = found.iter().flat_map(|text| text.lines());
        let words = lines.map(|line| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
        words.filter(|words| words.first().is_some_and(|word| word.rsplit('/').next() == Some("portcullis"))).collect()
    }

    fn steps(text: &str) -> Vec<Value> {
        yaml(text)["jobs"]["gate"]["steps"].as_array().unwrap().clone()
    }

    #[test]
    fn every_call_is_one_that_the_binary_understands() {
        for template in [GITHUB, GITLAB] {
            let calls = calls(template);
            assert_eq!(calls.len(), 1, "{template}");
            for call in calls {
                let parsed = Arguments::try_parse_from(&call).unwrap_or_else(|error| panic!("{call:?}: {error}"));
                let Command::Run(run) = parsed.command else { panic!("{call:?} does not run the gate") };
                crate::output::check(&run.judge.output.formats).unwrap();
                assert_eq!(run.judge.output.formats.iter().filter(|format| format.file.is_some()).count(), 3);
            }
        }
    }

    #[test]
    fn github_runs_on_pull_requests_with_few_rights_and_keeps_the_record_of_a_failure() {
        let document = yaml(GITHUB);
        assert!(document["on"].as_object().unwrap().contains_key("pull_request"), "{document}");
        assert_eq!(document["permissions"], serde_json::json!({"contents": "read"}));
        let steps = steps(GITHUB);
        let uses = |action: &str| {
            let found = steps.iter().filter(|step| step["uses"].as_str().is_some_and(|uses| uses.starts_with(action)));
            found.cloned().collect::<Vec<_>>()
        };
        let [artifact] = &uses("actions/upload-artifact")[..] else { panic!("one artifact") };
        assert_eq!(artifact["if"], "always()");
        assert_eq!(uses("actions/cache").len(), 2);
        let [call] = &calls(GITHUB)[..] else { panic!("one call") };
        let folder = artifact["with"]["path"].as_str().unwrap();
        assert!(call.iter().any(|word| word.ends_with(&format!("={folder}/record.json"))), "{call:?} beside {folder}");
    }

    #[test]
    fn gitlab_shows_findings_in_the_merge_request_and_keeps_the_record_of_a_failure() {
        let job = &yaml(GITLAB)["model-gate"];
        assert_eq!(job["artifacts"]["when"], "always");
        let junit = job["artifacts"]["reports"]["junit"].as_str().unwrap();
        let [call] = &calls(GITLAB)[..] else { panic!("one call") };
        assert!(call.contains(&format!("junit={junit}")), "{call:?}");
        let binary = call.first().unwrap();
        let kept = job["cache"]["paths"][0].as_str().unwrap();
        assert!(binary.starts_with(kept), "{binary} is kept in {kept}");
    }

    #[test]
    fn both_build_with_the_toolchain_of_this_repository() {
        let toolchain: toml_edit::DocumentMut = include_str!("../../../../../rust-toolchain.toml").parse().unwrap();
        let version = toolchain["toolchain"]["channel"].as_str().unwrap().to_owned();
        assert!(
            GITHUB.contains(&format!("cargo +{version} install"))
                && GITHUB.contains(&format!("toolchain install {version} "))
        );
        assert!(yaml(GITLAB)["model-gate"]["image"].as_str().unwrap().starts_with(&format!("rust:{version}-")));
    }

    #[test]
    fn a_project_below_the_root_says_where_it_is_and_what_to_do() {
        let root = tempfile::tempdir().unwrap();
        let below = root.path().join("models/my \"churn\"");
        std::fs::create_dir_all(&below).unwrap();
        std::fs::create_dir(root.path().join(".git")).unwrap();
        let github = plan(&below, Ci::Github).unwrap();
        assert_eq!(yaml(&github.text)["env"]["PORTCULLIS_PROJECT"], "models/my \"churn\"");
        assert!(
            github.steps[0].contains("mv .github/workflows/gate.yml '../../.github/workflows/gate-models-my-"),
            "{:?}",
            github.steps
        );
        let gitlab = plan(&below, Ci::Gitlab).unwrap();
        assert_eq!(yaml(&gitlab.text)["model-gate"]["variables"]["PORTCULLIS_PROJECT"], "models/my \"churn\"");
        assert_eq!(gitlab.path, GITLAB_INCLUDED);
        assert!(
            gitlab.steps[0].contains(r#"local: "/models/my \"churn\"/portcullis.gitlab-ci.yml""#),
            "{:?}",
            gitlab.steps
        );
    }

    #[test]
    fn a_project_in_the_root_needs_no_moving() {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join(".git")).unwrap();
        let github = plan(root.path(), Ci::Github).unwrap();
        assert_eq!((github.text.as_str(), github.steps.len()), (GITHUB, 1));
        assert_eq!(plan(root.path(), Ci::Gitlab).unwrap().path, GITLAB_FILE);
        std::fs::write(root.path().join(GITLAB_FILE), "stages: []").unwrap();
        let included = plan(root.path(), Ci::Gitlab).unwrap();
        assert_eq!((included.path.as_str(), included.steps.len()), (GITLAB_INCLUDED, 2));
        assert_eq!(plan(root.path(), Ci::None), None);
    }
}
