//! Reading a dataset: files, their shapes, one table.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use crate::arrow::ArrowFile;
use crate::cells::Cells;
use crate::convert::{convert, joined, nothing, wider};
use crate::csv::CsvFile;
use crate::error::{DataError, listed};
use crate::foreign;
use crate::json::JsonFile;
use crate::kind::{ColumnInfo, ColumnKind};
use crate::options::ReadOptions;
use crate::parallel;
use crate::slot::Slot;
use crate::sources::{Format, Found, contents, digest, find, pieces, whole};
use crate::table::{Source, Table, checked_rows};

/// Reads a dataset: CSV (`.csv`, `.tsv`), Parquet, Arrow IPC (`.arrow`, `.ipc`, `.feather`), JSON lines (`.jsonl`,
/// `.ndjson`) or a JSON array of objects (`.json`).
///
/// `paths` are files or patterns (`*`, `?`, `**`, `{a,b}`, `[a-z]`) relative to `root`. Several files are one table: rows in
/// the order of the files' paths, columns in the order of the first file. They must agree in their columns; integers go
/// with numbers and dates with instants, and a column without any value goes with all. A column that has no value in any
/// file is a number.
///
/// Of Parquet and Arrow files only the columns asked for are read, when they are asked for; text files are read whole, at
/// once. Every file is hashed.
///
/// # Errors
/// No such file, an unknown format, files that are empty, damaged, ragged or without rows, that disagree, or values that
/// the configured types do not fit. Each error says where.
pub fn read(root: &Path, paths: &[String], options: &ReadOptions) -> Result<Table, DataError> {
    let found = find(root, paths)?;
    let formats = found.iter().map(|file| Format::of(&file.shown)).collect::<Result<Vec<_>, _>>()?;
    let opened = if found.len() > 1 {
        parallel::map(&found, |place, file| open(file, formats.get(place).copied(), options))
    } else {
        found.iter().zip(&formats).map(|(file, format)| open(file, Some(*format), options)).collect()
    };
    let mut files = Vec::with_capacity(found.len());
    let mut sources = Vec::with_capacity(found.len());
    for (file, opened) in found.iter().zip(opened) {
        let (part, sha256) = opened?;
        let shape = part.kinds();
        // What a damaged header states is that file's error, and must not overflow the sum.
        let rows = checked_rows(part.rows()).map_err(|error| DataError::file(&file.shown, error.to_string()))?;
        sources.push(Source { path: file.shown.clone(), rows, columns: shape.len() as u64, sha256 });
        files.push((part, shape));
    }

    let rows = checked_rows(sources.iter().map(|source| source.rows).sum())?;
    let shapes: Vec<(&str, &[Shape])> =
        sources.iter().zip(&files).map(|(source, (_, shape))| (source.path.as_str(), shape.as_slice())).collect();
    let natural = agreed(&shapes, options)?;
    if rows == 0 {
        let columns: Vec<&String> = natural.iter().map(|(name, _)| name).collect();
        let path = sources.first().map_or("", |source| source.path.as_str());
        return Err(DataError::file(path, format!("there are no rows, only the columns {}", listed(&columns))));
    }
    options.check(&natural.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>())?;

    let kinds: BTreeMap<String, ColumnKind> = natural.iter().cloned().collect();
    let parts = files.into_iter().map(|(part, _)| part.loaded(&kinds, options)).collect();
    let dataset = Arc::new(Dataset {
        parts,
        paths: sources.iter().map(|source| source.path.clone()).collect(),
        kinds,
        options: options.clone(),
    });
    let in_memory = dataset.parts.iter().all(|part| matches!(part, Loaded::Columns { .. }));
    let slots = if in_memory {
        parallel::map_columns(rows, &natural, |_, (name, _)| {
            let info = dataset.info(name);
            dataset.column(name).map(|cells| Arc::new(Slot::ready(info.name, info.kind, cells)))
        })
        .into_iter()
        .collect::<Result<Vec<_>, _>>()?
    } else {
        let lazy = |name: &String| {
            let (dataset, column) = (Arc::clone(&dataset), name.clone());
            Arc::new(Slot::of_files(dataset.info(name), Box::new(move || dataset.column(&column))))
        };
        let slots: Vec<_> = natural.iter().map(|(name, _)| lazy(name)).collect();
        // A type that was set and does not fit is an error of the configuration: said now, not when a policy asks.
        for slot in slots.iter().filter(|slot| options.types.contains_key(&slot.info.name)) {
            slot.cells()?;
        }
        slots
    };
    Table::of_slots(slots, rows, sources)
}

/// Name and kind of a column in one file; none where it has no values.
type Shape = (String, Option<ColumnKind>);

/// A file whose columns' names and kinds are known.
enum Opened {
    Csv(CsvFile),
    Json(JsonFile),
    Arrow(ArrowFile),
}

/// A file that columns can be taken from.
enum Loaded {
    /// Each column is taken out when its slot asks for it, which happens once: a copy would double the memory.
    Columns {
        rows: usize,
        columns: BTreeMap<String, Mutex<Option<Cells>>>,
    },
    Arrow(ArrowFile),
}

impl Loaded {
    fn columns(rows: usize, columns: BTreeMap<String, Cells>) -> Self {
        Self::Columns {
            rows,
            columns: columns.into_iter().map(|(name, cells)| (name, Mutex::new(Some(cells)))).collect(),
        }
    }
}

fn open(file: &Found, format: Option<Format>, options: &ReadOptions) -> Result<(Opened, String), DataError> {
    let path = file.shown.as_str();
    match format {
        Some(Format::Arrow(format)) => {
            let (bytes, sha256) = pieces(file)?;
            Ok((Opened::Arrow(ArrowFile::open(path, format, bytes)?), sha256))
        }
        Some(Format::Csv) => {
            let bytes = contents(file)?;
            text(path, &bytes)?;
            let (csv, sha256) = parallel::both(|| CsvFile::open(path, &bytes, options), || digest(&bytes));
            Ok((Opened::Csv(csv?), sha256))
        }
        Some(Format::JsonLines) => {
            let (bytes, sha256) = whole(file)?;
            text(path, &bytes)?;
            Ok((Opened::Json(JsonFile::open_lines(path, &bytes)?), sha256))
        }
        Some(Format::JsonArray) => {
            let (bytes, sha256) = whole(file)?;
            text(path, &bytes)?;
            Ok((Opened::Json(JsonFile::open_array(path, &bytes)?), sha256))
        }
        None => Err(DataError::Format { path: path.to_owned() }),
    }
}

/// Refuses what is plainly no text.
fn text(path: &str, bytes: &[u8]) -> Result<(), DataError> {
    foreign::by_content(path, bytes).map_or(Ok(()), |told| Err(DataError::file(path, told)))
}

impl Opened {
    fn rows(&self) -> u64 {
        match self {
            Self::Csv(file) => file.rows(),
            Self::Json(file) => file.rows(),
            Self::Arrow(file) => file.rows,
        }
    }

    fn kinds(&self) -> Vec<Shape> {
        match self {
            Self::Csv(file) => file.kinds(),
            Self::Json(file) => file.kinds(),
            Self::Arrow(file) => file.kinds.clone(),
        }
    }

    /// Text files are in memory from now on. A column whose type was set is text there, to be converted with the others.
    fn loaded(self, kinds: &BTreeMap<String, ColumnKind>, options: &ReadOptions) -> Loaded {
        let rows = self.rows() as usize;
        let as_text = || {
            let mut kinds = kinds.clone();
            for column in options.types.keys() {
                kinds.insert(column.clone(), ColumnKind::Text);
            }
            kinds
        };
        match self {
            Self::Csv(file) => Loaded::columns(rows, file.columns()),
            Self::Json(file) => Loaded::columns(rows, file.columns(&as_text())),
            Self::Arrow(file) => Loaded::Arrow(file),
        }
    }
}

/// Files, and what their columns are together.
struct Dataset {
    parts: Vec<Loaded>,
    /// The files' paths, for messages.
    paths: Vec<String>,
    /// Without the types that were set.
    kinds: BTreeMap<String, ColumnKind>,
    options: ReadOptions,
}

impl Dataset {
    fn info(&self, name: &str) -> ColumnInfo {
        let set = self.options.types.get(name).copied();
        ColumnInfo::new(name, set.or_else(|| self.kinds.get(name).copied()).unwrap_or(ColumnKind::Number))
    }

    fn column(&self, name: &str) -> Result<Cells, DataError> {
        let kind = self.info(name).kind;
        let pieces = self.parts.iter().zip(&self.paths).map(|(part, path)| {
            let (cells, lacks) = match part {
                Loaded::Columns { rows, columns } => match columns.get(name) {
                    Some(cells) => match cells.lock().unwrap_or_else(PoisonError::into_inner).take() {
                        Some(cells) => (cells, false),
                        None => return Err(DataError::bad(format!("column `{name}` was asked for twice"))),
                    },
                    None => (nothing(kind, *rows), true),
                },
                Loaded::Arrow(file) => (file.column(name)?, false),
            };
            let cells = match &self.options.missing {
                Some(words) if !lacks => cells.without(words),
                _ => cells,
            };
            // A piece without values may be of any kind.
            if cells.null_count() == cells.len() as u64 {
                return Ok(nothing(kind, cells.len()));
            }
            // Rows are counted within the file, so the file must be said where there are several.
            convert(cells, kind, name).map_err(|error| match error {
                DataError::Override { .. } if self.paths.len() > 1 => DataError::file(path, error.to_string()),
                other => other,
            })
        });
        joined(pieces.collect::<Result<Vec<_>, DataError>>()?, name)
    }
}

/// The columns in the order of the first file, and the kind that each has in all files.
fn agreed(files: &[(&str, &[Shape])], options: &ReadOptions) -> Result<Vec<(String, ColumnKind)>, DataError> {
    let Some(((first_path, first), others)) = files.split_first() else { return Ok(vec![]) };
    if first.is_empty() {
        return Err(DataError::file(first_path, "there are no columns"));
    }
    let mismatch = |path: &str, column: &str, found: String, other: &str, expected: String| DataError::Mismatch {
        path: path.to_owned(),
        column: column.to_owned(),
        found,
        other: other.to_owned(),
        expected,
    };
    let said = |kind: Option<ColumnKind>| kind.map_or("is empty".to_owned(), |kind| format!("is {kind}"));
    // Each column's kind so far, and the file that it is from.
    let mut all: BTreeMap<&str, (Option<ColumnKind>, &str)> =
        first.iter().map(|(name, kind)| (name.as_str(), (*kind, *first_path))).collect();
    for (path, shape) in others {
        let here: BTreeMap<&str, Option<ColumnKind>> =
            shape.iter().map(|(name, kind)| (name.as_str(), *kind)).collect();
        if let Some((name, kind)) = shape.iter().find(|(name, _)| !all.contains_key(name.as_str())) {
            return Err(mismatch(path, name, said(*kind), first_path, "is missing".to_owned()));
        }
        for (name, _) in *first {
            let Some((sofar, from)) = all.get_mut(name.as_str()) else { continue };
            let Some(kind) = here.get(name.as_str()) else {
                return Err(mismatch(path, name, "is missing".to_owned(), from, said(*sofar)));
            };
            match (*sofar, *kind) {
                (_, None) => {}
                (None, Some(kind)) => (*sofar, *from) = (Some(kind), path),
                (Some(one), Some(other)) => match wider(one, other) {
                    Some(kind) => *sofar = Some(kind),
                    // The type that was set decides; text holds everything on the way there.
                    None if options.types.contains_key(name) => *sofar = Some(ColumnKind::Text),
                    None => return Err(mismatch(path, name, said(Some(other)), from, said(Some(one)))),
                },
            }
        }
    }
    Ok(first
        .iter()
        .map(|(name, _)| {
            let kind = all.get(name.as_str()).and_then(|(kind, _)| *kind).unwrap_or(ColumnKind::Number);
            (name.clone(), kind)
        })
        .collect())
}
