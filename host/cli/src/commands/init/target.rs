//! Which column is to be predicted, and which of two classes is the positive one.

use anyhow::bail;
use portcullis_data::{ColumnKind, ColumnProfile};

use super::quoting::shown;

/// Names, folded, by which people call what is to be predicted; the earlier wins.
const NAMES: [&str; 33] = [
    "target",
    "label",
    "labels",
    "groundtruth",
    "y",
    "class",
    "outcome",
    "response",
    "approved",
    "churn",
    "churned",
    "exited",
    "attrition",
    "defaulted",
    "default",
    "fraud",
    "fraudulent",
    "survived",
    "converted",
    "clicked",
    "purchased",
    "subscribed",
    "readmitted",
    "spam",
    "species",
    "diagnosis",
    "repaid",
    "isfraud",
    "haschurned",
    "verdict",
    "deposit",
    "income50k",
    "medv",
];
/// Names, in lower case, of a class that is the negative one of two if the other is not among them.
const NEGATIVE: [&str; 20] = [
    "0",
    "false",
    "no",
    "n",
    "f",
    "negative",
    "neg",
    "-",
    "-1",
    "none",
    "normal",
    "healthy",
    "benign",
    "ham",
    "legit",
    "legitimate",
    "control",
    "absent",
    "rejected",
    "denied",
];

/// The column to predict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Choice {
    /// Its name.
    pub column: String,
    /// Why this one.
    pub why: &'static str,
    /// Whether the user named it.
    pub given: bool,
    /// Other columns that are named like something to predict: they may know the answer.
    pub others: Vec<String>,
}

/// Chooses the column to predict: the one given, else one with a telling name, else the last that can be predicted.
///
/// # Errors
/// The given column does not exist (the nearest is named), or none can be predicted.
pub(super) fn choose(columns: &[ColumnProfile], rows: u64, given: Option<&str>) -> anyhow::Result<Choice> {
    let telling = |column: &&ColumnProfile| rank(&column.name).is_some();
    let others = |chosen: &str| {
        let others = columns.iter().filter(telling).filter(|column| column.name != chosen && fits(column, rows));
        others.map(|column| column.name.clone()).collect::<Vec<_>>()
    };
    let choice = |column: &ColumnProfile, why, given| Choice {
        column: column.name.clone(),
        why,
        given,
        others: others(&column.name),
    };
    if let Some(given) = given {
        let Some(column) = columns.iter().find(|column| column.name == given) else {
            return Err(unknown(columns, given));
        };
        return Ok(choice(column, "as --target says", true));
    }
    let named =
        columns.iter().filter(telling).filter(|column| fits(column, rows)).min_by_key(|column| rank(&column.name));
    if let Some(named) = named {
        return Ok(choice(named, "it is named like one", false));
    }
    match columns.iter().enumerate().rev().find(|(_, column)| fits(column, rows)) {
        Some((place, column)) if place + 1 == columns.len() => Ok(choice(column, "it is the last column", false)),
        Some((_, column)) => Ok(choice(column, "it is the last column that can be predicted", false)),
        None => bail!(
            "no column looks like something to predict (an id, a date, text that differs from row to row, or the same value \
             everywhere is none): name one with --target COLUMN. There are: {}",
            names(columns)
        ),
    }
}

fn unknown(columns: &[ColumnProfile], given: &str) -> anyhow::Error {
    let folded = fold(given);
    let most = (folded.chars().count() / 3).max(1);
    let near = columns
        .iter()
        .map(|column| (strsim::damerau_levenshtein(&folded, &fold(&column.name)), &column.name))
        .filter(|(distance, _)| *distance <= most)
        .min_by_key(|(distance, _)| *distance);
    let near = near.map_or_else(String::new, |(_, name)| format!("; did you mean `{}`?", shown(name)));
    anyhow::anyhow!("--target: there is no column `{}`{near} There are: {}", shown(given), names(columns))
}

fn names(columns: &[ColumnProfile]) -> String {
    const LISTED: usize = 30;
    let mut names: Vec<String> = columns.iter().take(LISTED).map(|column| shown(&column.name)).collect();
    if columns.len() > LISTED {
        names.push(format!("and {} more", columns.len() - LISTED));
    }
    names.join(", ")
}

/// Lower case, letters and digits only.
fn fold(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// How telling a name is, the smaller the more; none if it is not.
fn rank(name: &str) -> Option<usize> {
    let folded = fold(name);
    let lower = name.to_lowercase();
    let bare = ["is", "has", "was", "did"].iter().find_map(|word| {
        let rest = lower.strip_prefix(word)?;
        rest.starts_with(['_', ' ', '-']).then(|| fold(rest))
    });
    let whole = NAMES.iter().position(|known| *known == folded || bare.as_deref() == Some(known));
    let last = || lower.rsplit(['_', ' ', '-', '.']).next().filter(|last| ["target", "label", "class"].contains(last));
    whole.or_else(|| last().map(|_| NAMES.len()))
}

/// Whether a column can be predicted at all.
fn fits(column: &ColumnProfile, rows: u64) -> bool {
    let kind = match column.kind {
        ColumnKind::Boolean | ColumnKind::Integer | ColumnKind::Number => true,
        ColumnKind::Text => column.distinct <= (rows / 2).max(2),
        ColumnKind::Date | ColumnKind::DateTime | ColumnKind::Time | ColumnKind::Other => false,
    };
    kind && column.distinct >= 2 && !column.looks_like_id
}

/// The positive class of two, given as name and rows, where neither is named as plainly as `yes`; and why. The other of
/// a negative word (`no`, `not churned`), else the rarer, else the second.
pub(super) fn positive(first: (&str, u64), second: (&str, u64)) -> (usize, &'static str) {
    let negative = |one: &str, other: &str| {
        let (one, other) = (one.trim().to_lowercase(), other.trim().to_lowercase());
        let negates = ["not", "non", "no", "un", "in"].iter().any(|word| {
            let rest = one.strip_prefix(word).map(|rest| rest.trim_start_matches([' ', '_', '-']));
            rest.is_some_and(|rest| !rest.is_empty() && rest == other)
        });
        negates || NEGATIVE.contains(&one.as_str())
    };
    match (negative(first.0, second.0), negative(second.0, first.0)) {
        (true, false) => (1, "the other one is named like a negative"),
        (false, true) => (0, "the other one is named like a negative"),
        _ if first.1 < second.1 => (0, "the rarer of the two"),
        _ if second.1 < first.1 => (1, "the rarer of the two"),
        _ => (1, "both are as frequent: the second is taken"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(name: &str, kind: ColumnKind, distinct: u64) -> ColumnProfile {
        ColumnProfile {
            name: name.to_owned(),
            kind,
            distinct,
            missing: 0,
            minimum: None,
            maximum: None,
            looks_like_id: false,
        }
    }

    fn chosen(columns: &[ColumnProfile]) -> (String, &'static str) {
        let choice = choose(columns, 100, None).unwrap();
        (choice.column, choice.why)
    }

    #[test]
    fn a_telling_name_goes_before_the_last_column() {
        let columns = [
            column("Species", ColumnKind::Text, 3),
            column("is_fraud", ColumnKind::Boolean, 2),
            column("width", ColumnKind::Number, 90),
        ];
        assert_eq!(chosen(&columns), ("is_fraud".to_owned(), "it is named like one"));
        assert_eq!(choose(&columns, 100, None).unwrap().others, ["Species"]);
        assert_eq!(chosen(&columns[2..]).1, "it is the last column");
        let loan = [column("Loan_Label", ColumnKind::Text, 2), column("x", ColumnKind::Number, 90)];
        assert_eq!(chosen(&loan).0, "Loan_Label");
    }

    #[test]
    fn what_cannot_be_predicted_is_passed_over() {
        let mut id = column("id", ColumnKind::Integer, 100);
        id.looks_like_id = true;
        let columns = [
            column("price", ColumnKind::Number, 80),
            column("label", ColumnKind::Text, 99),
            column("same", ColumnKind::Integer, 1),
            column("day", ColumnKind::Date, 50),
            id,
        ];
        assert_eq!(chosen(&columns), ("price".to_owned(), "it is the last column that can be predicted"));
        let none = choose(&columns[1..], 100, None).unwrap_err().to_string();
        assert!(none.contains("--target COLUMN") && none.contains("label, same, day, id"), "{none}");
    }

    #[test]
    fn the_users_word_counts_and_is_corrected() {
        let columns = [column("label", ColumnKind::Text, 3), column("Price (EUR)", ColumnKind::Number, 90)];
        let given = choose(&columns, 100, Some("Price (EUR)")).unwrap();
        assert_eq!((given.column.as_str(), given.given), ("Price (EUR)", true));
        let near = choose(&columns, 100, Some("price_eur")).unwrap_err().to_string();
        assert!(near.contains("did you mean `Price (EUR)`?"), "{near}");
        let far = choose(&columns, 100, Some("zzz")).unwrap_err().to_string();
        assert!(!far.contains("did you mean") && far.contains("label, Price (EUR)"), "{far}");
    }

    #[test]
    fn the_positive_class_is_the_unusual_one() {
        assert_eq!(positive(("bad", 30), ("good", 70)).0, 0);
        assert_eq!(positive(("leaver", 70), ("stayer", 30)).0, 1);
        assert_eq!(positive(("benign", 10), ("malignant", 90)).0, 1, "a negative word outweighs the count");
        assert_eq!(positive(("churned", 60), ("not churned", 40)).0, 0);
        assert_eq!(positive(("active", 60), ("inactive", 40)).0, 0);
        assert_eq!(positive(("a", 50), ("b", 50)).0, 1);
    }
}
