//! The levels of a categorical column.

use std::collections::BTreeMap;

use portcullis_data::Categories;
use serde::{Deserialize, Serialize};

/// The levels seen in training, in the order of the training data's levels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Levels(Vec<String>);

impl Levels {
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// For each level of another column, its place among these; none for one that was not seen in training.
    pub(super) fn places(&self, levels: &[String]) -> Vec<Option<u32>> {
        if self.0 == levels {
            return (0..levels.len() as u32).map(Some).collect();
        }
        let known: BTreeMap<&str, u32> = self.iter().zip(0..).collect();
        levels.iter().map(|level| known.get(level.as_str()).copied()).collect()
    }
}

/// The levels that occur. A column cut from a larger one still lists levels that none of its rows has, and learning those
/// would let held-out rows shape the model.
pub(super) fn present_levels(categories: &Categories) -> Levels {
    let mut seen = vec![false; categories.levels.len()];
    for code in &categories.codes {
        if let Some(seen) = seen.get_mut(*code as usize) {
            *seen = true;
        }
    }
    Levels(categories.levels.iter().zip(seen).filter(|(_, seen)| *seen).map(|(level, _)| level.clone()).collect())
}
