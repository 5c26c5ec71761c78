//! `[[policy]]`: one policy as the project wants it run.

use std::collections::BTreeMap;
use std::path::PathBuf;

use portcullis_verdict::Mode;

use crate::keys::{ENTRY_SECTIONS, GRANT_KEYS, Key, LIMIT_KEYS, POLICY_KEYS};
use crate::layers::{Given, Origin};
use crate::limits::LimitOverrides;
use crate::problem::Problems;
use crate::read::{self, Fields, Read};
use crate::suggest;
use crate::written::{Item, Value};

/// A policy to run.
#[derive(Debug, Clone, PartialEq)]
pub struct PolicySpec {
    /// Unique in the project.
    pub name: String,
    /// The component's file, absolute.
    pub file: PathBuf,
    /// The same as messages and the run record show it: as written, or relative to the project.
    pub display: String,
    /// Line of the configuration file where its entry begins, counted from 1; none for a discovered file.
    pub line: Option<u32>,
    /// Parameters as given, an object; not yet judged by the policy's schema.
    pub params: serde_json::Value,
    /// What a failed judgement does.
    pub mode: Mode,
    /// What it may see beyond what its kind needs.
    pub grant: Grant,
    /// What it may consume: its own limits over those of the project.
    pub limits: LimitOverrides,
}

/// What a policy may see beyond what its kind needs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Grant {
    /// Interfaces that reveal rows or run queries, by name; which ones there are is the sandbox's to say.
    pub interfaces: Vec<String>,
    /// The columns whose values it may see; none means all.
    pub columns: Option<Vec<String>>,
}

/// An entry as read: its file is not yet looked for.
#[derive(Debug)]
pub(crate) struct WrittenPolicy {
    pub fields: Fields,
    pub line: u32,
    pub name: Option<String>,
    pub path: Option<String>,
    pub params: serde_json::Value,
    pub mode: Mode,
    pub grant: Grant,
    pub limits: LimitOverrides,
}

impl WrittenPolicy {
    pub(crate) fn read(entry: &Item, problems: &mut Problems) -> Self {
        let fields = fields(entry, "", POLICY_KEYS, problems);
        let inner = |key: &str, prefix: &'static str, keys: &'static [Key], problems: &mut Problems| {
            fields.read(problems, key, table).map(|item| self::fields(&item, prefix, keys, problems))
        };
        let grant = inner("grant", "grant.", GRANT_KEYS, problems).map_or_else(Grant::default, |fields| Grant {
            interfaces: fields.read(problems, "interfaces", read::texts).unwrap_or_default(),
            columns: fields.read(problems, "columns", read::texts),
        });
        let limits = inner("limits", "limits.", LIMIT_KEYS, problems)
            .map_or_else(LimitOverrides::default, |fields| LimitOverrides::read(&fields, problems));
        if !fields.has("use") {
            fields.problem(problems, "use", "missing; name the component: use = \"policies/FILE.wasm\"");
        }
        Self {
            line: entry.line,
            name: fields.read(problems, "name", name),
            path: fields.read(problems, "use", read::text),
            params: fields.read(problems, "params", read::object).unwrap_or_else(|| serde_json::json!({})),
            mode: match fields.read(problems, "mode", read::word("policy mode", &["enforce", "warn"])) {
                Some("warn") => Mode::Warn,
                _ => Mode::Enforce,
            },
            grant,
            limits,
            fields,
        }
    }
}

/// The keys of an entry or of a table inside it; unknown ones are reported.
fn fields(entry: &Item, prefix: &'static str, keys: &'static [Key], problems: &mut Problems) -> Fields {
    let mut fields = Fields {
        label: "[[policy]]".to_owned(),
        prefix,
        header: Origin::File { line: entry.line },
        given: BTreeMap::new(),
    };
    let Value::Table(entries) = &entry.value else { return fields };
    for entry in entries {
        let origin = Origin::File { line: entry.item.line };
        if keys.iter().any(|key| key.name == entry.key) {
            fields.given.insert(entry.key.clone(), Given { item: entry.item.clone(), origin });
            continue;
        }
        let mut advice = suggest::advice(&entry.key, keys, &[]);
        if prefix.is_empty() && suggest::nearest_key(&entry.key, keys).is_none() {
            let home = ENTRY_SECTIONS.iter().skip(1).find(|section| section.key(&entry.key).is_some());
            let home = home.and_then(|section| section.name.rsplit('.').next()).unwrap_or("params");
            let kind = if home == "params" { "a parameter of the policy goes" } else { "it goes" };
            advice = format!("{kind} into {home} = {{ {} = … }}; {advice}", entry.key);
        }
        let key = format!("{prefix}{}", entry.key);
        problems.add(Origin::File { line: entry.line }, "[[policy]]", &key, format!("unknown key; {advice}"));
    }
    fields
}

fn table(item: &Item) -> Read<Item> {
    match item.value {
        Value::Table(_) => Ok(item.clone()),
        _ => read::wrong(item, format!("{} is {}; expected a table, {{ … }}", item.shown(), item.value.kind())),
    }
}

fn name(item: &Item) -> Read<String> {
    let name = read::text(item)?;
    if name.chars().any(char::is_control) {
        return read::wrong(item, format!("{} holds a control character; use plain text", item.shown()));
    }
    Ok(name)
}
