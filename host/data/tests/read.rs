//! Reading files of every format, whole or broken.

// What the tests share is not marked as a test, and need not be fast.
#![allow(clippy::unwrap_used, clippy::format_push_string)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use portcullis_data::{ColumnKind, DataError, ReadOptions, Table, read, write_parquet};
use proptest::prelude::*;

struct Folder(tempfile::TempDir);

impl Folder {
    fn with(files: &[(&str, &[u8])]) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        for (name, bytes) in files {
            fs::write(folder.path().join(name), bytes).unwrap();
        }
        folder
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn read_with(&self, pattern: &str, options: &ReadOptions) -> Result<Table, DataError> {
        read(self.path(), &[pattern.to_owned()], options)
    }

    fn read(&self, pattern: &str) -> Table {
        self.read_with(pattern, &ReadOptions::default()).unwrap()
    }
}

fn csv(text: &str) -> Result<Table, DataError> {
    Folder::with(&[("d.csv", text.as_bytes())]).read_with("d.csv", &ReadOptions::default())
}

fn error(name: &str, bytes: &[u8]) -> String {
    Folder::with(&[(name, bytes)]).read_with(name, &ReadOptions::default()).unwrap_err().to_string()
}

fn kinds(table: &Table) -> Vec<ColumnKind> {
    table.columns().iter().map(|column| column.kind).collect()
}

fn options(types: &[(&str, ColumnKind)]) -> ReadOptions {
    let types = types.iter().map(|(name, kind)| ((*name).to_owned(), *kind)).collect();
    ReadOptions { types, ..ReadOptions::default() }
}

#[test]
fn types_come_from_the_whole_file() {
    use ColumnKind::{Boolean, Date, DateTime, Integer, Number, Text};

    let table = csv(
        "n,zip,x,b,d,t,e\n1,01234,1,true,2024-01-01,2024-01-01 10:00,\n ?,99999,0.5,False,,2024-01-02T00:00:00Z,NA\n",
    )
    .unwrap();
    assert_eq!(kinds(&table), [Integer, Text, Number, Boolean, Date, DateTime, Number]);
    assert_eq!(table.column("n").unwrap().null_count(), Ok(1));
    assert_eq!(table.column("e").unwrap().null_count(), Ok(2));
    assert_eq!(table.categories("zip").unwrap().levels, ["01234", "99999"]);
    assert_eq!(table.numbers("t").unwrap(), [1_704_103_200.0, 1_704_153_600.0]);

    let mut late = "a\n".to_owned() + &"1\n".repeat(100_000);
    assert_eq!(kinds(&csv(&late).unwrap()), [Integer]);
    late.push_str("x\n");
    let late = csv(&late).unwrap();
    assert_eq!((kinds(&late), late.row_count()), (vec![Text], 100_001));
    assert_eq!(late.column("a").unwrap().frequencies(2).unwrap(), [("1".to_owned(), 100_000), ("x".to_owned(), 1)]);
}

#[test]
fn text_is_kept_as_it_stands() {
    let table = csv("\u{feff}a,,c\r\n\" x, \"\"y\"\"\",2,\"two\nlines\"\r\n\r\n,3,None\r\n").unwrap();
    assert_eq!(table.names(), ["a", "Unnamed: 1", "c"]);
    assert_eq!(table.categories("a").unwrap().levels, [" x, \"y\""]);
    assert_eq!(table.categories("c").unwrap().levels, ["two\nlines"]);
    assert_eq!(table.row_count(), 2);
}

#[test]
fn missing_words_types_and_the_delimiter_can_be_set() {
    let folder = Folder::with(&[("d.csv", b"a;b;c\n1;-;07\n-;x;08\n"), ("d.tsv", b"a\tb\n1\tNone\n")]);
    let set = ReadOptions {
        types: BTreeMap::from([("c".to_owned(), ColumnKind::Integer), ("a".to_owned(), ColumnKind::Text)]),
        missing: Some(vec!["-".to_owned()]),
        delimiter: Some(';'),
    };
    let table = folder.read_with("d.csv", &set).unwrap();
    assert_eq!(kinds(&table), [ColumnKind::Text, ColumnKind::Text, ColumnKind::Integer]);
    assert_eq!(table.numbers("c").unwrap(), [7.0, 8.0]);
    assert_eq!(table.column("b").unwrap().null_count(), Ok(1));
    assert_eq!(folder.read("d.tsv").column("b").unwrap().null_count(), Ok(1));
    let none = ReadOptions { missing: Some(vec![]), ..ReadOptions::default() };
    assert_eq!(folder.read_with("d.tsv", &none).unwrap().column("b").unwrap().null_count(), Ok(0));

    let hint = folder.read_with("d.csv", &ReadOptions::default()).unwrap_err().to_string();
    assert!(hint.contains("delimiter = \";\""), "{hint}");
    let unfit = options(&[("b", ColumnKind::Integer)]);
    let folder = Folder::with(&[("d.csv", b"a,b\n1,2\n1,two\n")]);
    let said = folder.read_with("d.csv", &unfit).unwrap_err().to_string();
    assert_eq!(said, "column `b` cannot be read as integer: row 2 has `two`");
    assert!(folder.read_with("d.csv", &options(&[("c", ColumnKind::Text)])).is_err());
    assert!(folder.read_with("d.csv", &options(&[("a", ColumnKind::Time)])).is_err());
}

#[test]
fn what_is_wrong_with_a_text_file_is_said_with_its_line() {
    assert!(error("d.csv", b"").contains("d.csv: the file is empty"));
    assert!(error("d.csv", b"\n\n").contains("d.csv: the file is empty"));
    assert!(error("d.csv", b"a,b\n").contains("no rows, only the columns a, b"));
    assert!(error("d.csv", b"a,b,a\n1,2,3\n").contains("columns 1 and 3 are both called `a`"));
    assert!(error("d.csv", b"a,b\n1,2\n3\n").contains("d.csv, line 3: 1 field, but the header has 2"));
    assert!(error("d.csv", b"a,b\n1,\"x\ny\"\n3,4,5\n").contains("d.csv, line 4: 3 fields, but the header has 2"));
    assert!(error("d.csv", b"a,b\n1,2\n\xff,2\n").contains("d.csv, line 3: the byte 0xff is not UTF-8"));
    assert!(error("d.csv", b"\xff\xfea\0").contains("UTF-16"));
    assert!(error("d.csv", b"a\n\"b\n").contains("line 2: a quote is opened here"));
    assert!(error("d.jsonl", b"{\"a\":1}\n{\"a\":").contains("d.jsonl, line 2: EOF"));
    assert!(error("d.jsonl", b"\n").contains("no columns"));
    assert!(error("d.json", b"{}").contains("array of objects"));
    assert!(error("d.txt", b"a\n1\n").contains(".parquet"));
    assert!(error("d.parquet", b"").contains("the file is empty"));
    assert!(error("d.parquet", b"not parquet at all").contains("d.parquet: "));
    assert!(error("d.arrow", b"not arrow at all").contains("d.arrow: "));
    assert!(error("d.arrow", b"\xff\xff\xff\xff\x10\0\0\0").contains("it is an Arrow stream; write it as a file"));
    let folder = Folder::with(&[]);
    assert!(folder.read_with("d.csv", &ReadOptions::default()).unwrap_err().to_string().contains("cannot read d.csv"));
    assert!(
        folder.read_with("*.csv", &ReadOptions::default()).unwrap_err().to_string().contains("no file matches `*.csv`")
    );
}

#[test]
fn several_files_are_one_table() {
    let folder = Folder::with(&[
        ("b.csv", b"y,x\n0.5,\n1,2024-01-02T00:00\n"),
        ("a.csv", b"x,y\n2024-01-01,1\n"),
        ("c.jsonl", b"{\"y\":3}\n"),
    ]);
    let table = folder.read("[ab].csv");
    assert_eq!(table.names(), ["x", "y"]);
    assert_eq!(kinds(&table), [ColumnKind::DateTime, ColumnKind::Number]);
    assert_eq!(table.numbers("y").unwrap(), [1.0, 0.5, 1.0]);
    assert_eq!(
        table.sources().iter().map(|source| (source.path.as_str(), source.rows)).collect::<Vec<_>>(),
        [("a.csv", 1), ("b.csv", 2)]
    );
    assert_eq!(table.digest().len(), 64);
    assert_ne!(table.digest(), folder.read("a.csv").digest());
    let lacks = folder.read_with("[ac].*", &ReadOptions::default()).unwrap_err().to_string();
    assert!(lacks.contains("c.jsonl: column `x` is missing, but in a.csv it is date"), "{lacks}");

    let folder = Folder::with(&[("a.csv", b"x\n1\n"), ("b.csv", b"x\nlow\n"), ("c.csv", b"x\n\"\"\n")]);
    let differ = folder.read_with("[ab].csv", &ReadOptions::default()).unwrap_err().to_string();
    assert!(differ.contains("b.csv: column `x` is text, but in a.csv it is integer"), "{differ}");
    let as_text = folder.read_with("[abc].csv", &options(&[("x", ColumnKind::Text)])).unwrap();
    assert_eq!(as_text.categories("x").unwrap().levels, ["1", "low"]);
    assert_eq!(kinds(&folder.read("[bc].csv")), [ColumnKind::Text]);
    let extra = Folder::with(&[("a.csv", b"x\n1\n"), ("b.csv", b"x,z\n1,2\n")]);
    assert!(
        extra
            .read_with("*.csv", &ReadOptions::default())
            .unwrap_err()
            .to_string()
            .contains("column `z` is integer, but")
    );
}

#[test]
fn parquet_and_text_give_the_same_table() {
    let text = "i,x,s,b,d,t\n1,0.5,a,true,2024-01-01,2024-01-01T00:00:01.5\n,,,,,\n-3,1e300,\"b,c\",false,1969-12-31,1969-12-31 23:59\n";
    let folder = Folder::with(&[("d.csv", text.as_bytes())]);
    let table = folder.read("d.csv");
    write_parquet(&folder.path().join("d.parquet"), &table).unwrap();
    let back = folder.read("d.parquet");
    assert_eq!(back.columns(), table.columns());
    for name in table.names() {
        assert_eq!(back.categories(&name).unwrap(), table.categories(&name).unwrap(), "{name}");
    }
    // Both together, the Parquet file read lazily.
    let both = folder.read("d.*");
    assert_eq!(both.row_count(), 6);
    assert_eq!(both.duplicate_count(&[]), Ok(3));
    assert_eq!(both.column("s").unwrap().distinct_count(), Ok(2));
    let typed =
        folder.read_with("d.parquet", &options(&[("i", ColumnKind::Text), ("d", ColumnKind::DateTime)])).unwrap();
    assert_eq!(typed.categories("i").unwrap().levels, ["-3", "1"]);
    assert_eq!(typed.columns()[4].kind, ColumnKind::DateTime);
    assert!(folder.read_with("d.parquet", &options(&[("s", ColumnKind::Integer)])).is_err());
}

#[test]
fn the_samples_are_what_they_are_known_to_be() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    if !data.is_dir() {
        println!("skipped: the sample data is not here");
        return;
    }
    let iris = read(&data, &["iris.csv".into()], &ReadOptions::default()).unwrap();
    assert_eq!(iris.row_count(), 150);
    let petals = iris.column("petal length (cm)").unwrap();
    // pandas: df["petal length (cm)"].agg(["mean", "std", "min", "max"]), .quantile(0.9), .nunique()
    assert!((petals.mean().unwrap().unwrap() - 3.758).abs() < 1e-12);
    assert!((petals.standard_deviation().unwrap().unwrap() - 1.765_298_233_259_466_2).abs() < 1e-12);
    assert_eq!((petals.minimum().unwrap(), petals.maximum().unwrap()), (Some(1.0), Some(6.9)));
    assert_eq!(petals.distinct_count(), Ok(43));
    assert!((petals.quantiles(&[0.9]).unwrap()[0] - 5.8).abs() < 1e-12);
    let compas = read(&data, &["compas.csv".into()], &ReadOptions::default()).unwrap();
    assert_eq!(compas.columns()[1].kind, ColumnKind::Date);
    assert_eq!(compas.column("sex").unwrap().distinct_count(), Ok(2));
    let profile = portcullis_data::profile(&compas).unwrap();
    assert!(profile[0].looks_like_id && !profile[3].looks_like_id);
}

/// Every bit of a small file turned, one at a time, and the file cut off anywhere: a table or an error, and never the end of
/// the process, which an allocation that fails would be.
#[test]
fn a_damaged_file_gives_a_table_or_an_error() {
    let folder = Folder::with(&[("d.csv", b"a,b\n1,x\n2,y\n,z\n")]);
    let path = folder.path().join("d.parquet");
    write_parquet(&path, &folder.read("d.csv")).unwrap();
    let whole = fs::read(&path).unwrap();
    let told = |bytes: &[u8]| {
        fs::write(&path, bytes).unwrap();
        let read = folder.read_with("d.parquet", &ReadOptions::default());
        read.and_then(|table| table.frame(&table.names())).err().map(|error| error.to_string())
    };
    assert_eq!(told(&whole), None);
    let turned = (0..whole.len() * 8).filter_map(|bit| {
        let mut bytes = whole.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        told(&bytes)
    });
    let refused: Vec<String> = turned.collect();
    for words in ["d.parquet: cannot be read as Parquet: column `b`: ", "values where", "entries in"] {
        assert!(refused.iter().any(|told| told.contains(words)), "no page was refused for: {words}");
    }
    assert!((0..whole.len()).all(|end| told(&whole[..end]).is_some()), "a file that was cut off was read");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_bytes_give_a_table_or_an_error(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        text in "[a1,\"\n{}:. -]{0,60}",
        ending in prop::sample::select(vec!["csv", "tsv", "jsonl", "json", "parquet", "arrow"]),
    ) {
        let name = format!("d.{ending}");
        for bytes in [bytes.as_slice(), text.as_bytes()] {
            if let Ok(table) = Folder::with(&[(&name, bytes)]).read_with(&name, &ReadOptions::default()) {
                prop_assert!(table.row_count() > 0 && !table.columns().is_empty());
                prop_assert!(table.frame(&table.names()).is_ok());
            }
        }
    }

    #[test]
    fn statistics_do_not_depend_on_how_rows_are_filed(
        values in prop::collection::vec(prop::option::of(-1e6..1e6_f64), 4..60),
        cuts in prop::collection::vec(0.0..1.0_f64, 1..3),
    ) {
        // Once in one file, once in several; more rows than a block.
        let values: Vec<Option<f64>> = values.iter().cycle().take(5000).copied().collect();
        let text = |rows: &[Option<f64>]| rows.iter().fold("x\n".to_owned(), |text, row| {
            text + &row.map_or("NA".to_owned(), |value| value.to_string()) + "\n"
        });
        let mut places: Vec<usize> = cuts.iter().map(|cut| (cut * 5000.0) as usize).collect();
        places.extend([0, 5000]);
        places.sort_unstable();
        let folder = Folder::with(&[("whole.csv", text(&values).as_bytes())]);
        for (number, pair) in places.windows(2).enumerate() {
            fs::write(folder.path().join(format!("part{number}.csv")), text(&values[pair[0]..pair[1]])).unwrap();
        }
        let of = |pattern: &str| {
            let column = folder.read(pattern).column("x").unwrap();
            let bits = |value: Option<f64>| value.map(f64::to_bits);
            (
                column.null_count().unwrap(), column.distinct_count().unwrap(), column.frequencies(5).unwrap(),
                [column.sum(), column.mean(), column.standard_deviation(), column.minimum()].map(|value| bits(value.unwrap())),
                column.quantiles(&[0.1, 0.5]).unwrap().iter().map(|value| value.to_bits()).collect::<Vec<_>>(),
                column.histogram(&[-1e6, 0.0, 1e6]).unwrap(), column.count_outside(Some(-10.0), Some(10.0)).unwrap(),
            )
        };
        prop_assert_eq!(of("whole.csv"), of("part*.csv"));
    }
}
