//! What a leaf of a boosted tree is worth, and which splits are allowed.

use super::gradients::Scale;
use super::histogram::Bin;
use super::settings::Boosting;

/// A split needs this much hessian on either side, as in scikit-learn and `LightGBM`.
const LEAST_HESSIAN: f64 = 1e-3;

/// The arithmetic of one tree, in steps of its scale.
pub(super) struct Fit {
    pub scale: Scale,
    count_mask: u64,
    pub least_rows: u64,
    least_hessian: f64,
    l2: f64,
    rate: f64,
    max_depth: u32,
}

impl Fit {
    pub fn new(settings: &Boosting, scale: Scale) -> Self {
        Self {
            scale,
            count_mask: (1 << scale.count_bits) - 1,
            least_rows: u64::from(settings.min_samples_leaf),
            least_hessian: LEAST_HESSIAN * scale.second,
            l2: settings.l2 * scale.second,
            rate: settings.learning_rate,
            max_depth: settings.max_depth.unwrap_or(u32::MAX),
        }
    }

    /// Rows of a bin or a sum.
    pub fn count(&self, bin: Bin) -> u64 {
        bin.packed & self.count_mask
    }

    fn hessian(&self, bin: Bin) -> f64 {
        (bin.packed >> self.scale.count_bits) as f64
    }

    /// Whether a leaf of these rows at this depth may be split at all.
    pub fn splittable(&self, sum: Bin, depth: u32) -> bool {
        depth < self.max_depth && self.count(sum) >= 2 * self.least_rows
    }

    /// Whether one side of a split is large enough.
    pub fn allowed(&self, side: Bin) -> bool {
        self.count(side) >= self.least_rows && self.hessian(side) >= self.least_hessian
    }

    /// Twice what the loss falls by when these rows get their best value: `G² / (H + λ)`.
    pub fn score(&self, bin: Bin) -> f64 {
        let first = bin.first as f64;
        first * first / (self.hessian(bin) + self.l2).max(f64::MIN_POSITIVE)
    }

    /// The value of a leaf: `-rate · G / (H + λ)`.
    pub fn value(&self, bin: Bin) -> f64 {
        let (first, second) = (bin.first as f64 / self.scale.first, (self.hessian(bin) + self.l2) / self.scale.second);
        -self.rate * first / second.max(1e-15)
    }
}
