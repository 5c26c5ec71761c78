//! A statement of SQL from a policy.

use std::io::pipe;
use std::sync::OnceLock;
use std::thread;

use portcullis_data::query::{Answered, FUNCTIONS, Question, ask, serve};
use portcullis_data::{ReadOptions, Table, read};

/// What statements are put together from, beside the functions.
const WORDS: &str = include_str!("query.words");

/// Columns that are granted; `age` and `name` are withheld.
const GRANTED: [&str; 4] = ["id", "sex", "income", "ok"];

/// Bytes after a NUL are words of [`WORDS`] and functions, one each: the engine is no Rust, so that a fuzzer sees nothing of what its
/// parser does. Other bytes are the statement itself.
///
/// It is asked of two sets of tables that differ in nothing but the values of withheld columns, and must not tell them
/// apart.
pub fn query(bytes: &[u8]) {
    static WORLDS: OnceLock<[Table; 2]> = OnceLock::new();
    let statement = match bytes.split_first() {
        Some((0, words)) => {
            let functions = FUNCTIONS.iter().map(|function| format!("{function} ("));
            let all: Vec<String> = WORDS.lines().map(str::to_owned).chain(functions).collect();
            let word = |byte: &u8| all[usize::from(*byte) % all.len()].as_str();
            words.iter().map(word).collect::<Vec<_>>().join(" ")
        }
        _ => String::from_utf8_lossy(bytes).into_owned(),
    };
    let [one, other] = WORLDS.get_or_init(worlds);
    let granted = GRANTED.map(str::to_owned);
    let answers = [one, other].map(|people| answer(&statement, people, Some(&granted)));
    assert_eq!(answers[0], answers[1], "withheld values show in the answer to {statement}");
}

fn worlds() -> [Table; 2] {
    [people(["31", "Ann"]), people(["77", "Zoe"])]
}

fn people([age, name]: [&str; 2]) -> Table {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let text = format!(
        "id,sex,age,name,income,ok\n9007199254740993,F,{age},{name},10.5,true\n2,M,40,Bob,20,false\n\
         3,F,{age},Cat,30,true\n4,M,,{name},inf,\n"
    );
    std::fs::write(folder.path().join("t.csv"), text).expect("a temporary file");
    read(folder.path(), &["t.csv".to_owned()], &ReadOptions::default()).expect("the table above is one")
}

/// Everything that whoever asks gets to know.
fn answer(statement: &str, people: &Table, granted: Option<&[String]>) -> String {
    let question = Question {
        statement,
        tables: vec![("current", people.clone()), ("held_out", people.clone())],
        columns: granted,
        steps: 100_000,
        memory: 32 << 20,
        rows: 100,
    };
    let ((child_input, parent_output), (parent_input, child_output)) =
        (pipe().expect("a pipe"), pipe().expect("a pipe"));
    let (answered, served) = thread::scope(|scope| {
        let child = scope.spawn(move || serve(child_input, child_output));
        (ask(&question, parent_output, parent_input), child.join())
    });
    let served = served.expect("the side that answers does not panic");
    match answered.unwrap_or_else(|error| panic!("{statement}: {error}; {served:?}")) {
        Answered::Table(table, sent) => format!("{sent} values sent; {:?}", cells(&table)),
        other => format!("{other:?}"),
    }
}

/// Each column's name, kind and values.
fn cells(table: &Table) -> Vec<String> {
    let rows = 0..table.row_count();
    table
        .names()
        .iter()
        .map(|name| {
            let column = table.column(name).expect("a table has the columns that it names");
            format!("{name} {}: {:?}", column.kind(), column.texts_in(&rows))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_withheld_tells_the_tables_apart_where_it_is_granted() {
        let [one, other] = worlds();
        for statement in
            ["SELECT age FROM current", "SELECT id FROM current ORDER BY name", "SELECT MAX(name) AS x FROM held_out"]
        {
            assert_ne!(answer(statement, &one, None), answer(statement, &other, None), "{statement}");
        }
    }
}
