//! What a policy may consume, where the configuration differs from the sandbox's own limits.

use std::time::Duration;

use crate::problem::Problems;
use crate::read::{self, Fields};

/// Limits that the user set; none leaves the sandbox's default in force.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LimitOverrides {
    /// Instructions, in wasmtime's units of fuel.
    pub fuel: Option<u64>,
    /// Wall clock for instantiating and judging.
    pub time: Option<Duration>,
    /// Bytes over all linear memories.
    pub memory: Option<u64>,
    /// Elements over all tables.
    pub table_elements: Option<u64>,
    /// Core instances, memories and tables, each.
    pub instances: Option<u32>,
    /// Calls from the policy to the host.
    pub host_calls: Option<u64>,
    /// Bytes that cross in those calls.
    pub host_bytes: Option<u64>,
    /// Values that the host goes through to answer those calls.
    pub host_work: Option<u64>,
    /// Steps of the engine that answers one question in SQL.
    pub sql_steps: Option<u64>,
    /// Bytes of memory for answering it.
    pub sql_memory: Option<u64>,
    /// Rows of its answer.
    pub sql_rows: Option<u64>,
    /// Resource handles alive at once.
    pub handles: Option<u32>,
    /// Bytes of log that are kept.
    pub log_bytes: Option<u64>,
    /// Findings and measures in a judgement, each.
    pub findings: Option<u32>,
    /// Bytes of a judgement.
    pub output_bytes: Option<u64>,
    /// Bytes of the `.wasm` file.
    pub component_size: Option<u64>,
    /// Wall clock for compiling it.
    pub compile_time: Option<Duration>,
    /// Bytes of memory for compiling it.
    pub compile_memory: Option<u64>,
    /// Bytes of its call stack, between 64 KiB and 64 MiB.
    pub stack: Option<u64>,
}

impl LimitOverrides {
    pub(crate) fn read(fields: &Fields, problems: &mut Problems) -> Self {
        Self {
            fuel: fields.read(problems, "fuel", read::whole(1)),
            time: fields.read(problems, "time", read::duration),
            memory: fields.read(problems, "memory", read::size(1)),
            table_elements: fields.read(problems, "table-elements", read::whole(0)),
            instances: fields.read(problems, "instances", read::whole(1)),
            host_calls: fields.read(problems, "host-calls", read::whole(0)),
            host_bytes: fields.read(problems, "host-bytes", read::size(0)),
            host_work: fields.read(problems, "host-work", read::whole(0)),
            sql_steps: fields.read(problems, "sql-steps", read::whole(1)),
            sql_memory: fields.read(problems, "sql-memory", read::size(1)),
            sql_rows: fields.read(problems, "sql-rows", read::whole(1)),
            handles: fields.read(problems, "handles", read::whole(1)),
            log_bytes: fields.read(problems, "log-bytes", read::size(0)),
            findings: fields.read(problems, "findings", read::whole(0)),
            output_bytes: fields.read(problems, "output-bytes", read::size(1)),
            component_size: fields.read(problems, "component-size", read::size(1)),
            compile_time: fields.read(problems, "compile-time", read::duration),
            compile_memory: fields.read(problems, "compile-memory", read::size(1)),
            stack: fields.read(problems, "stack", read::size_within(64 << 10, 64 << 20)),
        }
    }

    /// These limits, and `others` where these say nothing.
    #[must_use]
    pub fn or(&self, others: &Self) -> Self {
        Self {
            fuel: self.fuel.or(others.fuel),
            time: self.time.or(others.time),
            memory: self.memory.or(others.memory),
            table_elements: self.table_elements.or(others.table_elements),
            instances: self.instances.or(others.instances),
            host_calls: self.host_calls.or(others.host_calls),
            host_bytes: self.host_bytes.or(others.host_bytes),
            host_work: self.host_work.or(others.host_work),
            sql_steps: self.sql_steps.or(others.sql_steps),
            sql_memory: self.sql_memory.or(others.sql_memory),
            sql_rows: self.sql_rows.or(others.sql_rows),
            handles: self.handles.or(others.handles),
            log_bytes: self.log_bytes.or(others.log_bytes),
            findings: self.findings.or(others.findings),
            output_bytes: self.output_bytes.or(others.output_bytes),
            component_size: self.component_size.or(others.component_size),
            compile_time: self.compile_time.or(others.compile_time),
            compile_memory: self.compile_memory.or(others.compile_memory),
            stack: self.stack.or(others.stack),
        }
    }
}
