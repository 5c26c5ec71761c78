//! Run folders appear whole or not at all, whoever else is writing, and the places around them.

#![allow(clippy::unwrap_used)] // a test's helpers are tests too

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::Path;

use portcullis_project::{Layout, LayoutError, RunFolder, cache_folder};

fn layout() -> (tempfile::TempDir, Layout) {
    let folder = tempfile::tempdir().unwrap();
    let layout = Layout::new(folder.path());
    (folder, layout)
}

/// Everything in the folder of runs, hidden names included.
fn listing(layout: &Layout) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(layout.runs_folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn finish(layout: &Layout, id: &str, text: &str) {
    let run = RunFolder::create(layout, id).unwrap();
    run.write("record.json", text.as_bytes()).unwrap();
    run.finish().unwrap();
}

#[test]
fn a_finished_run_is_whole_and_the_repository_ignores_it() {
    let (_folder, layout) = layout();
    assert_eq!((layout.runs().unwrap(), layout.latest()), (vec![], None));
    let run = RunFolder::create(&layout, "abc").unwrap();
    run.write("record.json", b"{}").unwrap();
    fs::write(run.path().join("model"), "m").unwrap();
    assert_eq!(layout.runs().unwrap(), Vec::<String>::new(), "not there before it is finished");
    let place = run.finish().unwrap();
    assert_eq!(place, layout.root().join(".portcullis/runs/abc"));
    assert_eq!(fs::read_to_string(place.join("record.json")).unwrap(), "{}");
    assert_eq!(listing(&layout), ["abc"]);
    assert_eq!((layout.runs().unwrap(), layout.latest()), (vec!["abc".to_owned()], Some("abc".to_owned())));
    assert_eq!(fs::read_to_string(layout.folder().join(".gitignore")).unwrap(), "*\n");
}

#[test]
fn an_ignore_file_of_the_users_own_is_left_alone() {
    let (_folder, layout) = layout();
    fs::create_dir(layout.folder()).unwrap();
    fs::write(layout.folder().join(".gitignore"), "!runs\n").unwrap();
    finish(&layout, "abc", "1");
    assert_eq!(fs::read_to_string(layout.folder().join(".gitignore")).unwrap(), "!runs\n");
}

#[test]
fn a_failed_run_leaves_nothing_and_keeps_the_earlier_one() {
    let (_folder, layout) = layout();
    finish(&layout, "abc", "first");
    let run = RunFolder::create(&layout, "abc").unwrap();
    run.write("record.json", b"sec").unwrap();
    // A folder that does not exist stands for a disk that is full: the write fails half way through the run.
    let error = run.write("missing/model", b"m").unwrap_err().to_string();
    assert!(error.contains("missing/model: cannot be written: "), "{error}");
    drop(run);
    assert_eq!(listing(&layout), ["abc"]);
    assert_eq!(fs::read_to_string(layout.run_folder("abc").join("record.json")).unwrap(), "first");
}

#[test]
fn the_same_inputs_replace_their_run() {
    let (_folder, layout) = layout();
    finish(&layout, "abc", "first");
    fs::write(layout.run_folder("abc").join("stale"), "").unwrap();
    finish(&layout, "other", "x");
    finish(&layout, "abc", "second");
    assert_eq!(fs::read_to_string(layout.run_folder("abc").join("record.json")).unwrap(), "second");
    assert!(!layout.run_folder("abc").join("stale").exists());
    assert_eq!(listing(&layout), ["abc", "other"]);
    assert_eq!(layout.latest().as_deref(), Some("abc"));
}

#[test]
fn what_a_crash_left_is_removed_and_what_is_being_written_is_not() {
    let (_folder, layout) = layout();
    finish(&layout, "abc", "1");
    let runs = layout.runs_folder();
    // A process that was killed: its folder, and its lock file that nobody holds any more.
    fs::create_dir(runs.join(".tmp-x-1-0")).unwrap();
    fs::write(runs.join(".tmp-x-1-0/record.json"), "half").unwrap();
    fs::write(runs.join(".tmp-x-1-0.lock"), "").unwrap();
    // Killed before it had a lock file, and after its folder was gone.
    fs::create_dir(runs.join(".tmp-y-1-0")).unwrap();
    fs::write(runs.join(".tmp-z-1-0.lock"), "").unwrap();
    // Killed between moving the old run aside and putting the new one in place.
    fs::rename(runs.join("abc"), runs.join(".old-abc")).unwrap();

    let alive = RunFolder::create(&layout, "alive").unwrap();
    alive.write("record.json", b"1").unwrap();
    let other = RunFolder::create(&layout, "other").unwrap();
    assert!(alive.path().join("record.json").exists(), "a writer that lives is left alone");
    alive.finish().unwrap();
    drop(other);
    assert_eq!(listing(&layout), ["abc", "alive"]);
    assert_eq!(fs::read_to_string(layout.run_folder("abc").join("record.json")).unwrap(), "1");
}

#[test]
fn many_writers_at_once() {
    let (_folder, layout) = layout();
    std::thread::scope(|scope| {
        for writer in 0..8 {
            let layout = &layout;
            scope.spawn(move || {
                for round in 0..10 {
                    // Half of them fight for one id; each run is two files that have to agree.
                    let id = if writer % 2 == 0 { "same".to_owned() } else { format!("own-{writer}") };
                    let run = RunFolder::create(layout, &id).unwrap();
                    let text = format!("{writer} {round}");
                    run.write("one", text.as_bytes()).unwrap();
                    run.write("two", text.as_bytes()).unwrap();
                    if round % 3 == 0 { drop(run) } else { drop(run.finish().unwrap()) }
                }
            });
        }
    });
    assert_eq!(listing(&layout), ["own-1", "own-3", "own-5", "own-7", "same"]);
    for id in layout.runs().unwrap() {
        let read = |name: &str| fs::read_to_string(layout.run_folder(&id).join(name)).unwrap();
        assert_eq!(read("one"), read("two"), "{id}");
        assert!(id == "same" || read("one").ends_with(" 8"), "the last finished round stays");
    }
}

#[test]
fn ids_that_lead_elsewhere_are_refused() {
    let (_folder, layout) = layout();
    for id in ["", ".", "..", "a/b", "../x", ".tmp-x", "a b", "ä"] {
        assert!(matches!(RunFolder::create(&layout, id), Err(LayoutError::Id { .. })), "{id}");
    }
    assert!(!layout.folder().exists(), "nothing was created");
}

#[test]
fn a_run_is_found_by_the_beginning_of_its_id() {
    let (_folder, layout) = layout();
    assert_eq!(layout.find("x").unwrap_err().to_string(), "no run `x`; there are: none");
    for id in ["abc", "abd", "abdx"] {
        finish(&layout, id, "");
    }
    assert_eq!(layout.find("abc").unwrap(), layout.run_folder("abc"));
    assert_eq!(layout.find("abd").unwrap(), layout.run_folder("abd"), "a whole id is not ambiguous");
    assert_eq!(layout.find("abdx").unwrap(), layout.run_folder("abdx"));
    for id in ["ab", "x", ""] {
        assert_eq!(layout.find(id).unwrap_err().to_string(), format!("no run `{id}`; there are: abc, abd, abdx"));
    }
}

fn cache(root: &Path, variables: &[(&str, &str)]) -> Result<std::path::PathBuf, LayoutError> {
    let variables: BTreeMap<&str, &str> = variables.iter().copied().collect();
    cache_folder(root, |name| variables.get(name).map(OsString::from))
}

#[cfg(unix)]
#[test]
fn the_cache_is_the_users_own() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("project");
    fs::create_dir(&root).unwrap();
    let table = [
        (&[("PORTCULLIS_CACHE", "/c"), ("XDG_CACHE_HOME", "/x"), ("HOME", "/h")][..], "/c"),
        (&[("PORTCULLIS_CACHE", ""), ("XDG_CACHE_HOME", "/x"), ("HOME", "/h")][..], "/x/portcullis"),
        (&[("XDG_CACHE_HOME", "relative"), ("HOME", "/h")][..], "/h/.cache/portcullis"),
    ];
    for (variables, expected) in table {
        assert_eq!(cache(&root, variables).unwrap(), Path::new(expected));
    }
    assert!(matches!(cache(&root, &[]), Err(LayoutError::NoCache)));
    let beside = folder.path().join("project-cache");
    assert!(cache(&root, &[("PORTCULLIS_CACHE", beside.to_str().unwrap())]).is_ok());
    let inside = root.join("not/yet/there");
    let link = folder.path().join("link");
    std::os::unix::fs::symlink(&root, &link).unwrap();
    for place in [inside, root.clone(), link.join("cache")] {
        let found = cache(&root, &[("PORTCULLIS_CACHE", place.to_str().unwrap())]);
        assert!(matches!(found, Err(LayoutError::CacheInside { .. })), "{}", place.display());
    }
}
