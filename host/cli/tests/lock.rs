//! `portcullis lock` by several processes at once, and what `init` and the examples are locked to.
#![allow(clippy::unwrap_used, reason = "what a test cannot set up has failed")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;

fn checkout() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_portcullis"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("PORTCULLIS_")) {
        command.env_remove(name);
    }
    command.args(arguments).current_dir(folder).stdin(Stdio::null());
    command.env("PORTCULLIS_CACHE", Path::new(env!("CARGO_TARGET_TMPDIR")).join("lock-cache"));
    command
}

fn call(folder: &Path, arguments: &[&str]) -> Output {
    command(folder, arguments).output().unwrap()
}

fn assert_passes(folder: &Path, arguments: &[&str]) -> String {
    let output = call(folder, arguments);
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn several_processes_lose_nothing_of_each_others_entries() {
    const CONFIGURATIONS: usize = 8;
    let root = tempfile::tempdir().unwrap();
    for number in 0..CONFIGURATIONS {
        let policy = root.path().join(format!("p{number}/policy.wasm"));
        fs::create_dir_all(policy.parent().unwrap()).unwrap();
        fs::copy(checkout().join("policies/completeness.wasm"), &policy).unwrap();
        let text = format!("[data]\npath = \"x.csv\"\n[[policy]]\nuse = \"p{number}/policy.wasm\"\n");
        fs::write(root.path().join(format!("portcullis.{number}.toml")), text).unwrap();
    }
    // Some rounds, each of which begins with no lock: whoever reads before and writes after another loses entries.
    for _ in 0..5 {
        let _ = fs::remove_file(root.path().join("portcullis.lock"));
        let processes: Vec<_> = (0..CONFIGURATIONS)
            .map(|number| {
                let file = format!("portcullis.{number}.toml");
                let mut command = command(root.path(), &["lock", "--config", &file]);
                command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
            })
            .collect();
        // Meanwhile a reader finds no lock or a whole one, never a piece.
        let (place, done) =
            (root.path().join("portcullis.lock"), std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false)));
        let reader = {
            let done = std::sync::Arc::clone(&done);
            thread::spawn(move || {
                while !done.load(std::sync::atomic::Ordering::Relaxed) {
                    if let Ok(text) = fs::read_to_string(&place) {
                        assert!(text.ends_with("]\n"), "half a lock: {text}");
                    }
                }
            })
        };
        for process in processes {
            let output = process.wait_with_output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
        done.store(true, std::sync::atomic::Ordering::Relaxed);
        reader.join().unwrap();
        let text = fs::read_to_string(root.path().join("portcullis.lock")).unwrap();
        let files: Vec<&str> = text.lines().filter(|line| line.starts_with("file = ")).collect();
        let expected: Vec<String> =
            (0..CONFIGURATIONS).map(|number| format!("file = \"p{number}/policy.wasm\"")).collect();
        assert_eq!(files, expected);
        assert!(!root.path().join(".portcullis.lock.new").exists());
    }
}

#[test]
fn a_leftover_of_a_killed_process_is_in_nobodys_way() {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir(root.path().join("policies")).unwrap();
    fs::copy(checkout().join("policies/completeness.wasm"), root.path().join("policies/a.wasm")).unwrap();
    fs::write(root.path().join("portcullis.toml"), "[data]\npath = \"x.csv\"\n").unwrap();
    fs::write(root.path().join(".portcullis.lock.new"), "half of a l").unwrap();
    assert_passes(root.path(), &["lock"]);
    assert_passes(root.path(), &["lock", "--check"]);
    assert!(!root.path().join(".portcullis.lock.new").exists());
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_written_keeps_its_lock() {
    use std::os::unix::fs::PermissionsExt as _;
    let root = tempfile::tempdir().unwrap();
    let folder = root.path();
    fs::create_dir(folder.join("policies")).unwrap();
    fs::copy(checkout().join("policies/completeness.wasm"), folder.join("policies/a.wasm")).unwrap();
    fs::write(folder.join("portcullis.toml"), "[data]\npath = \"x.csv\"\n").unwrap();
    assert_passes(folder, &["lock"]);
    let before = fs::read(folder.join("portcullis.lock")).unwrap();
    fs::copy(checkout().join("policies/schema.wasm"), folder.join("policies/a.wasm")).unwrap();
    fs::set_permissions(folder, fs::Permissions::from_mode(0o555)).unwrap();
    let refused = fs::write(folder.join("probe"), "").is_err();
    let output = call(folder, &["lock"]);
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
    if !refused {
        eprintln!("SKIPPED: this user may write anywhere");
        return;
    }
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("portcullis.lock: cannot be written"));
    assert_eq!(fs::read(folder.join("portcullis.lock")).unwrap(), before);
}

#[test]
fn what_init_writes_is_locked_with_all_policies_that_it_copies() {
    let root = tempfile::tempdir().unwrap();
    fs::copy(checkout().join("examples/iris/data/iris.csv"), root.path().join("iris.csv")).unwrap();
    let said = assert_passes(root.path(), &["init"]);
    assert!(said.contains("  portcullis.lock\n"), "{said}");
    assert!(assert_passes(root.path(), &["lock", "--check"]).contains("7 policies"));
    let before = fs::read(root.path().join("portcullis.lock")).unwrap();
    let locked = assert_passes(root.path(), &["lock"]);
    assert!(locked.contains("7 policies, nothing changed"), "{locked}");
    assert_eq!(fs::read(root.path().join("portcullis.lock")).unwrap(), before);
    assert_passes(root.path(), &["run", "--locked"]);

    let workflow = fs::read_to_string(root.path().join(".github/workflows/gate.yml")).unwrap();
    assert!(workflow.contains("portcullis run --locked "), "{workflow}");
    fs::copy(checkout().join("policies/schema.wasm"), root.path().join("policies/threshold.wasm")).unwrap();
    let output = call(root.path(), &["run", "--locked"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("policies/threshold.wasm: changed"));
}

#[test]
fn the_examples_are_locked() {
    for (example, configuration) in
        [("iris", "portcullis.toml"), ("credit", "portcullis.toml"), ("credit", "portcullis.fair.toml")]
    {
        let folder = checkout().join("examples").join(example);
        assert_passes(&folder, &["lock", "--check", "--config", configuration]);
    }
}

#[test]
fn the_stock_policies_are_locked() {
    let project = tempfile::tempdir().unwrap();
    let mut configuration = "[data]\npath = \"none.csv\"\n".to_owned();
    for entry in fs::read_dir(checkout().join("policies")).unwrap() {
        let file = entry.unwrap().path();
        let name = file.file_name().unwrap().to_str().unwrap().to_owned();
        let policy = file.extension().is_some_and(|extension| extension == "wasm");
        if policy || name == "portcullis.lock" {
            fs::copy(&file, project.path().join(&name)).unwrap();
        }
        if policy {
            let _ = writeln!(configuration, "[[policy]]\nuse = \"{name}\"");
        }
    }
    fs::write(project.path().join("portcullis.toml"), &configuration).unwrap();
    assert_passes(project.path(), &["lock", "--check"]);
    // And the check can fail: another custom section is the same policy in other bytes.
    let threshold = project.path().join("threshold.wasm");
    let mut bytes = fs::read(&threshold).unwrap();
    bytes.extend([0, 2, 1, b'x']);
    fs::write(&threshold, bytes).unwrap();
    let output = call(project.path(), &["lock", "--check"]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("threshold.wasm"), "{output:?}");
}
