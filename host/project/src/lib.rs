//! A project on disk: its configuration, its policies, and where results go.
//!
//! The configuration has two types. *As written* ([`written`], private) is the file with a line for every value.
//! *Resolved* ([`Project`]) is what everything else works with: flags and environment applied, defaults filled in, paths
//! absolute, one enum where the file has keys that exclude each other, so that no code asks twice what a setting meant.
//!
//! Every key stands once, in [`SECTIONS`]: parsing, suggestions, environment variables, `portcullis config` and the test
//! of `docs/configuration.md` all read that table.
//!
//! This crate opens no data and no component; it only finds them.

mod commit;
mod data;
mod discover;
mod git_object;
mod keys;
mod layers;
mod layout;
mod limits;
mod lock;
mod model;
mod policy;
mod problem;
mod project;
mod read;
mod regular;
mod run_folder;
mod schema;
mod split;
mod suggest;
mod units;
mod written;

pub use commit::{commit, commit_time, repository};
pub use data::Data;
pub use keys::{ENTRY_SECTIONS, Form, Key, POLICY_KEYS, RESERVED_VARIABLES, SECTIONS, Section};
pub use layers::{Origin, Overrides, Setting};
pub use layout::{Layout, LayoutError, cache_folder};
pub use limits::LimitOverrides;
pub use lock::{Difference, Found, LOCK_FILE, LOCK_VERSION, Lock, LockError, Pin, locked_name};
pub use model::{Model, ModelSource, TaskChoice};
pub use policy::{Grant, PolicySpec};
pub use problem::{Problem, ProjectError};
pub use project::{CONFIGURATION, Evaluate, Project, ProjectPath};
pub use regular::{open_regular, read_regular, write_whole};
pub use run_folder::RunFolder;
pub use schema::{FamilySchema, PolicySchema, schema};
pub use split::{Split, SplitMethod};
pub use suggest::nearest;
pub use units::{duration, duration_text, size, size_text};
