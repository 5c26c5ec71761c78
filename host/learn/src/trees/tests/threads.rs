//! The same bytes on any number of threads.

use super::*;

fn on(threads: usize, settings: &TreeSettings, case: &Case, labels: &Labels) -> (Vec<u8>, Vec<f64>) {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    pool.install(|| {
        let trees = fit(settings, &case.matrix(), labels).unwrap();
        (trees.to_bytes(), trees.predict(&case.matrix()).unwrap())
    })
}

#[test]
fn any_number_of_threads_gives_the_same_bytes() {
    // Enough rows that histograms and gradients are shared out.
    let stopping = Boosting { early_stopping: Some(3), ..Boosting::default() };
    let rounds = |settings: Boosting| boosted(Boosting { rounds: 10, ..settings });
    for classes in [2, 4] {
        let case = Case::made(20_000, classes, 8);
        for settings in [tree(), forest(7), rounds(Boosting::default()), rounds(stopping.clone())] {
            for labels in [case.classes(), case.numbers()] {
                let one = on(1, &settings, &case, &labels);
                for threads in [2, 3, 8] {
                    assert!(one == on(threads, &settings, &case, &labels), "{settings:?} on {threads} threads");
                }
            }
        }
    }
}

#[test]
fn another_seed_gives_other_bytes() {
    let case = Case::made(500, 2, 8);
    let of = |seed| on(2, &TreeSettings { seed, ..forest(3) }, &case, &case.classes()).0;
    assert_ne!(of(1), of(2));
}
