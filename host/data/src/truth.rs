//! Yes and no, as different tools spell them.

/// Spellings of no and yes: booleans as this crate, Python and R write them, and the numbers that stand for them.
const SPELLINGS: [[&str; 2]; 5] = [["false", "true"], ["False", "True"], ["FALSE", "TRUE"], ["0", "1"], ["0.0", "1.0"]];

/// One of the spellings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Spelling(usize);

impl Spelling {
    /// The spelling that all of these values have; none if there is no such one, or no value.
    pub fn of(values: &[String]) -> Option<Self> {
        let all = |spelling: &[&str; 2]| values.iter().all(|value| spelling.contains(&value.as_str()));
        if values.is_empty() { None } else { SPELLINGS.iter().position(all).map(Self) }
    }

    /// What is meant by a value of any spelling, in this one; none if it means neither yes nor no.
    pub fn spell(self, value: &str) -> Option<&'static str> {
        let meant = SPELLINGS.iter().find_map(|spelling| spelling.iter().position(|word| *word == value))?;
        SPELLINGS.get(self.0).and_then(|spelling| spelling.get(meant)).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yes_and_no_are_known_in_every_spelling() {
        let of = |values: &[&str]| Spelling::of(&values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>());
        let boolean = of(&["false", "true"]).unwrap();
        assert_eq!(of(&["true"]), Some(boolean));
        assert_eq!(boolean.spell("1"), Some("true"));
        assert_eq!(boolean.spell("False"), Some("false"));
        assert_eq!(of(&["0", "1"]).unwrap().spell("TRUE"), Some("1"));
        assert_eq!(of(&["1.0"]).unwrap().spell("0"), Some("0.0"));
        assert_eq!(boolean.spell("2"), None);
        assert_eq!(of(&["0", "1", "2"]), None);
        assert_eq!(of(&["true", "1"]), None, "of two spellings");
        assert_eq!(of(&[]), None);
    }
}
