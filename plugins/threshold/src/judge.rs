//! One reading against one bound: no host needed.

use portcullis_policy::metrics::Interval;
use portcullis_policy::text::{count, number, number_beside};
use portcullis_policy::{Finding, Measure, Subject};

use crate::parameters::Bound;

/// A metric as it was read on some rows.
#[derive(Debug, Clone)]
pub struct Reading {
    /// None for all rows.
    pub slice: Option<Subject>,
    pub rows: f64,
    /// None where the metric is undefined.
    pub value: Option<f64>,
    /// The interval and its level, where the interval is judged.
    pub interval: Option<(Interval, f64)>,
}

/// What a reading says of its bound.
#[derive(Debug, PartialEq)]
pub enum Said {
    Holds,
    Broken(Finding),
    /// Too little to decide on.
    Open(Finding),
}

/// Holds a reading to its bound. With an interval, all of it must lie within; one that lies outside altogether breaks
/// the bound, and one that straddles it decides nothing.
pub fn judge(bound: &Bound, reading: &Reading) -> Said {
    let Some(value) = reading.value else {
        let why = match bound.metric.as_str() {
            "r2" => "the target is the same in all of them",
            _ => "a class that does not occur, or is never predicted",
        };
        let message = format!("{} is undefined on {} (0/0: {why})", bound.metric, place(reading));
        return Said::Open(finding(Finding::warning, "undefined", message, bound, reading).expected(wanted(bound)));
    };
    let (low, high) = reading.interval.map_or((value, value), |(interval, _)| (interval.low, interval.high));
    for (limit, rule, words, holds, broken) in [
        (
            bound.min,
            "below-min",
            "below the minimum of",
            bound.min.is_none_or(|min| low >= min),
            bound.min.is_some_and(|min| high < min),
        ),
        (
            bound.max,
            "above-max",
            "above the maximum of",
            bound.max.is_none_or(|max| high <= max),
            bound.max.is_some_and(|max| low > max),
        ),
    ] {
        let Some(limit) = limit else { continue };
        if holds {
            continue;
        }
        let seen = number_beside(value, limit);
        let interval = reading.interval.map_or_else(String::new, |(interval, level)| {
            format!(
                ", {} % interval {} to {}",
                number(level * 100.0),
                number_beside(interval.low, limit),
                number_beside(interval.high, limit)
            )
        });
        let what = format!("{} is {seen} on {}{interval}", bound.metric, place(reading));
        let (make, rule, message): (fn(&'static str, String) -> Finding, _, _) = if broken {
            (Finding::error, rule, format!("{what}: {words} {limit}"))
        } else {
            (
                Finding::warning,
                "uncertain",
                format!("{what}: the interval reaches past {limit}, so the bound is not shown to hold"),
            )
        };
        let finding = finding(make, rule, message, bound, reading).observed(value).expected(wanted(bound));
        return if broken { Said::Broken(finding) } else { Said::Open(finding) };
    }
    Said::Holds
}

/// The reading as a number on record.
pub fn measure(bound: &Bound, reading: &Reading) -> Measure {
    let measure = Measure::new(&bound.metric, reading.value).about(reading.slice.clone()).extra("rows", reading.rows);
    match reading.interval {
        Some((interval, level)) => {
            measure.extra("low", interval.low).extra("high", interval.high).extra("level", level)
        }
        None => measure,
    }
}

fn finding(
    make: fn(&'static str, String) -> Finding,
    rule: &'static str,
    message: String,
    bound: &Bound,
    reading: &Reading,
) -> Finding {
    let subject = reading.slice.clone().unwrap_or_else(|| Subject::new("metric", &bound.metric));
    let finding =
        make(rule, message).about(Some(subject)).extra("metric", bound.metric.as_str()).extra("rows", reading.rows);
    match reading.interval {
        Some((interval, level)) => {
            finding.extra("low", interval.low).extra("high", interval.high).extra("level", level)
        }
        None => finding,
    }
}

fn wanted(bound: &Bound) -> String {
    match (bound.min, bound.max) {
        (Some(min), Some(max)) => format!("{min} to {max}"),
        (Some(min), None) => format!(">= {min}"),
        (None, Some(max)) => format!("<= {max}"),
        (None, None) => String::new(),
    }
}

fn place(reading: &Reading) -> String {
    match &reading.slice {
        Some(slice) => format!("{} ({})", slice.name, count(reading.rows, "row")),
        None => format!("all {}", count(reading.rows, "row")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bound(min: Option<f64>, max: Option<f64>) -> Bound {
        Bound { metric: "accuracy".into(), min, max }
    }

    fn reading(value: Option<f64>) -> Reading {
        Reading { slice: None, rows: 30.0, value, interval: None }
    }

    fn within(low: f64, value: f64, high: f64) -> Reading {
        Reading { interval: Some((Interval { low, high }, 0.95)), ..reading(Some(value)) }
    }

    fn broken(said: Said) -> Finding {
        match said {
            Said::Broken(finding) => finding,
            other => panic!("not broken: {other:?}"),
        }
    }

    fn open(said: Said) -> Finding {
        match said {
            Said::Open(finding) => finding,
            other => panic!("not open: {other:?}"),
        }
    }

    #[test]
    fn both_ends_of_a_bound_pass() {
        let bound = bound(Some(0.85), Some(0.95));
        for value in [0.85, 0.9, 0.95] {
            assert_eq!(judge(&bound, &reading(Some(value))), Said::Holds, "{value}");
        }
        assert_eq!(broken(judge(&bound, &reading(Some(0.849)))).rule, "below-min");
        assert_eq!(broken(judge(&bound, &reading(Some(0.951)))).rule, "above-max");
    }

    #[test]
    fn a_broken_bound_says_by_how_much_and_on_what() {
        let slice = Reading { slice: Some(Subject::new("slice", "sex=F")), ..reading(Some(0.8333)) };
        let finding = broken(judge(&bound(Some(0.85), None), &slice));
        assert_eq!(finding.message, "accuracy is 0.8333 on sex=F (30 rows): below the minimum of 0.85");
        assert_eq!(finding.expected, Some(">= 0.85".into()));
        assert_eq!(finding.observed, Some(0.8333.into()));
        assert_eq!(finding.subject, Some(Subject::new("slice", "sex=F")));
    }

    #[test]
    fn the_smallest_miss_is_a_miss_and_reads_as_one() {
        let finding = broken(judge(&bound(Some(0.85), None), &reading(Some(0.85_f64.next_down()))));
        assert!(!finding.message.contains("is 0.85 "), "{}", finding.message);
    }

    #[test]
    fn an_undefined_metric_decides_nothing() {
        let finding = open(judge(&bound(Some(0.85), None), &reading(None)));
        assert_eq!(finding.rule, "undefined");
        assert_eq!(finding.observed, None);
        assert!(finding.message.contains("a class that does not occur"), "{}", finding.message);
        let finding = open(judge(&Bound { metric: "r2".into(), ..bound(Some(0.0), None) }, &reading(None)));
        assert!(finding.message.contains("the target is the same in all of them"), "{}", finding.message);
    }

    #[test]
    fn an_interval_holds_breaks_or_straddles() {
        let bound = bound(Some(0.85), None);
        assert_eq!(judge(&bound, &within(0.85, 0.9, 0.95)), Said::Holds);
        assert_eq!(broken(judge(&bound, &within(0.7, 0.8, 0.84))).rule, "below-min");
        let finding = open(judge(&bound, &within(0.8, 0.9, 0.95)));
        assert_eq!(finding.rule, "uncertain");
        assert_eq!(
            finding.message,
            "accuracy is 0.9 on all 30 rows, 95 % interval 0.8 to 0.95: the interval reaches past 0.85, so the bound \
             is not shown to hold"
        );
    }

    #[test]
    fn a_measure_carries_rows_and_interval() {
        let measure = measure(&bound(Some(0.85), None), &within(0.8, 0.9, 0.95));
        let names: Vec<&str> = measure.extra.iter().map(|extra| extra.name.as_str()).collect();
        assert_eq!(names, ["rows", "low", "high", "level"]);
    }
}
