//! What a run is called.

use portcullis_verdict::RunRecord;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::policies::Loaded;
use crate::request::Request;

/// Bytes of the hash that a run's id shows.
const ID_BYTES: usize = 8;

/// The run's id: a hash of its inputs. The same data, configuration, policies and host make the same id.
pub(crate) fn of(request: &Request<'_>, record: &RunRecord, loaded: &[Loaded]) -> String {
    // The name is the folder's unless it is set: the same project in another folder is the same run.
    let settings = request.project.settings().iter().filter(|setting| setting.key != "project.name");
    let settings: Vec<(&str, &str)> = settings.map(|setting| (setting.key.as_str(), setting.value.as_str())).collect();
    let sources = record.data.as_ref().map(|data| &data.sources);
    let inputs = json!({
        "host": record.run.host,
        "command": record.run.command,
        "keep-going": request.keep_going,
        "at": record.run.at.as_ref().map(|at| &at.time),
        "verify-determinism": request.verify_determinism,
        "settings": settings,
        "sources": sources,
        "model": record.model.as_ref().map(|model| &model.sha256),
        "champion": record.champion.as_ref().map(|model| &model.sha256),
        "policies": loaded.iter().map(Loaded::identity).collect::<Vec<_>>(),
    });
    hex::encode(&Sha256::digest(inputs.to_string())[..ID_BYTES])
}
