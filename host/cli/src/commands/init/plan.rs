//! The files to write: all of them or none, and none over another.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

/// What is to be written.
pub(super) struct Plan {
    root: PathBuf,
    files: Vec<(String, Vec<u8>)>,
}

/// What became of a file of the plan.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Written {
    /// Relative to the project.
    pub path: String,
    /// False where the same bytes were there already.
    pub new: bool,
}

impl Plan {
    /// A plan for this folder, still empty.
    pub fn new(root: &Path) -> Self {
        Self { root: root.to_owned(), files: Vec::new() }
    }

    /// Adds a file; `path` is relative to the folder, with `/`.
    pub fn add(&mut self, path: &str, bytes: Vec<u8>) {
        self.files.push((path.to_owned(), bytes));
    }

    /// Writes everything that is not there yet.
    ///
    /// # Errors
    /// Another file stands in the way (all of them are named), or the system refuses. Nothing is left behind then.
    pub fn write(self) -> anyhow::Result<Vec<Written>> {
        let files = self.looked_at()?;
        let mut undo = Undo::default();
        for (written, bytes) in &files {
            if written.new {
                put(&self.root.join(&written.path), bytes, &mut undo).with_context(|| {
                    format!("cannot write {}; what was written before it has been removed", written.path)
                })?;
            }
        }
        undo.forget();
        Ok(files.into_iter().map(|(written, _)| written).collect())
    }

    fn looked_at(&self) -> anyhow::Result<Vec<(Written, &[u8])>> {
        let mut looked_at = Vec::new();
        let mut in_the_way = Vec::new();
        for (path, bytes) in &self.files {
            let place = self.root.join(path);
            let blocking = place.ancestors().skip(1).take_while(|folder| folder.starts_with(&self.root));
            let blocking = blocking.filter(|folder| folder.symlink_metadata().is_ok() && !folder.is_dir()).last();
            if let Some(folder) = blocking {
                in_the_way.push(format!("{path} ({} is not a folder)", folder.display()));
            } else if place.symlink_metadata().is_err() {
                looked_at.push((Written { path: path.clone(), new: true }, bytes.as_slice()));
            } else if fs::read(&place).is_ok_and(|there| there == *bytes) {
                looked_at.push((Written { path: path.clone(), new: false }, bytes.as_slice()));
            } else {
                in_the_way.push(path.clone());
            }
        }
        if in_the_way.is_empty() {
            return Ok(looked_at);
        }
        bail!(
            "init overwrites nothing, and these files are there already with other content; move them away, or leave a \
             workflow out with --ci none. Nothing was written:\n  {}",
            in_the_way.join("\n  ")
        )
    }
}

/// What has been made so far, removed again unless it is told to forget.
#[derive(Default)]
struct Undo {
    made: Vec<Made>,
}

enum Made {
    Folder(PathBuf),
    File(PathBuf),
}

impl Undo {
    fn forget(mut self) {
        self.made.clear();
    }
}

impl Drop for Undo {
    fn drop(&mut self) {
        // The last made first, so that folders are empty. What cannot be removed cannot be helped.
        for made in self.made.iter().rev() {
            let _ = match made {
                Made::Folder(folder) => fs::remove_dir(folder),
                Made::File(file) => fs::remove_file(file),
            };
        }
    }
}

/// Makes a file appear whole, or not at all; one that came into being meanwhile is not overwritten.
fn put(file: &Path, bytes: &[u8], undo: &mut Undo) -> anyhow::Result<()> {
    let folder = file.parent().context("it has no folder")?;
    let missing: Vec<&Path> = folder.ancestors().take_while(|folder| !folder.exists()).collect();
    for folder in missing.into_iter().rev() {
        fs::create_dir(folder)?;
        undo.made.push(Made::Folder(folder.to_owned()));
    }
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        // As any other file of the user: what the umask leaves of it.
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let mut temporary = builder.prefix(".portcullis-init-").tempfile_in(folder)?;
    temporary.write_all(bytes)?;
    temporary.persist_noclobber(file).map_err(|error| error.error)?;
    undo.made.push(Made::File(file.to_owned()));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    /// Every file below a folder with its content; folders with none.
    fn tree(root: &Path) -> BTreeMap<String, Option<Vec<u8>>> {
        let mut found = BTreeMap::new();
        let mut open = vec![root.to_owned()];
        while let Some(folder) = open.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let name = path.strip_prefix(root).unwrap().display().to_string();
                if path.is_dir() {
                    found.insert(name, None);
                    open.push(path);
                } else {
                    found.insert(name, Some(fs::read(&path).unwrap()));
                }
            }
        }
        found
    }

    fn plan(root: &Path, files: &[(&str, &str)]) -> Plan {
        let mut plan = Plan::new(root);
        for (path, text) in files {
            plan.add(path, text.as_bytes().to_vec());
        }
        plan
    }

    #[test]
    fn everything_is_written_and_the_same_again_is_kept() {
        let root = tempfile::tempdir().unwrap();
        let files = [("a.toml", "1"), ("b/c/d.wasm", "2")];
        let first = plan(root.path(), &files).write().unwrap();
        assert!(first.iter().all(|written| written.new));
        assert_eq!(fs::read(root.path().join("b/c/d.wasm")).unwrap(), b"2");
        let before = tree(root.path());
        assert_eq!(before.len(), 4, "no temporary file is left: {before:?}");
        let second = plan(root.path(), &files).write().unwrap();
        assert!(second.iter().all(|written| !written.new));
        assert_eq!(tree(root.path()), before);
    }

    #[test]
    fn nothing_is_overwritten_and_every_obstacle_is_named() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("b")).unwrap();
        fs::write(root.path().join("b/c"), "mine").unwrap();
        fs::write(root.path().join("d"), "mine").unwrap();
        let before = tree(root.path());
        let error = plan(root.path(), &[("a", "1"), ("b/c", "2"), ("d/e", "3")]).write().unwrap_err().to_string();
        assert!(error.contains("\n  b/c") && error.contains("\n  d/e (") && !error.contains("\n  a"), "{error}");
        assert_eq!(tree(root.path()), before);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_leads_nowhere_is_somebodys_file() {
        let root = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink("nowhere", root.path().join("a")).unwrap();
        assert!(plan(root.path(), &[("a", "1")]).write().is_err());
        assert!(!root.path().join("nowhere").exists());
    }

    #[test]
    fn what_was_written_before_a_failure_is_removed() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("mine"), "mine").unwrap();
        let before = tree(root.path());
        // The second file is to lie in a folder whose name the first one takes.
        let error = plan(root.path(), &[("x/a", "1"), ("x/a/b", "2")]).write().unwrap_err();
        assert!(error.to_string().contains("cannot write x/a/b"), "{error}");
        assert_eq!(tree(root.path()), before);
    }

    #[cfg(unix)]
    #[test]
    fn others_may_read_what_was_written() {
        use std::os::unix::fs::PermissionsExt as _;
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("usual"), "").unwrap();
        plan(root.path(), &[("a", "1")]).write().unwrap();
        let mode = |name: &str| fs::metadata(root.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode("a"), mode("usual"));
    }
}
