//! What holds for trees of every kind.

mod boosting;
mod bytes;
mod forest;
mod golden;
mod growing;
mod threads;

use proptest::prelude::*;

use super::*;

/// A table with missing values and its labels as classes and as numbers.
#[derive(Debug, Clone)]
struct Case {
    columns: Vec<Vec<f64>>,
    codes: Vec<u32>,
    numbers: Vec<f64>,
    classes: u32,
}

impl Case {
    fn matrix(&self) -> Matrix {
        Matrix::new(self.columns.clone()).unwrap()
    }

    fn classes(&self) -> Labels<'_> {
        Labels::Classes { codes: &self.codes, classes: self.classes }
    }

    fn numbers(&self) -> Labels<'_> {
        Labels::Numbers(&self.numbers)
    }

    /// The same rows in another order.
    fn permuted(&self, order: &[usize]) -> Self {
        let column = |column: &Vec<f64>| order.iter().map(|&row| column[row]).collect();
        Self {
            columns: self.columns.iter().map(column).collect(),
            codes: order.iter().map(|&row| self.codes[row]).collect(),
            numbers: column(&self.numbers),
            classes: self.classes,
        }
    }

    /// Seeded: `rows` rows whose label depends on three of five columns, one of them mostly missing.
    fn made(rows: usize, classes: u32, seed: u64) -> Self {
        let mut rng = portcullis_stats::Rng::new(seed, 0);
        let mut case = Self { columns: vec![Vec::new(); 5], codes: Vec::new(), numbers: Vec::new(), classes };
        for _ in 0..rows {
            let x: Vec<f64> = (0..5).map(|_| rng.uniform() * 10.0).collect();
            let gone = rng.below(3) > 0;
            let number = (x[0] - 5.0) * (x[1] - 5.0) / 5.0 + if gone { 2.0 } else { x[2] / 3.0 } + rng.uniform();
            case.columns[0].push(x[0]);
            case.columns[1].push(x[1].floor());
            case.columns[2].push(if gone { f64::NAN } else { x[2] });
            case.columns[3].push(x[3].floor());
            case.columns[4].push(1.0);
            case.codes.push(((number + 4.0) / 10.0 * f64::from(classes)).clamp(0.0, f64::from(classes - 1)) as u32);
            case.numbers.push(number);
        }
        case
    }
}

/// Small tables with ties, missing values, infinities and constant columns.
fn cases() -> impl Strategy<Value = Case> {
    let value = prop_oneof![
        6 => (-4..4_i32).prop_map(f64::from),
        3 => -5.0..5.0_f64,
        1 => Just(f64::NAN),
        1 => prop_oneof![Just(f64::INFINITY), Just(f64::NEG_INFINITY), Just(-0.0)],
    ];
    (1..40_usize, 1..4_usize, 2..5_u32).prop_flat_map(move |(rows, columns, classes)| {
        (
            prop::collection::vec(prop::collection::vec(value.clone(), rows), columns),
            prop::collection::vec(0..classes, rows),
            prop::collection::vec(-3.0..3.0_f64, rows),
            Just(classes),
        )
            .prop_map(|(columns, codes, numbers, classes)| Case { columns, codes, numbers, classes })
    })
}

fn tree() -> TreeSettings {
    TreeSettings { method: Method::DecisionTree(DecisionTree::default()), seed: 1 }
}

fn tree_with(growth: Growth) -> TreeSettings {
    TreeSettings { method: Method::DecisionTree(DecisionTree { growth }), seed: 1 }
}

fn forest(trees: u32) -> TreeSettings {
    TreeSettings { method: Method::RandomForest(RandomForest { trees, ..RandomForest::default() }), seed: 1 }
}

fn boosted(settings: Boosting) -> TreeSettings {
    TreeSettings { method: Method::GradientBoosting(settings), seed: 1 }
}

fn small_boosting(rounds: u32) -> Boosting {
    Boosting { rounds, min_samples_leaf: 1, ..Boosting::default() }
}

/// One of each method.
fn methods() -> [TreeSettings; 3] {
    [tree(), forest(5), boosted(small_boosting(5))]
}

fn labels_of(probabilities: &[f64], classes: u32) -> Vec<u32> {
    let of = |row: &[f64]| (0..row.len()).fold(0, |best, class| if row[class] > row[best] { class } else { best });
    probabilities.chunks(classes as usize).map(|row| of(row) as u32).collect()
}

proptest! {
    #[test]
    fn probabilities_are_probabilities(case in cases()) {
        for settings in methods() {
            let trees = fit(&settings, &case.matrix(), &case.classes()).unwrap();
            let predicted = trees.predict(&case.matrix()).unwrap();
            prop_assert_eq!(predicted.len(), case.codes.len() * case.classes as usize);
            for row in predicted.chunks(case.classes as usize) {
                prop_assert!((row.iter().sum::<f64>() - 1.0).abs() < 1e-12, "{:?}", row);
                prop_assert!(row.iter().all(|p| (0.0..=1.0).contains(p)), "{:?}", row);
            }
        }
    }

    #[test]
    fn averages_of_numbers_stay_within_the_targets(case in cases()) {
        let (low, high) = case.numbers.iter().fold((f64::MAX, f64::MIN), |(low, high), &y| (low.min(y), high.max(y)));
        for settings in [tree(), forest(5)] {
            let trees = fit(&settings, &case.matrix(), &case.numbers()).unwrap();
            for value in trees.predict(&case.matrix()).unwrap() {
                prop_assert!(value >= low - 1e-12 && value <= high + 1e-12, "{} not in {}..{}", value, low, high);
            }
        }
    }

    #[test]
    fn the_order_of_rows_does_not_matter_to_a_tree(case in cases(), seed in 0..1000_u64) {
        let mut order: Vec<usize> = (0..case.codes.len()).collect();
        portcullis_stats::Rng::new(seed, 0).shuffle(&mut order);
        let other = case.permuted(&order);
        for settings in [tree(), tree_with(Growth { max_depth: Some(3), min_samples_leaf: 2, ..Growth::default() })] {
            let one = fit(&settings, &case.matrix(), &case.classes()).unwrap();
            let two = fit(&settings, &other.matrix(), &other.classes()).unwrap();
            prop_assert_eq!(one, two);
            let one = fit(&settings, &case.matrix(), &case.numbers()).unwrap();
            let two = fit(&settings, &other.matrix(), &other.numbers()).unwrap();
            prop_assert_eq!(one, two);
        }
    }

    #[test]
    fn a_block_of_rows_is_predicted_as_its_rows_alone(case in cases()) {
        for settings in methods() {
            let trees = fit(&settings, &case.matrix(), &case.numbers()).unwrap();
            let together = trees.predict(&case.matrix()).unwrap();
            for (row, value) in together.into_iter().enumerate() {
                prop_assert_eq!(trees.predict(&case.permuted(&[row]).matrix()).unwrap(), [value]);
            }
        }
    }
}

#[test]
fn inputs_that_cannot_be_learnt_are_refused() {
    let matrix = Matrix::new(vec![vec![1.0, 2.0]]).unwrap();
    let refused = |matrix: &Matrix, labels: Labels| fit(&tree(), matrix, &labels).unwrap_err().to_string();
    assert!(Matrix::new(vec![vec![1.0], vec![]]).unwrap_err().to_string().contains("column 1 has 0 rows"));
    assert!(refused(&Matrix::new(vec![]).unwrap(), Labels::Numbers(&[])).contains("no feature columns"));
    assert!(refused(&Matrix::new(vec![vec![]]).unwrap(), Labels::Numbers(&[])).contains("no rows"));
    assert!(refused(&matrix, Labels::Numbers(&[1.0])).contains("1 labels were given for 2 rows"));
    assert!(refused(&matrix, Labels::Numbers(&[1.0, f64::NAN])).contains("the target of row 2 is NaN"));
    assert!(refused(&matrix, Labels::Classes { codes: &[0, 2], classes: 2 }).contains("row 2 is of class 2"));
    assert!(refused(&matrix, Labels::Classes { codes: &[0, 0], classes: 70_000 }).contains("70000 classes"));
    // Their twin is learnt.
    let trees = fit(&tree(), &matrix, &Labels::Numbers(&[1.0, 2.0])).unwrap();
    assert_eq!(trees.predict(&matrix).unwrap(), [1.0, 2.0]);
    let wide = Matrix::new(vec![vec![1.0], vec![1.0]]).unwrap();
    assert_eq!(trees.predict(&wide), Err(TreesError::Columns { expected: 1, found: 2 }));
}

#[test]
fn settings_out_of_range_are_named() {
    let growth = |growth| tree_with(growth).check();
    let forest = |forest| TreeSettings { method: Method::RandomForest(forest), seed: 0 }.check();
    let boosting = |settings| boosted(settings).check();
    let name = |result: Result<(), TreesError>| match result {
        Err(TreesError::Setting { name, .. }) => name,
        other => panic!("{other:?}"),
    };
    assert_eq!(name(growth(Growth { max_depth: Some(0), ..Growth::default() })), "max-depth");
    assert_eq!(name(growth(Growth { min_samples_leaf: 0, ..Growth::default() })), "min-samples-leaf");
    assert_eq!(name(growth(Growth { min_samples_split: 1, ..Growth::default() })), "min-samples-split");
    assert_eq!(name(growth(Growth { max_features: MaxFeatures::Count(0), ..Growth::default() })), "max-features");
    assert_eq!(name(growth(Growth { max_features: MaxFeatures::Share(1.5), ..Growth::default() })), "max-features");
    assert_eq!(name(forest(RandomForest { trees: 0, ..RandomForest::default() })), "trees");
    assert_eq!(name(forest(RandomForest { samples: f64::NAN, ..RandomForest::default() })), "samples");
    assert_eq!(name(boosting(Boosting { learning_rate: 0.0, ..Boosting::default() })), "learning-rate");
    assert_eq!(name(boosting(Boosting { max_leaves: Some(1), ..Boosting::default() })), "max-leaves");
    assert_eq!(name(boosting(Boosting { l2: -1.0, ..Boosting::default() })), "l2");
    assert_eq!(name(boosting(Boosting { bins: 256, ..Boosting::default() })), "bins");
    assert_eq!(name(boosting(Boosting { validation: 1.0, ..Boosting::default() })), "validation");
    assert_eq!("gini".parse(), Ok(Criterion::Gini));
    assert!("ginny".parse::<Criterion>().unwrap_err().to_string().contains("\"gini\" or \"entropy\""));
    for settings in methods() {
        assert_eq!(settings.check(), Ok(()));
    }
}
