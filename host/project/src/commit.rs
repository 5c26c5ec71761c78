//! The commit that a project stands at, read from git's own files: no program is started, so that the answer is the same
//! where there is no git.

use std::path::{Path, PathBuf};

use crate::git_object;
use crate::regular::read_regular;

/// Symbolic references that lead on to others; git itself gives up after five.
const LONGEST_CHAIN: usize = 5;

/// The commit that is checked out in the repository around `folder`, in hexadecimal.
///
/// None outside of a repository, before the first commit, and in a repository that keeps its references in a form other
/// than files (reftable). Files that differ from the commit are not looked for.
pub fn commit(folder: &Path) -> Option<String> {
    let git = folder.ancestors().find_map(git_folder)?;
    let shared = shared(&git);
    let mut value = read_regular(&git.join("HEAD")).ok()?;
    for _ in 0..LONGEST_CHAIN {
        let text = value.trim_end();
        let Some(name) = text.strip_prefix("ref:") else { return hexadecimal(text) };
        let name = name.trim();
        if !name.starts_with("refs/") || name.split('/').any(|part| part == "..") {
            return None;
        }
        let loose = [&git, &shared].into_iter().find_map(|folder| read_regular(&folder.join(name)).ok());
        value = loose.or_else(|| packed(&shared, name))?;
    }
    None
}

/// When the commit that is checked out around `folder` was made: its committer's clock, in seconds since 1970. Every clone
/// of the commit gives the same.
///
/// None where [`commit`] is none, and where the commit itself cannot be read: a damaged repository, or a form of it that is
/// not known here.
pub fn commit_time(folder: &Path) -> Option<u64> {
    let git = folder.ancestors().find_map(git_folder)?;
    let object = git_object::commit(&shared(&git).join("objects"), &commit(folder)?)?;
    let header = object.split(|byte| *byte == b'\n').take_while(|line| !line.is_empty());
    let line = header.into_iter().find_map(|line| line.strip_prefix(b"committer "))?;
    // NAME <ADDRESS> SECONDS ZONE, and the name may hold anything.
    let seconds = line.rsplit(|byte| *byte == b' ').nth(1)?;
    std::str::from_utf8(seconds).ok()?.parse().ok()
}

/// A linked worktree has a HEAD of its own and shares the branches and the objects.
fn shared(git: &Path) -> PathBuf {
    match read_regular(&git.join("commondir")) {
        Ok(path) => git.join(path.trim_end()),
        Err(_) => git.to_owned(),
    }
}

/// The top folder of the repository around `folder`; none outside of one.
pub fn repository(folder: &Path) -> Option<&Path> {
    folder.ancestors().find(|folder| git_folder(folder).is_some())
}

/// The git folder of a worktree, if `folder` is the top of one.
fn git_folder(folder: &Path) -> Option<PathBuf> {
    let place = folder.join(".git");
    if place.is_dir() {
        return Some(place);
    }
    let text = read_regular(&place).ok()?;
    Some(folder.join(text.strip_prefix("gitdir:")?.trim()))
}

/// A reference in `packed-refs`: lines of hash, blank, name; `#` and `^` begin other lines.
fn packed(git: &Path, name: &str) -> Option<String> {
    let text = read_regular(&git.join("packed-refs")).ok()?;
    text.lines()
        .filter_map(|line| line.split_once(' '))
        .find(|(_, reference)| *reference == name)
        .map(|(hash, _)| hash.to_owned())
}

/// SHA-1 or SHA-256, nothing else.
fn hexadecimal(text: &str) -> Option<String> {
    let fits = matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    fits.then(|| text.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const ONE: &str = "1111111111111111111111111111111111111111";
    const TWO: &str = "2222222222222222222222222222222222222222";

    fn write(root: &Path, files: &[(&str, &str)]) {
        for (path, text) in files {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
    }

    fn at(files: &[(&str, &str)], folder: &str) -> Option<String> {
        let root = tempfile::tempdir().unwrap();
        write(root.path(), files);
        commit(&root.path().join(folder))
    }

    #[test]
    fn branches_loose_and_packed_and_detached_heads() {
        let head = (".git/HEAD", "ref: refs/heads/main\n");
        let one = format!("{ONE}\n");
        let packed = format!("# pack-refs with: peeled\n{TWO} refs/heads/main\n^{ONE}\n");
        let both = [head, (".git/refs/heads/main", one.as_str()), (".git/packed-refs", packed.as_str())];
        assert_eq!(at(&both, "deep/inside").as_deref(), Some(ONE), "loose wins");
        assert_eq!(at(&[head, (".git/packed-refs", &packed)], "").as_deref(), Some(TWO));
        assert_eq!(at(&[(".git/HEAD", &one)], "").as_deref(), Some(ONE));
    }

    #[test]
    fn a_linked_worktree_has_its_own_head_and_shares_branches() {
        let two = format!("{TWO}\n");
        let files = [
            ("main/.git/HEAD", "ref: refs/heads/main\n"),
            ("main/.git/refs/heads/side", two.as_str()),
            ("main/.git/worktrees/side/HEAD", "ref: refs/heads/side\n"),
            ("main/.git/worktrees/side/commondir", "../..\n"),
            ("side/.git", "gitdir: ../main/.git/worktrees/side\n"),
        ];
        assert_eq!(at(&files, "side").as_deref(), Some(TWO));
        assert_eq!(at(&files, "main"), None, "no commit yet");
    }

    #[test]
    fn nothing_is_made_up() {
        assert_eq!(at(&[(".git/HEAD", "ref: refs/heads/.invalid\n")], ""), None);
        assert_eq!(at(&[(".git/HEAD", "ref: ../../secret\n"), ("secret", ONE)], ""), None);
        assert_eq!(at(&[(".git/HEAD", "not a hash\n")], ""), None);
        assert_eq!(at(&[(".git/HEAD", "ref: refs/a\n"), (".git/refs/a", "ref: refs/a\n")], ""), None, "a circle");
    }
}
