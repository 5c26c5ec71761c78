//! A C compiler for WebAssembly: zig's, or the clang of wasi-sdk. Bindings are made here.

use std::path::PathBuf;
use std::process::Command;

use super::Job;
use super::process::{find, made, run};
use crate::component::generate;
use crate::error::AuthorError;
use crate::language::Language;

pub(super) fn build(job: &Job<'_>) -> Result<Vec<u8>, AuthorError> {
    let bindings = job.work.join("bindings");
    let names = generate(wit_bindgen_c::Opts::default().build(), job.folder, &bindings)?;
    let mut command = compiler(job)?;
    let out = job.work.join("policy.core.wasm");
    command.current_dir(job.folder).args(["-mexec-model=reactor", "-O2", "-s", "-std=c23", "-Wall", "-Wextra"]);
    command.arg("-Wl,-z,stack-size=65536").arg("-I").arg(&bindings).arg("-I.").arg("policy.c");
    command
        .args(names.iter().filter(|name| name.ends_with(".c") || name.ends_with(".o")).map(|name| bindings.join(name)));
    run(command.arg("-o").arg(&out))?;
    made(&out)
}

/// The compiler with its target: of wasi-sdk where `WASI_SDK_PATH` says where that is, else zig's.
pub(super) fn compiler(job: &Job<'_>) -> Result<Command, AuthorError> {
    if let Some(sdk) = std::env::var_os("WASI_SDK_PATH").map(PathBuf::from) {
        let mut command = Command::new(sdk.join("bin/clang"));
        command.arg("--target=wasm32-wasip1");
        return Ok(command);
    }
    let zig = zig(job, Language::C)?;
    let mut command = Command::new(zig);
    command.args(["cc", "-target", "wasm32-wasi"]);
    Ok(command)
}

/// zig, as its own package calls it or as Python's does.
pub(super) fn zig(job: &Job<'_>, language: Language) -> Result<PathBuf, AuthorError> {
    find(&["zig", "python-zig"], job.folder, &[".venv/bin", ".venv/Scripts"]).ok_or_else(|| AuthorError::Missing {
        tool: "zig",
        language,
        remedy: match language {
            Language::C => {
                "Install zig, or wasi-sdk and set WASI_SDK_PATH to its folder; with Python at hand, `pip install \
                            ziglang` brings zig too"
                    .to_owned()
            }
            _ => "Install zig from its site; with Python at hand, `pip install ziglang` brings it too".to_owned(),
        },
    })
}
