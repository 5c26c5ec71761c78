//! `[model]`: where the candidate comes from.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use crate::keys;
use crate::layers::Origin;
use crate::problem::Problems;
use crate::project::ProjectPath;
use crate::read::{self, Fields};
use crate::suggest;

const SOURCES: [&str; 3] = ["family", "predictions", "command"];
const TASKS: &[&str] = &["binary", "multiclass", "regression", "classification"];
const DEFAULT_OUTPUT: &str = "predictions.parquet";
const DEFAULT_TIMEOUT: Duration = Duration::from_hours(1);

/// The candidate.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// Where it comes from.
    pub source: ModelSource,
    /// What it does, where the user says so; otherwise it is found from the target.
    pub task: Option<TaskChoice>,
    /// The model file of the champion that the candidate is compared with.
    pub champion: Option<ProjectPath>,
}

/// Where a candidate comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum ModelSource {
    /// Portcullis trains it.
    Family {
        /// Name of the family; which ones there are is not decided here.
        name: String,
        /// Hyperparameters as given, spelt as in the file; their names and values are not judged here.
        parameters: BTreeMap<String, serde_json::Value>,
    },
    /// Somebody else trained it and wrote its predictions into this file.
    Predictions(ProjectPath),
    /// A program of the team's own trains it and writes its predictions.
    Command {
        /// Program and arguments; run in the project's folder, without a shell. Never empty.
        command: Vec<String>,
        /// The file that it writes.
        output: ProjectPath,
        /// How long it may take.
        timeout: Duration,
    },
}

/// What a model is for, as far as the user decides it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaskChoice {
    /// Two classes.
    Binary,
    /// Several classes.
    Multiclass,
    /// A number.
    Regression,
    /// Classes, however many there are: for integers that are codes and not numbers.
    Classification,
}

impl TaskChoice {
    /// The word of the configuration.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Binary => "binary",
            Self::Multiclass => "multiclass",
            Self::Regression => "regression",
            Self::Classification => "classification",
        }
    }
}

impl Model {
    /// None where there is no `[model]` at all, or where it is wrong and has been reported.
    pub(crate) fn read(fields: &Fields, root: &Path, problems: &mut Problems) -> Option<Self> {
        if fields.given.is_empty() && fields.header == Origin::Default {
            return None;
        }
        let task = fields.read(problems, "task", read::word("task", TASKS)).map(|word| match word {
            "binary" => TaskChoice::Binary,
            "multiclass" => TaskChoice::Multiclass,
            "regression" => TaskChoice::Regression,
            _ => TaskChoice::Classification,
        });
        let champion = fields.read(problems, "champion", read::text).map(|path| ProjectPath::new(root, &path));
        let source = source(fields, root, problems)?;
        Some(Self { source, task, champion })
    }
}

fn source(fields: &Fields, root: &Path, problems: &mut Problems) -> Option<ModelSource> {
    let given: Vec<&str> = SOURCES.into_iter().filter(|key| fields.has(key)).collect();
    let strangers = strangers(fields, given == ["family"]);
    for (key, message) in &strangers {
        fields.problem(problems, key, message.as_str());
    }
    let &[key] = given.as_slice() else {
        if given.is_empty() {
            // A misspelt `famly` has been reported with the right word already.
            if !strangers.iter().any(|(key, _)| suggestion(key).is_some_and(|near| SOURCES.contains(&near))) {
                let message =
                    "nothing says where the model comes from; set exactly one of family, predictions, command";
                fields.problem(problems, "", message);
            }
        } else {
            let found = given.iter().map(|key| format!("{key} ({})", fields.origin(key)));
            let found = suggest::listed(found);
            let last = given.last().copied().unwrap_or_default();
            let message = format!(
                "a model comes from one place, found {found}; keep exactly one of family, predictions, command"
            );
            fields.problem(problems, last, message);
        }
        return None;
    };
    if key != "command" {
        for extra in ["output", "timeout"].into_iter().filter(|extra| fields.has(extra)) {
            fields.problem(problems, extra, format!("belongs to command, and the model comes from {key}; remove it"));
        }
    }
    match key {
        "family" => {
            let name = fields.read(problems, "family", read::text);
            let free: Vec<&String> = fields.given.keys().filter(|key| !is_known(key)).collect();
            let mut parameters = BTreeMap::new();
            for key in free {
                if let Some(value) = fields.read(problems, key, read::json) {
                    parameters.insert(key.clone(), value);
                }
            }
            Some(ModelSource::Family { name: name?, parameters })
        }
        "predictions" => {
            let path = fields.read(problems, "predictions", read::text)?;
            Some(ModelSource::Predictions(ProjectPath::new(root, &path)))
        }
        _ => {
            let command = fields.read(problems, "command", |item| {
                let words = read::any_texts(item)?;
                match words.first() {
                    Some(program) if !program.trim().is_empty() => Ok(words),
                    _ => read::wrong(item, "names no program; write [\"python\", \"train.py\"]"),
                }
            });
            let output = fields.read(problems, "output", read::text).unwrap_or_else(|| DEFAULT_OUTPUT.to_owned());
            let timeout = fields.read(problems, "timeout", read::duration).unwrap_or(DEFAULT_TIMEOUT);
            Some(ModelSource::Command { command: command?, output: ProjectPath::new(root, &output), timeout })
        }
    }
}

fn is_known(key: &str) -> bool {
    keys::section("model").is_some_and(|section| section.key(key).is_some())
}

fn suggestion(key: &str) -> Option<&'static str> {
    keys::section("model").and_then(|section| suggest::nearest_key(key, section.keys))
}

/// Keys that are no setting, with what to say. Beside a family every key may be a hyperparameter, except one that is
/// nearly the name of a setting: no family calls a hyperparameter `champoin`.
fn strangers(fields: &Fields, family: bool) -> Vec<(String, String)> {
    let Some(section) = keys::section("model") else { return Vec::new() };
    let unknown = fields.given.keys().filter(|key| !is_known(key));
    unknown
        .filter(|key| {
            let misspelt = suggest::nearest(key, section.keys.iter().map(|key| key.name));
            !family || misspelt.is_some_and(|near| near.len() > 4)
        })
        .map(|key| {
            let advice = suggest::advice(key, section.keys, keys::SECTIONS);
            let also = if family { "" } else { " (hyperparameters go with family)" };
            (key.clone(), format!("unknown key; {advice}{also}"))
        })
        .collect()
}
