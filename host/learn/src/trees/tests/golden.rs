//! Figures of scikit-learn 1.9, printed by `golden.py`, on data without equal splits.
#![allow(clippy::unreadable_literal)] // as scikit-learn printed them

use super::*;

const TREE: &[f64] = &[-1.5740000000000003, 3.670825688073394, 3.670825688073394, 3.670825688073394, 3.670825688073394];
const GINI: &[f64] = &[
    0.0,
    0.0,
    0.06060606060606061,
    0.9393939393939394,
    0.0,
    0.27972027972027974,
    0.5734265734265734,
    0.14685314685314685,
    0.3076923076923077,
    0.41025641025641024,
    0.2564102564102564,
    0.02564102564102564,
    0.0,
    0.3333333333333333,
    0.6666666666666666,
    0.0,
    0.0,
    0.27972027972027974,
    0.5734265734265734,
    0.14685314685314685,
];
const ENTROPY: &[f64] = &[
    0.0,
    0.0,
    0.038461538461538464,
    0.9615384615384616,
    0.0,
    0.31645569620253167,
    0.5822784810126582,
    0.10126582278481013,
    0.42105263157894735,
    0.47368421052631576,
    0.10526315789473684,
    0.0,
    0.1,
    0.5,
    0.4,
    0.0,
    0.0,
    0.21621621621621623,
    0.5675675675675675,
    0.21621621621621623,
];
const BOOSTED: &[f64] =
    &[8.641218205111992, 3.336947586215695, -0.39822186701179396, 2.171381985489467, 2.2153879033785833];
const BOOSTED_TWO: &[f64] =
    &[0.8212969710823866, 0.7571792778858565, 0.2897520767160901, 0.3771611484750357, 0.5306287149411331];
const BOOSTED_FOUR: &[f64] = &[
    0.08227889206966059,
    0.09501893746773774,
    0.16813114387004738,
    0.6545710265925543,
    0.07230757262794761,
    0.2279382893962546,
    0.5257579924015877,
    0.17399614557421006,
    0.22152538285856796,
    0.3227158931651801,
    0.2535239111884055,
    0.2022348127878465,
    0.05983825156069598,
    0.3843916257411061,
    0.3947983703773713,
    0.1609717523208266,
    0.08893092236001711,
    0.28099192695401715,
    0.4059970703139927,
    0.22408008037197305,
];

fn columns() -> Matrix {
    let column = |factor: u32, modulus: u32| (0..300).map(|row| f64::from(row * factor % modulus)).collect();
    Matrix::new(vec![column(37, 101), column(53, 47), column(29, 83)]).unwrap()
}

fn numbers() -> Vec<f64> {
    let columns = columns();
    let of = |row: usize| {
        let [x, y, z] = [0, 1, 2].map(|column: usize| columns.columns()[column][row]);
        (x - 50.0) * (y - 23.0) / 100.0 + z % 7.0 + (row * 71 % 113) as f64 / 100.0
    };
    (0..300).map(of).collect()
}

fn four() -> Vec<u32> {
    let of = |number: f64| [-2.0, 2.0, 6.0].iter().filter(|&&edge| number >= edge).count() as u32;
    numbers().into_iter().map(of).collect()
}

/// The predictions of the rows shown: 0, 12, 24, 36 and 48.
fn shown(settings: &TreeSettings, labels: &Labels) -> Vec<f64> {
    let trees = fit(settings, &columns(), labels).unwrap();
    let predicted = trees.predict(&columns()).unwrap();
    predicted.chunks(trees.outputs()).step_by(12).take(5).flatten().copied().collect()
}

fn close(ours: &[f64], theirs: &[f64], tolerance: f64) {
    assert_eq!(ours.len(), theirs.len());
    let near = |(one, two): (&f64, &f64)| (one - two).abs() <= tolerance;
    assert!(ours.iter().zip(theirs).all(near), "ours {ours:?}, theirs {theirs:?}");
}

#[test]
fn a_regression_tree_is_scikit_learns() {
    let growth = Growth { max_depth: Some(5), min_samples_leaf: 3, ..Growth::default() };
    close(&shown(&tree_with(growth), &Labels::Numbers(&numbers())), TREE, 1e-12);
}

#[test]
fn a_classification_tree_is_scikit_learns() {
    for (criterion, theirs) in [(Criterion::Gini, GINI), (Criterion::Entropy, ENTROPY)] {
        let growth = Growth { criterion, max_depth: Some(3), min_samples_leaf: 5, ..Growth::default() };
        close(&shown(&tree_with(growth), &Labels::Classes { codes: &four(), classes: 4 }), theirs, 1e-12);
    }
}

/// scikit-learn sums gradients in 32-bit floats, so the figures agree to six or seven digits.
#[test]
fn boosting_is_scikit_learns() {
    let settings = Boosting { rounds: 30, max_leaves: Some(8), ..Boosting::default() };
    let penalised = boosted(Boosting { l2: 0.5, ..settings.clone() });
    close(&shown(&penalised, &Labels::Numbers(&numbers())), BOOSTED, 1e-6);

    let settings = boosted(Boosting { rounds: 8, ..settings });
    let two: Vec<u32> = numbers().iter().map(|&number| u32::from(number > 2.0)).collect();
    let ones: Vec<f64> =
        shown(&settings, &Labels::Classes { codes: &two, classes: 2 }).into_iter().skip(1).step_by(2).collect();
    close(&ones, BOOSTED_TWO, 1e-6);
    let settings = boosted(Boosting { rounds: 8, max_leaves: Some(4), ..Boosting::default() });
    close(&shown(&settings, &Labels::Classes { codes: &four(), classes: 4 }), BOOSTED_FOUR, 1e-6);
}
