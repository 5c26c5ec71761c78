//! The bytes of a file of data.

use portcullis_data::{ReadOptions, Table, profile, read, write_parquet};

/// The file is of the format that it begins like; without a mark of its own it is CSV.
///
/// It is an error about that file, or a table whose every column can be described; and what was read of text is written
/// as Parquet and read back as the same.
pub fn data(bytes: &[u8]) {
    let ending = match bytes {
        [b'P', b'A', b'R', b'1', ..] => "parquet",
        [b'A', b'R', b'R', b'O', b'W', b'1', ..] => "arrow",
        [b'{', ..] => "jsonl",
        [b'[', ..] => "json",
        _ => "csv",
    };
    let name = format!("t.{ending}");
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join(&name), bytes).expect("a temporary file");
    let table = match read(folder.path(), &[name], &ReadOptions::default()) {
        Ok(table) => table,
        Err(error) => {
            assert!(error.to_string().contains("t."), "{error} does not say which file");
            return;
        }
    };
    assert!(table.row_count() > 0 && !table.columns().is_empty(), "a table without rows or columns was read");
    let described = profile(&table);
    if matches!(ending, "parquet" | "arrow") {
        return; // its columns are read when they are asked for, and may be damaged
    }
    let described = described.expect("text is in memory");
    assert_eq!(described.len(), table.columns().len());
    let copy = folder.path().join("copy.parquet");
    write_parquet(&copy, &table).expect("what was read can be written");
    let again = read(folder.path(), &["copy.parquet".to_owned()], &ReadOptions::default()).expect("our own file");
    assert_eq!(values(&again), values(&table));
}

/// Each column's name, kind and values as text.
fn values(table: &Table) -> Vec<String> {
    let rows = 0..table.row_count();
    table
        .columns()
        .iter()
        .map(|info| {
            let column = table.column(&info.name).expect("a table has the columns that it names");
            // A column of nothing is a number, whatever it was written as; one of nested values is text once it is written.
            let kind = match info.kind.as_str() {
                _ if column.null_count() == Ok(table.row_count()) => "empty",
                "other" => "text",
                kind => kind,
            };
            format!("{} {kind}: {:?}", info.name, column.texts_in(&rows))
        })
        .collect()
}
