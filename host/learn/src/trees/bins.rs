//! Columns cut into bins, so that a value is one or two bytes and a split is a whole number.
//!
//! A column of at most 255 distinct values gets a bin for each, so nothing is lost. Otherwise values that are common
//! enough to fill a bin get one of their own and the others share the rest in equal numbers, as in `LightGBM`
//! (`GreedyFindBin`): a column that is mostly zero keeps its resolution where it is not.
//!
//! Trees and forests grow until their leaves are pure, and there 255 bins cost accuracy. For them such a column is also
//! cut finely, into a bin for each distinct value (or 65,535 shared out the same way): every bin is a run of fine ones.
//! Splits are named by fine cuts, so that whoever reads a tree knows one kind of number only.

use rayon::prelude::*;

use super::Matrix;

/// The bin of missing values, in every column.
pub(super) const MISSING: u8 = 255;
/// Bins of present values at most.
pub(super) const MOST_BINS: usize = 255;
/// The fine bin of missing values.
pub(super) const MISSING_FINE: u16 = u16::MAX;
/// Fine bins of present values at most.
pub(super) const MOST_FINE: usize = MISSING_FINE as usize;
/// Rows looked at to choose the bins; larger tables are sampled at even distances.
const LOOKED_AT: usize = 500_000;

/// How one column was cut.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cuts {
    /// The largest value of each fine bin but the last that belongs to it: the midpoint to the next bin. Increasing.
    pub edges: Vec<f64>,
    /// The smallest value that each fine bin holds.
    lows: Vec<f64>,
    /// The largest value that each fine bin holds.
    highs: Vec<f64>,
    /// The last fine bin of each bin.
    ends: Vec<u16>,
    /// Whether a value is missing.
    pub missing: bool,
}

impl Cuts {
    /// Bins of present values: 0 where all are missing.
    pub fn bins(&self) -> usize {
        self.ends.len()
    }

    /// Whether no split on the column could part any rows.
    pub fn constant(&self) -> bool {
        self.bins() + usize::from(self.missing) < 2
    }

    /// The cut halfway between two bins that hold rows.
    pub fn between(&self, below: usize, above: usize) -> u16 {
        self.between_fine(self.ends[below], self.ends[above - 1] + 1)
    }

    /// The cut halfway between two fine bins that hold rows, the second above the first. Where the bins are values it
    /// sends each of them where the midpoint of the two would.
    pub fn between_fine(&self, below: u16, above: u16) -> u16 {
        let (below, above) = (below as usize, above as usize);
        let middle = midpoint(self.highs[below], self.lows[above]);
        (below + self.lows[below + 1..above].partition_point(|&low| low <= middle)) as u16
    }

    /// The cut that parts present values from missing ones: it is past every bin.
    pub fn present(&self) -> u16 {
        self.edges.len() as u16
    }
}

/// A matrix as small whole numbers.
#[derive(Debug, Clone)]
pub(super) struct Binned {
    pub cuts: Vec<Cuts>,
    /// The bin of each row, per column.
    pub codes: Vec<Vec<u8>>,
    /// The fine bin of each row, of the columns that have more fine bins than bins; empty for the others.
    pub fine: Vec<Vec<u16>>,
}

impl Binned {
    /// Cuts every column into at most `most` bins, missing values apart.
    pub fn coarse(inputs: &Matrix, most: usize) -> Self {
        Self::new(inputs, most.clamp(2, MOST_BINS), 0)
    }

    /// Cuts every column into bins, and those with more values than bins finely as well.
    pub fn fine(inputs: &Matrix) -> Self {
        Self::new(inputs, MOST_BINS, MOST_FINE)
    }

    fn new(inputs: &Matrix, most: usize, most_fine: usize) -> Self {
        let columns: Vec<_> = inputs.columns().par_iter().map(|column| bin(column, most, most_fine)).collect();
        let mut binned = Self { cuts: Vec::new(), codes: Vec::new(), fine: Vec::new() };
        for (cuts, codes, fine) in columns {
            binned.cuts.push(cuts);
            binned.codes.push(codes);
            binned.fine.push(fine);
        }
        binned
    }

    /// The cuts of each column.
    pub fn into_edges(self) -> Vec<Vec<f64>> {
        self.cuts.into_iter().map(|cuts| cuts.edges).collect()
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

/// The cuts of a column, the bin of each row and, where there are more of them, its fine bin.
fn bin(column: &[f64], most: usize, most_fine: usize) -> (Cuts, Vec<u8>, Vec<u16>) {
    let step = column.len().div_ceil(LOOKED_AT).max(1);
    let mut sorted: Vec<f64> =
        column.iter().step_by(step).filter(|value| !value.is_nan()).map(|&value| bounded(value)).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let mut values: Vec<(f64, usize)> = Vec::new();
    for value in sorted {
        match values.last_mut() {
            Some((last, count)) if *last == value => *count += 1,
            _ => values.push((value, 1)),
        }
    }
    let fine_ends = shared(&values, most.max(most_fine));
    let edges = fine_ends
        .iter()
        .filter_map(|&last| Some(midpoint(values.get(last)?.0, values.get(last + 1)?.0)))
        .collect::<Vec<f64>>();
    let mut first = 0;
    let groups: Vec<(f64, usize)> = fine_ends
        .iter()
        .map(|&last| {
            let rows = values[first..=last].iter().map(|&(_, count)| count).sum();
            first = last + 1;
            (values[last].0, rows)
        })
        .collect();
    let ends: Vec<u16> = shared(&groups, most).into_iter().map(|end| end as u16).collect();

    let bins = groups.len();
    let (mut lows, mut highs) = (vec![f64::INFINITY; bins], vec![f64::NEG_INFINITY; bins]);
    let mut missing = false;
    let fine: Vec<u16> = column
        .iter()
        .map(|&value| {
            if value.is_nan() {
                missing = true;
                return MISSING_FINE;
            }
            let value = bounded(value);
            let code = edges.partition_point(|&edge| edge < value);
            lows[code] = lows[code].min(value);
            highs[code] = highs[code].max(value);
            code as u16
        })
        .collect();
    let mut bin_of: Vec<u8> = Vec::with_capacity(bins);
    for (bin, &end) in ends.iter().enumerate() {
        bin_of.resize(end as usize + 1, bin as u8);
    }
    let codes = fine.iter().map(|&code| bin_of.get(code as usize).copied().unwrap_or(MISSING)).collect();
    let kept = if bins > ends.len() { fine } else { Vec::new() };
    (Cuts { edges, lows, highs, ends, missing }, codes, kept)
}

/// Shares out distinct values among at most so many bins: the index of each bin's last value.
fn shared(distinct: &[(f64, usize)], most: usize) -> Vec<usize> {
    if distinct.len() <= most {
        return (0..distinct.len()).collect();
    }
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
        let (cuts, codes, fine) = bin(values, most, 0);
        assert!(fine.is_empty());
        (cuts, codes)
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

    #[test]
    fn the_cut_between_two_values_is_where_their_midpoint_is() {
        let (cuts, ..) = bin(&[0.0, 1.0, 2.0, 3.0, 4.0, 10.0], 255, MOST_FINE);
        // 5 sends 4 to the left, as the cut between 4 and 10 does.
        assert_eq!(cuts.between(0, 5), 4);
        assert_eq!(cuts.between(0, 4), 2);
        assert_eq!(cuts.between(1, 2), 1);
        assert_eq!(cuts.edges[cuts.between(0, 1) as usize], 0.5);
        assert_eq!(cuts.present(), 5);
    }

    #[test]
    fn more_values_than_bins_are_cut_finely_too() {
        let values: Vec<f64> = (0..1020).map(|row| f64::from(row * 7 % 1020)).collect();
        let (cuts, codes, fine) = bin(&values, 255, MOST_FINE);
        assert_eq!((cuts.bins(), cuts.edges.len()), (255, 1019));
        assert!(values.iter().zip(&fine).all(|(&value, &code)| f64::from(code) == value));
        assert!(codes.iter().zip(&fine).all(|(&bin, &code)| u16::from(bin) == code / 4));
        // Bins 3 and 4 hold 12 to 15 and 16 to 19.
        assert_eq!((cuts.between(3, 4), cuts.between_fine(12, 19)), (15, 15));
    }

    #[test]
    fn more_values_than_fine_bins_share_them() {
        let values: Vec<f64> = (0..140_000).map(f64::from).collect();
        let (cuts, codes, fine) = bin(&values, 255, MOST_FINE);
        assert!((60_000..MOST_FINE).contains(&cuts.edges.len()), "{}", cuts.edges.len());
        assert!(cuts.bins() <= 255 && codes.is_sorted() && fine.is_sorted());
        assert_eq!((codes[0], fine[0]), (0, 0));
        assert_eq!((codes[139_999] as usize + 1, fine[139_999] as usize), (cuts.bins(), cuts.edges.len()));
    }

    proptest! {
        #[test]
        fn bins_keep_the_order_and_the_limits(
            values in prop::collection::vec(prop_oneof![-1e3..1e3_f64, Just(f64::NAN), (-9..9_i32).prop_map(f64::from)], 1..600),
            most in 2..256_usize,
        ) {
            for most_fine in [0, 300, MOST_FINE] {
                let (cuts, codes, fine) = bin(&values, most, most_fine);
                prop_assert!(cuts.bins() <= most && cuts.lows.len() <= most.max(most_fine));
                prop_assert_eq!(cuts.edges.len() + 1, cuts.lows.len().max(1));
                prop_assert!(cuts.ends.is_sorted_by(|one, two| one < two));
                prop_assert_eq!(fine.is_empty(), cuts.bins() == cuts.lows.len());
                let fine = if fine.is_empty() { codes.iter().map(|&code| code.into()).collect() } else { fine };
                for ((one, &code), &fine) in values.iter().zip(&codes).zip(&fine) {
                    prop_assert_eq!(one.is_nan(), code == MISSING);
                    if code != MISSING {
                        prop_assert!(fine <= cuts.ends[code as usize]);
                        prop_assert!(code == 0 || fine > cuts.ends[code as usize - 1]);
                        let fine = fine as usize;
                        prop_assert!(cuts.lows[fine] <= *one && *one <= cuts.highs[fine]);
                        prop_assert!(cuts.edges.get(fine).is_none_or(|edge| one <= edge));
                        prop_assert!(fine == 0 || *one > cuts.edges[fine - 1]);
                    }
                }
            }
        }
    }
}
