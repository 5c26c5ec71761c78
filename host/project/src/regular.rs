//! Files read and written with care: a pipe is not waited for, since opening one waits for whoever writes into it, for ever
//! if nobody does; and what is written stands there whole or not at all.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
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

/// Writes a file whole or not at all: what stood there stays until the new content is complete. `prefix` begins the name that it
/// has until then, beside the file.
///
/// # Errors
/// The system refuses; nothing is left behind then.
pub fn write_whole(file: &Path, bytes: &[u8], prefix: &str) -> io::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut whole = tempfile::Builder::new().prefix(prefix).tempfile_in(folder)?;
    whole.write_all(bytes)?;
    whole.as_file().sync_data()?;
    #[cfg(unix)]
    fs::set_permissions(whole.path(), std::os::unix::fs::PermissionsExt::from_mode(0o644))?;
    whole.persist(file).map(drop).map_err(|error| error.error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_pipe_is_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        assert_eq!(open_regular(&pipe).unwrap_err().kind(), io::ErrorKind::InvalidInput);
        assert!(read_regular(&pipe).is_err() && read_regular(folder.path()).is_err());
        fs::write(folder.path().join("file"), "text").unwrap();
        assert_eq!(read_regular(&folder.path().join("file")).unwrap(), "text");
    }

    #[test]
    fn a_file_is_replaced_whole_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        write_whole(&file, b"old", ".new-").unwrap();
        write_whole(&file, b"new", ".new-").unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"new");
        assert!(write_whole(&folder.path().join("nowhere/file"), b"x", ".new-").is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
