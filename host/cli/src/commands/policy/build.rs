//! `policy build`: a language's toolchain, and a look at what came out.

use std::fmt::Write as _;

use portcullis_author::{Manifest, build};
use portcullis_report::{clipped, inert};

use crate::arguments::{Build, Global};
use crate::commands::judge::ticking;
use crate::status::Status;
use crate::{output, progress, shell};

pub fn run(global: &Global, arguments: &Build) -> anyhow::Result<Status> {
    let manifest = Manifest::read(&arguments.folder)?;
    let sandbox = super::sandbox(global)?;
    let progress = progress::new(global.quiet);
    progress.step(&format!("building {}", manifest.name), None);
    let built = ticking(&*progress, || build::build(&manifest, &sandbox));
    drop(progress);
    let built = match built {
        Ok(built) => built,
        Err(error) => {
            let status = super::status(&error);
            output::error(&error.into(), global.color);
            return Ok(status);
        }
    };
    let here = std::env::current_dir().unwrap_or_default();
    let file = built.file.strip_prefix(&here).unwrap_or(&built.file);
    let mut text = format!("built {}\n", shell::word(&file.to_string_lossy()));
    let mut row = |what: &str, value: &str| {
        let _ = writeln!(text, "  {what:10} {value}");
    };
    row("policy", &inert(&clipped(&format!("{} {}", built.description.name, built.description.version), 100)));
    if let Ok(inspection) = built.component.inspection() {
        row("kind", inspection.kind.as_str());
        row("contract", &inspection.contract.to_string());
        let asks = inspection.asks_for();
        row("asks for", &if asks.is_empty() { "nothing".to_owned() } else { asks.join(", ") });
    }
    row("size", &format!("{} bytes", built.component.size()));
    row("sha256", built.component.digest());
    if !built.added.is_empty() {
        row("added", "imports that the toolchain added, which the host answers with nothing:");
        for import in &built.added {
            let _ = writeln!(text, "             {}", inert(&clipped(import, 100)));
        }
    }
    let _ = writeln!(text, "\nNext: portcullis policy test {}", shell::word(&arguments.folder.to_string_lossy()));
    output::print(&text)?;
    Ok(Status::Passed)
}
