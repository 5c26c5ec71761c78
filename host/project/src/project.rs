//! The configuration, resolved: everything decided, ready to use.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::discover;
use crate::layers::{Layers, Origin, Overrides, Setting};
use crate::limits::LimitOverrides;
use crate::model::{Model, ModelSource};
use crate::policy::PolicySpec;
use crate::problem::{Problem, Problems, ProjectError};
use crate::read::{self, Fields};
use crate::written::{self, Value};

/// The name of the configuration file.
pub const CONFIGURATION: &str = "portcullis.toml";

/// What `[data] types` may say: the kinds of column that the contract knows, but for `other`.
const COLUMN_TYPES: &[&str] = &["boolean", "integer", "number", "text", "date", "datetime", "time"];

/// A path as the user wrote it and where it leads. Relative paths start at the project's folder, wherever they were
/// written: file, environment or flag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectPath {
    /// As written: what messages and the run record show.
    pub written: String,
    /// Absolute; may hold a glob's wildcards.
    pub absolute: PathBuf,
}

impl ProjectPath {
    /// Resolves a path as written against the project's folder.
    pub fn new(root: &Path, written: &str) -> Self {
        Self { written: written.to_owned(), absolute: root.join(written).components().collect() }
    }
}

/// A project: what its configuration comes to.
#[derive(Debug, Clone, PartialEq)]
pub struct Project {
    /// The project's folder, absolute, without symbolic links.
    pub root: PathBuf,
    /// The configuration file, absolute.
    pub file: PathBuf,
    /// Its name.
    pub name: String,
    /// `[data]`.
    pub data: Data,
    /// `[split]`.
    pub split: Split,
    /// `[model]`; none where the file has no such section, which is enough to check data. [`Project::model`] insists.
    pub model: Option<Model>,
    /// `[evaluate]`.
    pub evaluate: Evaluate,
    /// `[sandbox] smallest-group`: statistics over fewer rows are refused to a policy without a grant for rows.
    pub smallest_group: u32,
    /// `[limits]`: what holds for every policy; already part of each [`PolicySpec::limits`].
    pub limits: LimitOverrides,
    /// The policies: entries in the order of the file, then discovered files in the order of their names.
    pub policies: Vec<PolicySpec>,
    settings: Vec<Setting>,
}

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
    /// What separates columns in a CSV file; none means that it is found from the file.
    pub delimiter: Option<u8>,
}

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

/// `[evaluate]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluate {
    /// Columns, alone or several together, by whose values metrics are also given.
    pub slices: Vec<Vec<String>>,
    /// Whether metrics get confidence intervals.
    pub intervals: bool,
    /// Their coverage, above 0 and below 1.
    pub confidence: f64,
    /// Bootstrap resamples.
    pub resamples: u32,
}

impl Project {
    /// Reads the project in `place`: a folder with a `portcullis.toml`, or a configuration file of any other name, whose
    /// folder then is the project's.
    ///
    /// # Errors
    /// All problems of the configuration at once; every one of them is the user's to mend.
    pub fn load(place: &Path, overrides: &Overrides) -> Result<Self, ProjectError> {
        let file = if place.is_file() { place.to_owned() } else { place.join(CONFIGURATION) };
        let absent = || ProjectError::NotFound { file: file.clone() };
        let unreadable = |source: std::io::Error| match source.kind() {
            std::io::ErrorKind::NotFound => absent(),
            _ => ProjectError::Unreadable { file: file.clone(), source },
        };
        let bytes = std::fs::read(&file).map_err(unreadable)?;
        let name = file.file_name().ok_or_else(absent)?.to_string_lossy().into_owned();
        let folder = match file.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
            _ => PathBuf::from("."),
        };
        let root = folder.canonicalize().map_err(unreadable)?;
        match std::str::from_utf8(&bytes) {
            Ok(text) => Self::resolve(&root, &name, text, overrides),
            Err(error) => {
                let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
                let line = before.iter().filter(|byte| **byte == b'\n').count() as u32 + 1;
                let mut problems = Problems::new(&name);
                problems.add(Origin::File { line }, "", "", "not UTF-8 text; save the file as UTF-8");
                Err(problems.finish(()).err().unwrap_or_else(absent))
            }
        }
    }

    fn resolve(root: &Path, file: &str, text: &str, overrides: &Overrides) -> Result<Self, ProjectError> {
        let mut problems = Problems::new(file);
        let entries = written::parse(text.strip_prefix('\u{feff}').unwrap_or(text), &mut problems);
        // What follows a syntax error would be guesswork.
        problems.finish(())?;

        let mut problems = Problems::new(file);
        let layers = Layers::gather(entries, overrides, &mut problems);
        let folder = root.file_name().map_or_else(|| "project".to_owned(), |name| name.to_string_lossy().into_owned());
        let name = layers.section("project").read(&mut problems, "name", read::text).unwrap_or(folder);
        let model_fields = layers.section("model");
        let model = Model::read(&model_fields, root, &mut problems);
        let data = Data::read(&layers.section("data"), root, model_fields.has("predictions"), &mut problems);
        let split = Split::read(&layers.section("split"), root, &mut problems);
        let evaluate = Evaluate::read(&layers.section("evaluate"), &data.groups, &mut problems);
        let smallest_group =
            layers.section("sandbox").read(&mut problems, "smallest-group", read::whole(1)).unwrap_or(10);
        let limits = LimitOverrides::read(&layers.section("limits"), &mut problems);
        let policies = discover::policies(&layers.policies, root, &limits, &mut problems);
        let mut settings = layers.settings();
        if let Some(setting) = settings.iter_mut().find(|setting| setting.key == "project.name") {
            setting.value = written::quoted(&name);
        }
        let file = root.join(problems.file());
        let root = root.to_owned();
        problems.finish(Self {
            root,
            file,
            name,
            data,
            split,
            model,
            evaluate,
            smallest_group,
            limits,
            policies,
            settings,
        })
    }

    /// Every setting with its value and where it came from, in the order of the documentation. Policies are not among
    /// them; they stand in [`Project::policies`].
    pub fn settings(&self) -> &[Setting] {
        &self.settings
    }

    /// The model, for steps that need one.
    ///
    /// # Errors
    /// The configuration has no `[model]`.
    pub fn model(&self) -> Result<&Model, ProjectError> {
        self.model.as_ref().ok_or_else(|| {
            self.missing("[model]", "", "missing; add one with exactly one of family, predictions, command")
        })
    }

    /// The column to predict, for steps that need one.
    ///
    /// # Errors
    /// The configuration names none.
    pub fn target(&self) -> Result<&str, ProjectError> {
        self.data
            .target
            .as_deref()
            .ok_or_else(|| self.missing("[data]", "target", "missing; name the column to predict: target = \"COLUMN\""))
    }

    /// The file with the model's predictions, if the model comes as one.
    pub fn predictions(&self) -> Option<&ProjectPath> {
        match self.model.as_ref().map(|model| &model.source) {
            Some(ModelSource::Predictions(path)) => Some(path),
            _ => None,
        }
    }

    fn missing(&self, section: &str, key: &str, message: &str) -> ProjectError {
        let file = self.file.file_name().map_or_else(|| CONFIGURATION.into(), |name| name.to_string_lossy());
        ProjectError::Configuration(vec![Problem {
            file: file.into_owned(),
            origin: Origin::Default,
            section: section.to_owned(),
            key: key.to_owned(),
            message: message.to_owned(),
        }])
    }
}

impl Data {
    fn read(fields: &Fields, root: &Path, predictions: bool, problems: &mut Problems) -> Self {
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

impl Split {
    fn read(fields: &Fields, root: &Path, problems: &mut Problems) -> Self {
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

impl Evaluate {
    fn read(fields: &Fields, groups: &[String], problems: &mut Problems) -> Self {
        let slices = fields.read(problems, "slices", read::slices);
        Self {
            slices: slices.unwrap_or_else(|| groups.iter().map(|column| vec![column.clone()]).collect()),
            intervals: fields.read(problems, "intervals", read::boolean).unwrap_or(true),
            confidence: fields.read(problems, "confidence", read::share).unwrap_or(0.95),
            resamples: fields.read(problems, "resamples", read::whole(2)).unwrap_or(1000),
        }
    }
}
