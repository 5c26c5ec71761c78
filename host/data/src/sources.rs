//! From paths and patterns to files, and from files to bytes and digests.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use globset::GlobBuilder;
use sha2::{Digest, Sha256};
use walkdir::WalkDir;

use crate::arrow::{ArrowFormat, Bytes};
use crate::error::DataError;
use crate::foreign;
use crate::table::hex;

/// Files up to this size are kept in memory, so that what is judged is what was hashed; larger ones are watched.
const IN_MEMORY: u64 = 64 << 20;
/// Bytes that are read and hashed at a time.
const STEP: usize = 1 << 20;

/// The formats that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Csv,
    JsonLines,
    JsonArray,
    Arrow(ArrowFormat),
}

impl Format {
    /// By the ending of the file's name, in any case.
    pub fn of(path: &str) -> Result<Self, DataError> {
        let ending = Path::new(path).extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        match ending.to_ascii_lowercase().as_str() {
            "csv" | "tsv" => Ok(Self::Csv),
            "jsonl" | "ndjson" => Ok(Self::JsonLines),
            "json" => Ok(Self::JsonArray),
            "parquet" => Ok(Self::Arrow(ArrowFormat::Parquet)),
            "arrow" | "ipc" | "feather" => Ok(Self::Arrow(ArrowFormat::Ipc)),
            _ => Err(match foreign::by_name(path) {
                Some(told) => DataError::file(path, told),
                None => DataError::Format { path: path.to_owned() },
            }),
        }
    }
}

/// Fails unless the file's name ends as one that can be read.
///
/// # Errors
/// [`DataError::Format`], or what the ending says it is instead.
pub fn readable(path: &str) -> Result<(), DataError> {
    Format::of(path).map(|_| ())
}

/// The files that paths and patterns name at the moment; those that cannot be looked for are left out.
pub fn files(root: &Path, patterns: &[String]) -> Vec<PathBuf> {
    let found = patterns.iter().filter_map(|pattern| find(root, std::slice::from_ref(pattern)).ok());
    found.flatten().map(|found| found.path).collect()
}

/// A file to read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Found {
    /// Relative to the root where it lies below it, with `/`.
    pub shown: String,
    pub path: PathBuf,
}

/// The files that the paths and patterns name, each once, sorted by their shown path.
pub(crate) fn find(root: &Path, patterns: &[String]) -> Result<Vec<Found>, DataError> {
    let mut found = vec![];
    for pattern in patterns {
        let path = root.join(pattern);
        let io = |error: std::io::Error| DataError::io(pattern, &error);
        match fs::metadata(&path) {
            Ok(metadata) if metadata.is_dir() => {
                return Err(DataError::file(
                    pattern,
                    format!("this is a folder; name its files by a pattern such as `{pattern}/*.parquet`"),
                ));
            }
            Ok(metadata) if !metadata.is_file() => {
                return Err(DataError::file(pattern, foreign::not_a_file(metadata.file_type())));
            }
            Ok(_) => found.push(Found { shown: shown(root, &path), path }),
            Err(_) if has_wildcard(pattern) => {
                let before = found.len();
                matching(root, pattern, &mut found)?;
                if found.len() == before {
                    let root = root.display().to_string();
                    return Err(DataError::NoMatch { pattern: pattern.clone(), root });
                }
            }
            Err(error) => return Err(io(error)),
        }
    }
    if found.is_empty() {
        return Err(DataError::bad("no data file is named; set [data] path"));
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

fn has_wildcard(pattern: &str) -> bool {
    pattern.contains(['*', '?', '[', '{'])
}

fn matching(root: &Path, pattern: &str, found: &mut Vec<Found>) -> Result<(), DataError> {
    let bad = |reason: String| DataError::bad(format!("`{pattern}` is no valid pattern: {reason}"));
    let parts: Vec<Component<'_>> = Path::new(pattern).components().collect();
    let plain = parts.iter().take_while(|part| !has_wildcard(&part.as_os_str().to_string_lossy())).count();
    let (plain, wild) = parts.split_at(plain);
    let base = plain.iter().fold(root.to_path_buf(), |base, part| base.join(part));
    let wild: PathBuf = wild.iter().collect();
    let matcher = GlobBuilder::new(&wild.to_string_lossy())
        .literal_separator(true)
        .build()
        .map_err(|error| bad(error.kind().to_string()))?
        .compile_matcher();
    let deepest = if wild.to_string_lossy().contains("**") { usize::MAX } else { wild.components().count() };
    for entry in WalkDir::new(&base).max_depth(deepest).follow_links(true).sort_by_file_name() {
        // A folder that may not be read is an error: its files would silently be missing from the data.
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) if error.depth() == 0 && error.io_error().is_some_and(is_absent) => return Ok(()),
            Err(error) => {
                let path = error.path().map_or_else(|| pattern.to_owned(), |path| shown(root, path));
                return Err(DataError::Io { path, reason: error.to_string() });
            }
        };
        let inside = entry.path().strip_prefix(&base).unwrap_or(entry.path());
        if entry.file_type().is_file() && matcher.is_match(inside) {
            found.push(Found { shown: shown(root, entry.path()), path: entry.into_path() });
        }
    }
    Ok(())
}

/// The path as reports show it.
fn shown(root: &Path, path: &Path) -> String {
    let inside = path.strip_prefix(root).unwrap_or(path);
    let mut text = String::new();
    for part in inside.components() {
        match part {
            Component::RootDir => text.push('/'),
            Component::CurDir => {}
            part => {
                if !text.is_empty() && !text.ends_with('/') {
                    text.push('/');
                }
                text.push_str(&part.as_os_str().to_string_lossy());
            }
        }
    }
    text
}

/// Opens a file that has something in it. Only regular files: a pipe might never end.
fn opened(found: &Found) -> Result<(File, fs::Metadata), DataError> {
    let io = |error| io_error(found, &error);
    let metadata = fs::metadata(&found.path).map_err(io)?;
    if !metadata.is_file() {
        return Err(DataError::file(&found.shown, foreign::not_a_file(metadata.file_type())));
    }
    if metadata.len() == 0 {
        return Err(DataError::file(&found.shown, "the file is empty"));
    }
    Ok((File::open(&found.path).map_err(io)?, metadata))
}

fn is_absent(error: &std::io::Error) -> bool {
    error.kind() == std::io::ErrorKind::NotFound
}

fn io_error(found: &Found, error: &std::io::Error) -> DataError {
    DataError::io(&found.shown, error)
}

/// Reads a file to its end, hashing on the way.
fn stream(found: &Found, mut keep: impl FnMut(&[u8])) -> Result<(String, fs::Metadata), DataError> {
    let (mut file, metadata) = opened(found)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; STEP.min(metadata.len() as usize + 1)];
    loop {
        let read = match file.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(io_error(found, &error)),
        };
        let bytes = buffer.get(..read).unwrap_or_default();
        hasher.update(bytes);
        keep(bytes);
    }
    Ok((hex(&hasher.finalize()), metadata))
}

/// The whole file and its sha256.
pub(crate) fn whole(found: &Found) -> Result<(Vec<u8>, String), DataError> {
    let mut bytes = vec![];
    let (sha256, _) = stream(found, |more| bytes.extend_from_slice(more))?;
    Ok((bytes, sha256))
}

/// The whole file, to be hashed by [`digest`].
pub(crate) fn contents(found: &Found) -> Result<Vec<u8>, DataError> {
    let (mut file, metadata) = opened(found)?;
    let mut bytes = Vec::new();
    let enough = bytes.try_reserve_exact(metadata.len() as usize);
    enough.map_err(|_| io_error(found, &std::io::ErrorKind::OutOfMemory.into()))?;
    file.read_to_end(&mut bytes).map_err(|error| io_error(found, &error))?;
    Ok(bytes)
}

/// The sha256 of a file's bytes.
pub(crate) fn digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// The file for reading piece by piece, and its sha256.
pub(crate) fn pieces(found: &Found) -> Result<(Bytes, String), DataError> {
    let small = fs::metadata(&found.path).is_ok_and(|metadata| metadata.len() <= IN_MEMORY);
    if small {
        let (bytes, sha256) = whole(found)?;
        return Ok((Bytes::Memory(Arc::from(bytes)), sha256));
    }
    let (sha256, metadata) = stream(found, |_| {})?;
    let modified = metadata.modified().ok();
    Ok((Bytes::Disk { path: found.path.clone(), length: metadata.len(), modified }, sha256))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(root: &Path, patterns: &[&str]) -> Vec<String> {
        let patterns: Vec<String> = patterns.iter().map(|pattern| (*pattern).to_owned()).collect();
        find(root, &patterns).unwrap().into_iter().map(|found| found.shown).collect()
    }

    #[test]
    fn patterns_and_paths_give_each_file_once_and_sorted() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("in/deep")).unwrap();
        for name in ["in/b.csv", "in/a.csv", "in/deep/c.csv", "in/x.txt", "in/[1].csv"] {
            fs::write(root.path().join(name), "a\n1\n").unwrap();
        }
        assert_eq!(names(root.path(), &["in/?.csv"]), ["in/a.csv", "in/b.csv"]);
        assert_eq!(names(root.path(), &["in/b.csv", "./in/*.csv"]), ["in/[1].csv", "in/a.csv", "in/b.csv"]);
        assert_eq!(names(root.path(), &["**/{b,c}.csv"]), ["in/b.csv", "in/deep/c.csv"]);
        assert_eq!(names(root.path(), &["in/[1].csv"]), ["in/[1].csv"]);
    }

    #[test]
    fn what_is_not_there_is_said() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("folder")).unwrap();
        let error = |pattern: &str| find(root.path(), &[pattern.to_owned()]).unwrap_err().to_string();
        assert!(error("data/*.csv").contains("no file matches `data/*.csv`"));
        assert!(error("iris.csv").starts_with("cannot read iris.csv: "));
        assert!(error("folder").contains("folder/*.parquet"));
        assert!(error("a/[").contains("no valid pattern"));
        assert!(find(root.path(), &[]).is_err());
        assert_eq!(Format::of("x/Y.PARQUET"), Ok(Format::Arrow(ArrowFormat::Parquet)));
        assert!(Format::of("x.csv.bak").unwrap_err().to_string().contains(".jsonl"));
        assert!(Format::of("x.csv.gz").unwrap_err().to_string().contains("gunzip --keep x.csv.gz"));
    }

    #[test]
    fn the_digest_is_that_of_the_bytes() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("a.csv");
        fs::write(&path, "abc").unwrap();
        let found = Found { shown: "a.csv".into(), path };
        // FIPS 180-2, appendix B.1
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(whole(&found).unwrap(), (b"abc".to_vec(), abc.to_owned()));
        assert_eq!(pieces(&found).unwrap().1, abc);
        assert_eq!(digest(&contents(&found).unwrap()), abc);
    }
}
