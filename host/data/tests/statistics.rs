//! The contract's questions about columns, and the promise that neither threads nor storage change an answer.

// What the tests share is not marked as a test, and need not be fast.
#![allow(clippy::unwrap_used, clippy::format_push_string)]

use portcullis_data::{DataError, ReadOptions, Table, read, write_parquet};

fn table(text: &str) -> Table {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("d.csv"), text).unwrap();
    read(folder.path(), &["d.csv".into()], &ReadOptions::default()).unwrap()
}

fn owned(values: &[&str]) -> Vec<String> {
    values.iter().map(|value| (*value).to_owned()).collect()
}

#[test]
fn numbers_with_missing_infinite_and_zero_values() {
    let column = table("x,k\n0,a\n-0.0,a\nNaN,a\n,a\ninf,a\n2.5,a\n").column("x").unwrap();
    assert_eq!(column.null_count(), Ok(2));
    assert_eq!(column.distinct_count(), Ok(3));
    assert_eq!(column.frequencies(1), Ok(vec![("0".to_owned(), 2)]));
    assert_eq!((column.minimum(), column.maximum()), (Ok(Some(0.0)), Ok(Some(f64::INFINITY))));
    assert_eq!(column.mean(), Ok(Some(f64::INFINITY)));
    assert_eq!(column.count_outside(None, Some(2.5)), Ok(1));
    assert_eq!(column.count_outside(Some(1.0), None), Ok(2));
    assert_eq!(column.count_outside(None, None), Ok(0));
    assert_eq!(column.count_outside(Some(3.0), Some(2.0)), Ok(4));
    assert_eq!(column.histogram(&[0.0, 2.5, 3.0]), Ok(vec![2, 1]));
    assert_eq!(column.histogram(&[0.0, 2.5]), Ok(vec![3]));
    assert_eq!(column.quantiles(&[0.0, 0.5, 1.0]), Ok(vec![0.0, 1.25, f64::INFINITY]));
    assert_eq!(column.count_not_in(&owned(&["0", "2.5"])), Ok(1));
}

#[test]
fn text_and_booleans_have_no_numbers() {
    let table = table("s,b,d\nx,true,1970-01-02\ny,false,1970-01-03\nx,,\n");
    for name in ["s", "b"] {
        let column = table.column(name).unwrap();
        for result in [column.minimum(), column.maximum(), column.mean(), column.standard_deviation(), column.sum()] {
            assert_eq!(result.unwrap_err().code(), "not-numeric");
        }
        assert_eq!(column.quantiles(&[0.5]).unwrap_err().code(), "not-numeric");
        assert_eq!(column.count_outside(None, None).unwrap_err().code(), "not-numeric");
        assert_eq!(column.histogram(&[0.0, 1.0]).unwrap_err().code(), "not-numeric");
        assert!(table.numbers(name).is_err());
    }
    assert_eq!(table.column("s").unwrap().count_not_in(&owned(&["y"])), Ok(2));
    assert_eq!(table.column("b").unwrap().frequencies(5), Ok(vec![("false".to_owned(), 1), ("true".to_owned(), 1)]));
    let days = table.column("d").unwrap();
    assert_eq!((days.minimum(), days.maximum()), (Ok(Some(86_400.0)), Ok(Some(172_800.0))));
    assert_eq!(days.count_not_in(&owned(&["1970-01-02"])), Ok(1));
    assert_eq!(days.frequencies(1), Ok(vec![("1970-01-02".to_owned(), 1)]));
}

#[test]
fn wrong_questions_are_refused() {
    let table = table("x,s\n1,a\n2,b\n");
    let column = table.column("x").unwrap();
    for probability in [-0.1, 1.1, f64::NAN] {
        assert_eq!(column.quantiles(&[probability]).unwrap_err().code(), "bad-argument");
    }
    for edges in [&[][..], &[1.0], &[1.0, 1.0], &[2.0, 1.0], &[0.0, f64::NAN]] {
        assert_eq!(column.histogram(edges).unwrap_err().code(), "bad-argument");
    }
    assert_eq!(column.count_outside(Some(f64::NAN), None).unwrap_err().code(), "bad-argument");
    let unknown = table.column("y").unwrap_err();
    assert_eq!((unknown.code(), unknown.to_string().contains("x, s")), ("unknown-column", true));
    assert!(matches!(table.duplicate_count(&owned(&["y"])), Err(DataError::UnknownColumn { .. })));
}

#[test]
fn a_column_without_values_answers_none() {
    let column = table("x,y\n,1\nNA,2\n").column("x").unwrap();
    assert_eq!((column.null_count(), column.distinct_count()), (Ok(2), Ok(0)));
    assert_eq!((column.mean(), column.sum(), column.minimum()), (Ok(None), Ok(None), Ok(None)));
    assert_eq!(column.quantiles(&[0.5]), Ok(vec![]));
    assert_eq!(column.histogram(&[0.0, 1.0]), Ok(vec![0]));
    assert_eq!(column.frequencies(3), Ok(vec![]));
}

#[test]
fn duplicates_are_counted_over_the_columns_asked_for() {
    let table = table("a,b\n1,x\n1,x\n1,y\n,x\n,x\n");
    assert_eq!(table.duplicate_count(&[]), Ok(2));
    assert_eq!(table.duplicate_count(&owned(&["a"])), Ok(3));
    assert_eq!(table.duplicate_count(&owned(&["b", "b"])), Ok(3));
}

#[test]
fn taken_selected_and_stacked_tables() {
    let table = table("i,s\n1,a\n2,b\n3,c\n");
    let taken = table.take(&[2, 0, 2]);
    assert_eq!(taken.numbers("i").unwrap(), [3.0, 1.0, 3.0]);
    assert_eq!(taken.categories("s").unwrap().levels, ["a", "c"]);
    assert_eq!(taken.column("s").unwrap().distinct_count(), Ok(2));
    assert_eq!(taken.take(&[1]).numbers("i").unwrap(), [1.0]);
    assert_eq!(table.select(&owned(&["s"])).unwrap().names(), ["s"]);
    assert!(table.select(&owned(&["s", "s"])).is_err());
    let below = self::table("s,i\nd,0.5\n");
    let both = table.above(&below).unwrap();
    assert_eq!(both.numbers("i").unwrap(), [1.0, 2.0, 3.0, 0.5]);
    assert_eq!((both.row_count(), both.sources().len()), (4, 2));
    assert!(table.above(&self::table("s,i\nd,x\n")).unwrap_err().to_string().contains("`i` is text"));
    assert!(table.above(&self::table("s\nd\n")).is_err());
    assert!(table.beside(&below).is_err());
    let renamed = table.rename("s", "label").unwrap();
    assert_eq!(renamed.names(), ["i", "label"]);
    assert_eq!(renamed.categories("label"), table.categories("s"));
    assert!(table.rename("s", "i").is_err());
}

/// Every answer about every column, as text that shows all bits.
fn answers(table: &Table) -> String {
    let mut text = String::new();
    for name in table.names() {
        let column = table.column(&name).unwrap();
        text += &format!("{name} {:?} {:?} {:?}", column.null_count(), column.distinct_count(), column.frequencies(3));
        for value in [column.sum(), column.mean(), column.standard_deviation()].into_iter().flatten().flatten() {
            text += &format!(" {:016x}", value.to_bits());
        }
        text += &format!(" {:?}\n", column.quantiles(&[0.01, 0.3]));
    }
    text + &format!("{:?} {}", table.duplicate_count(&[]), table.digest())
}

#[test]
fn threads_and_row_groups_do_not_change_a_bit() {
    let mut rows = "x,i,s\n".to_owned();
    for row in 0..50_000_u64 {
        let mixed = row.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20;
        rows += &format!("{},{},k{}\n", mixed as f64 / 977.0, mixed % 1000, mixed % 37);
    }
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("d.csv"), rows).unwrap();
    let with_threads = |threads: usize, name: &str| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| answers(&read(folder.path(), &[name.to_owned()], &ReadOptions::default()).unwrap()))
    };
    let one = with_threads(1, "d.csv");
    assert_eq!(one, with_threads(4, "d.csv"));

    // The same rows as Parquet, which is read column by column.
    let table = read(folder.path(), &["d.csv".to_owned()], &ReadOptions::default()).unwrap();
    write_parquet(&folder.path().join("d.parquet"), &table).unwrap();
    let parquet = with_threads(3, "d.parquet");
    let apart = |text: &str| text.rsplit_once(' ').map(|(answers, _digest)| answers.to_owned());
    assert_eq!(apart(&one), apart(&parquet));
}

#[test]
fn many_who_ask_at_once_get_one_answer() {
    let table = table(&("x\n".to_owned() + &"1\n2\n3\n".repeat(20_000)));
    // On rayon's own workers, where waiting for one another could lock up.
    let found = std::sync::Mutex::new(vec![]);
    rayon::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|_| {
                let column = table.take(&[0, 1, 2, 2]).column("x").unwrap();
                let all = table.column("x").unwrap();
                found.lock().unwrap().push((
                    column.mean().unwrap(),
                    all.quantiles(&[0.5]).unwrap(),
                    all.mean().unwrap(),
                ));
            });
        }
    });
    let found = found.into_inner().unwrap();
    assert_eq!(found.len(), 16);
    assert!(found.iter().all(|answer| *answer == (Some(2.25), vec![2.0], Some(2.0))));
}
