//! What the user may set; `parameters.json` describes it and holds the defaults.

use std::collections::BTreeMap;

use portcullis_policy::Error;
use serde::Deserialize;

/// The parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// Bounds by name.
    #[serde(default)]
    pub columns: BTreeMap<String, Bounds>,
    /// Bounds by a name with `*` in it; the first match counts.
    #[serde(default)]
    pub patterns: Vec<Pattern>,
    /// Bounds for every other column of integers or numbers.
    pub all_numeric: Option<Bounds>,
    mostly: f64,
}

/// Which of the parameters a column takes its bounds from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// `columns` names it.
    Name,
    /// The pattern of this index.
    Pattern(usize),
    AllNumeric,
}

/// What holds for a column.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    pub source: Source,
    pub bounds: Bounds,
    /// The share of the values that must lie within.
    pub mostly: f64,
}

/// Where values may lie; both ends are allowed.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bounds {
    pub min: Option<f64>,
    pub max: Option<f64>,
    mostly: Option<f64>,
}

/// Bounds for columns whose names match.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pattern {
    #[serde(rename = "match")]
    pub matches: String,
    min: Option<f64>,
    max: Option<f64>,
    mostly: Option<f64>,
}

impl Pattern {
    /// Whether the name matches. `*` stands for any characters, none too.
    pub fn fits(&self, name: &str) -> bool {
        let mut parts = self.matches.split('*');
        let Some(mut rest) = parts.next().and_then(|first| name.strip_prefix(first)) else { return false };
        let Some(last) = parts.next_back() else { return rest.is_empty() };
        for part in parts {
            // The leftmost place leaves the most for what follows.
            let Some(at) = rest.find(part) else { return false };
            rest = &rest[at + part.len()..];
        }
        rest.ends_with(last)
    }
}

impl Bounds {
    /// The bounds as a report shows them.
    pub fn text(&self) -> String {
        match (self.min, self.max) {
            (Some(min), Some(max)) => format!("{min} to {max}"),
            (Some(min), None) => format!(">= {min}"),
            (None, Some(max)) => format!("<= {max}"),
            (None, None) => "anything".to_owned(),
        }
    }
}

impl Parameters {
    /// Refuses what would judge nothing.
    pub fn check(&self) -> Result<(), Error> {
        if self.columns.is_empty() && self.patterns.is_empty() && self.all_numeric.is_none() {
            return Err("there is nothing to judge: give `columns`, `patterns` or `all_numeric`".into());
        }
        Ok(())
    }

    /// What holds for a column; none where nothing concerns it.
    pub fn rule(&self, name: &str, kind: &str) -> Option<Rule> {
        let numeric = numeric(kind);
        let pattern = || {
            let (index, pattern) =
                self.patterns.iter().enumerate().find(|(_, pattern)| numeric && pattern.fits(name))?;
            let bounds = Bounds { min: pattern.min, max: pattern.max, mostly: pattern.mostly };
            Some((Source::Pattern(index), bounds))
        };
        let all = || Some((Source::AllNumeric, self.all_numeric.filter(|_| numeric)?));
        let named = self.columns.get(name).map(|bounds| (Source::Name, *bounds));
        let (source, bounds) = named.or_else(pattern).or_else(all)?;
        Some(Rule { source, bounds, mostly: bounds.mostly.unwrap_or(self.mostly) })
    }
}

/// Whether a pattern, or `all_numeric`, may concern a column of this type. Dates are numbers to the host, but a bound for
/// all numbers is hardly meant in seconds since 1970.
pub fn numeric(kind: &str) -> bool {
    matches!(kind, "integer" | "number")
}

#[cfg(test)]
mod tests {
    use portcullis_policy::testing::{examples, parameters};

    use super::*;
    use crate::Ranges;

    fn pattern(matches: &str) -> Pattern {
        Pattern { matches: matches.into(), min: Some(0.0), max: None, mostly: None }
    }

    #[test]
    fn a_star_stands_for_any_characters() {
        for (text, name) in
            [("*", ""), ("*", "age"), ("age", "age"), ("*_length", "sepal_length"), ("a*b*c", "a_b_b_c"), ("a*a", "aa")]
        {
            assert!(pattern(text).fits(name), "{text} {name}");
        }
        for (text, name) in [("age", "agee"), ("*_length", "length"), ("a*a", "a"), ("a*b*c", "a_c_b"), ("", "age")] {
            assert!(!pattern(text).fits(name), "{text} {name}");
        }
    }

    #[test]
    fn a_name_goes_before_a_pattern_and_a_pattern_before_all() {
        let json = r#"{"columns": {"sepal_width": {"max": 5, "mostly": 0.9}},
            "patterns": [{"match": "sepal_*", "max": 8}, {"match": "*", "min": 1}], "all_numeric": {"min": 2}}"#;
        let parameters = parameters::<Ranges>(json).unwrap();
        let text = |name, kind| parameters.rule(name, kind).map(|rule| (rule.bounds.text(), rule.mostly));
        assert_eq!(text("sepal_width", "number"), Some(("<= 5".into(), 0.9)));
        assert_eq!(text("sepal_length", "number"), Some(("<= 8".into(), 1.0)));
        assert_eq!(text("petal_length", "integer"), Some((">= 1".into(), 1.0)));
        assert_eq!(text("species", "text"), None);
        assert_eq!(text("sepal_date", "date"), None);
    }

    #[test]
    fn the_schema_and_its_examples_are_read() {
        for example in examples::<Ranges>().unwrap() {
            example.check().unwrap();
        }
        assert!(parameters::<Ranges>("{}").unwrap().check().is_err());
    }
}
