//! `init`: a project written around a data file.
//!
//! Look, guess, plan, write: nothing is written before everything is known, and then all of it or nothing.

mod bounds;
mod configuration;
mod entries;
mod features;
mod guess;
mod place;
mod plan;
mod quoting;
mod summary;
mod target;
mod workflow;

use anyhow::{Context as _, bail};
use portcullis_data::{ReadOptions, profile, read};
use portcullis_project::{CONFIGURATION, LOCK_FILE, Lock};
use portcullis_run::pin;
use portcullis_sandbox::ComponentFile;

use crate::arguments::{Global, Init};
use crate::output;
use crate::status::Status;
use configuration::Configuration;
use guess::Guess;
use place::{DataFile, Place};
use plan::Plan;

/// Lines of TOML; writing to text cannot fail.
macro_rules! line {
    ($out:expr) => { $out.push('\n') };
    ($out:expr, $($format:tt)+) => {{ let _ = writeln!($out, $($format)+); }};
}
use line;

/// Where the policies lie that the configuration names only in comments: a subfolder is not searched.
const WAITING: &str = "policies/more";

pub fn run(global: &Global, init: &Init) -> anyhow::Result<Status> {
    if global.config.as_os_str() != CONFIGURATION {
        bail!("init writes {CONFIGURATION} and nothing else: leave --config out, and rename the file afterwards");
    }
    if let Some((key, _)) = global.settings.first() {
        bail!(
            "--set {key}: init writes a configuration that takes no settings from outside; edit {CONFIGURATION} instead"
        );
    }
    let place = Place::find(&global.project)?;
    // Said first: whatever the data is, a project is not written over another.
    if place.root.join(CONFIGURATION).symlink_metadata().is_ok() {
        bail!(
            "{} is a project already: it has a {CONFIGURATION}, which init does not overwrite; nothing was written",
            place.shown()
        );
    }
    let data = DataFile::find(&place, init.data.as_deref())?;
    let guess = look(&place, &data, init.target.as_deref())?;

    let configuration = Configuration::of(&place.name, &data, &guess);
    let workflow = workflow::plan(&place.root, init.ci);
    let mut plan = Plan::new(&place.root);
    let mut lock = Lock::default();
    for policy in crate::commands::stock::STOCK {
        let folder = if configuration.policies.contains(&policy.name) { "policies" } else { WAITING };
        let file = format!("{folder}/{}.wasm", policy.name);
        let component = ComponentFile::new(policy.bytes.to_vec());
        lock.insert(file.clone(), pin(&component).with_context(|| format!("the stock policy {}", policy.name))?);
        plan.add(&file, policy.bytes.to_vec());
    }
    plan.add(LOCK_FILE, lock.text().into_bytes());
    if let Some(workflow) = &workflow {
        plan.add(&workflow.path, workflow.text.clone().into_bytes());
    }
    // Last, because it is what makes a folder a project: if this is cut short, init can be called again.
    plan.add(CONFIGURATION, configuration.text.into_bytes());
    let written = plan.write()?;
    if !global.quiet {
        output::print(&summary::text(&place, &data, &guess, workflow.as_ref(), &written))?;
    }
    Ok(Status::Passed)
}

/// Reads the data and guesses from it.
fn look(place: &Place, data: &DataFile, target: Option<&str>) -> anyhow::Result<Guess> {
    let options = ReadOptions { delimiter: data.delimiter, ..ReadOptions::default() };
    let table = read(&place.root, std::slice::from_ref(&data.written), &options)
        .context("init guesses from the data, and could not read it; nothing was written")?;
    let columns = profile(&table).context("init could not look at the data; nothing was written")?;
    Guess::of(&table, columns, target)
}
