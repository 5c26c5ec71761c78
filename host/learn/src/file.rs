//! A model as a file.
//!
//! ```text
//! PORTCULLIS-MODEL 1 <sha256 of everything after this line>
//! {"family":"random-forest","task":"binary",…,"payload_bytes":81244}      what a person or a tool wants to know
//! {"encoder":{…},"present":[0,1],"learnt":null}                           payload: what was learnt, as JSON
//! …                                                                       payload: trees in their own form, if any
//! ```
//!
//! `head -2` shows all but the payload. Numbers in JSON are written with as many digits as reading them back bit by bit
//! takes. The same training gives the same bytes: there is no date and no random name in it.

use std::collections::BTreeMap;

use portcullis_data::ColumnInfo;
use portcullis_stats::Task;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::encode::Encoder;
use crate::family::Family;
use crate::methods::Learnt;
use crate::model::Model;
use crate::provenance::Provenance;
use crate::trees::Trees;

/// The version of the file's layout that this host writes, and the newest that it reads.
pub const FORMAT_VERSION: u32 = 1;

const MAGIC: &str = "PORTCULLIS-MODEL ";

/// Why bytes could not be read as a model.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelFileError {
    /// The bytes are something else.
    #[error("this is not a Portcullis model: a model's file begins with `PORTCULLIS-MODEL`")]
    Foreign,
    /// A later host wrote it.
    #[error(
        "the model's file has format {found}{host}, and this host reads formats up to {FORMAT_VERSION}: use a newer \
         Portcullis, or train the model again with this one"
    )]
    Newer {
        /// The file's format.
        found: u64,
        /// `, written by Portcullis …`, or empty.
        host: String,
    },
    /// A format that never was.
    #[error(
        "the model's file says it has format {found}, which no host wrote; this host reads formats 1 to {FORMAT_VERSION}"
    )]
    Unknown {
        /// What it says.
        found: String,
    },
    /// It ends early.
    #[error("the model's file is cut off: it ends after {found} bytes{expected}; copy it again or train again")]
    Truncated {
        /// Its length.
        found: usize,
        /// ` of N`, or empty where that cannot be told.
        expected: String,
    },
    /// It was changed after it was written.
    #[error("the model's file is damaged: {reason}; copy it again or train again")]
    Damaged {
        /// How that shows.
        reason: String,
    },
}

fn damaged(reason: impl Into<String>) -> ModelFileError {
    ModelFileError::Damaged { reason: reason.into() }
}

/// The second line.
#[derive(Serialize, Deserialize)]
struct Head {
    family: Family,
    task: Task,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    classes: Vec<String>,
    /// The positive class by its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    positive: Option<u32>,
    inputs: Vec<ColumnInfo>,
    parameters: BTreeMap<String, Value>,
    seed: u32,
    trained_rows: u64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    provenance: Option<Provenance>,
    payload_bytes: usize,
}

/// The third line.
#[derive(Serialize, Deserialize)]
struct Payload {
    encoder: Encoder,
    present: Vec<u32>,
    /// None: trees follow.
    learnt: Option<Learnt>,
}

impl Model {
    /// The model as the bytes of a file.
    ///
    /// # Errors
    /// None in practice: everything a model holds can be written.
    pub fn to_bytes(&self) -> Result<Vec<u8>, ModelFileError> {
        let unwritable = |error: serde_json::Error| damaged(format!("it cannot be written: {error}"));
        let (learnt, trees) = match &self.learnt {
            Learnt::Trees(trees) => (None, trees.to_bytes()),
            other => (Some(other.clone()), Vec::new()),
        };
        let payload = Payload { encoder: self.encoder.clone(), present: self.present.clone(), learnt };
        let payload = line(serde_json::to_vec(&payload).map_err(unwritable)?);
        let head = Head {
            family: self.family,
            task: self.task,
            classes: self.classes.clone(),
            positive: self.positive,
            inputs: self.inputs.clone(),
            parameters: self.parameters.clone(),
            seed: self.seed,
            trained_rows: self.rows,
            notes: self.notes.clone(),
            provenance: self.provenance.clone(),
            payload_bytes: payload.len() + trees.len(),
        };
        let head = line(serde_json::to_vec(&head).map_err(unwritable)?);
        let body = [head, payload, trees].concat();
        Ok([format!("{MAGIC}{FORMAT_VERSION} {}\n", sha256(&body)).into_bytes(), body].concat())
    }

    /// Reads what [`Model::to_bytes`] wrote, bit by bit.
    ///
    /// # Errors
    /// Bytes of another kind, of a newer format, cut off or damaged.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ModelFileError> {
        let truncated = || ModelFileError::Truncated { found: bytes.len(), expected: String::new() };
        let Some(rest) = bytes.strip_prefix(MAGIC.as_bytes()) else {
            let cut = !bytes.is_empty() && MAGIC.as_bytes().starts_with(bytes);
            return Err(if cut { truncated() } else { ModelFileError::Foreign });
        };
        let (first, body) = split_line(rest).ok_or_else(truncated)?;
        let first = String::from_utf8_lossy(first);
        let mut words = first.split(' ');
        let version = words.next().unwrap_or_default();
        match version.parse::<u64>() {
            Ok(found) if found > u64::from(FORMAT_VERSION) => {
                return Err(ModelFileError::Newer { found, host: written_by(body) });
            }
            Ok(found) if found == u64::from(FORMAT_VERSION) => {}
            _ => return Err(ModelFileError::Unknown { found: version.chars().take(20).collect() }),
        }
        let (head, payload) = split_line(body).ok_or_else(truncated)?;
        let head: Head = serde_json::from_slice(head)
            .map_err(|error| damaged(format!("its second line is not a model's head ({error})")))?;
        if payload.len() < head.payload_bytes {
            let whole = bytes.len().saturating_add(head.payload_bytes - payload.len());
            return Err(ModelFileError::Truncated { found: bytes.len(), expected: format!(" of {whole}") });
        }
        if payload.len() > head.payload_bytes {
            return Err(damaged("more follows after its end"));
        }
        if words.next() != Some(sha256(body).as_str()) {
            return Err(damaged("its content does not have the sha256 that its first line states"));
        }
        let (line, trees) = split_line(payload).ok_or_else(|| damaged("it has no third line"))?;
        let payload: Payload = serde_json::from_slice(line)
            .map_err(|error| damaged(format!("its third line is not what a model learnt ({error})")))?;
        let learnt = match payload.learnt {
            Some(learnt) => learnt,
            None => Learnt::Trees(Trees::from_bytes(trees).map_err(|error| damaged(error.to_string()))?),
        };
        let model = Self {
            family: head.family,
            task: head.task,
            classes: head.classes,
            positive: head.positive,
            inputs: head.inputs,
            parameters: head.parameters,
            seed: head.seed,
            rows: head.trained_rows,
            notes: head.notes,
            provenance: head.provenance,
            encoder: payload.encoder,
            present: payload.present,
            learnt,
        };
        if model.is_sound() { Ok(model) } else { Err(damaged("its parts do not fit together")) }
    }

    /// Whether the parts fit together, so that prediction can rely on it whoever wrote the file.
    fn is_sound(&self) -> bool {
        let places = self.classes.len() as u64;
        let outputs = if self.task.is_classification() { self.present.len() } else { 1 };
        let inputs = self.inputs.iter().map(|input| input.name.as_str());
        self.family.does(self.task)
            && self.task.is_classification() != self.classes.is_empty()
            && (self.task == Task::Binary) == self.positive.is_some()
            && self.positive.is_none_or(|positive| u64::from(positive) < places)
            && self.present.is_sorted_by(|a, b| a < b)
            && self.present.iter().all(|class| u64::from(*class) < places)
            && inputs.eq(self.encoder.inputs().map(|(name, _)| name))
            && self.encoder.is_sound()
            && self.learnt.is_sound()
            && self.learnt.fits(self.family)
            && self.learnt.width() == self.encoder.width()
            && self.learnt.outputs() == outputs
    }
}

/// Which host wrote a file of a later format, as far as its second line still says so.
fn written_by(body: &[u8]) -> String {
    let head: Option<Value> = split_line(body).and_then(|(head, _)| serde_json::from_slice(head).ok());
    match head.as_ref().and_then(|head| head.pointer("/provenance/host_version")?.as_str()) {
        Some(version) => format!(", written by Portcullis {}", version.escape_default().take(20).collect::<String>()),
        None => String::new(),
    }
}

/// The bytes before the first end of a line, and those after it.
fn split_line(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    let (line, rest) = bytes.split_at_checked(end)?;
    Some((line, rest.get(1..)?))
}

fn line(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.push(b'\n');
    bytes
}

fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}
