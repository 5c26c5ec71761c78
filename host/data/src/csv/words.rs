//! A column of texts: each distinct one once.

use std::hash::BuildHasher;

use hashbrown::hash_table::Entry;
use hashbrown::{DefaultHashBuilder, HashTable};

use crate::frame::{Categories, MISSING};

/// The texts of a chunk while they are read.
#[derive(Debug, Default)]
pub(crate) struct Words {
    codes: Vec<u32>,
    distinct: Distinct,
    /// Codes by the hash of their text.
    places: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

/// Texts next to each other in memory: a column of identifiers has as many as it has rows.
#[derive(Debug, Default)]
struct Distinct {
    text: String,
    ends: Vec<usize>,
}

impl Distinct {
    fn push(&mut self, word: &str) {
        self.text.push_str(word);
        self.ends.push(self.text.len());
    }

    fn get(&self, code: u32) -> &str {
        let from = (code as usize).checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.ends.get(code as usize).and_then(|end| self.text.get(from..*end)).unwrap_or_default()
    }

    fn len(&self) -> u32 {
        self.ends.len() as u32
    }
}

/// The first bytes of a word as a number of the same order, which most comparisons are settled by.
fn prefix(word: &str) -> u64 {
    let mut bytes = [0; 8];
    for (byte, of_word) in bytes.iter_mut().zip(word.bytes()) {
        *byte = of_word;
    }
    u64::from_be_bytes(bytes)
}

impl Words {
    /// So many rows without a text.
    pub fn nothing(rows: usize) -> Self {
        Self { codes: vec![MISSING; rows], ..Self::default() }
    }

    pub fn push(&mut self, text: &str) {
        let Self { codes, distinct, places, hasher } = self;
        let same = |code: &u32| distinct.get(*code) == text;
        let code = match places.entry(hasher.hash_one(text), same, |code| hasher.hash_one(distinct.get(*code))) {
            Entry::Occupied(found) => *found.get(),
            Entry::Vacant(place) => {
                let code = *place.insert(distinct.len()).get();
                distinct.push(text);
                code
            }
        };
        codes.push(code);
    }

    pub fn gap(&mut self) {
        self.codes.push(MISSING);
    }

    pub fn sorted(self) -> SortedWords {
        let keyed = |code| (prefix(self.distinct.get(code)), self.distinct.get(code), code);
        let mut words: Vec<(u64, &str, u32)> = (0..self.distinct.len()).map(keyed).collect();
        words.sort_unstable();
        let mut distinct = Distinct::default();
        for (_, word, _) in &words {
            distinct.push(word);
        }
        SortedWords { olds: words.into_iter().map(|(_, _, old)| old).collect(), codes: self.codes, distinct }
    }
}

/// The texts of a chunk, the distinct ones in order, because merging what lies in order waits less for memory.
#[derive(Debug)]
pub(crate) struct SortedWords {
    codes: Vec<u32>,
    distinct: Distinct,
    /// The code of each.
    olds: Vec<u32>,
}

/// The texts of all chunks, as categories with levels sorted by their bytes.
pub(crate) fn joined(pieces: &[SortedWords]) -> Categories {
    let mut all: Vec<(u64, &str, u32, u32)> = Vec::with_capacity(pieces.iter().map(|piece| piece.olds.len()).sum());
    for (place, piece) in (0..).zip(pieces) {
        all.extend((0..).zip(&piece.olds).map(|(new, old)| {
            let word = piece.distinct.get(new);
            (prefix(word), word, place, *old)
        }));
    }
    // A stable sort only has to merge what is sorted already. No two are equal: `place` and `old` settle it.
    #[allow(clippy::stable_sort_primitive)]
    all.sort();
    let mut renamed: Vec<Vec<u32>> = pieces.iter().map(|piece| vec![MISSING; piece.olds.len()]).collect();
    let mut levels: Vec<String> = vec![];
    for (_, word, place, old) in all {
        if levels.last().is_none_or(|last| last != word) {
            levels.push(word.to_owned());
        }
        if let Some(new) = renamed.get_mut(place as usize).and_then(|renamed| renamed.get_mut(old as usize)) {
            *new = (levels.len() - 1) as u32;
        }
    }
    let mut codes = Vec::with_capacity(pieces.iter().map(|piece| piece.codes.len()).sum());
    for (piece, renamed) in pieces.iter().zip(renamed) {
        // The code of a missing text is beyond all names.
        codes.extend(piece.codes.iter().map(|code| renamed.get(*code as usize).copied().unwrap_or(MISSING)));
    }
    Categories { codes, levels }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::cells::intern;

    proptest! {
        #[test]
        fn chunks_give_what_the_whole_gives(texts in prop::collection::vec(prop::option::of("[ab]{0,3}"), 0..40), cut in 0..40_usize) {
            let (one, other) = texts.split_at(cut.min(texts.len()));
            let pieces: Vec<SortedWords> = [one, other].iter().map(|texts| {
                let mut words = Words::nothing(0);
                for text in *texts {
                    match text {
                        Some(text) => words.push(text),
                        None => words.gap(),
                    }
                }
                words.sorted()
            }).collect();
            prop_assert_eq!(joined(&pieces), intern(&texts));
        }
    }
}
