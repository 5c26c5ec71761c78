//! A tree as a flat list of splits and leaves.

/// A split or a leaf, in 16 bytes. Nodes stand in preorder: where a split sends a row left, the row goes to the next node.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Node {
    /// Of a split: values at most this go left. Of a leaf with one value: the value.
    pub threshold: f64,
    /// Of a split: the node to the right. Of a leaf with a distribution over k classes: below k, the one class that all its
    /// rows have; from k on, the row `next - k` of the tree's table.
    pub next: u32,
    /// The column, with two flags above it.
    tag: u32,
}

const LEAF: u32 = 1 << 31;
const MISSING_LEFT: u32 = 1 << 30;

impl Node {
    /// A split whose right child is set later.
    pub fn split(feature: u32, threshold: f64, missing_left: bool) -> Self {
        Self { threshold, next: 0, tag: feature | if missing_left { MISSING_LEFT } else { 0 } }
    }

    /// A leaf of one value.
    pub fn leaf(value: f64) -> Self {
        Self { threshold: value, next: 0, tag: LEAF }
    }

    /// A leaf with a distribution: see [`Node::next`].
    pub fn leaf_at(row: u32) -> Self {
        Self { threshold: 0.0, next: row, tag: LEAF }
    }

    pub fn is_leaf(self) -> bool {
        self.tag & LEAF != 0
    }

    /// The column of a split.
    pub fn feature(self) -> u32 {
        self.tag & (MISSING_LEFT - 1)
    }

    /// Whether a missing value goes left.
    pub fn missing_left(self) -> bool {
        self.tag & MISSING_LEFT != 0
    }

    /// Whether a value goes left. No branches: whether it does cannot be foreseen.
    pub fn goes_left(self, value: f64) -> bool {
        (value <= self.threshold) | (value.is_nan() & self.missing_left())
    }
}

/// A tree: at least one node, the first being the root.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Tree {
    pub nodes: Vec<Node>,
    /// The distributions of leaves that hold several of more than two classes, one after another.
    pub table: Vec<f64>,
}

impl Tree {
    /// The leaf that a row falls into; `value` gives the row's value in a column.
    pub fn leaf_of(&self, value: impl Fn(u32) -> f64) -> Node {
        let mut at = 0;
        loop {
            let node = self.nodes[at];
            if node.is_leaf() {
                return node;
            }
            at = if node.goes_left(value(node.feature())) { at + 1 } else { node.next as usize };
        }
    }

    /// The longest path from the root to a leaf, in splits.
    #[cfg(test)]
    pub fn depth(&self) -> u32 {
        let mut depths = vec![0; self.nodes.len()];
        for (at, node) in self.nodes.iter().enumerate() {
            if !node.is_leaf() {
                depths[at + 1] = depths[at] + 1;
                depths[node.next as usize] = depths[at] + 1;
            }
        }
        depths.into_iter().max().unwrap_or(0)
    }
}
