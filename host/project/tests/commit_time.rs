//! The commit's time, held against git's own word for it, in every form in which git keeps a commit.
#![allow(clippy::print_stderr, reason = "a skipped test says so")]
#![allow(clippy::unwrap_used, reason = "what a test cannot set up has failed")]

use std::path::Path;
use std::process::Command;

use portcullis_project::{commit, commit_time};

/// Runs git in a folder; none where there is no git.
fn git(folder: &Path, arguments: &[&str]) -> Option<String> {
    let output = Command::new("git")
        .current_dir(folder)
        .args(["-c", "user.name=A > B", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"])
        .args(arguments)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_AUTHOR_DATE", "1500000000 +0900")
        .env_remove("GIT_DIR")
        .output()
        .ok()?;
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap().trim().to_owned())
}

fn made(folder: &Path, commits: u32) -> bool {
    if git(folder, &["init", "--quiet"]).is_none() {
        eprintln!("SKIPPED: there is no git on this machine");
        return false;
    }
    for number in 0..commits {
        // Long and nearly the same, so that git packs them as deltas of each other.
        let message = format!("{}\n{number}", "the same line again and again\n".repeat(200));
        std::fs::write(folder.join("a"), number.to_string()).unwrap();
        git(folder, &["add", "."]);
        git(folder, &["commit", "--quiet", "-m", &message]);
    }
    true
}

/// Our answer at a revision, beside git's.
fn assert_same(folder: &Path) -> u64 {
    let expected: u64 = git(folder, &["log", "-1", "--format=%ct"]).unwrap().parse().unwrap();
    assert_eq!(commit(folder), git(folder, &["rev-parse", "HEAD"]));
    assert_eq!(commit_time(folder), Some(expected), "{}", folder.display());
    assert_ne!(expected, 1_500_000_000, "the author's time is another");
    expected
}

#[test]
fn loose_packed_as_deltas_cloned_borrowed_and_shallow() {
    let root = tempfile::tempdir().unwrap();
    let (origin, clone) = (root.path().join("origin"), root.path().join("clone"));
    std::fs::create_dir(&origin).unwrap();
    if !made(&origin, 30) {
        return;
    }
    let time = assert_same(&origin);
    git(&origin, &["gc", "--quiet", "--aggressive"]);
    let objects = git(&origin, &["count-objects"]).unwrap();
    assert!(objects.starts_with("0 objects"), "all are packed: {objects}");
    assert_eq!(assert_same(&origin), time);

    let url = format!("file://{}", origin.display());
    git(root.path(), &["clone", "--quiet", "--depth", "1", &url, "clone"]);
    assert_eq!(assert_same(&clone), time, "as a CI system clones");
    git(root.path(), &["clone", "--quiet", "--shared", "origin", "borrowed"]);
    assert_eq!(assert_same(&root.path().join("borrowed")), time);
    git(&origin, &["worktree", "add", "--quiet", "../linked"]);
    assert_eq!(assert_same(&root.path().join("linked")), time);

    let pack = std::process::Command::new("git")
        .current_dir(&origin)
        .args(["verify-pack", "-v"])
        .args(std::fs::read_dir(origin.join(".git/objects/pack")).unwrap().filter_map(|entry| {
            let path = entry.unwrap().path();
            path.extension().is_some_and(|extension| extension == "idx").then_some(path)
        }))
        .output()
        .unwrap();
    let listing = String::from_utf8(pack.stdout).unwrap();
    // NAME commit SIZE PACKED OFFSET DEPTH BASE: deltas have two columns more.
    let deltas: Vec<&str> = listing
        .lines()
        .filter(|line| line.contains(" commit ") && line.split_whitespace().count() == 7)
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert!(!deltas.is_empty(), "no commit is a delta:\n{listing}");
    for name in deltas {
        git(&origin, &["checkout", "--quiet", name]);
        assert_same(&origin);
    }
}

#[test]
fn outside_of_a_repository_and_before_the_first_commit_there_is_none() {
    let root = tempfile::tempdir().unwrap();
    assert_eq!(commit_time(root.path()), None);
    if made(root.path(), 0) {
        assert_eq!(commit_time(root.path()), None);
    }
}
