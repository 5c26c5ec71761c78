//! The elastic net, fitted by linfa's coordinate descent.

use linfa::DatasetBase;
use linfa::traits::Fit;
use linfa_elasticnet::ElasticNet;
use ndarray::Array1;

use super::linear::{Linear, array, centre, centred, dot};
use crate::parameters::ElasticNetSettings;
use crate::trees::Matrix;

/// Minimises `|target - Xw - b|²/(2n) + alpha·l1_ratio·|w|₁ + alpha·(1 - l1_ratio)/2·|w|²`, scikit-learn's objective.
pub(super) fn fit(
    settings: &ElasticNetSettings,
    inputs: &Matrix,
    target: &[f64],
    notes: &mut Vec<String>,
) -> Result<Linear, String> {
    // linfa takes the mean from the target only, which is right only for columns whose mean is zero.
    let (columns, means) = if settings.intercept {
        centred(inputs)
    } else {
        (inputs.columns().to_vec(), vec![0.0; inputs.columns().len()])
    };
    let (target, mean) = if settings.intercept { centre(target) } else { (target.to_vec(), 0.0) };
    let records = array(&Matrix::new(columns).map_err(|error| error.to_string())?)?;
    let goal = settings.tolerance * dot(&target, &target);
    let fitted = ElasticNet::params()
        .penalty(settings.alpha)
        .l1_ratio(settings.l1_ratio)
        .with_intercept(false)
        .max_iterations(settings.max_iterations)
        .tolerance(settings.tolerance)
        .fit(&DatasetBase::new(records, Array1::from(target)))
        .map_err(|error| error.to_string())?;
    if fitted.n_steps() >= settings.max_iterations && fitted.duality_gap() > goal {
        notes.push(format!(
            "elastic-net stopped before it converged; raise [model] max-iterations, now {}, or alpha, now {}",
            settings.max_iterations, settings.alpha
        ));
    }
    let weights = fitted.hyperplane().to_vec();
    Ok(Linear::new(vec![mean - dot(&weights, &means)], weights))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETTINGS: ElasticNetSettings =
        ElasticNetSettings { alpha: 1.0, l1_ratio: 0.5, intercept: true, max_iterations: 1000, tolerance: 1e-12 };

    #[test]
    fn one_column_has_the_solution_that_can_be_checked_by_hand() {
        // Centred: x = (-1, 0, 1), y = (-4, 1, 3). w = (Σxy/n - alpha/2) / (Σx²/n + alpha/2) = (7/3 - 1/2) / (2/3 + 1/2).
        let inputs = Matrix::new(vec![vec![9.0, 10.0, 11.0]]).unwrap();
        let model = fit(&SETTINGS, &inputs, &[1.0, 6.0, 8.0], &mut Vec::new()).unwrap();
        let w = (7.0 / 3.0 - 0.5) / (2.0 / 3.0 + 0.5);
        assert!((model.weights(0)[0] - w).abs() < 1e-12);
        assert!((model.intercepts()[0] - (5.0 - 10.0 * w)).abs() < 1e-11);
    }

    #[test]
    fn a_strong_penalty_leaves_the_mean() {
        let inputs = Matrix::new(vec![vec![9.0, 10.0, 11.0], vec![1.0, 1.0, 1.0]]).unwrap();
        let settings = ElasticNetSettings { alpha: 100.0, ..SETTINGS };
        let model = fit(&settings, &inputs, &[1.0, 6.0, 8.0], &mut Vec::new()).unwrap();
        assert_eq!((model.weights(0), model.intercepts()), (vec![0.0, 0.0], &[5.0][..]));
        assert!(model.weights(0).iter().all(|weight| weight.is_sign_positive()));
    }

    #[test]
    fn a_solver_that_runs_out_of_passes_leaves_a_note() {
        let inputs = Matrix::new(vec![vec![1.0, 2.0, 3.0, 4.0], vec![1.1, 2.0, 3.0, 4.2]]).unwrap();
        let settings = ElasticNetSettings { alpha: 1e-6, max_iterations: 3, ..SETTINGS };
        let mut notes = Vec::new();
        fit(&settings, &inputs, &[1.0, 6.0, 8.0, 2.0], &mut notes).unwrap();
        assert!(notes.len() == 1 && notes[0].contains("max-iterations, now 3"), "{notes:?}");
    }
}
