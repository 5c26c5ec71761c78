//! `policy list`: the stock policies.

use std::fmt::Write as _;

use portcullis_sandbox::ComponentFile;
use serde_json::{Value, json};

use super::inspect::describe;
use crate::arguments::{Global, List, Shown};
use crate::commands::stock::STOCK;
use crate::output;
use crate::status::Status;

pub fn run(global: &Global, list: &List) -> anyhow::Result<Status> {
    let sandbox = super::sandbox(global)?;
    let mut text = String::new();
    let mut values = Vec::new();
    for stock in STOCK {
        let file = ComponentFile::new(stock.bytes.to_vec());
        let description = describe(&sandbox, &file)?;
        let kind = file.inspection().map(|inspection| inspection.kind.as_str()).unwrap_or_default();
        let _ = writeln!(text, "{:16} {kind:11} {}", stock.name, description.summary);
        values.push(json!({
            "name": stock.name,
            "kind": kind,
            "version": description.version,
            "summary": description.summary,
            "sha256": file.digest(),
            "size": file.size(),
        }));
    }
    text.push_str(
        "\n`portcullis policy add NAME` copies one into the project, `portcullis policy doc policies/NAME.wasm` says all about \
         it.\n",
    );
    output::print(&match list.format {
        Shown::Text => text,
        Shown::Json => format!("{:#}\n", Value::from(values)),
    })?;
    Ok(Status::Passed)
}
