//! A world, taped.

use std::sync::Arc;

use portcullis_sandbox::ports::{Answer, Comparison, Dataset, Evaluation, Predictor, Query, QueryStop, World};

use super::dataset::TapedDataset;
use super::evaluation::{TapedComparison, TapedEvaluation};
use super::predictor::TapedPredictor;
use super::{Tape, shown, unknown};

/// A world behind a tape; without a world, the tape alone.
pub(crate) struct Taped {
    tape: Arc<Tape>,
    real: Option<Arc<dyn World>>,
    groups: Vec<String>,
    target: Option<String>,
}

impl Taped {
    pub fn new(tape: Arc<Tape>, real: Option<Arc<dyn World>>) -> Self {
        let about = real.as_ref().map(|real| {
            let real = Arc::clone(real);
            move || (real.groups().to_vec(), real.target().map(str::to_owned))
        });
        let (groups, target) = tape.noted("world", about).unwrap_or_default();
        Self { tape, real, groups, target }
    }

    /// Something that may not be there.
    fn maybe<T: ?Sized>(
        &self,
        path: &str,
        ask: impl FnOnce(&dyn World) -> Option<Arc<T>>,
        taped: impl FnOnce(Option<Arc<T>>) -> Arc<T>,
    ) -> Option<Arc<T>> {
        let question = format!("{path}?");
        let Some(real) = &self.real else {
            return self.tape.look::<bool>(&question).unwrap_or_default().then(|| taped(None));
        };
        let found = ask(&**real);
        self.tape.note(&question, found.is_some()).then(|| taped(found))
    }
}

impl World for Taped {
    fn current(&self) -> Arc<dyn Dataset> {
        TapedDataset::behind(&self.tape, "current".to_owned(), self.real.as_ref().map(|real| real.current()))
    }

    fn part(&self, name: &str) -> Option<Arc<dyn Dataset>> {
        let path = format!("part({})", shown(&name));
        self.maybe(&path, |real| real.part(name), |part| TapedDataset::behind(&self.tape, path.clone(), part))
    }

    fn candidate(&self) -> Option<Arc<dyn Evaluation>> {
        let taped = |real| TapedEvaluation::behind(&self.tape, "candidate".to_owned(), real);
        self.maybe("candidate", |real| real.candidate(), taped)
    }

    fn champion(&self) -> Option<Arc<dyn Evaluation>> {
        let taped = |real| TapedEvaluation::behind(&self.tape, "champion".to_owned(), real);
        self.maybe("champion", |real| real.champion(), taped)
    }

    fn comparison(&self) -> Option<Arc<dyn Comparison>> {
        let taped = |real| TapedComparison::behind(&self.tape, "comparison".to_owned(), real);
        self.maybe("comparison", |real| real.comparison(), taped)
    }

    fn groups(&self) -> &[String] {
        &self.groups
    }

    fn higher_is_better(&self, metric: &str) -> Answer<Option<bool>> {
        let question = format!("higher-is-better({})", shown(&metric));
        self.tape.answer(&question, self.real.as_ref().map(|real| || real.higher_is_better(metric)))
    }

    fn predictor(&self) -> Option<Arc<dyn Predictor>> {
        self.maybe("predictor", |real| real.predictor(), |real| TapedPredictor::behind(&self.tape, real))
    }

    fn target(&self) -> Option<&str> {
        self.target.as_deref()
    }

    fn predictions(&self, model: &str) -> Answer<Arc<dyn Dataset>> {
        let path = format!("predictions({})", shown(&model));
        let question = format!("{path}?");
        let Some(real) = &self.real else {
            self.tape.look::<Answer<bool>>(&question).unwrap_or_else(|| Err(unknown(&question)))?;
            return Ok(TapedDataset::behind(&self.tape, path, None));
        };
        let table = real.predictions(model);
        self.tape.note(&question, table.as_ref().map(|_| true).map_err(Clone::clone))?;
        Ok(TapedDataset::behind(&self.tape, path, Some(table?)))
    }

    fn query(&self, query: &Query<'_>) -> Result<(Arc<dyn Dataset>, u64), QueryStop> {
        let path = format!("query({})", shown(&query.statement));
        let question = format!("{path}?");
        let Some(real) = &self.real else {
            let work = self.tape.look::<Answer<u64>>(&question).unwrap_or_else(|| Err(unknown(&question)));
            return Ok((TapedDataset::behind(&self.tape, path, None), work.map_err(QueryStop::Refused)?));
        };
        let (table, work) = match real.query(query) {
            Ok(answer) => answer,
            Err(QueryStop::Refused(failure)) => {
                self.tape.note::<Answer<u64>>(&question, Err(failure.clone())).ok();
                return Err(QueryStop::Refused(failure));
            }
            // A limit is nothing that an answer could tell: asked again, it is unknown.
            Err(stop) => return Err(stop),
        };
        self.tape.note::<Answer<u64>>(&question, Ok(work)).ok();
        Ok((TapedDataset::behind(&self.tape, path, Some(table)), work))
    }
}
