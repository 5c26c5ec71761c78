//! Bootstrap resamples of an evaluation, computed once and shared.

use std::sync::OnceLock;

use portcullis_stats::{Weights, resample_into};
use rayon::prelude::*;

use crate::measured::Measured;

/// Resamples that one thread measures in a row.
const CHUNK: u64 = 20;

/// The values of several metrics on every resample.
///
/// Work is shared in chunks, and a chunk is computed by one thread without ever handing over to another task. Whoever
/// asks while a chunk is being computed waits for that chunk alone and helps with the others. (One lock around the whole
/// would be a trap: a thread of the pool that waits inside it may pick up a task that asks for the same lock.)
#[derive(Debug)]
pub(crate) struct Resampled {
    resamples: u64,
    seed: u64,
    chunks: Vec<OnceLock<Vec<f64>>>,
}

impl Resampled {
    pub(crate) fn new(resamples: u32, seed: u64) -> Self {
        let resamples = u64::from(resamples);
        Self { resamples, seed, chunks: (0..resamples.div_ceil(CHUNK)).map(|_| OnceLock::new()).collect() }
    }

    /// The values of the metric at a place in `measured.metrics` on every resample, in their order; NaN where undefined.
    pub(crate) fn values(&self, rows: usize, measured: &Measured, place: usize) -> Vec<f64> {
        let width = measured.metrics.len();
        self.chunks
            .par_iter()
            .enumerate()
            .flat_map_iter(|(number, chunk)| {
                let values = chunk.get_or_init(|| self.compute(number as u64, rows, measured));
                values.iter().skip(place).step_by(width.max(1)).copied()
            })
            .collect()
    }

    fn compute(&self, chunk: u64, rows: usize, measured: &Measured) -> Vec<f64> {
        let resamples = chunk * CHUNK..((chunk + 1) * CHUNK).min(self.resamples);
        let mut counts = vec![0; rows];
        let mut scratch = measured.scratch();
        let mut values = Vec::with_capacity(CHUNK as usize * measured.metrics.len());
        for resample in resamples {
            resample_into(&mut counts, self.seed, resample);
            measured.measure(Weights::Counts(&counts), &mut scratch, &mut values);
        }
        values
    }

    /// Whether any of it has been computed.
    #[cfg(test)]
    pub(crate) fn begun(&self) -> bool {
        self.chunks.iter().any(|chunk| chunk.get().is_some())
    }
}
