//! Parts of an evaluation or a comparison, without those that are so small that they would give single people away.
//!
//! The values of a small part are as telling as its statistics: a list of all parts by name and income would be the
//! table itself. So all parts under `smallest-group` rows are put together as one, that has no values and no statistics.

use std::sync::Arc;

use crate::ports::{Answer, Comparison, Evaluation, Failure};

/// What stands for the values of parts that are too small.
const SMALL: &str = "(small groups)";

/// Most parts that one call makes.
const MOST: usize = 10_000;

/// Something that can be sliced.
pub(super) trait Part {
    /// How many rows it has.
    fn rows(&self) -> u64;
    /// The values that make it.
    fn values(&self) -> &[(String, String)];
    /// What stands for the parts that are too small.
    fn rest(rest: Rest, first: Arc<Self>) -> Arc<Self>;
}

impl Part for dyn Evaluation {
    fn rows(&self) -> u64 {
        self.row_count()
    }

    fn values(&self) -> &[(String, String)] {
        self.key()
    }

    fn rest(rest: Rest, first: Arc<Self>) -> Arc<Self> {
        Arc::new(RestOf { rest, first })
    }
}

impl Part for dyn Comparison {
    fn rows(&self) -> u64 {
        self.row_count()
    }

    fn values(&self) -> &[(String, String)] {
        self.key()
    }

    fn rest(rest: Rest, first: Arc<Self>) -> Arc<Self> {
        Arc::new(RestOf { rest, first })
    }
}

/// The parts of at least `smallest` rows, and behind them one for all others together. `key` is that of what was sliced.
pub(super) fn folded<P: Part + ?Sized>(
    parts: Vec<Arc<P>>,
    key: &[(String, String)],
    columns: &[String],
    smallest: u64,
) -> Answer<Vec<Arc<P>>> {
    if parts.len() > MOST {
        return Err(Failure::new(
            "bad-argument",
            format!(
                "{} cut the rows into {} parts (at most {MOST}); slice by columns of few values",
                columns.join(", "),
                parts.len()
            ),
        ));
    }
    let (mut shown, small): (Vec<_>, Vec<_>) = parts.into_iter().partition(|part| part.rows() >= smallest);
    let (groups, rows) = (small.len(), small.iter().map(|part| part.rows()).sum());
    if let Some(first) = small.into_iter().next() {
        let values = columns.iter().map(|column| (column.clone(), SMALL.to_owned()));
        let key = key.iter().cloned().chain(values).collect();
        shown.push(P::rest(Rest { key, groups, rows, smallest }, first));
    }
    Ok(shown)
}

/// All parts that are too small, together.
pub(super) struct Rest {
    key: Vec<(String, String)>,
    groups: usize,
    rows: u64,
    smallest: u64,
}

impl Rest {
    fn refused<T>(&self) -> Answer<T> {
        let Self { groups, rows, smallest, .. } = self;
        Err(Failure::new(
            "small-group",
            format!(
                "{groups} {}, {rows} rows in all, had each fewer than `smallest-group` ({smallest}); statistics over so \
                 few rows are not given to policies",
                if *groups == 1 { "group" } else { "groups" }
            ),
        ))
    }
}

/// The rest of what was sliced. What does not depend on the rows is as in any other part.
struct RestOf<P: ?Sized> {
    rest: Rest,
    first: Arc<P>,
}

impl Evaluation for RestOf<dyn Evaluation> {
    fn task(&self) -> &'static str {
        self.first.task()
    }

    fn row_count(&self) -> u64 {
        self.rest.rows
    }

    fn key(&self) -> &[(String, String)] {
        &self.rest.key
    }

    fn classes(&self) -> &[String] {
        self.first.classes()
    }

    fn positive(&self) -> Option<&str> {
        self.first.positive()
    }

    fn metric_names(&self) -> Vec<String> {
        self.first.metric_names()
    }

    fn metric(&self, _: &str) -> Answer<Option<f64>> {
        self.rest.refused()
    }

    fn interval(&self, _: &str, _: f64) -> Answer<Option<(f64, f64)>> {
        self.rest.refused()
    }

    fn confusion(&self) -> Answer<Vec<(String, String, u64)>> {
        self.rest.refused()
    }

    fn slices(&self, _: &[String]) -> Answer<Vec<Arc<dyn Evaluation>>> {
        self.rest.refused()
    }
}

impl Comparison for RestOf<dyn Comparison> {
    fn row_count(&self) -> u64 {
        self.rest.rows
    }

    fn key(&self) -> &[(String, String)] {
        &self.rest.key
    }

    fn difference(&self, _: &str) -> Answer<Option<f64>> {
        self.rest.refused()
    }

    fn relative_difference(&self, _: &str) -> Answer<Option<f64>> {
        self.rest.refused()
    }

    fn interval(&self, _: &str, _: f64) -> Answer<Option<(f64, f64)>> {
        self.rest.refused()
    }

    fn test(&self, _: &str) -> Answer<(Option<f64>, f64)> {
        self.rest.refused()
    }

    fn slices(&self, _: &[String]) -> Answer<Vec<Arc<dyn Comparison>>> {
        self.rest.refused()
    }
}
