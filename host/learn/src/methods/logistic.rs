//! Logistic regression, fitted by linfa's L-BFGS.

use linfa::DatasetBase;
use linfa::traits::Fit;
use linfa_logistic::{LogisticRegression, MultiLogisticRegression};
use ndarray::Array1;
use serde::{Deserialize, Serialize};

use super::Classifier;
use super::linear::{Linear, array, dot};
use crate::error::LearnError;
use crate::parameters::LogisticSettings;
use crate::trees::Matrix;

/// One score for the second of two classes (logistic function), or one per class (softmax).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Logistic {
    linear: Linear,
}

impl Logistic {
    /// Minimises `Σ loss(row) + l2/2 · |w|²`, the intercepts apart; scikit-learn's objective with `C = 1/l2`, times `C`.
    ///
    /// Two classes have one vector of coefficients, as in scikit-learn; more have one each, which the penalty makes add
    /// up to zero.
    pub(super) fn fit(
        settings: &LogisticSettings,
        inputs: &Matrix,
        codes: &[u32],
        classes: usize,
        notes: &mut Vec<String>,
    ) -> Result<Self, String> {
        // linfa sums the loss over the rows; the tolerance is per row, so that it means the same for any number of them.
        let tolerance = settings.tolerance * inputs.rows() as f64;
        let steps = u64::from(settings.max_iterations);
        let dataset = DatasetBase::new(array(inputs)?, codes.iter().copied().collect::<Array1<u32>>());
        let linear = if classes == 2 {
            let fitted = LogisticRegression::new()
                .alpha(settings.l2)
                .with_intercept(settings.intercept)
                .gradient_tolerance(tolerance)
                .max_iterations(steps)
                .fit(&dataset)
                .map_err(|error| advice(&error))?;
            // linfa scores the more frequent class; the score here is always of the second.
            let sign = if fitted.labels().pos.class == 1 { 1.0 } else { -1.0 };
            Linear::new(vec![sign * fitted.intercept()], fitted.params().iter().map(|weight| sign * weight).collect())
        } else {
            let fitted = MultiLogisticRegression::new()
                .alpha(settings.l2)
                .with_intercept(settings.intercept)
                .gradient_tolerance(tolerance)
                .max_iterations(steps)
                .fit(&dataset)
                .map_err(|error| advice(&error))?;
            Linear::new(fitted.intercept().to_vec(), fitted.params().iter().copied().collect())
        };
        let model = Self { linear };
        let gradient = model.gradient(settings, inputs, codes);
        // Where no step improves the loss any more, the gradient is still about the root of its rounding error.
        let floor = 1e-7 * inputs.columns().iter().map(|column| length(column)).fold(1.0, f64::max);
        if gradient > tolerance.max(floor * inputs.rows() as f64) {
            notes.push(format!(
                "logistic-regression stopped before it converged (gradient {:.1e} per row, tolerance {:.1e}); scale the \
                 features or raise [model] max-iterations, now {}",
                gradient / inputs.rows() as f64,
                settings.tolerance,
                settings.max_iterations
            ));
        }
        Ok(model)
    }

    /// The norm of the objective's gradient at the solution, which linfa keeps to itself.
    fn gradient(&self, settings: &LogisticSettings, inputs: &Matrix, codes: &[u32]) -> f64 {
        let classes = self.classes();
        let probabilities = self.class_probabilities(inputs);
        let scored = if classes == 2 { 1..2 } else { 0..classes };
        let mut squares = 0.0;
        for (output, class) in scored.enumerate() {
            let errors: Vec<f64> = probabilities
                .iter()
                .skip(class)
                .step_by(classes)
                .zip(codes)
                .map(|(probability, code)| probability - f64::from(*code as usize == class))
                .collect();
            if settings.intercept {
                squares += errors.iter().sum::<f64>().powi(2);
            }
            for (column, weight) in inputs.columns().iter().zip(self.linear.weights(output)) {
                squares += (dot(column, &errors) + settings.l2 * weight).powi(2);
            }
        }
        squares.sqrt()
    }

    pub(crate) fn linear(&self) -> &Linear {
        &self.linear
    }

    pub(crate) fn classes(&self) -> usize {
        self.linear.outputs().max(2)
    }
}

/// The root of the mean square.
fn length(column: &[f64]) -> f64 {
    (dot(column, column) / column.len().max(1) as f64).sqrt()
}

fn advice(error: &linfa_logistic::error::Error) -> String {
    format!(
        "{error}; scale the features ([model] scaling = \"standard\"), raise [model] l2 or loosen [model] tolerance"
    )
}

impl Classifier for Logistic {
    fn probabilities(&self, inputs: &Matrix) -> Result<Vec<f64>, LearnError> {
        Ok(self.class_probabilities(inputs))
    }
}

impl Logistic {
    fn class_probabilities(&self, inputs: &Matrix) -> Vec<f64> {
        let mut scores = self.linear.sums(inputs);
        if self.linear.outputs() == 1 {
            return scores.iter().map(|score| logistic(*score)).flat_map(|second| [1.0 - second, second]).collect();
        }
        for row in scores.chunks_mut(self.linear.outputs().max(1)) {
            softmax(row);
        }
        scores
    }
}

/// `1 / (1 + exp(-x))` without overflow.
fn logistic(x: f64) -> f64 {
    if x >= 0.0 {
        1.0 / (1.0 + (-x).exp())
    } else {
        let e = x.exp();
        e / (1.0 + e)
    }
}

/// `exp(x) / Σ exp(x)`, shifted by the largest so that nothing overflows.
pub(super) fn softmax(row: &mut [f64]) {
    let largest = row.iter().copied().fold(f64::MIN, f64::max);
    for score in &mut *row {
        *score = (*score - largest).exp();
    }
    let sum: f64 = row.iter().sum();
    for score in row {
        *score /= sum;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SETTINGS: LogisticSettings =
        LogisticSettings { l2: 1.0, intercept: true, max_iterations: 100, tolerance: 1e-9 };

    #[test]
    fn a_symmetric_problem_has_the_solution_that_can_be_checked_by_hand() {
        // w minimises 2 ln(1 + e^-w) + w²/2, so w = 2 / (1 + e^w); by symmetry there is no intercept.
        let inputs = Matrix::new(vec![vec![-1.0, 1.0]]).unwrap();
        let model = Logistic::fit(&SETTINGS, &inputs, &[0, 1], 2, &mut Vec::new()).unwrap();
        let w = model.linear().weights(0)[0];
        assert!((w - 2.0 / (1.0 + w.exp())).abs() < 1e-8, "{w}");
        assert!(model.linear().intercepts()[0].abs() < 1e-8);
        let swapped = Logistic::fit(&SETTINGS, &inputs, &[1, 0], 2, &mut Vec::new()).unwrap();
        assert!((swapped.linear().weights(0)[0] + w).abs() < 1e-8);
    }

    #[test]
    fn a_solver_that_runs_out_of_steps_leaves_a_note() {
        let inputs = Matrix::new(vec![vec![-1.0, 5.0, 2.0, 3.0], vec![100.0, 3.0, 1.0, 7.0]]).unwrap();
        let (mut few, mut enough) = (Vec::new(), Vec::new());
        let settings = LogisticSettings { max_iterations: 2, ..SETTINGS };
        Logistic::fit(&settings, &inputs, &[0, 1, 0, 1], 2, &mut few).unwrap();
        Logistic::fit(&SETTINGS, &inputs, &[0, 1, 0, 1], 2, &mut enough).unwrap();
        assert!(few.len() == 1 && few[0].contains("max-iterations, now 2"), "{few:?}");
        assert!(enough.is_empty(), "{enough:?}");
    }

    proptest! {
        #[test]
        fn small_problems_of_any_shape_are_solved(
            cells in prop::collection::vec(-30i8..30, 60),
            codes in prop::collection::vec(0..3u32, 20),
            width in 1..4usize,
            classes in 2..4u32,
        ) {
            let columns = cells.chunks(20).take(width).map(|cells| cells.iter().map(|x| f64::from(*x) / 10.0).collect());
            let inputs = Matrix::new(columns.collect()).unwrap();
            let codes: Vec<u32> = codes.into_iter().map(|code| code % classes).collect();
            prop_assume!((0..classes).all(|class| codes.contains(&class)));
            let mut notes = Vec::new();
            Logistic::fit(&SETTINGS, &inputs, &codes, classes as usize, &mut notes).unwrap();
            prop_assert!(notes.is_empty(), "{:?}", notes);
        }

        #[test]
        fn without_a_penalty_separable_classes_end_in_finite_numbers_or_advice(
            cells in prop::collection::vec(-30i8..30, 20),
            cut in -25i8..25,
        ) {
            let codes: Vec<u32> = cells.iter().map(|cell| u32::from(*cell > cut)).collect();
            prop_assume!(codes.contains(&0) && codes.contains(&1));
            let inputs = Matrix::new(vec![cells.into_iter().map(f64::from).collect()]).unwrap();
            let settings = LogisticSettings { l2: 0.0, ..SETTINGS };
            match Logistic::fit(&settings, &inputs, &codes, 2, &mut Vec::new()) {
                Ok(model) => prop_assert!(model.linear().is_sound()),
                Err(message) => prop_assert!(message.contains("[model] l2"), "{}", message),
            }
        }

        #[test]
        fn probabilities_are_between_0_and_1_and_add_up(
            scores in prop::collection::vec(prop_oneof![-30.0..30.0, Just(f64::MAX), Just(f64::MIN)], 3),
        ) {
            let mut row = scores.clone();
            softmax(&mut row);
            prop_assert!(row.iter().all(|p| (0.0..=1.0).contains(p)));
            prop_assert!((row.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            prop_assert!(scores.iter().all(|x| (logistic(*x) + logistic(-*x) - 1.0).abs() < 1e-15));
        }
    }
}
