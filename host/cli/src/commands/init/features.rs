//! What each column but the target is good for.

use anyhow::bail;
use portcullis_data::{ColumnKind, ColumnProfile};

use super::quoting::shown;

/// Fewer values than this teach a model nothing, and may all end up held out.
const FEW_VALUES: u64 = 10;
/// Text with at most this many different values is a category, however few the rows.
const ALWAYS_CATEGORIES: u64 = 20;
/// Text with more different values than this is no category, however many the rows.
const NEVER_CATEGORIES: u64 = 1000;
/// A category has so many rows for each value on average.
const ROWS_PER_CATEGORY: u64 = 5;
/// Words in the name of a column that says to which group a person belongs.
const PROTECTED: [&str; 15] = [
    "sex",
    "gender",
    "race",
    "ethnicity",
    "ethnic",
    "religion",
    "nationality",
    "disability",
    "disabled",
    "caste",
    "agegroup",
    "agecat",
    "agecategory",
    "ageband",
    "agerange",
];
/// A column with more groups than this is not compared group by group.
const MOST_GROUPS: u64 = 20;

/// The columns by their use.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Uses {
    /// The inputs of the model.
    pub features: Vec<String>,
    /// The column that names the rows.
    pub id: Option<String>,
    /// What the model does not get, with the reason.
    pub left_out: Vec<(String, String)>,
    /// Columns that look like protected attributes; they are neither features nor left out.
    pub groups: Vec<String>,
    /// A column that names something which comes back in several rows: a customer.
    pub by: Option<String>,
    /// A column that orders the rows in time.
    pub time: Option<String>,
}

/// Sorts the columns by what they are good for.
///
/// # Errors
/// No feature is left.
pub(super) fn sort(columns: &[ColumnProfile], rows: u64, target: &str) -> anyhow::Result<Uses> {
    let mut uses = Uses::default();
    let others = || columns.iter().filter(|column| column.name != target);
    let ids = others().filter(|column| column.looks_like_id);
    uses.id = ids.min_by_key(|column| !is_called_id(&column.name)).map(|column| column.name.clone());
    for column in others() {
        let name = column.name.clone();
        if uses.id.as_ref() == Some(&name) {
            continue;
        }
        match use_of(column, rows) {
            Use::Feature => uses.features.push(name),
            Use::Group => uses.groups.push(name),
            Use::None(why) => {
                let dated = matches!(column.kind, ColumnKind::Date | ColumnKind::DateTime);
                if dated && column.missing == 0 && column.distinct > 1 && uses.time.is_none() {
                    uses.time = Some(name.clone());
                }
                if comes_back(column, rows) && uses.by.is_none() {
                    uses.by = Some(name.clone());
                }
                uses.left_out.push((name, why));
            }
        }
    }
    if uses.features.is_empty() && uses.groups.is_empty() {
        let reasons: Vec<String> = uses.left_out.iter().map(|(name, why)| format!("{}: {why}", shown(name))).collect();
        let id = uses.id.iter().map(|id| format!("{}: it names the rows", shown(id)));
        let reasons: Vec<String> = id.chain(reasons).collect();
        let reasons = if reasons.is_empty() { "it is the only one".to_owned() } else { reasons.join("; ") };
        bail!("beside the target `{}` no column is left to learn from ({reasons})", shown(target));
    }
    Ok(uses)
}

enum Use {
    Feature,
    Group,
    None(String),
}

fn use_of(column: &ColumnProfile, rows: u64) -> Use {
    let values = rows - column.missing.min(rows);
    let varied = column.distinct > NEVER_CATEGORIES
        || (column.distinct > ALWAYS_CATEGORIES && column.distinct * ROWS_PER_CATEGORY > values);
    if values == 0 {
        return Use::None("it has no value in any row".to_owned());
    }
    if values < FEW_VALUES {
        return Use::None(format!("it has a value in {values} of {rows} rows only"));
    }
    if column.looks_like_id {
        return Use::None("it has another value in every row".to_owned());
    }
    if comes_back(column, rows) {
        return Use::None("it is called an id".to_owned());
    }
    match column.kind {
        ColumnKind::Date | ColumnKind::DateTime => Use::None("it is a date, which a model learns by heart".to_owned()),
        ColumnKind::Other => Use::None("it holds lists, records or bytes".to_owned()),
        ColumnKind::Text | ColumnKind::Boolean | ColumnKind::Integer if is_protected(column) => Use::Group,
        ColumnKind::Text if varied => {
            Use::None(format!("it is text with {} different values in {values} rows", column.distinct))
        }
        _ => Use::Feature,
    }
}

/// Whether a column names something that has several rows.
fn comes_back(column: &ColumnProfile, rows: u64) -> bool {
    let named = matches!(column.kind, ColumnKind::Integer | ColumnKind::Text) && is_called_id(&column.name);
    named
        && !column.looks_like_id
        && column.distinct > ALWAYS_CATEGORIES
        && column.distinct < rows - column.missing.min(rows)
}

/// Whether the last word of a name is `id`.
fn is_called_id(name: &str) -> bool {
    let lower = name.to_lowercase();
    lower.rsplit(['_', ' ', '-', '.']).next() == Some("id") || name.ends_with("Id")
}

fn is_protected(column: &ColumnProfile) -> bool {
    if !(2..=MOST_GROUPS).contains(&column.distinct) {
        return false;
    }
    let lower = column.name.to_lowercase();
    let words = || lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let folded: String = words().collect();
    words().any(|word| PROTECTED.contains(&word)) || PROTECTED.contains(&folded.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROWS: u64 = 200;

    fn column(name: &str, kind: ColumnKind, distinct: u64, missing: u64) -> ColumnProfile {
        let looks_like_id = distinct == ROWS && kind != ColumnKind::Number;
        ColumnProfile { name: name.to_owned(), kind, distinct, missing, minimum: None, maximum: None, looks_like_id }
    }

    #[test]
    fn every_column_finds_its_use() {
        use ColumnKind::{Boolean, Date, Integer, Number, Other, Text};
        let columns = [
            column("full name", Text, 200, 0),
            column("id", Integer, 200, 0),
            column("customer_id", Text, 80, 0),
            column("signed up", Date, 90, 0),
            column("comment", Text, 150, 20),
            column("region", Text, 4, 3),
            column("price", Number, 200, 0),
            column("empty", Number, 0, 200),
            column("nearly empty", Number, 9, 191),
            column("tags", Other, 7, 0),
            column("Sex", Text, 2, 0),
            column("age_group", Text, 5, 0),
            column("racer", Boolean, 2, 0),
            column("y", Boolean, 2, 0),
        ];
        let uses = sort(&columns, ROWS, "y").unwrap();
        assert_eq!(uses.id.as_deref(), Some("id"));
        assert_eq!(uses.features, ["region", "price", "racer"]);
        assert_eq!(uses.groups, ["Sex", "age_group"]);
        assert_eq!((uses.by.as_deref(), uses.time.as_deref()), (Some("customer_id"), Some("signed up")));
        let left: Vec<&str> = uses.left_out.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(left, ["full name", "customer_id", "signed up", "comment", "empty", "nearly empty", "tags"]);
        assert_eq!(uses.left_out[3].1, "it is text with 150 different values in 180 rows");
    }

    #[test]
    fn nothing_to_learn_from_is_said() {
        let columns = [column("id", ColumnKind::Integer, 200, 0), column("y", ColumnKind::Boolean, 2, 0)];
        let error = sort(&columns, ROWS, "y").unwrap_err().to_string();
        assert!(error.contains("`y`") && error.contains("id: it names the rows"), "{error}");
        assert!(sort(&columns[1..], ROWS, "y").unwrap_err().to_string().contains("the only one"));
    }
}
