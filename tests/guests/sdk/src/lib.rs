//! A policy built for `wasm32-unknown-unknown` with the SDK, as honest authors build theirs, that abuses the contract in one
//! way.

use portcullis_policy::{Error, Failure, Finding, Judgement, Measure, Policy, dataset, metrics};

struct Abuse;

#[derive(serde::Deserialize)]
struct Parameters {
    attack: String,
}

impl Policy for Abuse {
    type Parameters = Parameters;

    const PARAMETERS: &'static str = include_str!("../parameters.json");

    fn judge(parameters: Parameters) -> Result<Judgement, Error> {
        match parameters.attack.as_str() {
            "none" => Ok(Judgement::pass()),
            "panic" => panic!("the answer was not 42"),
            "index" => Err(format!("{}", [1, 2, 3][std::hint::black_box(7)]).into()),
            "numbers" => Ok(numbers()),
            "arguments" => Ok(arguments()),
            "texts" => Ok(texts()),
            "error-text" => Err(NASTY.into()),
            other => Err(format!("no attack is called {other}").into()),
        }
    }
}

/// Numbers that are none, and the extremes.
const NUMBERS: [f64; 7] = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0, f64::MAX, f64::MIN_POSITIVE, 5e-324];

/// Returns them wherever a number may stand.
fn numbers() -> Judgement {
    let findings = NUMBERS.map(|number| {
        Finding::error("number", format!("{number:?}")).observed(number).expected(number).extra("number", number)
    });
    let measures = NUMBERS.map(|number| Measure::new(format!("{number:?}"), number).extra("number", number));
    Judgement::from_findings(findings.into()).measures(measures)
}

/// Passes them wherever the host takes a number; says how often it answered and how often it refused.
fn arguments() -> Judgement {
    let (mut answers, mut refusals) = (0_u32, 0_u32);
    let mut count = |answer: Result<(), Failure>| match answer {
        Ok(()) => answers += 1,
        Err(_) => refusals += 1,
    };
    let table = dataset::current();
    let columns: Vec<_> = table.column_names().iter().filter_map(|name| table.column(name)).collect();
    let candidate = metrics::candidate();
    for number in NUMBERS {
        for column in &columns {
            count(column.quantiles(&[number]).map(drop));
            count(column.quantiles(&[0.5, number, 1.0]).map(drop));
            count(column.histogram(&[number]).map(drop));
            count(column.histogram(&[number, number]).map(drop));
            count(column.histogram(&[0.0, number]).map(drop));
            count(column.histogram(&[number, 0.0, 1.0]).map(drop));
            count(column.count_outside(Some(number), None).map(drop));
            count(column.count_outside(None, Some(number)).map(drop));
            count(column.count_outside(Some(number), Some(number)).map(drop));
        }
        count(candidate.interval("accuracy", number).map(drop));
        if let Some(comparison) = metrics::compare() {
            count(comparison.interval("accuracy", number).map(drop));
        }
    }
    for column in &columns {
        count(column.quantiles(&[]).map(drop));
        count(column.quantiles(&[0.5; 100_000]).map(drop));
        count(column.histogram(&[]).map(drop));
        count(column.histogram(&[2.0, 1.0]).map(drop));
        count(column.frequencies(0).map(drop));
        count(column.frequencies(u32::MAX).map(drop));
        count(column.count_not_in(&[]).map(drop));
    }
    for name in ["", "\0", "accuracy\0", "../accuracy", NASTY, "(small groups)"] {
        count(candidate.metric(name).map(drop));
        count(candidate.interval(name, 0.9).map(drop));
        count(candidate.slices(&[name.to_owned()]).map(drop));
        count(table.duplicate_count(&[name.to_owned()]).map(drop));
    }
    count(candidate.slices(&[]).map(drop));
    Judgement::pass()
        .measures([Measure::new("answers", f64::from(answers)), Measure::new("refusals", f64::from(refusals))])
}

/// What could harm a terminal, a page, a build log or a reader: escape sequences, markup, commands of build servers, text
/// that runs backwards, characters without width.
const NASTY: &str = "NASTY \u{1b}[31mred\u{1b}[0m \u{1b}]0;title\u{7} \u{9b}2J \u{8}\u{8}\r\n::error::spoofed\n##[error]spoofed\n\
    ##vso[task.complete result=Succeeded]\n<script>alert(1)</script><img src=x onerror=alert(1)> ]]> &amp; </testcase> \
    [link](javascript:alert(1)) ![image](https://evil.example/x.png) | cell | `code` ```\n# Heading\n@everyone #1 \
    \u{202e}txet\u{202c} \u{2066}isolate\u{2069} \u{200b}\u{feff}\u{0} $(id) `id` {{ secrets.TOKEN }} ${{ secrets.TOKEN }} END";

/// Says it wherever a text may stand.
fn texts() -> Judgement {
    portcullis_policy::log::warn(NASTY);
    Judgement::fail(
        Finding::error(NASTY, NASTY).subject(NASTY, NASTY).observed(NASTY).expected(NASTY).extra(NASTY, NASTY),
    )
    .measure(Measure::new(NASTY, 1.0).subject(NASTY, NASTY).extra(NASTY, NASTY))
}

portcullis_policy::export!(gate, Abuse);
