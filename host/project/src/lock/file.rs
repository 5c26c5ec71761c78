//! The lock file on disk: read within bounds, written whole or not at all, one writer at a time.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use super::{LOCK_FILE, LOCK_VERSION, Lock};
use crate::layout::{Layout, LayoutError};
use crate::problem::{Problem, Problems};
use crate::regular::open_regular;
use crate::run_folder::lock_project;

/// Bytes that a lock file may have: some ten thousand policies.
const LARGEST: u64 = 4 << 20;

/// Where a new lock is written before it takes its place. One name is enough, since one process writes at a time.
const UNFINISHED: &str = ".portcullis.lock.new";

/// Why a lock file cannot be used. Always the user's to mend: exit code 2.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// It does not say what a lock says: every problem that was found, one in a line.
    #[error(
        "{}\nmend {LOCK_FILE}, or take it back from version control; if it is lost, remove it, run `portcullis lock` and \
         review what that writes",
        .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    )]
    Damaged(Vec<Problem>),
    /// A newer Portcullis wrote it.
    #[error(
        "{LOCK_FILE}:{line}: version {version} was written by a newer Portcullis; this one reads up to {LOCK_VERSION}: use a \
         newer one"
    )]
    Newer {
        /// Where the version stands.
        line: u32,
        /// The version.
        version: i128,
    },
    /// It is far larger than any lock.
    #[error("{LOCK_FILE} has more than {LARGEST} bytes; this is no lock file")]
    TooLarge,
    /// The system refused to read it.
    #[error("{}: cannot be read: {source}", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The system refused to write it.
    #[error(transparent)]
    Layout(#[from] LayoutError),
}

impl LockError {
    pub(super) fn damaged(problems: Problems) -> Self {
        Self::Damaged(problems.into_found())
    }
}

impl Lock {
    /// The project's lock; none where there is no such file.
    ///
    /// # Errors
    /// The file cannot be read, or does not say what a lock says.
    pub fn read(layout: &Layout) -> Result<Option<Self>, LockError> {
        let file = layout.lock_file();
        let unreadable = |source| LockError::Unreadable { file: file.clone(), source };
        let opened = match open_regular(&file) {
            Ok(opened) => opened,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(unreadable(source)),
        };
        let mut bytes = Vec::new();
        opened.take(LARGEST + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        if bytes.len() as u64 > LARGEST {
            return Err(LockError::TooLarge);
        }
        match std::str::from_utf8(&bytes) {
            Ok(text) => Self::parse(text).map(Some),
            Err(error) => {
                let mut problems = Problems::new(LOCK_FILE);
                let line = crate::written::line_of(&bytes, error.valid_up_to());
                problems.add(crate::layers::Origin::File { line }, "", "", "not UTF-8 text");
                Err(LockError::damaged(problems))
            }
        }
    }

    /// Reads the project's lock, changes it and writes it, while no other process does; answers with the lock as it was
    /// and as it is now. Nothing is written where nothing changes.
    ///
    /// # Errors
    /// There is a lock and it cannot be read, or the system refuses to write. What stood there stays then.
    pub fn update(layout: &Layout, change: impl FnOnce(&mut Self)) -> Result<(Self, Self), LockError> {
        layout.prepare()?;
        let _writer = lock_project(layout)?;
        let stored = Self::read(layout)?;
        let old = stored.clone().unwrap_or_default();
        let mut new = old.clone();
        change(&mut new);
        let file = layout.lock_file();
        let text = new.text();
        if stored.is_none() || fs::read(&file).ok().as_deref() != Some(text.as_bytes()) {
            replace(&file, text.as_bytes())?;
        }
        Ok((old, new))
    }
}

/// Puts the bytes into the file's place, so that a reader, and a machine that loses power, find the old or the new.
fn replace(file: &Path, bytes: &[u8]) -> Result<(), LayoutError> {
    let new = file.with_file_name(UNFINISHED);
    let written = File::create(&new).and_then(|mut out| out.write_all(bytes).and_then(|()| out.sync_all()));
    let placed = written.and_then(|()| fs::rename(&new, file));
    if placed.is_err() {
        let _ = fs::remove_file(&new); // the first error is the one to tell
    }
    placed.map_err(LayoutError::io("cannot be written", file))?;
    if let Some(folder) = file.parent() {
        // The name is on disk once its folder is. Not every system can: then the rename alone has to do.
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
    }
    Ok(())
}
