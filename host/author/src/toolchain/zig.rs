//! zig, on the bindings for C.

use super::Job;
use super::c::{Bindings, zig};
use super::process::{made, run};
use crate::error::AuthorError;
use crate::language::Language;

pub(super) fn build(job: &Job<'_>) -> Result<Vec<u8>, AuthorError> {
    let bindings = Bindings::make(job)?;
    let mut translate = zig(job, Language::Zig)?;
    translate.current_dir(job.folder).args(["translate-c", "-target", "wasm32-wasi", "-lc"]).arg(&bindings.header);
    let translated = run(&mut translate)?;
    let api = bindings.folder.join("contract.zig");
    std::fs::write(&api, translated).map_err(AuthorError::io("cannot write", &api))?;
    let out = job.work.join("policy.core.wasm");
    let mut command = zig(job, Language::Zig)?;
    command.current_dir(job.folder).args(["build-exe", "policy.zig"]).args(&bindings.objects);
    command.args(["-target", "wasm32-wasi", "-mexec-model=reactor", "-fno-entry", "-lc", "-OReleaseSafe"]);
    // The stack protector would ask WASI for random bytes.
    command.args(["-fno-stack-protector", "-fstrip", "--stack", "65536"]).arg(format!("-femit-bin={}", out.display()));
    run(&mut command)?;
    made(&out)
}
