//! Histograms of a numeric target.

use super::super::tree::Tree;
use super::{Statistic, draws, rows};

/// A row of a regression sample.
#[derive(Debug, Clone, Copy)]
pub(in crate::trees) struct NumberSample {
    pub row: u32,
    pub weight: u32,
    /// The target, in the steps of [`Numbers`].
    pub steps: i64,
}

/// A numeric target: the sum of targets in fixed point (two's complement), then counts.
///
/// Targets are counted in steps of a power of two from their middle, as small as sums over all draws allow: some
/// 2^-(61 - log2 draws) of the range, for a million rows 2^-41.
pub(in crate::trees) struct Numbers<'a> {
    targets: &'a [f64],
    middle: f64,
    step: f64,
}

impl<'a> Numbers<'a> {
    /// For samples of at most `draws` draws.
    pub fn new(targets: &'a [f64], draws: usize) -> Self {
        let (low, high) = targets.iter().fold((f64::MAX, f64::MIN), |(low, high), &y| (low.min(y), high.max(y)));
        let middle = low / 2.0 + high / 2.0;
        let reach = (high / 2.0 - low / 2.0).max(f64::MIN_POSITIVE);
        // |steps| <= 2^bits, and draws * 2^bits < 2^62.
        let bits = 61 - (usize::BITS - draws.leading_zeros()).cast_signed();
        let exponent = (reach.log2().ceil() as i32 - bits).clamp(-1000, 1000);
        Self { targets, middle, step: 2.0_f64.powi(exponent) }
    }

    /// A row drawn `weight` times.
    pub fn sample(&self, row: u32, weight: u32) -> NumberSample {
        let steps = ((self.targets[row as usize] - self.middle) / self.step).round() as i64;
        NumberSample { row, weight, steps }
    }
}

impl Statistic for Numbers<'_> {
    type Sample = NumberSample;
    type Sum = [u64; 2];

    fn width(&self) -> usize {
        2
    }

    fn row(sample: &NumberSample) -> u32 {
        sample.row
    }

    fn add(&self, bin: &mut [u64], sample: &NumberSample) {
        let weighted = sample.steps.wrapping_mul(i64::from(sample.weight));
        bin[0] = bin[0].wrapping_add(weighted.cast_unsigned());
        bin[1] += u64::from(sample.weight) << 32 | 1;
    }

    fn zero(&self) -> [u64; 2] {
        [0; 2]
    }

    fn plus(&self, sum: &mut [u64; 2], bin: &[u64]) {
        sum[0] = sum[0].wrapping_add(bin[0]);
        sum[1] += bin[1];
    }

    fn rest(&self, total: &[u64; 2], part: &[u64; 2]) -> [u64; 2] {
        [total[0].wrapping_sub(part[0]), total[1] - part[1]]
    }

    fn counts(&self, sum: &[u64; 2]) -> u64 {
        sum[1]
    }

    fn score(&self, left: &[u64; 2], total: &[u64; 2]) -> f64 {
        let (s, n) = (left[0].cast_signed() as f64, draws(left[1]));
        let (s_right, n_right) = (total[0].wrapping_sub(left[0]).cast_signed() as f64, draws(total[1]) - n);
        s * s / n + s_right * s_right / n_right
    }

    fn shows_purity(&self, sum: &[u64; 2]) -> bool {
        rows(sum[1]) == 1
    }

    fn alike(one: &NumberSample, other: &NumberSample) -> bool {
        one.steps == other.steps
    }

    fn leaf(&self, tree: &mut Tree, sum: &[u64; 2], samples: &[NumberSample], pure: bool) -> u32 {
        tree.number(match samples.first() {
            // The target itself, not the nearest step.
            Some(sample) if pure => self.targets[sample.row as usize],
            _ => self.middle + sum[0].cast_signed() as f64 / draws(sum[1]) * self.step,
        })
    }
}
