//! The search for the best split of one node of a tree or forest.

use portcullis_stats::Rng;

use super::bins::{Binned, Cuts, MISSING, MISSING_FINE};
use super::grow::Limits;
use super::statistic::{Statistic, rows};

/// Rows of a node below which a column's fine bins are searched. From here on 255 bins place a split as well as the rows
/// can tell, and adding up a histogram takes less time than sorting.
const FINE_ROWS: usize = 512;

/// A candidate: bins up to `below` against those from `above` on, or against missing values.
#[derive(Debug, Clone, Copy)]
pub(super) struct Split {
    pub feature: u32,
    /// Whether these are fine bins.
    pub fine: bool,
    pub below: u16,
    above: Option<u16>,
}

impl Split {
    /// The cut to remember the split by.
    pub fn cut(&self, cuts: &Cuts) -> u16 {
        match self.above {
            None => cuts.present(),
            Some(above) if self.fine => cuts.between_fine(self.below, above),
            Some(above) => cuts.between(self.below as usize, above as usize),
        }
    }
}

/// The best split found so far.
pub(super) struct Best<Sum> {
    score: f64,
    pub split: Split,
    pub missing_left: bool,
    pub left: Sum,
}

/// The search for the best split of one node.
pub(super) struct Search<'a, S: Statistic> {
    pub statistic: &'a S,
    pub binned: &'a Binned,
    pub limits: Limits,
    pub samples: &'a [S::Sample],
    pub total: &'a S::Sum,
}

impl<S: Statistic> Search<'_, S> {
    /// The best split over the columns tried, as in scikit-learn: columns that are constant in the node count as tried, but
    /// the search goes on until one was not. Equal scores go to the column tried first and the lowest threshold; the order of
    /// trying is that of the table where all are tried and random otherwise (going by position there would favour the first
    /// columns in every small node, and cost a forest accuracy).
    pub fn best(
        &self,
        rng: Option<&mut Rng>,
        order: &mut [u32],
        histogram: &mut [u64],
        keys: &mut Vec<u32>,
    ) -> Option<Best<S::Sum>> {
        let mut best = None;
        let Some(rng) = rng else {
            for feature in 0..order.len() as u32 {
                self.try_feature(feature, histogram, keys, &mut best);
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
            varied |= self.try_feature(order[tried], histogram, keys, &mut best);
        }
        best
    }

    /// Keeps the best split on a column if it beats the best so far; false if the column is constant in the node.
    fn try_feature(
        &self,
        feature: u32,
        histogram: &mut [u64],
        keys: &mut Vec<u32>,
        best: &mut Option<Best<S::Sum>>,
    ) -> bool {
        let cuts = &self.binned.cuts[feature as usize];
        if cuts.constant() {
            return false;
        }
        let fine = &self.binned.fine[feature as usize];
        if !fine.is_empty() && self.samples.len() < FINE_ROWS {
            return self.try_finely(feature, fine, keys, best);
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
            self.scan(feature, held, histogram, best);
        }
        for bin in bits(held) {
            histogram[bin * width..][..width].fill(0);
        }
        varied
    }

    /// The same by the column's fine bins, which are sorted: they are more than the node has rows.
    fn try_finely(&self, feature: u32, fine: &[u16], keys: &mut Vec<u32>, best: &mut Option<Best<S::Sum>>) -> bool {
        let bin_of = |key: u32| (key >> 16) as u16;
        let sample_of = |key: u32| &self.samples[(key & 0xffff) as usize];
        keys.clear();
        let rows = self.samples.iter().zip(0..);
        keys.extend(rows.map(|(sample, at)| u32::from(fine[S::row(sample) as usize]) << 16 | at));
        keys.sort_unstable();
        let (Some(&first), Some(&last)) = (keys.first(), keys.last()) else { return false };
        if bin_of(first) == bin_of(last) {
            return false;
        }
        let (present, gone) = keys.split_at(keys.partition_point(|&key| bin_of(key) != MISSING_FINE));
        let mut missing = self.statistic.zero();
        for &key in gone {
            self.statistic.add(missing.as_mut(), sample_of(key));
        }

        let mut left = self.statistic.zero();
        let mut split = Split { feature, fine: true, below: bin_of(first), above: None };
        for &key in present {
            let bin = bin_of(key);
            if bin != split.below {
                self.offer_sides(Split { above: Some(bin), ..split }, &left, missing.as_mut(), best);
                split.below = bin;
            }
            self.statistic.add(left.as_mut(), sample_of(key));
        }
        if !gone.is_empty() && !present.is_empty() {
            self.offer(split, &left, false, best);
        }
        true
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
    fn scan(&self, feature: u32, mut held: [u64; 4], histogram: &[u64], best: &mut Option<Best<S::Sum>>) {
        let width = self.statistic.width();
        let bin_of = |bin: usize| &histogram[bin * width..][..width];
        let missing = usize::from(MISSING);
        let some_missing = held[3] >> 63 != 0;
        held[3] &= !(1 << 63);

        let mut left = self.statistic.zero();
        let mut split = Split { feature, fine: false, below: MISSING.into(), above: None };
        for bin in bits(held) {
            if split.below != u16::from(MISSING) {
                self.offer_sides(Split { above: Some(bin as u16), ..split }, &left, bin_of(missing), best);
            }
            self.statistic.plus(&mut left, bin_of(bin));
            split.below = bin as u16;
        }
        if some_missing && split.below != u16::from(MISSING) {
            self.offer(split, &left, false, best);
        }
    }

    /// Offers a split of the present values, with the missing ones on either side.
    fn offer_sides(&self, split: Split, left: &S::Sum, missing: &[u64], best: &mut Option<Best<S::Sum>>) {
        let left_rows = rows(self.statistic.counts(left));
        if missing.last().is_none_or(|&counts| counts == 0) {
            // Without missing values here, one that turns up later goes where most rows go.
            self.offer(split, left, left_rows > rows(self.statistic.counts(self.total)) - left_rows, best);
            return;
        }
        self.offer(split, left, false, best);
        let mut with_missing = left.clone();
        self.statistic.plus(&mut with_missing, missing);
        self.offer(split, &with_missing, true, best);
    }

    fn offer(&self, split: Split, left: &S::Sum, missing_left: bool, best: &mut Option<Best<S::Sum>>) {
        let left_rows = rows(self.statistic.counts(left));
        let right_rows = rows(self.statistic.counts(self.total)) - left_rows;
        if left_rows.min(right_rows) < self.limits.min_leaf {
            return;
        }
        let score = self.statistic.score(left, self.total);
        if best.as_ref().is_none_or(|best| score > best.score) {
            *best = Some(Best { score, split, missing_left, left: left.clone() });
        }
    }
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
