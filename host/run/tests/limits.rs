//! The defaults of `[limits]` that people read are those that the sandbox has.

use std::collections::BTreeMap;
use std::time::Duration;

use portcullis_project::{SECTIONS, duration, size};
use portcullis_sandbox::Limits;

#[test]
fn the_documented_defaults_are_the_sandboxs() {
    let section = SECTIONS.iter().find(|section| section.name == "limits").unwrap();
    let documented: BTreeMap<&str, u64> =
        section.keys.iter().map(|key| (key.name, number(key.default.trim_matches('"')))).collect();
    // Taken apart by name, so that a new limit fails to compile here until it is documented.
    let Limits {
        fuel,
        time,
        memory,
        table_elements,
        instances,
        host_calls,
        host_bytes,
        host_work,
        sql_steps,
        sql_memory,
        sql_rows,
        handles,
        log_bytes,
        findings,
        output_bytes,
        component_bytes,
        compile_time,
        compile_memory,
        stack,
    } = Limits::default();
    let microseconds = |time: Duration| u64::try_from(time.as_micros()).unwrap();
    let own = [
        ("fuel", fuel),
        ("time", microseconds(time)),
        ("memory", memory),
        ("table-elements", table_elements),
        ("instances", u64::from(instances)),
        ("host-calls", host_calls),
        ("host-bytes", host_bytes),
        ("host-work", host_work),
        ("sql-steps", sql_steps),
        ("sql-memory", sql_memory),
        ("sql-rows", sql_rows),
        ("handles", u64::from(handles)),
        ("log-bytes", log_bytes),
        ("findings", u64::from(findings)),
        ("output-bytes", output_bytes),
        ("component-size", component_bytes),
        ("compile-time", microseconds(compile_time)),
        ("compile-memory", compile_memory),
        ("stack", stack),
    ];
    assert_eq!(documented, own.into_iter().collect());
}

/// A default as written: bytes, microseconds or a count.
fn number(text: &str) -> u64 {
    let digits = text.replace('_', "");
    let time = || u64::try_from(duration(text).ok()?.as_micros()).ok();
    digits.parse().ok().or_else(|| size(text).ok()).or_else(time).unwrap_or_else(|| panic!("{text} is no number"))
}
