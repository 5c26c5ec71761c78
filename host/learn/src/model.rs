//! A trained model and what is known about it.

use std::collections::BTreeMap;

use portcullis_data::ColumnInfo;
use portcullis_stats::Task;
use serde_json::Value;

use crate::encode::Encoder;
use crate::family::Family;
use crate::methods::Learnt;
use crate::provenance::Provenance;

/// A trained model: takes raw columns, gives predictions, and knows where it came from.
///
/// Made by [`crate::train`] or [`Model::from_bytes`].
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    pub(crate) family: Family,
    pub(crate) task: Task,
    pub(crate) classes: Vec<String>,
    pub(crate) positive: Option<u32>,
    pub(crate) inputs: Vec<ColumnInfo>,
    pub(crate) parameters: BTreeMap<String, Value>,
    pub(crate) seed: u32,
    pub(crate) rows: u64,
    pub(crate) notes: Vec<String>,
    pub(crate) provenance: Option<Provenance>,
    pub(crate) encoder: Encoder,
    /// The classes that had training rows, in order; `learnt` knows only these.
    pub(crate) present: Vec<u32>,
    pub(crate) learnt: Learnt,
}

/// The coefficients of a linear model, on its encoded and scaled columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Coefficients {
    /// The encoded columns: `age`, `sex=F`, `sex=(missing)`.
    pub columns: Vec<String>,
    /// One constant per output: one output for a regression or for the second of two classes, else one per class that
    /// occurred in training.
    pub intercepts: Vec<f64>,
    /// For each output, one weight per column.
    pub weights: Vec<Vec<f64>>,
}

impl Model {
    /// The family.
    pub fn family(&self) -> Family {
        self.family
    }

    /// What it predicts.
    pub fn task(&self) -> Task {
        self.task
    }

    /// The classes, in the order of the scores; empty for a regression.
    pub fn classes(&self) -> &[String] {
        &self.classes
    }

    /// The positive class of a binary task, an index into the classes.
    pub fn positive(&self) -> Option<u32> {
        self.positive
    }

    /// The columns it reads. Whether such a column holds numbers or categories is checked at prediction.
    pub fn inputs(&self) -> &[ColumnInfo] {
        &self.inputs
    }

    /// Every parameter, defaults included, as the configuration would give it.
    pub fn parameters(&self) -> &BTreeMap<String, Value> {
        &self.parameters
    }

    /// The seed that it was trained with.
    pub fn seed(&self) -> u32 {
        self.seed
    }

    /// Rows it was trained on.
    pub fn trained_rows(&self) -> u64 {
        self.rows
    }

    /// What a user should know about the training: a solver that stopped early, a class without rows.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Where it came from, if that was told.
    pub fn provenance(&self) -> Option<&Provenance> {
        self.provenance.as_ref()
    }

    /// The same model, with where it came from.
    #[must_use]
    pub fn with_provenance(self, provenance: Provenance) -> Self {
        Self { provenance: Some(provenance), ..self }
    }

    /// The same model, with the exact kinds of its inputs: training sees numbers and categories only, not whether they
    /// were dates or integers. Columns that the model does not read are ignored, as is a kind that contradicts training.
    #[must_use]
    pub fn with_kinds(mut self, columns: &[ColumnInfo]) -> Self {
        for input in &mut self.inputs {
            if let Some(column) = columns.iter().find(|column| column.name == input.name)
                && column.kind.is_numeric() == input.kind.is_numeric()
            {
                input.kind = column.kind;
            }
        }
        self
    }

    /// The coefficients; none for naive Bayes and trees.
    pub fn coefficients(&self) -> Option<Coefficients> {
        let linear = self.learnt.linear()?;
        Some(Coefficients {
            columns: self.encoder.outputs(),
            intercepts: linear.intercepts().to_vec(),
            weights: (0..linear.outputs()).map(|output| linear.weights(output)).collect(),
        })
    }
}
