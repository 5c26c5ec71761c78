//! A world of known numbers for policies under test.

use std::sync::Arc;

use portcullis_sandbox::ports::{Answer, Column, Comparison, Dataset, Evaluation, Failure, Predictor, World};

/// A binary evaluation whose accuracy is given, sliced by `sex` into 60 and 5 rows.
pub struct Known {
    pub accuracy: f64,
    pub key: Vec<(String, String)>,
    pub rows: u64,
}

impl Known {
    pub fn new(accuracy: f64) -> Self {
        Self { accuracy, key: Vec::new(), rows: 65 }
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
        &[]
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
        let slice = |value: &str, rows, accuracy| -> Arc<dyn Evaluation> {
            Arc::new(Self { accuracy, rows, key: vec![(columns[0].clone(), value.to_owned())] })
        };
        Ok(vec![slice("F", 60, self.accuracy - 0.2), slice("M", 5, 0.1)])
    }
}

pub struct Fake {
    pub accuracy: f64,
}

struct NoData;

impl Dataset for NoData {
    fn name(&self) -> &str {
        "held-out"
    }
    fn row_count(&self) -> u64 {
        65
    }
    fn columns(&self) -> &[Column] {
        &[]
    }
    fn duplicate_count(&self, _: &[String]) -> Answer<u64> {
        Ok(0)
    }
    fn null_count(&self, column: &str) -> Answer<u64> {
        Err(Failure::new("unknown-column", column))
    }
    fn distinct_count(&self, column: &str) -> Answer<u64> {
        self.null_count(column)
    }
    fn frequencies(&self, _: &str, _: u32) -> Answer<Vec<(String, u64)>> {
        Ok(Vec::new())
    }
    fn count_not_in(&self, column: &str, _: &[String]) -> Answer<u64> {
        self.null_count(column)
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
    fn quantiles(&self, _: &str, _: &[f64]) -> Answer<Vec<f64>> {
        Ok(Vec::new())
    }
    fn count_outside(&self, column: &str, _: Option<f64>, _: Option<f64>) -> Answer<u64> {
        self.null_count(column)
    }
    fn histogram(&self, _: &str, _: &[f64]) -> Answer<Vec<u64>> {
        Ok(Vec::new())
    }
}

impl World for Fake {
    fn current(&self) -> Arc<dyn Dataset> {
        Arc::new(NoData)
    }
    fn part(&self, _name: &str) -> Option<Arc<dyn Dataset>> {
        None
    }
    fn candidate(&self) -> Option<Arc<dyn Evaluation>> {
        Some(Arc::new(Known::new(self.accuracy)))
    }
    fn champion(&self) -> Option<Arc<dyn Evaluation>> {
        None
    }
    fn comparison(&self) -> Option<Arc<dyn Comparison>> {
        None
    }
    fn groups(&self) -> &[String] {
        &[]
    }
    fn higher_is_better(&self, _metric: &str) -> Answer<Option<bool>> {
        Ok(Some(true))
    }
    fn predictor(&self) -> Option<Arc<dyn Predictor>> {
        None
    }
}
