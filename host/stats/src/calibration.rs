//! Whether scores mean what they say.

use crate::shape::{ShapeError, finite, same_length};
use crate::weights::Weights;

/// Scores in bins of equal width over 0..=1, with whether what they announce happened.
///
/// Bin `i` of `b` holds the scores in `(i/b, (i + 1)/b]`; the first holds 0 too. scikit-learn's `calibration_curve` with
/// `strategy="uniform"` bins the same way.
///
/// ```
/// use portcullis_stats::{Reliability, Weights};
/// let happened = [false, false, false, false, true, true, true, true, true];
/// let scores = [0.1, 0.2, 0.3, 0.4, 0.65, 0.7, 0.8, 0.9, 1.0];
/// let curve = Reliability::new(&happened, &scores, 3)?.curve();
/// let observed: Vec<f64> = curve.iter().map(|bin| bin.observed).collect();
/// assert_eq!(observed, [0.0, 0.5, 1.0]);
/// # Ok::<(), portcullis_stats::ShapeError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Reliability {
    bins: usize,
    bin: Vec<u32>,
    happened: Vec<bool>,
    scores: Vec<f64>,
}

/// A bin of a calibration curve that holds at least one row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bin {
    /// Mean score.
    pub predicted: f64,
    /// Share of rows in which it happened.
    pub observed: f64,
    /// Rows.
    pub count: u64,
}

#[derive(Clone, Copy, Default)]
struct Sums {
    score: f64,
    happened: u64,
    count: u64,
}

impl Reliability {
    /// From whether what each score announces happened. Scores outside 0..=1 fall into the first or last bin.
    pub fn new(happened: &[bool], scores: &[f64], bins: usize) -> Result<Self, ShapeError> {
        same_length("scores", scores.len(), happened.len())?;
        finite("the score", scores)?;
        let bins = bins.max(1);
        let bin = scores.iter().map(|&score| bin_of(score, bins)).collect();
        Ok(Self { bins, bin, happened: happened.to_vec(), scores: scores.to_vec() })
    }

    fn sums(&self, weights: Weights<'_>) -> Vec<Sums> {
        let mut sums = vec![Sums::default(); self.bins];
        for (row, ((&bin, &happened), &score)) in self.bin.iter().zip(&self.happened).zip(&self.scores).enumerate() {
            let weight = weights.of(row);
            if let Some(sums) = sums.get_mut(bin as usize) {
                sums.score += score * weight as f64;
                sums.happened += if happened { weight } else { 0 };
                sums.count += weight;
            }
        }
        sums
    }

    /// The calibration curve: mean score and observed share per bin; empty bins are left out.
    pub fn curve(&self) -> Vec<Bin> {
        let bins = self.sums(Weights::Once).into_iter().filter(|sums| sums.count > 0);
        bins.map(|sums| Bin {
            predicted: sums.score / sums.count as f64,
            observed: sums.happened as f64 / sums.count as f64,
            count: sums.count,
        })
        .collect()
    }

    /// Expected calibration error (Naeini et al., 2015; Guo et al., 2017): `Σ (nᵦ/n) |observedᵦ - predictedᵦ|` over the
    /// bins, the mean distance of the calibration curve from the diagonal.
    ///
    /// Range 0 to 1, lower is better. None for no rows.
    ///
    /// ```
    /// use portcullis_stats::{Reliability, Weights};
    /// let rows = Reliability::new(&[true, false, true, true], &[0.75, 0.75, 0.75, 0.75], 15)?;
    /// assert_eq!(rows.expected_error(Weights::Once), Some(0.0));
    /// assert_eq!(rows.expected_error(Weights::Counts(&[1, 1, 0, 0])), Some(0.25));
    /// # Ok::<(), portcullis_stats::ShapeError>(())
    /// ```
    pub fn expected_error(&self, weights: Weights<'_>) -> Option<f64> {
        let sums = self.sums(weights);
        let total: u64 = sums.iter().map(|bin| bin.count).sum();
        let distance: f64 = sums.iter().map(|bin| (bin.happened as f64 - bin.score).abs()).sum();
        (total > 0).then(|| distance / total as f64)
    }
}

/// The bin whose upper edge is the first that the score does not exceed, with edges computed as `numpy.linspace` does.
fn bin_of(score: f64, bins: usize) -> u32 {
    let width = 1.0 / bins as f64;
    let edge = |i: usize| i as f64 * width;
    let mut bin = ((score * bins as f64) as usize).min(bins - 1);
    while bin > 0 && score <= edge(bin) {
        bin -= 1;
    }
    while bin + 1 < bins && score > edge(bin + 1) {
        bin += 1;
    }
    bin as u32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn bins_are_those_of_a_search_among_edges(score in 0.0..=1.0_f64, i in 0..=30_usize, bins in 1..=30_usize) {
            for score in [score, (i as f64 * (1.0 / bins as f64)).min(1.0)] {
                let expected = (1..bins).filter(|&edge| edge as f64 * (1.0 / bins as f64) < score).count();
                prop_assert_eq!(bin_of(score, bins) as usize, expected);
            }
        }

        #[test]
        fn the_error_can_be_read_off_the_curve(rows in prop::collection::vec((any::<bool>(), 0.0..=1.0_f64), 1..60)) {
            let (happened, scores): (Vec<bool>, Vec<f64>) = rows.into_iter().unzip();
            let reliability = Reliability::new(&happened, &scores, 15).unwrap();
            let curve = reliability.curve();
            let read: f64 = curve.iter().map(|bin| bin.count as f64 * (bin.observed - bin.predicted).abs()).sum();
            let error = reliability.expected_error(Weights::Once).unwrap();
            prop_assert!((error - read / happened.len() as f64).abs() < 1e-12);
            prop_assert!((0.0..=1.0).contains(&error));
        }
    }

    #[test]
    fn no_rows_have_no_error() {
        let none = Reliability::new(&[], &[], 15).unwrap();
        assert_eq!(none.expected_error(Weights::Once), None);
        assert!(none.curve().is_empty());
        assert!(Reliability::new(&[true], &[f64::INFINITY], 15).is_err());
    }
}
