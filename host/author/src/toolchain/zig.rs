//! zig, on the bindings for C.

use std::process::Command;

use super::Job;
use super::c::zig;
use super::process::{made, run};
use crate::component::generate;
use crate::error::AuthorError;
use crate::language::Language;

pub(super) fn build(job: &Job<'_>) -> Result<Vec<u8>, AuthorError> {
    let bindings = job.work.join("bindings");
    let names = generate(wit_bindgen_c::Opts::default().build(), job.folder, &bindings)?;
    let zig = zig(job, Language::Zig)?;
    let header = names.iter().find(|name| name.ends_with(".h")).map(|name| bindings.join(name)).unwrap_or_default();
    let translated = run(Command::new(&zig)
        .current_dir(job.folder)
        .args(["translate-c", "-target", "wasm32-wasi", "-lc"])
        .arg(&header))?;
    let api = bindings.join("contract.zig");
    std::fs::write(&api, translated).map_err(AuthorError::io("cannot write", &api))?;
    let out = job.work.join("policy.core.wasm");
    let mut command = Command::new(&zig);
    command.current_dir(job.folder).args(["build-exe", "policy.zig"]);
    command
        .args(names.iter().filter(|name| name.ends_with(".c") || name.ends_with(".o")).map(|name| bindings.join(name)));
    command
        .args([
            "-target",
            "wasm32-wasi",
            "-mexec-model=reactor",
            "-fno-entry",
            "-lc",
            "-OReleaseSmall",
            "-fstrip",
            "-rdynamic",
        ])
        .arg(format!("-femit-bin={}", out.display()));
    run(&mut command)?;
    made(&out)
}
