//! `portcullis:model/metrics`.

use std::sync::Arc;

use wasmtime::component::Resource;

use super::bindings::portcullis::model::metrics::{self, Condition, ConfusionCell, Failure, Interval, TestResult};
use super::data::answer;
use super::slices::{self, Part};
use crate::ports::{Answer, Comparison, Evaluation};
use crate::state::State;

/// What an interval costs beside a metric: a thousand resamples, each a tenth of the work of looking the rows up.
const RESAMPLING: u64 = 100;

/// An evaluation's handle.
pub struct Evaluated(Arc<dyn Evaluation>);

/// A comparison's handle.
pub struct Compared(Arc<dyn Comparison>);

fn conditions(key: &[(String, String)]) -> Vec<Condition> {
    key.iter().map(|(column, value)| Condition { column: column.clone(), value: value.clone() }).collect()
}

fn size(key: &[(String, String)]) -> usize {
    key.iter().map(|(column, value)| column.len() + value.len() + 16).sum()
}

impl State {
    /// Asks an evaluation for a statistic, if its rows are enough to give nobody away; the host goes through them so many
    /// times.
    fn evaluated<T>(
        &mut self,
        evaluation: &Resource<Evaluated>,
        bytes: usize,
        passes: u64,
        ask: impl FnOnce(&dyn Evaluation) -> Answer<T>,
    ) -> wasmtime::Result<Result<T, Failure>> {
        self.charge(bytes)?;
        let rows = self.table.get(evaluation)?.0.row_count();
        self.work(rows.saturating_mul(passes))?;
        let fewest = self.fewest_measured()?;
        let evaluation = &self.table.get(evaluation)?.0;
        let allowed = self.grant.at_least(fewest, evaluation.row_count());
        Ok(answer(allowed.and_then(|()| ask(&**evaluation)), |value| value))
    }

    /// The same for a comparison.
    fn compared<T>(
        &mut self,
        comparison: &Resource<Compared>,
        bytes: usize,
        passes: u64,
        ask: impl FnOnce(&dyn Comparison) -> Answer<T>,
    ) -> wasmtime::Result<Result<T, Failure>> {
        self.charge(bytes)?;
        let rows = self.table.get(comparison)?.0.row_count();
        self.work(rows.saturating_mul(passes))?;
        let fewest = self.fewest_measured()?;
        let comparison = &self.table.get(comparison)?.0;
        let allowed = self.grant.at_least(fewest, comparison.row_count());
        Ok(answer(allowed.and_then(|()| ask(&**comparison)), |value| value))
    }

    /// Gives out handles of parts.
    fn hand_out_parts<P: Part + ?Sized, H: Send + 'static>(
        &mut self,
        parts: Vec<Arc<P>>,
        handle: impl Fn(Arc<P>) -> H,
    ) -> wasmtime::Result<Vec<Resource<H>>> {
        self.charge(parts.iter().map(|part| size(part.values()) + 64).sum())?;
        parts.into_iter().map(|part| Ok(self.table.push(handle(part))?)).collect()
    }

    /// The fewest rows on which this policy may have a model measured.
    fn fewest_measured(&self) -> wasmtime::Result<u64> {
        Ok(self.grant.fewest_measured(self.world()?.target()))
    }

    fn evaluation_missing() -> wasmtime::Error {
        wasmtime::format_err!("there is no evaluation in this run") // kinds that run before one are refused at loading
    }
}

fn interval(ends: Option<(f64, f64)>) -> Option<Interval> {
    ends.map(|(low, high)| Interval { low, high })
}

impl metrics::Host for State {
    fn candidate(&mut self) -> wasmtime::Result<Resource<Evaluated>> {
        self.charge(0)?;
        let candidate = self.world()?.candidate().ok_or_else(Self::evaluation_missing)?;
        Ok(self.table.push(Evaluated(candidate))?)
    }

    fn champion(&mut self) -> wasmtime::Result<Option<Resource<Evaluated>>> {
        self.charge(0)?;
        let champion = self.world()?.champion();
        champion.map(|champion| Ok(self.table.push(Evaluated(champion))?)).transpose()
    }

    fn compare(&mut self) -> wasmtime::Result<Option<Resource<Compared>>> {
        self.charge(0)?;
        let comparison = self.world()?.comparison();
        comparison.map(|comparison| Ok(self.table.push(Compared(comparison))?)).transpose()
    }

    fn groups(&mut self) -> wasmtime::Result<Vec<String>> {
        let groups = self.world()?.groups().to_vec();
        self.charge(groups.iter().map(|group| group.len() + 8).sum())?;
        Ok(groups)
    }

    fn higher_is_better(&mut self, metric: String) -> wasmtime::Result<Result<Option<bool>, Failure>> {
        self.charge(metric.len())?;
        Ok(answer(self.world()?.higher_is_better(&metric), |better| better))
    }
}

impl metrics::HostEvaluation for State {
    fn task(&mut self, evaluation: Resource<Evaluated>) -> wasmtime::Result<String> {
        self.charge(16)?;
        Ok(self.table.get(&evaluation)?.0.task().to_owned())
    }

    fn row_count(&mut self, evaluation: Resource<Evaluated>) -> wasmtime::Result<f64> {
        self.charge(8)?;
        Ok(self.table.get(&evaluation)?.0.row_count() as f64)
    }

    fn key(&mut self, evaluation: Resource<Evaluated>) -> wasmtime::Result<Vec<Condition>> {
        let evaluation = Arc::clone(&self.table.get(&evaluation)?.0);
        self.charge(size(evaluation.key()))?;
        Ok(conditions(evaluation.key()))
    }

    fn classes(&mut self, evaluation: Resource<Evaluated>) -> wasmtime::Result<Vec<String>> {
        let evaluation = Arc::clone(&self.table.get(&evaluation)?.0);
        self.charge(evaluation.classes().iter().map(|class| class.len() + 8).sum())?;
        Ok(evaluation.classes().to_vec())
    }

    fn positive(&mut self, evaluation: Resource<Evaluated>) -> wasmtime::Result<Option<String>> {
        self.charge(16)?;
        Ok(self.table.get(&evaluation)?.0.positive().map(str::to_owned))
    }

    fn metric_names(&mut self, evaluation: Resource<Evaluated>) -> wasmtime::Result<Vec<String>> {
        let names = self.table.get(&evaluation)?.0.metric_names();
        self.charge(names.iter().map(|name| name.len() + 8).sum())?;
        Ok(names)
    }

    fn metric(
        &mut self,
        evaluation: Resource<Evaluated>,
        name: String,
    ) -> wasmtime::Result<Result<Option<f64>, Failure>> {
        self.evaluated(&evaluation, name.len(), 1, |evaluation| evaluation.metric(&name))
    }

    fn interval(
        &mut self,
        evaluation: Resource<Evaluated>,
        metric: String,
        level: f64,
    ) -> wasmtime::Result<Result<Option<Interval>, Failure>> {
        Ok(self.evaluated(&evaluation, metric.len(), RESAMPLING, |e| e.interval(&metric, level))?.map(interval))
    }

    fn confusion(&mut self, evaluation: Resource<Evaluated>) -> wasmtime::Result<Result<Vec<ConfusionCell>, Failure>> {
        // Its sums are how often each value of the target occurs.
        let world = Arc::clone(self.world()?);
        if let Some(Err(withheld)) = world.target().map(|target| self.grant.column(target)) {
            return Ok(Err(withheld.into()));
        }
        // Every pair of classes: charged before it is made.
        let asked = Arc::clone(&self.table.get(&evaluation)?.0);
        let names: usize = asked.classes().iter().map(String::len).sum();
        let bytes = asked.classes().len().saturating_mul(2 * names + 24 * asked.classes().len());
        let cells = self.evaluated(&evaluation, bytes, 1, |evaluation| evaluation.confusion())?;
        let cell = |(actual, predicted, count): (String, String, u64)| ConfusionCell {
            actual,
            predicted,
            count: count as f64,
        };
        Ok(cells.map(|cells| cells.into_iter().map(cell).collect()))
    }

    fn slices(
        &mut self,
        evaluation: Resource<Evaluated>,
        columns: Vec<String>,
    ) -> wasmtime::Result<Result<Vec<Resource<Evaluated>>, Failure>> {
        if let Err(withheld) = self.grant.columns(&columns) {
            return Ok(Err(withheld.into()));
        }
        let smallest = self.fewest_measured()?;
        let bytes = columns.iter().map(|column| column.len() + 8).sum();
        let passes = columns.len() as u64;
        let parts = self.evaluated(&evaluation, bytes, passes, |evaluation| {
            slices::folded(evaluation.slices(&columns)?, evaluation.key(), &columns, smallest)
        })?;
        parts.map_or_else(|failure| Ok(Err(failure)), |parts| self.hand_out_parts(parts, Evaluated).map(Ok))
    }

    fn drop(&mut self, evaluation: Resource<Evaluated>) -> wasmtime::Result<()> {
        self.table.delete(evaluation)?;
        Ok(())
    }
}

impl metrics::HostComparison for State {
    fn row_count(&mut self, comparison: Resource<Compared>) -> wasmtime::Result<f64> {
        self.charge(8)?;
        Ok(self.table.get(&comparison)?.0.row_count() as f64)
    }

    fn key(&mut self, comparison: Resource<Compared>) -> wasmtime::Result<Vec<Condition>> {
        let comparison = Arc::clone(&self.table.get(&comparison)?.0);
        self.charge(size(comparison.key()))?;
        Ok(conditions(comparison.key()))
    }

    fn difference(
        &mut self,
        comparison: Resource<Compared>,
        metric: String,
    ) -> wasmtime::Result<Result<Option<f64>, Failure>> {
        self.compared(&comparison, metric.len(), 2, |comparison| comparison.difference(&metric))
    }

    fn relative_difference(
        &mut self,
        comparison: Resource<Compared>,
        metric: String,
    ) -> wasmtime::Result<Result<Option<f64>, Failure>> {
        self.compared(&comparison, metric.len(), 2, |comparison| comparison.relative_difference(&metric))
    }

    fn interval(
        &mut self,
        comparison: Resource<Compared>,
        metric: String,
        level: f64,
    ) -> wasmtime::Result<Result<Option<Interval>, Failure>> {
        Ok(self.compared(&comparison, metric.len(), 2 * RESAMPLING, |c| c.interval(&metric, level))?.map(interval))
    }

    fn test(&mut self, comparison: Resource<Compared>, name: String) -> wasmtime::Result<Result<TestResult, Failure>> {
        let tested = self.compared(&comparison, name.len(), 2, |comparison| comparison.test(&name))?;
        Ok(tested.map(|(statistic, p_value)| TestResult { statistic, p_value }))
    }

    fn slices(
        &mut self,
        comparison: Resource<Compared>,
        columns: Vec<String>,
    ) -> wasmtime::Result<Result<Vec<Resource<Compared>>, Failure>> {
        if let Err(withheld) = self.grant.columns(&columns) {
            return Ok(Err(withheld.into()));
        }
        let smallest = self.fewest_measured()?;
        let bytes = columns.iter().map(|column| column.len() + 8).sum();
        let passes = 2 * columns.len() as u64;
        let parts = self.compared(&comparison, bytes, passes, |comparison| {
            slices::folded(comparison.slices(&columns)?, comparison.key(), &columns, smallest)
        })?;
        parts.map_or_else(|failure| Ok(Err(failure)), |parts| self.hand_out_parts(parts, Compared).map(Ok))
    }

    fn drop(&mut self, comparison: Resource<Compared>) -> wasmtime::Result<()> {
        self.table.delete(comparison)?;
        Ok(())
    }
}
