//! Where things lie on disk.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use crate::regular::read_regular;

/// What Portcullis writes into a project.
const FOLDER: &str = ".portcullis";

/// Why a place on disk cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LayoutError {
    /// The system refused.
    #[error("{}: {doing}: {source}{}", path.display(), remedy(source.kind()))]
    Io {
        /// What was being done.
        doing: &'static str,
        /// Where.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// An id that cannot be the name of a folder.
    #[error("`{id}` is not the id of a run; expected letters, digits, `-` and `_`")]
    Id {
        /// The id.
        id: String,
    },
    /// There is no such run.
    #[error("no run `{id}`; there are: {there}")]
    NoRun {
        /// What was asked for.
        id: String,
        /// The runs that there are, or `none`.
        there: String,
    },
    /// The compile cache would lie where a project's author could plant native code.
    #[error(
        "the cache folder {} lies inside of the project, whose files others may write; set PORTCULLIS_CACHE to a folder of your own outside of it",
        path.display()
    )]
    CacheInside {
        /// The folder.
        path: PathBuf,
    },
    /// Nothing says where the cache belongs.
    #[error("there is no home folder to keep the cache in; set PORTCULLIS_CACHE to a folder of your own")]
    NoCache,
}

impl LayoutError {
    pub(crate) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { doing, path, source }
    }
}

/// What to do where the system refuses.
fn remedy(kind: io::ErrorKind) -> &'static str {
    match kind {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "; results go there: let the user who runs Portcullis write to it, or run on a copy of the project that can be \
             written to"
        }
        io::ErrorKind::StorageFull => "; make room on the disk and run again",
        _ => "",
    }
}

/// The places of one project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    root: PathBuf,
}

impl Layout {
    /// The places of the project in this folder. Nothing is created.
    pub fn new(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    /// The project's folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// `.portcullis/`: everything in it can be deleted and made again.
    pub fn folder(&self) -> PathBuf {
        self.root.join(FOLDER)
    }

    /// `.portcullis/runs/`.
    pub fn runs_folder(&self) -> PathBuf {
        self.folder().join("runs")
    }

    /// `.portcullis/runs/ID/`, whether it exists or not.
    pub fn run_folder(&self, id: &str) -> PathBuf {
        self.runs_folder().join(id)
    }

    /// `portcullis.lock`, whether it exists or not.
    pub fn lock_file(&self) -> PathBuf {
        self.root.join(crate::lock::LOCK_FILE)
    }

    /// The ids of the finished runs, in the order of their text.
    ///
    /// # Errors
    /// The folder cannot be read; that there is none is no error.
    pub fn runs(&self) -> Result<Vec<String>, LayoutError> {
        let folder = self.runs_folder();
        let listing = match std::fs::read_dir(&folder) {
            Ok(listing) => listing,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(source) => return Err(LayoutError::io("cannot be listed", &folder)(source)),
        };
        let mut ids: Vec<String> = listing
            .filter_map(Result::ok)
            .filter(|entry| entry.path().is_dir())
            .filter_map(|entry| entry.file_name().into_string().ok())
            .filter(|name| is_id(name))
            .collect();
        ids.sort();
        Ok(ids)
    }

    /// The id of the run that finished last; none before the first.
    pub fn latest(&self) -> Option<String> {
        let id = read_regular(&self.latest_file()).ok()?.trim().to_owned();
        (is_id(&id) && self.run_folder(&id).is_dir()).then_some(id)
    }

    /// The folder of a run by its id or an unambiguous beginning of it.
    ///
    /// # Errors
    /// There is no such run, or more than one; the error lists those that there are.
    pub fn find(&self, id: &str) -> Result<PathBuf, LayoutError> {
        let runs = self.runs()?;
        let mut fitting = runs.iter().filter(|run| !id.is_empty() && run.starts_with(id));
        match (runs.iter().find(|run| *run == id).or_else(|| fitting.next()), fitting.next()) {
            (Some(run), None) => Ok(self.run_folder(run)),
            (Some(run), Some(_)) if run == id => Ok(self.run_folder(run)),
            _ => {
                let there = if runs.is_empty() { "none".to_owned() } else { crate::suggest::listed(&runs) };
                Err(LayoutError::NoRun { id: id.to_owned(), there })
            }
        }
    }

    pub(crate) fn latest_file(&self) -> PathBuf {
        self.folder().join("latest")
    }

    /// Makes `.portcullis/runs/`, and a `.gitignore` that keeps all of it out of the repository.
    pub(crate) fn prepare(&self) -> Result<(), LayoutError> {
        let runs = self.runs_folder();
        std::fs::create_dir_all(&runs).map_err(LayoutError::io("cannot be created", &runs))?;
        let ignore = self.folder().join(".gitignore");
        match std::fs::OpenOptions::new().write(true).create_new(true).open(&ignore) {
            Ok(mut file) => {
                io::Write::write_all(&mut file, b"*\n").map_err(LayoutError::io("cannot be written", &ignore))
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            Err(source) => Err(LayoutError::io("cannot be written", &ignore)(source)),
        }
    }
}

/// Whether this can name a run's folder: no separators, no leading dot, nothing that a file system folds.
pub(crate) fn is_id(id: &str) -> bool {
    !id.is_empty()
        && id.len() <= 128
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// The user's own cache folder, outside of every project: `PORTCULLIS_CACHE`, else `portcullis` in `XDG_CACHE_HOME`, else
/// `~/.cache/portcullis` (on Windows in `LOCALAPPDATA`). `variable` looks up environment variables. Nothing is created.
///
/// # Errors
/// None of these is set, or the folder lies inside of the project: what is cached is native code, and a project may come
/// from somebody else.
pub fn cache_folder(root: &Path, variable: impl Fn(&str) -> Option<OsString>) -> Result<PathBuf, LayoutError> {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let own = set("PORTCULLIS_CACHE");
    let folder = own
        // The XDG specification: a relative path is to be ignored.
        .or_else(|| set("XDG_CACHE_HOME").filter(|path| path.is_absolute()).map(|path| path.join("portcullis")))
        .or_else(|| set("LOCALAPPDATA").filter(|_| cfg!(windows)).map(|path| path.join("portcullis").join("cache")))
        .or_else(|| set("HOME").map(|path| path.join(".cache").join("portcullis")))
        .ok_or(LayoutError::NoCache)?;
    let folder = std::path::absolute(&folder).map_err(LayoutError::io("cannot be resolved", &folder))?;
    // The folder itself may not exist yet: what exists of its path decides where it leads.
    let leads = folder.ancestors().find_map(|part| {
        let rest = folder.strip_prefix(part).ok()?;
        Some(part.canonicalize().ok()?.join(rest))
    });
    let root = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    if leads.as_deref().unwrap_or(&folder).starts_with(&root) {
        return Err(LayoutError::CacheInside { path: folder });
    }
    Ok(folder)
}
