//! Imputation and scaling of one numeric column.

use serde::{Deserialize, Serialize};

use crate::parameters::{EncodeSettings, Imputation, Scaling};

/// `((x or fill) - offset) / scale`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct NumberPlan {
    /// What replaces a missing value; none keeps it missing.
    fill: Option<f64>,
    offset: f64,
    scale: f64,
}

impl NumberPlan {
    /// Learns from the training values, of which at least one is not missing. As in scikit-learn, values are imputed
    /// before they are scaled, the standard deviation is the population's, and a constant column is only shifted.
    ///
    /// `keep`: whether the family takes missing values as they are; where it does not, they are always filled.
    pub(super) fn learn(settings: EncodeSettings, keep: bool, values: &[f64]) -> Self {
        let mut present: Vec<f64> = values.iter().copied().filter(|value| !value.is_nan()).collect();
        let fill = match settings.imputation {
            Imputation::Mean => Some(mean(&present)),
            Imputation::MostFrequent => Some(most_frequent(&mut present)),
            Imputation::None if keep => None,
            Imputation::Median | Imputation::None => Some(median(&mut present)),
        };
        let filled: Vec<f64> = match fill {
            Some(fill) => values.iter().map(|value| if value.is_nan() { fill } else { *value }).collect(),
            None => present,
        };
        let (offset, scale) = match settings.scaling {
            Scaling::None => (0.0, 1.0),
            Scaling::Standard => {
                let mean = mean(&filled);
                let squares: f64 = filled.iter().map(|value| (value - mean) * (value - mean)).sum();
                (mean, (squares / filled.len() as f64).sqrt())
            }
            Scaling::MinMax => {
                let (low, high) = filled
                    .iter()
                    .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(*value), high.max(*value)));
                (low, high - low)
            }
        };
        // Rounding leaves a constant column a deviation of about an ulp of its values.
        let constant = !scale.is_normal() || scale <= offset.abs() * 10.0 * f64::EPSILON;
        Self { fill, offset, scale: if constant { 1.0 } else { scale } }
    }

    /// The encoded value.
    #[inline]
    pub(super) fn apply(&self, value: f64) -> f64 {
        match self.fill {
            Some(fill) if value.is_nan() => (fill - self.offset) / self.scale,
            _ => (value - self.offset) / self.scale,
        }
    }

    /// Whether values pass as they are, missing and infinite ones included.
    pub(super) fn is_identity(&self) -> bool {
        self.fill.is_none() && self.offset == 0.0 && self.scale == 1.0
    }

    /// Whether it maps finite numbers to numbers.
    pub(super) fn is_sound(&self) -> bool {
        self.fill.is_none_or(f64::is_finite) && self.offset.is_finite() && self.scale.is_normal() && self.scale > 0.0
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Sorts; the mean of the middle two where the count is even; NaN for none.
fn median(values: &mut [f64]) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let half = values.len() / 2;
    match (values.get(half), half.checked_sub(1).and_then(|below| values.get(below))) {
        (Some(above), Some(below)) if values.len().is_multiple_of(2) => below + (above - below) / 2.0,
        (Some(middle), _) => *middle,
        (None, _) => f64::NAN,
    }
}

/// Sorts; the smallest of the values that occur most often; NaN for none.
fn most_frequent(values: &mut [f64]) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let mut best = (0, f64::NAN);
    for run in values.chunk_by(|a, b| a == b) {
        if let Some(value) = run.first().filter(|_| run.len() > best.0) {
            best = (run.len(), *value);
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parameters::Encoding;

    fn plan(imputation: Imputation, scaling: Scaling, values: &[f64]) -> NumberPlan {
        let settings = EncodeSettings { encoding: Encoding::OneHot, scaling, imputation, max_levels: 9 };
        NumberPlan::learn(settings, true, values)
    }

    #[test]
    fn imputation_by_hand() {
        let values = [4.0, f64::NAN, 1.0, 2.0, 1.0, f64::NAN, 7.0, 2.0];
        for (imputation, expected) in
            [(Imputation::Median, 2.0), (Imputation::Mean, 17.0 / 6.0), (Imputation::MostFrequent, 1.0)]
        {
            let plan = plan(imputation, Scaling::None, &values);
            assert_eq!(plan.apply(f64::NAN), expected, "{imputation:?}");
            assert_eq!(plan.apply(5.5), 5.5);
        }
        assert!(plan(Imputation::None, Scaling::None, &values).apply(f64::NAN).is_nan());
        assert_eq!(plan(Imputation::Median, Scaling::None, &[1.0, 4.0]).apply(f64::NAN), 2.5);
    }

    #[test]
    fn scaling_by_hand() {
        let values = [2.0, 4.0, 4.0, 6.0];
        let standard = plan(Imputation::Median, Scaling::Standard, &values);
        assert_eq!(standard.apply(4.0), 0.0);
        assert!((standard.apply(6.0) - 2f64.sqrt()).abs() < 1e-15);
        let min_max = plan(Imputation::Median, Scaling::MinMax, &values);
        assert_eq!([2.0, 5.0, 8.0].map(|x| min_max.apply(x)), [0.0, 0.75, 1.5]);
    }

    #[test]
    fn a_constant_column_is_shifted_to_zero() {
        for scaling in [Scaling::Standard, Scaling::MinMax] {
            let plan = plan(Imputation::Median, scaling, &[0.1; 7]);
            assert!(plan.apply(0.1).abs() < 1e-16 && plan.is_sound(), "{scaling:?}");
            assert!((plan.apply(1.1) - 1.0).abs() < 1e-15);
        }
    }
}
