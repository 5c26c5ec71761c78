//! Columns cut into at most 255 bins, so that a value is one byte and a split is a number below 255.
//!
//! A column of at most that many distinct values gets a bin for each, so nothing is lost. Otherwise values that are
//! common enough to fill a bin get one of their own and the others share the rest in equal numbers, as in `LightGBM`
//! (`GreedyFindBin`): a column that is mostly zero keeps its resolution where it is not.

use rayon::prelude::*;

use super::Matrix;

/// The bin of missing values, in every column.
pub(super) const MISSING: u8 = 255;
/// Bins of present values at most.
pub(super) const MOST_BINS: usize = 255;
/// Rows looked at to choose the bins; larger tables are sampled at even distances.
const LOOKED_AT: usize = 500_000;

/// How one column was cut.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cuts {
    /// The largest value of each bin but the last that belongs to it: the midpoint to the next bin. Increasing.
    pub edges: Vec<f64>,
    /// The smallest value that each bin holds.
    pub lows: Vec<f64>,
    /// The largest value that each bin holds.
    pub highs: Vec<f64>,
    /// Whether a value is missing.
    pub missing: bool,
}

impl Cuts {
    /// Bins of present values: 0 where all are missing.
    pub fn bins(&self) -> usize {
        self.lows.len()
    }

    /// Whether no split on the column could part any rows.
    pub fn constant(&self) -> bool {
        self.bins() + usize::from(self.missing) < 2
    }

    /// The threshold halfway between two bins that hold rows, in the column's own units.
    pub fn between(&self, below: usize, above: usize) -> f64 {
        midpoint(self.highs[below], self.lows[above])
    }

    fn code(&self, padded: &[f64; 256], value: f64) -> u8 {
        if value.is_nan() {
            return MISSING;
        }
        // A search without branches: `at` is the number of edges below the value.
        let mut at = 0;
        for step in [128, 64, 32, 16, 8, 4, 2, 1] {
            if padded[(at + step - 1) & 255] < value {
                at += step;
            }
        }
        at.min(self.edges.len()) as u8
    }
}

/// A matrix as bytes.
#[derive(Debug, Clone)]
pub(super) struct Binned {
    pub cuts: Vec<Cuts>,
    /// The bin of each row, per column.
    pub codes: Vec<Vec<u8>>,
}

impl Binned {
    /// Cuts every column into at most `most` bins, missing values apart.
    pub fn new(inputs: &Matrix, most: usize) -> Self {
        let (cuts, codes) = inputs.columns().par_iter().map(|column| bin(column, most.clamp(2, MOST_BINS))).unzip();
        Self { cuts, codes }
    }
}

/// The number that stands for a value: the largest finite one for an infinity, 0 for -0, NaN for a missing value.
pub(super) fn bounded(value: f64) -> f64 {
    value.clamp(f64::MIN, f64::MAX) + 0.0
}

/// A threshold `t` with `below <= t < above`, halfway where rounding allows.
fn midpoint(below: f64, above: f64) -> f64 {
    let middle = below / 2.0 + above / 2.0;
    if middle < above && middle >= below { middle } else { below }
}

fn bin(column: &[f64], most: usize) -> (Cuts, Vec<u8>) {
    let step = column.len().div_ceil(LOOKED_AT).max(1);
    let mut sorted: Vec<f64> =
        column.iter().step_by(step).filter(|value| !value.is_nan()).map(|&value| bounded(value)).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let mut distinct: Vec<(f64, usize)> = Vec::new();
    for value in sorted {
        match distinct.last_mut() {
            Some((last, count)) if *last == value => *count += 1,
            _ => distinct.push((value, 1)),
        }
    }
    let last_of_bin = if distinct.len() <= most { (0..distinct.len()).collect() } else { shared(&distinct, most) };
    let edges = last_of_bin
        .iter()
        .filter_map(|&last| Some(midpoint(distinct.get(last)?.0, distinct.get(last + 1)?.0)))
        .collect::<Vec<f64>>();

    let mut cuts = Cuts { edges, lows: Vec::new(), highs: Vec::new(), missing: false };
    let mut padded = [f64::INFINITY; 256];
    padded[..cuts.edges.len()].copy_from_slice(&cuts.edges);
    let codes: Vec<u8> = column.iter().map(|&value| cuts.code(&padded, bounded(value))).collect();

    let (mut lows, mut highs) = ([f64::INFINITY; 256], [f64::NEG_INFINITY; 256]);
    for (&code, &value) in codes.iter().zip(column) {
        let value = bounded(value);
        let code = code as usize;
        lows[code] = lows[code].min(value);
        highs[code] = highs[code].max(value);
    }
    let bins = if distinct.is_empty() { 0 } else { cuts.edges.len() + 1 };
    cuts.lows = lows[..bins].to_vec();
    cuts.highs = highs[..bins].to_vec();
    cuts.missing = codes.contains(&MISSING);
    (cuts, codes)
}

/// Shares out more distinct values than there are bins: the index of each bin's last value.
fn shared(distinct: &[(f64, usize)], most: usize) -> Vec<usize> {
    let total: usize = distinct.iter().map(|&(_, count)| count).sum();
    let fair = total as f64 / most as f64;
    let big = |at: usize| distinct.get(at).is_some_and(|&(_, count)| count as f64 >= fair);
    let bigs = (0..distinct.len()).filter(|&at| big(at)).count();
    let big_rows: usize = distinct.iter().filter(|&&(_, count)| count as f64 >= fair).map(|&(_, count)| count).sum();
    let (mut rows_left, mut bins_left) = (total - big_rows, most.saturating_sub(bigs).max(1));
    let mut mean = rows_left as f64 / bins_left as f64;

    let mut ends = Vec::with_capacity(most);
    let mut held = 0;
    for (at, &(_, count)) in distinct.iter().enumerate() {
        if ends.len() + 1 == most {
            break;
        }
        held += count;
        if !big(at) {
            rows_left -= count;
        }
        let full = big(at) || held as f64 >= mean || (big(at + 1) && held as f64 >= (mean / 2.0).max(1.0));
        if full {
            ends.push(at);
            held = 0;
            if !big(at) {
                bins_left = bins_left.saturating_sub(1).max(1);
                mean = rows_left as f64 / bins_left as f64;
            }
        }
    }
    if ends.last() != Some(&(distinct.len() - 1)) {
        ends.push(distinct.len() - 1);
    }
    ends
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cut(values: &[f64], most: usize) -> (Cuts, Vec<u8>) {
        bin(values, most)
    }

    #[test]
    fn few_values_get_a_bin_each() {
        let (cuts, codes) = cut(&[3.0, 1.0, f64::NAN, 1.0, 7.0, -0.0, 0.0], 255);
        assert_eq!(cuts.edges, [0.5, 2.0, 5.0]);
        assert_eq!((&cuts.lows, &cuts.highs), (&vec![0.0, 1.0, 3.0, 7.0], &vec![0.0, 1.0, 3.0, 7.0]));
        assert_eq!(codes, [2, 1, MISSING, 1, 3, 0, 0]);
        assert!(cuts.missing && !cuts.constant());
    }

    #[test]
    fn a_value_that_fills_a_bin_leaves_the_others_to_the_rest() {
        // 900 zeros and 100 distinct values in ten bins: one for the zeros, nine for the rest.
        let values: Vec<f64> = (0..1000).map(|row| if row < 900 { 0.0 } else { f64::from(row) }).collect();
        let (cuts, codes) = cut(&values, 10);
        assert_eq!(cuts.bins(), 10);
        assert!(codes[..900].iter().all(|&code| code == 0));
        let size = |bin: u8| codes.split(|&code| code == bin).count() - 1;
        assert!((1..10).all(|bin| (8..=14).contains(&size(bin))), "{:?}", (0..10).map(size).collect::<Vec<_>>());
    }

    #[test]
    fn nothing_present_is_no_bin() {
        let (cuts, codes) = cut(&[f64::NAN; 3], 255);
        assert_eq!((cuts.bins(), cuts.constant(), codes), (0, true, vec![MISSING; 3]));
        assert!(cut(&[5.0; 3], 255).0.constant());
        assert!(!cut(&[5.0, f64::NAN], 255).0.constant());
    }

    #[test]
    fn a_midpoint_parts_even_the_closest_neighbours() {
        let next = 1.0_f64.next_up();
        assert_eq!(midpoint(1.0, next), 1.0);
        assert_eq!(midpoint(f64::MIN, f64::MAX), 0.0);
        assert_eq!(midpoint(1.0, 2.0), 1.5);
    }

    proptest! {
        #[test]
        fn bins_keep_the_order_and_the_limits(
            values in prop::collection::vec(prop_oneof![-1e3..1e3_f64, Just(f64::NAN), (-9..9_i32).prop_map(f64::from)], 1..600),
            most in 2..256_usize,
        ) {
            let (cuts, codes) = cut(&values, most);
            prop_assert!(cuts.bins() <= most);
            prop_assert_eq!(cuts.edges.len() + 1, cuts.bins().max(1));
            for (one, &code) in values.iter().zip(&codes) {
                prop_assert_eq!(one.is_nan(), code == MISSING);
                if code != MISSING {
                    let code = code as usize;
                    prop_assert!(cuts.lows[code] <= *one && *one <= cuts.highs[code]);
                    prop_assert!(cuts.edges.get(code).is_none_or(|edge| one <= edge));
                    prop_assert!(code == 0 || *one > cuts.edges[code - 1]);
                }
            }
        }
    }
}
