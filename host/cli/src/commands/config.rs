//! `config`: each setting and where it comes from.

use std::fmt::Write as _;

use portcullis_verdict::plain;

use crate::arguments::Global;
use crate::output;
use crate::status::Status;

pub fn run(global: &Global) -> anyhow::Result<Status> {
    let project = super::project(global)?;
    let settings = project.settings();
    let keys = settings.iter().map(|setting| setting.key.chars().count()).max().unwrap_or(0);
    let values = settings.iter().map(|setting| setting.value.chars().count()).max().unwrap_or(0).min(48);
    let mut text = String::new();
    for setting in settings {
        let _ = writeln!(text, "{:keys$} = {:values$}  # {}", setting.key, plain(&setting.value), setting.origin);
    }
    for policy in &project.policies {
        let origin = policy.line.map_or_else(|| "found in policies/".to_owned(), |line| format!("line {line}"));
        let _ =
            writeln!(text, "policy {} = {} ({})  # {origin}", plain(&policy.name), plain(&policy.display), policy.mode);
    }
    output::print(&text)?;
    Ok(Status::Passed)
}
