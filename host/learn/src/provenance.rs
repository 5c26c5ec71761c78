//! Where a model came from.

use serde::{Deserialize, Serialize};

/// Digest of the training code that this binary was built from: the sources of this crate and of the crates of this
/// workspace that it uses, with the versions of everything else they use. None where it was built outside of the workspace.
pub const CODE_SHA256: Option<&str> = option_env!("PORTCULLIS_CODE_SHA256");

/// What a model was made from, as told by whoever trained it. It stands in the head of the model's file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Provenance {
    /// Version of the host that trained it.
    pub host_version: String,
    /// Digest over the training data's sources, in hexadecimal.
    pub data_sha256: String,
    /// Digest of the code that trained it: [`CODE_SHA256`] for the families of this crate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code_sha256: Option<String>,
    /// How rows were held out and by which seed: `stratified, 20 % held out, seed 42`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub split: Option<String>,
    /// The column that the model predicts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// Commit that the project's repository stood at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
}
