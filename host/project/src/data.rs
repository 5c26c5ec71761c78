//! `[data]`: what is learnt from and judged.

use std::collections::BTreeMap;
use std::path::Path;

use crate::problem::Problems;
use crate::project::ProjectPath;
use crate::read::{self, Fields};
use crate::written;

/// What `[data] types` may say: the kinds of column that the contract knows, but for `other`.
const COLUMN_TYPES: &[&str] = &["boolean", "integer", "number", "text", "date", "datetime", "time"];

/// `[data]`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Data {
    /// Files and globs, in order; empty only where the model comes as predictions.
    pub paths: Vec<ProjectPath>,
    /// The column to predict. [`Project::target`] insists on it.
    pub target: Option<String>,
    /// The positive class, as text.
    pub positive: Option<String>,
    /// The inputs of the model; none means every column but target, id and groups.
    pub features: Option<Vec<String>>,
    /// The column that names a row; never a feature by default.
    pub id: Option<String>,
    /// Columns by which fairness is judged; features only if also listed there.
    pub groups: Vec<String>,
    /// What the data is compared with, for drift; empty where there is none.
    pub reference: Vec<ProjectPath>,
    /// Types that the user decides, by column: `boolean`, `integer`, `number`, `text`, `date`, `datetime` or `time`.
    pub types: BTreeMap<String, String>,
    /// Texts that mean a missing value, besides the empty cell.
    pub missing: Vec<String>,
    /// What separates columns in a CSV file; none means a comma, or a tab in `.tsv`.
    pub delimiter: Option<u8>,
}

impl Data {
    pub(crate) fn read(fields: &Fields, root: &Path, predictions: bool, problems: &mut Problems) -> Self {
        let paths = |written: Option<Vec<String>>| -> Vec<ProjectPath> {
            written.unwrap_or_default().iter().map(|path| ProjectPath::new(root, path)).collect()
        };
        if !fields.has("path") && !predictions {
            let message = "missing; name the data: path = \"data/FILE.csv\" (or set [model] predictions)";
            fields.problem(problems, "path", message);
        }
        let data = Self {
            paths: paths(fields.read(problems, "path", read::text_or_list)),
            target: fields.read(problems, "target", read::text),
            positive: fields.read(problems, "positive", read::scalar),
            features: fields.read(problems, "features", read::texts),
            id: fields.read(problems, "id", read::text),
            groups: fields.read(problems, "groups", read::texts).unwrap_or_default(),
            reference: paths(fields.read(problems, "reference", read::text_or_list)),
            types: fields.read(problems, "types", read::words_by_name("column type", COLUMN_TYPES)).unwrap_or_default(),
            missing: fields.read(problems, "missing", read::any_texts).unwrap_or_default(),
            delimiter: fields.read(problems, "delimiter", read::delimiter),
        };
        data.contradictions(fields, problems);
        data
    }

    fn contradictions(&self, fields: &Fields, problems: &mut Problems) {
        if let Some(features) = &self.features {
            if features.is_empty() {
                fields.problem(
                    problems,
                    "features",
                    "is empty; leave it out to use every column but target, id and groups",
                );
            }
            for (key, column) in [("target", &self.target), ("id", &self.id)] {
                if let Some(column) = column.as_ref().filter(|column| features.contains(column)) {
                    let message = format!("{} is the {key}; remove it from the features", written::quoted(column));
                    fields.problem(problems, "features", message);
                }
            }
        }
        if let Some(target) = self.target.as_ref().filter(|target| Some(*target) == self.id.as_ref()) {
            fields.problem(problems, "id", format!("{} is the target; name another column", written::quoted(target)));
        }
        if let Some(target) = self.target.as_ref().filter(|target| self.groups.contains(target)) {
            let message = format!("{} is the target; remove it from the groups", written::quoted(target));
            fields.problem(problems, "groups", message);
        }
    }
}
