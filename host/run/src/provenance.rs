//! Where a model says it comes from, and whether the held-out rows are new to it.

use portcullis_learn::{CODE_SHA256, Family, Model, Provenance, Settings};
use portcullis_project::{ModelSource, Project};

use crate::inputs::Divided;

/// What the file of a model trained on this division says of it.
pub(crate) fn of(project: &Project, divided: &Divided) -> Provenance {
    Provenance {
        host_version: env!("CARGO_PKG_VERSION").to_owned(),
        data_sha256: divided.data_sha256.clone(),
        code_sha256: CODE_SHA256.map(str::to_owned),
        split: Some(split(project, divided)),
        target: project.data.target.clone(),
        commit: None, // the file's bytes are the same for the same inputs; the record tells the commit
    }
}

fn split(project: &Project, divided: &Divided) -> String {
    let counts = &divided.split;
    format!(
        "{}, {} of {} rows held out, seed {}",
        counts.method,
        counts.test,
        counts.test + counts.train,
        project.split.seed
    )
}

/// What a reader of the evaluation must know of a model that was trained on something else. `whose` names the model.
pub(crate) fn doubt(
    provenance: Option<&Provenance>,
    project: &Project,
    divided: &Divided,
    whose: &str,
) -> Option<String> {
    let Some(provenance) = provenance else {
        return Some(format!(
            "{whose} does not say what it was trained on: it may have learnt from rows held out here"
        ));
    };
    let now = split(project, divided);
    let then = provenance.split.as_deref().unwrap_or("unknown");
    let what = match (provenance.data_sha256 == divided.data_sha256, then == now) {
        (true, true) => return None,
        (true, false) => "on these files with another split",
        (false, _) => "on other files",
    };
    Some(format!("{whose} was trained {what} ({then}): it may have learnt from rows that are held out here"))
}

/// What a reader must know of a model that was trained before the configuration became what it is.
pub(crate) fn outdated(model: &Model, project: &Project, features: &[String]) -> Option<String> {
    let ModelSource::Family { name, parameters } = &project.model.as_ref()?.source else { return None };
    let family: Family = name.parse().ok()?;
    let settings = Settings::new(family, parameters, project.split.seed).ok()?;
    let mut changed = Vec::new();
    if family == model.family() {
        let now = settings.parameters.values();
        let keys = now.iter().filter(|(key, value)| model.parameters().get(*key) != Some(value));
        changed.extend(keys.map(|(key, _)| format!("[model] {key}")));
    } else {
        changed.push("[model] family".to_owned());
    }
    let inputs = model.inputs().iter().map(|input| &input.name);
    if !inputs.eq(features) {
        changed.push("[data] features".to_owned());
    }
    (!changed.is_empty()).then(|| {
        let changed = changed.join(", ");
        format!(
            "the model is the latest that was trained, and since then {changed} changed: `portcullis train` trains one as \
             configured"
        )
    })
}
