//! `policy new`: the folder of a new policy.

use std::fmt::Write as _;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context as _, bail};
use portcullis_author::template::{Template, Wish};
use portcullis_author::{Language, kind};
use portcullis_project::CONFIGURATION;

use crate::arguments::{Global, New};
use crate::status::Status;
use crate::{output, shell};

pub fn run(global: &Global, new: &New) -> anyhow::Result<Status> {
    let language: Language = new.lang.parse().context("--lang")?;
    let kind = kind(&new.kind).context("--kind")?;
    let Some(name) = new.name.file_name().and_then(|name| name.to_str()) else {
        bail!("`{}` ends with no name", new.name.display());
    };
    let (folder, into_policies) = place(global, &new.name);
    let built = format!("../{name}.wasm");
    let taken = folder.with_file_name(format!("{name}.wasm"));
    if into_policies && taken.symlink_metadata().is_ok() {
        bail!(
            "{} is there already, and the policy would be built over it; nothing was written. Choose another name, or remove it",
            taken.display()
        );
    }
    let wish = Wish { name, language, kind, needs: &new.needs, output: into_policies.then_some(&built) };
    let template = Template::new(&wish)?;
    template.write(&folder)?;

    let shown = shell::word(&folder.to_string_lossy());
    let mut text = format!("wrote {shown}, a {kind} policy in {language}:\n\n");
    let files = template.files().map(|(path, _)| path);
    for path in files.filter(|path| !["wit/", "sdk/", "cases/"].iter().any(|inner| path.starts_with(inner))) {
        let _ = writeln!(text, "  {path}");
    }
    text.push_str("  cases/   what it is tested with\n  wit/     the contract\n");
    if language == Language::Rust {
        text.push_str("  sdk/     the SDK\n");
    }
    let _ = write!(
        text,
        "\nNext:\n  portcullis policy build {shown}\n  portcullis policy test {shown}\n\nIts README.md says what to install, \
         and what to change first.\n"
    );
    let file =
        if into_policies { format!("policies/{name}.wasm") } else { format!("{}/{name}.wasm", new.name.display()) };
    if let Some(entry) = template.entry(&file) {
        let _ = write!(
            text,
            "\nOnce it is built, {CONFIGURATION} needs an entry such as this, in the words of your data:\n\n{entry}"
        );
    }
    output::print(&text)?;
    Ok(Status::Passed)
}

/// Where the folder goes, and whether the built policy goes beside it: a bare name goes among the project's policies.
fn place(global: &Global, name: &Path) -> (PathBuf, bool) {
    let bare = matches!(name.components().collect::<Vec<_>>().as_slice(), [Component::Normal(_)]);
    if bare && !name.to_string_lossy().contains('/') && global.project.join(CONFIGURATION).is_file() {
        let project = if global.project == Path::new(".") { PathBuf::new() } else { global.project.clone() };
        (project.join("policies").join(name), true)
    } else {
        (name.to_owned(), false)
    }
}
