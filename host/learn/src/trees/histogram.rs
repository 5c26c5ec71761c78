//! Histograms of gradients over the bins of every column.

use rayon::prelude::*;

use super::bins::{Binned, MISSING};
use super::gradients::Gradient;

/// The sums over the rows of one bin.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Bin {
    /// Of the gradients, in steps.
    pub first: i64,
    /// Of the hessians, in steps, above the count of rows.
    pub packed: u64,
}

impl Bin {
    pub fn add(&mut self, other: Self) {
        self.first += other.first;
        self.packed += other.packed;
    }

    pub fn less(self, other: Self) -> Self {
        Self { first: self.first - other.first, packed: self.packed - other.packed }
    }
}

/// One column's bins. 256 of them always, so that a byte needs no bounds check; bins past the column's are never touched.
pub(super) type Bins = [Bin; 256];

/// Columns that stand together, row after row.
struct Block {
    width: usize,
    /// Their positions among all columns.
    features: Vec<usize>,
    codes: Vec<u8>,
}

/// The columns worth splitting on, laid out for building histograms: a row of a block is a few adjacent bytes, and the
/// histogram of a block stays in the fastest cache.
pub(super) struct Layout {
    blocks: Vec<Block>,
    /// Bins of each column kept, missing values apart.
    bins: Vec<usize>,
    /// The columns kept, by their position in the input.
    pub features: Vec<usize>,
}

/// Columns of a block at most.
const WIDEST: usize = 8;
/// Bytes to look at below which a histogram is not worth sharing out.
const SHARED: usize = 1 << 15;

impl Layout {
    pub fn new(binned: &Binned) -> Self {
        let features: Vec<usize> =
            binned.cuts.iter().enumerate().filter(|(_, cuts)| !cuts.constant()).map(|(at, _)| at).collect();
        let bins = features.iter().map(|&at| binned.cuts[at].bins()).collect();
        let tasks = features.len().div_ceil(WIDEST).next_multiple_of(rayon::current_num_threads());
        let width = features.len().div_ceil(tasks.max(1)).max(1);
        let kept: Vec<usize> = (0..features.len()).collect();
        let blocks = kept
            .par_chunks(width)
            .map(|kept| {
                let rows = binned.codes.first().map_or(0, Vec::len);
                let mut codes = vec![0; rows * kept.len()];
                for (place, &feature) in kept.iter().enumerate() {
                    let column = &binned.codes[features[feature]];
                    codes.iter_mut().skip(place).step_by(kept.len()).zip(column).for_each(|(to, &code)| *to = code);
                }
                Block { width: kept.len(), features: kept.to_vec(), codes }
            })
            .collect();
        Self { blocks, bins, features }
    }

    /// A histogram of zeros.
    pub fn zeros(&self) -> Vec<Bins> {
        vec![[Bin::default(); 256]; self.features.len()]
    }

    /// Bins of a kept column.
    pub fn bins(&self, feature: usize) -> usize {
        self.bins[feature]
    }

    /// Overwrites `histogram` with the sums over some rows.
    pub fn fill(&self, histogram: &mut [Bins], rows: &[u32], gradients: &[Gradient], count_bits: u32) {
        let width = self.blocks.first().map_or(1, |block| block.width);
        let work = histogram.chunks_mut(width).zip(&self.blocks);
        let one = |(histogram, block): (&mut [Bins], &Block)| {
            for (bins, &feature) in histogram.iter_mut().zip(&block.features) {
                bins[..self.bins[feature]].fill(Bin::default());
                bins[MISSING as usize] = Bin::default();
            }
            block.accumulate(histogram, rows, gradients, count_bits);
        };
        if rows.len() * self.features.len() < SHARED {
            work.for_each(one);
        } else {
            histogram.par_chunks_mut(width).zip(&self.blocks).for_each(one);
        }
    }

    /// Turns the histogram of a node into that of one child, given the other's.
    pub fn subtract(&self, node: &mut [Bins], child: &[Bins]) {
        for ((node, child), &bins) in node.iter_mut().zip(child).zip(&self.bins) {
            for (bin, other) in node[..bins].iter_mut().zip(&child[..bins]) {
                *bin = bin.less(*other);
            }
            let missing = MISSING as usize;
            node[missing] = node[missing].less(child[missing]);
        }
    }
}

impl Block {
    /// Adds rows to zeroed bins. The common widths are compiled apart, with their inner loop unrolled.
    fn accumulate(&self, histogram: &mut [Bins], rows: &[u32], gradients: &[Gradient], count_bits: u32) {
        match self.width {
            8 => self.accumulate_wide::<8>(histogram, rows, gradients, count_bits),
            7 => self.accumulate_wide::<7>(histogram, rows, gradients, count_bits),
            6 => self.accumulate_wide::<6>(histogram, rows, gradients, count_bits),
            5 => self.accumulate_wide::<5>(histogram, rows, gradients, count_bits),
            4 => self.accumulate_wide::<4>(histogram, rows, gradients, count_bits),
            3 => self.accumulate_wide::<3>(histogram, rows, gradients, count_bits),
            2 => self.accumulate_wide::<2>(histogram, rows, gradients, count_bits),
            _ => self.accumulate_wide::<1>(histogram, rows, gradients, count_bits),
        }
    }

    fn accumulate_wide<const W: usize>(
        &self,
        histogram: &mut [Bins],
        rows: &[u32],
        gradients: &[Gradient],
        count_bits: u32,
    ) {
        let (codes, _) = self.codes.as_chunks::<W>();
        let Some((histogram, _)) = histogram.split_first_chunk_mut::<W>() else { return };
        for &row in rows {
            let gradient = gradients[row as usize];
            let (first, packed) = (i64::from(gradient.first), u64::from(gradient.second) << count_bits | 1);
            for (bins, &code) in histogram.iter_mut().zip(&codes[row as usize]) {
                let bin = &mut bins[code as usize];
                bin.first += first;
                bin.packed += packed;
            }
        }
    }
}
