//! `[split]`: which rows are held out.

use std::path::Path;

use crate::problem::Problems;
use crate::project::ProjectPath;
use crate::read::{self, Fields};
use crate::written::Value;

/// `[split]`: which rows are held out.
#[derive(Debug, Clone, PartialEq)]
pub struct Split {
    /// How.
    pub method: SplitMethod,
    /// What everything random in the run is drawn from.
    pub seed: u32,
    /// Whether each class keeps its share on both sides; none means for classification. Only for
    /// [`SplitMethod::Random`].
    pub stratify: Option<bool>,
}

/// How rows are held out.
#[derive(Debug, Clone, PartialEq)]
pub enum SplitMethod {
    /// This share of the rows, at random.
    Random {
        /// Above 0, below 1.
        test: f64,
    },
    /// This share of the rows, at random, but all rows that agree in the column on the same side.
    By {
        /// The column.
        column: String,
        /// Above 0, below 1.
        test: f64,
    },
    /// This share of the rows: the latest.
    Time {
        /// The column that orders the rows.
        column: String,
        /// Above 0, below 1.
        test: f64,
    },
    /// The rows of another file.
    File(ProjectPath),
}

impl Split {
    pub(crate) fn read(fields: &Fields, root: &Path, problems: &mut Problems) -> Self {
        enum Test {
            Share(f64),
            File(String),
        }
        let test = fields.read(problems, "test", |item| match item.value {
            Value::Text(_) => read::text(item).map(Test::File),
            Value::Whole(_) | Value::Number(_) => read::share(item).map(Test::Share),
            _ => read::wrong(item, format!("{} is {}; expected a share or a file", item.shown(), item.value.kind())),
        });
        let by = fields.read(problems, "by", read::text);
        let time = fields.read(problems, "time", read::text);
        let stratify = fields.read(problems, "stratify", read::boolean);
        let exclude = |problems: &mut Problems, one: &str, other: &str, advice: &str| {
            fields.problem(problems, other, format!("excludes {one} ({}); {advice}", fields.origin(one)));
        };
        let method = match (test, by, time) {
            (Some(Test::File(path)), by, time) => {
                let advice = "a test file needs no split; keep one of them";
                for (other, _) in [("by", by), ("time", time)].into_iter().filter(|(_, column)| column.is_some()) {
                    exclude(problems, "test", other, advice);
                }
                SplitMethod::File(ProjectPath::new(root, &path))
            }
            (test, by, time) => {
                let test = if let Some(Test::Share(share)) = test { share } else { 0.2 };
                match (by, time) {
                    (Some(column), None) => SplitMethod::By { column, test },
                    (None, Some(column)) => SplitMethod::Time { column, test },
                    (None, None) => SplitMethod::Random { test },
                    (Some(column), Some(_)) => {
                        exclude(problems, "by", "time", "keep one of them");
                        SplitMethod::By { column, test }
                    }
                }
            }
        };
        let holder = match method {
            SplitMethod::Random { .. } => None,
            SplitMethod::By { .. } => Some("by"),
            SplitMethod::Time { .. } => Some("time"),
            SplitMethod::File(_) => Some("test"),
        };
        if let Some(holder) = holder.filter(|_| stratify == Some(true)) {
            exclude(problems, holder, "stratify", "only a random split can be stratified; remove one of them");
        }
        Self { method, seed: fields.read(problems, "seed", read::whole(0)).unwrap_or(42), stratify }
    }
}
