//! Where settings come from: flags over environment over file over defaults.

use std::collections::BTreeMap;
use std::fmt;

use crate::keys::{self, Form, Key, RESERVED_VARIABLES, SECTIONS};
use crate::problem::Problems;
use crate::read::Fields;
use crate::suggest;
use crate::written::{Entry, Item, Value, parse_value};

const PREFIX: &str = "PORTCULLIS_";

/// Settings from outside the file, applied before anything is resolved.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overrides {
    /// From the command line: `("split.seed", "7")`. The last one of a key wins; empty text takes the key back to its
    /// default.
    pub flags: Vec<(String, String)>,
    /// Environment variables: `("PORTCULLIS_SPLIT_SEED", "7")`. Names that do not begin with `PORTCULLIS_` and empty
    /// values are passed over.
    pub environment: Vec<(String, String)>,
}

impl Overrides {
    /// These flags, and the `PORTCULLIS_…` variables of this process in the order of their names.
    pub fn from_process(flags: Vec<(String, String)>) -> Self {
        let mut environment: Vec<(String, String)> = std::env::vars_os()
            .map(|(name, value)| (name.to_string_lossy().into_owned(), value.to_string_lossy().into_owned()))
            .filter(|(name, _)| name.starts_with(PREFIX))
            .collect();
        environment.sort();
        Self { flags, environment }
    }
}

/// Where a value came from, weakest first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// Nobody wrote it.
    Default,
    /// The configuration file.
    File {
        /// Counted from 1.
        line: u32,
    },
    /// An environment variable.
    Environment {
        /// Its name.
        variable: String,
    },
    /// The command line.
    Flag {
        /// The key, `split.seed` for instance.
        name: String,
    },
}

impl Origin {
    /// Flags outweigh the environment, that outweighs the file, that outweighs defaults.
    pub(crate) fn rank(&self) -> u8 {
        match self {
            Self::Default => 0,
            Self::File { .. } => 1,
            Self::Environment { .. } => 2,
            Self::Flag { .. } => 3,
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File { line } => write!(f, "line {line}"),
            Self::Environment { variable } => write!(f, "environment {variable}"),
            Self::Flag { name } => write!(f, "flag {name}"),
        }
    }
}

/// One value and where it came from, for `portcullis config`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// Section and key: `split.seed`.
    pub key: String,
    /// As it would stand in the file; in parentheses, what happens where nothing is set.
    pub value: String,
    /// Where it came from.
    pub origin: Origin,
}

/// A value with its origin.
#[derive(Debug, Clone)]
pub(crate) struct Given {
    pub item: Item,
    pub origin: Origin,
}

/// Everything that was given, by section, and the policies' entries.
#[derive(Debug)]
pub(crate) struct Layers {
    sections: BTreeMap<&'static str, Fields>,
    /// The `[[policy]]` entries: each a table.
    pub policies: Vec<Item>,
}

impl Layers {
    /// Puts the file, the environment and the flags on top of each other.
    pub(crate) fn gather(file: Vec<Entry>, overrides: &Overrides, problems: &mut Problems) -> Self {
        let sections =
            SECTIONS.iter().map(|section| (section.name, Fields::new(&format!("[{}]", section.name)))).collect();
        let mut layers = Self { sections, policies: Vec::new() };
        for entry in file {
            layers.take_entry(entry, problems);
        }
        for (variable, text) in &overrides.environment {
            layers.take_variable(variable, text, problems);
        }
        for (name, text) in &overrides.flags {
            layers.take_flag(name, text, problems);
        }
        layers.displace_model();
        layers
    }

    /// What was given for a section of [`SECTIONS`].
    pub(crate) fn section(&self, name: &'static str) -> Fields {
        self.sections.get(name).cloned().unwrap_or_else(|| Fields::new(name))
    }

    fn take_entry(&mut self, entry: Entry, problems: &mut Problems) {
        let here = Origin::File { line: entry.line };
        let name = entry.key.as_str();
        match (keys::section(name), entry.item.value) {
            (Some(section), Value::Table(inner)) => {
                let Some(fields) = self.sections.get_mut(section.name) else { return };
                fields.header = here;
                for entry in inner {
                    let origin = Origin::File { line: entry.item.line };
                    if section.key(&entry.key).is_some() || keys::open(section.name) {
                        fields.given.insert(entry.key, Given { item: entry.item, origin });
                    } else {
                        let advice = suggest::advice(&entry.key, section.keys, SECTIONS);
                        let here = Origin::File { line: entry.line };
                        problems.add(here, &fields.label, &entry.key, format!("unknown key; {advice}"));
                    }
                }
            }
            (Some(_), Value::List(_)) => {
                problems.add(here, &format!("[[{name}]]"), "", format!("there is one such section; write [{name}]"));
            }
            (None, Value::List(items)) if name == "policy" => {
                for item in items {
                    if matches!(item.value, Value::Table(_)) {
                        self.policies.push(item);
                    } else {
                        let message =
                            format!("each policy is a table, this is {}; write [[policy]]", item.value.kind());
                        problems.add(Origin::File { line: item.line }, "policy", "", message);
                    }
                }
            }
            (None, Value::Table(_)) if name == "policy" => {
                problems.add(here, "[policy]", "", "policies are a list; write [[policy]], with two brackets");
            }
            (None, Value::Table(_)) => {
                let advice = suggest::section_advice(name);
                problems.add(here, &format!("[{name}]"), "", format!("unknown section; {advice}"));
            }
            (None, Value::List(items)) if items.iter().all(|item| matches!(item.value, Value::Table(_))) => {
                let advice = suggest::section_advice(name);
                problems.add(here, &format!("[[{name}]]"), "", format!("unknown section; {advice}"));
            }
            (Some(_), value) => {
                problems.add(here, "", name, format!("is a section, not {}; write [{name}]", value.kind()));
            }
            (None, _) => {
                let home = SECTIONS.iter().find(|section| section.key(name).is_some());
                let advice = home.map_or_else(
                    || format!("sections: {}", suggest::listed(SECTIONS.iter().map(|s| format!("[{}]", s.name)))),
                    |section| format!("move it under [{}]", section.name),
                );
                problems.add(here, "", name, format!("stands outside of every section; {advice}"));
            }
        }
    }

    fn take_variable(&mut self, variable: &str, text: &str, problems: &mut Problems) {
        let Some(rest) = variable.strip_prefix(PREFIX) else { return };
        if text.is_empty() || RESERVED_VARIABLES.contains(&variable) {
            return;
        }
        let origin = Origin::Environment { variable: variable.to_owned() };
        if rest.starts_with("POLICY_") {
            problems.add(
                origin,
                "",
                "",
                "policies are configured in the file alone; add the setting to its [[policy]]",
            );
            return;
        }
        let of_section = |section: &&keys::Section| {
            let upper = section.name.to_uppercase();
            rest.strip_prefix(upper.as_str()).is_some_and(|after| after.starts_with('_'))
        };
        let Some(section) = SECTIONS.iter().find(of_section) else { return };
        let word = rest.get(section.name.len() + 1..).unwrap_or_default().to_lowercase();
        let Some(fields) = self.sections.get_mut(section.name) else { return };
        let same = |name: &str| name.replace('-', "_") == word;
        let known = section.keys.iter().find(|key| same(key.name));
        let name = match known {
            Some(key) => key.name.to_owned(),
            // A hyperparameter keeps the spelling of the file; otherwise words are joined as everywhere in it.
            None if keys::open(section.name) && !word.is_empty() => {
                fields.given.keys().find(|name| same(name)).cloned().unwrap_or_else(|| word.replace('_', "-"))
            }
            None => {
                let names = || section.keys.iter().map(|key| variable_name(section.name, key.name));
                let near = suggest::nearest_key(&word, section.keys)
                    .map_or_else(String::new, |near| format!("did you mean {}? ", variable_name(section.name, near)));
                problems.add(origin, "", "", format!("no such setting; {near}valid: {}", suggest::listed(names())));
                return;
            }
        };
        fields.given.insert(name, Given { item: from_text(known, text), origin });
    }

    fn take_flag(&mut self, name: &str, text: &str, problems: &mut Problems) {
        let origin = Origin::Flag { name: name.to_owned() };
        let Some((section, key)) = name.split_once('.') else {
            problems.add(origin, "", "", "not a setting; write SECTION.KEY=VALUE, such as split.seed=7");
            return;
        };
        let Some(section) = keys::section(section) else {
            let advice = match section {
                "policy" => "policies are configured in the file alone; add the setting to its [[policy]]".to_owned(),
                _ => format!("unknown section; {}", suggest::section_advice(section)),
            };
            problems.add(origin, "", "", advice);
            return;
        };
        let Some(fields) = self.sections.get_mut(section.name) else { return };
        let known = section.key(key);
        if known.is_none() && (!keys::open(section.name) || key.is_empty()) {
            let advice = suggest::advice(key, section.keys, SECTIONS);
            problems.add(origin, "", "", format!("unknown key; {advice}"));
        } else if text.is_empty() {
            fields.given.remove(key);
        } else {
            fields.given.insert(key.to_owned(), Given { item: from_text(known, text), origin });
        }
    }

    /// Where a model comes from is one decision: a stronger layer that makes it takes the weaker one's whole place,
    /// hyperparameters included, so that `model.predictions=…` need not undo the file first.
    fn displace_model(&mut self) {
        let Some(fields) = self.sections.get_mut("model") else { return };
        let sources = ["family", "predictions", "command"];
        let strongest = sources.iter().filter_map(|key| fields.given.get(*key)).map(|given| given.origin.rank()).max();
        let Some(strongest) = strongest.filter(|rank| *rank > 1) else { return };
        fields.given.retain(|key, given| {
            let lasting = matches!(key.as_str(), "task" | "champion");
            lasting || given.origin.rank() >= strongest
        });
    }

    /// Every key with its value and origin, in the order of the documentation, hyperparameters after `[model]`'s own.
    pub(crate) fn settings(&self) -> Vec<Setting> {
        let mut settings = Vec::new();
        for section in SECTIONS {
            let fields = self.section(section.name);
            let known = section.keys.iter().map(|key| (key.name.to_owned(), key.default));
            let free = fields.given.keys().filter(|name| section.key(name).is_none()).map(|name| (name.clone(), ""));
            for (name, default) in known.chain(free) {
                let (value, origin) = match fields.given.get(&name) {
                    Some(given) => (given.item.shown(), given.origin.clone()),
                    None => (default.to_owned(), Origin::Default),
                };
                settings.push(Setting { key: format!("{}.{name}", section.name), value, origin });
            }
        }
        settings
    }
}

/// The environment variable of a key.
fn variable_name(section: &str, key: &str) -> String {
    format!("{PREFIX}{section}_{key}").replace('-', "_").to_uppercase()
}

/// Text from a flag or the environment as a value of the key's form. What does not fit stays text, so that the reader of
/// the key says what it wants.
fn from_text(key: Option<&Key>, text: &str) -> Item {
    let as_is = || Item { line: 0, value: Value::Text(text.to_owned()) };
    let toml = || parse_value(text.trim());
    match key.map_or(Form::Free, |key| key.form) {
        Form::TextOrList | Form::List | Form::Slices if text.trim_start().starts_with('[') => {
            toml().unwrap_or_else(as_is)
        }
        Form::Text | Form::Scalar | Form::Duration | Form::TextOrList => as_is(),
        Form::List | Form::Slices => {
            let items = text.split(',').map(|word| Item { line: 0, value: Value::Text(word.trim().to_owned()) });
            Item { line: 0, value: Value::List(items.collect()) }
        }
        Form::ShareOrPath | Form::Number | Form::Whole | Form::Boolean | Form::Size => match toml() {
            Some(item) if matches!(item.value, Value::Whole(_) | Value::Number(_) | Value::Boolean(_)) => item,
            _ => as_is(),
        },
        Form::Table | Form::Free => toml().unwrap_or_else(as_is),
    }
}
