//! Growing one tree depth first, until its leaves are pure or its limits are reached.

use portcullis_stats::Rng;

use super::bins::{Binned, Cuts, MISSING};
use super::partition::{Side, part};
use super::settings::Growth;
use super::statistic::{Statistic, rows};
use super::tree::{Node, Tree};

/// When to stop and how many columns to try.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub max_depth: u32,
    pub min_leaf: u32,
    pub min_split: u32,
    pub tries: usize,
}

impl Limits {
    pub fn new(growth: &Growth, features: usize) -> Self {
        Self {
            max_depth: growth.max_depth.unwrap_or(u32::MAX),
            min_leaf: growth.min_samples_leaf,
            min_split: growth.min_samples_split.max(growth.min_samples_leaf.saturating_mul(2)),
            tries: growth.max_features.of(features),
        }
    }
}

/// Buffers that trees grown one after another share.
pub(super) struct Workspace<S: Statistic> {
    /// The training sample of the next tree, rows ascending.
    pub samples: Vec<S::Sample>,
    spare: Vec<S::Sample>,
    /// All zero between columns.
    histogram: Vec<u64>,
    /// The columns in the order of the last draw.
    order: Vec<u32>,
    waiting: Vec<Waiting<S::Sum>>,
}

impl<S: Statistic> Workspace<S> {
    pub fn new(statistic: &S, features: usize) -> Self {
        Self {
            samples: Vec::new(),
            spare: Vec::new(),
            histogram: vec![0; 256 * statistic.width()],
            order: vec![0; features],
            waiting: Vec::new(),
        }
    }
}

/// A node that is still to be made a leaf or split: the rows `start..end` of the sample.
struct Waiting<Sum> {
    start: usize,
    end: usize,
    depth: u32,
    sum: Sum,
    /// The split whose right child it is.
    right_of: Option<u32>,
}

/// The best split found so far: rows in bins up to `below` go left.
struct Best<Sum> {
    score: f64,
    feature: u32,
    below: u8,
    threshold: f64,
    missing_left: bool,
    left: Sum,
}

/// Grows a tree on the workspace's samples. Without a generator every column is tried at every split.
pub(super) fn grow<S: Statistic>(
    statistic: &S,
    binned: &Binned,
    limits: Limits,
    rng: Option<Rng>,
    work: &mut Workspace<S>,
) -> Tree {
    let mut rng = rng.filter(|_| limits.tries < binned.cuts.len());
    let mut tree = Tree::default();
    // What a tree draws must not depend on the trees grown in this workspace before it.
    work.order.iter_mut().zip(0..).for_each(|(place, feature)| *place = feature);
    if let Some(&first) = work.samples.first() {
        work.spare.resize(work.samples.len(), first);
    }
    let mut all = vec![0; statistic.width()];
    work.samples.iter().for_each(|sample| statistic.add(&mut all, sample));
    let mut sum = statistic.zero();
    statistic.plus(&mut sum, &all);
    work.waiting.push(Waiting { start: 0, end: work.samples.len(), depth: 0, sum, right_of: None });

    while let Some(node) = work.waiting.pop() {
        let at = tree.nodes.len() as u32;
        if let Some(parent) = node.right_of {
            tree.nodes[parent as usize].next = at;
        }
        let samples = &work.samples[node.start..node.end];
        let pure = statistic.shows_purity(&node.sum) || samples.windows(2).all(|pair| S::alike(&pair[0], &pair[1]));
        let stop = pure || node.depth >= limits.max_depth || rows(statistic.counts(&node.sum)) < limits.min_split;
        let best = if stop {
            None
        } else {
            let search = Search { statistic, binned, limits, samples, total: &node.sum };
            search.best(rng.as_mut(), &mut work.order, &mut work.histogram)
        };
        let Some(best) = best else {
            let leaf = statistic.leaf(&mut tree, &node.sum, samples, pure);
            tree.nodes.push(leaf);
            continue;
        };
        tree.nodes.push(Node::split(best.feature, best.threshold, best.missing_left));
        let codes = &binned.codes[best.feature as usize];
        let side = Side { below: best.below, missing_left: best.missing_left };
        let samples = &mut work.samples[node.start..node.end];
        let middle = node.start + part(samples, &mut work.spare, side, |sample| codes[S::row(sample) as usize]);
        let depth = node.depth + 1;
        let right = statistic.rest(&node.sum, &best.left);
        work.waiting.push(Waiting { start: middle, end: node.end, depth, sum: right, right_of: Some(at) });
        work.waiting.push(Waiting { start: node.start, end: middle, depth, sum: best.left, right_of: None });
    }
    tree
}

/// The search for the best split of one node.
struct Search<'a, S: Statistic> {
    statistic: &'a S,
    binned: &'a Binned,
    limits: Limits,
    samples: &'a [S::Sample],
    total: &'a S::Sum,
}

impl<S: Statistic> Search<'_, S> {
    /// The best split over the columns tried, as in scikit-learn: columns that are constant in the node count as tried, but
    /// the search goes on until one was not. Equal scores go to the column tried first and the lowest threshold; the order of
    /// trying is that of the table where all are tried and random otherwise (going by position there would favour the first
    /// columns in every small node, and cost a forest accuracy).
    fn best(&self, rng: Option<&mut Rng>, order: &mut [u32], histogram: &mut [u64]) -> Option<Best<S::Sum>> {
        let mut best = None;
        let Some(rng) = rng else {
            for feature in 0..order.len() as u32 {
                self.try_feature(feature, histogram, &mut best);
            }
            return best;
        };
        let mut varied = false;
        for tried in 0..order.len() {
            if varied && tried >= self.limits.tries {
                break;
            }
            let drawn = tried + rng.below(order.len() - tried);
            order.swap(tried, drawn);
            varied |= self.try_feature(order[tried], histogram, &mut best);
        }
        best
    }

    /// Keeps the best split on a column if it beats the best so far; false if the column is constant in the node.
    fn try_feature(&self, feature: u32, histogram: &mut [u64], best: &mut Option<Best<S::Sum>>) -> bool {
        let cuts = &self.binned.cuts[feature as usize];
        if cuts.constant() {
            return false;
        }
        let width = self.statistic.width();
        let codes = &self.binned.codes[feature as usize];
        for sample in self.samples {
            let code = codes[S::row(sample) as usize] as usize;
            self.statistic.add(&mut histogram[code * width..][..width], sample);
        }
        let held = self.held(cuts, codes, histogram);
        let varied = held.iter().map(|word| word.count_ones()).sum::<u32>() > 1;
        if varied {
            self.scan(feature, cuts, held, histogram, best);
        }
        for bin in bits(held) {
            histogram[bin * width..][..width].fill(0);
        }
        varied
    }

    /// Which bins hold rows, as a set of 256 bits.
    fn held(&self, cuts: &Cuts, codes: &[u8], histogram: &[u64]) -> [u64; 4] {
        let mut held = [0_u64; 4];
        if self.samples.len() < cuts.bins() {
            for sample in self.samples {
                let code = codes[S::row(sample) as usize];
                held[usize::from(code >> 6)] |= 1 << (code & 63);
            }
        } else {
            let width = self.statistic.width();
            for bin in (0..cuts.bins()).chain([usize::from(MISSING)]) {
                held[bin >> 6] |= u64::from(histogram[bin * width + width - 1] != 0) << (bin & 63);
            }
        }
        held
    }

    /// Tries every threshold of a column, with the missing values on either side.
    fn scan(&self, feature: u32, cuts: &Cuts, mut held: [u64; 4], histogram: &[u64], best: &mut Option<Best<S::Sum>>) {
        let width = self.statistic.width();
        let bin_of = |bin: usize| &histogram[bin * width..][..width];
        let missing = usize::from(MISSING);
        let some_missing = held[3] >> 63 != 0;
        held[3] &= !(1 << 63);

        let mut left = self.statistic.zero();
        let mut last = None;
        for bin in bits(held) {
            if let Some(below) = last {
                // Without missing values here, one that turns up later goes where most rows go.
                let left_rows = rows(self.statistic.counts(&left));
                let most_left = !some_missing && left_rows > rows(self.statistic.counts(self.total)) - left_rows;
                let split = Split { feature, below, above: Some(bin), cuts };
                self.offer(&split, &left, most_left, best);
                if some_missing {
                    let mut with_missing = left.clone();
                    self.statistic.plus(&mut with_missing, bin_of(missing));
                    self.offer(&split, &with_missing, true, best);
                }
            }
            self.statistic.plus(&mut left, bin_of(bin));
            last = Some(bin);
        }
        if let (true, Some(below)) = (some_missing, last) {
            self.offer(&Split { feature, below, above: None, cuts }, &left, false, best);
        }
    }

    fn offer(&self, split: &Split, left: &S::Sum, missing_left: bool, best: &mut Option<Best<S::Sum>>) {
        let left_rows = rows(self.statistic.counts(left));
        let right_rows = rows(self.statistic.counts(self.total)) - left_rows;
        if left_rows.min(right_rows) < self.limits.min_leaf {
            return;
        }
        let score = self.statistic.score(left, self.total);
        if best.as_ref().is_none_or(|best| score > best.score) {
            *best = Some(Best {
                score,
                feature: split.feature,
                below: split.below as u8,
                // Present values against missing ones: every value is at most the largest number.
                threshold: split.above.map_or(f64::MAX, |above| split.cuts.between(split.below, above)),
                missing_left,
                left: left.clone(),
            });
        }
    }
}

/// A candidate: bins up to `below` against those from `above` on, or against missing values.
struct Split<'a> {
    feature: u32,
    below: usize,
    above: Option<usize>,
    cuts: &'a Cuts,
}

/// The members of a set of 256 bits, ascending.
fn bits(set: [u64; 4]) -> impl Iterator<Item = usize> {
    set.into_iter().enumerate().flat_map(|(word, mut bits)| {
        std::iter::from_fn(move || {
            let bit = bits.trailing_zeros() as usize;
            (bits != 0).then(|| {
                bits &= bits - 1;
                word * 64 + bit
            })
        })
    })
}
