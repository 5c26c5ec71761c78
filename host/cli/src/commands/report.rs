//! `report`: an earlier run, rendered anew.

use anyhow::bail;
use portcullis_project::Layout;
use portcullis_run::read_record;

use crate::arguments::{Global, Report};
use crate::status::Status;
use crate::{output, shell};

pub fn run(global: &Global, report: &Report) -> anyhow::Result<Status> {
    output::check(&report.output.formats)?;
    let project = super::project(global)?;
    output::spare(&report.output.formats, &project, None)?;
    let layout = Layout::new(&project.root);
    let folder = match &report.run {
        Some(id) => layout.find(id)?,
        None => match layout.latest() {
            Some(id) => layout.run_folder(&id),
            None => bail!("there is no run to report on yet; `portcullis run` makes one"),
        },
    };
    let record = read_record(&folder)?;
    output::write(&record, &report.output.formats, global.color, &shell::caller(global))?;
    Ok(record.verdict.into())
}
