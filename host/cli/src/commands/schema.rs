//! `schema`: what the configuration may hold, for editors.

use portcullis_learn::{Family, describe};
use portcullis_project::{CONFIGURATION, FamilySchema, PolicySchema, schema};
use portcullis_sandbox::{ComponentFile, Limits, grantable};
use portcullis_verdict::plain;
use serde_json::json;

use super::policy;
use crate::arguments::{Global, Schema};
use crate::output;
use crate::status::Status;

/// The families of models and their hyperparameters.
fn families() -> Vec<FamilySchema> {
    let keys = |family| describe(family).iter().map(|parameter| (parameter.key, parameter.schema())).collect();
    Family::ALL.map(|family| FamilySchema { name: family.as_str(), keys: keys(family) }).into()
}

pub fn run(global: &Global, arguments: &Schema) -> anyhow::Result<Status> {
    let project = if arguments.without_policies || !global.project.join(CONFIGURATION).is_file() {
        None
    } else {
        Some(super::project(global)?)
    };
    let mut policies = Vec::new();
    if let Some(project) = &project {
        let sandbox = policy::sandbox(global)?;
        let mut files: Vec<_> = project.policies.iter().map(|policy| policy.file.clone()).collect();
        files.sort();
        files.dedup();
        for file in files {
            let read = ComponentFile::read(&file, Limits::default().component_bytes);
            let described = read
                .map_err(|error| error.to_string())
                .and_then(|component| policy::describe(&sandbox, &component).map_err(|failure| failure.to_string()));
            match described {
                Ok(description) => {
                    let within = file.strip_prefix(&project.root).unwrap_or(&file).to_string_lossy().replace('\\', "/");
                    let mut names = vec![format!("./{within}"), within];
                    let written = project.policies.iter().filter(|policy| policy.file == file);
                    names.extend(written.map(|policy| policy.display.clone()));
                    names.sort();
                    names.dedup();
                    policies.push(PolicySchema { files: names, parameters: description.parameters });
                }
                Err(why) => output::complain(&format!(
                    "{}: its parameters are left open, because it does not say what they are: {}",
                    file.display(),
                    plain(&why)
                )),
            }
        }
    }
    let mut schema = schema(&families(), &policies);
    if let Some(interfaces) = schema.pointer_mut("/properties/policy/items/properties/grant/properties/interfaces") {
        interfaces["items"] = json!({ "enum": grantable() });
    }
    output::print(&format!("{schema:#}\n"))?;
    Ok(Status::Passed)
}
