//! One commit out of git's store of objects, read from its files: loose objects, and packs, which is what a fresh clone has.
//!
//! Nothing is trusted: what is inflated is bounded, chains of deltas are, and what does not fit is no commit.

use std::fs::{self, File};
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use miniz_oxide::inflate::decompress_to_vec_zlib_with_limit;

use crate::regular::{open_regular, read_regular};

/// Bytes that a commit may have; real ones have some hundred.
const LARGEST: usize = 1 << 20;

/// Deltas on deltas; git itself makes chains of fifty at most.
const LONGEST_CHAIN: usize = 200;

/// Stores that borrow from each other.
const MOST_STORES: usize = 20;

/// The text of the commit with this name (hexadecimal), from a folder `objects`.
pub(crate) fn commit(objects: &Path, name: &str) -> Option<Vec<u8>> {
    let hash = hex::decode(name).ok()?;
    stores(objects).iter().find_map(|store| loose(store, name).or_else(|| packed(store, &hash)))
}

/// The store and those that it borrows from.
fn stores(objects: &Path) -> Vec<PathBuf> {
    let mut stores = vec![objects.to_owned()];
    let mut next = 0;
    while let Some(store) = stores.get(next).cloned() {
        let list = read_regular(&store.join("info/alternates")).unwrap_or_default();
        for path in list.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let other = store.join(path);
            if stores.len() < MOST_STORES && !stores.contains(&other) {
                stores.push(other);
            }
        }
        next += 1;
    }
    stores
}

fn inflated(bytes: &[u8]) -> Option<Vec<u8>> {
    decompress_to_vec_zlib_with_limit(bytes, LARGEST).ok()
}

/// An object in a file of its own: `commit SIZE`, a zero byte, the text; all of it compressed.
fn loose(store: &Path, name: &str) -> Option<Vec<u8>> {
    let (folder, file) = name.split_at_checked(2)?;
    let file = open_regular(&store.join(folder).join(file)).ok()?;
    let mut bytes = Vec::new();
    file.take(LARGEST as u64).read_to_end(&mut bytes).ok()?;
    let object = inflated(&bytes)?;
    let end = object.iter().position(|byte| *byte == 0)?;
    let size = std::str::from_utf8(object.get(..end)?).ok()?.strip_prefix("commit ")?;
    let text = object.get(end + 1..)?;
    (size.parse() == Ok(text.len())).then(|| text.to_owned())
}

fn packed(store: &Path, hash: &[u8]) -> Option<Vec<u8>> {
    let listing = fs::read_dir(store.join("pack")).ok()?;
    let mut indexes: Vec<PathBuf> = listing
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "idx"))
        .collect();
    indexes.sort();
    indexes.iter().find_map(|index| {
        let offset = Index::open(index, hash.len())?.offset(hash)?;
        let mut pack = Pack { file: open_regular(&index.with_extension("pack")).ok()?, index, hash: hash.len() };
        pack.object(offset, LONGEST_CHAIN)
    })
}

/// The table of a pack's contents, version 2: how many names begin with each byte or a smaller one, the sorted names, a
/// checksum each, a place each.
struct Index {
    file: File,
    hash: usize,
    /// Up to which place the names begin with each byte.
    fanout: Vec<u32>,
}

impl Index {
    const HEAD: u64 = 8 + 256 * 4;

    fn open(path: &Path, hash: usize) -> Option<Self> {
        let mut file = open_regular(path).ok()?;
        let head = read_at(&mut file, 0, Self::HEAD as usize)?;
        let (magic, counts) = head.split_at_checked(8)?;
        if magic != [0xff, b't', b'O', b'c', 0, 0, 0, 2] {
            return None;
        }
        let fanout = counts.chunks_exact(4).filter_map(number).collect();
        Some(Self { file, hash, fanout })
    }

    /// Where the object lies in the pack.
    fn offset(&mut self, name: &[u8]) -> Option<u64> {
        let (first, total) = (usize::from(*name.first()?), u64::from(*self.fanout.last()?));
        let mut low = if first == 0 { 0 } else { u64::from(*self.fanout.get(first - 1)?) };
        let mut high = u64::from(*self.fanout.get(first)?).min(total);
        let width = self.hash as u64;
        while low < high {
            let middle = low + (high - low) / 2;
            let found = read_at(&mut self.file, Self::HEAD + middle * width, self.hash)?;
            match found.as_slice().cmp(name) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => {
                    let small = Self::HEAD + total * (width + 4);
                    let place = number(&read_at(&mut self.file, small + middle * 4, 4)?)?;
                    if place & 0x8000_0000 == 0 {
                        return Some(u64::from(place));
                    }
                    // A pack of more than 2 GiB keeps such places in a table of their own.
                    let large = small + total * 4 + u64::from(place & 0x7fff_ffff) * 8;
                    let bytes = read_at(&mut self.file, large, 8)?;
                    return Some(u64::from_be_bytes(bytes.try_into().ok()?));
                }
            }
        }
        None
    }
}

struct Pack<'a> {
    file: File,
    index: &'a Path,
    hash: usize,
}

impl Pack<'_> {
    /// The commit at a place, put together from what it is described by.
    fn object(&mut self, offset: u64, chain: usize) -> Option<Vec<u8>> {
        const COMMIT: u8 = 1;
        const AT_OFFSET: u8 = 6;
        const BY_NAME: u8 = 7;
        let mut bytes = Vec::new();
        self.file.seek(SeekFrom::Start(offset)).ok()?;
        (&self.file).take(LARGEST as u64).read_to_end(&mut bytes).ok()?;
        let mut rest = bytes.as_slice();
        let (kind, size) = head(&mut rest)?;
        let object = match kind {
            COMMIT => inflated(rest)?,
            AT_OFFSET => {
                let base = offset.checked_sub(distance(&mut rest)?)?;
                let delta = inflated(rest)?;
                (delta.len() == size).then_some(())?;
                return apply(&self.object(base, chain.checked_sub(1)?)?, &delta);
            }
            BY_NAME => {
                let name = rest.get(..self.hash)?.to_owned();
                let delta = inflated(rest.get(self.hash..)?)?;
                (delta.len() == size).then_some(())?;
                let base = Index::open(self.index, self.hash)?.offset(&name)?;
                return apply(&self.object(base, chain.checked_sub(1)?)?, &delta);
            }
            _ => return None,
        };
        (object.len() == size).then_some(object)
    }
}

fn read_at(file: &mut File, at: u64, length: usize) -> Option<Vec<u8>> {
    let mut bytes = vec![0; length];
    file.seek(SeekFrom::Start(at)).ok()?;
    file.read_exact(&mut bytes).ok()?;
    Some(bytes)
}

fn number(bytes: &[u8]) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.try_into().ok()?))
}

fn byte(rest: &mut &[u8]) -> Option<u8> {
    let (first, others) = rest.split_first()?;
    *rest = others;
    Some(*first)
}

/// What an entry of a pack is, and its size: three bits and four, then seven in each byte, the low ones first.
fn head(rest: &mut &[u8]) -> Option<(u8, usize)> {
    let first = byte(rest)?;
    let size = if first & 0x80 == 0 { 0 } else { varint(rest)? };
    let size = size.checked_mul(16)?.checked_add(usize::from(first & 15))?;
    Some(((first >> 4) & 7, size))
}

/// Seven bits in each byte, the low ones first.
fn varint(rest: &mut &[u8]) -> Option<usize> {
    let mut value = 0_usize;
    for shift in (0..28).step_by(7) {
        let next = byte(rest)?;
        value |= usize::from(next & 0x7f) << shift;
        if next & 0x80 == 0 {
            return Some(value);
        }
    }
    None // more than any commit has
}

/// How far back a base lies: seven bits in each byte, the high ones first, each but the last one more than it says.
fn distance(rest: &mut &[u8]) -> Option<u64> {
    let mut next = byte(rest)?;
    let mut value = u64::from(next & 0x7f);
    while next & 0x80 != 0 {
        next = byte(rest)?;
        value = value.checked_add(1)?.checked_mul(128)?.checked_add(u64::from(next & 0x7f))?;
    }
    Some(value)
}

/// What a delta makes of its base: pieces of it and new bytes in turn.
fn apply(base: &[u8], delta: &[u8]) -> Option<Vec<u8>> {
    let mut rest = delta;
    let (from, to) = (varint(&mut rest)?, varint(&mut rest)?);
    if from != base.len() || to > LARGEST {
        return None;
    }
    let mut out = Vec::with_capacity(to);
    while !rest.is_empty() {
        let what = byte(&mut rest)?;
        if what & 0x80 == 0 {
            let (new, others) = rest.split_at_checked(usize::from(what))?;
            (what != 0).then_some(())?;
            out.extend_from_slice(new);
            rest = others;
        } else {
            let mut field = |bits: std::ops::Range<u32>| {
                let mut value = 0_usize;
                for (place, bit) in bits.enumerate() {
                    if what & (1 << bit) != 0 {
                        value |= usize::from(byte(&mut rest)?) << (8 * place);
                    }
                }
                Some(value)
            };
            let (start, length) = (field(0..4)?, field(4..7)?);
            let length = if length == 0 { 0x1_0000 } else { length };
            out.extend_from_slice(base.get(start..start.checked_add(length)?)?);
        }
        if out.len() > to {
            return None;
        }
    }
    (out.len() == to).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delta_copies_and_adds() {
        let base = b"tree 1\ncommitter a <b> 5 +0000\n";
        let mut delta = vec![base.len() as u8, 10];
        delta.extend([0b1001_0001, 7, 6]); // six bytes from the seventh on
        delta.extend([4, b'!', b'?', b'!', b'?']);
        assert_eq!(apply(base, &delta).unwrap(), b"commit!?!?");
        for broken in [&delta[..4], &delta[..8], &[9, 10, 1, b'x'], &[base.len() as u8, 1, 0]] {
            assert_eq!(apply(base, broken), None, "{broken:?}");
        }
    }

    #[test]
    fn numbers_of_a_pack_are_read_as_git_writes_them() {
        assert_eq!(head(&mut &[0x1f][..]), Some((1, 15)));
        assert_eq!(head(&mut &[0x9f, 0x81, 0x01][..]), Some((1, 15 + 16 * 129)));
        assert_eq!(distance(&mut &[0x80, 0x00][..]), Some(128));
        assert_eq!(distance(&mut &[0x7f][..]), Some(127));
        assert_eq!(varint(&mut &[0xff; 9][..]), None);
        assert_eq!(head(&mut &[][..]), None);
    }

    #[test]
    fn what_is_no_commit_is_none() {
        let store = tempfile::tempdir().unwrap();
        let name = "ab".to_owned() + &"0".repeat(38);
        let path = store.path().join("ab").join("0".repeat(38));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let write = |object: &[u8]| {
            fs::write(&path, miniz_oxide::deflate::compress_to_vec_zlib(object, 1)).unwrap();
        };
        write(b"commit 5\0hello");
        assert_eq!(commit(store.path(), &name).unwrap(), b"hello");
        write(b"commit 6\0hello");
        assert_eq!(commit(store.path(), &name), None);
        write(b"blob 5\0hello");
        assert_eq!(commit(store.path(), &name), None);
        write(&[b"commit 9000000\0".to_vec(), vec![b'x'; 9_000_000]].concat());
        assert_eq!(commit(store.path(), &name), None, "larger than any commit");
        fs::write(&path, "not compressed").unwrap();
        assert_eq!(commit(store.path(), &name), None);
        assert_eq!(commit(store.path(), "zz"), None);
    }
}
