//! The two sides, talking over real pipes on two threads.

use std::io::pipe;
use std::thread;

use super::parent::Code;
use super::*;
use crate::{ReadOptions, Table, read};

fn people() -> Table {
    let folder = tempfile::tempdir().unwrap();
    let text = "id,sex,age,income,born,ok\n\
                9007199254740993,F,30,10.5,1994-01-01,true\n\
                9007199254740992,M,40,20,1984-01-01,false\n\
                3,F,50,30,1974-01-01,true\n\
                4,M,,inf,,\n";
    std::fs::write(folder.path().join("t.csv"), text).unwrap();
    read(folder.path(), &["t.csv".to_owned()], &ReadOptions::default()).unwrap()
}

fn question<'a>(statement: &'a str, columns: Option<&'a [String]>) -> Question<'a> {
    let tables = vec![("current", people()), ("held_out", people())];
    Question { statement, tables, columns, steps: 5_000_000, memory: 64 << 20, rows: 100 }
}

fn answered(question: &Question<'_>) -> Answered {
    let ((child_input, parent_output), (parent_input, child_output)) = (pipe().unwrap(), pipe().unwrap());
    thread::scope(|scope| {
        scope.spawn(move || serve(child_input, child_output));
        ask(question, parent_output, parent_input).unwrap()
    })
}

fn rows(statement: &str) -> Vec<Vec<String>> {
    match answered(&question(statement, None)) {
        Answered::Table(table, _) => {
            let text = |name: &String| table.column(name).unwrap().texts_in(&(0..1_000)).unwrap();
            let columns: Vec<_> = table.names().iter().map(text).collect();
            let cell = |column: &Vec<Option<String>>, row: usize| column[row].clone().unwrap_or("-".into());
            (0..table.row_count() as usize).map(|row| columns.iter().map(|c| cell(c, row)).collect()).collect()
        }
        other => panic!("{statement}: {other:?}"),
    }
}

fn refused(statement: &str) -> Refused {
    match answered(&question(statement, None)) {
        Answered::Refused(refused) => refused,
        other => panic!("{statement}: {other:?}"),
    }
}

#[test]
fn groups_joins_and_windows_are_answered() {
    let sums = rows("SELECT sex, COUNT(*) AS n, SUM(age) AS s FROM current GROUP BY sex ORDER BY sex");
    assert_eq!(sums, [["F", "2", "80"], ["M", "2", "40"]]);
    let joined = rows("SELECT a.id AS x FROM current a JOIN held_out b ON a.id = b.id AND b.age >= 40 ORDER BY a.age");
    assert_eq!(joined, [["9007199254740992"], ["3"]], "integers are joined by all their digits");
    assert_eq!(rows("SELECT RANK() OVER (ORDER BY age DESC) AS r FROM current LIMIT 1"), [["1"]]);
    let cte = rows("WITH old AS (SELECT * FROM current WHERE age > 30) SELECT COUNT(*) AS n FROM old");
    assert_eq!(cte, [["2"]]);
    assert_eq!(rows("SELECT born FROM current WHERE born > '1980' AND ok ORDER BY born"), [["1994-01-01"]]);
    assert_eq!(rows("SELECT COUNT(*) AS n FROM current"), [["4"]], "rows are counted without a column");
    assert_eq!(rows("SELECT income AS i FROM current WHERE age IS NULL"), [["inf"]]);
}

#[test]
fn statistics_are_those_of_numpy() {
    let found = rows(
        "SELECT MEDIAN(age) AS m, QUANTILE(age, 0.25) AS q, STDDEV(age) AS s, VARIANCE(age) AS v, \
         ROUND(CORR(age, income), 6) AS r, ROUND(EXP(LN(2.0)), 9) AS e, POW(2, 10) AS p FROM current WHERE income < 1e9",
    );
    assert_eq!(found, [["40", "35", "10", "100", "0.99989", "2", "1024"]]);
    assert_eq!(rows("SELECT MEDIAN(age) AS m, STDDEV(age) AS s FROM current WHERE age > 99"), [["-", "-"]]);
    assert_eq!(rows("SELECT STDDEV(age) AS s, CORR(age, age) AS c FROM current WHERE age = 30"), [["-", "-"]]);
    assert!(refused("SELECT QUANTILE(age, 1.5) AS q FROM current").message.contains("between 0 and 1"));
}

#[test]
fn nothing_but_one_select_over_the_tables_is_allowed() {
    for (statement, word) in [
        ("DROP TABLE current", "SELECT"),
        ("INSERT INTO current (id) VALUES (1)", "SELECT"),
        ("ATTACH '/etc/passwd' AS x", "SELECT"),
        ("PRAGMA database_list", "SELECT"),
        ("VACUUM INTO '/tmp/x'", "SELECT"),
        ("EXPLAIN SELECT 1", "SELECT"),
        ("SELECT 1 AS a; SELECT 2 AS b", "several"),
        ("SELECT name FROM sqlite_master", "no table"),
        ("SELECT * FROM pragma_database_list", "no table"),
        ("SELECT value FROM json_each('[1]')", "json_each"),
        ("SELECT * FROM read_csv('/etc/passwd')", "read_csv"),
        ("SELECT * FROM training", "training"),
        ("SELECT load_extension('/tmp/x.so') AS x", "load_extension"),
        ("SELECT random() AS x", "random"),
        ("SELECT datetime('now') AS x", "datetime"),
        ("SELECT CURRENT_TIMESTAMP AS x", "current_timestamp"),
        ("SELECT readfile('/etc/passwd') AS x", "readfile"),
        ("SELECT zeroblob(1000000000) AS x", "zeroblob"),
        ("SELECT age, age FROM current", "AS"),
        ("SELECT CAST('a' AS BLOB) AS x", "hex"),
        ("SELECT age FROM current WHERE id = ?", "parameters"),
        ("SELECT agee FROM current", "agee"),
        ("SELECT \"agee\" AS age FROM current", "agee"),
        ("SELEKT 1", "syntax"),
        ("", "empty"),
        ("-- nothing", "empty"),
    ] {
        let refused = refused(statement);
        assert_eq!(refused.code, Code::BadQuery, "{statement}");
        assert!(refused.message.to_lowercase().contains(&word.to_lowercase()), "{statement}: {}", refused.message);
    }
}

#[test]
fn a_withheld_column_is_out_of_reach_by_every_way() {
    let granted = ["id".to_owned(), "sex".to_owned()];
    for statement in [
        "SELECT age FROM current",
        "SELECT * FROM current",
        "SELECT MAX(AGE) AS m FROM current",
        "SELECT id FROM current WHERE age > 30",
        "SELECT id FROM current ORDER BY age",
        "SELECT COUNT(*) AS n FROM current GROUP BY age",
        "SELECT a.id AS i FROM current a JOIN held_out b ON a.age = b.id",
        "SELECT (SELECT b.age FROM held_out b WHERE b.id = a.id) AS x FROM current a",
        "WITH t(x) AS (SELECT age FROM current) SELECT x FROM t",
        "SELECT id FROM current WHERE EXISTS (SELECT 1 FROM held_out WHERE age = 30)",
        "SELECT id FROM current UNION SELECT age FROM held_out",
        "SELECT a.id AS i FROM current a NATURAL JOIN held_out b",
        "SELECT a.id AS i FROM current a JOIN held_out b USING (age)",
        "SELECT SUM(id) OVER (PARTITION BY age) AS s FROM current",
        "SELECT CASE WHEN age > 1 THEN 1 ELSE 0 END AS c FROM current",
        "SELECT id FROM current WHERE id / (age - 30) > 0",
        "SELECT COUNT(*) FILTER (WHERE age > 30) AS n FROM current",
    ] {
        let Answered::Refused(refused) = answered(&question(statement, Some(&granted))) else {
            panic!("{statement} was answered");
        };
        assert_eq!(refused.code, Code::Withheld, "{statement}: {}", refused.message);
        assert!(!refused.message.contains("30"), "{statement}: {}", refused.message);
    }
    let fine = answered(&question("SELECT sex, COUNT(*) AS n FROM current GROUP BY sex", Some(&granted)));
    assert!(matches!(fine, Answered::Table(_, 4)), "only the column that is read is sent: {fine:?}");
}

#[test]
fn what_never_ends_is_ended() {
    let endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT MAX(x) AS m FROM n";
    assert!(matches!(answered(&question(endless, None)), Answered::Stopped(Stopped::Steps)));
    let cross = "SELECT COUNT(*) AS n FROM current a, current b, current c, current d, current e, current f, current g, \
                 current h, current i, current j, current k, current l WHERE a.age + l.age < 0";
    assert!(matches!(answered(&question(cross, None)), Answered::Stopped(Stopped::Steps)));
}

#[test]
fn answers_are_as_long_as_they_may_be() {
    let count = |n: u32| {
        format!("WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < {n}) SELECT x FROM n")
    };
    assert_eq!(rows(&count(100)).len(), 100);
    assert!(refused(&count(101)).message.contains("sql-rows"));
}

#[test]
fn the_same_question_has_the_same_answer_in_the_same_order() {
    let statement = "SELECT sex, ok, COUNT(*) AS n FROM current GROUP BY sex, ok";
    let first = rows(statement);
    assert_eq!(first.len(), 3);
    for _ in 0..5 {
        assert_eq!(rows(statement), first);
    }
}

#[test]
fn columns_that_differ_only_in_capitals_are_no_table_of_sql() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("t.csv"), "a,A\n1,2\n").unwrap();
    let table = read(folder.path(), &["t.csv".to_owned()], &ReadOptions::default()).unwrap();
    let question = Question { tables: vec![("current", table)], ..question("SELECT 1 AS x", None) };
    let Answered::Refused(refused) = answered(&question) else { panic!("it was answered") };
    assert!(refused.message.contains("capitals"), "{}", refused.message);
}

#[test]
fn hostile_names_are_names() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("t.csv"), "\"a\"\"; DROP TABLE current; --\",b\n1,2\n").unwrap();
    let table = read(folder.path(), &["t.csv".to_owned()], &ReadOptions::default()).unwrap();
    let question = Question { tables: vec![("current", table)], ..question("SELECT * FROM current", None) };
    let Answered::Table(table, _) = answered(&question) else { panic!("it was not answered") };
    assert_eq!(table.names(), ["a\"; DROP TABLE current; --", "b"]);
}

#[test]
fn the_documentation_lists_the_functions() {
    let page = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/contract.md");
    let text = std::fs::read_to_string(page).unwrap();
    let section = text.split("### SQL").nth(1).and_then(|rest| rest.split("Functions:").nth(1)).unwrap();
    let list = section.split("\n\n").nth(1).unwrap();
    let listed: Vec<&str> = list.split('`').skip(1).step_by(2).collect();
    assert_eq!(listed, FUNCTIONS);
}

#[test]
fn every_function_is_there() {
    for function in FUNCTIONS {
        let calls = ["", "age", "age, 1", "sex, 'a', 'b'"].map(|a| format!("SELECT {function}({a}) AS x FROM current"));
        let windows =
            ["", "age", "age, 1"].map(|a| format!("SELECT {function}({a}) OVER (ORDER BY id) AS x FROM current"));
        let known =
            calls.iter().chain(&windows).any(|call| matches!(answered(&question(call, None)), Answered::Table(..)));
        assert!(known, "{function} is listed and cannot be called");
    }
}
