//! cargo, for `wasm32-unknown-unknown`: nothing of WASI, and the module is made a component here.

use std::path::PathBuf;
use std::process::Command;

use super::Job;
use super::process::{find, made, run};
use crate::error::AuthorError;
use crate::language::Language;

const TARGET: &str = "wasm32-unknown-unknown";

pub(super) fn build(job: &Job<'_>) -> Result<Vec<u8>, AuthorError> {
    let missing = |tool: &'static str, remedy: &str| AuthorError::Missing {
        tool,
        language: Language::Rust,
        remedy: remedy.to_owned(),
    };
    let cargo = find(&["cargo"], job.folder, &[]).ok_or_else(|| {
        missing("cargo", "Install Rust with rustup, and then `rustup target add wasm32-unknown-unknown`")
    })?;
    if let Some(rustc) = find(&["rustc"], job.folder, &[]) {
        let library =
            run(Command::new(rustc).current_dir(job.folder).args(["--print", "target-libdir", "--target", TARGET]))?;
        if !PathBuf::from(library).is_dir() {
            return Err(missing(
                "the target wasm32-unknown-unknown",
                "Install it with `rustup target add wasm32-unknown-unknown`",
            ));
        }
    }
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| job.work.join("cargo"), PathBuf::from);
    let mut command = Command::new(cargo);
    command.current_dir(job.folder).args(["build", "--release", "--target", TARGET, "--target-dir"]).arg(&target);
    // Messages of a panic name files: by where they are in the folder, not by where the folder is.
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| Some(std::env::home_dir()?.join(".cargo")));
    let places = [Some((job.folder.to_owned(), "")), home.map(|home| (home, "cargo"))];
    let flags: Vec<String> = places
        .into_iter()
        .flatten()
        .map(|(from, to)| format!("--remap-path-prefix={}={to}", from.display()))
        .chain(std::env::var("RUSTFLAGS").ok())
        .collect();
    command.env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"));
    run(&mut command)?;
    made(&target.join(TARGET).join("release").join(format!("{}.wasm", job.name.replace('-', "_"))))
}
