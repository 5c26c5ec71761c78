//! Whether a policy that judged twice said the same twice, to the byte.

use std::fmt::Debug;

use portcullis_sandbox::Judged;
use portcullis_verdict::{Failure, FailureKind};

/// Characters of each of two values that a message shows.
const SHOWN: usize = 200;

/// The failure of a policy whose second judgement on the same inputs was another; none if it was the same.
///
/// Where the wall clock or the host itself ended one of the two, nothing can be said, and that failure stands.
pub(crate) fn verified(first: &Judged, second: &Judged) -> Option<Failure> {
    let ended = |judged: &Judged| {
        let failure = judged.result.as_ref().err()?;
        matches!(failure.kind, FailureKind::Time | FailureKind::Host).then(|| failure.clone())
    };
    if let Some(failure) = ended(first).or_else(|| ended(second)) {
        return Some(failure);
    }
    let what = difference(first, second)?;
    Some(Failure::new(
        FailureKind::NotDeterministic,
        format!("it judged the same twice and came to different ends: {what}; a verdict like that cannot be relied on"),
    ))
}

/// The first thing in which two judgements differ. Compared is what is shown by `Debug`, which tells apart all numbers,
/// not-a-number and the sign of zero included, and nothing else.
fn difference(first: &Judged, second: &Judged) -> Option<String> {
    let results = match (&first.result, &second.result) {
        (Ok(one), Ok(other)) => differ("outcome", &one.outcome, &other.outcome)
            .or_else(|| in_list(["finding", "findings"], &one.findings, &other.findings))
            .or_else(|| in_list(["measure", "measures"], &one.measures, &other.measures))
            .or_else(|| in_list(["extra value", "extra values"], &one.extra, &other.extra)),
        (Err(one), Err(other)) => differ("failure", one, other),
        (Ok(one), Err(failure)) => Some(format!("first {}, then {failure}", one.outcome)),
        (Err(failure), Ok(other)) => Some(format!("first {failure}, then {}", other.outcome)),
    };
    results
        .or_else(|| in_list(["line of the log", "lines of the log"], &first.log, &second.log))
        .or_else(|| differ("instructions used", &first.fuel, &second.fuel))
}

fn in_list<T: Debug>([what, several]: [&str; 2], one: &[T], other: &[T]) -> Option<String> {
    let mut pairs = one.iter().zip(other).enumerate();
    pairs.find_map(|(place, (one, other))| differ(&format!("{what} {}", place + 1), one, other)).or_else(|| {
        let (one, other) = (one.len(), other.len());
        (one != other).then(|| format!("number of {several}: first {one}, then {other}"))
    })
}

fn differ<T: Debug>(what: &str, one: &T, other: &T) -> Option<String> {
    let (one, other) = (format!("{one:?}"), format!("{other:?}"));
    (one != other).then(|| format!("{what}: first {}, then {}", clipped(&one), clipped(&other)))
}

fn clipped(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use portcullis_verdict::{Judgement, Measure, Outcome};

    use super::*;

    fn judged(value: f64) -> Judged {
        let measure = Measure { name: "m".into(), value: Some(value), subject: None, extra: vec![] };
        Judged {
            result: Ok(Judgement { outcome: Outcome::Pass, findings: vec![], measures: vec![measure], extra: vec![] }),
            fuel: 1000,
            log: vec!["hello".into()],
            elapsed: Duration::from_millis(5),
            instantiating: Duration::ZERO,
        }
    }

    fn told(first: &Judged, second: &Judged) -> String {
        let failure = verified(first, second).expect("they differ");
        assert_eq!(failure.kind, FailureKind::NotDeterministic);
        failure.message
    }

    #[test]
    fn the_same_is_the_same_whatever_time_it_took() {
        assert_eq!(verified(&judged(0.1), &Judged { elapsed: Duration::ZERO, ..judged(0.1) }), None);
        assert_eq!(verified(&judged(f64::NAN), &judged(f64::NAN)), None);
    }

    #[test]
    fn one_bit_of_one_number_is_a_difference() {
        assert!(told(&judged(0.3), &judged(0.1 + 0.2)).contains("measure 1: first"));
        assert!(told(&judged(0.0), &judged(-0.0)).contains("-0.0"));
        assert!(told(&judged(f64::INFINITY), &judged(f64::NAN)).contains("NaN"));
    }

    #[test]
    fn log_fuel_outcome_and_counts_are_compared_too() {
        let one = judged(0.1);
        let fuel = Judged { fuel: 1001, ..one.clone() };
        assert!(told(&one, &fuel).contains("instructions used: first 1000, then 1001"));
        let log = Judged { log: vec!["hello".into(), "again".into()], ..one.clone() };
        assert!(told(&one, &log).contains("number of lines of the log: first 1, then 2"));
        let mut failing = one.clone();
        failing.result.as_mut().unwrap().outcome = Outcome::Fail;
        assert!(told(&one, &failing).contains("outcome: first Pass, then Fail"));
        let mut without = one.clone();
        without.result.as_mut().unwrap().measures.clear();
        assert!(told(&one, &without).contains("number of measures: first 1, then 0"));
        let trap = Judged { result: Err(Failure::new(FailureKind::Trap, "unreachable")), ..one.clone() };
        assert!(told(&one, &trap).contains("first pass, then trap: unreachable"));
        assert!(told(&trap, &one).contains("first trap: unreachable, then pass"));
        assert_eq!(verified(&trap, &trap), None, "to fail twice alike is to be deterministic");
    }

    #[test]
    fn the_clock_decides_nothing_about_determinism() {
        let slow = Judged { result: Err(Failure::new(FailureKind::Time, "too slow")), fuel: 7, ..judged(0.1) };
        for (one, other) in [(&judged(0.1), &slow), (&slow, &judged(0.1))] {
            assert_eq!(verified(one, other).unwrap().kind, FailureKind::Time);
        }
    }

    #[test]
    fn long_values_are_clipped() {
        let one = Judged { log: vec!["é".repeat(10_000)], ..judged(0.1) };
        assert!(told(&one, &judged(0.1)).len() < 1_000);
    }
}
