//! Policies built against the contract of a version, as its authors would have it: the whole of it, in files.

use std::fs;
use std::path::{Path, PathBuf};

use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

/// What stands in `data.wit` today.
const MEAN: &str = "mean: func() -> result<option<f64>, failure>;";

/// What the versions after it have there.
fn changed(version: &str) -> &'static str {
    match version {
        "0.1.0" => MEAN,
        "0.1.1" => {
            "mean: func() -> result<option<f64>, failure>;\n        median: func() -> result<option<f64>, failure>;"
        }
        "0.2.0" => "mean: func() -> result<f64, failure>;",
        other => panic!("there is no pretend {other}"),
    }
}

/// A gate that asks for a statistic of the column `age`. It passes where that is 0.5, is inconclusive where it is another
/// number, not applicable where there is none, and fails where the host answers with a failure.
pub fn gate(version: &str, method: &str) -> Vec<u8> {
    let dataset = format!("portcullis:data/dataset@{version}");
    // Where the number lies in the answer, behind the result's own byte: an option has a byte before it.
    let (some, number) =
        if version == "0.2.0" { ("(i32.const 1)", 424) } else { ("(i32.load8_u (i32.const 424))", 432) };
    let shared =
        fs::read_to_string(root().join("tests/hostile/abi.wat")).unwrap().replace("0.1.0#", &format!("{version}#"));
    let text = format!(
        r#"(module
        (import "{dataset}" "current" (func $current (result i32)))
        (import "{dataset}" "[method]table.column" (func $column (param i32 i32 i32 i32)))
        (import "{dataset}" "[method]column.{method}" (func $method (param i32 i32)))
        {shared}
        (data (i32.const 256) "\00\00\00\00")
        (data (i32.const 310) "age")
        (global $free (mut i32) (i32.const 4096))
        (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
          (global.get $free)
          (global.set $free (i32.add (global.get $free) (i32.and (i32.add (local.get 3) (i32.const 7)) (i32.const -8)))))
        (func $outcome (result i32)
          (if (i32.load8_u (i32.const 416)) (then (return (i32.const 2))))
          (if (i32.eqz {some}) (then (return (i32.const 3))))
          (f64.eq (f64.load (i32.const {number})) (f64.const 0.5)))
        (func (export "portcullis:policy/gate@{version}#judge") (result i32)
          (call $column (call $current) (i32.const 310) (i32.const 3) (i32.const 400))
          (call $method (i32.load (i32.const 404)) (i32.const 416))
          (i32.store8 (i32.const 260) (call $outcome))
          (i32.const 256)))"#
    );
    let mut module = wat::parse_str(text).unwrap();
    let mut resolve = Resolve::default();
    let contract = contract(version);
    let (package, _) = resolve.push_dir(contract.path()).unwrap();
    let world = resolve.select_world(&[package], Some("gate-policy")).unwrap();
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    ComponentEncoder::default().module(&module).unwrap().encode().unwrap()
}

/// The contract of a version: that of today with what changed.
fn contract(version: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for file in ["policy.wit", "deps/data/data.wit", "deps/model/model.wit"] {
        let text = fs::read_to_string(root().join("wit/0.1.0").join(file)).unwrap();
        assert_eq!(text.contains(MEAN), file.ends_with("data.wit"), "{file}");
        let to = folder.path().join(file);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::write(to, text.replace("0.1.0", version).replace(MEAN, changed(version))).unwrap();
    }
    folder
}

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
