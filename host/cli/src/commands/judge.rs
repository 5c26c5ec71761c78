//! `check`, `train`, `evaluate`, `gate` and `run`.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, SystemTime};

use portcullis_run::{Progress, Request, Shelf, Steps, Worker, execute};

use crate::arguments::{Evaluate, Global, Judge, Judging};
use crate::commands::cache;
use crate::status::Status;
use crate::{output, progress, shell};

/// How often a bar moves while a step takes long.
const FRAME: Duration = Duration::from_millis(100);

/// What one of these subcommands wants.
pub struct Wish {
    pub steps: Steps,
    pub model: Option<PathBuf>,
    pub keep_going: bool,
    pub at: Option<Duration>,
    pub verify_determinism: bool,
    pub record: Option<PathBuf>,
}

impl Wish {
    pub fn of(steps: Steps) -> Self {
        Self { steps, model: None, keep_going: false, at: None, verify_determinism: false, record: None }
    }

    /// For a subcommand in which policies judge.
    pub fn judging(self, judging: &Judging) -> Self {
        let at = judging.at.and_then(|moment| moment.0);
        Self { at, verify_determinism: judging.verify_determinism, record: judging.record.clone(), ..self }
    }

    pub fn on(steps: Steps, evaluate: &Evaluate) -> Self {
        Self { model: evaluate.model.clone(), ..Self::of(steps) }
    }
}

pub fn run(global: &Global, judge: &Judge, wish: &Wish) -> anyhow::Result<Status> {
    output::check(&judge.output.formats)?;
    let project = super::project(global)?;
    output::spare(&judge.output.formats, &project, wish.model.as_deref())?;
    let names = project.policies.iter().map(|policy| policy.name.as_str());
    let shelf = wish.record.as_deref().map(|folder| Shelf::check(folder, names)).transpose()?;
    let judged = wish.steps.judges() && !project.policies.is_empty();
    let request = Request {
        project: &project,
        steps: wish.steps,
        model: wish.model.clone(),
        keep_going: wish.keep_going,
        allow_empty: judge.allow_empty,
        cache: if judged { cache::usable(global, &project.root)? } else { None },
        worker: Worker::this().ok(),
        locked: global.locked,
        at: wish.at,
        verify_determinism: wish.verify_determinism,
        record: wish.record.is_some(),
        leave_results: true,
        started: jiff::Timestamp::try_from(SystemTime::now()).map(|now| now.to_string()).unwrap_or_default(),
    };
    let progress = progress::new(global.quiet);
    let finished = ticking(&*progress, || execute(&request, &*progress))?;
    drop(progress);
    shelf.map_or(Ok(()), |shelf| shelf.write(&finished))?;
    output::write(&finished.record, &judge.output.formats, global.color, &shell::caller(global))?;
    Ok(finished.record.verdict.into())
}

/// Does some work while another thread keeps the progress moving.
pub(super) fn ticking<T>(progress: &dyn Progress, work: impl FnOnce() -> T) -> T {
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let ticker = scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                thread::park_timeout(FRAME);
                progress.tick();
            }
        });
        let result = work();
        done.store(true, Ordering::Relaxed);
        ticker.thread().unpark();
        result
    })
}
