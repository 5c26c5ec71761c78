//! The data of a run: read, target found, rows held out.

use portcullis_data::{
    Commas, Source, Split, SplitSpec, Table, Target, TestPart, decimal_commas, read, split, target, target_like,
};
use portcullis_project::{Data, Project, ProjectPath, SplitMethod, nearest};
use portcullis_verdict::{DataRecord, SourceRecord, SplitRecord};

use crate::error::RunError;
use crate::places::Places;
use crate::reading;

/// All the data that the configuration names.
pub(crate) struct Inputs {
    /// What is learnt from and held out of; the predictions, where they are all the data there is.
    pub all: Table,
    /// What data policies judge: that, and the file that `[split] test` names.
    pub judged: Table,
    /// `data`, or `predictions`.
    pub role: &'static str,
    pub reference: Option<Table>,
    /// The file that `[split] test` names.
    pub test: Option<Table>,
}

impl Inputs {
    /// What a reader must know of how the data was read.
    ///
    /// # Errors
    /// A column that cannot be read.
    pub fn notes(&self, project: &Project) -> Result<Vec<String>, RunError> {
        let set = &project.data.types;
        let commas = decimal_commas(&self.all)?.into_iter().filter(|found| !set.contains_key(&found.column));
        let note = |Commas { column, example }| {
            format!(
                "column `{column}` is text, because its numbers have commas (`{example}`): write them with a decimal point, \
                 or set its type to text in [data] types if that is meant"
            )
        };
        let mut notes: Vec<String> = commas.map(note).collect();
        notes.extend(self.shared_rows()?);
        Ok(notes)
    }

    /// Says so where rows of the file that is held out are also learnt from: a score on them says little.
    fn shared_rows(&self) -> Result<Option<String>, RunError> {
        let Some(test) = &self.test else { return Ok(None) };
        let twice = |table: &Table| table.duplicate_count(&[]);
        // Both tables one above the other: what equals an earlier row there and in neither alone stands in both.
        let shared = twice(&self.judged)?.saturating_sub(twice(&self.all)?).saturating_sub(twice(test)?);
        let rows = test.row_count();
        Ok((shared > 0).then(|| {
            format!(
                "{shared} of the {rows} rows held out equal rows that are learnt from, in every column: if they are the same \
                 cases, the metrics are better than the model is"
            )
        }))
    }

    /// Fails where a policy asked for a column that could not be read: that is the data's fault, and not the policy's.
    ///
    /// # Errors
    /// The column's.
    pub fn readable(&self) -> Result<(), RunError> {
        self.tables().into_iter().find_map(Table::failed).map_or(Ok(()), |error| Err(error.clone().into()))
    }

    /// Every table that was read.
    pub fn tables(&self) -> Vec<&Table> {
        [Some(&self.judged), self.reference.as_ref()].into_iter().flatten().collect()
    }
}

/// The data, divided into what is learnt from and what is held out.
pub(crate) struct Divided {
    pub training: Table,
    pub held_out: Table,
    pub training_target: Target,
    pub held_out_target: Target,
    pub training_places: Places,
    pub held_out_places: Places,
    pub features: Vec<String>,
    pub split: SplitRecord,
    /// Digest of everything that was divided.
    pub data_sha256: String,
}

/// Reads the data. Where the configuration names none, which only predictions made elsewhere allow, they are the data.
pub(crate) fn load(project: &Project) -> Result<Inputs, RunError> {
    let Data { paths, reference, .. } = &project.data;
    let options = reading::options(&project.data)?;
    let read = |paths: &[ProjectPath]| {
        let written: Vec<String> = paths.iter().map(|path| path.written.clone()).collect();
        read(&project.root, &written, &options)
    };
    let reference = if reference.is_empty() { None } else { Some(read(reference)?) };
    if let (true, Some(file)) = (paths.is_empty(), project.predictions()) {
        let all = reading::predictions(project, file)?;
        return Ok(Inputs { judged: all.clone(), all, role: "predictions", reference, test: None });
    }
    let all = read(paths)?;
    let test = match &project.split.method {
        SplitMethod::File(path) => Some(read(std::slice::from_ref(path))?),
        _ => None,
    };
    let judged = match &test {
        Some(test) => {
            refuse_overlap(&all, test)?;
            all.above(test)?
        }
        None => all.clone(),
    };
    Ok(Inputs { all, judged, role: "data", reference, test })
}

/// A file that is learnt from cannot be held out.
fn refuse_overlap(all: &Table, test: &Table) -> Result<(), RunError> {
    let twin = |held: &Source| all.sources().iter().find(|source| source.sha256 == held.sha256);
    match test.sources().iter().find_map(|held| Some((held, twin(held)?))) {
        Some((held, source)) => Err(RunError::Missing(format!(
            "[split] test: {} has the same bytes as {}, which is learnt from; hold out other rows",
            held.path, source.path
        ))),
        None => Ok(()),
    }
}

/// Finds the target and holds rows out.
pub(crate) fn divide(project: &Project, inputs: &Inputs) -> Result<Divided, RunError> {
    let column = project.target()?;
    require_column(&inputs.all, "[data] target", column)?;
    let features = features(project, &inputs.all, column)?;
    check_slices(project, &inputs.all)?;
    let truth = target(&inputs.all, column, &reading::target_options(project, &inputs.all, column)?)?;
    if let Some(test) = &inputs.test {
        return Ok(Divided {
            data_sha256: inputs.judged.digest(),
            held_out_target: target_like(test, column, &truth)?,
            held_out: test.clone(),
            training: inputs.all.clone(),
            training_target: truth,
            training_places: Places::all(&inputs.all),
            held_out_places: Places::all(test),
            features,
            split: SplitRecord {
                method: "held-out file".to_owned(),
                train: inputs.all.row_count(),
                test: test.row_count(),
            },
        });
    }
    let Split { train, test, method } = split(&inputs.all, &truth, &split_spec(project))?;
    Ok(Divided {
        data_sha256: inputs.all.digest(),
        training: inputs.all.take(&train),
        held_out: inputs.all.take(&test),
        training_target: truth.take(&train),
        held_out_target: truth.take(&test),
        split: SplitRecord { method, train: train.len() as u64, test: test.len() as u64 },
        training_places: Places::of(&inputs.all, train),
        held_out_places: Places::of(&inputs.all, test),
        features,
    })
}

fn split_spec(project: &Project) -> SplitSpec {
    let (test, by, time) = match &project.split.method {
        SplitMethod::Random { test } => (TestPart::Fraction(*test), None, None),
        SplitMethod::By { column, test } => (TestPart::Fraction(*test), Some(column.clone()), None),
        SplitMethod::Time { column, test } => (TestPart::Fraction(*test), None, Some(column.clone())),
        SplitMethod::File(_) => (TestPart::File, None, None),
    };
    SplitSpec { test, seed: project.split.seed, stratify: project.split.stratify.unwrap_or(true), by, time }
}

/// The inputs of the model: as configured, or every column but target, id and groups.
fn features(project: &Project, table: &Table, target: &str) -> Result<Vec<String>, RunError> {
    let Data { features, id, groups, .. } = &project.data;
    for (key, column) in
        groups.iter().map(|group| ("[data] groups", group)).chain(id.iter().map(|id| ("[data] id", id)))
    {
        require_column(table, key, column)?;
    }
    let Some(features) = features else {
        let other = |name: &String| name != target && Some(name) != id.as_ref() && !groups.contains(name);
        return Ok(table.names().into_iter().filter(other).collect());
    };
    for feature in features {
        require_column(table, "[data] features", feature)?;
    }
    Ok(features.clone())
}

/// Fails where `[evaluate] slices`, or `[data] groups` in their place, names a column that is not there: a metric that is
/// silently missing for a group is taken for one that nobody asked for.
pub(crate) fn check_slices(project: &Project, table: &Table) -> Result<(), RunError> {
    for column in project.evaluate.slices.iter().flatten() {
        let key = if project.data.groups.contains(column) { "[data] groups" } else { "[evaluate] slices" };
        require_column(table, key, column)?;
    }
    Ok(())
}

/// Fails where a key of the configuration names a column that is not there.
fn require_column(table: &Table, key: &str, column: &str) -> Result<(), RunError> {
    if table.get(column).is_some() {
        return Ok(());
    }
    let names = table.names();
    let near = nearest(column, names.iter().map(String::as_str));
    let near = near.map(|near| format!(" (did you mean `{near}`?)")).unwrap_or_default();
    let there = names.join(", ");
    Err(RunError::Missing(format!("{key}: there is no column `{column}`{near}; the columns are: {there}")))
}

/// What the record says of the data. `predictions` is the file of predictions that was evaluated, if it is not the data.
pub(crate) fn record(
    project: &Project,
    inputs: &Inputs,
    divided: Option<&Divided>,
    predictions: Option<&Table>,
) -> DataRecord {
    let parts = [
        (inputs.role, Some(&inputs.all)),
        ("test", inputs.test.as_ref()),
        ("reference", inputs.reference.as_ref()),
        ("predictions", predictions),
    ];
    let sources =
        parts.iter().filter_map(|(role, table)| Some((role, (*table)?))).flat_map(|(role, table)| sources(role, table));
    DataRecord {
        rows: inputs.all.row_count(),
        columns: inputs.all.columns().len() as u32,
        sha256: inputs.all.digest(),
        sources: sources.collect(),
        target: project.data.target.clone(),
        features: divided.map(|divided| divided.features.clone()).unwrap_or_default(),
        split: divided.map(|divided| divided.split.clone()),
    }
}

/// What the record says of the files of a table.
fn sources(role: &str, table: &Table) -> Vec<SourceRecord> {
    let source = |source: &portcullis_data::Source| SourceRecord {
        path: source.path.clone(),
        role: role.to_owned(),
        rows: source.rows,
        columns: source.columns as u32,
        sha256: source.sha256.clone(),
    };
    table.sources().iter().map(source).collect()
}
