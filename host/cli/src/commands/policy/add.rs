//! `policy add`: stock policies into a project.

use std::fmt::Write as _;
use std::fs;

use anyhow::{Context as _, bail};
use portcullis_project::{CONFIGURATION, nearest, write_whole};

use crate::arguments::{Add, Global};
use crate::commands::stock::{STOCK, Stock};
use crate::output;
use crate::status::Status;

pub fn run(global: &Global, add: &Add) -> anyhow::Result<Status> {
    let wanted: Vec<&Stock> = add.names.iter().map(|name| find(name)).collect::<anyhow::Result<_>>()?;
    let folder = global.project.join("policies");
    // All or none: what is in the way of one is found before the first is written.
    for stock in &wanted {
        let file = folder.join(stock.name).with_extension("wasm");
        if file.symlink_metadata().is_ok() && fs::read(&file).ok().as_deref() != Some(stock.bytes) {
            bail!("{} is there already, and is another; nothing was written. Remove it first", file.display());
        }
    }
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let mut text = String::new();
    for stock in wanted {
        let file = folder.join(stock.name).with_extension("wasm");
        if file.exists() {
            let _ = writeln!(text, "{} is there already, the same", file.display());
            continue;
        }
        write_whole(&file, stock.bytes, ".portcullis-add-")
            .with_context(|| format!("cannot write {}", file.display()))?;
        let _ = writeln!(text, "wrote {}", file.display());
    }
    let _ = writeln!(
        text,
        "\nA policy that no [[policy]] entry in {CONFIGURATION} names judges with its default parameters; one that requires some \
         needs an entry.\nNext: `portcullis policy doc policies/NAME.wasm` shows them with examples, `portcullis lock` pins it."
    );
    output::print(&text)?;
    Ok(Status::Passed)
}

fn find(name: &str) -> anyhow::Result<&'static Stock> {
    let stem = name.strip_suffix(".wasm").unwrap_or(name);
    STOCK.iter().find(|stock| stock.name == stem).ok_or_else(|| {
        let names: Vec<&str> = STOCK.iter().map(|stock| stock.name).collect();
        let near = nearest(stem, names.iter().copied());
        let near = near.map(|near| format!("did you mean `{near}`? ")).unwrap_or_default();
        anyhow::anyhow!("there is no stock policy `{name}`; {near}there are: {}", names.join(", "))
    })
}
