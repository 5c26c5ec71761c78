//! Compiled policies on disk, so that the second run does not compile.
//!
//! An entry is native code that the process maps and runs, so the folder belongs to the user alone (mode 0700) and
//! lies outside every project. The key covers all that decides the code: our own format, wasmtime's version, target,
//! processor features, settings, and the component's digest. An entry ends with that key and with the digest of the code
//! before it: one that was damaged, cut short or put under another's name is found out before it is mapped, removed, and
//! compiled anew.

use std::fs;
use std::hash::{Hash, Hasher};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use sha2::{Digest, Sha256};
use wasmtime::Engine;
use wasmtime::component::Component;

/// Changes whenever an entry written by an older build must not be read: one that compiled what is refused now, for
/// instance.
const FORMAT: u32 = 5;

/// Numbers the files that entries are written into, so that no two threads write to one.
static STORED: AtomicU32 = AtomicU32::new(0);

/// A folder of compiled policies.
#[derive(Debug, Clone)]
pub struct Cache {
    folder: PathBuf,
}

impl Cache {
    /// The cache in a folder, which is made if need be. None if it cannot be made private to the user: a run without a
    /// cache is slow, one with somebody else's code is not a run at all.
    pub fn open(folder: &Path) -> Option<Self> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder).ok()?;
        private(folder).then(|| Self { folder: folder.to_owned() })
    }

    /// The compiled form of a component, if it is there and whole. What is not whole is removed.
    pub(crate) fn find(&self, engine: &Engine, digest: &str) -> Option<Code<'static>> {
        let path = self.path(engine, digest);
        if !path.is_file() {
            return None;
        }
        let intact = fs::File::open(&path).and_then(|entry| is_intact(entry, &key(engine, digest))).unwrap_or(false);
        if !intact {
            let _ = fs::remove_file(&path);
        }
        intact.then_some(Code::Kept(path))
    }

    /// Keeps the compiled form. Failing to is no error: the next run compiles again.
    pub(crate) fn store(&self, engine: &Engine, digest: &str, code: &[u8]) {
        let path = self.path(engine, digest);
        let number = STORED.fetch_add(1, Ordering::Relaxed);
        let temporary = path.with_extension(format!("{}-{number}.tmp", std::process::id()));
        let end = [&key(engine, digest)[..], blake3::hash(code).as_bytes(), MAGIC].concat();
        let written = fs::File::create(&temporary).and_then(|mut file| {
            file.write_all(code)?;
            file.write_all(&end)
        });
        if written.and_then(|()| fs::rename(&temporary, &path)).is_err() {
            let _ = fs::remove_file(&temporary);
        }
    }

    fn path(&self, engine: &Engine, digest: &str) -> PathBuf {
        self.folder.join(format!("{}.cwasm", hex::encode(key(engine, digest))))
    }
}

/// How an entry ends.
const MAGIC: &[u8; 16] = b"portcullis code\n";
/// Bytes of a digest.
const DIGEST: usize = 32;
/// Bytes that are read at a time: what is read fits into the processor's cache, and no memory is taken for the whole.
const PIECE: usize = 256 << 10;

/// What decides the code of a component.
fn key(engine: &Engine, digest: &str) -> [u8; DIGEST] {
    let mut key = Digesting(Sha256::new());
    FORMAT.hash(&mut key);
    engine.precompile_compatibility_hash().hash(&mut key);
    key.write(digest.as_bytes());
    key.0.finalize().into()
}

/// A key that changes when no entry made before can be used any more: another version, other settings, another processor.
pub(crate) fn engine_key(engine: &Engine) -> String {
    hex::encode(key(engine, ""))
}

/// Whether an entry is the one of this key, and whole. What says so stands behind the code, which is mapped as it is.
///
/// The code's digest is BLAKE3's, because digesting is most of what loading costs: a policy of 0.14 MiB loads in half the time
/// that it took with SHA-256 (docs/performance.md).
fn is_intact(mut entry: fs::File, key: &[u8; DIGEST]) -> std::io::Result<bool> {
    let mut end = [0; DIGEST + DIGEST + MAGIC.len()];
    let Some(length) = entry.metadata()?.len().checked_sub(end.len() as u64) else { return Ok(false) };
    let mut hasher = blake3::Hasher::new();
    let mut piece = vec![0; PIECE];
    let mut left = length;
    while left > 0 {
        let piece = &mut piece[..usize::try_from(left).map_or(PIECE, |left| left.min(PIECE))];
        entry.read_exact(piece)?;
        hasher.update(piece);
        left -= piece.len() as u64;
    }
    entry.read_exact(&mut end)?;
    Ok(end == *[&key[..], hasher.finalize().as_bytes(), MAGIC].concat())
}

/// Compiled code that may be trusted.
pub(crate) enum Code<'a> {
    /// An entry of the cache, which was found whole.
    Kept(PathBuf),
    /// What [`compile`](crate::compile) has just made.
    JustMade(&'a [u8]),
}

impl Code<'_> {
    /// Takes it in. It may be none that this engine takes: there may be no place for it.
    pub fn component(&self, engine: &Engine) -> wasmtime::Result<Component> {
        match self {
            // SAFETY: the file was written by this crate (its folder is private to the user, see `open`) for an engine with
            // the same compatibility hash and for this component, as its end says, its code is whole, as its end says too,
            // and it is replaced by renaming, never in place.
            #[allow(unsafe_code, reason = "wasmtime cannot prove what stands above")]
            Self::Kept(path) => unsafe { Component::deserialize_file(engine, path) },
            // SAFETY: the bytes come from this program's own compiler, in this process or in one that it started for it, by
            // way of memory and pipes that nobody else can write to. That compiler is trusted with native code either way.
            #[allow(unsafe_code, reason = "wasmtime cannot prove what stands above")]
            Self::JustMade(bytes) => unsafe { Component::deserialize(engine, bytes) },
        }
    }
}

/// Whether only the user can write there.
fn private(folder: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        fs::metadata(folder).is_ok_and(|meta| {
            meta.is_dir() && meta.uid() == rustix::process::geteuid().as_raw() && meta.mode() & 0o022 == 0
        })
    }
    #[cfg(not(unix))]
    {
        folder.is_dir()
    }
}

/// Feeds what is hashed into SHA-256, because a 64-bit hash is no key for native code.
struct Digesting(Sha256);

impl Hasher for Digesting {
    fn finish(&self) -> u64 {
        0 // never asked for: `path` takes the whole digest
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_folder_that_others_can_write_is_not_used() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let shared = folder.path().join("shared");
        assert!(Cache::open(&shared).is_some());
        fs::set_permissions(&shared, fs::Permissions::from_mode(0o777)).unwrap();
        assert!(Cache::open(&shared).is_none());
    }
}
