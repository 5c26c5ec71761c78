//! Count, sum, mean, variance and extremes of a column, with the same bits however it is stored and read.
//!
//! Floating-point sums depend on their order, so the order is fixed: blocks of [`BLOCK`] rows counted from the table's
//! first row, sixteen lanes in a block, a fixed tree over the lanes, blocks merged first to last. Neither row groups nor
//! threads nor the width of vector registers enter into it, and nothing is fused.

use crate::cells::{Cells, Whole};

/// Rows in a block.
const BLOCK: usize = 2048;
/// Sums that run side by side in a block.
const LANES: usize = 16;

/// What one pass over a column yields; missing values are left out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Moments {
    pub count: u64,
    /// The sum and the rounding error that it has gathered.
    sum: (f64, f64),
    mean: f64,
    /// Sum of squared differences from the mean.
    m2: f64,
    minimum: f64,
    maximum: f64,
}

impl Moments {
    const NONE: Self =
        Self { count: 0, sum: (0.0, 0.0), mean: 0.0, m2: 0.0, minimum: f64::INFINITY, maximum: f64::NEG_INFINITY };

    /// Of these values; none for booleans and text.
    pub fn of(cells: &Cells) -> Option<Self> {
        match cells {
            Cells::Boolean(_) | Cells::Text(_) => None,
            Cells::Numbers(values) => {
                Some(values.chunks(BLOCK).fold(Self::NONE, |sofar, block| sofar.and(Self::of_block(block))))
            }
            Cells::Whole(whole) => Some(Self::of_whole(whole)),
        }
    }

    fn of_whole(whole: &Whole) -> Self {
        let mut block = Vec::with_capacity(BLOCK);
        let mut sofar = Self::NONE;
        for (number, values) in whole.values.chunks(BLOCK).enumerate() {
            block.clear();
            block.extend(values.iter().map(|value| whole.unit.number(*value)));
            if let Some(missing) = whole.missing.as_ref().and_then(|flags| flags.get(number * BLOCK..)) {
                for (value, missing) in block.iter_mut().zip(missing) {
                    if *missing {
                        *value = f64::NAN;
                    }
                }
            }
            sofar = sofar.and(Self::of_block(&block));
        }
        sofar
    }

    fn of_block(block: &[f64]) -> Self {
        let mut sums = [0.0; LANES];
        let mut counts = [0_u64; LANES];
        let mut lows = [f64::INFINITY; LANES];
        let mut highs = [f64::NEG_INFINITY; LANES];
        for sixteen in block.chunks(LANES) {
            for (lane, value) in sixteen.iter().enumerate() {
                let there = !value.is_nan();
                sums[lane] += if there { *value } else { 0.0 };
                counts[lane] += u64::from(there);
                lows[lane] = if *value < lows[lane] { *value } else { lows[lane] };
                highs[lane] = if *value > highs[lane] { *value } else { highs[lane] };
            }
        }
        let count = counts.iter().sum();
        if count == 0 {
            return Self::NONE;
        }
        let sum = tree(sums);
        let mean = sum / count as f64;
        let mut squares = [0.0; LANES];
        for sixteen in block.chunks(LANES) {
            for (lane, value) in sixteen.iter().enumerate() {
                let difference = if value.is_nan() { 0.0 } else { *value - mean };
                squares[lane] += difference * difference;
            }
        }
        Self {
            count,
            sum: (sum, 0.0),
            mean,
            m2: tree(squares),
            minimum: lows.into_iter().fold(f64::INFINITY, f64::min),
            maximum: highs.into_iter().fold(f64::NEG_INFINITY, f64::max),
        }
    }

    /// Both together: Knuth's two-sum for the sum; for the rest Chan, Golub and `LeVeque`, "Updating Formulae and a
    /// Pairwise Algorithm for Computing Sample Variances" (1979).
    fn and(self, next: Self) -> Self {
        if next.count == 0 {
            return self;
        }
        if self.count == 0 {
            return next;
        }
        let (a, b) = (self.count as f64, next.count as f64);
        let n = a + b;
        let difference = next.mean - self.mean;
        Self {
            count: self.count + next.count,
            sum: two_sum(self.sum, next.sum.0),
            mean: self.mean + difference * (b / n),
            m2: self.m2 + next.m2 + difference * difference * (a * b / n),
            minimum: self.minimum.min(next.minimum),
            maximum: self.maximum.max(next.maximum),
        }
    }

    /// None for no values, as in all that follow. NaN if both infinities occur.
    pub fn sum(&self) -> Option<f64> {
        let (sum, error) = self.sum;
        // The error of an infinite sum is NaN.
        (self.count > 0).then_some(if sum.is_finite() { sum + error } else { sum })
    }

    pub fn mean(&self) -> Option<f64> {
        self.sum().map(|sum| sum / self.count as f64)
    }

    /// Of the sample: the divisor is n - 1. None under two values; NaN if an infinity occurs.
    pub fn standard_deviation(&self) -> Option<f64> {
        (self.count > 1).then(|| (self.m2 / (self.count - 1) as f64).sqrt())
    }

    pub fn minimum(&self) -> Option<f64> {
        (self.count > 0).then_some(self.minimum)
    }

    pub fn maximum(&self) -> Option<f64> {
        (self.count > 0).then_some(self.maximum)
    }
}

/// The sum over the lanes: halves onto each other, always in the same pairs.
fn tree(mut lanes: [f64; LANES]) -> f64 {
    let mut width = LANES / 2;
    while width > 0 {
        for lane in 0..width {
            lanes[lane] += lanes[lane + width];
        }
        width /= 2;
    }
    lanes[0]
}

fn two_sum((sum, error): (f64, f64), value: f64) -> (f64, f64) {
    let total = sum + value;
    let part = total - sum;
    (total, error + ((sum - (total - part)) + (value - part)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::cells::Unit;

    fn of(values: &[f64]) -> Moments {
        Moments::of(&Cells::Numbers(values.to_vec())).unwrap()
    }

    #[test]
    fn a_few_values_by_hand() {
        let moments = of(&[2.0, f64::NAN, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]);
        assert_eq!(moments.count, 8);
        assert_eq!((moments.sum(), moments.mean()), (Some(40.0), Some(5.0)));
        assert_eq!((moments.minimum(), moments.maximum()), (Some(2.0), Some(9.0)));
        assert_eq!(moments.standard_deviation(), Some((32.0_f64 / 7.0).sqrt()));
    }

    #[test]
    fn of_nothing_there_is_nothing() {
        let none = of(&[f64::NAN, f64::NAN]);
        assert_eq!((none.sum(), none.mean(), none.minimum(), none.maximum()), (None, None, None, None));
        assert_eq!(of(&[1.0]).standard_deviation(), None);
        assert_eq!(of(&[1.0]).mean(), Some(1.0));
    }

    #[test]
    fn infinities_are_values() {
        let moments = of(&[f64::INFINITY, 1.0]);
        assert_eq!((moments.sum(), moments.maximum()), (Some(f64::INFINITY), Some(f64::INFINITY)));
        assert!(of(&[f64::INFINITY, f64::NEG_INFINITY]).mean().unwrap().is_nan());
        let many = of(&[vec![1.0; 5000], vec![f64::INFINITY]].concat());
        assert_eq!((many.mean(), many.minimum()), (Some(f64::INFINITY), Some(1.0)));
    }

    #[test]
    fn a_large_offset_does_not_swallow_the_variance() {
        let values: Vec<f64> = (0..100_000).map(|i| 1e9 + f64::from(i % 2)).collect();
        let deviation = of(&values).standard_deviation().unwrap();
        // Every value is half a unit from the mean.
        let expected = (0.25_f64 * 100_000.0 / 99_999.0).sqrt();
        assert!((deviation - expected).abs() < 1e-9, "{deviation} is not {expected}");
    }

    #[test]
    fn integers_and_the_same_numbers_agree() {
        let integers: Vec<i64> = (0..5000).map(|i| i * i % 977).collect();
        let numbers: Vec<f64> = integers.iter().map(|value| *value as f64).collect();
        let whole = Whole { values: integers, missing: None, unit: Unit::One };
        assert_eq!(Moments::of(&Cells::Whole(whole)).unwrap(), of(&numbers));
    }

    proptest! {
        #[test]
        fn close_to_the_textbook(values in prop::collection::vec(-1e3..1e3_f64, 2..5000)) {
            let moments = of(&values);
            let n = values.len() as f64;
            let mean = values.iter().sum::<f64>() / n;
            let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0);
            prop_assert!((moments.mean().unwrap() - mean).abs() < 1e-9);
            prop_assert!((moments.standard_deviation().unwrap() - variance.sqrt()).abs() < 1e-8);
        }
    }
}
