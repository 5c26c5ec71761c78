//! Single trees: what they split on, and when they stop.

use super::*;

fn only(trees: &Trees) -> &Tree {
    assert_eq!(trees.len(), 1);
    &trees.members[0]
}

/// How many rows fall into each leaf of the only tree.
fn leaf_sizes(trees: &Trees, case: &Case) -> Vec<usize> {
    let nodes = &only(trees).nodes;
    let mut sizes = vec![0; nodes.len()];
    for row in 0..case.codes.len() {
        let mut at = 0;
        while !nodes[at].is_leaf() {
            let feature = nodes[at].feature() as usize;
            at = nodes[at].child(tree::code(&trees.cuts[feature], case.columns[feature][row])) as usize;
        }
        sizes[at] += 1;
    }
    sizes.into_iter().zip(nodes).filter(|(_, node)| node.is_leaf()).map(|(size, _)| size).collect()
}

/// The column and the threshold of each split of the only tree.
fn splits(trees: &Trees) -> Vec<(u16, f64)> {
    let splits = only(trees).nodes.iter().filter(|node| !node.is_leaf());
    splits.map(|node| (node.feature(), trees.cuts[node.feature() as usize][node.cut() as usize])).collect()
}

proptest! {
    #[test]
    fn a_full_tree_repeats_what_its_columns_can_tell_apart(case in cases()) {
        let told_apart = |one: usize, two: usize| case.columns.iter().any(|column| {
            let (one, two) = (bins::bounded(column[one]), bins::bounded(column[two]));
            one != two && !(one.is_nan() && two.is_nan())
        });
        let rows = 0..case.codes.len();
        let unlike = |one: usize| rows.clone().all(|two| case.codes[one] == case.codes[two] || told_apart(one, two));
        let trees = fit(&tree(), &case.matrix(), &case.classes()).unwrap();
        let labels = labels_of(&trees.predict(&case.matrix()).unwrap(), case.classes);
        for row in rows.clone().filter(|&row| unlike(row)) {
            prop_assert_eq!(labels[row], case.codes[row], "row {}", row);
        }
    }

    #[test]
    fn limits_are_kept(case in cases(), min_leaf in 1..6_u32, depth in 1..5_u32) {
        let growth = Growth { min_samples_leaf: min_leaf, max_depth: Some(depth), ..Growth::default() };
        for labels in [case.classes(), case.numbers()] {
            let trees = fit(&tree_with(growth.clone()), &case.matrix(), &labels).unwrap();
            let tree = only(&trees);
            prop_assert!(tree.depth() <= depth);
            if tree.nodes.len() > 1 {
                prop_assert!(leaf_sizes(&trees, &case).iter().all(|&size| size >= min_leaf as usize));
            }
        }
    }
}

#[test]
fn without_limits_leaves_are_smaller_and_paths_longer() {
    let case = Case::made(200, 2, 3);
    let free = fit(&tree(), &case.matrix(), &case.classes()).unwrap();
    let growth = Growth { min_samples_leaf: 10, max_depth: Some(3), ..Growth::default() };
    let bound = fit(&tree_with(growth), &case.matrix(), &case.classes()).unwrap();
    assert!(leaf_sizes(&free, &case).contains(&1));
    assert!(leaf_sizes(&bound, &case).iter().all(|&size| size >= 10));
    assert!(only(&free).depth() > 3 && only(&bound).depth() == 3);
}

#[test]
fn exclusive_or_is_learnt_although_no_first_split_gains() {
    let matrix = Matrix::new(vec![vec![0.0, 0.0, 1.0, 1.0], vec![0.0, 1.0, 0.0, 1.0]]).unwrap();
    let trees = fit(&tree(), &matrix, &Labels::Classes { codes: &[0, 1, 1, 0], classes: 2 }).unwrap();
    assert_eq!(trees.predict(&matrix).unwrap(), [1.0, 0.0, 0.0, 1.0, 0.0, 1.0, 1.0, 0.0]);
}

#[test]
fn thresholds_lie_halfway_between_neighbours_in_the_node() {
    // The root parts 2 from 10, the node on its right 10 from 20.
    let matrix = Matrix::new(vec![vec![1.0, 2.0, 10.0, 20.0]]).unwrap();
    let trees = fit(&tree(), &matrix, &Labels::Numbers(&[0.0, 0.0, 5.0, 9.0])).unwrap();
    assert_eq!(splits(&trees), [(0, 6.0), (0, 15.0)]);
    // Where other nodes hold values between the two, halfway is one of those values' own thresholds: the second column sends
    // 12 and 20 to the right of the root, and 15.5 is the first threshold from 16 down.
    let columns = vec![vec![12.0, 20.0, 15.0, 16.0], vec![1.0, 1.0, 0.0, 0.0]];
    let trees = fit(&tree(), &Matrix::new(columns).unwrap(), &Labels::Numbers(&[5.0, 9.0, 100.0, 100.0])).unwrap();
    assert_eq!(splits(&trees), [(1, 0.5), (0, 18.0)]);
}

#[test]
fn small_nodes_split_where_bins_could_not() {
    // 1,000 values in some 250 bins: the two values of the rare class share one with the value between them.
    let column: Vec<f64> = (0..1000).map(f64::from).collect();
    let codes: Vec<u32> = (0..1000).map(|row| u32::from(row == 401 || row == 403)).collect();
    let matrix = Matrix::new(vec![column]).unwrap();
    let labels = Labels::Classes { codes: &codes, classes: 2 };
    let trees = fit(&tree(), &matrix, &labels).unwrap();
    assert_eq!(labels_of(&trees.predict(&matrix).unwrap(), 2), codes);
    let thresholds: Vec<f64> = splits(&trees).into_iter().map(|(_, threshold)| threshold).collect();
    assert!([400.5, 401.5, 402.5, 403.5].iter().all(|threshold| thresholds.contains(threshold)), "{thresholds:?}");
    // Its twin: boosting sees the bins only, and gives a bin's rows one probability.
    let settings = Boosting { min_samples_leaf: 1, ..Boosting::default() };
    let binned = fit(&boosted(settings), &matrix, &labels).unwrap().predict(&matrix).unwrap();
    assert_eq!(binned[2 * 401..2 * 401 + 2], binned[2 * 402..2 * 402 + 2]);
}

#[test]
fn equal_splits_go_to_the_first_column_and_the_lowest_threshold() {
    let matrix = Matrix::new(vec![vec![5.0; 4], vec![1.0, 2.0, 3.0, 4.0], vec![4.0, 3.0, 2.0, 1.0]]).unwrap();
    let trees = fit(
        &tree_with(Growth { max_depth: Some(1), ..Growth::default() }),
        &matrix,
        &Labels::Classes { codes: &[0, 1, 0, 1], classes: 2 },
    )
    .unwrap();
    assert_eq!(splits(&trees), [(1, 1.5)]);
}

#[test]
fn missing_values_go_where_they_learnt_to() {
    let gone = f64::NAN;
    let matrix = Matrix::new(vec![vec![1.0, 2.0, 3.0, 4.0, gone, gone]]).unwrap();
    // Missing like the low values, like the high ones, and like neither.
    for numbers in [[0.0, 0.0, 9.0, 9.0, 0.0, 0.0], [0.0, 0.0, 9.0, 9.0, 9.0, 9.0], [3.0, 3.0, 3.0, 3.0, 8.0, 8.0]] {
        let trees = fit(&tree(), &matrix, &Labels::Numbers(&numbers)).unwrap();
        assert_eq!(trees.predict(&matrix).unwrap(), numbers);
        assert_eq!(only(&trees).nodes.len(), 3, "one split is enough for {numbers:?}");
    }
}

#[test]
fn a_missing_value_never_seen_goes_with_most_rows() {
    let matrix = Matrix::new(vec![vec![1.0, 2.0, 3.0, 4.0, 5.0]]).unwrap();
    let unseen = Matrix::new(vec![vec![f64::NAN]]).unwrap();
    for (numbers, expected) in [([0.0, 0.0, 0.0, 9.0, 9.0], 0.0), ([0.0, 0.0, 9.0, 9.0, 9.0], 9.0)] {
        let trees = fit(&tree(), &matrix, &Labels::Numbers(&numbers)).unwrap();
        assert_eq!(trees.predict(&unseen).unwrap(), [expected]);
    }
}

#[test]
fn columns_that_say_nothing_give_one_leaf() {
    let gone = f64::NAN;
    for column in [vec![2.0; 4], vec![gone; 4]] {
        let matrix = Matrix::new(vec![column]).unwrap();
        let trees = fit(&tree(), &matrix, &Labels::Numbers(&[1.0, 2.0, 3.0, 6.0])).unwrap();
        assert_eq!((trees.node_count(), trees.predict(&matrix).unwrap()), (1, vec![3.0; 4]));
        let classes = Labels::Classes { codes: &[0, 1, 2, 2], classes: 3 };
        let trees = fit(&tree(), &matrix, &classes).unwrap();
        assert_eq!(trees.predict(&matrix).unwrap(), [0.25, 0.25, 0.5].repeat(4));
    }
}

#[test]
fn one_row_or_one_class_is_predicted_for_all() {
    let one = Matrix::new(vec![vec![1.0]]).unwrap();
    let two = Matrix::new(vec![vec![7.0, f64::NAN]]).unwrap();
    for settings in methods() {
        let trees = fit(&settings, &one, &Labels::Numbers(&[3.3])).unwrap();
        assert_eq!(trees.predict(&two).unwrap(), [3.3, 3.3]);
        let trees = fit(&settings, &one, &Labels::Classes { codes: &[0], classes: 1 }).unwrap();
        assert_eq!(trees.predict(&two).unwrap(), [1.0, 1.0]);
        let trees = fit(&settings, &one, &Labels::Classes { codes: &[2], classes: 3 }).unwrap();
        assert_eq!(labels_of(&trees.predict(&two).unwrap(), 3), [2, 2]);
    }
}

#[test]
fn entropy_and_gini_may_choose_differently() {
    // A column that frees a few rows of one class entirely (entropy likes it) against one that shifts shares.
    let case = Case::made(300, 4, 11);
    let with = |criterion| {
        let growth = Growth { criterion, ..Growth::default() };
        fit(&tree_with(growth), &case.matrix(), &case.classes()).unwrap()
    };
    let (gini, entropy) = (with(Criterion::Gini), with(Criterion::Entropy));
    assert_ne!(gini, entropy);
    for trees in [gini, entropy] {
        assert_eq!(labels_of(&trees.predict(&case.matrix()).unwrap(), 4), case.codes);
    }
}
