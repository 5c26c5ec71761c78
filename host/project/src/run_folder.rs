//! A run's folder appears whole or not at all.
//!
//! It is written under a hidden name beside its place and renamed when it is finished. A lock on a file beside the hidden
//! folder says that its writer is alive; the system drops the lock with the process, however it ends, so the next run can
//! tell a leftover from work in progress and removes it. Creating, cleaning and finishing hold one lock for the project,
//! so that any number of processes may run at once.
//!
//! A finished folder of the same id, which is to say of the same inputs, is replaced. On Linux and macOS old and new change
//! places in one step, so a reader finds either. Elsewhere, and on file systems that cannot, the old one is first moved
//! aside and moved back if anything fails, by the next run if need be.
//!
//! This protects from a process that fails, is killed or runs out of disk. It does not protect from a power failure:
//! nothing is forced onto the disk, because a run can be repeated.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::layout::{Layout, LayoutError, is_id};

const UNFINISHED: &str = ".tmp-";
const REPLACED: &str = ".old-";
const LOCK: &str = ".lock";

/// Tells apart the folders that one process writes at once.
static NEXT: AtomicU64 = AtomicU64::new(0);

/// The results of a run, while they are written. Dropped unfinished, it leaves nothing behind.
#[derive(Debug)]
pub struct RunFolder {
    layout: Layout,
    id: String,
    folder: PathBuf,
    /// Held for as long as this lives; none on file systems without locks.
    lock: Option<File>,
}

impl RunFolder {
    /// Begins the folder of the run with this id, and removes what crashed runs left behind.
    ///
    /// # Errors
    /// The id cannot name a folder, or the system refuses to create one.
    pub fn create(layout: &Layout, id: &str) -> Result<Self, LayoutError> {
        if !is_id(id) {
            return Err(LayoutError::Id { id: id.to_owned() });
        }
        layout.prepare()?;
        let project = lock_project(layout)?;
        if project.is_some() {
            clean(layout);
        }
        let folder = loop {
            let name = format!("{UNFINISHED}{id}-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
            let folder = layout.runs_folder().join(name);
            match fs::create_dir(&folder) {
                Ok(()) => break folder,
                // A process of the same number, in another container, shares the project.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(source) => return Err(LayoutError::io("cannot be created", &folder)(source)),
            }
        };
        let mut run = Self { layout: layout.clone(), id: id.to_owned(), folder, lock: None };
        let path = lock_of(&run.folder);
        let file = File::create(&path).map_err(LayoutError::io("cannot be created", &path))?;
        run.lock = file.try_lock().is_ok().then_some(file);
        Ok(run)
    }

    /// Where to write meanwhile. The path changes when the run is finished.
    pub fn path(&self) -> &Path {
        &self.folder
    }

    /// Writes one file of the run; `name` may not lead out of the folder.
    ///
    /// # Errors
    /// The system refuses, for want of space for instance. Drop the run then: nothing of it stays.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), LayoutError> {
        let path = self.folder.join(name);
        fs::write(&path, bytes).map_err(LayoutError::io("cannot be written", &path))
    }

    /// Puts the folder into its place and answers the place.
    ///
    /// # Errors
    /// The system refuses; what was in the place before stays there.
    pub fn finish(self) -> Result<PathBuf, LayoutError> {
        let place = self.layout.run_folder(&self.id);
        let _project = lock_project(&self.layout)?;
        // Written first and renamed last, so that a full disk is noticed before anything has changed.
        let latest = self.layout.latest_file();
        let new = latest.with_extension("new");
        fs::write(&new, format!("{}\n", self.id)).map_err(LayoutError::io("cannot be written", &new))?;
        if !place.exists() {
            fs::rename(&self.folder, &place).map_err(LayoutError::io("cannot be put in place", &place))?;
        } else if exchange(&self.folder, &place).is_err() {
            self.replace(&place)?;
        } // else the old one now has the hidden name, and goes with it
        fs::rename(&new, &latest).map_err(LayoutError::io("cannot be written", &latest))?;
        Ok(place)
    }

    /// Replaces in two steps, where one is not to be had.
    fn replace(&self, place: &Path) -> Result<(), LayoutError> {
        let aside = self.layout.runs_folder().join(format!("{REPLACED}{}", self.id));
        let refused = |source| LayoutError::io("cannot be replaced", place)(source);
        fs::rename(place, &aside).map_err(refused)?;
        if let Err(error) = fs::rename(&self.folder, place) {
            // The first error is the one to tell; the next run mends what this one cannot.
            let _ = fs::rename(&aside, place);
            return Err(refused(error));
        }
        // What cannot be removed now is removed by the next run.
        let _ = fs::remove_dir_all(&aside);
        Ok(())
    }
}

impl Drop for RunFolder {
    fn drop(&mut self) {
        // After `finish` this is the replaced folder, or nothing.
        let _ = fs::remove_dir_all(&self.folder);
        let _ = fs::remove_file(lock_of(&self.folder));
    }
}

fn lock_of(folder: &Path) -> PathBuf {
    let mut name = folder.as_os_str().to_owned();
    name.push(LOCK);
    PathBuf::from(name)
}

/// Waits for the project's lock, which is held for moments only; none on file systems without locks.
pub(crate) fn lock_project(layout: &Layout) -> Result<Option<File>, LayoutError> {
    let path = layout.folder().join("lock");
    if fs::metadata(&path).is_ok_and(|there| !there.is_file()) {
        // A pipe would be waited for.
        let source = io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file; remove it");
        return Err(LayoutError::io("cannot be locked", &path)(source));
    }
    let file = File::create(&path).map_err(LayoutError::io("cannot be created", &path))?;
    match file.lock() {
        Ok(()) => Ok(Some(file)),
        Err(error) if error.kind() == io::ErrorKind::Unsupported => Ok(None),
        Err(source) => Err(LayoutError::io("cannot be locked", &path)(source)),
    }
}

/// Removes folders whose writer is gone, and puts back what a crash left aside. Only under the project's lock. What cannot
/// be removed stays for the next time.
fn clean(layout: &Layout) {
    let Ok(listing) = fs::read_dir(layout.runs_folder()) else { return };
    for path in listing.filter_map(Result::ok).map(|entry| entry.path()) {
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        if let Some(id) = name.strip_prefix(REPLACED) {
            let place = layout.run_folder(id);
            let _ = if place.exists() { fs::remove_dir_all(&path) } else { fs::rename(&path, &place) };
        } else if name.starts_with(UNFINISHED) {
            let folder = name.strip_suffix(LOCK).map_or_else(|| path.clone(), |name| path.with_file_name(name));
            if abandoned(&folder) {
                let _ = fs::remove_dir_all(&folder);
                let _ = fs::remove_file(lock_of(&folder));
            }
        }
    }
}

/// Whether nobody holds the folder's lock.
fn abandoned(folder: &Path) -> bool {
    match File::options().write(true).open(lock_of(folder)) {
        Ok(file) => file.try_lock().is_ok(),
        Err(error) => error.kind() == io::ErrorKind::NotFound,
    }
}

#[cfg(any(target_os = "linux", target_os = "macos"))]
fn exchange(one: &Path, other: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    Ok(renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE)?)
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn exchange(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finished(layout: &Layout, text: &str) -> RunFolder {
        let run = RunFolder::create(layout, "abc").unwrap();
        run.write("record.json", text.as_bytes()).unwrap();
        run
    }

    fn record(layout: &Layout) -> String {
        fs::read_to_string(layout.run_folder("abc").join("record.json")).unwrap()
    }

    #[test]
    fn two_steps_replace_as_well_and_a_failed_second_one_is_taken_back() {
        let root = tempfile::tempdir().unwrap();
        let layout = Layout::new(root.path());
        let place = finished(&layout, "first").finish().unwrap();
        let second = finished(&layout, "second");
        second.replace(&place).unwrap();
        drop(second);
        assert_eq!(record(&layout), "second");

        let third = finished(&layout, "third");
        fs::remove_dir_all(third.path()).unwrap();
        let error = third.replace(&place).unwrap_err().to_string();
        assert!(error.contains("abc: cannot be replaced: "), "{error}");
        drop(third);
        assert_eq!(record(&layout), "second");
        assert_eq!(fs::read_dir(layout.runs_folder()).unwrap().count(), 1, "nothing is left aside");
    }
}
