//! Metrics of predicted numbers.

use crate::shape::{ShapeError, finite, same_length};
use crate::weights::{Weights, weighted_mean, weighted_sum};

/// True and predicted numbers, ready to be measured under any weights.
///
/// ```
/// use portcullis_stats::{Residuals, Weights};
/// let residuals = Residuals::new(&[3.0, -0.5, 2.0, 7.0], &[2.5, 0.0, 2.0, 8.0])?;
/// assert_eq!(residuals.mse(Weights::Once), Some(0.375));
/// assert_eq!(residuals.mae(Weights::Once), Some(0.5));
/// assert_eq!(residuals.median_absolute_error(Weights::Once), Some(0.5));
/// assert!((residuals.r2(Weights::Once).unwrap() - 0.948_608_137).abs() < 1e-9);
/// # Ok::<(), portcullis_stats::ShapeError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Residuals {
    /// Truth minus its mean, which keeps the sum of squares accurate.
    centred: Vec<f64>,
    predicted: Vec<f64>,
    absolute: Vec<f64>,
    squared: Vec<f64>,
    relative: Vec<f64>,
    /// Rows in ascending order of their absolute error.
    order: Vec<u32>,
}

impl Residuals {
    /// From true and predicted numbers, all finite.
    pub fn new(truth: &[f64], predicted: &[f64]) -> Result<Self, ShapeError> {
        same_length("predicted", predicted.len(), truth.len())?;
        finite("the true number", truth)?;
        finite("the predicted number", predicted)?;
        let mean = weighted_mean(truth, Weights::Once).unwrap_or(0.0);
        let absolute: Vec<f64> = truth.iter().zip(predicted).map(|(t, p)| (t - p).abs()).collect();
        let mut order: Vec<u32> = (0..truth.len() as u32).collect();
        let error = |row: &u32| absolute.get(*row as usize).copied().unwrap_or(0.0);
        order.sort_unstable_by(|a, b| error(a).total_cmp(&error(b)).then(a.cmp(b)));
        Ok(Self {
            centred: truth.iter().map(|t| t - mean).collect(),
            predicted: predicted.to_vec(),
            squared: absolute.iter().map(|error| error * error).collect(),
            relative: absolute.iter().zip(truth).map(|(error, t)| error / t.abs().max(f64::EPSILON)).collect(),
            absolute,
            order,
        })
    }

    /// Mean squared error: `mean (y - ŷ)²`. scikit-learn's `mean_squared_error`.
    ///
    /// Range 0 and up, in the target's unit squared; lower is better. None for no rows.
    pub fn mse(&self, weights: Weights<'_>) -> Option<f64> {
        weighted_mean(&self.squared, weights)
    }

    /// Root of the mean squared error. scikit-learn's `root_mean_squared_error`.
    ///
    /// Range 0 and up, in the target's unit; lower is better. None for no rows.
    pub fn rmse(&self, weights: Weights<'_>) -> Option<f64> {
        self.mse(weights).map(f64::sqrt)
    }

    /// Mean absolute error: `mean |y - ŷ|`. scikit-learn's `mean_absolute_error`.
    ///
    /// Range 0 and up, in the target's unit; lower is better. None for no rows.
    pub fn mae(&self, weights: Weights<'_>) -> Option<f64> {
        weighted_mean(&self.absolute, weights)
    }

    /// Mean absolute percentage error: `mean |y - ŷ| / max(|y|, ε)` with ε = 2⁻⁵². scikit-learn's
    /// `mean_absolute_percentage_error`: a share, not per cent.
    ///
    /// Range 0 and up; lower is better. Huge where the truth is 0 and the prediction is not. None for no rows.
    ///
    /// ```
    /// use portcullis_stats::{Residuals, Weights};
    /// let residuals = Residuals::new(&[2.0, 4.0], &[1.0, 5.0])?;
    /// assert_eq!(residuals.mape(Weights::Once), Some(0.375));
    /// # Ok::<(), portcullis_stats::ShapeError>(())
    /// ```
    pub fn mape(&self, weights: Weights<'_>) -> Option<f64> {
        weighted_mean(&self.relative, weights)
    }

    /// Mean of the predictions. Fairlearn's `mean_prediction`. In the target's unit; no direction. None for no rows.
    pub fn mean_prediction(&self, weights: Weights<'_>) -> Option<f64> {
        weighted_mean(&self.predicted, weights)
    }

    /// Coefficient of determination: `1 - Σ (y - ŷ)² / Σ (y - ȳ)²`. scikit-learn's `r2_score`.
    ///
    /// Up to 1; 1 is perfect, 0 as good as the mean, below 0 worse; higher is better. None where the truth is constant
    /// (division by zero, of which scikit-learn makes 1 for perfect predictions and else 0) or has less than two rows.
    ///
    /// ```
    /// use portcullis_stats::{Residuals, Weights};
    /// assert_eq!(Residuals::new(&[1.0, 2.0, 3.0], &[2.0, 2.0, 2.0])?.r2(Weights::Once), Some(0.0));
    /// assert_eq!(Residuals::new(&[2.0, 2.0], &[2.0, 2.0])?.r2(Weights::Once), None);
    /// # Ok::<(), portcullis_stats::ShapeError>(())
    /// ```
    pub fn r2(&self, weights: Weights<'_>) -> Option<f64> {
        let mean = weighted_mean(&self.centred, weights)?;
        let mut spread = 0.0;
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for (row, &value) in self.centred.iter().enumerate() {
            let weight = weights.of(row);
            if weight > 0 {
                (low, high) = (low.min(value), high.max(value));
                spread += weight as f64 * ((value - mean) * (value - mean));
            }
        }
        // Compared as values: rounding of the mean can leave a spread where there is none.
        (low < high && spread > 0.0).then(|| 1.0 - weighted_sum(&self.squared, weights) / spread)
    }

    /// Median of `|y - ŷ|`, the mean of the middle two for an even number of rows. scikit-learn's
    /// `median_absolute_error`.
    ///
    /// Range 0 and up, in the target's unit; lower is better. None for no rows.
    pub fn median_absolute_error(&self, weights: Weights<'_>) -> Option<f64> {
        let total = weights.total(self.absolute.len());
        let (lower, upper) = (total.checked_sub(1)? / 2, total / 2);
        let (mut passed, mut low) = (0, None);
        for &row in &self.order {
            passed += weights.of(row as usize);
            let error = self.absolute.get(row as usize).copied();
            if passed > lower && low.is_none() {
                low = error;
            }
            if passed > upper {
                return Some(f64::midpoint(low?, error?));
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn edges() {
        let none = Residuals::new(&[], &[]).unwrap();
        assert_eq!(none.mse(Weights::Once), None);
        assert_eq!(none.median_absolute_error(Weights::Once), None);
        assert_eq!(none.r2(Weights::Once), None);
        assert_eq!(Residuals::new(&[1.0], &[2.0]).unwrap().r2(Weights::Once), None);
        assert_eq!(Residuals::new(&[0.1; 3], &[0.2; 3]).unwrap().r2(Weights::Once), None, "constant though not exact");
        assert!(Residuals::new(&[1.0], &[f64::NAN]).is_err());
        assert!(Residuals::new(&[1.0], &[]).is_err());
    }

    #[test]
    fn r2_survives_a_large_offset() {
        let truth: Vec<f64> = (0..100).map(|i| 1e9 + f64::from(i)).collect();
        let predicted: Vec<f64> = truth.iter().map(|value| value + 1.0).collect();
        let r2 = Residuals::new(&truth, &predicted).unwrap().r2(Weights::Once).unwrap();
        assert!((r2 - (1.0 - 100.0 / 83_325.0)).abs() < 1e-12, "{r2}");
    }

    proptest! {
        #[test]
        fn counting_twice_is_the_same_as_rows_twice(rows in prop::collection::vec((-5.0..5.0_f64, -5.0..5.0_f64, 0..4_u32), 1..30)) {
            let repeated: Vec<_> = rows.iter().flat_map(|row| vec![*row; row.2 as usize]).collect();
            let build = |rows: &[(f64, f64, u32)]| {
                let (truth, predicted): (Vec<f64>, Vec<f64>) = rows.iter().map(|row| (row.0, row.1)).unzip();
                Residuals::new(&truth, &predicted).unwrap()
            };
            let counts: Vec<u32> = rows.iter().map(|row| row.2).collect();
            let (weighted, plain) = (build(&rows), build(&repeated));
            let all = |residuals: &Residuals, weights| {
                [residuals.rmse(weights), residuals.mae(weights), residuals.mape(weights), residuals.r2(weights), residuals.median_absolute_error(weights), residuals.mean_prediction(weights)]
            };
            for (a, b) in all(&weighted, Weights::Counts(&counts)).into_iter().zip(all(&plain, Weights::Once)) {
                prop_assert_eq!(a.is_some(), b.is_some());
                let (a, b) = (a.unwrap_or(0.0), b.unwrap_or(0.0));
                prop_assert!((a - b).abs() <= 1e-9 * a.abs().max(1.0), "{} {}", a, b);
            }
        }
    }
}
