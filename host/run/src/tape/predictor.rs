//! The model, taped.

use std::sync::Arc;

use portcullis_sandbox::ports::{Answer, Answers, Cells, Column, Predictor};
use serde_json::{Value, json};

use super::{Noted, Tape};

/// A model behind a tape.
pub(super) struct TapedPredictor {
    tape: Arc<Tape>,
    real: Option<Arc<dyn Predictor>>,
}

impl TapedPredictor {
    pub fn behind(tape: &Arc<Tape>, real: Option<Arc<dyn Predictor>>) -> Arc<dyn Predictor> {
        Arc::new(Self { tape: Arc::clone(tape), real })
    }
}

impl Predictor for TapedPredictor {
    fn inputs(&self) -> Vec<Column> {
        self.tape.noted("predictor.inputs()", self.real.as_ref().map(|real| || real.inputs())).unwrap_or_default()
    }

    fn predict(&self, rows: usize, batch: &[(String, Cells)]) -> Answer<Answers> {
        let columns: Vec<Value> = batch.iter().map(|(name, cells)| json!([name, values(cells)])).collect();
        let question = format!("predictor.predict({rows}, {})", Value::from(columns));
        self.tape.answer(&question, self.real.as_ref().map(|real| || real.predict(rows, batch)))
    }
}

fn values(cells: &Cells) -> Value {
    match cells {
        Cells::Numbers(values) => values.note(),
        Cells::Texts(values) => values.note(),
        Cells::Booleans(values) => values.note(),
    }
}
