//! Which columns are linear combinations of others.

use super::linear::dot;

/// A column counts as dependent when this share of its length or less is left after the earlier ones are taken away.
/// Sums over rows leave errors of about `rows · 1e-16`; a tenth of a millionth of a millionth is beyond those for any
/// table that fits in memory and far below what real columns differ by.
const LEFT: f64 = 1e-10;

/// `columns = basis · r`: orthonormal columns that span the same space, by modified Gram-Schmidt, orthogonalised twice.
pub(super) struct Span {
    /// The columns that are no combination of earlier ones.
    pub(super) independent: Vec<usize>,
    /// One orthonormal column for each of those.
    pub(super) basis: Vec<Vec<f64>>,
    /// For each column, its coordinates in the basis; columns that come early have fewer, the rest being zero.
    pub(super) r: Vec<Vec<f64>>,
}

pub(super) fn span(columns: &[Vec<f64>]) -> Span {
    let mut found = Span { independent: Vec::new(), basis: Vec::new(), r: Vec::with_capacity(columns.len()) };
    for (place, column) in columns.iter().enumerate() {
        let length = dot(column, column).sqrt();
        let mut rest = column.clone();
        let mut coordinates = vec![0.0; found.basis.len()];
        for _ in 0..2 {
            for (unit, coordinate) in found.basis.iter().zip(&mut coordinates) {
                let along = dot(unit, &rest);
                *coordinate += along;
                rest.iter_mut().zip(unit).for_each(|(rest, unit)| *rest -= along * unit);
            }
        }
        let left = dot(&rest, &rest).sqrt();
        if left > LEFT * length {
            for value in &mut rest {
                *value /= left;
            }
            found.basis.push(rest);
            found.independent.push(place);
            coordinates.push(left);
        }
        found.r.push(coordinates);
    }
    found
}

impl Span {
    /// The shortest `w` with `Σ w[j] · column[j] = Σ weights[i] · column[independent[i]]`: the solution that the
    /// pseudo-inverse gives, and scikit-learn.
    pub(super) fn shortest(&self, weights: &[f64]) -> Vec<f64> {
        let rank = self.basis.len();
        // The wanted sum in the basis.
        let mut wanted = vec![0.0; rank];
        for (place, weight) in self.independent.iter().zip(weights) {
            for (wanted, coordinate) in wanted.iter_mut().zip(self.r.get(*place).into_iter().flatten()) {
                *wanted += weight * coordinate;
            }
        }
        // Solve r · w = wanted in the space of r's rows, which are independent: rᵀ = basis₂ · s, so w = basis₂ · s⁻ᵀ wanted.
        let rows: Vec<Vec<f64>> =
            (0..rank).map(|i| self.r.iter().map(|column| column.get(i).copied().unwrap_or(0.0)).collect()).collect();
        let rows = span(&rows);
        let mut solved: Vec<f64> = Vec::with_capacity(rank);
        for (coordinates, wanted) in rows.r.iter().zip(wanted) {
            let known: f64 = dot(coordinates, &solved);
            let pivot = coordinates.get(solved.len()).copied().unwrap_or(1.0);
            solved.push((wanted - known) / pivot);
        }
        let mut shortest = vec![0.0; self.r.len()];
        for (unit, along) in rows.basis.iter().zip(solved) {
            shortest.iter_mut().zip(unit).for_each(|(w, unit)| *w += along * unit);
        }
        shortest
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn copies_sums_and_constants_are_dependent() {
        let (a, b) = (vec![1.0, 2.0, 3.0, 5.0], vec![0.0, 1.0, 0.0, -7.0]);
        let sum = a.iter().zip(&b).map(|(a, b)| 3.0 * a - b).collect();
        let span = span(&[a.clone(), vec![0.0; 4], a, b, sum]);
        assert_eq!(span.independent, [0, 3]);
        // 4·a: a, its copy and 3a - b share it out, b makes up for the third.
        let shortest = span.shortest(&[4.0, 0.0]);
        assert!((shortest[0] - shortest[2]).abs() < 1e-14 && shortest[1] == 0.0, "{shortest:?}");
        let along_a = shortest[0] + shortest[2] + 3.0 * shortest[4];
        let along_b = shortest[3] - shortest[4];
        assert!((along_a - 4.0).abs() < 1e-13 && along_b.abs() < 1e-13, "{shortest:?}");
    }

    proptest! {
        #[test]
        fn the_shortest_weights_give_the_same_sum_and_are_no_longer(
            columns in prop::collection::vec(prop::collection::vec(-5i8..5, 6), 2..9),
            weights in prop::collection::vec(-5i8..5, 9),
        ) {
            let columns: Vec<Vec<f64>> =
                columns.into_iter().map(|column| column.into_iter().map(f64::from).collect()).collect();
            let span = span(&columns);
            let weights: Vec<f64> = weights.into_iter().map(f64::from).take(span.independent.len()).collect();
            let shortest = span.shortest(&weights);
            for row in 0..6 {
                let wanted: f64 = span.independent.iter().zip(&weights).map(|(place, w)| columns[*place][row] * w).sum();
                let got: f64 = columns.iter().zip(&shortest).map(|(column, w)| column[row] * w).sum();
                prop_assert!((wanted - got).abs() < 1e-8, "{} {}", wanted, got);
            }
            prop_assert!(dot(&shortest, &shortest) <= dot(&weights, &weights) * (1.0 + 1e-9) + 1e-12);
        }
    }
}
