//! One column's values beside what is allowed: no host needed.

use portcullis_policy::text::{count, number, percent};
use portcullis_policy::{Finding, Measure};

use crate::parameters::Bounds;

/// What was counted in a column.
#[derive(Debug, Clone, Copy)]
pub struct Counts {
    /// Rows that have a value.
    pub values: f64,
    /// Those of them that lie outside.
    pub outside: f64,
    /// The extremes, where the host tells.
    pub lowest: Option<f64>,
    pub highest: Option<f64>,
}

/// Great Expectations' `mostly`: the share of the values, missing ones aside, that lie within must reach it. Of a
/// column without values nothing can be said: a warning, and what it means is for the caller to decide.
pub fn judge(name: &str, bounds: &Bounds, mostly: f64, counts: &Counts) -> (Option<Finding>, Measure) {
    let share = (counts.values > 0.0).then(|| (counts.values - counts.outside) / counts.values);
    let measure = Measure::new("share_within", share)
        .subject("column", name)
        .extra("outside", counts.outside)
        .extra("rows", counts.values);
    let finding = match share {
        None => Some(
            Finding::warning("no-values", format!("column `{name}` has no values to judge"))
                .subject("column", name)
                .expected(bounds.text()),
        ),
        Some(share) if share >= mostly => None,
        Some(share) => Some(outside(name, bounds, mostly, counts, share)),
    };
    (finding, measure)
}

fn outside(name: &str, bounds: &Bounds, mostly: f64, counts: &Counts, share: f64) -> Finding {
    let mut extremes = Vec::new();
    if let (Some(lowest), Some(min)) = (counts.lowest, bounds.min)
        && lowest < min
    {
        extremes.push(format!("lowest {}", number(lowest)));
    }
    if let (Some(highest), Some(max)) = (counts.highest, bounds.max)
        && highest > max
    {
        extremes.push(format!("highest {}", number(highest)));
    }
    let extremes = if extremes.is_empty() { String::new() } else { format!(" ({})", extremes.join(", ")) };
    let wanted = if mostly == 1.0 {
        String::new()
    } else {
        format!("; {} lie within, at least {} must", percent(share), percent(mostly))
    };
    let message = format!(
        "{} of {} in column `{name}` {} outside {}{extremes}{wanted}",
        counts.outside,
        count(counts.values, "value"),
        if counts.outside == 1.0 { "lies" } else { "lie" },
        bounds.text()
    );
    let mut finding = Finding::error("out-of-range", message)
        .subject("column", name)
        .expected(bounds.text())
        .extra("outside", counts.outside)
        .extra("rows", counts.values)
        .extra("share_within", share)
        .extra("mostly", mostly);
    finding.observed = match (counts.lowest, counts.highest) {
        (Some(lowest), Some(highest)) => Some(format!("{} to {}", number(lowest), number(highest)).into()),
        _ => None,
    };
    finding
}

#[cfg(test)]
mod tests {
    use portcullis_policy::testing::parameters;

    use super::*;
    use crate::Ranges;

    fn judged(bounds: &str, values: f64, outside: f64) -> Option<Finding> {
        let json = format!(r#"{{"all_numeric": {bounds}}}"#);
        let rule = parameters::<Ranges>(&json).unwrap().rule("age", "number").unwrap();
        let counts = Counts { values, outside, lowest: Some(-1.0), highest: Some(12.5) };
        let (finding, measure) = judge("age", &rule.bounds, rule.mostly, &counts);
        assert_eq!(measure.value, if values > 0.0 { Some((values - outside) / values) } else { None });
        finding
    }

    #[test]
    fn one_value_outside_is_too_many_by_default() {
        assert_eq!(judged(r#"{"min": 0, "max": 10}"#, 150.0, 0.0), None);
        let finding = judged(r#"{"min": 0, "max": 10}"#, 150.0, 1.0).unwrap();
        assert_eq!(finding.rule, "out-of-range");
        assert_eq!(finding.message, "1 of 150 values in column `age` lies outside 0 to 10 (lowest -1, highest 12.5)");
    }

    #[test]
    fn the_share_of_mostly_itself_passes() {
        assert_eq!(judged(r#"{"min": 0, "mostly": 0.9}"#, 30.0, 3.0), None);
        let finding = judged(r#"{"min": 0, "mostly": 0.9}"#, 30.0, 4.0).unwrap();
        assert_eq!(
            finding.message,
            "4 of 30 values in column `age` lie outside >= 0 (lowest -1); 86.7 % lie within, at least 90 % must"
        );
    }

    #[test]
    fn a_column_without_values_is_a_warning() {
        assert_eq!(judged(r#"{"min": 0}"#, 0.0, 0.0).unwrap().rule, "no-values");
    }
}
