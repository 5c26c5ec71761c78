//! Candidate beside champion in one metric: no host needed.

use portcullis_policy::metrics::Interval;
use portcullis_policy::text::{count, number, percent};
use portcullis_policy::{Finding, Measure};

use crate::parameters::Bound;

/// What was read of one metric.
#[derive(Debug, Clone)]
pub struct Reading {
    pub rows: f64,
    /// None where the metric is undefined.
    pub candidate: Option<f64>,
    pub champion: Option<f64>,
    pub greater_is_better: bool,
    /// Of candidate minus champion, and its level; none where it was not asked for or is undefined.
    pub interval: Option<(Interval, f64)>,
}

/// What the comparison says.
#[derive(Debug, PartialEq)]
pub struct Said {
    pub findings: Vec<Finding>,
    pub measure: Measure,
    /// Whether something could not be decided.
    pub open: bool,
}

/// Holds the change to its bounds; all that are given must hold.
pub fn judge(bound: &Bound, reading: &Reading) -> Said {
    let (Some(candidate), Some(champion)) = (reading.candidate, reading.champion) else {
        let who = if reading.candidate.is_none() { "the candidate" } else { "the champion" };
        let message = format!(
            "{} of {who} is undefined on {} (0/0), so there is no change to judge",
            bound.metric,
            count(reading.rows, "row")
        );
        let finding = Finding::warning("undefined", message).subject("metric", &bound.metric);
        return Said { findings: vec![finding], measure: measure(bound, reading, None, None), open: true };
    };
    // Positive is better from here on.
    let sign = if reading.greater_is_better { 1.0 } else { -1.0 };
    let improvement = sign * (candidate - champion);
    let relative = (champion != 0.0).then(|| improvement / champion.abs());
    let mut findings = Vec::new();
    let mut open = false;
    let what = format!(
        "{} is {}, the champion's is {}: {}",
        bound.metric,
        number(candidate),
        number(champion),
        change(improvement, relative)
    );
    let finding = |rule: &str, wanted: &str, expected: String| {
        Finding::error(rule, format!("{what}, on {}; {wanted}", count(reading.rows, "row")))
            .subject("metric", &bound.metric)
            .observed(candidate)
            .expected(expected)
            .extra("champion", champion)
            .extra("improvement", improvement)
            .extra("rows", reading.rows)
    };
    if let Some(least) = bound.min_absolute_change {
        // MLflow compares the candidate with the sum, not the difference with the bound; so ends equal ends.
        let limit = champion + sign * least;
        if !better(candidate, limit, reading.greater_is_better) {
            findings.push(finding("absolute-change", &absolute_wanted(least), side(limit, reading)));
        }
    }
    if let Some(least) = bound.min_relative_change {
        let (holds, limit) = match relative {
            Some(relative) => (relative >= least, champion + sign * least * champion.abs()),
            None => (better(candidate, champion + sign * 1e-10, reading.greater_is_better), champion + sign * 1e-10),
        };
        if !holds {
            findings.push(finding(
                "relative-change",
                &relative_wanted(least, relative.is_some()),
                side(limit, reading),
            ));
        }
    }
    if let Some(margin) = bound.non_inferiority_margin {
        match reading.interval.map(|(interval, level)| (worse_to_better(interval, sign), level)) {
            Some(((worse, _), _)) if worse > -margin => {}
            Some(((worse, better), level)) => {
                let ends = format!(
                    "{} % interval of the improvement {} to {}",
                    number(level * 100.0),
                    number(worse),
                    number(better)
                );
                let shown = better <= -margin;
                let wanted = if shown {
                    format!("{ends}: worse by more than the margin of {margin}")
                } else {
                    format!("{ends}: it reaches past the margin of -{margin}, so non-inferiority is not shown")
                };
                let mut finding =
                    finding(if shown { "inferior" } else { "uncertain" }, &wanted, format!("interval above -{margin}"));
                if !shown {
                    finding.severity = portcullis_policy::Severity::Warning;
                    open = true;
                }
                findings.push(finding.extra("low", worse).extra("high", better).extra("level", level));
            }
            None => {
                let message = format!(
                    "the interval of the change in {} is undefined on {}",
                    bound.metric,
                    count(reading.rows, "row")
                );
                findings.push(Finding::warning("undefined", message).subject("metric", &bound.metric));
                open = true;
            }
        }
    }
    Said { findings, measure: measure(bound, reading, Some(candidate - champion), relative), open }
}

/// Too few rows for the host to measure: nothing is shown. `reason` is the host's sentence.
pub fn too_few(bound: &Bound, rows: f64, reason: &str) -> Said {
    let message = format!("{} was not compared: {reason}", bound.metric);
    let finding = Finding::warning("small-group", message).subject("metric", &bound.metric).extra("rows", rows);
    let measure = Measure::new(format!("{}_difference", bound.metric), None).subject("metric", &bound.metric);
    Said { findings: vec![finding], measure: measure.extra("rows", rows), open: true }
}

/// Candidate minus champion on record, as the field has it: not turned to where better is.
fn measure(bound: &Bound, reading: &Reading, difference: Option<f64>, improvement: Option<f64>) -> Measure {
    let mut measure = Measure::new(format!("{}_difference", bound.metric), difference).subject("metric", &bound.metric);
    for (name, value) in
        [("candidate", reading.candidate), ("champion", reading.champion), ("relative_improvement", improvement)]
    {
        if let Some(value) = value {
            measure = measure.extra(name, value);
        }
    }
    measure = measure.extra("rows", reading.rows);
    match reading.interval {
        Some((interval, level)) => {
            measure.extra("low", interval.low).extra("high", interval.high).extra("level", level)
        }
        None => measure,
    }
}

fn better(candidate: f64, limit: f64, greater_is_better: bool) -> bool {
    if greater_is_better { candidate >= limit } else { candidate <= limit }
}

fn worse_to_better(interval: Interval, sign: f64) -> (f64, f64) {
    if sign > 0.0 { (interval.low, interval.high) } else { (-interval.high, -interval.low) }
}

fn side(limit: f64, reading: &Reading) -> String {
    format!("{} {}", if reading.greater_is_better { ">=" } else { "<=" }, number(limit))
}

fn change(improvement: f64, relative: Option<f64>) -> String {
    let share = relative.map_or_else(String::new, |relative| format!(" ({})", percent(relative.abs())));
    if improvement == 0.0 {
        return "no change".to_owned();
    }
    format!("{} {}{share}", if improvement > 0.0 { "better by" } else { "worse by" }, number(improvement.abs()))
}

fn absolute_wanted(least: f64) -> String {
    if least > 0.0 {
        format!("better by at least {least} wanted")
    } else if least == 0.0 {
        "it must not be worse".to_owned()
    } else {
        format!("worse by at most {} allowed", -least)
    }
}

fn relative_wanted(least: f64, defined: bool) -> String {
    if !defined {
        "with a champion of 0 it must be better".to_owned()
    } else if least > 0.0 {
        format!("better by at least {} wanted", percent(least))
    } else if least == 0.0 {
        "it must not be worse".to_owned()
    } else {
        format!("worse by at most {} allowed", percent(-least))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bound() -> Bound {
        Bound {
            metric: "accuracy".into(),
            min_absolute_change: None,
            min_relative_change: None,
            non_inferiority_margin: None,
            greater_is_better: None,
        }
    }

    fn absolute(least: f64) -> Bound {
        Bound { min_absolute_change: Some(least), ..bound() }
    }

    fn relative(least: f64) -> Bound {
        Bound { min_relative_change: Some(least), ..bound() }
    }

    fn reading(candidate: f64, champion: f64, greater_is_better: bool) -> Reading {
        Reading { rows: 200.0, candidate: Some(candidate), champion: Some(champion), greater_is_better, interval: None }
    }

    fn rules(bound: &Bound, reading: &Reading) -> Vec<String> {
        judge(bound, reading).findings.into_iter().map(|finding| finding.rule).collect()
    }

    #[test]
    fn an_absolute_change_is_required_in_the_metrics_direction() {
        assert!(rules(&absolute(0.25), &reading(0.75, 0.5, true)).is_empty());
        assert_eq!(rules(&absolute(0.25), &reading(0.74, 0.5, true)), ["absolute-change"]);
        assert!(rules(&absolute(0.25), &reading(0.5, 0.75, false)).is_empty());
        assert_eq!(rules(&absolute(0.25), &reading(0.51, 0.75, false)), ["absolute-change"]);
    }

    #[test]
    fn a_negative_change_allows_regression() {
        assert!(rules(&absolute(-0.25), &reading(0.5, 0.75, true)).is_empty());
        assert_eq!(rules(&absolute(-0.25), &reading(0.49, 0.75, true)), ["absolute-change"]);
        assert_eq!(rules(&absolute(0.0), &reading(0.5, 0.75, true)), ["absolute-change"]);
        assert!(rules(&absolute(0.0), &reading(0.75, 0.75, true)).is_empty());
    }

    #[test]
    fn the_sentence_says_who_and_by_how_much() {
        let said = judge(&absolute(-0.01), &reading(0.9, 0.93, true));
        assert_eq!(
            said.findings[0].message,
            "accuracy is 0.9, the champion's is 0.93: worse by 0.03 (3.2 %), on 200 rows; worse by at most 0.01 allowed"
        );
        assert_eq!(said.findings[0].expected, Some(">= 0.92".into()));
        assert_eq!(said.measure.name, "accuracy_difference");
    }

    #[test]
    fn a_relative_change_is_a_share_of_the_absolute_value() {
        // MLflow 3: a negative champion does not turn the sign.
        assert!(rules(&relative(0.5), &reading(-0.5, -1.0, true)).is_empty());
        assert_eq!(rules(&relative(0.5), &reading(-0.51, -1.0, true)), ["relative-change"]);
        assert!(rules(&relative(0.5), &reading(1.0, 2.0, false)).is_empty());
        assert_eq!(rules(&relative(0.5), &reading(1.01, 2.0, false)), ["relative-change"]);
    }

    #[test]
    fn a_champion_of_zero_asks_for_anything_better() {
        assert!(rules(&relative(0.5), &reading(1e-9, 0.0, true)).is_empty());
        assert_eq!(rules(&relative(0.5), &reading(0.0, 0.0, true)), ["relative-change"]);
        assert!(rules(&relative(0.5), &reading(-1e-9, 0.0, false)).is_empty());
    }

    fn margin(low: f64, high: f64, greater_is_better: bool) -> Said {
        let bound = Bound { non_inferiority_margin: Some(0.02), ..bound() };
        let interval = Some((Interval { low, high }, 0.95));
        judge(&bound, &Reading { interval, ..reading(0.9, 0.91, greater_is_better) })
    }

    #[test]
    fn non_inferiority_is_shown_refuted_or_open() {
        assert_eq!(margin(-0.015, 0.01, true).findings, []);
        let refuted = margin(-0.05, -0.03, true);
        assert_eq!((refuted.findings[0].rule.as_str(), refuted.open), ("inferior", false));
        let open = margin(-0.03, 0.01, true);
        assert_eq!((open.findings[0].rule.as_str(), open.open), ("uncertain", true));
        // The lower end must lie above the margin, not on it.
        assert!(margin(-0.02, 0.01, true).open);
    }

    #[test]
    fn non_inferiority_turns_round_where_lower_is_better() {
        assert_eq!(margin(-0.03, 0.01, false).findings, []);
        assert_eq!(margin(0.03, 0.05, false).findings[0].rule, "inferior");
        assert!(margin(-0.01, 0.03, false).open);
    }

    #[test]
    fn what_is_undefined_for_either_decides_nothing() {
        let defined = reading(0.9, 0.9, true);
        assert!(!judge(&absolute(0.0), &defined).open);
        for undefined in [
            Reading { candidate: None, ..defined.clone() },
            Reading { champion: None, ..defined.clone() },
            Reading { candidate: None, champion: None, ..defined },
        ] {
            for bound in [absolute(0.0), relative(0.0), Bound { non_inferiority_margin: Some(1.0), ..bound() }] {
                let said = judge(&bound, &undefined);
                assert!(said.open);
                assert_eq!(said.findings[0].rule, "undefined");
                assert_eq!(said.measure.value, None);
            }
        }
    }

    #[test]
    fn a_margin_without_an_interval_decides_nothing() {
        let bound = Bound { non_inferiority_margin: Some(0.02), ..bound() };
        let said = judge(&bound, &reading(0.9, 0.9, true));
        assert_eq!((said.findings[0].rule.as_str(), said.open), ("undefined", true));
    }

    #[test]
    fn too_few_rows_decide_nothing() {
        let said = too_few(&absolute(0.0), 9.0, "9 rows are too few");
        assert_eq!((said.findings[0].rule.as_str(), said.open), ("small-group", true));
        assert_eq!(said.measure.value, None);
    }
}
