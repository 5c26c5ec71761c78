//! Where the project is to be and where its data lies.

use std::fs::File;
use std::io::Read as _;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context as _, bail};
use portcullis_data::not_read;

use super::quoting;

/// Endings of files that are taken for data without being named. `.json` can be read too, but is mostly something else.
const ENDINGS: [&str; 8] = ["csv", "tsv", "parquet", "arrow", "ipc", "feather", "jsonl", "ndjson"];
/// How many files an error lists.
const LISTED: usize = 10;

/// The folder that becomes a project.
#[derive(Debug)]
pub(super) struct Place {
    /// As the user named it.
    pub given: PathBuf,
    /// Absolute, without symbolic links.
    pub root: PathBuf,
    /// What the project is called.
    pub name: String,
}

impl Place {
    /// The folder that was named.
    ///
    /// # Errors
    /// It is not there, or is no folder.
    pub fn find(given: &Path) -> anyhow::Result<Self> {
        if !given.exists() {
            bail!("there is no folder {}; init writes into a folder that exists: make it first", given.display());
        }
        if !given.is_dir() {
            bail!("{} is not a folder; name the folder of the project with --project", given.display());
        }
        let root = given.canonicalize().with_context(|| format!("cannot go to the folder {}", given.display()))?;
        let name = root.file_name().map_or_else(|| "project".to_owned(), |name| name.to_string_lossy().into_owned());
        Ok(Self { given: given.to_owned(), root, name })
    }

    /// The folder, for messages.
    pub fn shown(&self) -> String {
        if self.is_here() { "this folder".to_owned() } else { self.given.display().to_string() }
    }

    /// Whether it is the current folder.
    pub fn is_here(&self) -> bool {
        self.given.components().all(|part| part == Component::CurDir)
    }
}

/// The data that the project is written around.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct DataFile {
    /// As the configuration says it: relative to the project, with `/`, unless it lies elsewhere and was named by an
    /// absolute path. May be a pattern.
    pub written: String,
    /// Whether it lies outside of the project's folder.
    pub outside: bool,
    /// What separates its columns, where that is neither a comma nor what the ending says.
    pub delimiter: Option<char>,
}

impl DataFile {
    /// The file that was named, relative to the current folder; without one, the only data file in the project's folder
    /// or in its `data/`.
    ///
    /// A file outside of the project is allowed, because data sets are often shared: it is named by a relative path if it
    /// was given by one, else by its absolute path.
    ///
    /// # Errors
    /// There is no such file; or none or several to choose from.
    pub fn find(place: &Place, given: Option<&Path>) -> anyhow::Result<Self> {
        let (written, outside) = match given {
            Some(given) => named(place, given)?,
            None => (only(&candidates(&place.root)?)?, false),
        };
        let delimiter = delimiter(&place.root.join(&written));
        Ok(Self { written, outside, delimiter })
    }
}

fn named(place: &Place, given: &Path) -> anyhow::Result<(String, bool)> {
    let Some(text) = given.to_str() else {
        bail!("--data {}: the path is not UTF-8; rename the file", given.display())
    };
    let pattern = !given.exists() && text.contains(['*', '?', '[', '{']);
    if !pattern && !given.exists() {
        let near = place.root.join(given);
        if near.is_file() {
            let near = place.given.join(given);
            bail!(
                "--data {text}: no such file here; paths start at the current folder: did you mean {}?",
                near.display()
            );
        }
        bail!("--data {text}: no such file");
    }
    if given.is_dir() {
        bail!("--data {text}: this is a folder; name a file in it, or a pattern such as '{text}/*.parquet'");
    }
    let absolute = tidy(&std::path::absolute(given).with_context(|| format!("--data {text}"))?);
    // A link to elsewhere inside of the project is inside of the project: by name first, then by place.
    let folder = tidy(&std::path::absolute(&place.given).context("cannot tell the current folder")?);
    let inside = absolute.strip_prefix(&folder).ok().filter(|inside| pattern || place.root.join(inside).exists());
    if let Some(inside) = inside {
        return Ok((slashed(inside)?, false));
    }
    let real = real(&absolute);
    if let Ok(inside) = real.strip_prefix(&place.root) {
        return Ok((slashed(inside)?, false));
    }
    if given.is_absolute() { Ok((slashed(&absolute)?, true)) } else { Ok((slashed(&from(&place.root, &real))?, true)) }
}

/// A path without `.` and, as far as names tell, without `..`.
fn tidy(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            part => out.push(part),
        }
    }
    out
}

/// The path with links in its folders resolved, as far up as they exist.
fn real(path: &Path) -> PathBuf {
    match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) => parent.canonicalize().unwrap_or_else(|_| real(parent)).join(name),
        _ => path.to_owned(),
    }
}

/// The way from a folder to a file, both absolute.
fn from(folder: &Path, file: &Path) -> PathBuf {
    let shared = folder.components().zip(file.components()).take_while(|(one, other)| one == other).count();
    let up = folder.components().skip(shared).map(|_| Component::ParentDir);
    up.chain(file.components().skip(shared)).collect()
}

fn slashed(path: &Path) -> anyhow::Result<String> {
    let Some(text) = path.to_str() else { bail!("{}: the path is not UTF-8; rename it", path.display()) };
    Ok(if std::path::MAIN_SEPARATOR == '/' { text.to_owned() } else { text.replace(std::path::MAIN_SEPARATOR, "/") })
}

/// Files in the folder and in its `data/`, each in the order of their paths.
#[derive(Default)]
struct Candidates {
    /// Data.
    data: Vec<String>,
    /// Probably data, of a kind that is not read; with what to do.
    not_read: Vec<String>,
}

fn candidates(root: &Path) -> anyhow::Result<Candidates> {
    let mut found = Candidates::default();
    for (folder, before) in [(root.to_owned(), ""), (root.join("data"), "data/")] {
        if !folder.is_dir() {
            continue;
        }
        let listing = folder.read_dir().with_context(|| format!("cannot look into the folder {}", folder.display()))?;
        for entry in listing {
            let entry = entry.with_context(|| format!("cannot look into the folder {}", folder.display()))?;
            let Some(name) = entry.file_name().to_str().map(str::to_owned) else { continue };
            let ending = Path::new(&name).extension().and_then(|ending| ending.to_str()).unwrap_or_default();
            if name.starts_with('.') || !entry.path().is_file() {
                continue;
            }
            let path = format!("{before}{name}");
            if ENDINGS.contains(&ending.to_ascii_lowercase().as_str()) {
                found.data.push(path);
            } else if let Some(told) = not_read(&path) {
                found.not_read.push(format!("{}: {told}", quoting::shown(&path)));
            }
        }
    }
    found.data.sort();
    found.not_read.sort();
    Ok(found)
}

fn only(candidates: &Candidates) -> anyhow::Result<String> {
    match (candidates.data.as_slice(), candidates.not_read.first()) {
        ([only], _) => Ok(only.clone()),
        ([], Some(told)) => bail!("init guesses a configuration from a data file and found only {told}"),
        ([], None) => bail!(
            "init guesses a configuration from a data file and found none here (nor in data/); name one: \
             portcullis init --data FILE"
        ),
        (several, _) => {
            let list: Vec<String> = several.iter().take(LISTED).map(|file| quoting::shown(file)).collect();
            let more = several.len().saturating_sub(LISTED);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            bail!("which of these is the data? name it with --data FILE: {}{more}", list.join(", "))
        }
    }
}

/// The separator of a CSV file, where its first lines agree in another one and not in the usual one.
fn delimiter(file: &Path) -> Option<char> {
    const ENOUGH: u64 = 1 << 16;
    const LINES: usize = 20;
    let usual = match file.extension()?.to_str()?.to_ascii_lowercase().as_str() {
        "csv" => ',',
        "tsv" => '\t',
        _ => return None,
    };
    // A pipe would be waited for; whoever reads the data says what it is.
    if !file.metadata().ok()?.is_file() {
        return None;
    }
    let mut start = Vec::new();
    File::open(file).ok()?.take(ENOUGH).read_to_end(&mut start).ok()?;
    let lines: Vec<&[u8]> = start.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).take(LINES).collect();
    let separates = |c: char| {
        let mut counts = lines.iter().map(|line| unquoted(line, c));
        let first = counts.next().unwrap_or(0);
        first > 0 && counts.all(|count| count == first)
    };
    if separates(usual) { None } else { [';', '\t', '|', ','].into_iter().find(|c| separates(*c)) }
}

/// How often a character stands outside of quotes.
fn unquoted(line: &[u8], c: char) -> usize {
    let mut quoted = false;
    line.iter()
        .filter(|byte| {
            quoted ^= **byte == b'"';
            !quoted && char::from(**byte) == c
        })
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn folder(files: &[&str]) -> (tempfile::TempDir, Place) {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "a,b\n1,2\n").unwrap();
        }
        let place = Place::find(&folder.path().join("p")).unwrap();
        (folder, place)
    }

    #[test]
    fn a_file_inside_is_named_from_the_project() {
        let (outer, place) = folder(&["p/data/x.csv"]);
        let found = DataFile::find(&place, Some(&outer.path().join("p/../p/./data/x.csv"))).unwrap();
        assert_eq!(found, DataFile { written: "data/x.csv".into(), outside: false, delimiter: None });
        let pattern = DataFile::find(&place, Some(&outer.path().join("p/data/*.csv"))).unwrap();
        assert_eq!(pattern.written, "data/*.csv");
    }

    #[test]
    fn a_file_outside_stays_where_it_is() {
        let (outer, place) = folder(&["p/keep", "shared/x.csv"]);
        let given = outer.path().join("shared/x.csv");
        let found = DataFile::find(&place, Some(&given)).unwrap();
        assert!(found.outside);
        assert_eq!(PathBuf::from(&found.written), given);
        assert_eq!(from(Path::new("/a/b/p"), Path::new("/a/s/x.csv")), PathBuf::from("../../s/x.csv"));
    }

    #[cfg(unix)]
    #[test]
    fn a_linked_folder_is_inside_under_the_name_it_has_there() {
        let (outer, place) = folder(&["p/keep", "shared/x.csv"]);
        std::os::unix::fs::symlink(outer.path().join("shared"), outer.path().join("p/data")).unwrap();
        let found = DataFile::find(&place, Some(&outer.path().join("p/data/x.csv"))).unwrap();
        assert_eq!((found.written.as_str(), found.outside), ("data/x.csv", false));
    }

    #[test]
    fn without_a_name_the_only_file_is_taken() {
        let (_outer, place) = folder(&["p/data/x.parquet", "p/notes.txt", "p/.hidden.csv", "p/package.json"]);
        assert_eq!(DataFile::find(&place, None).unwrap().written, "data/x.parquet");
        let (_outer, place) = folder(&["p/data/b.csv", "p/a.csv"]);
        let several = DataFile::find(&place, None).unwrap_err().to_string();
        assert!(several.contains("--data FILE: a.csv, data/b.csv"), "{several}");
        let (_outer, place) = folder(&["p/notes.txt", "p/data/x.csv.gz"]);
        let packed = DataFile::find(&place, None).unwrap_err().to_string();
        assert!(packed.contains("found only data/x.csv.gz: ") && packed.contains("gunzip"), "{packed}");
        let (_outer, place) = folder(&["p/notes.txt"]);
        assert!(DataFile::find(&place, None).unwrap_err().to_string().contains("found none"));
    }

    #[test]
    fn what_cannot_be_is_said() {
        let (outer, place) = folder(&["p/data/x.csv"]);
        let error = |given: &Path| DataFile::find(&place, Some(given)).unwrap_err().to_string();
        assert!(error(&outer.path().join("p/y.csv")).contains("no such file"));
        assert!(error(&outer.path().join("p/data")).contains("this is a folder"));
        assert!(error(Path::new("data/x.csv")).contains("did you mean"));
        assert!(Place::find(&outer.path().join("q")).unwrap_err().to_string().contains("make it first"));
        assert!(Place::find(&outer.path().join("p/data/x.csv")).unwrap_err().to_string().contains("not a folder"));
    }

    #[test]
    fn the_separator_is_what_the_first_lines_agree_in() {
        let folder = tempfile::tempdir().unwrap();
        for (name, text, expected) in [
            ("a.csv", "a;b\n1,5;2\n", Some(';')),
            ("b.csv", "a,b;c\n1;2,3\n", None),
            ("c.csv", "a\n1,5\n", None),
            ("d.tsv", "a,b\n1,2\n", Some(',')),
            ("e.csv", "x, EUR;b\n1;2\n", Some(';')),
            ("f.csv", "a,b\n\"1,5\",2\n\"x;y\",3\n", None),
        ] {
            let file = folder.path().join(name);
            fs::write(&file, text).unwrap();
            assert_eq!(delimiter(&file), expected, "{name}");
        }
    }
}
