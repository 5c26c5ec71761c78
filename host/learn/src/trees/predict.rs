//! Prediction over a batch: blocks of rows in parallel, tree after tree, eight rows at a time.

use rayon::prelude::*;

use super::bins::bounded;
use super::tree::{Node, Tree};
use super::{Combine, Matrix, Output, Trees, TreesError};

/// Rows that walk down a tree together, so that the processor works on one while another waits for memory.
const LANES: usize = 8;
/// Values copied into one block, row by row, at most: as many rows as the cache holds, since a block reads every tree.
const BLOCK_VALUES: usize = 1 << 15;

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
        let most_rows = (BLOCK_VALUES / columns.len()).max(LANES);
        let blocks = inputs.rows().div_ceil(most_rows).next_multiple_of(rayon::current_num_threads()).max(1);
        let block_rows = inputs.rows().div_ceil(blocks).max(1).next_multiple_of(LANES);
        predicted.par_chunks_mut(block_rows * outputs).enumerate().for_each_init(
            || vec![0.0; block_rows * columns.len()],
            |block, (index, out)| {
                let first = index * block_rows;
                let rows = block_rows.min(inputs.rows() - first);
                for (feature, column) in columns.iter().enumerate() {
                    let values = column[first..first + rows].iter();
                    for (value, place) in values.zip(block.iter_mut().skip(feature).step_by(columns.len())) {
                        *place = bounded(*value);
                    }
                }
                self.predict_block(block, out);
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

    fn predict_block(&self, block: &[f64], out: &mut [f64]) {
        let outputs = self.outputs();
        match (self.combine, self.output) {
            (Combine::Average, Output::Classes(k)) if k > 2 => {
                for tree in &self.members {
                    each_leaf(tree, self.features(), block, out.chunks_exact_mut(outputs), |leaf, row| {
                        add_distribution(tree, leaf, row);
                    });
                }
                for value in out.iter_mut() {
                    *value /= self.members.len() as f64;
                }
            }
            (Combine::Average, _) => {
                for tree in &self.members {
                    each_leaf(tree, self.features(), block, out.chunks_exact_mut(outputs), |leaf, row| {
                        row[outputs - 1] += leaf.threshold;
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
                    each_leaf(tree, self.features(), block, out.chunks_exact_mut(outputs), |leaf, row| {
                        row[place] += leaf.threshold;
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

fn add_distribution(tree: &Tree, leaf: Node, row: &mut [f64]) {
    let (classes, at) = (row.len(), leaf.next as usize);
    if at < classes {
        row[at] += 1.0;
    } else {
        let shares = &tree.table[(at - classes) * classes..][..classes];
        row.iter_mut().zip(shares).for_each(|(sum, share)| *sum += share);
    }
}

/// Calls `add` with the leaf of each row and the row's place in the output.
fn each_leaf<'a>(
    tree: &Tree,
    features: usize,
    block: &[f64],
    out: impl ExactSizeIterator<Item = &'a mut [f64]>,
    mut add: impl FnMut(Node, &mut [f64]),
) {
    let nodes = tree.nodes.as_slice();
    let mut out = out;
    for rows in block.chunks_exact(features * LANES) {
        let mut at = [0_usize; LANES];
        let mut walking = true;
        while walking {
            walking = false;
            for (lane, at) in at.iter_mut().enumerate() {
                let node = nodes[*at];
                // A leaf reads the first column in vain and stays where it is: no branch, since none could be foreseen.
                let goes_left = node.goes_left(rows[lane * features + node.feature() as usize]);
                let child = if goes_left { *at + 1 } else { node.next as usize };
                *at = if node.is_leaf() { *at } else { child };
                walking |= !node.is_leaf();
            }
        }
        for at in at {
            let Some(row) = out.next() else { return };
            add(nodes[at], row);
        }
    }
}
