//! Questions in SQL, answered by a process of its own.

use std::sync::Arc;

use portcullis_data::query::{self, Answered, Question, Stopped as Engine};
use portcullis_sandbox::ports::{Dataset, Failure, Query, QueryStop};
use portcullis_sandbox::worker::{Bounds, Stopped, Worker};
use portcullis_verdict::FailureKind;

use super::Part;

/// What the process itself needs beside the engine's memory: the values on their way in, and the answer on its way out.
const OVERHEAD: u64 = 512 << 20;

/// The name that a part has in SQL.
fn table_name(part: &str) -> Option<&'static str> {
    match part {
        "all" => Some("all"),
        "training" => Some("training"),
        "held-out" => Some("held_out"),
        "reference" => Some("reference"),
        _ => None,
    }
}

/// Answers a question about the parts of a run; `current` is what policies judge.
pub(super) fn answer<'a>(
    worker: Option<&Worker>,
    current: &Part,
    parts: impl Iterator<Item = &'a Arc<Part>>,
    query: &Query<'_>,
) -> Result<(Arc<dyn Dataset>, u64), QueryStop> {
    let worker =
        worker.ok_or_else(|| QueryStop::Broken("this host cannot start a process that answers SQL".to_owned()))?;
    let named = parts.filter_map(|part| Some((table_name(part.name())?, part.table().clone())));
    let question = Question {
        statement: query.statement,
        tables: std::iter::once(("current", current.table().clone())).chain(named).collect(),
        columns: query.columns,
        steps: query.bounds.steps,
        memory: query.bounds.memory,
        rows: query.bounds.rows,
    };
    let bounds = Bounds { memory: query.bounds.memory.saturating_add(OVERHEAD), time: query.bounds.time };
    let answered = worker.run(query::JOB, bounds, |stdin, stdout| query::ask(&question, stdin, stdout));
    match answered {
        Ok(Answered::Table(table, work)) => Ok((Arc::new(Part::new("answer", table)), work)),
        Ok(Answered::Refused(refused)) => Err(QueryStop::Refused(Failure::new(refused.code.as_str(), refused.message))),
        Ok(Answered::Stopped(Engine::Steps)) => Err(limit(
            FailureKind::HostCalls,
            "its SQL takes more steps than it may; does a join lack its condition? (limit: sql-steps)",
        )),
        Ok(Answered::Stopped(Engine::Memory)) | Err(Stopped::Memory) => {
            Err(limit(FailureKind::Memory, "its SQL needs more memory than it may have (limit: sql-memory)"))
        }
        Err(Stopped::Time) => {
            Err(limit(FailureKind::Time, "its SQL took longer than the policy may by the clock (limit: time)"))
        }
        Err(Stopped::Crashed(why)) => Err(limit(FailureKind::HostCalls, &format!("its SQL was given up: {why}"))),
    }
}

fn limit(kind: FailureKind, message: &str) -> QueryStop {
    QueryStop::Limit(kind, message.to_owned())
}
