//! Every key of the configuration, once. The parser, the suggestions, the environment variables, `portcullis config` and
//! the test of `docs/configuration.md` read these tables.

/// What a value looks like; decides how text from a flag or the environment is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Text.
    Text,
    /// Text, a number or a boolean, kept as text.
    Scalar,
    /// Text, or a list of it.
    TextOrList,
    /// A list of text.
    List,
    /// A table from text to text.
    Table,
    /// A number between 0 and 1, or a path.
    ShareOrPath,
    /// A number.
    Number,
    /// A whole number.
    Whole,
    /// `true` or `false`.
    Boolean,
    /// A list of columns, or of lists of columns.
    Slices,
    /// `"10s"`, `"500ms"`, `"1m 30s"`.
    Duration,
    /// `"64MiB"`, or a number of bytes.
    Size,
    /// Any table.
    Free,
}

impl Form {
    /// As the documentation names it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Scalar => "text, number or boolean",
            Self::TextOrList => "text or list of text",
            Self::List => "list of text",
            Self::Table => "table of text",
            Self::ShareOrPath => "number or path",
            Self::Number => "number",
            Self::Whole => "whole number",
            Self::Boolean => "boolean",
            Self::Slices => "list of columns or of lists of columns",
            Self::Duration => "duration",
            Self::Size => "size",
            Self::Free => "table",
        }
    }
}

/// One key of the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// As written in the file.
    pub name: &'static str,
    /// What its value looks like.
    pub form: Form,
    /// The default as written in the file, or, in parentheses, what happens without it.
    pub default: &'static str,
    /// What other tools call it; only used to suggest this key.
    pub aliases: &'static [&'static str],
}

/// One `[section]` of the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Section {
    /// As written between the brackets.
    pub name: &'static str,
    /// Its keys.
    pub keys: &'static [Key],
}

impl Section {
    /// The key of this name.
    pub fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys.iter().find(|key| key.name == name)
    }
}

const fn key(name: &'static str, form: Form, default: &'static str, aliases: &'static [&'static str]) -> Key {
    Key { name, form, default, aliases }
}

/// Limits, for all policies in `[limits]` and for one in `limits = { … }` of its entry. The defaults are the sandbox's own,
/// repeated for people; what is not given is left to it.
pub(crate) const LIMIT_KEYS: &[Key] = &[
    key("fuel", Form::Whole, "10_000_000_000", &["instructions", "gas"]),
    key("time", Form::Duration, "\"60s\"", &["timeout", "deadline", "wall-clock"]),
    key("memory", Form::Size, "\"256MiB\"", &["ram", "memory-size"]),
    key("table-elements", Form::Whole, "1_048_576", &["tables"]),
    key("instances", Form::Whole, "64", &["memories"]),
    key("host-calls", Form::Whole, "1_000_000", &["calls"]),
    key("host-bytes", Form::Size, "\"1GiB\"", &["bytes"]),
    key("host-work", Form::Whole, "20_000_000_000", &["work"]),
    key("sql-steps", Form::Whole, "2_000_000_000", &["steps"]),
    key("sql-memory", Form::Size, "\"1GiB\"", &[]),
    key("sql-rows", Form::Whole, "100_000", &["rows"]),
    key("handles", Form::Whole, "10_000", &["resources"]),
    key("log-bytes", Form::Size, "\"64KiB\"", &["log", "log-size"]),
    key("findings", Form::Whole, "10_000", &["max-findings", "measures"]),
    key("output-bytes", Form::Size, "\"4MiB\"", &["output", "output-size"]),
    key("component-size", Form::Size, "\"64MiB\"", &["size", "file-size", "component-bytes"]),
    key("compile-time", Form::Duration, "\"5m\"", &["compilation-time"]),
    key("compile-memory", Form::Size, "\"2GiB\"", &["compilation-memory"]),
    key("stack", Form::Size, "\"512KiB\"", &["stack-size", "stack-depth"]),
];

/// The sections whose values flags and environment can set, in the order of the documentation.
pub const SECTIONS: &[Section] = &[
    Section { name: "project", keys: &[key("name", Form::Text, "(the folder's name)", &["title", "id"])] },
    Section {
        name: "data",
        keys: &[
            key(
                "path",
                Form::TextOrList,
                "(required, unless [model] predictions is set)",
                &["file", "files", "paths", "source", "train"],
            ),
            key("target", Form::Text, "(none: nothing can be trained)", &["label", "y", "outcome"]),
            key(
                "positive",
                Form::Scalar,
                "(true, 1, or the class named like one)",
                &["positive-class", "pos-label", "positive-label"],
            ),
            key("features", Form::List, "(every column but target, id and groups)", &["columns", "inputs", "x"]),
            key("id", Form::Text, "(none)", &["index", "key"]),
            key("groups", Form::List, "[]", &["sensitive", "sensitive-features", "protected", "group"]),
            key("reference", Form::TextOrList, "(none)", &["baseline"]),
            key("types", Form::Table, "(inferred)", &["dtypes", "dtype", "schema"]),
            key(
                "missing",
                Form::List,
                "(empty cells, and in CSV pandas' words such as NA)",
                &["na-values", "null-values", "nulls"],
            ),
            key("delimiter", Form::Text, "(a comma; in .tsv a tab)", &["sep", "separator"]),
        ],
    },
    Section {
        name: "split",
        keys: &[
            key("test", Form::ShareOrPath, "0.2", &["test-size", "holdout", "held-out", "fraction"]),
            key("by", Form::Text, "(none)", &["group", "group-by"]),
            key("time", Form::Text, "(none)", &["date", "time-column"]),
            key("seed", Form::Whole, "42", &["random-state", "random-seed"]),
            key("stratify", Form::Boolean, "(true for classification)", &["stratified"]),
        ],
    },
    Section {
        name: "model",
        keys: &[
            key(
                "family",
                Form::Text,
                "(one of family, predictions, command)",
                &["type", "kind", "algorithm", "model", "estimator"],
            ),
            key("predictions", Form::Text, "(one of family, predictions, command)", &["preds", "scores"]),
            key("command", Form::List, "(one of family, predictions, command)", &["cmd", "run", "trainer"]),
            key("output", Form::Text, "\"predictions.parquet\"", &["out"]),
            key("timeout", Form::Duration, "\"1h\"", &["time-limit"]),
            key("task", Form::Text, "(found from the target)", &["objective", "problem"]),
            key("champion", Form::Text, "(none)", &["baseline", "production"]),
        ],
    },
    Section {
        name: "evaluate",
        keys: &[
            key("slices", Form::Slices, "(one for each of [data] groups)", &["slice", "segments", "by"]),
            key("intervals", Form::Boolean, "true", &["bootstrap", "confidence-intervals"]),
            key("confidence", Form::Number, "0.95", &["level", "confidence-level"]),
            key("resamples", Form::Whole, "1000", &["bootstraps", "samples"]),
        ],
    },
    Section {
        name: "sandbox",
        keys: &[key("smallest-group", Form::Whole, "10", &["min-group-size", "minimum-group", "k"])],
    },
    Section { name: "limits", keys: LIMIT_KEYS },
];

/// Keys of a `[[policy]]` entry.
pub const POLICY_KEYS: &[Key] = &[
    key("name", Form::Text, "(the file's stem)", &["id", "title"]),
    key("use", Form::Text, "(required)", &["path", "file", "uses", "component", "wasm"]),
    key("params", Form::Free, "{}", &["parameters", "with", "args", "config", "options", "settings"]),
    key("mode", Form::Text, "\"enforce\"", &["level", "severity", "action"]),
    key("grant", Form::Free, "{}", &["grants", "allow", "permissions", "capabilities"]),
    key("limits", Form::Free, "(those of [limits])", &["limit"]),
];

/// Keys of a policy's `grant`.
pub(crate) const GRANT_KEYS: &[Key] = &[
    key("interfaces", Form::List, "[]", &["interface", "imports", "capabilities"]),
    key("columns", Form::List, "(all columns)", &["column", "features"]),
];

/// What a `[[policy]]` entry is made of: its own keys, and those of its two tables. For the documentation's test.
pub const ENTRY_SECTIONS: &[Section] = &[
    Section { name: "policy", keys: POLICY_KEYS },
    Section { name: "policy.grant", keys: GRANT_KEYS },
    Section { name: "policy.limits", keys: LIMIT_KEYS },
];

/// Variables that begin with `PORTCULLIS_` and are no settings.
pub const RESERVED_VARIABLES: &[&str] = &[
    "PORTCULLIS_PROJECT",
    "PORTCULLIS_FORMAT",
    "PORTCULLIS_QUIET",
    "PORTCULLIS_COLOR",
    "PORTCULLIS_CACHE",
    "PORTCULLIS_LOCKED",
    "PORTCULLIS_AT",
    "PORTCULLIS_VERIFY_DETERMINISM",
];

/// The section of this name.
pub(crate) fn section(name: &str) -> Option<&'static Section> {
    SECTIONS.iter().find(|section| section.name == name)
}

/// Whether a section takes keys that are not in the table: a model's hyperparameters.
pub(crate) fn open(section: &str) -> bool {
    section == "model"
}
