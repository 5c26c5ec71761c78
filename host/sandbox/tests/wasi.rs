//! A guest with the whole standard library, built for `wasm32-wasip2`, gets nothing out of WASI and is not hurt by it.
#![allow(clippy::unwrap_used, reason = "what a test cannot set up has failed")]

mod world;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use portcullis_sandbox::{Grant, Judged, Limits, Request, Sandbox};
use serde_json::json;

/// When the guest's clocks stand still.
const NOW: Duration = Duration::from_secs(1_700_000_000);

fn guest() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("guests");
    let built = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--locked", "--release", "--target", "wasm32-wasip2", "--target-dir"])
        .arg(&target)
        .arg("--manifest-path")
        .arg(root.join("tests/guests/wasi/Cargo.toml"))
        .status()
        .unwrap();
    assert!(built.success(), "the guest does not build; is the target there? rustup target add wasm32-wasip2");
    target.join("wasm32-wasip2/release/wasi_guest.wasm")
}

fn judge(seed: u64) -> Judged {
    let sandbox = Sandbox::new(None).unwrap();
    let policy = sandbox.load_file("curious", &guest(), Grant::default(), Limits::default()).unwrap();
    assert!(policy.inspection().wants_wasi());
    let world = Arc::new(world::Fake::new(0.9));
    policy.judge(Request { parameters: json!({}), world, seed, now: NOW })
}

fn figure(judged: &Judged, name: &str) -> f64 {
    let measures = &judged.result.as_ref().unwrap().measures;
    measures.iter().find(|measure| measure.name == name).unwrap().value.unwrap()
}

#[test]
fn nothing_is_given_away() {
    let judged = judge(42);
    for nothing in [
        "variables",
        "arguments",
        "current_dir",
        "root",
        "passwd",
        "write",
        "tcp",
        "listen",
        "udp",
        "names",
        "elapsed",
        "stdin",
    ] {
        assert_eq!(figure(&judged, nothing), 0.0, "{nothing}");
    }
    assert_eq!(figure(&judged, "wall_clock"), NOW.as_secs_f64());
    assert_eq!(judged.log, ["printed on standard output", "printed on standard error"]);
    assert!(judged.elapsed < Duration::from_mins(30), "an hour's sleep took an hour");
}

#[test]
fn random_numbers_come_from_the_seed() {
    let (first, again, other) = (judge(42), judge(42), judge(43));
    assert_eq!((&first.result, first.fuel), (&again.result, again.fuel));
    assert_ne!(figure(&first, "random"), figure(&other, "random"));
}
