//! What people name as data and what is not read: packed files, spreadsheets, pipes. Each with what to do instead.

use std::fs::FileType;
use std::path::Path;

/// What to do with a spreadsheet.
const SPREADSHEET: &str = "a spreadsheet, which is not read: save its sheet as CSV (UTF-8) and name that file";

/// What a file is by the ending of its name, where that is known and not read.
pub fn by_name(path: &str) -> Option<String> {
    let ending = Path::new(path).extension()?.to_str()?.to_ascii_lowercase();
    let (what, unpack) = match ending.as_str() {
        "gz" | "tgz" => ("gzip", "gunzip --keep"),
        "zst" => ("Zstandard", "zstd --decompress"),
        "bz2" => ("bzip2", "bunzip2 --keep"),
        "xz" => ("xz", "unxz --keep"),
        "zip" => ("ZIP", "unzip"),
        "xls" | "xlsx" | "xlsm" | "xlsb" | "ods" => return Some(format!("this is {SPREADSHEET}")),
        _ => return None,
    };
    Some(packed(what, unpack, path))
}

/// What a text file really is by its first bytes, where it cannot be text.
pub(crate) fn by_content(path: &str, bytes: &[u8]) -> Option<String> {
    let packed = |what, unpack| Some(packed(what, unpack, path));
    let named = |format, ending| Some(format!("this is a file of {format}; give it the ending {ending}"));
    match bytes {
        [0x1f, 0x8b, ..] => packed("gzip", "gunzip --keep"),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => packed("Zstandard", "zstd --decompress"),
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => packed("xz", "unxz --keep"),
        [b'P', b'K', 3, 4, ..] => {
            Some(format!("this is a ZIP archive, which is not read; unpack it first. Or it is {SPREADSHEET}"))
        }
        [0xd0, 0xcf, 0x11, 0xe0, ..] => Some(format!("this is {SPREADSHEET}")),
        [b'P', b'A', b'R', b'1', ..] => named("Parquet", ".parquet"),
        [b'A', b'R', b'R', b'O', b'W', b'1', ..] => named("Arrow IPC", ".arrow"),
        _ => None,
    }
}

fn packed(what: &str, unpack: &str, path: &str) -> String {
    format!(
        "this is a file packed by {what}, which is not read; unpack it first ({unpack} {path}) and name what comes out"
    )
}

/// What something is that is no regular file, and what to do: it might never end, and it cannot be read twice.
pub fn not_a_file(kind: FileType) -> String {
    let what = if kind.is_dir() { "a folder" } else { special(kind) };
    format!("this is {what} and no regular file; write what it holds into a file, and name that")
}

#[cfg(unix)]
fn special(kind: FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    if kind.is_fifo() {
        "a pipe"
    } else if kind.is_socket() {
        "a socket"
    } else {
        "a device"
    }
}

#[cfg(not(unix))]
fn special(_: FileType) -> &'static str {
    "a pipe or a device"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_read_is_told_with_what_to_do() {
        for (path, told) in [
            ("data/x.csv.gz", "(gunzip --keep data/x.csv.gz)"),
            ("x.CSV.ZST", "(zstd --decompress x.CSV.ZST)"),
            ("x.zip", "(unzip x.zip)"),
            ("x.xlsx", "save its sheet as CSV"),
            ("x.ods", "save its sheet as CSV"),
        ] {
            let said = by_name(path).unwrap();
            assert!(said.contains(told), "{said}");
        }
        assert_eq!(by_name("x.csv"), None);
        assert_eq!(by_name("gz"), None);
    }

    #[test]
    fn packed_bytes_are_known_whatever_the_file_is_called() {
        assert!(by_content("x.csv", b"\x1f\x8b\x08\0").unwrap().contains("(gunzip --keep x.csv)"));
        assert!(by_content("x.csv", b"PK\x03\x04").unwrap().contains("spreadsheet"));
        assert!(by_content("x.csv", b"PAR1").unwrap().contains(".parquet"));
        assert_eq!(by_content("x.csv", b"PAR,1\n"), None);
        assert_eq!(by_content("x.csv", b""), None);
    }
}
