//! Building a policy: the language's toolchain, then a component, then a look at whether that is what it should be.

use std::path::PathBuf;
use std::process::Command;

use portcullis_project::write_whole;
use portcullis_sandbox::{ComponentFile, Description, Grant, Limits, Sandbox};
use portcullis_verdict::Failure;

use crate::component;
use crate::error::AuthorError;
use crate::manifest::{Manifest, Recipe};
use crate::toolchain::{self, Job, run};

/// The folder within a policy's folder that building writes to.
pub const WORK: &str = "build";

/// A policy that was built.
#[derive(Debug)]
pub struct Built {
    /// Where it lies.
    pub file: PathBuf,
    /// What it is.
    pub component: ComponentFile,
    /// What it says of itself.
    pub description: Description,
    /// Imports of other makers that its toolchain added, by their names.
    pub added: Vec<String>,
}

/// Builds a policy, checks it against the contract and its manifest, and puts it where the manifest says. What stood there
/// stays if anything is wrong.
///
/// # Errors
/// A toolchain that is missing or that fails; what it made is no policy, another kind, or calls itself something else.
pub fn build(manifest: &Manifest, sandbox: &Sandbox) -> Result<Built, AuthorError> {
    let work = manifest.folder.join(WORK);
    std::fs::create_dir_all(&work).map_err(AuthorError::io("cannot make", &work))?;
    let made = match &manifest.recipe {
        Recipe::Language(language) => toolchain::build(
            *language,
            &Job { folder: &manifest.folder, name: &manifest.name, kind: manifest.kind, work },
        )?,
        Recipe::Command { command, file } => {
            let (program, arguments) =
                command.split_first().map_or(("", &[][..]), |(first, rest)| (first.as_str(), rest));
            run(Command::new(program).args(arguments).current_dir(&manifest.folder))?;
            std::fs::read(file).map_err(AuthorError::io("the build command ended well, but cannot read", file))?
        }
    };
    let bytes = component::of(&made).map_err(|why| AuthorError::NotAPolicy { why })?;
    let component = ComponentFile::new(bytes.clone());
    let description = check(manifest, &component, sandbox)?;
    let folder = manifest.output.parent().unwrap_or(&manifest.folder);
    std::fs::create_dir_all(folder).map_err(AuthorError::io("cannot make", folder))?;
    write_whole(&manifest.output, &bytes, ".portcullis-build-")
        .map_err(AuthorError::io("cannot write", &manifest.output))?;
    let imports = component.inspection().map(|inspection| inspection.imports.clone()).unwrap_or_default();
    let added = imports.into_iter().filter(|import| !import.starts_with("portcullis:")).collect();
    Ok(Built { file: manifest.output.clone(), component, description, added })
}

/// Whether a component is the policy that the manifest describes; what it says of itself.
fn check(manifest: &Manifest, component: &ComponentFile, sandbox: &Sandbox) -> Result<Description, AuthorError> {
    let wrong = |why: String| AuthorError::NotAPolicy { why };
    let failed = |failure: &Failure| wrong(failure.to_string());
    let inspection = component.inspection().map_err(failed)?;
    inspection.runs().map_err(|failure| failed(&failure))?;
    if inspection.kind != manifest.kind {
        return Err(wrong(format!(
            "it exports the interface of a {} policy, and `kind` is \"{}\"; correct the one that is wrong (the world in \
             wit/policy.wit includes the kind's)",
            inspection.kind, manifest.kind
        )));
    }
    // Nothing is there to be seen while it answers.
    let policy = sandbox
        .load(&manifest.name, component, Grant::every_interface(), Limits::default())
        .map_err(|failure| failed(&failure))?;
    let description = policy.describe().map_err(|failure| wrong(format!("its `describe` failed: {failure}")))?;
    if description.name != manifest.name {
        return Err(wrong(format!(
            "`describe` names it \"{}\", and `name` is \"{}\"; correct the one that is wrong",
            description.name, manifest.name
        )));
    }
    // Parameters of which none is given may be missing; a schema that cannot be used at all is the policy's fault.
    policy.parameters(&description, &serde_json::Value::Null).map_err(|failure| failed(&failure))?.ok();
    Ok(description)
}
