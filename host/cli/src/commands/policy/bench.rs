//! `policy bench`: what a policy costs.

use std::fmt::Write as _;
use std::time::Duration;

use portcullis_author::case::Case;
use portcullis_author::{Manifest, Measured, measure};
use portcullis_verdict::plain;
use serde_json::{Value, json};

use crate::arguments::{Bench, Global, Shown};
use crate::commands::judge::ticking;
use crate::status::Status;
use crate::{output, progress};

pub fn run(global: &Global, arguments: &Bench) -> anyhow::Result<Status> {
    let manifest = Manifest::read(&arguments.folder)?;
    let cases = Case::of(&manifest, &[])?;
    let bench = super::test::bench(global, &manifest, &arguments.folder)?;
    let progress = progress::new(global.quiet);
    progress.step(&format!("measuring {}", manifest.name), Some(cases.len() as u64));
    let measured: Result<Vec<Measured>, _> = ticking(&*progress, || {
        let one = |case: &Case| {
            let measured = measure(&manifest, case, &bench, arguments.repeat);
            progress.advance();
            measured
        };
        cases.iter().map(one).collect()
    });
    drop(progress);
    let measured = match measured {
        Ok(measured) => measured,
        Err(error) => {
            let status = super::status(&error);
            output::error(&error.into(), global.color);
            return Ok(status);
        }
    };
    output::print(&match arguments.format {
        Shown::Text => text(&manifest.name, &measured),
        Shown::Json => format!("{:#}\n", measured.iter().map(value).collect::<Value>()),
    })?;
    Ok(Status::Passed)
}

fn text(name: &str, measured: &[Measured]) -> String {
    let Some(first) = measured.first() else { return String::new() };
    let mut text = format!(
        "{name}: {} bytes, compiled in {}, loaded from the cache in {}\n\n{:24} {:>12} {:>12} {:>12} {:>14}\n",
        first.size,
        shown(first.compile),
        shown(first.load),
        "case",
        "instantiate",
        "judge",
        "judge p99",
        "instructions"
    );
    for one in measured {
        let _ = writeln!(
            text,
            "{:24} {:>12} {:>12} {:>12} {:>14}",
            plain(&one.case),
            shown(one.instantiate.median()),
            shown(one.judge.median()),
            shown(one.judge.p99()),
            one.fuel
        );
    }
    text.push_str("\n`judge` is the whole of one judgement: instantiate, call, drop; medians.\n");
    text
}

fn value(measured: &Measured) -> Value {
    json!({
        "case": measured.case,
        "size": measured.size,
        "compile_seconds": measured.compile.as_secs_f64(),
        "load_seconds": measured.load.as_secs_f64(),
        "instantiate_seconds": measured.instantiate.median().as_secs_f64(),
        "judge_seconds": measured.judge.median().as_secs_f64(),
        "judge_p99_seconds": measured.judge.p99().as_secs_f64(),
        "fuel": measured.fuel,
    })
}

/// A time in the unit that suits it.
fn shown(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    match seconds {
        s if s >= 1.0 => format!("{s:.2} s"),
        s if s >= 1e-3 => format!("{:.2} ms", s * 1e3),
        s => format!("{:.1} µs", s * 1e6),
    }
}
