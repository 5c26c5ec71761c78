//! Rows that repeat an earlier one.

use std::sync::Arc;

use crate::cells::Cells;

/// Rows that equal an earlier row in all of these columns.
///
/// Exact, without hashing whole rows: groups of rows that agree so far are split by one column after the other, and rows
/// that stand alone drop out, so a table with an id costs one sort.
pub(crate) fn count(columns: &[Arc<Cells>], rows: usize) -> u64 {
    // (group, key of the column at hand, row)
    let mut alike: Vec<(u32, u64, u32)> = (0..rows as u32).map(|row| (0, 0, row)).collect();
    for column in columns {
        let keys = column.keys();
        for (_, key, row) in &mut alike {
            *key = keys.get(*row as usize).copied().unwrap_or(0);
        }
        alike.sort_unstable();
        let mut next = Vec::with_capacity(alike.len());
        let groups = alike.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)).filter(|same| same.len() > 1);
        for (group, same) in (0..).zip(groups) {
            next.extend(same.iter().map(|(_, _, row)| (group, 0, *row)));
        }
        alike = next;
        if alike.is_empty() {
            return 0;
        }
    }
    let groups = alike.chunk_by(|a, b| a.0 == b.0).count();
    (alike.len() - groups) as u64
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::cells::intern;

    proptest! {
        #[test]
        fn as_many_as_counting_finds(rows in prop::collection::vec((0_u8..3, prop::option::of(0_u8..3)), 0..40)) {
            let numbers = rows.iter().map(|(a, _)| if *a == 2 { f64::NAN } else { f64::from(*a) }).collect();
            let texts: Vec<Option<String>> = rows.iter().map(|(_, b)| b.map(|b| b.to_string())).collect();
            let columns = [Arc::new(Cells::Numbers(numbers)), Arc::new(Cells::Text(intern(&texts)))];
            let unique: BTreeSet<_> = rows.iter().collect();
            prop_assert_eq!(count(&columns, rows.len()), (rows.len() - unique.len()) as u64);
        }
    }

    #[test]
    fn without_columns_every_row_is_the_same() {
        assert_eq!(count(&[], 3), 2);
        assert_eq!(count(&[], 0), 0);
    }
}
