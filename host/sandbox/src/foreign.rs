//! What a file is that is no WebAssembly, by how it begins: more use than that it is none.

/// Beginnings, and what begins so.
const BEGINNINGS: &[(&[u8], &str)] = &[
    (b"\x7fELF", "a program or library for Linux (ELF)"),
    (b"MZ", "a program or library for Windows"),
    (b"\xcf\xfa\xed\xfe", "a program or library for macOS (Mach-O)"),
    (b"\xca\xfe\xba\xbe", "a Java class or a program for macOS"),
    (b"!<arch>", "a static library (ar)"),
    (b"PK\x03\x04", "a ZIP archive (a Python wheel or a JAR is one)"),
    (b"\x1f\x8b", "compressed by gzip; unpack it"),
    (b"\x28\xb5\x2f\xfd", "compressed by Zstandard; unpack it"),
    (b"PAR1", "a Parquet file"),
    (b"ARROW1", "an Arrow file"),
    (b"%PDF", "a PDF"),
    (b"version https://git-lfs", "a pointer of Git LFS; fetch the file with `git lfs pull`"),
    (b"(module", "WebAssembly as text; make it binary with `wasm-tools parse`"),
    (b"(component", "WebAssembly as text; make it binary with `wasm-tools parse`"),
    (b"package ", "text that looks like WIT, which describes a contract and holds no code"),
    (b"#!", "a script"),
];

/// What the bytes look like.
pub(crate) fn what(bytes: &[u8]) -> &'static str {
    if bytes.is_empty() {
        return "empty";
    }
    let start = bytes.get(..bytes.len().min(4096)).unwrap_or(bytes);
    if let Some((_, what)) = BEGINNINGS.iter().find(|(beginning, _)| start.starts_with(beginning)) {
        return what;
    }
    // A character may be cut in two at the end.
    let text = match std::str::from_utf8(start) {
        Ok(text) => Some(text),
        Err(error) if error.error_len().is_none() => std::str::from_utf8(&start[..error.valid_up_to()]).ok(),
        Err(_) => None,
    };
    match text {
        Some(text) if text.chars().all(|c| !c.is_control() || c.is_whitespace()) => "text",
        _ => "binary, of no form that is known here",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_often_there_instead_is_told_apart() {
        assert_eq!(what(b""), "empty");
        assert_eq!(what("größe".as_bytes()), "text");
        assert_eq!(what(&"ü".repeat(4096).as_bytes()[..4097]), "text");
        assert!(what(b"\x7fELF\x02").contains("Linux"));
        assert!(what(b"version https://git-lfs.github.com/spec/v1\n").contains("git lfs pull"));
        assert!(what(&[0, 159, 146, 150]).contains("binary"));
    }
}
