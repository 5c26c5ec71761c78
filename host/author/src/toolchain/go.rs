//! The go of its site, as a library for WASI's old kind, which an adapter within the component answers.
//!
//! Bindings, the package that they stand on and the glue between them and the author's package go into `build/`, beside the
//! author's sources, in one module.

use std::path::{Path, PathBuf};
use std::process::Command;

use wit_bindgen_go::{Format, Opts, remote_pkg_version};

use super::Job;
use super::process::{find, made, run};
use crate::component::{generate, with_world};
use crate::error::AuthorError;
use crate::files;
use crate::language::Language;
use crate::segments;

/// A folder with the package that bindings stand on, for machines that do not reach Go's module proxy.
const PACKAGE: &str = "PORTCULLIS_GO_PACKAGE";

pub(super) fn build(job: &Job<'_>) -> Result<Vec<u8>, AuthorError> {
    let go = find(&["go"], job.folder, &[".venv/bin", ".venv/Scripts"]).ok_or_else(|| AuthorError::Missing {
        tool: "go",
        language: Language::Go,
        remedy: "Install Go 1.25 or later from https://go.dev/dl, so that `go` is on the path".to_owned(),
    })?;
    let bindings = job.work.join("bindings");
    // Whether this machine has gofmt must make no difference.
    let options = Opts { pkg_name: Some("policy/build/bindings".to_owned()), format: Format::False, ..Opts::default() };
    generate(options.build(), job.folder, &bindings)?;
    package(&go, job)?;
    glue(job, &bindings)?;
    let out = job.work.join("policy.core.wasm");
    run(Command::new(&go)
        .current_dir(job.folder)
        .envs([("GOOS", "wasip1"), ("GOARCH", "wasm")])
        .args(["build", "-trimpath", "-buildvcs=false", "-buildmode=c-shared"])
        .args(["-ldflags=-s -w -buildid= -checklinkname=0", "-o"])
        .arg(&out)
        .arg("./build"))?;
    let module = segments::joined(&made(&out)?)
        .map_err(|error| AuthorError::Defect(format!("Go's module cannot be read: {error}")))?;
    with_world(&module, job.folder)
}

/// The two files between bindings and the author's package.
fn glue(job: &Job<'_>, bindings: &Path) -> Result<(), AuthorError> {
    let kind = job.kind.as_str().replace('-', "_");
    let text = |name: &str| String::from_utf8_lossy(files::file(name).unwrap_or_default()).into_owned();
    let export = text("languages/go/glue/export.go").replace("policy_kind", &kind);
    let place = bindings.join(format!("export_portcullis_policy_{kind}"));
    for (folder, name, text) in
        [(place.as_path(), "export.go", export), (job.work.as_path(), "main.go", text("languages/go/glue/main.go"))]
    {
        std::fs::create_dir_all(folder).map_err(AuthorError::io("cannot make", folder))?;
        let file = folder.join(name);
        std::fs::write(&file, text).map_err(AuthorError::io("cannot write", &file))?;
    }
    Ok(())
}

/// The package that the bindings stand on, into `build/pkg`: from Go's module proxy, once.
fn package(go: &Path, job: &Job<'_>) -> Result<(), AuthorError> {
    let target = job.work.join("pkg");
    if target.join("go.mod").is_file() {
        return Ok(());
    }
    let source = if let Some(folder) = std::env::var_os(PACKAGE) {
        PathBuf::from(folder)
    } else {
        let module = remote_pkg_version().replace(' ', "@");
        let said = run(Command::new(go)
            .current_dir(&job.work)
            .env("GOFLAGS", "-mod=mod")
            .args(["mod", "download", "-json"])
            .arg(&module))?;
        let said: serde_json::Value = serde_json::from_str(&said).unwrap_or_default();
        let folder = said.get("Dir").and_then(serde_json::Value::as_str);
        PathBuf::from(folder.ok_or_else(|| AuthorError::Toolchain {
            command: format!("go mod download {module}"),
            said: format!("it names no folder; set {PACKAGE} to one that holds the package"),
        })?)
    };
    copy(&source, &target, &["go.mod", "LICENSE", "wit"])
}

/// Copies some of a folder's files and folders, with everything in them.
fn copy(from: &Path, to: &Path, names: &[&str]) -> Result<(), AuthorError> {
    std::fs::create_dir_all(to).map_err(AuthorError::io("cannot make", to))?;
    for name in names {
        let (source, target) = (from.join(name), to.join(name));
        if source.is_dir() {
            let listing = std::fs::read_dir(&source).map_err(AuthorError::io("cannot read", &source))?;
            let inner: Vec<String> =
                listing.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
            copy(&source, &target, &inner.iter().map(String::as_str).collect::<Vec<_>>())?;
        } else {
            // Written and not copied: what lies in Go's cache may not be written to, and what is built must be.
            let bytes = std::fs::read(&source).map_err(AuthorError::io("cannot read", &source))?;
            std::fs::write(&target, bytes).map_err(AuthorError::io("cannot write", &target))?;
        }
    }
    Ok(())
}
