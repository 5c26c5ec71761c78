//! Growing one tree of a boosted ensemble: always the leaf whose split gains most.

use super::bins::{Binned, MISSING};
use super::gain::Fit;
use super::gradients::{Gradient, Scale};
use super::histogram::{Bin, Bins, Layout};
use super::partition::{Side, part};
use super::settings::Boosting;
use super::tree::{Node, Tree};

/// Bins to scan below which two children are not worth scanning in parallel.
const SHARED_BINS: usize = 1024;

/// Grows trees one after another on the same rows, reusing its buffers.
pub(super) struct Grower<'a> {
    binned: &'a Binned,
    layout: &'a Layout,
    settings: &'a Boosting,
    /// The training rows, ascending.
    training: &'a [u32],
    rows: Vec<u32>,
    spare: Vec<u32>,
    free: Vec<Vec<Bins>>,
}

/// A leaf so far: the rows `start..end`.
struct Leaf {
    node: usize,
    start: usize,
    end: usize,
    depth: u32,
    sum: Bin,
    /// Its histogram, kept while it can still be split.
    histogram: Vec<Bins>,
    best: Option<Best>,
}

/// The best split of a leaf.
#[derive(Debug, Clone, Copy)]
struct Best {
    gain: f64,
    /// Among the columns kept.
    feature: usize,
    /// Rows in bins up to this go left.
    below: u8,
    missing_left: bool,
    left: Bin,
}

/// A node while the tree grows: children are known by index, and the order is that of splitting.
#[derive(Debug, Clone, Copy)]
enum Draft {
    Leaf(f64),
    Split { best: Best, left: usize },
}

/// A leaf of a finished tree: its value and its rows.
pub(super) struct Fitted {
    pub value: f64,
    start: usize,
    end: usize,
}

impl<'a> Grower<'a> {
    pub fn new(binned: &'a Binned, layout: &'a Layout, settings: &'a Boosting, training: &'a [u32]) -> Self {
        let spare = vec![0; training.len()];
        Self { binned, layout, settings, training, rows: Vec::new(), spare, free: Vec::new() }
    }

    /// The training rows of a leaf of the tree grown last.
    pub fn rows(&self, leaf: &Fitted) -> &[u32] {
        &self.rows[leaf.start..leaf.end]
    }

    /// Grows a tree to the gradients; its leaves are also returned with their rows.
    pub fn grow(&mut self, gradients: &[Gradient], scale: Scale) -> (Tree, Vec<Fitted>) {
        self.rows.clear();
        self.rows.extend_from_slice(self.training);
        let most_leaves = self.settings.max_leaves.unwrap_or(u32::MAX) as usize;
        let fit = Fit::new(self.settings, scale);

        let mut sum = Bin::default();
        for &row in self.training {
            let gradient = gradients[row as usize];
            let packed = u64::from(gradient.second) << scale.count_bits | 1;
            sum.add(Bin { first: i64::from(gradient.first), packed });
        }
        let mut drafts = vec![Draft::Leaf(fit.value(sum))];
        let mut root =
            Leaf { node: 0, start: 0, end: self.rows.len(), depth: 0, sum, histogram: Vec::new(), best: None };
        if fit.splittable(root.sum, root.depth) && !self.layout.features.is_empty() {
            let mut histogram = self.buffer();
            self.layout.fill(&mut histogram, &self.rows, gradients, scale.count_bits);
            root.best = self.search(&fit, &histogram, sum);
            root.histogram = histogram;
        }
        let mut fitted = Vec::new();
        let mut open = Vec::new();
        let mut leaves = 1;
        self.sort_in(root, &fit, &mut open, &mut fitted);

        while leaves < most_leaves
            && let Some((leaf, best)) = self.next(&mut open)
        {
            leaves += 1;
            let left = drafts.len();
            drafts[leaf.node] = Draft::Split { best, left };
            let middle = leaf.start + self.part(leaf.start, leaf.end, best);
            let child = |node, start, end, sum| Leaf {
                node,
                start,
                end,
                depth: leaf.depth + 1,
                sum,
                histogram: Vec::new(),
                best: None,
            };
            let mut one = child(left, leaf.start, middle, best.left);
            let mut two = child(left + 1, middle, leaf.end, leaf.sum.less(best.left));
            drafts.extend([Draft::Leaf(fit.value(one.sum)), Draft::Leaf(fit.value(two.sum))]);
            if leaves == most_leaves || !(fit.splittable(one.sum, one.depth) || fit.splittable(two.sum, two.depth)) {
                self.free.push(leaf.histogram);
            } else {
                self.search_children(&fit, &mut one, &mut two, leaf.histogram, gradients);
            }
            self.sort_in(one, &fit, &mut open, &mut fitted);
            self.sort_in(two, &fit, &mut open, &mut fitted);
        }
        for leaf in open {
            fitted.push(Fitted { value: fit.value(leaf.sum), start: leaf.start, end: leaf.end });
            self.free.push(leaf.histogram);
        }
        (self.finish(&drafts), fitted)
    }

    /// Puts a leaf with those that can be split or with those that cannot.
    fn sort_in(&mut self, leaf: Leaf, fit: &Fit, open: &mut Vec<Leaf>, fitted: &mut Vec<Fitted>) {
        if leaf.best.is_some() {
            open.push(leaf);
        } else {
            fitted.push(Fitted { value: fit.value(leaf.sum), start: leaf.start, end: leaf.end });
            self.free.extend((!leaf.histogram.is_empty()).then_some(leaf.histogram));
        }
    }

    /// The leaf to split next. Without a limit on leaves the order makes no difference to the tree, and taking the newest
    /// keeps the fewest histograms; otherwise it is the one that gains most, and of equal ones the oldest node.
    fn next(&self, open: &mut Vec<Leaf>) -> Option<(Leaf, Best)> {
        let at = if self.settings.max_leaves.is_none() {
            open.len().checked_sub(1)?
        } else {
            let chosen = open.iter().enumerate().filter_map(|(at, leaf)| Some((at, leaf.best?.gain, leaf.node)));
            let better = |one: (usize, f64, usize), two: (usize, f64, usize)| {
                if two.1 > one.1 || (two.1 == one.1 && two.2 < one.2) { two } else { one }
            };
            chosen.reduce(better)?.0
        };
        let leaf = open.swap_remove(at);
        let best = leaf.best?;
        Some((leaf, best))
    }

    /// Fills in the best split of two children. The smaller one's histogram is summed; the larger one's is what remains of
    /// their parent's.
    fn search_children(
        &mut self,
        fit: &Fit,
        one: &mut Leaf,
        two: &mut Leaf,
        parent: Vec<Bins>,
        gradients: &[Gradient],
    ) {
        let (small, large) = if one.end - one.start <= two.end - two.start { (one, two) } else { (two, one) };
        let mut histogram = self.buffer();
        self.layout.fill(&mut histogram, &self.rows[small.start..small.end], gradients, fit.scale.count_bits);
        let mut rest = parent;
        self.layout.subtract(&mut rest, &histogram);
        let this = &*self;
        let search = |leaf: &Leaf, histogram: &[Bins]| {
            if fit.splittable(leaf.sum, leaf.depth) { this.search(fit, histogram, leaf.sum) } else { None }
        };
        let bins: usize = (0..this.layout.features.len()).map(|feature| this.layout.bins(feature)).sum();
        (small.best, large.best) = if bins < SHARED_BINS {
            (search(small, &histogram), search(large, &rest))
        } else {
            rayon::join(|| search(small, &histogram), || search(large, &rest))
        };
        for (leaf, histogram) in [(small, histogram), (large, rest)] {
            if leaf.best.is_some() {
                leaf.histogram = histogram;
            } else {
                self.free.push(histogram);
            }
        }
    }

    fn buffer(&mut self) -> Vec<Bins> {
        self.free.pop().unwrap_or_else(|| self.layout.zeros())
    }

    /// Parts the rows `start..end` and returns how many go left.
    fn part(&mut self, start: usize, end: usize, best: Best) -> usize {
        let codes = &self.binned.codes[self.layout.features[best.feature]];
        let side = Side { below: best.below, missing: MISSING, missing_left: best.missing_left };
        part(&mut self.rows[start..end], &mut self.spare, &side, |&row| codes[row as usize])
    }

    /// The split that reduces the loss most; equal gains go to the first column and the lowest threshold.
    fn search(&self, fit: &Fit, histogram: &[Bins], sum: Bin) -> Option<Best> {
        let mut best = Best { gain: fit.score(sum), feature: 0, below: 0, missing_left: false, left: Bin::default() };
        let alone = best.gain;
        let mut found = false;
        for (feature, bins) in histogram.iter().enumerate() {
            let missing = bins[MISSING as usize];
            let some_missing = fit.count(missing) > 0;
            let present = &bins[..self.layout.bins(feature)];
            let mut left = Bin::default();
            for (below, bin) in present.iter().enumerate() {
                if bin.packed == 0 {
                    continue;
                }
                left.add(*bin);
                let right = sum.less(left);
                if fit.count(right) < fit.least_rows {
                    break;
                }
                let mut offer = |left: Bin, right: Bin, missing_left: bool| {
                    if fit.allowed(left) && fit.allowed(right) {
                        let gain = fit.score(left) + fit.score(right);
                        if gain > best.gain {
                            best = Best { gain, feature, below: below as u8, missing_left, left };
                            found = true;
                        }
                    }
                };
                if some_missing {
                    offer(left, right, false);
                    let mut with = left;
                    with.add(missing);
                    offer(with, right.less(missing), true);
                } else {
                    // A missing value that turns up later goes where most rows go.
                    offer(left, right, fit.count(left) > fit.count(right));
                }
            }
        }
        best.gain -= alone;
        (found && best.gain > 0.0).then_some(best)
    }

    /// The tree in the order that all trees have.
    fn finish(&self, drafts: &[Draft]) -> Tree {
        let mut tree = Tree::new();
        let mut waiting = vec![(0, 0)];
        while let Some((draft, node)) = waiting.pop() {
            match drafts[draft] {
                Draft::Leaf(value) => tree.nodes[node] = Node::leaf(tree.number(value)),
                Draft::Split { best, left } => {
                    let feature = self.layout.features[best.feature] as u32;
                    // Bins are fine ones here, and past the last only missing values are parted off.
                    let child = tree.split(node, feature, best.below.into(), best.missing_left);
                    waiting.push((left + 1, child + 1));
                    waiting.push((left, child));
                }
            }
        }
        tree
    }
}
