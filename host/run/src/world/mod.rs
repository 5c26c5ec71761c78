//! What a run offers its policies: the sandbox's traits over tables, evaluations and the model.

mod data;
mod evaluation;
mod predictor;

use std::sync::Arc;

use portcullis_evaluate as evaluate;
use portcullis_sandbox::ports::{self, Answer, World};

pub(crate) use data::Part;
pub(crate) use evaluation::{Compared, Evaluated, borrowed, columns};
pub(crate) use predictor::Callable;

/// Before training: all data, and the reference if there is one.
pub(crate) struct Before {
    pub all: Arc<Part>,
    pub reference: Option<Arc<Part>>,
    pub groups: Vec<String>,
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
    pub groups: Vec<String>,
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
}

fn higher_is_better(metric: &str) -> Answer<Option<bool>> {
    match evaluate::metric_info(metric) {
        Ok(info) => Ok(info.direction.higher_is_better()),
        Err(unknown) => Err(ports::Failure::new("unknown-metric", unknown.to_string())),
    }
}
