//! How a run tells what it is doing; the command line draws it.

/// Hears about the steps of a run.
pub trait Progress: Send + Sync {
    /// A step begins; `total` is how many parts it has, if it can say.
    fn step(&self, what: &str, total: Option<u64>);
    /// A part of the step is done.
    fn advance(&self);
    /// Some time has passed; called from another thread while a step takes long.
    fn tick(&self) {}
}

impl Progress for () {
    fn step(&self, _what: &str, _total: Option<u64>) {}
    fn advance(&self) {}
}
