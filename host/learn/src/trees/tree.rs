//! A tree as a flat list of splits and leaves.

/// A split or a leaf, in 8 bytes: prediction is bound by how much of a tree the processor's cache holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Node {
    /// Of a split: the node to the left, which the one to the right follows. Of a leaf: its place, below a flag.
    at: u32,
    /// Of a split: codes of rows above this go right, once `tag` has chosen which code a missing value has.
    most: u16,
    /// The column, below a flag that is set where missing values go right.
    tag: u16,
}

const LEAF: u32 = 1 << 31;
const MISSING_RIGHT: u16 = 1 << 15;

/// Columns that a node can name.
pub(super) const MOST_COLUMNS: usize = MISSING_RIGHT as usize;

/// A value by the cuts of its column: 0 for a missing one, otherwise 1 more than there are cuts below it.
pub(super) type Code = u16;

/// The code of a value.
pub(super) fn code(cuts: &[f64], value: f64) -> Code {
    if value.is_nan() { 0 } else { cuts.partition_point(|&cut| cut < value) as Code + 1 }
}

impl Node {
    /// A split at a cut of a column: values at most the cut go left. Past the last cut all values do.
    fn split(feature: u32, cut: u16, missing_left: bool, left: u32) -> Self {
        let tag = feature as u16 | if missing_left { 0 } else { MISSING_RIGHT };
        Self { at: left, most: cut + u16::from(missing_left), tag }
    }

    /// A leaf: see [`Tree::table`].
    pub fn leaf(place: u32) -> Self {
        Self { at: place | LEAF, most: 0, tag: 0 }
    }

    pub fn is_leaf(self) -> bool {
        self.at & LEAF != 0
    }

    /// What a leaf predicts: see [`Tree::table`].
    pub fn place(self) -> u32 {
        self.at & !LEAF
    }

    /// The column of a split; some column of a leaf.
    pub fn feature(self) -> u16 {
        self.tag & !MISSING_RIGHT
    }

    /// The cut of a split.
    pub fn cut(self) -> u16 {
        self.most - u16::from(self.missing_left())
    }

    /// The same split at another cut.
    pub fn with_cut(self, cut: u16) -> Self {
        Self { most: cut + u16::from(self.missing_left()), ..self }
    }

    /// Whether a missing value goes left.
    pub fn missing_left(self) -> bool {
        self.tag & MISSING_RIGHT == 0
    }

    /// The child that a row goes to. No branches: whether it goes left cannot be foreseen, so the code of a missing value
    /// becomes the largest by going round where it is to go right.
    pub fn child(self, code: Code) -> u32 {
        self.at.wrapping_add(u32::from(code.wrapping_sub(self.tag >> 15) > self.most))
    }

    /// The left child of a split; the right one follows it.
    pub fn left(self) -> usize {
        self.at as usize
    }
}

/// A tree: at least one node, the first being the root. Children stand in pairs, in the order in which a walk that goes left
/// first meets their parents.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tree {
    pub nodes: Vec<Node>,
    /// What leaves predict. With one number per leaf, those numbers. For distributions over k classes, one distribution
    /// after another, and places below k stand for the class that all rows of a leaf have: `place - k` is the distribution.
    pub table: Vec<f64>,
}

impl Tree {
    /// A tree of a single leaf that is yet to be said what it is.
    pub fn new() -> Self {
        Self { nodes: vec![Node::leaf(0)], table: Vec::new() }
    }

    /// Makes a leaf a split of two leaves, and returns the left one.
    pub fn split(&mut self, node: usize, feature: u32, cut: u16, missing_left: bool) -> usize {
        let left = self.nodes.len();
        self.nodes[node] = Node::split(feature, cut, missing_left, left as u32);
        self.nodes.extend([Node::leaf(0); 2]);
        left
    }

    /// The place of a number in the table. The first few are looked up: in a tree of two classes nearly all leaves are 0 or 1.
    pub fn number(&mut self, value: f64) -> u32 {
        let known = self.table.iter().take(4).position(|known| known.to_bits() == value.to_bits());
        known.unwrap_or_else(|| {
            self.table.push(value);
            self.table.len() - 1
        }) as u32
    }

    /// The place of the leaf that a row falls into; `code` gives the row's code in a column.
    pub fn leaf_of(&self, code: impl Fn(u16) -> Code) -> u32 {
        let mut node = self.nodes[0];
        while !node.is_leaf() {
            node = self.nodes[node.child(code(node.feature())) as usize];
        }
        node.place()
    }

    /// The longest path from the root to a leaf, in splits.
    #[cfg(test)]
    pub fn depth(&self) -> u32 {
        let mut depths = vec![0; self.nodes.len()];
        for (at, node) in self.nodes.iter().enumerate() {
            if !node.is_leaf() {
                depths[node.left()] = depths[at] + 1;
                depths[node.left() + 1] = depths[at] + 1;
            }
        }
        depths.into_iter().max().unwrap_or(0)
    }
}
