//! The text of a configuration.

use std::collections::BTreeSet;
use std::path::Path;

use portcullis_project::{CONFIGURATION, Origin, Overrides, Project, ProjectError};

/// The file, then, each after a NUL: `PORTCULLIS_…=VALUE` for a variable, `SECTION.KEY=VALUE` for a flag.
///
/// It is resolved, or its problems are told at lines that it has. What `portcullis config` shows of a setting is TOML.
pub fn configuration(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let mut parts = text.split('\0');
    let file = parts.next().unwrap_or_default();
    let mut overrides = Overrides::default();
    for (name, value) in parts.filter_map(|part| part.split_once('=')) {
        let given = (name.to_owned(), value.to_owned());
        if name.starts_with("PORTCULLIS_") { overrides.environment.push(given) } else { overrides.flags.push(given) }
    }
    let root = Path::new(crate::REPOSITORY);
    match Project::resolve(root, CONFIGURATION, file, &overrides) {
        Ok(project) => holds(&project),
        Err(error) => told(&error, file),
    }
}

fn holds(project: &Project) {
    let evaluate = &project.evaluate;
    assert!(evaluate.confidence > 0.0 && evaluate.confidence < 1.0 && evaluate.resamples >= 2, "{evaluate:?}");
    assert!(project.smallest_group >= 1);
    let names: BTreeSet<&str> = project.policies.iter().map(|policy| policy.name.as_str()).collect();
    assert_eq!(names.len(), project.policies.len(), "two policies have one name: {names:?}");
    for setting in project.settings().iter().filter(|setting| setting.origin != Origin::Default) {
        let line = format!("key = {}", setting.value);
        let shown: Result<toml::Table, _> = toml::from_str(&line);
        assert!(shown.is_ok(), "{} is shown as {:?}, which is no TOML", setting.key, setting.value);
    }
}

fn told(error: &ProjectError, file: &str) {
    let problems = error.problems();
    assert!(!problems.is_empty(), "{error}");
    let lines = file.matches('\n').count() + 1;
    for problem in problems {
        assert!(!problem.message.is_empty(), "{problem:?}");
        if let Origin::File { line } = problem.origin {
            assert!((1..=lines).contains(&(line as usize)), "the file has {lines} lines: {problem:?}");
        }
    }
}
