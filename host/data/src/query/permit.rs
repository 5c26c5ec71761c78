//! What a statement may do: `SQLite` asks before it compiles each step of one.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use rusqlite::hooks::{AuthAction, AuthContext, Authorization};

use super::functions;
use super::parent::{Code, Refused};
use super::wire::{AskedTable, Needed};

/// What a statement was seen to read, and why it may not, if it may not.
#[derive(Default)]
pub(super) struct Seen {
    read: BTreeMap<usize, Vec<usize>>,
    refused: Option<Refused>,
}

impl Seen {
    /// For each table the columns that are read; none of one that is not mentioned.
    pub fn needed(&self, tables: usize) -> Needed {
        (0..tables)
            .map(|table| {
                let mut places = self.read.get(&table).cloned()?;
                places.sort_unstable();
                places.dedup();
                Some(places)
            })
            .collect()
    }

    /// Why the statement may not run.
    pub fn refused(&self) -> Option<&Refused> {
        self.refused.as_ref()
    }
}

/// The answer to each of the engine's questions: reading granted columns and calling listed functions is allowed, and
/// nothing else.
pub(super) fn authorizer(
    tables: Arc<[AskedTable]>,
    seen: Arc<Mutex<Seen>>,
) -> impl FnMut(AuthContext<'_>) -> Authorization + Send + 'static {
    move |context| {
        let Ok(mut seen) = seen.lock() else { return Authorization::Deny };
        match permitted(&tables, &context.action, &mut seen) {
            Ok(()) => Authorization::Allow,
            Err(refused) => {
                seen.refused.get_or_insert(refused);
                Authorization::Deny
            }
        }
    }
}

fn permitted(tables: &[AskedTable], action: &AuthAction<'_>, seen: &mut Seen) -> Result<(), Refused> {
    match action {
        AuthAction::Select | AuthAction::Recursive => Ok(()),
        AuthAction::Read { table_name, column_name } => read(tables, table_name, column_name, seen),
        AuthAction::Function { function_name } => {
            let name = function_name.to_ascii_lowercase();
            if functions::FUNCTIONS.contains(&name.as_str()) {
                return Ok(());
            }
            Err(bad(format!("the function `{name}` may not be used; valid: {}", functions::FUNCTIONS.join(", "))))
        }
        _ => Err(bad("only one SELECT is allowed, over the tables of the run; nothing can be made, changed or opened")),
    }
}

fn read(tables: &[AskedTable], table: &str, column: &str, seen: &mut Seen) -> Result<(), Refused> {
    let Some(place) = tables.iter().position(|known| known.name.eq_ignore_ascii_case(table)) else {
        let names: Vec<&str> = tables.iter().map(|table| table.name.as_str()).collect();
        return Err(bad(format!("there is no table `{table}` to read; valid: {}", names.join(", "))));
    };
    let places = seen.read.entry(place).or_default();
    // Without a column the rows are counted; their number is no secret.
    let found = tables[place].columns.iter().position(|known| known.name.eq_ignore_ascii_case(column));
    let Some(found) = found else { return Ok(()) };
    if tables[place].columns[found].withheld {
        return Err(Refused {
            code: Code::Withheld,
            message: format!(
                "the values of column `{column}` are withheld from this policy; add it to `grant = {{ columns = […] }}` \
                 to show them"
            ),
        });
    }
    places.push(found);
    Ok(())
}

/// Refuses joins that compare every column of one name where some of these are withheld: the engine does not ask for each,
/// and what it would find there is nothing.
pub(super) fn joins(tables: &[AskedTable], statement: &str) -> Result<(), Refused> {
    let withheld = tables.iter().flat_map(|table| &table.columns).find(|column| column.withheld);
    let by_name = |word: &str| word.eq_ignore_ascii_case("natural") || word.eq_ignore_ascii_case("using");
    match withheld.filter(|_| words(statement).any(by_name)) {
        Some(column) => Err(Refused {
            code: Code::Withheld,
            message: format!(
                "NATURAL and USING may compare columns that are withheld from this policy (`{}`); write the condition of \
                 the join with ON",
                column.name
            ),
        }),
        None => Ok(()),
    }
}

/// The bare words of a statement: what stands in quotes or comments is none.
fn words(statement: &str) -> impl Iterator<Item = &str> {
    let mut rest = statement;
    std::iter::from_fn(move || {
        loop {
            let first = rest.chars().next()?;
            let skipped = match first {
                '\'' | '"' | '`' => rest[1..].find(first).map_or(rest.len(), |end| end + 2),
                '[' => rest.find(']').map_or(rest.len(), |end| end + 1),
                '-' if rest.starts_with("--") => rest.find('\n').map_or(rest.len(), |end| end + 1),
                '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
                _ if first.is_alphabetic() || first == '_' => {
                    let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$'));
                    let (word, after) = rest.split_at(end.unwrap_or(rest.len()));
                    rest = after;
                    return Some(word);
                }
                _ => first.len_utf8(),
            };
            rest = &rest[skipped..];
        }
    })
}

/// A statement that is wrong.
pub(super) fn bad(message: impl Into<String>) -> Refused {
    Refused { code: Code::BadQuery, message: message.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_in_quotes_and_comments_are_none() {
        let found: Vec<&str> =
            words("a -- natural\n 'using ''x' \"using\" [using] `u` /* using */ b1.c_2 ÄÖ 'open").collect();
        assert_eq!(found, ["a", "b1", "c_2", "ÄÖ"], "a doubled quote ends one text and begins the next");
        assert_eq!(words("'").count() + words("/*").count() + words("[").count() + words("").count(), 0);
    }
}
