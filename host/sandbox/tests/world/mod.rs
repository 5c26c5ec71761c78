//! A world of known numbers for policies under test.

#![allow(
    dead_code,
    clippy::unnecessary_literal_bound,
    reason = "each test takes what it needs; names are as the trait has them"
)]

use std::ops::Range;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, LazyLock};

use portcullis_sandbox::ports::{
    Answer, Answers, Cells, Column, Comparison, Dataset, Evaluation, Failure, Predictor, Query, QueryStop, World,
};

/// A binary evaluation whose accuracy is given, sliced into parts of known sizes: by `sex` into 60 and 5 rows.
#[derive(Clone)]
pub struct Known {
    pub accuracy: f64,
    pub key: Vec<(String, String)>,
    pub parts: Vec<(String, u64)>,
    pub rows: u64,
}

impl Known {
    pub fn new(accuracy: f64) -> Self {
        Self::of_parts(accuracy, vec![("F".into(), 60), ("M".into(), 5)])
    }

    pub fn of_parts(accuracy: f64, parts: Vec<(String, u64)>) -> Self {
        let rows = parts.iter().map(|(_, rows)| rows).sum();
        Self { accuracy, key: Vec::new(), parts, rows }
    }

    fn sliced(&self, column: &str) -> Vec<Self> {
        let part = |(value, rows): &(String, u64)| Self {
            accuracy: if *rows < 10 { 0.1 } else { self.accuracy - 0.2 },
            key: vec![(column.to_owned(), value.clone())],
            parts: Vec::new(),
            rows: *rows,
        };
        self.parts.iter().map(part).collect()
    }
}

impl Evaluation for Known {
    fn task(&self) -> &'static str {
        "binary"
    }
    fn row_count(&self) -> u64 {
        self.rows
    }
    fn key(&self) -> &[(String, String)] {
        &self.key
    }
    fn classes(&self) -> &[String] {
        static CLASSES: LazyLock<[String; 2]> = LazyLock::new(|| ["no".to_owned(), "yes".to_owned()]);
        &*CLASSES
    }
    fn positive(&self) -> Option<&str> {
        Some("yes")
    }
    fn metric_names(&self) -> Vec<String> {
        vec!["accuracy".into()]
    }
    fn metric(&self, name: &str) -> Answer<Option<f64>> {
        match name {
            "accuracy" => Ok(Some(self.accuracy)),
            _ => Err(Failure::new("unknown-metric", format!("`{name}` is not a metric; valid: accuracy"))),
        }
    }
    fn interval(&self, _metric: &str, _level: f64) -> Answer<Option<(f64, f64)>> {
        Ok(Some((self.accuracy - 0.05, self.accuracy + 0.05)))
    }
    fn confusion(&self) -> Answer<Vec<(String, String, u64)>> {
        Ok(Vec::new())
    }
    fn slices(&self, columns: &[String]) -> Answer<Vec<Arc<dyn Evaluation>>> {
        Ok(self.sliced(&columns[0]).into_iter().map(|part| Arc::new(part) as _).collect())
    }
}

/// The same beside itself.
pub struct Beside(pub Known);

impl Comparison for Beside {
    fn row_count(&self) -> u64 {
        self.0.rows
    }
    fn key(&self) -> &[(String, String)] {
        &self.0.key
    }
    fn difference(&self, _: &str) -> Answer<Option<f64>> {
        Ok(Some(0.0))
    }
    fn relative_difference(&self, _: &str) -> Answer<Option<f64>> {
        Ok(Some(0.0))
    }
    fn interval(&self, _: &str, _: f64) -> Answer<Option<(f64, f64)>> {
        Ok(None)
    }
    fn test(&self, _: &str) -> Answer<(Option<f64>, f64)> {
        Ok((None, 1.0))
    }
    fn slices(&self, columns: &[String]) -> Answer<Vec<Arc<dyn Comparison>>> {
        Ok(self.0.sliced(&columns[0]).into_iter().map(|part| Arc::new(Self(part)) as _).collect())
    }
}

/// A world with that evaluation, beside itself, a table of one column, and a model that says no to everything.
pub struct Fake {
    known: Known,
    table: Arc<Ages>,
}

impl Fake {
    pub fn new(accuracy: f64) -> Self {
        Self::of(Known::new(accuracy))
    }

    pub fn of(known: Known) -> Self {
        Self { known, table: Arc::new(Ages::default()) }
    }

    /// The same with so many rows, in a column of numbers of this name.
    pub fn with_column(name: &str, rows: u64) -> Self {
        let columns = vec![Column { name: name.to_owned(), kind: "number" }];
        Self { known: Known::new(0.9), table: Arc::new(Ages { columns, rows, ..Ages::default() }) }
    }

    /// How often the table was asked to count duplicates.
    pub fn counted(&self) -> u32 {
        self.table.counted.load(Ordering::Relaxed)
    }
}

/// 65 rows with an age each, or as many as asked for.
struct Ages {
    columns: Vec<Column>,
    rows: u64,
    counted: AtomicU32,
}

impl Default for Ages {
    fn default() -> Self {
        Self { columns: vec![Column { name: "age".into(), kind: "integer" }], rows: 65, counted: AtomicU32::new(0) }
    }
}

impl Dataset for Ages {
    fn name(&self) -> &str {
        "held-out"
    }
    fn row_count(&self) -> u64 {
        self.rows
    }
    fn columns(&self) -> &[Column] {
        &self.columns
    }
    fn duplicate_count(&self, _: &[String]) -> Answer<u64> {
        self.counted.fetch_add(1, Ordering::Relaxed);
        Ok(7)
    }
    fn null_count(&self, column: &str) -> Answer<u64> {
        Err(Failure::new("unknown-column", column))
    }
    fn distinct_count(&self, column: &str) -> Answer<u64> {
        self.null_count(column)
    }
    fn frequencies(&self, _: &str, most: u32) -> Answer<Vec<(String, u64)>> {
        assert!(most <= 10_000, "an answer has no bound");
        Ok([("30", 50), ("31", 10), ("32", 4), ("99", 1)].map(|(age, rows)| (age.to_owned(), rows)).into())
    }
    fn count_not_in(&self, _: &str, values: &[String]) -> Answer<u64> {
        Ok(values.len() as u64)
    }
    fn minimum(&self, _: &str) -> Answer<Option<f64>> {
        Ok(None)
    }
    fn maximum(&self, _: &str) -> Answer<Option<f64>> {
        Ok(None)
    }
    fn mean(&self, _: &str) -> Answer<Option<f64>> {
        Ok(None)
    }
    fn standard_deviation(&self, _: &str) -> Answer<Option<f64>> {
        Ok(None)
    }
    fn sum(&self, _: &str) -> Answer<Option<f64>> {
        Ok(None)
    }
    fn quantiles(&self, _: &str, probabilities: &[f64]) -> Answer<Vec<f64>> {
        Ok(probabilities.to_vec())
    }
    fn count_outside(&self, column: &str, _: Option<f64>, _: Option<f64>) -> Answer<u64> {
        self.null_count(column)
    }
    fn histogram(&self, _: &str, edges: &[f64]) -> Answer<Vec<u64>> {
        Ok(vec![0; edges.len() - 1])
    }
    fn numbers(&self, _: &str, rows: Range<u64>) -> Answer<Vec<f64>> {
        Ok(rows.map(|row| row as f64).collect())
    }
    fn texts(&self, _: &str, rows: Range<u64>) -> Answer<Vec<Option<String>>> {
        Ok(rows.map(|row| Some(row.to_string())).collect())
    }
    fn booleans(&self, column: &str, _: Range<u64>) -> Answer<Vec<Option<bool>>> {
        Err(Failure::new("bad-argument", column))
    }
}

impl World for Fake {
    fn current(&self) -> Arc<dyn Dataset> {
        Arc::clone(&self.table) as _
    }
    fn part(&self, _name: &str) -> Option<Arc<dyn Dataset>> {
        None
    }
    fn candidate(&self) -> Option<Arc<dyn Evaluation>> {
        Some(Arc::new(self.known.clone()))
    }
    fn champion(&self) -> Option<Arc<dyn Evaluation>> {
        None
    }
    fn comparison(&self) -> Option<Arc<dyn Comparison>> {
        Some(Arc::new(Beside(self.known.clone())))
    }
    fn groups(&self) -> &[String] {
        &[]
    }
    fn higher_is_better(&self, _metric: &str) -> Answer<Option<bool>> {
        Ok(Some(true))
    }
    fn predictor(&self) -> Option<Arc<dyn Predictor>> {
        Some(Arc::new(No))
    }
    fn target(&self) -> Option<&str> {
        Some("age")
    }
    fn predictions(&self, _: &str) -> Answer<Arc<dyn Dataset>> {
        Ok(Arc::clone(&self.table) as _)
    }
    fn query(&self, query: &Query<'_>) -> Result<(Arc<dyn Dataset>, u64), QueryStop> {
        Err(QueryStop::Refused(Failure::new("bad-query", query.statement)))
    }
}

struct No;

impl Predictor for No {
    fn inputs(&self) -> Vec<Column> {
        vec![Column { name: "age".into(), kind: "integer" }]
    }
    fn predict(&self, rows: usize, _: &[(String, Cells)]) -> Answer<Answers> {
        let classes = vec!["no".to_owned(), "yes".to_owned()];
        Ok(Answers { labels: vec!["no".into(); rows], numbers: Vec::new(), classes, scores: [1.0, 0.0].repeat(rows) })
    }
}
