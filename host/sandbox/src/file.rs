//! A policy's file, read once: what is hashed and inspected are the very bytes that are compiled.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use portcullis_verdict::{Failure, FailureKind};
use sha2::{Digest, Sha256};

use crate::inspect::Inspection;
use crate::producers::{self, Producer};
use crate::scan::scan;

/// The bytes of a file that may be a policy, with what they say without being run.
#[derive(Debug, Clone)]
pub struct ComponentFile {
    /// Empty where the file is larger than it may be.
    bytes: Vec<u8>,
    size: u64,
    digest: String,
    inspection: Result<Inspection, Failure>,
}

impl ComponentFile {
    /// Reads a file of at most this many bytes. A larger one is hashed and not kept; its inspection says so.
    ///
    /// # Errors
    /// It is no file, or the system refuses.
    pub fn read(file: &Path, largest: u64) -> io::Result<Self> {
        let no_file = || io::Error::new(io::ErrorKind::InvalidInput, "it is not a file");
        // Looked at before it is opened: opening a pipe waits for whoever writes into it.
        if !std::fs::metadata(file)?.is_file() {
            return Err(no_file());
        }
        let mut opened = File::open(file)?;
        if !opened.metadata()?.is_file() {
            return Err(no_file());
        }
        let mut bytes = Vec::new();
        (&opened).take(largest.saturating_add(1)).read_to_end(&mut bytes)?;
        if bytes.len() as u64 <= largest {
            return Ok(Self::new(bytes));
        }
        let mut hash = Sha256::new();
        hash.update(&bytes);
        let mut size = bytes.len() as u64;
        loop {
            let read = opened.read(&mut bytes)?;
            if read == 0 {
                break;
            }
            size += read as u64;
            hash.update(bytes.get(..read).unwrap_or_default());
        }
        let inspection = Err(too_large(size, largest));
        Ok(Self { bytes: Vec::new(), size, digest: hex::encode(hash.finalize()), inspection })
    }

    /// From bytes that are at hand.
    pub fn new(bytes: Vec<u8>) -> Self {
        let digest = hex::encode(Sha256::digest(&bytes));
        let inspection = Inspection::read(&bytes, &digest);
        Self { size: bytes.len() as u64, bytes, digest, inspection }
    }

    /// sha256 of the file, in hexadecimal.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Size of the file in bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// What it is, or why it is no policy. It may be one that this host does not run; [`Inspection::runs`] tells.
    pub fn inspection(&self) -> Result<&Inspection, &Failure> {
        self.inspection.as_ref()
    }

    /// Fails where it is not valid, or of a shape on which the compiler would explode: what is asked before it is compiled.
    pub fn scan(&self) -> Result<(), Failure> {
        scan(&self.bytes)
    }

    /// What it was made with, as it says itself.
    pub fn toolchain(&self) -> Vec<Producer> {
        producers::of(&self.bytes)
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

pub(crate) fn too_large(size: u64, largest: u64) -> Failure {
    Failure::new(
        FailureKind::Compile,
        format!("the file has {size} bytes; a policy may have {largest} (limit: component-size)"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_too_large_is_hashed_all_the_same() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), [7; 100]).unwrap();
        let whole = ComponentFile::read(file.path(), 100).unwrap();
        let large = ComponentFile::read(file.path(), 10).unwrap();
        assert_eq!((whole.digest(), whole.size()), (large.digest(), large.size()));
        assert_eq!(whole.inspection().unwrap_err().kind, FailureKind::NotAComponent);
        assert!(large.inspection().unwrap_err().message.contains("100 bytes; a policy may have 10"));
        assert!(ComponentFile::read(Path::new("/"), 10).is_err());
    }
}
