//! Parting the rows of a node.

/// Which bins of a column go left.
#[derive(Debug, Clone, Copy)]
pub(super) struct Side<C> {
    /// Bins up to this one.
    pub below: C,
    /// The bin of missing values.
    pub missing: C,
    /// Whether it goes left.
    pub missing_left: bool,
}

impl<C: PartialOrd + Copy> Side<C> {
    #[allow(clippy::needless_bitwise_bool)] // a branch that cannot be foreseen costs more than both comparisons
    fn goes_left(&self, code: C) -> bool {
        (code <= self.below) | ((code == self.missing) & self.missing_left)
    }
}

/// Puts the items that go left first, each side in its old order, and returns how many they are. `spare` is as long as
/// `items` at least; `code` gives an item's bin.
pub(super) fn part<T: Copy, C: PartialOrd + Copy>(
    items: &mut [T],
    spare: &mut [T],
    side: &Side<C>,
    code: impl Fn(&T) -> C,
) -> usize {
    let (mut left, mut right) = (0, 0);
    for at in 0..items.len() {
        let item = items[at];
        let goes_left = side.goes_left(code(&item));
        // Both are written and one counts, again without a branch.
        items[left] = item;
        spare[right] = item;
        left += usize::from(goes_left);
        right += usize::from(!goes_left);
    }
    items[left..].copy_from_slice(&spare[..right]);
    left
}

#[cfg(test)]
mod tests {
    use super::super::bins::MISSING;
    use super::*;

    fn parted(below: u8, missing_left: bool) -> (Vec<u8>, usize) {
        let mut items = vec![3, MISSING, 1, 2, 1, MISSING, 0];
        let mut spare = vec![0; items.len()];
        let left = part(&mut items, &mut spare, &Side { below, missing: MISSING, missing_left }, |&item| item);
        (items, left)
    }

    #[test]
    fn each_side_keeps_its_order() {
        assert_eq!(parted(1, false), (vec![1, 1, 0, 3, MISSING, 2, MISSING], 3));
        assert_eq!(parted(1, true), (vec![MISSING, 1, 1, MISSING, 0, 3, 2], 5));
        assert_eq!(parted(254, false), (vec![3, 1, 2, 1, 0, MISSING, MISSING], 5));
    }
}
