//! Forests: samples, drawn columns and what averaging is good for.

use super::*;

fn accuracy(trees: &Trees, case: &Case) -> f64 {
    let labels = labels_of(&trees.predict(&case.matrix()).unwrap(), case.classes);
    labels.iter().zip(&case.codes).filter(|(one, two)| one == two).count() as f64 / labels.len() as f64
}

fn with(settings: RandomForest, seed: u64) -> TreeSettings {
    TreeSettings { method: Method::RandomForest(settings), seed }
}

#[test]
fn a_forest_beats_its_trees_on_new_rows() {
    for classes in [2, 3] {
        let (known, new) = (Case::made(1500, classes, 1), Case::made(1500, classes, 2));
        let one = accuracy(&fit(&tree(), &known.matrix(), &known.classes()).unwrap(), &new);
        let many = accuracy(&fit(&forest(60), &known.matrix(), &known.classes()).unwrap(), &new);
        assert!(many > one + 0.01, "{classes} classes: {one} by one tree, {many} by sixty");
    }
}

#[test]
fn the_seed_decides() {
    let case = Case::made(200, 3, 1);
    let of =
        |seed| fit(&with(RandomForest { trees: 4, ..RandomForest::default() }, seed), &case.matrix(), &case.classes());
    assert_eq!(of(1), of(1));
    assert_ne!(of(1), of(2));
}

#[test]
fn more_trees_leave_the_first_ones_as_they_were() {
    let case = Case::made(200, 2, 1);
    let few = fit(&forest(3), &case.matrix(), &case.classes()).unwrap();
    let many = fit(&forest(9), &case.matrix(), &case.classes()).unwrap();
    // Nodes name thresholds by their place among those of all trees, which are more where there are more trees.
    let told = |trees: &Trees, at: usize| {
        let tree = &trees.members[at];
        let threshold = |node: &tree::Node| trees.cuts[node.feature() as usize].get(node.cut() as usize).copied();
        let split = |node: &tree::Node| (node.left(), node.feature(), threshold(node), node.missing_left());
        let node = |node: &tree::Node| if node.is_leaf() { Err(node.place()) } else { Ok(split(node)) };
        (tree.nodes.iter().map(node).collect::<Vec<_>>(), tree.table.clone())
    };
    for at in 0..3 {
        assert_eq!(told(&few, at), told(&many, at));
    }
    assert_ne!(told(&few, 0), told(&few, 1));
}

#[test]
fn without_samples_or_drawn_columns_every_tree_is_the_single_one() {
    let case = Case::made(200, 2, 5);
    let settings = RandomForest { trees: 3, bootstrap: false, ..RandomForest::for_numbers() };
    let forest = fit(&with(settings.clone(), 1), &case.matrix(), &case.classes()).unwrap();
    let single = fit(&tree(), &case.matrix(), &case.classes()).unwrap();
    assert!(forest.members.iter().all(|tree| *tree == single.members[0]));
    // Its twin: a sample makes them differ.
    let sampled = fit(&with(RandomForest { samples: 0.5, ..settings }, 1), &case.matrix(), &case.classes()).unwrap();
    assert!(sampled.members.iter().all(|tree| *tree != single.members[0]));
}

#[test]
fn equal_splits_are_drawn_in_a_forest() {
    // Both columns say the same: a forest that tries them all must use both, or its trees would all lean on the first.
    let column = [1.0, 2.0, 3.0, 4.0];
    let matrix = Matrix::new(vec![column.to_vec(); 2]).unwrap();
    let settings = RandomForest { trees: 40, ..RandomForest::for_numbers() };
    let trees = fit(&with(settings, 1), &matrix, &Labels::Numbers(&column)).unwrap();
    let roots = trees.members.iter().filter(|tree| !tree.nodes[0].is_leaf());
    let second = roots.filter(|tree| tree.nodes[0].feature() == 1).count();
    assert!((10..=30).contains(&second), "{second} of 40 roots");
}

#[test]
fn a_smaller_sample_grows_smaller_trees() {
    let case = Case::made(400, 2, 5);
    let nodes = |samples| {
        let settings = RandomForest { trees: 5, samples, ..RandomForest::default() };
        fit(&with(settings, 1), &case.matrix(), &case.classes()).unwrap().node_count()
    };
    assert!(nodes(0.2) * 2 < nodes(1.0));
}

#[test]
fn leaves_hold_enough_distinct_rows_however_often_they_were_drawn() {
    // Four rows of two values each: a leaf of three distinct rows is impossible after a split, repeated draws or not.
    let case =
        Case { columns: vec![vec![1.0, 1.0, 2.0, 2.0]], codes: vec![0, 0, 1, 1], numbers: vec![0.0; 4], classes: 2 };
    let nodes = |min_samples_leaf| {
        let growth = Growth { min_samples_leaf, ..Growth::default() };
        let settings = RandomForest { growth, trees: 50, ..RandomForest::default() };
        fit(&with(settings, 1), &case.matrix(), &case.classes()).unwrap().node_count()
    };
    assert_eq!(nodes(3), 50);
    assert!(nodes(2) > 50);
}

#[test]
fn columns_tried_are_counted_as_scikit_learn_counts_them() {
    for (features, sqrt, log2, third) in [(1, 1, 1, 1), (4, 2, 2, 1), (14, 3, 3, 4), (100, 10, 6, 33)] {
        assert_eq!(MaxFeatures::Sqrt.of(features), sqrt);
        assert_eq!(MaxFeatures::Log2.of(features), log2);
        assert_eq!(MaxFeatures::Share(1.0 / 3.0).of(features), third);
        assert_eq!(MaxFeatures::Count(7).of(features), features.min(7));
        assert_eq!(MaxFeatures::All.of(features), features);
    }
}
