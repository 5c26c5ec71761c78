//! Files of the repository that are part of this program.

/// Path, beginning with `languages/`, `sdk/` or `wit/`, and content.
const FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/files.rs"));

/// The files in a folder, by their path within it, sorted.
pub(crate) fn within(folder: &str) -> impl Iterator<Item = (&'static str, &'static [u8])> {
    let folder = format!("{folder}/");
    FILES.iter().filter_map(move |(path, bytes)| Some((path.strip_prefix(folder.as_str())?, *bytes)))
}

/// One file.
pub(crate) fn file(path: &str) -> Option<&'static [u8]> {
    FILES.iter().find(|(there, _)| *there == path).map(|(_, bytes)| *bytes)
}
