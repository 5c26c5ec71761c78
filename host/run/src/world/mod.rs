//! What a run offers its policies: the sandbox's traits over tables, evaluations and the model.

mod data;
mod evaluation;
mod predictor;
mod sql;

use std::sync::{Arc, OnceLock};

use portcullis_evaluate as evaluate;
use portcullis_sandbox::ports::{self, Answer, Query, QueryStop, World};
use portcullis_sandbox::worker::Worker;

use crate::predictions::{self, Predicted};

pub(crate) use data::Part;
pub(crate) use evaluation::{Compared, Evaluated, borrowed, columns};
pub(crate) use predictor::Callable;

/// Before training: all data, and the reference if there is one.
pub(crate) struct Before {
    pub all: Arc<Part>,
    pub reference: Option<Arc<Part>>,
    pub groups: Vec<String>,
    pub target: Option<String>,
    pub worker: Option<Worker>,
}

/// After evaluation: the parts of the data, the candidate and the champion.
pub(crate) struct After {
    /// The held-out rows.
    pub current: Arc<Part>,
    /// Every part there is, the held-out rows included.
    pub parts: Vec<Arc<Part>>,
    pub candidate: Arc<Evaluated>,
    pub champion: Option<Arc<Evaluated>>,
    pub comparison: Option<Arc<Compared>>,
    pub predictor: Option<Arc<Callable>>,
    pub candidate_predicted: RowLevel,
    /// On the same rows.
    pub champion_predicted: Option<RowLevel>,
    pub groups: Vec<String>,
    pub target: Option<String>,
    pub worker: Option<Worker>,
}

/// Predictions as a table, made when a policy first asks for it.
pub(crate) struct RowLevel {
    predicted: Arc<Predicted>,
    part: OnceLock<Answer<Arc<Part>>>,
}

impl RowLevel {
    /// These predictions.
    pub fn new(predicted: Arc<Predicted>) -> Self {
        Self { predicted, part: OnceLock::new() }
    }

    fn part(&self) -> Answer<Arc<dyn ports::Dataset>> {
        let part = self.part.get_or_init(|| match predictions::own_columns(&self.predicted) {
            Ok(table) => Ok(Arc::new(Part::new("predictions", table))),
            Err(error) => Err(ports::Failure::new("unavailable", error.to_string())),
        });
        part.clone().map(|part| part as _)
    }
}

impl World for Before {
    fn current(&self) -> Arc<dyn ports::Dataset> {
        Arc::clone(&self.all) as _
    }

    fn part(&self, name: &str) -> Option<Arc<dyn ports::Dataset>> {
        match name {
            "all" => Some(Arc::clone(&self.all) as _),
            "reference" => self.reference.clone().map(|part| part as _),
            _ => None,
        }
    }

    fn candidate(&self) -> Option<Arc<dyn ports::Evaluation>> {
        None
    }

    fn champion(&self) -> Option<Arc<dyn ports::Evaluation>> {
        None
    }

    fn comparison(&self) -> Option<Arc<dyn ports::Comparison>> {
        None
    }

    fn groups(&self) -> &[String] {
        &self.groups
    }

    fn higher_is_better(&self, metric: &str) -> Answer<Option<bool>> {
        higher_is_better(metric)
    }

    fn predictor(&self) -> Option<Arc<dyn ports::Predictor>> {
        None
    }

    fn target(&self) -> Option<&str> {
        self.target.as_deref()
    }

    fn predictions(&self, _: &str) -> Answer<Arc<dyn ports::Dataset>> {
        Err(ports::Failure::new("unavailable", "there are no predictions before there is a model"))
    }

    fn query(&self, query: &Query<'_>) -> Result<(Arc<dyn ports::Dataset>, u64), QueryStop> {
        let parts = std::iter::once(&self.all).chain(&self.reference);
        sql::answer(self.worker.as_ref(), &self.all, parts, query)
    }
}

impl World for After {
    fn current(&self) -> Arc<dyn ports::Dataset> {
        Arc::clone(&self.current) as _
    }

    fn part(&self, name: &str) -> Option<Arc<dyn ports::Dataset>> {
        let found = self.parts.iter().find(|part| ports::Dataset::name(part.as_ref()) == name);
        found.map(|part| Arc::clone(part) as _)
    }

    fn candidate(&self) -> Option<Arc<dyn ports::Evaluation>> {
        Some(Arc::clone(&self.candidate) as _)
    }

    fn champion(&self) -> Option<Arc<dyn ports::Evaluation>> {
        self.champion.clone().map(|champion| champion as _)
    }

    fn comparison(&self) -> Option<Arc<dyn ports::Comparison>> {
        self.comparison.clone().map(|comparison| comparison as _)
    }

    fn groups(&self) -> &[String] {
        &self.groups
    }

    fn higher_is_better(&self, metric: &str) -> Answer<Option<bool>> {
        higher_is_better(metric)
    }

    fn predictor(&self) -> Option<Arc<dyn ports::Predictor>> {
        self.predictor.clone().map(|predictor| predictor as _)
    }

    fn target(&self) -> Option<&str> {
        self.target.as_deref()
    }

    fn predictions(&self, model: &str) -> Answer<Arc<dyn ports::Dataset>> {
        let unavailable = |why: &str| ports::Failure::new("unavailable", why);
        match model {
            "candidate" => self.candidate_predicted.part(),
            "champion" => match &self.champion_predicted {
                Some(predicted) => predicted.part(),
                None => Err(unavailable("the configuration names no champion")),
            },
            _ => Err(ports::Failure::new(
                "bad-argument",
                format!("`{model}` is no model of this run; valid: candidate, champion"),
            )),
        }
    }

    fn query(&self, query: &Query<'_>) -> Result<(Arc<dyn ports::Dataset>, u64), QueryStop> {
        sql::answer(self.worker.as_ref(), &self.current, self.parts.iter(), query)
    }
}

fn higher_is_better(metric: &str) -> Answer<Option<bool>> {
    match evaluate::metric_info(metric) {
        Ok(info) => Ok(info.direction.higher_is_better()),
        Err(unknown) => Err(ports::Failure::new("unknown-metric", unknown.to_string())),
    }
}
