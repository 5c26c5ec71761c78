//! Where cases run: a temporary folder each, a compile cache and the built guests shared by all.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::{Mutex, OnceLock};
use std::time::Duration;

use globset::Glob;
use libtest_mimic::Failed;

use crate::case::{Case, Step};
use crate::{expect, guests, watch};

/// Formats that every verdict must give the same exit code in.
const FORMATS: &[&str] = &["text", "json", "markdown", "junit", "github"];

/// Begins a placeholder for the text of a file of the project.
const CONTENT: &str = "{text:";

/// After this long a command hangs; no case needs a fraction of it.
const PATIENCE: Duration = Duration::from_mins(2);

/// Beginnings of variables that would reach into a case from outside.
const FOREIGN: &[&str] = &["PORTCULLIS_", "GITHUB_", "RAYON_", "RUST_", "COLUMNS", "NO_COLOR", "CLICOLOR", "GIT_"];

/// What cases share.
pub struct Workshop {
    /// The repository.
    pub repository: PathBuf,
    scratch: tempfile::TempDir,
    guests: Mutex<BTreeSet<String>>,
    crates: OnceLock<PathBuf>,
}

impl Workshop {
    /// An empty one.
    pub fn new() -> Self {
        let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the repository");
        let scratch = tempfile::tempdir().expect("a temporary folder");
        Self { repository, scratch, guests: Mutex::default(), crates: OnceLock::new() }
    }

    /// The folder of hostile guests, in which those that a text names are built.
    fn guests(&self, text: &str) -> Result<PathBuf, Failed> {
        let folder = self.scratch.path().join("hostile");
        let mut built = self.guests.lock().map_err(|_| "a guest does not build")?;
        for name in text.split("{hostile}/").skip(1).filter_map(|rest| rest.split(".wasm").next()) {
            if built.insert(name.to_owned()) {
                fs::create_dir_all(&folder)?;
                fs::write(folder.join(name).with_extension("wasm"), guests::build(&self.repository, name))?;
            }
        }
        Ok(folder)
    }

    /// The folder of guests in Rust.
    fn crates(&self) -> &Path {
        self.crates.get_or_init(|| {
            let folder = self.scratch.path().join("guests");
            fs::create_dir_all(&folder).expect("a folder for the guests");
            guests::compile(&self.repository, &folder);
            folder
        })
    }

    /// Runs a case; answers with what was not as expected. An error means that the case itself is wrong.
    pub fn run(&self, case: &Case, folder: Option<&Path>) -> Result<Vec<String>, Failed> {
        let scratch = tempfile::tempdir()?;
        // Beneath a folder of its own name, because a project without a name is called after its folder.
        let root = scratch.path().canonicalize()?.join("project");
        fs::create_dir(&root)?;
        if let Some(base) = &case.base {
            copy_folder(&self.repository.join(base), &root)?;
        }
        if let Some(folder) = folder {
            copy_folder(folder, &root)?;
        }
        fs::remove_file(root.join("case.toml")).or_else(|error| if folder.is_some() { Err(error) } else { Ok(()) })?;
        for (to, from) in &case.files {
            let from = self.filled(from, &root)?;
            copy_file(&self.repository.join(&from), &root.join(to)).map_err(|error| format!("{from}: {error}"))?;
        }
        for file in files(&root).into_iter().filter(|file| file.extension().is_some_and(|ending| ending == "toml")) {
            let name = folder.and_then(Path::file_name).unwrap_or_default().to_string_lossy();
            let text = fs::read_to_string(&file)?.replace("{case}", &name);
            fs::write(&file, self.filled(&text, &root)?)?;
        }
        let mut mismatches = Vec::new();
        for (place, step) in case.step.iter().enumerate() {
            let wrong = self.step(step, &root)?;
            if !wrong.is_empty() {
                mismatches.push(format!("step {place}: {wrong}"));
                break; // what follows builds on it
            }
        }
        Ok(mismatches)
    }

    fn step(&self, step: &Step, root: &Path) -> Result<String, Failed> {
        self.prepare(step, root)?;
        if step.args.is_empty() {
            return Ok(String::new());
        }
        let (output, mut wrong) = self.command(step, root, &[], &BTreeMap::new())?;
        wrong.extend(expect::output(step, &output));
        wrong.extend(left_behind(step, root)?);
        for environment in &step.same_under {
            wrong.extend(self.differences(step, root, &output, environment)?);
        }
        if step.each_format {
            for format in FORMATS {
                wrong.extend(self.format(step, root, format)?);
            }
        }
        if wrong.is_empty() {
            return Ok(String::new());
        }
        Ok(format!(
            "portcullis {}\n  {}\n--- standard output\n{}--- standard error\n{}---",
            step.args.join(" "),
            wrong.join("\n  "),
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        ))
    }

    fn prepare(&self, step: &Step, root: &Path) -> Result<(), Failed> {
        for name in &step.remove {
            let path = root.join(name);
            if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) }
                .map_err(|error| format!("remove {name}: {error}"))?;
        }
        for copy in &step.copy {
            let found = matching(root, &copy.from)?;
            let [from] = found.as_slice() else {
                return Err(format!("copy {}: it matches {} files", copy.from, found.len()).into());
            };
            copy_file(from, &root.join(&copy.to))?;
        }
        for (name, text) in &step.write {
            let file = root.join(self.filled(name, root)?);
            fs::create_dir_all(file.parent().unwrap_or(root))?;
            fs::write(file, self.filled(text, root)?)?;
        }
        for replace in &step.replace {
            let file = root.join(&replace.file);
            let text = fs::read_to_string(&file)?;
            let this = self.filled(&replace.this, root)?;
            if !text.contains(&this) {
                return Err(format!("replace: {} has no {this:?}", replace.file).into());
            }
            fs::write(file, text.replace(&this, &self.filled(&replace.with, root)?))?;
        }
        for (name, length) in &step.truncate {
            fs::OpenOptions::new().write(true).open(root.join(name))?.set_len(*length)?;
        }
        Ok(())
    }

    fn command(
        &self,
        step: &Step,
        root: &Path,
        more: &[&str],
        environment: &BTreeMap<String, String>,
    ) -> Result<(Output, Vec<String>), Failed> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_portcullis"));
        for (name, _) in std::env::vars_os() {
            if FOREIGN.iter().any(|beginning| name.to_string_lossy().starts_with(beginning)) {
                command.env_remove(name);
            }
        }
        for argument in &step.args {
            command.arg(self.filled(argument, root)?);
        }
        command.args(more);
        command.current_dir(root).env("PORTCULLIS_CACHE", self.scratch.path().join("cache")).stdin(Stdio::null());
        for (name, value) in step.env.iter().chain(environment) {
            command.env(name, self.filled(value, root)?);
        }
        let patience = step.most_seconds.map_or(PATIENCE, Duration::from_secs_f64);
        let ended = watch::run(&mut command, patience)?;
        let mut wrong = Vec::new();
        if ended.late {
            wrong.push(format!("it was not done after {patience:?} and was killed"));
        }
        if let Some(most) = step.most_memory {
            match ended.memory.map(|memory| memory.div_ceil(1 << 20)) {
                Some(peak) if peak > most => wrong.push(format!("its memory peaked at {peak} MiB, it may have {most}")),
                None if cfg!(target_os = "linux") => wrong.push("its memory could not be measured".to_owned()),
                Some(_) | None => {}
            }
        }
        Ok((ended.output, wrong))
    }

    /// How the record, the model and the predictions differ when the command is run again.
    fn differences(
        &self,
        step: &Step,
        root: &Path,
        first: &Output,
        environment: &BTreeMap<String, String>,
    ) -> Result<Vec<String>, Failed> {
        let before = results(root)?;
        let (again, mut wrong) = self.command(step, root, &[], environment)?;
        if again.status != first.status {
            wrong.push(format!("under {environment:?} it ended with {}", again.status));
        }
        let (one, other) = (expect::timeless(&first.stdout)?, expect::timeless(&again.stdout)?);
        if let Some((one, other)) = one.lines().zip(other.lines()).find(|(one, other)| one != other) {
            wrong.push(format!("under {environment:?} the record differs: {} was {}", other.trim(), one.trim()));
        } else if one != other {
            wrong.push(format!("under {environment:?} the record is longer or shorter"));
        }
        let after = results(root)?;
        if before.is_empty() || before != after {
            let names = before.keys().chain(after.keys()).filter(|name| before.get(*name) != after.get(*name));
            let names: BTreeSet<&PathBuf> = names.collect();
            wrong.push(format!("under {environment:?} the files of the run differ: {names:?}"));
        }
        Ok(wrong)
    }

    fn format(&self, step: &Step, root: &Path, format: &str) -> Result<Vec<String>, Failed> {
        let (output, mut wrong) = self.command(step, root, &["--format", format], &BTreeMap::new())?;
        if output.status.code() != Some(step.exit) {
            wrong.push(format!("with --format {format} it ended with {}, not {}", output.status, step.exit));
        }
        if output.stdout.is_empty() != (step.exit == 2) {
            wrong.push(format!("with --format {format} it printed {} bytes", output.stdout.len()));
        }
        if step.exit == 2 && output.stderr.is_empty() {
            wrong.push(format!("with --format {format} it says nothing of the error"));
        }
        Ok(wrong)
    }

    fn filled(&self, text: &str, root: &Path) -> Result<String, Failed> {
        let mut text = text.to_owned();
        for (placeholder, folder) in [("{policies}", self.repository.join("policies")), ("{project}", root.to_owned())]
        {
            text = text.replace(placeholder, &folder.display().to_string());
        }
        if text.contains("{hostile}") {
            text = text.replace("{hostile}", &self.guests(&text)?.display().to_string());
        }
        if text.contains("{guests}") {
            text = text.replace("{guests}", &self.crates().display().to_string());
        }
        while let Some((before, (name, after))) =
            text.split_once(CONTENT).and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
        {
            let content = fs::read_to_string(root.join(name)).unwrap_or_else(|error| format!("({name}: {error})"));
            text = format!("{before}{}{after}", content.trim());
        }
        Ok(text)
    }
}

/// What is wrong with the files that a command left.
fn left_behind(step: &Step, root: &Path) -> Result<Vec<String>, Failed> {
    let mut wrong = Vec::new();
    for pattern in &step.files {
        if matching(root, pattern)?.is_empty() {
            wrong.push(format!("there is no file {pattern}"));
        }
    }
    for pattern in &step.no_files {
        wrong.extend(matching(root, pattern)?.iter().map(|file| format!("there is a file {}", file.display())));
    }
    for (name, wanted) in &step.content {
        match fs::read_to_string(root.join(name)) {
            Ok(text) => {
                wrong.extend(expect::texts(&text, wanted).map(|wanted| format!("{name} lacks {wanted:?}:\n{text}")));
            }
            Err(error) => wrong.push(format!("{name}: {error}")),
        }
    }
    Ok(wrong)
}

/// The files of the runs but for the records, whose times differ.
fn results(root: &Path) -> Result<BTreeMap<PathBuf, Vec<u8>>, Failed> {
    let kept = files(root.join(".portcullis").as_path());
    let kept = kept.into_iter().filter(|file| file.file_name() != Some(OsStr::new("record.json")));
    kept.map(|file| Ok((file.clone(), fs::read(file)?))).collect()
}

fn matching(root: &Path, pattern: &str) -> Result<Vec<PathBuf>, Failed> {
    let matcher = Glob::new(pattern)?.compile_matcher();
    Ok(files(root)
        .into_iter()
        .filter(|file| file.strip_prefix(root).is_ok_and(|file| matcher.is_match(file)))
        .collect())
}

/// All files below a folder, sorted.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

fn copy_folder(from: &Path, to: &Path) -> Result<(), Failed> {
    if !from.is_dir() {
        return Err(format!("there is no folder {}", from.display()).into());
    }
    // What a run of somebody's left in an example is none of the case's business.
    let of_a_run = |file: &Path| file.components().any(|part| part.as_os_str() == ".portcullis");
    for file in files(from).into_iter().filter(|file| !of_a_run(file)) {
        copy_file(&file, &to.join(file.strip_prefix(from).unwrap_or(&file)))?;
    }
    Ok(())
}

fn copy_file(from: &Path, to: &Path) -> std::io::Result<()> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::copy(from, to).map(|_| ())
}
