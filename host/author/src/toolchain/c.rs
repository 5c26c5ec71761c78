//! A C compiler for WebAssembly: zig's, or the clang of wasi-sdk. Bindings are made here.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::Job;
use super::process::{find, made, run};
use crate::component::{generate, short_names};
use crate::error::AuthorError;
use crate::language::Language;

pub(super) fn build(job: &Job<'_>) -> Result<Vec<u8>, AuthorError> {
    let bindings = Bindings::make(job)?;
    let mut command = compiler(job)?;
    let out = job.work.join("policy.core.wasm");
    command.current_dir(job.folder).args(["-mexec-model=reactor", "-std=c23", "-Os", "-s", "-Wall", "-Wextra"]);
    // Address 0 is memory like any other in WebAssembly, so a null pointer does not crash by itself; and an assert is there
    // to be heard.
    command.args(["-fsanitize=undefined", "-fsanitize-trap=all", "-UNDEBUG"]);
    command.args(["-Wl,-z,stack-size=65536", "-I", ".", "-I"]).arg(&bindings.folder).arg("-o").arg(&out);
    command.args(sources(job.folder, "c")?).args(&bindings.objects);
    run(&mut command)?;
    made(&out)
}

/// The bindings for C, which Zig uses too.
pub(super) struct Bindings {
    pub folder: PathBuf,
    /// `policy.h`.
    pub header: PathBuf,
    /// What is compiled and linked with the policy.
    pub objects: Vec<PathBuf>,
}

impl Bindings {
    pub fn make(job: &Job<'_>) -> Result<Self, AuthorError> {
        let folder = job.work.join("bindings");
        let options = wit_bindgen_c::Opts { rename: short_names(job.folder)?, ..wit_bindgen_c::Opts::default() };
        let names = generate(options.build(), job.folder, &folder)?;
        let ending = |name: &String| Path::new(name).extension().and_then(|ending| ending.to_str()).map(str::to_owned);
        let object = |name: &&String| matches!(ending(name).as_deref(), Some("c" | "o"));
        let objects = names.iter().filter(object).map(|name| folder.join(name)).collect();
        Ok(Self { header: folder.join("policy.h"), objects, folder })
    }
}

/// The compiler with its target: of wasi-sdk where `WASI_SDK_PATH` says where that is, else zig's.
fn compiler(job: &Job<'_>) -> Result<Command, AuthorError> {
    if let Some(sdk) = std::env::var_os("WASI_SDK_PATH").map(PathBuf::from) {
        let mut command = Command::new(sdk.join("bin/clang"));
        // With the stack first, one that overflows leaves the memory; zig lays it out so by itself.
        command.args(["--target=wasm32-wasip1", "-Wl,--stack-first"]);
        return Ok(command);
    }
    let mut command = zig(job, Language::C)?;
    command.args(["cc", "-target", "wasm32-wasi"]);
    Ok(command)
}

/// zig, as its own package calls it or as Python's does. What it keeps goes where the rest of the building does.
pub(super) fn zig(job: &Job<'_>, language: Language) -> Result<Command, AuthorError> {
    let zig = find(&["zig", "python-zig"], job.folder, &[".venv/bin", ".venv/Scripts"]).ok_or_else(|| {
        AuthorError::Missing {
            tool: "zig",
            language,
            remedy: match language {
                Language::C => "Install zig from https://ziglang.org, or wasi-sdk and set WASI_SDK_PATH to its folder; with \
                                Python at hand, `pip install ziglang==0.17.1` brings zig too"
                    .to_owned(),
                _ => "Install zig from https://ziglang.org; with Python at hand, `pip install ziglang==0.17.1` brings it too"
                    .to_owned(),
            },
        }
    })?;
    let mut command = Command::new(zig);
    command.env("ZIG_LOCAL_CACHE_DIR", job.work.join("zig-cache"));
    Ok(command)
}

/// The sources in a policy's folder, by their ending, sorted.
pub(super) fn sources(folder: &Path, ending: &str) -> Result<Vec<PathBuf>, AuthorError> {
    let listing = std::fs::read_dir(folder).map_err(AuthorError::io("cannot read", folder))?;
    let mut sources: Vec<PathBuf> = listing
        .flatten()
        .map(|entry| PathBuf::from(entry.file_name()))
        .filter(|name| name.extension().is_some_and(|other| other == ending))
        .collect();
    sources.sort();
    Ok(sources)
}
