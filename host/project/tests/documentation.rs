//! `docs/configuration.md` and the table of keys say the same.

#![allow(clippy::unwrap_used)] // a test's helpers are tests too

use std::collections::BTreeMap;
use std::path::Path;

use portcullis_project::{ENTRY_SECTIONS, Overrides, Project, RESERVED_VARIABLES, SECTIONS};

fn page() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/configuration.md")).unwrap()
}

/// Every row of the tables of keys: `(heading, key, type, default)`.
fn rows(page: &str) -> Vec<(String, String, String, String)> {
    let mut heading = String::new();
    let mut of_keys = false;
    let mut rows = Vec::new();
    for line in page.lines() {
        if let Some(title) = line.strip_prefix("## ").or_else(|| line.strip_prefix("### ")) {
            title.clone_into(&mut heading);
        }
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        match cells[..] {
            ["key", "type", "default", "meaning"] => of_keys = true,
            [key, form, default, meaning] if of_keys && key.starts_with('`') => {
                assert!(meaning.len() > 5, "{key} has no meaning");
                rows.push((heading.clone(), key.trim_matches('`').to_owned(), form.to_owned(), default.to_owned()));
            }
            _ => of_keys = of_keys && line.starts_with('|'),
        }
    }
    rows
}

#[test]
fn the_page_lists_every_key_with_its_type_and_default_and_no_other() {
    let mut expected = Vec::new();
    let of_entries = |name: &str| ENTRY_SECTIONS.iter().find(|section| section.name == name).copied().unwrap();
    let sections = SECTIONS.iter().copied().chain([of_entries("policy"), of_entries("policy.grant")]);
    for section in sections {
        let heading = match section.name {
            "policy" => "`[[policy]]`".to_owned(),
            "policy.grant" => "`grant`".to_owned(),
            name => format!("`[{name}]`"),
        };
        for key in section.keys {
            let form = key.form.as_str().to_owned();
            expected.push((heading.clone(), key.name.to_owned(), form, key.default.to_owned()));
        }
    }
    assert_eq!(rows(&page()), expected);
}

#[test]
fn a_row_that_is_missing_or_made_up_is_noticed() {
    let page = page();
    let all = rows(&page).len();
    assert_eq!(rows(&page.replace("| `seed` |", "| seed |")).len(), all - 1);
    assert_eq!(rows(&page.replace("| `seed` |", "| `a` | b | c | dddddd |\n| `seed` |")).len(), all + 1);
}

#[test]
fn the_page_names_every_variable_that_is_no_setting() {
    let page = page();
    for variable in RESERVED_VARIABLES {
        assert!(page.contains(&format!("`{variable}`")), "{variable}");
    }
}

#[test]
fn the_examples_are_valid() {
    let page = page();
    let examples: Vec<&str> = page.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert!(examples.len() >= 6, "{}", examples.len());
    for example in examples {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("policies")).unwrap();
        for policy in ["threshold", "group-fairness", "outliers"] {
            std::fs::write(folder.path().join(format!("policies/{policy}.wasm")), "").unwrap();
        }
        let data = if example.contains("[data]") { "" } else { "[data]\npath = \"a.csv\"\n" };
        std::fs::write(folder.path().join("portcullis.toml"), format!("{example}\n{data}")).unwrap();
        let loaded = Project::load(folder.path(), &Overrides::default());
        assert!(loaded.is_ok(), "{}\n{example}", loaded.unwrap_err());
    }
}

/// Every key but those of `[model]` and the lists can be given a wrong value by its environment variable, so the parser
/// reads every key that the table names.
#[test]
fn every_key_of_the_table_is_read() {
    let wrong = BTreeMap::from([
        ("text", " "),
        ("text or list of text", "[]"),
        ("text, number or boolean", ""),
        ("list of text", "[1]"),
        ("table of text", "1"),
        ("number or path", "7"),
        ("number", "7"),
        ("whole number", "-1"),
        ("boolean", "7"),
        ("list of columns or of lists of columns", "[1]"),
        ("duration", "7"),
        ("size", "-7"),
    ]);
    for section in SECTIONS {
        for key in section.keys {
            let value = if key.name == "delimiter" { ";;" } else { wrong[key.form.as_str()] };
            if value.is_empty() {
                continue; // any single value is right; a table test covers the rest
            }
            let folder = tempfile::tempdir().unwrap();
            let model = if matches!(key.name, "output" | "timeout" | "command") {
                "command = [\"x\"]"
            } else {
                "family = \"x\""
            };
            let text = format!("[data]\npath = \"a\"\n[model]\n{model}\n");
            let text = if key.name == "predictions" { String::new() } else { text };
            std::fs::write(folder.path().join("portcullis.toml"), text).unwrap();
            let name = format!("{}.{}", section.name, key.name);
            let overrides = Overrides { flags: vec![(name.clone(), value.to_owned())], environment: vec![] };
            let error = Project::load(folder.path(), &overrides).unwrap_err().to_string();
            assert!(error.starts_with(&format!("flag {name}: [{}] {}: ", section.name, key.name)), "{name}: {error}");
        }
    }
}

#[test]
fn the_page_on_security_lists_every_limit_with_its_default() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/security.md");
    let text = std::fs::read_to_string(page).unwrap();
    let limits = SECTIONS.iter().find(|section| section.name == "limits").unwrap();
    for key in limits.keys {
        let row = format!("| `{}` | {} | ", key.name, key.default);
        assert!(text.contains(&row), "docs/security.md lacks {row}");
    }
    assert_eq!(text.matches("\n| `").count(), limits.keys.len(), "it lists a limit that there is not");
}
