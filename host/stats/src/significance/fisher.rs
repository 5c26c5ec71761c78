//! Fisher's exact test.

/// The two-sided p-value of Fisher's exact test on the table `[[a, b], [c, d]]`: the chance, given the sums of rows and
/// columns, of a table at most as likely as this one. `scipy.stats.fisher_exact`.
///
/// Range 0 to 1; small where the share `a / (a + b)` differs from `c / (c + d)` by more than chance explains. 1 where a
/// row or a column is empty. Tables count as equally likely within 1e-7, which absorbs rounding (as in R).
///
/// ```
/// use portcullis_stats::fisher_exact;
/// // a lady tasting tea: 3 of 4 right
/// assert!((fisher_exact(3, 1, 1, 3) - 0.485_714_285_714).abs() < 1e-12);
/// assert_eq!(fisher_exact(0, 0, 3, 4), 1.0);
/// ```
pub fn fisher_exact(a: u64, b: u64, c: u64, d: u64) -> f64 {
    let (row, column, total) = (a + b, a + c, a + b + c + d);
    let (lowest, highest) = (column.saturating_sub(c + d), row.min(column));
    // Likelihoods relative to the likeliest table, by the ratio of neighbours: no factorial, no logarithm.
    let mode = (((row + 1) as f64 * (column + 1) as f64 / (total + 2) as f64) as u64).clamp(lowest, highest);
    let ratio_up =
        |x: u64| (row - x) as f64 / (x + 1) as f64 * ((column - x) as f64 / (total + x + 1 - row - column) as f64);
    let mut tables = walk(mode, lowest, |x, likelihood| (x - 1, likelihood / ratio_up(x - 1)));
    tables.extend(walk(mode, highest, |x, likelihood| (x + 1, likelihood * ratio_up(x))));
    tables.push((mode, 1.0));
    let Some(&(_, observed)) = tables.iter().find(|table| table.0 == a) else {
        return 0.0; // so unlikely that its relative likelihood is not a number above zero
    };
    // In ascending order, so that small terms are added up before they meet large ones.
    tables.sort_unstable_by(|one, other| one.1.total_cmp(&other.1));
    let sum_up_to =
        |limit: f64| tables.iter().map(|table| table.1).take_while(|&likelihood| likelihood <= limit).sum::<f64>();
    let (extreme, all) = (sum_up_to(observed * (1.0 + 1e-7)), sum_up_to(f64::INFINITY));
    (extreme / all).min(1.0)
}

/// The tables from the mode (not included) to an end, as long as their relative likelihood is above zero.
fn walk(mode: u64, end: u64, step: impl Fn(u64, f64) -> (u64, f64)) -> Vec<(u64, f64)> {
    let mut tables = Vec::new();
    let (mut x, mut likelihood) = (mode, 1.0);
    while x != end && likelihood > 0.0 {
        (x, likelihood) = step(x, likelihood);
        tables.push((x, likelihood));
    }
    tables
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_table_may_be_turned(a in 0..40_u64, b in 0..40_u64, c in 0..40_u64, d in 0..40_u64) {
            let p = fisher_exact(a, b, c, d);
            prop_assert!((0.0..=1.0).contains(&p));
            for turned in [fisher_exact(c, d, a, b), fisher_exact(b, a, d, c), fisher_exact(a, c, b, d)] {
                prop_assert!((p - turned).abs() < 1e-12, "{} {}", p, turned);
            }
        }
    }

    #[test]
    fn large_tables_neither_overflow_nor_take_for_ever() {
        assert_eq!(fisher_exact(1_000_000, 0, 0, 1_000_000), 0.0);
        let even = fisher_exact(500_000, 500_000, 500_000, 500_000);
        assert!((even - 1.0).abs() < 1e-9, "{even}");
    }
}
