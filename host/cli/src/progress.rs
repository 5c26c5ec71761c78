//! What is going on, on standard error: a bar on a terminal for whatever takes more than a second, plain lines elsewhere.

use std::io::{IsTerminal as _, Write as _, stderr};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use portcullis_run::Progress;

use crate::output;

/// Steps shorter than this leave no trace on a terminal.
const PATIENCE: Duration = Duration::from_secs(1);

/// No progress at all.
struct Silent;

impl Progress for Silent {
    fn step(&self, _what: &str, _total: Option<u64>) {}
    fn advance(&self) {}
}

/// Lines for logs: one for each step.
struct Lines;

impl Progress for Lines {
    fn step(&self, what: &str, _total: Option<u64>) {
        let _ = writeln!(stderr().lock(), "portcullis: {what}");
    }

    fn advance(&self) {}
}

/// A bar for terminals: one for each step, which appears when the step turns out to be slow and goes with it.
struct Bar(Mutex<Step>);

struct Step {
    bar: ProgressBar,
    began: Instant,
}

impl Step {
    fn new(what: &str, total: Option<u64>) -> Self {
        let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::hidden()).with_message(what.to_owned());
        let template = match total {
            Some(_) => "{spinner} {msg} {wide_bar} {pos}/{len} {elapsed}",
            None => "{spinner} {msg} {elapsed}",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Self { bar, began: Instant::now() }
    }

    fn show_if_slow(&self) {
        if self.bar.is_hidden() && self.began.elapsed() > PATIENCE {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
    }
}

impl Drop for Step {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

impl Bar {
    fn now(&self) -> MutexGuard<'_, Step> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Progress for Bar {
    fn step(&self, what: &str, total: Option<u64>) {
        *self.now() = Step::new(what, total);
    }

    fn advance(&self) {
        let step = self.now();
        step.bar.inc(1);
        step.show_if_slow();
    }

    fn tick(&self) {
        let step = self.now();
        step.show_if_slow();
        step.bar.tick();
    }
}

/// The progress that suits where standard error goes.
pub fn new(quiet: bool) -> Box<dyn Progress> {
    match (quiet, stderr().is_terminal() && !output::dumb()) {
        (true, _) => Box::new(Silent),
        (false, true) => Box::new(Bar(Mutex::new(Step::new("starting", None)))),
        (false, false) => Box::new(Lines),
    }
}
