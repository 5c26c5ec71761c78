//! The nearest valid word to one that is not.

use crate::keys::{Key, SECTIONS, Section};

/// Case and the two ways of joining words do not count as differences.
fn folded(word: &str) -> String {
    word.trim().to_lowercase().replace('_', "-")
}

/// The word that was probably meant, if one is near: at most one edit in three letters away. Ties go to the first.
pub fn nearest<'a>(given: &str, valid: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let given = folded(given);
    let allowed = (given.chars().count() / 3).max(1);
    valid
        .into_iter()
        .map(|word| (strsim::damerau_levenshtein(&given, &folded(word)), word))
        .filter(|(distance, word)| *distance <= allowed && *distance < word.chars().count())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}

/// The key that was probably meant: a near one, or what another tool's word stands for.
pub(crate) fn nearest_key(given: &str, keys: &'static [Key]) -> Option<&'static str> {
    let word = folded(given);
    keys.iter()
        .find(|key| key.name == word || key.aliases.contains(&word.as_str()))
        .map(|key| key.name)
        .or_else(|| nearest(given, keys.iter().map(|key| key.name)))
}

/// What to do about an unknown key: the likely one of the same section, else the section that has it, and all valid ones.
pub(crate) fn advice(given: &str, keys: &'static [Key], elsewhere: &'static [Section]) -> String {
    let valid = listed(keys.iter().map(|key| key.name));
    if let Some(near) = nearest_key(given, keys) {
        return format!("did you mean `{near}`? valid: {valid}");
    }
    match elsewhere.iter().find(|section| section.key(given).is_some()) {
        Some(section) => format!("it belongs under [{}]; valid here: {valid}", section.name),
        None => format!("valid: {valid}"),
    }
}

/// What to do about an unknown section.
pub(crate) fn section_advice(given: &str) -> String {
    let names = || SECTIONS.iter().map(|section| section.name).chain(["policy"]);
    let valid =
        listed(names().map(|name| if name == "policy" { "[[policy]]".to_owned() } else { format!("[{name}]") }));
    let meant = match folded(given).as_str() {
        "dataset" | "datasets" => Some("data"),
        "evaluation" | "metrics" => Some("evaluate"),
        "training" | "train" => Some("model"),
        "policies" => Some("policy"),
        _ => nearest(given, names()),
    };
    match meant {
        Some("policy") => format!("did you mean [[policy]]? valid: {valid}"),
        Some(near) => format!("did you mean [{near}]? valid: {valid}"),
        None => format!("valid: {valid}"),
    }
}

/// Words in a row, separated by commas.
pub(crate) fn listed<S: AsRef<str>>(words: impl IntoIterator<Item = S>) -> String {
    let mut out = String::new();
    for word in words {
        if !out.is_empty() {
            out.push_str(", ");
        }
        out.push_str(word.as_ref());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys;

    #[test]
    fn near_words_are_found_and_far_ones_are_not() {
        let table = [
            ("tarfet", Some("target")),
            ("Target", Some("target")),
            ("label", Some("target")),
            ("na_values", Some("missing")),
            ("feature", Some("features")),
            ("colour", None),
            ("xyz", None),
        ];
        let keys = keys::section("data").unwrap().keys;
        for (given, expected) in table {
            assert_eq!(nearest_key(given, keys), expected, "{given}");
        }
    }

    #[test]
    fn one_letter_is_not_near_to_everything() {
        assert_eq!(nearest("q", ["id", "by"]), None);
        assert_eq!(nearest("b", ["id", "by"]), Some("by"));
    }

    #[test]
    fn no_alias_is_a_key_of_its_own_section_or_stands_for_two() {
        for section in keys::SECTIONS.iter().chain(keys::ENTRY_SECTIONS) {
            let mut seen: Vec<&str> = section.keys.iter().map(|key| key.name).collect();
            for alias in section.keys.iter().flat_map(|key| key.aliases) {
                assert!(!seen.contains(alias), "[{}] {alias}", section.name);
                seen.push(alias);
            }
        }
    }
}
