//! `docs/models.md` lists every parameter as the code describes it.

use std::fmt::Write;
use std::path::Path;

use portcullis_learn::{Family, ParameterSpec, describe};

fn table(specs: &[ParameterSpec]) -> String {
    let mut text = String::from("| key | default | takes | what it does |\n|---|---|---|---|\n");
    for spec in specs {
        let default = spec.default.to_json();
        let _ = writeln!(text, "| `{}` | `{default}` | {} | {} |", spec.key, spec.accepts, spec.help);
    }
    text
}

#[test]
fn every_parameter_is_documented_as_it_is() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/models.md");
    let page = std::fs::read_to_string(&path).expect("docs/models.md can be read");
    for family in Family::ALL {
        // Those of the encoding come last and have a section of their own.
        let specs = describe(family);
        let (own, encoding) = specs.split_at(specs.len() - 4);
        let section = format!("### `{family}`\n");
        assert!(page.contains(&section), "docs/models.md lacks {section}");
        assert!(page.contains(&table(own)), "docs/models.md must have, under {family}:\n{}", table(own));
        for spec in encoding {
            let row = format!("| `{}` | {} |", spec.key, spec.help);
            assert!(page.contains(&row), "docs/models.md must have: {row}");
        }
        let defaults: Vec<String> =
            encoding.iter().take(3).map(|spec| format!("`{}`", spec.default.to_json())).collect();
        let row = format!("| `{family}` | {} |", defaults.join(" | "));
        assert!(page.contains(&row), "docs/models.md must have: {row}");
    }
}
