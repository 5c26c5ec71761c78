use std::collections::BTreeSet;
use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::cells::{Unit, Whole, intern};
use crate::slot::Slot;

fn table(columns: Vec<(&str, Cells)>) -> Table {
    let rows = columns[0].1.len() as u64;
    let slot = |(name, cells): (&str, Cells)| Arc::new(Slot::ready(name.into(), cells.kind(), cells));
    Table::of_slots(columns.into_iter().map(slot).collect(), rows, vec![]).unwrap()
}

fn days(values: &[i64]) -> Cells {
    Cells::Whole(Whole { values: values.to_vec(), missing: None, unit: Unit::Days })
}

fn classes(codes: Vec<u32>) -> Target {
    let highest = codes.iter().max().map_or(0, |code| *code) + 1;
    Target::Classes { classes: (0..highest).map(|class| format!("c{class}")).collect(), codes, positive: None }
}

fn fraction(share: f64) -> SplitSpec {
    SplitSpec { test: TestPart::Fraction(share), seed: 42, stratify: false, by: None, time: None }
}

fn numbered(rows: usize) -> (Table, Target) {
    (table(vec![("x", days(&vec![0; rows]))]), Target::Numbers(vec![0.0; rows]))
}

#[test]
fn the_rows_are_pinned_for_ever() {
    let (table, target) = numbered(20);
    let split_of = |spec: &SplitSpec, target: &Target| split(&table, target, spec).unwrap().test;
    assert_eq!(split_of(&fraction(0.25), &target), RANDOM);
    let codes = (0..20).map(|row| u32::from(row % 4 == 0)).collect();
    let stratified = SplitSpec { stratify: true, ..fraction(0.25) };
    assert_eq!(split_of(&stratified, &classes(codes)), STRATIFIED);
    assert_ne!(split_of(&SplitSpec { seed: 43, ..fraction(0.25) }, &target), RANDOM);
}

const RANDOM: [u32; 5] = [2, 4, 5, 15, 16];
const STRATIFIED: [u32; 5] = [1, 6, 12, 15, 17];

#[test]
fn both_sides_are_ascending_and_complete() {
    let (table, target) = numbered(150);
    let split = split(&table, &target, &fraction(0.2)).unwrap();
    assert_eq!((split.train.len(), split.test.len()), (120, 30));
    assert!(split.test.is_sorted() && split.train.is_sorted());
    let all: BTreeSet<u32> = split.train.iter().chain(&split.test).copied().collect();
    assert_eq!(all.len(), 150);
    assert_eq!(split.method, "random, seed 42");
}

#[test]
fn a_share_that_empties_a_side_is_refused() {
    let (table, target) = numbered(4);
    for share in [0.0, 1.0, -0.2, f64::NAN, 0.1, 0.9] {
        let error = split(&table, &target, &fraction(share)).unwrap_err().to_string();
        assert!(error.contains(&format!("test = {share}")), "{error}");
    }
    let file = SplitSpec { test: TestPart::File, ..fraction(0.2) };
    let split = split(&table, &target, &file).unwrap();
    assert_eq!((split.train, split.test), (vec![0, 1, 2, 3], vec![]));
}

#[test]
fn a_class_of_one_row_cannot_be_stratified() {
    let (table, _) = numbered(5);
    let spec = SplitSpec { stratify: true, ..fraction(0.4) };
    let error = split(&table, &classes(vec![0, 0, 1, 0, 0]), &spec).unwrap_err().to_string();
    assert!(error.contains("`c1`") && error.contains("stratify = false"), "{error}");
    let (table, _) = numbered(6);
    let crowded = split(&table, &classes(vec![0, 0, 1, 1, 2, 2]), &SplitSpec { stratify: true, ..fraction(0.34) });
    assert!(crowded.unwrap_err().to_string().contains("3 classes"));
    // Numbers have no classes.
    let (table, target) = numbered(6);
    let spec = SplitSpec { stratify: true, ..fraction(0.34) };
    assert_eq!(split(&table, &target, &spec).unwrap().method, "random, seed 42");
}

#[test]
fn the_latest_rows_are_held_out_and_one_time_stays_together() {
    let of = |values: &[i64], share: f64| {
        let table = table(vec![("t", days(values))]);
        let spec = SplitSpec { time: Some("t".into()), ..fraction(share) };
        split(&table, &Target::Numbers(vec![0.0; values.len()]), &spec).map(|split| split.test)
    };
    assert_eq!(of(&[5, 1, 4, 2, 3], 0.4), Ok(vec![0, 2]));
    // Rows of day 4 are at the border: both are learnt from.
    assert_eq!(of(&[5, 4, 4, 2, 3], 0.4), Ok(vec![0]));
    // Unless nothing would be held out.
    assert_eq!(of(&[5, 5, 5, 2, 3], 0.4), Ok(vec![0, 1, 2]));
    assert!(of(&[5, 5, 5, 5, 5], 0.4).unwrap_err().to_string().contains("same `t`"));
    let words = table(vec![("t", Cells::Text(intern(&[Some("a"), Some("b"), Some("c")])))]);
    let spec = SplitSpec { time: Some("t".into()), ..fraction(0.4) };
    let error = split(&words, &Target::Numbers(vec![0.0; 3]), &spec).unwrap_err().to_string();
    assert!(error.contains("of type text"), "{error}");
    let numbers = table(vec![("t", Cells::Numbers(vec![-2.0, 1.5, -3.0, 0.0]))]);
    let split =
        split(&numbers, &Target::Numbers(vec![0.0; 4]), &SplitSpec { time: Some("t".into()), ..fraction(0.75) });
    assert_eq!(split.unwrap().train, [2]);
}

#[test]
fn groups_need_a_value_in_every_row() {
    let of = |values: &[Option<&str>]| {
        let table = table(vec![("g", Cells::Text(intern(values)))]);
        let spec = SplitSpec { by: Some("g".into()), ..fraction(0.5) };
        split(&table, &Target::Numbers(vec![0.0; values.len()]), &spec).map(|split| split.test.len())
    };
    assert_eq!(of(&[Some("a"), Some("b"), Some("a")]), Ok(2));
    assert!(of(&[Some("a"), None]).unwrap_err().to_string().contains("row 2 has no `g`"));
    assert!(of(&[Some("a"), Some("a")]).unwrap_err().to_string().contains("two groups"));
}

proptest! {
    #[test]
    fn no_group_is_on_both_sides(values in prop::collection::vec(0_u8..12, 2..80), seed in 0_u32..50, share in 0.05..0.95_f64) {
        prop_assume!(values.iter().any(|value| *value != values[0]));
        let wanted = (values.len() as f64 * share).round();
        prop_assume!(wanted >= 1.0 && wanted < values.len() as f64);
        let texts: Vec<Option<String>> = values.iter().map(|value| Some(value.to_string())).collect();
        let table = table(vec![("g", Cells::Text(intern(&texts)))]);
        let spec = SplitSpec { by: Some("g".into()), seed, ..fraction(share) };
        let split = split(&table, &Target::Numbers(vec![0.0; values.len()]), &spec).unwrap();
        prop_assert!(!split.test.is_empty() && !split.train.is_empty());
        let side = |rows: &[u32]| rows.iter().map(|row| values[*row as usize]).collect::<BTreeSet<_>>();
        prop_assert!(side(&split.test).is_disjoint(&side(&split.train)));
        // Never further from the share than half of the largest group, or one whole group when nothing fits.
        let largest = values.iter().map(|value| values.iter().filter(|other| *other == value).count()).max().unwrap();
        prop_assert!((split.test.len() as f64 - wanted).abs() <= largest as f64);
    }

    #[test]
    fn classes_keep_their_share(codes in prop::collection::vec(0_u32..4, 30..200), seed in 0_u32..50) {
        let counts: Vec<usize> = (0..4).map(|class| codes.iter().filter(|code| **code == class).count()).collect();
        prop_assume!(counts.iter().all(|count| *count >= 2));
        let (table, _) = numbered(codes.len());
        let spec = SplitSpec { stratify: true, seed, ..fraction(0.2) };
        let split = split(&table, &classes(codes.clone()), &spec).unwrap();
        prop_assert_eq!(split.test.len() as f64, (codes.len() as f64 * 0.2).round());
        for (class, count) in (0..4).zip(counts) {
            let held_out = split.test.iter().filter(|row| codes[**row as usize] == class).count();
            prop_assert!(held_out >= 1 && held_out < count);
            prop_assert!((held_out as f64 - count as f64 * 0.2).abs() <= 2.0, "{held_out} of {count}");
        }
    }

    #[test]
    fn quotas_add_up(counts in prop::collection::vec(2_u64..50, 1..8), share in 0.0..1.0_f64) {
        let total: u64 = counts.iter().sum();
        let wanted = (total as f64 * share).round() as u64;
        match quotas(&counts, wanted) {
            Some(found) => {
                prop_assert_eq!(found.iter().sum::<u64>(), wanted);
                prop_assert!(found.iter().zip(&counts).all(|(quota, count)| (1..*count).contains(quota)));
            }
            None => prop_assert!(wanted < counts.len() as u64 || wanted > total - counts.len() as u64),
        }
    }
}
