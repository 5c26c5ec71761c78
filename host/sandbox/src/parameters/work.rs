//! How much work it is to hold one value against a schema, counted before it is done.
//!
//! A subschema is applied once for every path that leads to it, so that a chain of `allOf: [$ref next, $ref next]`
//! doubles with each link. The paths are counted without walking them: from the root, level by level of the value. What
//! applies to the same value (`allOf`, `$ref`, …) is passed on in an order in which every subschema comes before those it
//! leads to; what applies to the parts of a value (`properties`, `items`, …) is passed on to the next level. An
//! application by one path meets each part of the value at most once, so
//!
//! work = sum over levels of (applications on that level × their own size) × (size of the value on that level).
//!
//! A schema that refers to itself ends where the value does; one that refers to itself without going into a part never
//! ends, and is refused.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// The most that a validation may come to: a stock schema with a thousand columns stays under a tenth.
const MOST_WORK: u64 = 1_000_000;
/// How many subschemas may be applied within each other, on one value and into its parts: the validator recurses.
const DEEPEST: u64 = 64;
/// A match of a regular expression, in comparisons of two values.
const PATTERN: u64 = 100;
/// Comparing all elements of an array with each other, by hashing all that they hold.
const UNIQUE: u64 = 100;
/// Bytes of text that take as long as a value of their own.
const BYTES: usize = 16;

/// Fails if holding the value against the schema is more work than it may be.
pub(super) fn check(schema: &Value, value: &Value) -> Result<(), String> {
    let graph = Graph::new(schema)?;
    let order = graph.order()?;
    let mut sizes = Vec::new();
    measure(value, 0, &mut sizes);
    graph.walk(&order, &sizes)
}

/// Adds what a value has on each level to the sizes of the levels. Names are a part, because `propertyNames` applies to
/// them.
fn measure(value: &Value, level: usize, sizes: &mut Vec<u64>) {
    add(sizes, level, value.as_str().unwrap_or_default());
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                add(sizes, level + 1, name);
                measure(member, level + 1, sizes);
            }
        }
        Value::Array(elements) => elements.iter().for_each(|element| measure(element, level + 1, sizes)),
        _ => {}
    }
}

fn add(sizes: &mut Vec<u64>, level: usize, text: &str) {
    if sizes.len() <= level {
        sizes.resize(level + 1, 0);
    }
    if let Some(size) = sizes.get_mut(level) {
        *size += 1 + (text.len() / BYTES) as u64;
    }
}

/// A subschema: what it costs itself, and where it leads.
#[derive(Default)]
struct Node {
    /// Values that it compares with.
    own: u64,
    /// The same for each part of the value: patterns on names.
    own_below: u64,
    /// Subschemas that apply to the same value.
    here: Vec<usize>,
    /// Subschemas that apply to its parts.
    below: Vec<usize>,
    /// Whether it asks which parts the others have met: the validator applies them once more for each that nests.
    asks_again: bool,
}

/// The subschemas that the root leads to; the root is the first.
struct Graph {
    nodes: Vec<Node>,
}

impl Graph {
    fn new(root: &Value) -> Result<Self, String> {
        let mut found = Found { root, places: BTreeMap::new(), open: Vec::new() };
        found.place(root);
        let mut nodes: Vec<Node> = Vec::new();
        while let Some((place, schema)) = found.open.pop() {
            let node = found.read(schema)?;
            if nodes.len() <= place {
                nodes.resize_with(place + 1, Node::default);
            }
            if let Some(slot) = nodes.get_mut(place) {
                *slot = node;
            }
        }
        Ok(Self { nodes })
    }

    fn here(&self, place: usize) -> &[usize] {
        self.nodes.get(place).map_or(&[], |node| &node.here)
    }

    /// Every subschema before those that apply to the same value through it; with each, how deep these nest.
    fn order(&self) -> Result<Vec<(usize, u64)>, String> {
        const OPEN: u64 = u64::MAX;
        let mut depth: BTreeMap<usize, u64> = BTreeMap::new();
        let mut order = Vec::new();
        for start in 0..self.nodes.len() {
            let mut path = vec![(start, 0)];
            while let Some((place, next)) = path.pop() {
                if next == 0 && depth.contains_key(&place) {
                    continue;
                }
                match self.here(place).get(next) {
                    Some(child) if depth.get(child) == Some(&OPEN) || *child == place => {
                        return Err(
                            "it refers to itself without an end: a `$ref` leads back to where it stands".to_owned()
                        );
                    }
                    Some(child) => {
                        depth.insert(place, OPEN);
                        path.extend([(place, next + 1), (*child, 0)]);
                    }
                    None => {
                        let deepest = self.here(place).iter().filter_map(|child| depth.get(child)).max();
                        let nests = deepest.map_or(0, |deepest| deepest + 1);
                        depth.insert(place, nests);
                        order.push((place, nests));
                    }
                }
            }
        }
        order.reverse();
        Ok(order)
    }

    /// Counts applications from the root, level by level of a value of these sizes.
    fn walk(&self, order: &[(usize, u64)], sizes: &[u64]) -> Result<(), String> {
        let mut level = vec![Applied::default(); self.nodes.len()];
        if let Some(root) = level.first_mut() {
            *root = Applied { times: 1, within: 0 };
        }
        let mut work = 0_u64;
        for (place, size) in sizes.iter().enumerate() {
            let size_below = sizes.get(place + 1).copied().unwrap_or(0);
            let mut below = vec![Applied::default(); self.nodes.len()];
            for &(place, nests) in order {
                let (Some(node), Some(&applied)) = (self.nodes.get(place), level.get(place)) else { continue };
                if applied.times == 0 {
                    continue;
                }
                let here = node.own.saturating_mul(*size);
                let own = here.saturating_add(node.own_below.saturating_mul(size_below));
                work = work.saturating_add(applied.times.saturating_mul(own));
                if work > MOST_WORK || applied.within > DEEPEST {
                    return Err(format!(
                        "holding parameters against it takes more than {MOST_WORK} steps, or applies more than {DEEPEST} \
                         subschemas within each other; write each rule once and refer to it once"
                    ));
                }
                let again = if node.asks_again { nests + 2 } else { 1 };
                let passed = Applied { times: applied.times.saturating_mul(again), within: applied.within + 1 };
                node.here.iter().for_each(|child| pass(&mut level, *child, passed));
                node.below.iter().for_each(|child| pass(&mut below, *child, passed));
            }
            level = below;
        }
        Ok(())
    }
}

/// How often a subschema is applied on one level, and within how many others.
#[derive(Clone, Copy, Default)]
struct Applied {
    times: u64,
    within: u64,
}

fn pass(to: &mut [Applied], place: usize, more: Applied) {
    if let Some(applied) = to.get_mut(place) {
        applied.times = applied.times.saturating_add(more.times);
        applied.within = applied.within.max(more.within);
    }
}

/// Subschemas met so far, by where they lie in memory.
struct Found<'a> {
    root: &'a Value,
    places: BTreeMap<usize, usize>,
    open: Vec<(usize, &'a Value)>,
}

impl<'a> Found<'a> {
    fn place(&mut self, schema: &'a Value) -> usize {
        let next = self.places.len();
        let place = *self.places.entry(std::ptr::from_ref(schema).addr()).or_insert(next);
        if place == next {
            self.open.push((place, schema));
        }
        place
    }

    fn places(&mut self, schemas: impl Iterator<Item = &'a Value>, into: &mut Vec<usize>) {
        for schema in schemas {
            into.push(self.place(schema));
        }
    }

    fn read(&mut self, schema: &'a Value) -> Result<Node, String> {
        let mut node = Node { own: 1, ..Node::default() };
        for (keyword, value) in schema.as_object().into_iter().flatten() {
            match keyword.as_str() {
                "$ref" => node.here.push(self.target(value)?),
                "allOf" | "anyOf" | "oneOf" => self.places(elements(value), &mut node.here),
                "not" | "if" | "then" | "else" => self.places(std::iter::once(value), &mut node.here),
                "dependentSchemas" | "dependencies" => self.places(members(value), &mut node.here),
                "properties" => {
                    self.places(members(value), &mut node.below);
                    node.own += value.as_object().map_or(0, Map::len) as u64;
                }
                "patternProperties" => {
                    self.places(members(value), &mut node.below);
                    // Twice: `additionalProperties` asks for each name whether a pattern matches it.
                    node.own_below += 2 * PATTERN * value.as_object().map_or(0, Map::len) as u64;
                }
                "additionalProperties"
                | "propertyNames"
                | "items"
                | "additionalItems"
                | "prefixItems"
                | "contains"
                | "unevaluatedProperties"
                | "unevaluatedItems" => {
                    node.asks_again |= keyword.starts_with("unevaluated");
                    let one = std::iter::once(value).filter(|value| !value.is_array());
                    self.places(elements(value).chain(one), &mut node.below);
                }
                "pattern" => node.own += PATTERN,
                "uniqueItems" => node.own += UNIQUE,
                "$defs" | "definitions" | "default" | "examples" | "title" | "description" | "$comment" => {}
                _ => node.own += size(value),
            }
        }
        Ok(node)
    }

    fn target(&mut self, reference: &Value) -> Result<usize, String> {
        let pointer = reference.as_str().and_then(|reference| reference.strip_prefix('#'));
        let target = pointer.and_then(|pointer| self.root.pointer(pointer)).ok_or_else(|| {
            format!("its `$ref` {reference} leads nowhere; it must be a pointer into the schema: `#/$defs/…`")
        })?;
        Ok(self.place(target))
    }
}

fn elements(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn members(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_object().into_iter().flat_map(Map::values)
}

/// All that a value holds.
fn size(value: &Value) -> u64 {
    let mut sizes = Vec::new();
    measure(value, 0, &mut sizes);
    sizes.iter().sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// `d0` leads to `d1` twice, and so on, each by what `link` makes of it.
    fn doubling(links: usize, link: impl Fn(Value) -> Value) -> Value {
        let mut definitions = Map::new();
        for place in 0..links {
            let next = json!({ "$ref": format!("#/$defs/d{}", place + 1) });
            definitions.insert(format!("d{place}"), link(next));
        }
        definitions.insert(format!("d{links}"), json!({ "type": "object" }));
        json!({ "$ref": "#/$defs/d0", "$defs": definitions })
    }

    fn nested(depth: usize, wrap: impl Fn(Value) -> Value) -> Value {
        (0..depth).fold(json!({}), |inner, _| wrap(inner))
    }

    #[test]
    fn a_chain_that_doubles_is_refused_and_one_that_does_not_is_not() {
        let twice = doubling(28, |next| json!({ "allOf": [next.clone(), next] }));
        assert!(check(&twice, &json!({})).unwrap_err().contains("steps"));
        let once = doubling(28, |next| json!({ "allOf": [next] }));
        assert_eq!(check(&once, &json!({})), Ok(()));
    }

    #[test]
    fn recursion_is_as_deep_as_the_value() {
        let tree = json!({ "properties": { "left": { "$ref": "#" }, "right": { "$ref": "#" } } });
        assert_eq!(check(&tree, &nested(10, |inner| json!({ "left": inner }))), Ok(()));
        let twice = json!({ "allOf": [{ "items": { "$ref": "#" } }, { "items": { "$ref": "#" } }] });
        assert_eq!(check(&twice, &nested(5, |inner| json!([inner]))), Ok(()));
        assert!(check(&twice, &nested(20, |inner| json!([inner]))).unwrap_err().contains("steps"));
        assert!(
            check(&json!({ "anyOf": [{ "not": { "$ref": "#" } }] }), &json!({}))
                .unwrap_err()
                .contains("without an end")
        );
        assert!(check(&json!({ "$ref": "#" }), &json!({})).unwrap_err().contains("without an end"));
    }

    #[test]
    fn long_chains_many_parts_and_dear_keywords_count() {
        let chain = doubling(100, |next| next);
        assert!(check(&chain, &json!({})).unwrap_err().contains("within each other"));
        let choices = json!({ "items": { "enum": (0..1_000).collect::<Vec<_>>() } });
        assert_eq!(check(&choices, &json!(vec![1; 100])), Ok(()));
        assert!(check(&choices, &json!(vec![1; 1_000])).is_err());
        let patterned = json!({ "patternProperties": { "^a": true, "^b": true } });
        let many: Map<String, Value> = (0..3_000).map(|place| (place.to_string(), json!(1))).collect();
        assert!(check(&patterned, &Value::Object(many)).is_err());
        let asking = doubling(10, |next| json!({ "allOf": [next], "unevaluatedProperties": false }));
        assert!(check(&asking, &json!({})).is_err());
    }

    #[test]
    fn references_lead_into_the_schema() {
        assert_eq!(check(&json!({ "$ref": "#/$defs/a~1b", "$defs": { "a/b": true } }), &json!(1)), Ok(()));
        for elsewhere in ["#anchor", "https://json-schema.org/draft/2020-12/schema", "#/nowhere"] {
            let error = check(&json!({ "$ref": elsewhere }), &json!(1)).unwrap_err();
            assert!(error.contains(elsewhere), "{error}");
        }
    }
}
