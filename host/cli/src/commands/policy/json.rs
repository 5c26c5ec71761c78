//! What a policy is, for scripts. Fields may be added; a reader ignores what it does not know.

use portcullis_report::escaped;
use portcullis_sandbox::{Access, Import};
use serde_json::{Value, json};

use super::inspect::Inspected;

pub(super) fn render(files: &[Inspected<'_>]) -> String {
    let values = Value::Array(files.iter().map(one).collect());
    escaped(&format!("{values:#}")) + "\n"
}

fn one(inspected: &Inspected<'_>) -> Value {
    let Inspected { path, file, description } = inspected;
    let inspection = file.inspection().ok();
    let failure = description.as_ref().err();
    let said = description.as_ref().ok();
    json!({
        "file": path.to_string_lossy(),
        "size": file.size(),
        "sha256": file.digest(),
        "kind": inspection.map(|inspection| inspection.kind),
        "contract": inspection.map(|inspection| inspection.contract.to_string()),
        "runs": inspection.map(|inspection| inspection.runs().is_ok()),
        "capabilities": inspection.map(portcullis_sandbox::Inspection::asks_for),
        "imports": inspection.map(|inspection| inspection.explained().iter().map(import).collect::<Vec<_>>()),
        "name": said.map(|said| &said.name),
        "version": said.map(|said| &said.version),
        "summary": said.map(|said| &said.summary),
        "parameters": said.map(|said| &said.parameters),
        "toolchain": file
            .toolchain()
            .iter()
            .map(|tool| json!({ "field": tool.field, "name": tool.name, "version": tool.version }))
            .collect::<Vec<_>>(),
        "failure": failure,
    })
}

fn import(import: &Import<'_>) -> Value {
    let (access, grant) = match import.access {
        Access::Free => ("free", None),
        Access::Grant(word) => ("grant", Some(word)),
        Access::Unavailable => ("unavailable", None),
        Access::Answered => ("answered", None),
        Access::Unknown => ("unknown", None),
    };
    json!({ "name": import.name, "reveals": import.reveals, "access": access, "grant": grant })
}
