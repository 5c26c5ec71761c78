//! Prediction over a batch: blocks of rows in parallel, tree after tree, many rows level by level.

use rayon::prelude::*;

use super::tree::{Code, Tree, code};
use super::{Combine, Matrix, Output, Trees, TreesError};

/// Rows that walk down a tree together, so that the processor works on some while others wait for memory.
const WALKERS: usize = 512;
/// Codes of one block at most: as many as the processor's second cache holds besides a tree, since every tree reads them all,
/// and every tree is read once for each block.
const BLOCK_CODES: usize = 1 << 17;

impl Trees {
    /// Predicts every row: for classes, `n × k` probabilities, row after row, that sum to 1 in each; for a regression, `n`
    /// numbers.
    ///
    /// # Errors
    /// Another number of columns than the model was trained on.
    pub fn predict(&self, inputs: &Matrix) -> Result<Vec<f64>, TreesError> {
        let columns = inputs.columns();
        if columns.len() != self.features() {
            return Err(TreesError::Columns { expected: self.features(), found: columns.len() });
        }
        let outputs = self.outputs();
        let mut predicted = vec![0.0; inputs.rows() * outputs];
        let most_rows = (BLOCK_CODES / columns.len()).max(WALKERS);
        let blocks = inputs.rows().div_ceil(most_rows).next_multiple_of(rayon::current_num_threads()).max(1);
        let block_rows = inputs.rows().div_ceil(blocks).max(1);
        predicted.par_chunks_mut(block_rows * outputs).enumerate().for_each_init(
            || (vec![0; block_rows * columns.len()], Walk::new(block_rows)),
            |(block, walk), (index, out)| {
                let first = index * block_rows;
                let rows = out.len() / outputs;
                for (feature, (column, cuts)) in columns.iter().zip(&self.cuts).enumerate() {
                    let values = column[first..first + rows].iter();
                    for (value, place) in values.zip(block.iter_mut().skip(feature).step_by(columns.len())) {
                        *place = code(cuts, *value);
                    }
                }
                self.predict_block(&block[..rows * columns.len()], walk, out);
            },
        );
        Ok(predicted)
    }

    /// Scores used for the sum of a row: one per class where there are more than two.
    pub(super) fn scores(&self) -> usize {
        match (self.combine, self.output) {
            (Combine::Sum, Output::Classes(0..=2)) => 1,
            _ => self.outputs(),
        }
    }

    fn predict_block(&self, block: &[Code], walk: &mut Walk, out: &mut [f64]) {
        let outputs = self.outputs();
        match (self.combine, self.output) {
            (Combine::Average, Output::Classes(k)) if k > 2 => {
                for tree in &self.members {
                    walk.each_leaf(tree, self.features(), block, out.chunks_exact_mut(outputs), |leaf, row| {
                        add_distribution(tree, leaf, row);
                    });
                }
                for value in out.iter_mut() {
                    *value /= self.members.len() as f64;
                }
            }
            (Combine::Average, _) => {
                for tree in &self.members {
                    walk.each_leaf(tree, self.features(), block, out.chunks_exact_mut(outputs), |leaf, row| {
                        row[outputs - 1] += tree.table[leaf];
                    });
                }
                for row in out.chunks_exact_mut(outputs) {
                    row[outputs - 1] /= self.members.len() as f64;
                    if outputs == 2 {
                        row[0] = 1.0 - row[1];
                    }
                }
            }
            (Combine::Sum, _) => {
                let scores = self.scores();
                for row in out.chunks_exact_mut(outputs) {
                    row[outputs - scores..].copy_from_slice(&self.baseline);
                }
                for (index, tree) in self.members.iter().enumerate() {
                    let place = outputs - scores + index % scores;
                    walk.each_leaf(tree, self.features(), block, out.chunks_exact_mut(outputs), |leaf, row| {
                        row[place] += tree.table[leaf];
                    });
                }
                if let Output::Classes(_) = self.output {
                    out.chunks_exact_mut(outputs).for_each(probabilities);
                }
            }
        }
    }
}

/// Turns the scores of one row into probabilities: the logistic function of the only score, which stands last, or softmax.
pub(super) fn probabilities(scores: &mut [f64]) {
    match scores {
        [only] => *only = 1.0,
        [zero, one] => {
            *one = logistic(*one);
            *zero = 1.0 - *one;
        }
        _ => {
            let largest = scores.iter().copied().fold(f64::MIN, f64::max);
            for score in scores.iter_mut() {
                *score = (*score - largest).exp();
            }
            let sum: f64 = scores.iter().sum();
            for score in scores.iter_mut() {
                *score /= sum;
            }
        }
    }
}

/// `1 / (1 + e^-x)`
pub(super) fn logistic(score: f64) -> f64 {
    1.0 / (1.0 + (-score).exp())
}

fn add_distribution(tree: &Tree, at: usize, row: &mut [f64]) {
    let classes = row.len();
    if at < classes {
        row[at] += 1.0;
    } else {
        let shares = &tree.table[(at - classes) * classes..][..classes];
        row.iter_mut().zip(shares).for_each(|(sum, share)| *sum += share);
    }
}

/// A row on its way down a tree.
#[derive(Debug, Clone, Copy, Default)]
struct Walker {
    row: u32,
    node: u32,
}

/// Buffers of the rows that walk together.
struct Walk {
    /// Those that are not yet at a leaf come first.
    walkers: Vec<Walker>,
    /// The place of the leaf that each row has come to.
    leaves: Vec<u32>,
}

impl Walk {
    /// For blocks of so many rows.
    fn new(rows: usize) -> Self {
        let rows = rows.min(WALKERS);
        Self { walkers: vec![Walker::default(); rows], leaves: vec![0; rows] }
    }

    /// Calls `add` with the place of the leaf of each row, in order, and the row's place in the output.
    fn each_leaf<'a>(
        &mut self,
        tree: &Tree,
        features: usize,
        block: &[Code],
        mut out: impl ExactSizeIterator<Item = &'a mut [f64]>,
        mut add: impl FnMut(usize, &mut [f64]),
    ) {
        let nodes = tree.nodes.as_slice();
        let (walkers, leaves) = (self.walkers.as_mut_slice(), self.leaves.as_mut_slice());
        for block in block.chunks(features * WALKERS) {
            let rows = block.len() / features;
            for (walker, row) in walkers[..rows].iter_mut().zip(0..) {
                *walker = Walker { row, node: 0 };
            }
            let mut walking = rows;
            while walking > 0 {
                let mut left = 0;
                for at in 0..walking {
                    let Walker { row, node } = walkers[at];
                    let node = nodes[node as usize];
                    // A leaf reads the first column in vain and is then left behind: no branch, since none could be foreseen.
                    let code = block[row as usize * features + node.feature() as usize];
                    leaves[row as usize] = node.place();
                    walkers[left] = Walker { row, node: node.child(code) };
                    left += usize::from(!node.is_leaf());
                }
                walking = left;
            }
            for leaf in &leaves[..rows] {
                let Some(row) = out.next() else { return };
                add(*leaf as usize, row);
            }
        }
    }
}
