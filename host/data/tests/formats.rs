//! Parquet and Arrow files as others write them: any row groups, compressions and types.

// What the tests share is not marked as a test, and need not be fast.
#![allow(clippy::unwrap_used, clippy::format_push_string)]

use std::fs::File;
use std::path::Path;

use polars::prelude::{
    Column, DataFrame, DataType, IpcCompression, IpcWriter, NamedFrom, ParquetCompression, ParquetWriter, SerWriter,
    Series, TimeUnit,
};
use portcullis_data::{ColumnKind, ReadOptions, Table, read};

fn frame() -> DataFrame {
    let rows = 5000_i64;
    let number = |row: i64| if row % 7 == 0 { None } else { Some((row * 7919 % 1009) as f64 / 3.0) };
    let words = ["a", "b", "c"];
    let columns = vec![
        Column::new("x".into(), (0..rows).map(number).collect::<Vec<_>>()),
        Column::new("i".into(), (0..rows).map(|row| (row % 11 != 0).then_some(row as i32)).collect::<Vec<_>>()),
        Column::new("big".into(), (0..rows).map(|row| u64::MAX - row as u64).collect::<Vec<_>>()),
        Column::new("s".into(), (0..rows).map(|row| words[(row % 3) as usize]).collect::<Vec<_>>()),
        Column::new("b".into(), (0..rows).map(|row| row % 2 == 0).collect::<Vec<_>>()),
        Column::from(
            Series::new("t".into(), (0..rows).map(|row| row * 1_500).collect::<Vec<_>>())
                .cast(&DataType::Datetime(TimeUnit::Milliseconds, None))
                .unwrap(),
        ),
    ];
    DataFrame::new(rows as usize, columns).unwrap()
}

fn answers(folder: &Path, name: &str) -> String {
    let table = read(folder, &[name.to_owned()], &ReadOptions::default()).unwrap();
    let mut text = String::new();
    for name in table.names() {
        let column = table.column(&name).unwrap();
        text += &format!("{name} {} {:?} {:?}", column.kind(), column.null_count(), column.distinct_count());
        for value in [column.sum(), column.mean(), column.standard_deviation()].into_iter().flatten().flatten() {
            text += &format!(" {:016x}", value.to_bits());
        }
        text += &format!(" {:?} {:?}\n", column.frequencies(2), column.quantiles(&[0.3]).ok());
    }
    text
}

#[test]
fn the_layout_of_a_file_does_not_change_a_bit() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| File::create(folder.path().join(name)).unwrap();
    let mut frame = frame();
    for (name, rows) in [("one.parquet", None), ("few.parquet", Some(2048)), ("many.parquet", Some(37))] {
        ParquetWriter::new(file(name)).with_row_group_size(rows).finish(&mut frame).unwrap();
    }
    ParquetWriter::new(file("plain.parquet"))
        .with_compression(ParquetCompression::Uncompressed)
        .finish(&mut frame)
        .unwrap();
    IpcWriter::new(file("plain.arrow")).finish(&mut frame).unwrap();
    IpcWriter::new(file("small.feather"))
        .with_compression(Some(IpcCompression::LZ4))
        .with_record_batch_size(Some(99))
        .finish(&mut frame)
        .unwrap();
    let one = answers(folder.path(), "one.parquet");
    assert!(one.contains("big integer Ok(0) Ok(5000)") && one.contains("t datetime"), "{one}");
    for name in ["few.parquet", "many.parquet", "plain.parquet", "plain.arrow", "small.feather"] {
        assert_eq!(answers(folder.path(), name), one, "{name}");
    }
}

fn opened(folder: &Path, name: &str) -> Table {
    read(folder, &[name.to_owned()], &ReadOptions::default()).unwrap()
}

#[test]
fn types_that_are_no_plain_column_are_text() {
    let folder = tempfile::tempdir().unwrap();
    let lists = Series::new("l".into(), [Series::new("".into(), [1_i64, 2]), Series::new("".into(), [3_i64])]);
    let bytes: Vec<&[u8]> = vec![b"\x01\xff", b""];
    let columns = vec![Column::from(lists), Column::from(Series::new("y".into(), bytes))];
    let mut frame = DataFrame::new(2, columns).unwrap();
    ParquetWriter::new(File::create(folder.path().join("d.parquet")).unwrap()).finish(&mut frame).unwrap();
    let table = opened(folder.path(), "d.parquet");
    assert!(table.columns().iter().all(|column| column.kind == ColumnKind::Other));
    assert_eq!(table.categories("l").unwrap().levels, ["[1, 2]", "[3]"]);
    assert_eq!(table.categories("y").unwrap().levels, ["", "01ff"]);
    assert_eq!(table.column("l").unwrap().mean().unwrap_err().code(), "not-numeric");
}

#[test]
fn a_file_that_changes_or_goes_away_is_noticed_or_does_not_matter() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("d.parquet");
    ParquetWriter::new(File::create(&path).unwrap()).finish(&mut frame()).unwrap();
    let table = opened(folder.path(), "d.parquet");
    // Small files are kept in memory: what was hashed is what is read.
    std::fs::remove_file(&path).unwrap();
    assert_eq!(table.column("s").unwrap().distinct_count(), Ok(3));
}
