//! Weighted sums of columns.

use ndarray::{Array2, ShapeBuilder};
use serde::{Deserialize, Serialize};

use super::Regressor;
use crate::error::LearnError;
use crate::trees::Matrix;

/// One weighted sum of the columns per output, plus a constant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Linear {
    /// One per output.
    intercepts: Vec<f64>,
    /// Column by column, one weight per output.
    weights: Vec<f64>,
}

impl Linear {
    /// `weights` lists for each column one weight per output.
    pub(super) fn new(intercepts: Vec<f64>, weights: Vec<f64>) -> Self {
        // Coordinate descent leaves zeros of either sign; one is enough for the file.
        let weights = weights.into_iter().map(|weight| weight + 0.0).collect();
        Self { intercepts, weights }
    }

    pub(crate) fn outputs(&self) -> usize {
        self.intercepts.len()
    }

    pub(crate) fn width(&self) -> usize {
        self.weights.len() / self.outputs().max(1)
    }

    pub(crate) fn is_sound(&self) -> bool {
        !self.intercepts.is_empty()
            && self.weights.len().is_multiple_of(self.outputs())
            && self.intercepts.iter().chain(&self.weights).all(|number| number.is_finite())
    }

    pub(crate) fn intercepts(&self) -> &[f64] {
        &self.intercepts
    }

    /// The weights of one output, a column each.
    pub(crate) fn weights(&self, output: usize) -> Vec<f64> {
        self.weights.chunks(self.outputs().max(1)).filter_map(|column| column.get(output).copied()).collect()
    }

    /// The sums, row-major. Finite whatever the inputs: what overflows is cut to the largest number.
    pub(super) fn sums(&self, inputs: &Matrix) -> Vec<f64> {
        let outputs = self.outputs();
        let mut sums = self.intercepts.repeat(inputs.rows());
        for (column, weights) in inputs.columns().iter().zip(self.weights.chunks(outputs.max(1))) {
            if let [weight] = weights {
                for (sum, value) in sums.iter_mut().zip(column) {
                    *sum += weight * value;
                }
            } else {
                for (row, value) in sums.chunks_mut(outputs.max(1)).zip(column) {
                    for (sum, weight) in row.iter_mut().zip(weights) {
                        *sum += weight * value;
                    }
                }
            }
        }
        for sum in &mut sums {
            *sum = if sum.is_nan() { 0.0 } else { sum.clamp(f64::MIN, f64::MAX) };
        }
        sums
    }
}

impl Regressor for Linear {
    fn numbers(&self, inputs: &Matrix) -> Result<Vec<f64>, LearnError> {
        Ok(self.sums(inputs))
    }
}

/// The columns as linfa takes them, column-major so that no value moves.
pub(super) fn array(inputs: &Matrix) -> Result<Array2<f64>, String> {
    let shape = (inputs.rows(), inputs.columns().len());
    Array2::from_shape_vec(shape.f(), inputs.columns().concat()).map_err(|error| error.to_string())
}

/// The columns with their means taken away, and the means.
pub(super) fn centred(inputs: &Matrix) -> (Vec<Vec<f64>>, Vec<f64>) {
    inputs.columns().iter().map(|column| centre(column)).unzip()
}

/// The values with their mean taken away, and the mean.
pub(super) fn centre(values: &[f64]) -> (Vec<f64>, f64) {
    let mean = values.iter().sum::<f64>() / values.len().max(1) as f64;
    (values.iter().map(|value| value - mean).collect(), mean)
}

/// The dot product, summed from left to right.
pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_by_hand() {
        let inputs = Matrix::new(vec![vec![1.0, 2.0], vec![10.0, 20.0]]).unwrap();
        let two = Linear::new(vec![0.5, -0.5], vec![1.0, 2.0, 3.0, 4.0]);
        assert_eq!(two.sums(&inputs), [31.5, 41.5, 62.5, 83.5]);
        assert_eq!((two.weights(1), two.width(), two.outputs()), (vec![2.0, 4.0], 2, 2));
        let one = Linear::new(vec![0.5], vec![1.0, 3.0]);
        assert_eq!(one.sums(&inputs), [31.5, 62.5]);
    }

    #[test]
    fn overflow_stays_finite() {
        let inputs = Matrix::new(vec![vec![1e308], vec![-1e308]]).unwrap();
        assert!(Linear::new(vec![0.0], vec![1e10, 1e10]).sums(&inputs)[0].is_finite());
        assert!(!Linear::new(vec![0.0], vec![f64::NAN]).is_sound());
        assert!(!Linear::new(vec![0.0, 0.0], vec![1.0]).is_sound());
    }
}
