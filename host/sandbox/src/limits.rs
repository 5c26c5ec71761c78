//! Every resource that a policy can consume, with its limit; and the limiter that counts what wasmtime does not sum up.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use wasmtime::ResourceLimiter;

use crate::ports::QueryBounds;

/// What one judgement may consume.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Limits {
    /// WebAssembly instructions: the limit that honest policies meet first, because it is the same on every machine.
    /// Interpreted languages spend some 300 times what compiled ones do, so the default is wide.
    pub fuel: u64,
    /// Wall clock, a backstop.
    pub time: Duration,
    /// Bytes over all linear memories of the policy.
    pub memory: u64,
    /// Elements over all tables.
    pub table_elements: u64,
    /// Core instances, memories and tables, each.
    pub instances: u32,
    /// Calls from the policy to the host.
    pub host_calls: u64,
    /// Bytes moved through them.
    pub host_bytes: u64,
    /// Values that the host goes through to answer them: rows times columns for an aggregate, rows times resamples for an
    /// interval. A backstop for what is dear and crosses no bytes.
    pub host_work: u64,
    /// Steps of the machine that answers one question in SQL.
    pub sql_steps: u64,
    /// Bytes of memory for answering it.
    pub sql_memory: u64,
    /// Rows of its answer.
    pub sql_rows: u64,
    /// Resource handles alive at once.
    pub handles: u32,
    /// Bytes of log.
    pub log_bytes: u64,
    /// Findings and measures, each.
    pub findings: u32,
    /// Bytes of the judgement as a whole.
    pub output_bytes: u64,
    /// Bytes of the component's file.
    pub component_bytes: u64,
    /// Wall clock for compiling it: only where it is not in the cache yet.
    pub compile_time: Duration,
    /// Bytes of memory for compiling it.
    pub compile_memory: u64,
    /// Bytes of its call stack, in steps of 64 KiB: 64 MiB at the most.
    pub stack: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            fuel: 10_000_000_000,
            time: Duration::from_mins(1),
            memory: 256 << 20,
            table_elements: 1 << 20,
            instances: 64,
            host_calls: 1_000_000,
            host_bytes: 1 << 30,
            host_work: 20_000_000_000,
            sql_steps: 2_000_000_000,
            sql_memory: 1 << 30,
            sql_rows: 100_000,
            handles: 10_000,
            log_bytes: 64 << 10,
            findings: 10_000,
            output_bytes: 4 << 20,
            component_bytes: 64 << 20,
            compile_time: Duration::from_mins(5),
            compile_memory: 2 << 30,
            stack: 512 << 10,
        }
    }
}

impl Limits {
    /// What one question in SQL may consume.
    pub(crate) fn sql(&self) -> QueryBounds {
        QueryBounds { steps: self.sql_steps, memory: self.sql_memory, rows: self.sql_rows, time: self.time }
    }
}

/// Counts memories and tables together: wasmtime's own limiter holds each memory against the limit by itself.
#[derive(Debug)]
pub(crate) struct Limiter {
    memory_left: u64,
    elements_left: u64,
    instances: usize,
    /// Whether growth was ever refused: a trap that follows is then a matter of memory.
    pub refused: bool,
}

impl Limiter {
    pub fn new(limits: &Limits) -> Self {
        Self {
            memory_left: limits.memory,
            elements_left: limits.table_elements,
            instances: limits.instances as usize,
            refused: false,
        }
    }

    fn take(left: &mut u64, refused: &mut bool, current: usize, desired: usize) -> bool {
        let more = desired.saturating_sub(current) as u64;
        let rest = left.checked_sub(more);
        *left = rest.unwrap_or(*left);
        *refused |= rest.is_none();
        rest.is_some()
    }
}

impl ResourceLimiter for Limiter {
    fn memory_growing(&mut self, current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        Ok(Self::take(&mut self.memory_left, &mut self.refused, current, desired))
    }

    fn table_growing(&mut self, current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        Ok(Self::take(&mut self.elements_left, &mut self.refused, current, desired))
    }

    fn instances(&self) -> usize {
        self.instances
    }

    fn tables(&self) -> usize {
        self.instances
    }

    fn memories(&self) -> usize {
        self.instances
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memories_are_summed() {
        let mut limiter = Limiter::new(&Limits { memory: 100, ..Limits::default() });
        assert!(limiter.memory_growing(0, 60, None).unwrap());
        assert!(!limiter.memory_growing(0, 60, None).unwrap(), "a second memory shares the limit");
        assert!(limiter.refused);
        assert!(limiter.memory_growing(60, 100, None).unwrap());
    }
}
