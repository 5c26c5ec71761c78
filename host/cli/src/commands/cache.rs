//! Where compiled policies are kept, and what is said where they cannot be.

use std::path::{Path, PathBuf};

use portcullis_project::{LayoutError, cache_folder};
use portcullis_sandbox::Cache;

use crate::arguments::Global;
use crate::output;

/// The folder of the cache, made if need be; the inner error says why there is none to use. That costs time, not the run.
///
/// # Errors
/// A folder inside the project was asked for: the run would take native code that came with the project.
pub fn find(root: &Path) -> anyhow::Result<Result<PathBuf, String>> {
    let folder = match cache_folder(root, |name| std::env::var_os(name)) {
        Ok(folder) => folder,
        // The home folder may be the project, in a container for instance; only a cache that was asked for is an error.
        Err(error @ LayoutError::CacheInside { .. }) if std::env::var_os("PORTCULLIS_CACHE").is_some() => {
            return Err(error.into());
        }
        Err(why) => return Ok(Err(why.to_string())),
    };
    if Cache::open(&folder).is_none() {
        return Ok(Err(format!(
            "the cache folder {} cannot be used: it must be a folder of yours that nobody else may write to. Change that (chmod \
             700), or name another in PORTCULLIS_CACHE",
            folder.display()
        )));
    }
    Ok(Ok(folder))
}

/// The same for who goes on without one, which is said.
///
/// # Errors
/// As [`find`].
pub fn usable(global: &Global, root: &Path) -> anyhow::Result<Option<PathBuf>> {
    Ok(match find(root)? {
        Ok(folder) => Some(folder),
        Err(why) => {
            if !global.quiet {
                output::complain(&format!("policies are compiled anew each time, because {why}"));
            }
            None
        }
    })
}
