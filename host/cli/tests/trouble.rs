//! Files that cannot be read, and disks that are full: exit 2 (3 for a policy), a message that names the file, nothing
//! half-written, nothing that hangs.
#![cfg(unix)]
#![allow(clippy::unwrap_used)] // a helper of a test may panic as the test may

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown, symlink};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// Nobody: whom permissions bind, where the tests run as root.
const NOBODY: u32 = 65_534;
/// After this long a command hangs; none of these takes a fraction of it.
const PATIENCE: Duration = Duration::from_mins(1);

const CONFIGURATION: &str = r#"
[data]
path = "data.csv"
target = "species"

[model]
family = "random-forest"
trees = 60

[[policy]]
use = "threshold.wasm"
params = { metric = "accuracy", min = 0.5 }
"#;

/// What came of a command.
struct Said {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

/// A project, and the command as somebody whom permissions bind.
struct Bench {
    root: tempfile::TempDir,
    binary: PathBuf,
    /// Who calls; none for whoever runs the tests.
    uid: Option<u32>,
}

impl Bench {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        fs::set_permissions(root.path(), Permissions::from_mode(0o755)).unwrap();
        let uid = (fs::metadata(root.path()).unwrap().uid() == 0).then_some(NOBODY);
        let built = Path::new(env!("CARGO_BIN_EXE_portcullis"));
        let binary = root.path().join("portcullis");
        if uid.is_none() {
            symlink(built, &binary).unwrap();
        } else if fs::hard_link(built, &binary).is_err() {
            fs::copy(built, &binary).unwrap();
        }
        let bench = Self { root, binary, uid };
        for folder in ["project", "cache"] {
            fs::create_dir(bench.root.path().join(folder)).unwrap();
            bench.give(&bench.root.path().join(folder));
        }
        let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        for (name, from) in [("data.csv", "examples/iris/data/iris.csv"), ("threshold.wasm", "policies/threshold.wasm")]
        {
            bench.write(name, &fs::read(repository.join(from)).unwrap());
        }
        bench.write("portcullis.toml", CONFIGURATION.as_bytes());
        bench
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.path().join("project").join(name)
    }

    /// Gives a file to whoever calls the command.
    fn give(&self, path: &Path) {
        if let Some(uid) = self.uid {
            chown(path, Some(uid), Some(uid)).unwrap();
        }
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.path(name), bytes).unwrap();
        self.give(&self.path(name));
    }

    fn mode(&self, name: &str, mode: u32) {
        fs::set_permissions(self.path(name), Permissions::from_mode(mode)).unwrap();
    }

    fn call(&self, arguments: &[&str]) -> Said {
        let mut command = Command::new(&self.binary);
        command.args(arguments);
        self.finish(command)
    }

    /// The same where no file may be longer than `blocks` blocks, as if the disk ended there.
    fn call_with_room(&self, blocks: u32, arguments: &[&str]) -> Said {
        self.call_where(&format!("trap '' XFSZ; ulimit -f {blocks}"), arguments)
    }

    /// The same in a shell that has set something up.
    fn call_where(&self, set: &str, arguments: &[&str]) -> Said {
        let mut command = Command::new("sh");
        command.args(["-c", &format!("{set}; exec \"$@\""), "sh"]).arg(&self.binary).args(arguments);
        self.finish(command)
    }

    fn finish(&self, mut command: Command) -> Said {
        for (name, _) in std::env::vars_os() {
            if ["PORTCULLIS_", "GITHUB_"].iter().any(|beginning| name.to_string_lossy().starts_with(beginning)) {
                command.env_remove(name);
            }
        }
        command.current_dir(self.root.path().join("project")).env("PORTCULLIS_CACHE", self.root.path().join("cache"));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        if let Some(uid) = self.uid {
            command.uid(uid).gid(uid);
        }
        let mut child = command.spawn().unwrap();
        let started = Instant::now();
        // What these commands print fits into a pipe, so that nobody has to read along.
        while child.try_wait().unwrap().is_none() {
            if started.elapsed() > PATIENCE {
                child.kill().unwrap();
                panic!("{command:?} does not come to an end");
            }
            thread::sleep(Duration::from_millis(10));
        }
        let output = child.wait_with_output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Said { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    #[track_caller]
    fn refuses(&self, arguments: &[&str], words: &[&str]) {
        let said = self.call(arguments);
        assert_eq!((said.code, said.stdout.as_str()), (Some(2), ""), "{arguments:?}: {}", said.stderr);
        for word in words {
            assert!(said.stderr.contains(word), "{arguments:?} does not say {word:?}: {}", said.stderr);
        }
    }

    #[track_caller]
    fn passes(&self, arguments: &[&str]) {
        let said = self.call(arguments);
        assert_eq!(said.code, Some(0), "{arguments:?}: {}{}", said.stdout, said.stderr);
    }

    /// Everything that runs left, with its bytes.
    fn left(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let (mut found, mut open) = (BTreeMap::new(), vec![self.path(".portcullis")]);
        while let Some(folder) = open.pop() {
            for entry in fs::read_dir(&folder).into_iter().flatten() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    open.push(path);
                } else {
                    let bytes = fs::read(&path).unwrap();
                    found.insert(path, bytes);
                }
            }
        }
        found
    }
}

#[test]
fn what_may_not_be_read_is_named() {
    let bench = Bench::new();
    bench.passes(&["train", "--quiet"]);
    let model = bench.left().into_keys().find(|file| file.ends_with("model.portcullis")).unwrap();
    bench.write("trained", &fs::read(model).unwrap());
    let before = bench.left();
    for (file, arguments) in [
        ("data.csv", &["run"][..]),
        ("portcullis.toml", &["run"]),
        ("portcullis.toml", &["config"]),
        ("trained", &["gate", "--model", "trained"]),
    ] {
        bench.mode(file, 0);
        bench.refuses(arguments, &[file, "Permission denied"]);
        bench.mode(file, 0o644);
    }
    fs::create_dir(bench.path("months")).unwrap();
    bench.give(&bench.path("months"));
    bench.mode("months", 0);
    bench.refuses(&["train", "--set", "data.path=months/*.csv"], &["months", "ermission denied"]);
    bench.mode("months", 0o755);
    assert_eq!(bench.left(), before, "no run was left");
    // A policy that cannot be read is its own failure.
    bench.mode("threshold.wasm", 0);
    let said = bench.call(&["run"]);
    assert_eq!(said.code, Some(3), "{}{}", said.stdout, said.stderr);
    assert!(said.stdout.contains("Permission denied"), "{}", said.stdout);
    bench.mode("threshold.wasm", 0o644);
    bench.passes(&["run"]);
}

#[test]
fn a_cache_that_others_may_write_to_is_named_where_it_is_asked_for() {
    let bench = Bench::new();
    bench.passes(&["policy", "compile", "threshold.wasm"]);
    fs::set_permissions(bench.root.path().join("cache"), Permissions::from_mode(0o777)).unwrap();
    bench.refuses(&["policy", "compile", "threshold.wasm"], &["cache", "nobody else may write to", "PORTCULLIS_CACHE"]);
    // A run does without, and says so.
    let said = bench.call(&["run"]);
    assert_eq!(said.code, Some(0), "{}{}", said.stdout, said.stderr);
    assert!(said.stderr.contains("compiled anew each time"), "{}", said.stderr);
}

#[test]
fn where_addresses_are_few_policies_run_all_the_same() {
    let bench = Bench::new();
    let said = bench.call_where("ulimit -v 40000000", &["run"]); // KiB; places kept ready would take some 550 GB
    assert_eq!(said.code, Some(0), "{}{}", said.stdout, said.stderr);
    assert!(said.stdout.contains("PASSED"), "{}", said.stdout);
}

#[test]
fn links_that_lead_in_a_circle_are_named() {
    let bench = Bench::new();
    let circle = |name: &str| {
        let _ = fs::remove_file(bench.path(name));
        symlink(bench.path(&format!("{name}.other")), bench.path(name)).unwrap();
        symlink(bench.path(name), bench.path(&format!("{name}.other"))).unwrap();
    };
    circle("trained");
    bench.refuses(&["gate", "--model", "trained"], &["trained", "symbolic link"]);
    circle("data.csv");
    bench.refuses(&["run"], &["data.csv", "symbolic link"]);
    circle("portcullis.toml");
    bench.refuses(&["run"], &["portcullis.toml", "symbolic link"]);
    assert!(bench.left().is_empty());
}

#[test]
fn pipes_are_not_waited_for() {
    let bench = Bench::new();
    let pipe = |name: &str| {
        let _ = fs::remove_file(bench.path(name));
        assert!(Command::new("mkfifo").arg(bench.path(name)).status().unwrap().success());
        bench.give(&bench.path(name));
    };
    pipe("trained");
    bench.refuses(&["gate", "--model", "trained"], &["trained", "a pipe", "write what it holds into a file"]);
    pipe("data.csv");
    bench.refuses(&["run"], &["data.csv", "a pipe", "write what it holds into a file"]);
    fs::remove_file(bench.path("data.csv")).unwrap();
    pipe("portcullis.lock");
    bench.refuses(&["run", "--locked"], &["portcullis.lock", "no regular file"]);
    pipe("portcullis.toml");
    bench.refuses(&["run"], &["portcullis.toml", "no regular file"]);
    pipe("data.csv");
    fs::remove_file(bench.path("portcullis.toml")).unwrap();
    bench.refuses(&["init", "--data", "data.csv"], &["data.csv", "a pipe", "nothing was written"]);
    assert!(!bench.path("portcullis.toml").exists() && bench.left().is_empty());
}

#[test]
fn a_full_disk_costs_the_run_and_nothing_else() {
    let bench = Bench::new();
    bench.passes(&["run"]); // compiles the policy, too
    let before = bench.left();
    // Whichever file is the first that does not fit: the model, the predictions, the record.
    let mut refused = Vec::new();
    for blocks in [0, 1, 8, 16, 32, 64, 128, 256] {
        let said = bench.call_with_room(blocks, &["run", "--set", "split.seed=7"]);
        if said.code == Some(0) {
            break;
        }
        assert_eq!((said.code, said.stdout.as_str()), (Some(2), ""), "{blocks} blocks: {}", said.stderr);
        assert!(said.stderr.contains(".portcullis/runs/"), "{blocks} blocks: {}", said.stderr);
        assert!(said.stderr.contains("File too large"), "{blocks} blocks: {}", said.stderr);
        assert_eq!(bench.left(), before, "{blocks} blocks: only what was there before");
        refused.push(blocks);
    }
    assert!(refused.len() > 2, "{refused:?}");
    let said = bench.call_with_room(1, &["report"]);
    assert_eq!(said.code, Some(0), "the older run is whole: {}", said.stderr);
    bench.passes(&["run", "--set", "split.seed=7"]);
    assert!(bench.left().len() > before.len());
}
