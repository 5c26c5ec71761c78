//! The configuration, resolved: everything decided, ready to use.

use std::path::{Path, PathBuf};

use crate::data::Data;
use crate::discover;
use crate::layers::{Layers, Origin, Overrides, Setting};
use crate::limits::LimitOverrides;
use crate::model::{Model, ModelSource};
use crate::policy::PolicySpec;
use crate::problem::{Problem, Problems, ProjectError};
use crate::read::{self, Fields};
use crate::split::Split;
use crate::written;

/// The name of the configuration file.
pub const CONFIGURATION: &str = "portcullis.toml";

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

/// `[evaluate]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluate {
    /// Columns, alone or several together, by whose values metrics are also given.
    pub slices: Vec<Vec<String>>,
    /// Whether metrics get confidence intervals.
    pub intervals: bool,
    /// Their coverage, above 0 and below 1.
    pub confidence: f64,
    /// Bootstrap resamples: 100,000 at the most.
    pub resamples: u32,
}

impl Project {
    /// Reads the project in `place`: a folder with a `portcullis.toml`, or a configuration file of any other name, whose
    /// folder then is the project's.
    ///
    /// # Errors
    /// All problems of the configuration at once; every one of them is the user's to mend.
    pub fn load(place: &Path, overrides: &Overrides) -> Result<Self, ProjectError> {
        if !place.is_file() {
            return Self::load_from(place, Path::new(CONFIGURATION), overrides);
        }
        let folder = place.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Self::load_from(folder, Path::new(place.file_name().unwrap_or_default()), overrides)
    }

    /// Reads the project in a folder from a configuration file of its, named relative to the folder, wherever that file
    /// lies: paths in it start at the project's folder all the same.
    ///
    /// # Errors
    /// As [`Project::load`].
    pub fn load_from(folder: &Path, configuration: &Path, overrides: &Overrides) -> Result<Self, ProjectError> {
        let file = folder.join(configuration);
        let absent = || ProjectError::NotFound { file: file.clone() };
        let unreadable = |source: std::io::Error| match source.kind() {
            std::io::ErrorKind::NotFound => absent(),
            _ => ProjectError::Unreadable { file: file.clone(), source },
        };
        // A pipe would be waited for.
        if !std::fs::metadata(&file).map_err(unreadable)?.is_file() {
            return Err(unreadable(std::io::Error::other("it is no regular file")));
        }
        let bytes = std::fs::read(&file).map_err(unreadable)?;
        let name = configuration.to_string_lossy().into_owned();
        let root = folder.canonicalize().map_err(unreadable)?;
        match std::str::from_utf8(&bytes) {
            Ok(text) => Self::resolve(&root, &name, text, overrides),
            Err(error) => {
                let line = written::line_of(&bytes, error.valid_up_to());
                let mut problems = Problems::new(&name);
                problems.add(Origin::File { line }, "", "", "not UTF-8 text; save the file as UTF-8");
                Err(problems.finish(()).err().unwrap_or_else(absent))
            }
        }
    }

    /// Resolves the text of a configuration, as [`Project::load`] does with its file: `root` is the project's folder,
    /// absolute, and `file` the name that messages give the configuration. On disk it looks only for the policies.
    ///
    /// # Errors
    /// All problems of the configuration at once.
    pub fn resolve(root: &Path, file: &str, text: &str, overrides: &Overrides) -> Result<Self, ProjectError> {
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
        let file = self.file.strip_prefix(&self.root).unwrap_or(&self.file);
        ProjectError::Configuration(vec![Problem {
            file: file.to_string_lossy().into_owned(),
            origin: Origin::Default,
            section: section.to_owned(),
            key: key.to_owned(),
            message: message.to_owned(),
        }])
    }
}

impl Evaluate {
    fn read(fields: &Fields, groups: &[String], problems: &mut Problems) -> Self {
        let slices = fields.read(problems, "slices", read::slices);
        Self {
            slices: slices.unwrap_or_else(|| groups.iter().map(|column| vec![column.clone()]).collect()),
            intervals: fields.read(problems, "intervals", read::boolean).unwrap_or(true),
            confidence: fields.read(problems, "confidence", read::share).unwrap_or(0.95),
            resamples: fields.read(problems, "resamples", read::whole_within(2, 100_000)).unwrap_or(1000),
        }
    }
}
