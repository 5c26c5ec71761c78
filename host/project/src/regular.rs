//! Reading of regular files only: opening a pipe would wait for whoever writes into it, for ever if nobody does.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

/// Opens a regular file for reading.
///
/// # Errors
/// There is none, it is something else (a pipe, a device, a folder), or the system refuses.
pub fn open_regular(file: &Path) -> io::Result<File> {
    if fs::metadata(file)?.is_file() {
        File::open(file)
    } else {
        Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file"))
    }
}

/// Reads a regular file of UTF-8.
///
/// # Errors
/// As [`open_regular`], or it is not UTF-8.
pub fn read_regular(file: &Path) -> io::Result<String> {
    let mut text = String::new();
    open_regular(file)?.read_to_string(&mut text)?;
    Ok(text)
}
