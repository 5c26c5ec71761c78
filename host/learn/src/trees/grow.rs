//! Growing one tree depth first, until its leaves are pure or its limits are reached.

use portcullis_stats::Rng;

use super::bins::{Binned, MISSING, MISSING_FINE};
use super::partition::{Side, part};
use super::search::{Best, Search};
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
    /// The fine bins of a node's rows, each above the row's place in the node.
    keys: Vec<u32>,
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
            keys: Vec::new(),
            order: vec![0; features],
            waiting: Vec::new(),
        }
    }
}

/// A node that is still to be made a leaf or split: the rows `start..end` of the sample.
struct Waiting<Sum> {
    node: usize,
    start: usize,
    end: usize,
    depth: u32,
    sum: Sum,
}

/// Grows a tree on the workspace's samples. Without a generator columns are tried in the order of the table.
pub(super) fn grow<S: Statistic>(
    statistic: &S,
    binned: &Binned,
    limits: Limits,
    mut rng: Option<Rng>,
    work: &mut Workspace<S>,
) -> Tree {
    let mut tree = Tree::new();
    // What a tree draws must not depend on the trees grown in this workspace before it.
    work.order.iter_mut().zip(0..).for_each(|(place, feature)| *place = feature);
    if let Some(&first) = work.samples.first() {
        work.spare.resize(work.samples.len(), first);
    }
    let mut all = vec![0; statistic.width()];
    work.samples.iter().for_each(|sample| statistic.add(&mut all, sample));
    let mut sum = statistic.zero();
    statistic.plus(&mut sum, &all);
    work.waiting.push(Waiting { node: 0, start: 0, end: work.samples.len(), depth: 0, sum });

    while let Some(Waiting { node, start, end, depth, sum }) = work.waiting.pop() {
        let samples = &work.samples[start..end];
        let pure = statistic.shows_purity(&sum) || samples.windows(2).all(|pair| S::alike(&pair[0], &pair[1]));
        let stop = pure || depth >= limits.max_depth || rows(statistic.counts(&sum)) < limits.min_split;
        let best = if stop {
            None
        } else {
            let search = Search { statistic, binned, limits, samples, total: &sum };
            search.best(rng.as_mut(), &mut work.order, &mut work.histogram, &mut work.keys)
        };
        let Some(Best { split, missing_left, left, .. }) = best else {
            tree.nodes[node] = Node::leaf(statistic.leaf(&mut tree, &sum, samples, pure));
            continue;
        };
        let feature = split.feature as usize;
        let child = tree.split(node, split.feature, split.cut(&binned.cuts[feature]), missing_left);
        let samples = &mut work.samples[start..end];
        let middle = start
            + if split.fine {
                let side = Side { below: split.below, missing: MISSING_FINE, missing_left };
                part(samples, &mut work.spare, &side, |sample| binned.fine[feature][S::row(sample) as usize])
            } else {
                let side = Side { below: split.below as u8, missing: MISSING, missing_left };
                part(samples, &mut work.spare, &side, |sample| binned.codes[feature][S::row(sample) as usize])
            };
        let right = statistic.rest(&sum, &left);
        let depth = depth + 1;
        work.waiting.push(Waiting { node: child + 1, start: middle, end, depth, sum: right });
        work.waiting.push(Waiting { node: child, start, end: middle, depth, sum: left });
    }
    tree
}
