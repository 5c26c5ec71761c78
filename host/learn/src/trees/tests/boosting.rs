//! Boosting: the loss falls, the limits hold, and the numbers are the formulas'.

use super::*;

fn loss(trees: &Trees, case: &Case, labels: &Labels) -> f64 {
    let predicted = trees.predict(&case.matrix()).unwrap();
    let sum: f64 = match labels {
        Labels::Numbers(targets) => predicted.iter().zip(*targets).map(|(p, y)| (p - y).powi(2)).sum(),
        Labels::Classes { codes, classes } => {
            predicted.chunks(*classes as usize).zip(*codes).map(|(p, &code)| -p[code as usize].ln()).sum()
        }
    };
    sum / case.codes.len() as f64
}

proptest! {
    #[test]
    fn each_round_lowers_the_training_loss(case in cases()) {
        for labels in [case.classes(), case.numbers()] {
            let losses: Vec<f64> = [0, 1, 2, 4, 8]
                .map(|rounds| fit(&boosted(small_boosting(rounds)), &case.matrix(), &labels).unwrap())
                .map(|trees| loss(&trees, &case, &labels))
                .to_vec();
            // Fixed point stands for real numbers: a loss may stay the same up to its resolution.
            prop_assert!(losses.is_sorted_by(|one, two| *two <= one + 1e-9), "{:?}", losses);
        }
    }

    #[test]
    fn limits_are_kept(case in cases(), max_leaves in 2..6_u32, depth in 1..4_u32, least in 1..6_u32) {
        let settings = Boosting {
            rounds: 3,
            max_leaves: Some(max_leaves),
            max_depth: Some(depth),
            min_samples_leaf: least,
            ..Boosting::default()
        };
        let trees = fit(&boosted(settings), &case.matrix(), &case.numbers()).unwrap();
        prop_assert_eq!(trees.len(), 3);
        for tree in &trees.members {
            prop_assert!(tree.depth() <= depth);
            prop_assert!(tree.nodes.iter().filter(|node| node.is_leaf()).count() <= max_leaves as usize);
            prop_assert!(tree.nodes.len() == 1 || case.codes.len() >= 2 * least as usize);
        }
    }

    #[test]
    fn a_limit_on_leaves_that_is_out_of_reach_is_none(case in cases()) {
        let with = |max_leaves| {
            let settings = Boosting { max_leaves, ..small_boosting(3) };
            fit(&boosted(settings), &case.matrix(), &case.numbers()).unwrap()
        };
        prop_assert_eq!(with(None), with(Some(1000)));
    }
}

#[test]
fn nothing_but_the_baseline_is_the_mean_or_the_shares() {
    let case = Case::made(100, 3, 1);
    let none = fit(&boosted(small_boosting(0)), &case.matrix(), &case.numbers()).unwrap();
    let mean = case.numbers.iter().sum::<f64>() / 100.0;
    assert!(none.is_empty() && none.predict(&case.matrix()).unwrap().iter().all(|value| (value - mean).abs() < 1e-12));
    for classes in [2, 3] {
        let case = Case::made(100, classes, 1);
        let none = fit(&boosted(small_boosting(0)), &case.matrix(), &case.classes()).unwrap();
        let predicted = none.predict(&case.matrix()).unwrap();
        for class in 0..classes {
            let share = case.codes.iter().filter(|&&code| code == class).count() as f64 / 100.0;
            assert!((predicted[class as usize] - share).abs() < 1e-12, "class {class} of {classes}");
        }
    }
}

#[test]
fn one_step_by_hand() {
    // Mean 4; residuals -3, -1, 4. The best single split parts the last row: leaves -0.5 * -2 … and 0.5 * 4.
    let matrix = Matrix::new(vec![vec![1.0, 2.0, 3.0]]).unwrap();
    let settings = Boosting { learning_rate: 0.5, max_leaves: Some(2), ..small_boosting(1) };
    let trees = fit(&boosted(settings.clone()), &matrix, &Labels::Numbers(&[1.0, 3.0, 8.0])).unwrap();
    assert_eq!(trees.predict(&matrix).unwrap(), [3.0, 3.0, 6.0]);
    // A penalty of 1 divides by one row more: -4 / 3 and 4 / 2, halved.
    let penalised = Boosting { l2: 1.0, ..settings };
    let trees = fit(&boosted(penalised), &matrix, &Labels::Numbers(&[1.0, 3.0, 8.0])).unwrap();
    let expected = [4.0 - 2.0 / 3.0, 4.0 - 2.0 / 3.0, 5.0];
    let predicted = trees.predict(&matrix).unwrap();
    assert!(predicted.iter().zip(expected).all(|(one, two)| (one - two).abs() < 1e-7), "{predicted:?}");
}

#[test]
fn separable_classes_are_separated() {
    for classes in [2_u32, 3] {
        let column: Vec<f64> = (0..90).map(f64::from).collect();
        let codes: Vec<u32> = (0..90).map(|row| row * classes / 90).collect();
        let matrix = Matrix::new(vec![column]).unwrap();
        let trees = fit(
            &boosted(Boosting { rounds: 50, ..Boosting::default() }),
            &matrix,
            &Labels::Classes { codes: &codes, classes },
        )
        .unwrap();
        assert_eq!(trees.len(), if classes == 2 { 50 } else { 150 });
        assert_eq!(labels_of(&trees.predict(&matrix).unwrap(), classes), codes);
    }
}

#[test]
fn early_stopping_keeps_fewer_rounds_of_noise_and_more_of_signal() {
    let case = Case::made(600, 2, 1);
    let mut noise = case.clone();
    portcullis_stats::Rng::new(9, 9).shuffle(&mut noise.numbers);
    let settings = Boosting { rounds: 300, early_stopping: Some(5), ..Boosting::default() };
    let rounds = |case: &Case| fit(&boosted(settings.clone()), &case.matrix(), &case.numbers()).unwrap().len();
    let (of_signal, of_noise) = (rounds(&case), rounds(&noise));
    assert!(of_noise < 10 && of_signal > 3 * of_noise.max(1), "{of_signal} rounds of signal, {of_noise} of noise");
}

#[test]
fn missing_values_take_a_side_or_stand_alone() {
    let gone = f64::NAN;
    let matrix = Matrix::new(vec![vec![1.0, 2.0, 3.0, 4.0, gone, gone]]).unwrap();
    for numbers in [[0.0, 0.0, 9.0, 9.0, 0.0, 0.0], [0.0, 0.0, 9.0, 9.0, 9.0, 9.0], [3.0, 3.0, 3.0, 3.0, 8.0, 8.0]] {
        let settings = Boosting { learning_rate: 1.0, max_leaves: Some(2), ..small_boosting(1) };
        let trees = fit(&boosted(settings), &matrix, &Labels::Numbers(&numbers)).unwrap();
        let predicted = trees.predict(&matrix).unwrap();
        assert!(predicted.iter().zip(numbers).all(|(one, two)| (one - two).abs() < 1e-7), "{predicted:?}");
    }
}
