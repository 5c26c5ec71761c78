//! The user's parameters against the policy's own schema: checked before the policy runs, defaults filled in.
//!
//! The schema comes from the policy, and the host works through it without the limits that a guest has, so what it may be
//! and how much work it may make are bounded first: [`schema`], [`work`], [`defaults`].

mod defaults;
mod formats;
mod messages;
mod ordered;
mod places;
mod schema;
mod work;

use jsonschema::error::{ValidationError, ValidationErrorKind};
use jsonschema::{Draft, PatternOptions, Validator};
use serde_json::{Map, Value};

use defaults::{Filled, fill};
pub use formats::Formatted;
pub(crate) use formats::of_format;
use messages::line;
pub(crate) use schema::MOST_BYTES;

/// Most lines on what is wrong with a policy's parameters.
const MOST_LINES: usize = 20;
/// Most characters of one line: it may quote what was given, or the schema.
const LONGEST_LINE: usize = 1_000;

/// What is wrong with a user's parameters, one line each.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", lines.join("\n"))]
pub struct ParameterError {
    /// One line for each thing that is wrong: the key and what to do.
    pub lines: Vec<String>,
}

/// The parameters with defaults, or what is wrong with them. The outer error says what is wrong with the schema: it is
/// too large, it is none, or nothing can satisfy it, its own defaults first of all.
pub(crate) fn validate(schema: &Value, given: &Value) -> Result<Result<Value, ParameterError>, String> {
    usable(schema)?;
    let validator = validator(schema)?;
    let mut filled = if given.is_null() { Value::Object(Map::new()) } else { given.clone() };
    let nothing_given = filled.as_object().is_some_and(Map::is_empty);
    let defaults = fill(schema, &mut filled).map_err(|why| unusable(&why))?;
    work::check(schema, &filled).map_err(|why| unusable(&why))?;
    if validator.is_valid(&filled) {
        let disorder = ordered::broken(schema, &filled);
        return match disorder.first() {
            None => Ok(Ok(filled)),
            Some(line) if nothing_given => {
                Err(unusable(&format!("its own defaults do not satisfy it: {}", cut(line.clone()))))
            }
            Some(_) => Ok(Err(ParameterError { lines: disorder.into_iter().take(MOST_LINES).map(cut).collect() })),
        };
    }
    let errors: Vec<ValidationError<'_>> = validator.iter_errors(&filled).take(MOST_LINES).collect();
    if let Some(error) = errors.iter().find(|error| policys_fault(error, &defaults, nothing_given)) {
        return Err(unusable(&format!("its own defaults do not satisfy it: {}", cut(line(schema, error)))));
    }
    Ok(Err(ParameterError { lines: errors.iter().map(|error| cut(line(schema, error))).collect() }))
}

/// Fails on a schema that is larger than it may be, or that is misleading: what can be told before there are parameters.
pub(crate) fn usable(schema: &Value) -> Result<(), String> {
    schema::check(schema).map_err(|why| unusable(&why))
}

fn unusable(why: &str) -> String {
    format!("the parameters' schema that it describes cannot be used: {why}")
}

/// A validator that fetches nothing, and whose patterns are matched in linear time.
fn validator(schema: &Value) -> Result<Validator, String> {
    let built = jsonschema::options()
        .with_draft(Draft::Draft202012)
        .should_validate_formats(false)
        .offline()
        .with_pattern_options(
            PatternOptions::regex().size_limit(schema::PATTERN_BYTES).dfa_size_limit(schema::PATTERN_BYTES),
        )
        .build(schema);
    built.map_err(|error| {
        let (at, why) = (error.instance_path().to_string(), cut(error.to_string()));
        let at = if at.is_empty() { at } else { format!(", at {}", cut(at)) };
        format!("the parameters' schema that it describes is not a JSON Schema that can be used{at}: {why}")
    })
}

/// Whether no parameters could have helped: a default that its own schema refuses, or a rule that the user broke
/// without giving anything, and that giving something does not mend.
fn policys_fault(error: &ValidationError<'_>, defaults: &[Filled], nothing_given: bool) -> bool {
    let (at, rule) = (error.instance_path().to_string(), error.schema_path().to_string());
    let wrong_default = |filled: &Filled| {
        within(&at, &filled.at) && filled.schema.iter().any(|schema| !schema.is_empty() && within(&rule, schema))
    };
    never_satisfied(error) || defaults.iter().any(wrong_default) || (nothing_given && !mended_by_giving(error))
}

/// Whether a JSON Pointer leads to a place or into it.
fn within(pointer: &str, place: &str) -> bool {
    pointer.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether nothing at all satisfies the rule.
fn never_satisfied(error: &ValidationError<'_>) -> bool {
    match error.kind() {
        ValidationErrorKind::FalseSchema => error.instance_path().is_empty(),
        ValidationErrorKind::Not { schema } => {
            *schema == Value::Bool(true) || schema.as_object().is_some_and(Map::is_empty)
        }
        ValidationErrorKind::BacktrackLimitExceeded { .. } | ValidationErrorKind::RegexEngineFailure { .. } => true,
        _ => false,
    }
}

/// Whether the rule asks for parameters that were not given.
fn mended_by_giving(error: &ValidationError<'_>) -> bool {
    match error.kind() {
        ValidationErrorKind::Required { .. }
        | ValidationErrorKind::MinProperties { .. }
        | ValidationErrorKind::MinItems { .. } => true,
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
            context.iter().any(|option| option.iter().all(mended_by_giving))
        }
        _ => false,
    }
}

fn cut(line: String) -> String {
    match line.char_indices().nth(LONGEST_LINE) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn schema() -> Value {
        json!({
            "type": "object",
            "properties": {
                "metric": { "type": "string", "description": "The metric to bound." },
                "min": { "type": "number" },
                "agg": { "enum": ["mean", "worst_case"], "default": "worst_case" },
                "columns": { "type": "object", "additionalProperties": { "$ref": "#/$defs/bounds" }, "default": {} },
            },
            "required": ["metric"],
            "additionalProperties": false,
            "$defs": { "bounds": {
                "type": "object",
                "properties": { "max": { "type": "number", "default": 1.0 }, "min": { "type": "number" } },
                "additionalProperties": false,
            } },
        })
    }

    fn lines(given: &Value) -> Vec<String> {
        lines_of(&schema(), given)
    }

    #[test]
    fn defaults_are_filled_in_at_every_depth() {
        let filled = validate(&schema(), &json!({ "metric": "f1", "columns": { "age": {} } })).unwrap().unwrap();
        assert_eq!(filled, json!({ "metric": "f1", "agg": "worst_case", "columns": { "age": { "max": 1.0 } } }));
    }

    #[test]
    fn errors_name_the_key_and_what_is_valid() {
        assert_eq!(lines(&json!({})), ["`metric` is required: The metric to bound."]);
        assert_eq!(
            lines(&json!({ "metric": "f1", "mim": 1 })),
            ["`mim` is not a parameter; did you mean `min`? valid: agg, columns, metric, min"]
        );
        assert_eq!(
            lines(&json!({ "metric": "f1", "columns": { "a/b": { "mox": 1 } } })),
            ["`mox` is not a parameter in `columns.a/b`; did you mean `max`? valid: max, min"]
        );
        assert_eq!(
            lines(&json!({ "metric": "f1", "agg": "worst" })),
            ["`agg` is \"worst\"; valid: \"mean\", \"worst_case\""]
        );
        assert_eq!(lines(&json!({ "metric": "f1", "min": "high" })), ["`min`: \"high\" is not of type \"number\""]);
    }

    #[test]
    fn alternatives_are_told_by_what_they_ask_for() {
        let schema = json!({ "anyOf": [{ "title": "`metric` with `min`", "required": ["metric"] }, { "required": ["a", "b"] }] });
        let error = validate(&schema, &json!({})).unwrap().unwrap_err();
        assert_eq!(error.lines, ["it needs `metric` with `min`, or `a` and `b`"]);
    }

    #[test]
    fn a_schema_that_is_none_is_the_policys_fault() {
        assert!(validate(&json!({ "type": 7 }), &json!({})).is_err());
    }

    #[test]
    fn a_schema_that_refers_to_itself_ends() {
        let endless = json!({ "$ref": "#/$defs/a", "$defs": { "a": { "properties": { "a": { "$ref": "#/$defs/a", "default": {} } } } } });
        assert!(validate(&endless, &json!({})).is_ok());
    }

    #[test]
    fn a_schema_that_doubles_with_each_reference_is_refused_at_once() {
        let mut definitions = Map::new();
        for place in 0..38 {
            let next = json!({ "$ref": format!("#/$defs/d{}", place + 1) });
            definitions.insert(format!("d{place}"), json!({ "allOf": [next.clone(), next] }));
        }
        definitions.insert("d38".into(), json!({ "type": "object" }));
        let schema = json!({ "$ref": "#/$defs/d0", "$defs": definitions });
        assert!(validate(&schema, &json!({})).unwrap_err().contains("steps"));
        // Where nothing was given to apply it to, it is compiled all the same.
        let unused = json!({ "properties": { "a": { "$ref": "#/$defs/d0" } }, "$defs": schema["$defs"] });
        assert_eq!(validate(&unused, &json!({})), Ok(Ok(json!({}))));
        assert!(validate(&unused, &json!({ "a": {} })).unwrap_err().contains("steps"));
    }

    #[test]
    fn the_deepest_schema_fits_a_small_stack() {
        let deepest = || {
            let schema = (0..31).fold(json!({ "type": "string" }), |inner, _| json!({ "not": inner }));
            let within = json!({ "properties": { "a": { "$ref": "#" } } });
            let value = (0..31).fold(json!({}), |inner, _| json!({ "a": inner }));
            (validate(&schema, &json!({})), validate(&within, &value).map(|valid| valid.is_ok()))
        };
        let small = std::thread::Builder::new().stack_size(1 << 20).spawn(deepest).unwrap();
        let (nots, recursion) = small.join().unwrap();
        assert!(nots.is_err() || nots.is_ok_and(|valid| valid.is_ok()));
        assert_eq!(recursion, Ok(true));
    }

    #[test]
    fn the_longest_chains_of_references_compile_on_a_small_stack() {
        let chain = |links: usize, wrap: fn(Value) -> Value| {
            let mut definitions = Map::new();
            for place in 0..links {
                definitions.insert(format!("d{place}"), wrap(json!({ "$ref": format!("#/$defs/d{}", place + 1) })));
            }
            definitions.insert(format!("d{links}"), json!(true));
            json!({ "properties": { "a": { "$ref": "#/$defs/d0" } }, "$defs": definitions })
        };
        let flat = chain(6_000, |next| next);
        let deep = chain(100, |next| (0..28).fold(next, |inner, _| json!({ "not": inner })));
        for schema in [flat, deep] {
            let compile = move || validate(&schema, &json!({}));
            let small = std::thread::Builder::new().stack_size(1 << 20).spawn(compile).unwrap();
            assert_eq!(small.join().unwrap(), Ok(Ok(json!({}))));
        }
    }

    #[test]
    fn what_is_no_schema_is_told_by_its_place() {
        let schema = json!({ "type": "object", "properties": { "min": { "type": "nmber" } } });
        let why = validate(&schema, &json!({})).unwrap_err();
        assert!(why.contains("at /properties/min/type: ") && why.contains("nmber"), "{why}");
    }

    #[test]
    fn patterns_are_matched_in_linear_time_and_within_bounds() {
        let pattern = |pattern: &str| json!({ "properties": { "a": { "pattern": pattern } } });
        let slow = pattern("^(a+)+$");
        assert!(validate(&slow, &json!({ "a": format!("{}!", "a".repeat(5_000)) })).unwrap().is_err());
        assert!(validate(&pattern("^(?=(a+)+b)\\1$"), &json!({})).unwrap_err().contains("not a JSON Schema"));
        assert!(validate(&pattern("((a{100}){100}){100}"), &json!({})).is_err());
        let usual = pattern("^[\\p{L}_][\\p{L}\\d _.-]*$");
        assert_eq!(validate(&usual, &json!({ "a": "größe_1" })), Ok(Ok(json!({ "a": "größe_1" }))));
        assert_eq!(lines_of(&usual, &json!({ "a": "1" })).len(), 1);
    }

    fn lines_of(schema: &Value, given: &Value) -> Vec<String> {
        validate(schema, given).unwrap().unwrap_err().lines
    }

    #[test]
    fn a_default_that_its_own_schema_refuses_is_the_policys_fault() {
        let wrong = json!({ "properties": {
            "a/b": { "type": "number", "default": "high" },
            "c": { "$ref": "#/$defs/bounds", "default": { "max": -1 } },
        }, "required": ["d"], "$defs": { "bounds": { "properties": { "max": { "minimum": 0 } } } } });
        for given in [json!({}), json!({ "c": {} }), json!({ "a/b": 1 }), json!({ "d": 1 })] {
            let error = validate(&wrong, &given).unwrap_err();
            assert!(error.contains("own defaults"), "{given}: {error}");
        }
        assert_eq!(lines_of(&wrong, &json!({ "a/b": 1, "c": { "max": -2 }, "d": 1 })).len(), 1);
        // A default that only does not go with what the user chose is for the user to change.
        let together = json!({
            "properties": { "agg": {}, "level": { "type": "number", "default": 0.5 } },
            "if": { "required": ["agg"] }, "then": { "properties": { "level": { "minimum": 0.9 } } },
        });
        assert_eq!(lines_of(&together, &json!({ "agg": "mean" })), ["`level`: 0.5 is less than the minimum of 0.9"]);
    }

    #[test]
    fn a_schema_that_nothing_satisfies_is_the_policys_fault() {
        for schema in [json!({ "not": {} }), json!(false), json!({ "not": true }), json!({ "allOf": [false] })] {
            for given in [json!({}), json!({ "a": 1 })] {
                assert!(validate(&schema, &given).unwrap_err().contains("cannot be used"), "{schema} {given}");
            }
        }
        assert!(validate(&json!({ "type": "string" }), &json!({})).is_err());
        assert!(validate(&json!({ "properties": { "a": { "enum": [] } } }), &json!({ "a": 1 })).unwrap().is_err());
    }

    #[test]
    fn parameters_that_are_missing_are_the_users_fault() {
        let bounds =
            json!({ "anyOf": [{ "required": ["min"] }, { "required": ["max"] }], "properties": { "max": {} } });
        assert_eq!(lines_of(&bounds, &json!({})), ["it needs `min`, or `max`"]);
        assert_eq!(lines_of(&json!({ "minProperties": 1 }), &json!({})).len(), 1);
        let within = json!({ "properties": { "a": { "default": {} } }, "required": ["b"] });
        assert_eq!(lines_of(&within, &json!({})), ["`b` is required"]);
    }

    #[test]
    fn a_long_message_is_cut() {
        let lines =
            lines_of(&json!({ "properties": { "a": { "type": "number" } } }), &json!({ "a": "é".repeat(5_000) }));
        assert_eq!(lines[0].chars().count(), LONGEST_LINE + 1);
    }
}
