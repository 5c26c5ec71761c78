//! Losses of the scores of classes, row by row; a metric is their (weighted) mean.

use crate::shape::{ShapeError, codes, finite, same_length};

/// The logarithmic loss of each row, whose mean is scikit-learn's `log_loss`: `-ln p` of the score of the true class,
/// clipped to `ε ..= 1 - ε` with ε = 2⁻⁵².
///
/// `scores` is row-major, a row of `classes` scores for each row of `truth`; they are taken as they are, not made to add
/// up to 1. Range 0 to 36.04 (a certain error), lower is better.
///
/// ```
/// use portcullis_stats::{Weights, log_losses, weighted_mean};
/// let losses = log_losses(&[0, 1], &[0.5, 0.5, 0.0, 1.0], 2)?;
/// assert!((losses[0] - 2_f64.ln()).abs() < 1e-15);
/// assert!(losses[1] < 1e-15);
/// assert!((weighted_mean(&losses, Weights::Once).unwrap() - 0.5 * 2_f64.ln()).abs() < 1e-15);
/// # Ok::<(), portcullis_stats::ShapeError>(())
/// ```
pub fn log_losses(truth: &[u32], scores: &[f64], classes: usize) -> Result<Vec<f64>, ShapeError> {
    check(truth, scores, classes)?;
    let of_row = |(&class, row): (&u32, &[f64])| {
        let score = row.get(class as usize).copied().unwrap_or(0.0);
        -score.clamp(f64::EPSILON, 1.0 - f64::EPSILON).ln()
    };
    Ok(truth.iter().zip(scores.chunks_exact(classes.max(1))).map(of_row).collect())
}

/// The squared distance of each row's scores from the truth, whose mean is scikit-learn's `brier_score_loss` for
/// several classes: `Σₖ (yₖ - pₖ)²` with `yₖ` 1 for the true class and 0 for the others; half of it for two classes
/// (`scale_by_half="auto"`).
///
/// `scores` is row-major as in [`log_losses`]. Range 0 to 2 (0 to 1 for two classes), lower is better.
///
/// ```
/// use portcullis_stats::brier_losses;
/// let losses = brier_losses(&[0, 2], &[0.8, 0.1, 0.1, 0.2, 0.2, 0.6], 3)?;
/// assert!((losses[0] - 0.06).abs() < 1e-15 && (losses[1] - 0.24).abs() < 1e-15);
/// # Ok::<(), portcullis_stats::ShapeError>(())
/// ```
pub fn brier_losses(truth: &[u32], scores: &[f64], classes: usize) -> Result<Vec<f64>, ShapeError> {
    check(truth, scores, classes)?;
    let scale = if classes < 3 { 0.5 } else { 1.0 };
    let of_row = |(&class, row): (&u32, &[f64])| {
        let squared = row.iter().enumerate().map(|(k, score)| {
            let distance = if k == class as usize { 1.0 - score } else { *score };
            distance * distance
        });
        scale * squared.sum::<f64>()
    };
    Ok(truth.iter().zip(scores.chunks_exact(classes.max(1))).map(of_row).collect())
}

/// The squared distance of each row's score of the positive class from the truth, whose mean is scikit-learn's
/// `brier_score_loss` for two classes: `(y - p)²`.
///
/// Range 0 to 1, lower is better.
///
/// ```
/// use portcullis_stats::brier_losses_binary;
/// assert_eq!(brier_losses_binary(&[true, false], &[0.5, 0.25])?, [0.25, 0.0625]);
/// # Ok::<(), portcullis_stats::ShapeError>(())
/// ```
pub fn brier_losses_binary(positive: &[bool], scores: &[f64]) -> Result<Vec<f64>, ShapeError> {
    same_length("scores", scores.len(), positive.len())?;
    finite("the score", scores)?;
    let of_row = |(&positive, &score): (&bool, &f64)| {
        let distance = f64::from(u8::from(positive)) - score;
        distance * distance
    };
    Ok(positive.iter().zip(scores).map(of_row).collect())
}

fn check(truth: &[u32], scores: &[f64], classes: usize) -> Result<(), ShapeError> {
    same_length("scores (rows × classes)", scores.len(), truth.len() * classes)?;
    codes("true", truth, classes)?;
    finite("the score", scores)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_certain_error_is_costly_but_finite() {
        let losses = log_losses(&[0], &[0.0, 1.0], 2).unwrap();
        assert!((losses[0] - 36.043_653_389_117_15).abs() < 1e-12, "{losses:?}");
        assert!(log_losses(&[0], &[0.0], 2).is_err());
        assert!(log_losses(&[2], &[0.0, 1.0], 2).is_err());
        assert!(brier_losses(&[0], &[f64::NAN, 1.0], 2).is_err());
    }

    proptest! {
        #[test]
        fn both_forms_of_brier_agree_on_two_classes(truth in prop::collection::vec(any::<bool>(), 1..20), p in 0.0..1.0_f64) {
            let codes: Vec<u32> = truth.iter().map(|&positive| u32::from(positive)).collect();
            let pairs: Vec<f64> = truth.iter().flat_map(|_| [1.0 - p, p]).collect();
            let one = brier_losses_binary(&truth, &vec![p; truth.len()]).unwrap();
            for (one, two) in one.iter().zip(brier_losses(&codes, &pairs, 2).unwrap()) {
                prop_assert!((one - two).abs() < 1e-15);
            }
        }
    }
}
