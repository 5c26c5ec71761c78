//! The losses of boosting and their derivatives, in fixed point.
//!
//! Gradients and hessians are rounded to 30 bits and up to 31 bits of their largest possible value before they are
//! summed. The error is below that of the 32-bit floats that other boosters use, and sums of whole numbers are exact in any
//! order.

use rayon::prelude::*;

use super::Labels;
use super::predict::logistic;

/// First and second derivative of a row's loss by its score, in steps.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Gradient {
    pub first: i32,
    pub second: u32,
}

/// How steps become numbers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scale {
    /// Steps of a gradient of 1.
    pub first: f64,
    /// Steps of a hessian of 1.
    pub second: f64,
    /// Bits that a count of rows needs.
    pub count_bits: u32,
}

/// Bits of a gradient in steps.
const FIRST_BITS: i32 = 30;
/// Rows whose derivatives one task computes.
const BLOCK: usize = 8192;

impl Scale {
    /// For `rows` rows with gradients of at most `largest` and hessians of at most 2^`hessian_exponent`.
    ///
    /// A bin keeps hessian and count in one word: as many bits as `rows` needs for the count, the rest for the hessians'
    /// sum, which leaves each hessian that many bits less.
    fn new(rows: usize, largest: f64, hessian_exponent: i32) -> Self {
        let count_bits = usize::BITS - rows.leading_zeros();
        let second_bits = (64 - 2 * count_bits).min(31).cast_signed();
        let exponent = largest.max(f64::MIN_POSITIVE).log2().ceil() as i32;
        Self {
            first: 2.0_f64.powi((FIRST_BITS - exponent).clamp(-1000, 1000)),
            second: 2.0_f64.powi(second_bits - 1 - hessian_exponent),
            count_bits,
        }
    }

    fn steps(&self, first: f64, second: f64) -> Gradient {
        Gradient { first: (first * self.first).round() as i32, second: (second * self.second).round() as u32 }
    }
}

/// What a round's trees are fitted to.
pub(super) struct Loss<'a> {
    labels: Labels<'a>,
}

impl<'a> Loss<'a> {
    pub fn new(labels: Labels<'a>) -> Self {
        Self { labels }
    }

    /// The constant scores to start from, as in scikit-learn: the log odds, the centred logarithms of the classes' shares
    /// or the mean, over the rows given.
    pub fn baseline(&self, rows: &[u32]) -> Vec<f64> {
        let n = rows.len() as f64;
        // A class without a row would start at minus infinity.
        let share = |count: f64| (count / n).clamp(f64::EPSILON, 1.0 - f64::EPSILON);
        match self.labels {
            Labels::Classes { codes, classes } => {
                let mut counts = vec![0.0; classes as usize];
                for &row in rows {
                    counts[codes[row as usize] as usize] += 1.0;
                }
                match counts[..] {
                    [_, ones] => vec![(share(ones) / (1.0 - share(ones))).ln()],
                    [_] | [] => vec![0.0],
                    _ => {
                        let logs: Vec<f64> = counts.iter().map(|&count| share(count).ln()).collect();
                        let mean = logs.iter().sum::<f64>() / logs.len() as f64;
                        logs.iter().map(|log| log - mean).collect()
                    }
                }
            }
            Labels::Numbers(targets) => {
                // Summed from the first target, so that a constant target is met exactly.
                let first = rows.first().map_or(0.0, |&row| targets[row as usize]);
                vec![first + rows.iter().map(|&row| targets[row as usize] - first).sum::<f64>() / n]
            }
        }
    }

    /// Fills in the derivatives at the current scores, one list per score, and returns their scale.
    pub fn gradients(&self, scores: &[Vec<f64>], gradients: &mut [Vec<Gradient>]) -> Scale {
        let rows = scores.first().map_or(0, Vec::len);
        match self.labels {
            Labels::Numbers(targets) => {
                let (Some(scores), Some(gradients)) = (scores.first(), gradients.first_mut()) else {
                    return Scale::new(rows, 1.0, 0);
                };
                let largest =
                    scores.iter().zip(targets).map(|(score, target)| (score - target).abs()).fold(0.0, f64::max);
                let scale = Scale::new(rows, largest, 0);
                gradients
                    .par_iter_mut()
                    .with_min_len(BLOCK)
                    .zip(scores)
                    .zip(targets)
                    .for_each(|((gradient, score), target)| *gradient = scale.steps(score - target, 1.0));
                scale
            }
            Labels::Classes { codes, classes: 0..=2 } => {
                let scale = Scale::new(rows, 1.0, -2);
                if let (Some(scores), Some(gradients)) = (scores.first(), gradients.first_mut()) {
                    gradients.par_iter_mut().with_min_len(BLOCK).zip(scores).zip(codes).for_each(
                        |((gradient, &score), &code)| {
                            let p = logistic(score);
                            *gradient = scale.steps(p - f64::from(code), p * (1.0 - p));
                        },
                    );
                }
                scale
            }
            Labels::Classes { codes, .. } => {
                let scale = Scale::new(rows, 1.0, -2);
                let normal = normalisers(scores);
                gradients.par_iter_mut().zip(scores).enumerate().for_each(|(class, (gradients, scores))| {
                    let each = gradients.iter_mut().zip(scores).zip(codes).zip(&normal);
                    for (((gradient, score), &code), &(largest, sum)) in each {
                        let p = (score - largest).exp() / sum;
                        let hit = if code as usize == class { 1.0 } else { 0.0 };
                        *gradient = scale.steps(p - hit, p * (1.0 - p));
                    }
                });
                scale
            }
        }
    }

    /// The mean loss of some rows at the current scores: log loss, or half the squared error.
    pub fn mean(&self, scores: &[Vec<f64>], rows: &[u32]) -> f64 {
        let at = |score: usize, row: u32| scores.get(score).map_or(0.0, |scores| scores[row as usize]);
        let of = |row: u32| match self.labels {
            Labels::Numbers(targets) => (at(0, row) - targets[row as usize]).powi(2) / 2.0,
            Labels::Classes { codes, classes: 0..=2 } => {
                let margin = if codes[row as usize] == 1 { at(0, row) } else { -at(0, row) };
                // ln(1 + e^-m) without overflow.
                (-margin).max(0.0) + (-margin.abs()).exp().ln_1p()
            }
            Labels::Classes { codes, .. } => {
                let largest = (0..scores.len()).map(|score| at(score, row)).fold(f64::MIN, f64::max);
                let sum: f64 = (0..scores.len()).map(|score| (at(score, row) - largest).exp()).sum();
                sum.ln() + largest - at(codes[row as usize] as usize, row)
            }
        };
        rows.iter().map(|&row| of(row)).sum::<f64>() / rows.len() as f64
    }
}

/// The largest score of each row, and the sum of the exponentials of all scores less the largest.
fn normalisers(scores: &[Vec<f64>]) -> Vec<(f64, f64)> {
    let rows = scores.first().map_or(0, Vec::len);
    let of = |row: usize| {
        let largest = scores.iter().map(|scores| scores[row]).fold(f64::MIN, f64::max);
        (largest, scores.iter().map(|scores| (scores[row] - largest).exp()).sum())
    };
    (0..rows).into_par_iter().with_min_len(BLOCK / 4).map(of).collect()
}
