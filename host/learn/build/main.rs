//! Tells the crate which code it is built from: `PORTCULLIS_CODE_SHA256`, see [`digest`].

#![allow(clippy::print_stdout)] // it is how a build script speaks

mod digest;

use std::path::Path;

fn main() {
    let host = Path::new("..");
    let lock = Path::new("../../Cargo.lock");
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed={}", lock.display());
    match digest::of(host, lock) {
        Ok(code) => {
            for file in &code.files {
                println!("cargo::rerun-if-changed={}", file.display());
            }
            for folder in &code.folders {
                println!("cargo::rerun-if-changed={}", folder.display());
            }
            println!("cargo::rustc-env=PORTCULLIS_CODE_SHA256={}", code.sha256);
        }
        // Built outside of its workspace: models then say nothing of their code, rather than something untrue.
        Err(error) => println!("cargo::warning=models will not tell the digest of their code: {error}"),
    }
}
