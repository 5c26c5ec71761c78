//! `lock`: the policies as they are now, pinned.

use std::fmt::Write as _;

use portcullis_project::{LOCK_FILE, Layout, Lock, Project};
use portcullis_run::{check_lock, pin_all};

use crate::arguments::{self, Global};
use crate::output;
use crate::status::Status;

pub fn run(global: &Global, lock: &arguments::Lock) -> anyhow::Result<Status> {
    let project = super::project(global)?;
    if lock.check {
        let lock = check_lock(&project)?;
        output::print(&format!("{LOCK_FILE}: {}, all as they were locked\n", policies(lock.iter().count())))?;
        return Ok(Status::Passed);
    }
    let pins = pin_all(&project)?;
    let (old, new) = Lock::update(&Layout::new(&project.root), |lock| {
        let gone: Vec<String> = lock.gone(&project.root).into_iter().map(str::to_owned).collect();
        lock.retain(|file| !gone.iter().any(|gone| gone == file));
        for (file, pin) in &pins {
            lock.insert(file.clone(), pin.clone());
        }
    })?;
    output::print(&said(&project, &old, &new))?;
    Ok(Status::Passed)
}

/// What changed, and what another configuration brought in.
fn said(project: &Project, old: &Lock, new: &Lock) -> String {
    let changes = old.changes(new);
    let mut text = String::new();
    for change in &changes {
        for line in change.to_string().lines() {
            let _ = writeln!(text, "{}", output::harmless(line));
        }
    }
    let what = if changes.is_empty() { "nothing changed".to_owned() } else { format!("{} changed", changes.len()) };
    let _ = writeln!(text, "{LOCK_FILE}: {}, {what}", policies(new.iter().count()));
    let used: Vec<String> =
        project.policies.iter().map(|spec| portcullis_project::locked_name(&project.root, &spec.display)).collect();
    let others = new.iter().filter(|(file, _)| !used.iter().any(|used| used == file)).count();
    if others > 0 {
        let _ = writeln!(
            text,
            "{others} of them this configuration does not use; they were kept as they were, for another one. To lose them, \
             remove {LOCK_FILE} and lock each configuration"
        );
    }
    text
}

fn policies(count: usize) -> String {
    if count == 1 { "1 policy".to_owned() } else { format!("{count} policies") }
}
