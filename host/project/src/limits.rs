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
            handles: fields.read(problems, "handles", read::whole(1)),
            log_bytes: fields.read(problems, "log-bytes", read::size(0)),
            findings: fields.read(problems, "findings", read::whole(0)),
            output_bytes: fields.read(problems, "output-bytes", read::size(1)),
            component_size: fields.read(problems, "component-size", read::size(1)),
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
            handles: self.handles.or(others.handles),
            log_bytes: self.log_bytes.or(others.log_bytes),
            findings: self.findings.or(others.findings),
            output_bytes: self.output_bytes.or(others.output_bytes),
            component_size: self.component_size.or(others.component_size),
        }
    }
}
