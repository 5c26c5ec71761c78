//! Trees as bytes: compact, the same for the same model, and safe to read from anyone.
//!
//! The thresholds of each column stand once, as do all numbers that leaves predict; nodes name them by their position. Nodes
//! stand in preorder, so children need no pointers, and whatever bytes are read form trees that end.

use rayon::prelude::*;

use super::bins::MOST_FINE;
use super::tree::{MOST_COLUMNS, Node, Tree};
use super::{Combine, Output, Trees, TreesError};

/// First bytes: what this is and the version of its layout.
const HEAD: &[u8] = b"portcullis trees 2\n";

/// The layout before: thresholds stood among the leaves' numbers.
const OLD_HEAD: &[u8] = b"portcullis trees 1\n";

/// Nodes of a tree at most, and places of its leaves: they are kept in 31 bits.
const MOST_NODES: usize = (1 << 31) - 2;

/// A number as an integer of the same order, so that a dictionary of floats can be sorted.
fn key(value: f64) -> u64 {
    let bits = value.to_bits();
    if bits >> 63 == 0 { bits | 1 << 63 } else { !bits }
}

fn from_key(key: u64) -> f64 {
    f64::from_bits(if key >> 63 == 1 { key & !(1 << 63) } else { !key })
}

impl Trees {
    /// The model as bytes, which [`Trees::from_bytes`] reads. Equal models give equal bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut numbers: Vec<u64> = self.members.iter().flat_map(|tree| &tree.table).map(|&value| key(value)).collect();
        numbers.par_sort_unstable();
        numbers.dedup();
        let mut out = Writer { bytes: HEAD.to_vec() };
        out.number(self.features() as u64);
        out.number(match self.output {
            Output::Number => 0,
            Output::Classes(k) => k.into(),
        });
        out.number(match self.combine {
            Combine::Average => 0,
            Combine::Sum => 1,
        });
        for &value in &self.baseline {
            out.word(key(value));
        }
        for cuts in &self.cuts {
            out.number(cuts.len() as u64);
            for &cut in cuts {
                out.word(key(cut));
            }
        }
        out.number(numbers.len() as u64);
        for &word in &numbers {
            out.word(word);
        }
        out.number(self.members.len() as u64);
        let place = |value: f64| numbers.partition_point(|&word| word < key(value)) as u64;
        for tree in &self.members {
            let mut waiting = vec![0];
            while let Some(at) = waiting.pop() {
                let node = tree.nodes[at];
                match (node.is_leaf(), self.has_distributions()) {
                    (true, false) => out.numbers([0, place(tree.table[node.place() as usize])]),
                    (true, true) => out.numbers([0, node.place().into()]),
                    (false, _) => {
                        let tag = 1 + 2 * u64::from(node.feature()) + u64::from(node.missing_left());
                        out.numbers([tag, node.cut().into()]);
                        waiting.extend([node.left() + 1, node.left()]);
                    }
                }
            }
            if self.has_distributions() {
                out.number((tree.table.len() / self.outputs()) as u64);
                tree.table.iter().for_each(|&value| out.number(place(value)));
            }
        }
        out.bytes
    }

    /// Reads what [`Trees::to_bytes`] wrote.
    ///
    /// # Errors
    /// Bytes that do not come from it, or from another version of it. No bytes make prediction panic or run for ever.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, TreesError> {
        if bytes.starts_with(OLD_HEAD) {
            return Err(wrong("they are of layout 1, which was never released: train the model again"));
        }
        let Some(rest) = bytes.strip_prefix(HEAD) else {
            return Err(wrong("they do not start as trees do, or are of another version"));
        };
        let mut input = Reader { rest };
        let features = input.below(MOST_COLUMNS as u32 + 1, "the number of columns is out of range")?;
        if features == 0 {
            return Err(wrong("they have no columns"));
        }
        let output = match input.below(1 << 16, "the number of classes is out of range")? {
            0 => Output::Number,
            k => Output::Classes(k),
        };
        let combine =
            if input.below(2, "the kind of ensemble is unknown")? == 0 { Combine::Average } else { Combine::Sum };
        let mut trees = Self { cuts: Vec::new(), output, combine, baseline: Vec::new(), members: Vec::new() };
        if combine == Combine::Sum {
            for _ in 0..trees.scores() {
                trees.baseline.push(input.float()?);
            }
        }
        for _ in 0..features {
            let mut cuts = Vec::new();
            for _ in 0..input.below(MOST_FINE as u32, "a column has too many thresholds")? {
                cuts.push(input.float()?);
            }
            if !cuts.is_sorted_by(|one, two| one < two) {
                return Err(wrong("thresholds are out of order"));
            }
            trees.cuts.push(cuts);
        }
        let mut numbers = Vec::new();
        for _ in 0..input.below(u32::MAX, "the dictionary is too large")? {
            numbers.push(input.float()?);
        }
        let count = input.below(u32::MAX, "there are too many trees")?;
        for _ in 0..count {
            let tree = trees.read_tree(&mut input, &numbers)?;
            trees.members.push(tree);
        }
        let complete = match combine {
            Combine::Average => count > 0,
            Combine::Sum => trees.members.len().is_multiple_of(trees.scores()),
        };
        match (complete, input.rest) {
            (true, []) => Ok(trees),
            (false, _) => Err(wrong("trees are missing")),
            _ => Err(wrong("more follows after their end")),
        }
    }

    fn read_tree(&self, input: &mut Reader, numbers: &[f64]) -> Result<Tree, TreesError> {
        let number = |input: &mut Reader| {
            let place = input.below(u32::MAX, "a number is not in the dictionary")? as usize;
            numbers.get(place).copied().ok_or(wrong("a number is not in the dictionary"))
        };
        let mut tree = Tree::new();
        let mut waiting = vec![0];
        while let Some(at) = waiting.pop() {
            let tag = input.below(2 * self.features() as u32 + 1, "a column is out of range")?;
            if tag > 0 {
                let feature = (tag - 1) / 2;
                let cuts = self.cuts[feature as usize].len() as u32;
                let cut = input.below(cuts + 1, "a threshold is not among those of its column")? as u16;
                if tree.nodes.len() > MOST_NODES {
                    return Err(wrong("a tree is too large"));
                }
                let left = tree.split(at, feature, cut, tag % 2 == 0);
                waiting.extend([left + 1, left]);
                continue;
            }
            tree.nodes[at] = Node::leaf(if self.has_distributions() {
                input.below(MOST_NODES as u32, "a leaf has no distribution")?
            } else {
                let value = number(input)?;
                tree.number(value)
            });
        }
        if self.has_distributions() {
            let rows = input.below(u32::MAX - (1 << 16), "a table is too large")?;
            for _ in 0..u64::from(rows) * self.outputs() as u64 {
                tree.table.push(number(input)?);
            }
            let leaves = rows + self.outputs() as u32;
            if tree.nodes.iter().any(|node| node.is_leaf() && node.place() >= leaves) {
                return Err(wrong("a leaf has no distribution"));
            }
        }
        Ok(tree)
    }

    /// Whether leaves hold several numbers: averages over more than two classes.
    fn has_distributions(&self) -> bool {
        self.combine == Combine::Average && matches!(self.output, Output::Classes(3..))
    }
}

fn wrong(reason: &'static str) -> TreesError {
    TreesError::Bytes { reason }
}

struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    fn word(&mut self, word: u64) {
        self.bytes.extend_from_slice(&word.to_le_bytes());
    }

    /// Seven bits per byte, the lowest first; the highest bit says that more follow (LEB128).
    fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.bytes.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.bytes.push(number as u8);
    }

    fn numbers(&mut self, numbers: [u64; 2]) {
        for number in numbers {
            self.number(number);
        }
    }
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl Reader<'_> {
    fn float(&mut self) -> Result<f64, TreesError> {
        let Some((word, rest)) = self.rest.split_first_chunk() else { return Err(wrong("they end early")) };
        self.rest = rest;
        let value = from_key(u64::from_le_bytes(*word));
        if value.is_finite() { Ok(value) } else { Err(wrong("a number is not finite")) }
    }

    /// A number that must be below `limit`; else the error says `what`.
    fn below(&mut self, limit: u32, what: &'static str) -> Result<u32, TreesError> {
        let mut number = 0_u64;
        for shift in (0..35).step_by(7) {
            let Some((&byte, rest)) = self.rest.split_first() else { return Err(wrong("they end early")) };
            self.rest = rest;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return u32::try_from(number).ok().filter(|&number| number < limit).ok_or(wrong(what));
            }
        }
        Err(wrong(what))
    }
}
