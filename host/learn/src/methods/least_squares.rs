//! Ordinary least squares, fitted by linfa's QR decomposition.

use linfa::DatasetBase;
use linfa::traits::Fit;
use linfa_linear::LinearRegression;
use ndarray::Array1;

use super::independent::span;
use super::linear::{Linear, array, centre, centred, dot};
use crate::trees::Matrix;

/// Minimises `Σ (target - w · x - b)²`; among several minima, the one with the shortest `w`, as scikit-learn does.
///
/// linfa needs columns that are no combinations of each other, which one-hot columns beside a constant always are. So it
/// gets those that are independent, and the weights it finds are then spread over all columns.
pub(super) fn fit(intercept: bool, inputs: &Matrix, target: &[f64]) -> Result<Linear, String> {
    let (columns, means) =
        if intercept { centred(inputs) } else { (inputs.columns().to_vec(), vec![0.0; inputs.columns().len()]) };
    let (target, mean) = if intercept { centre(target) } else { (target.to_vec(), 0.0) };
    let span = span(&columns);
    let independent: Vec<Vec<f64>> = span.independent.iter().filter_map(|place| columns.get(*place)).cloned().collect();
    let all = independent.len() == columns.len();
    let weights = if independent.is_empty() {
        Vec::new()
    } else {
        let records = array(&Matrix::new(independent).map_err(|error| error.to_string())?)?;
        let fitted = LinearRegression::new()
            .with_intercept(false)
            .fit(&DatasetBase::new(records, Array1::from(target)))
            .map_err(|error| error.to_string())?;
        fitted.params().to_vec()
    };
    let weights = if all { weights } else { span.shortest(&weights) };
    Ok(Linear::new(vec![mean - dot(&weights, &means)], weights))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: &[f64], b: &[f64]) {
        assert!(a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-12), "{a:?} is not {b:?}");
    }

    #[test]
    fn a_line_is_found_exactly() {
        let inputs = Matrix::new(vec![vec![0.0, 1.0, 2.0, 3.0], vec![1.0, 0.0, 0.0, 5.0]]).unwrap();
        let target: Vec<f64> = (0..4).map(|i| 7.0 + 2.0 * inputs.columns()[0][i] - inputs.columns()[1][i]).collect();
        let line = fit(true, &inputs, &target).unwrap();
        close(&line.weights(0), &[2.0, -1.0]);
        close(line.intercepts(), &[7.0]);
        assert_eq!(fit(false, &inputs, &target).unwrap().intercepts(), [0.0]);
    }

    #[test]
    fn dependent_columns_share_the_weight() {
        // Group means 1, 2 and 6 over one-hot columns: their mean is the constant, the rest is each group's own.
        let one_hot = |on: usize| (0..6).map(|row| f64::from(row / 2 == on)).collect::<Vec<_>>();
        let inputs = Matrix::new((0..3).map(one_hot).collect()).unwrap();
        let model = fit(true, &inputs, &[0.0, 2.0, 1.0, 3.0, 5.0, 7.0]).unwrap();
        close(&model.weights(0), &[-2.0, -1.0, 3.0]);
        close(model.intercepts(), &[3.0]);
    }

    #[test]
    fn fewer_rows_than_columns_and_nothing_but_constants_are_no_trouble() {
        let inputs = Matrix::new(vec![vec![1.0, 2.0], vec![2.0, 4.0], vec![0.0, 3.0]]).unwrap();
        let model = fit(true, &inputs, &[1.0, 2.0]).unwrap();
        let weights = model.weights(0);
        close(&[weights[0] + 2.0 * weights[1] + 3.0 * weights[2]], &[1.0]);
        let constant = Matrix::new(vec![vec![4.0; 3]]).unwrap();
        let model = fit(true, &constant, &[1.0, 2.0, 6.0]).unwrap();
        assert_eq!((model.weights(0), model.intercepts()), (vec![0.0], &[3.0][..]));
    }
}
