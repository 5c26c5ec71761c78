//! What a histogram of a tree or forest holds per bin, and how good a split of it is.
//!
//! A bin is a few 64-bit words that only ever have whole numbers added to them, so that the sums are exact and do not
//! depend on the order of rows. The last word is always `draws << 32 | rows`: how often the bootstrap drew the bin's rows,
//! and how many they are.

mod classes;
mod numbers;

pub(super) use classes::{ClassSample, ManyClasses, TwoClasses};
pub(super) use numbers::Numbers;

use super::tree::Tree;

/// One kind of target.
pub(super) trait Statistic: Sync {
    /// A row of the training sample with its target and how often it was drawn.
    type Sample: Copy + Send + Sync;
    /// The sum over a node or over one side of a split, in the words of a bin.
    type Sum: Clone + Send + AsMut<[u64]>;

    /// Words per bin.
    fn width(&self) -> usize;
    fn row(sample: &Self::Sample) -> u32;
    fn add(&self, bin: &mut [u64], sample: &Self::Sample);
    fn zero(&self) -> Self::Sum;
    fn plus(&self, sum: &mut Self::Sum, bin: &[u64]);
    /// `total` without `part`.
    fn rest(&self, total: &Self::Sum, part: &Self::Sum) -> Self::Sum;
    /// The sum's last word.
    fn counts(&self, sum: &Self::Sum) -> u64;
    /// The impurity that parting `total` into `left` and the rest takes away, up to what is the same for every split of the
    /// node: larger is better. Neither side is empty.
    fn score(&self, left: &Self::Sum, total: &Self::Sum) -> f64;
    /// Whether the sum alone shows that all its rows have one target.
    fn shows_purity(&self, sum: &Self::Sum) -> bool;
    /// Whether two rows have the same target.
    fn alike(one: &Self::Sample, other: &Self::Sample) -> bool;
    /// The place of the leaf of these rows, whose sum is given. `pure`: they all have one target.
    fn leaf(&self, tree: &mut Tree, sum: &Self::Sum, samples: &[Self::Sample], pure: bool) -> u32;
}

/// Rows of a last word.
pub(super) fn rows(counts: u64) -> u32 {
    counts as u32
}

/// Draws of a last word.
fn draws(counts: u64) -> f64 {
    (counts >> 32) as f64
}
