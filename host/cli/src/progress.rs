//! What is going on, on standard error: a bar on a terminal for whatever takes more than a second, plain lines elsewhere.

use std::io::{IsTerminal as _, Write as _, stderr};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use portcullis_run::Progress;

/// Steps shorter than this leave no trace on a terminal.
const PATIENCE: Duration = Duration::from_secs(1);

/// No progress at all.
pub struct Silent;

impl Progress for Silent {
    fn step(&self, _what: &str, _total: Option<u64>) {}
    fn advance(&self) {}
}

/// Lines for logs: one for each step.
pub struct Lines;

impl Progress for Lines {
    fn step(&self, what: &str, _total: Option<u64>) {
        let _ = writeln!(stderr().lock(), "portcullis: {what}");
    }

    fn advance(&self) {}
}

/// A bar for terminals.
pub struct Bar {
    bar: ProgressBar,
    started: Mutex<Instant>,
}

impl Bar {
    fn new() -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        Self { bar, started: Mutex::new(Instant::now()) }
    }

    fn show_if_slow(&self) {
        let slow = self.started.lock().is_ok_and(|started| started.elapsed() > PATIENCE);
        if slow && self.bar.is_hidden() {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
    }
}

impl Progress for Bar {
    fn step(&self, what: &str, total: Option<u64>) {
        if let Ok(mut started) = self.started.lock() {
            *started = Instant::now();
        }
        self.bar.set_draw_target(ProgressDrawTarget::hidden());
        self.bar.reset();
        self.bar.set_message(what.to_owned());
        let template = match total {
            Some(total) => {
                self.bar.set_length(total);
                "{spinner} {msg} {wide_bar} {pos}/{len} {elapsed}"
            }
            None => "{spinner} {msg} {elapsed}",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.bar.set_style(style);
        }
    }

    fn advance(&self) {
        self.bar.inc(1);
        self.show_if_slow();
    }

    fn tick(&self) {
        self.show_if_slow();
        self.bar.tick();
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// The progress that suits where standard error goes.
pub fn new(quiet: bool) -> Box<dyn Progress> {
    match (quiet, stderr().is_terminal()) {
        (true, _) => Box::new(Silent),
        (false, true) => Box::new(Bar::new()),
        (false, false) => Box::new(Lines),
    }
}
