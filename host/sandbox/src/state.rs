//! What one store holds: what the policy may see, what it has used up, and its log.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use portcullis_verdict::FailureKind;
use serde_json::Value;
use wasmtime::component::ResourceTable;
use wasmtime_wasi::{WasiCtx, WasiCtxView};

use crate::failure::Exceeded;
use crate::grant::Grant;
use crate::limits::{Limiter, Limits};
use crate::ports::{Answer, QueryBounds, World};
use crate::wasi;

/// The data of one store: one policy in one run.
pub(crate) struct State {
    pub table: ResourceTable,
    pub limiter: Limiter,
    pub log: Arc<Mutex<Log>>,
    pub grant: Grant,
    /// None while a policy describes itself: nothing may be asked for then.
    pub world: Option<Arc<dyn World>>,
    pub parameters: Value,
    /// The time at which the policy's clocks stand still, since 1970.
    pub now: Duration,
    pub random: wasi::Sources,
    /// Counts of duplicates by part and columns: dear, and asked for again by whoever judges several rules.
    pub duplicates: BTreeMap<(String, Vec<String>), Answer<u64>>,
    /// What one question in SQL may consume.
    pub sql: QueryBounds,
    wasi: WasiCtx,
    /// Stands in for the table once the calls are used up: every call through it fails.
    spent: ResourceTable,
    overdrawn: bool,
    calls_left: u64,
    bytes_left: u64,
    room_left: u64,
    work_left: u64,
}

impl State {
    pub fn new(
        limits: &Limits,
        grant: Grant,
        world: Option<Arc<dyn World>>,
        parameters: Value,
        seed: u64,
        now: Duration,
    ) -> Self {
        let log = Arc::new(Mutex::new(Log::new(limits.log_bytes, limits.host_bytes)));
        let mut table = ResourceTable::new();
        table.set_max_capacity(limits.handles as usize);
        let mut spent = ResourceTable::new();
        spent.set_max_capacity(0);
        Self {
            wasi: wasi::context(&log),
            spent,
            overdrawn: false,
            table,
            limiter: Limiter::new(limits),
            log,
            grant,
            world,
            parameters,
            now,
            random: wasi::Sources::new(seed),
            duplicates: BTreeMap::new(),
            sql: limits.sql(),
            calls_left: limits.host_calls,
            bytes_left: limits.host_bytes,
            room_left: limits.memory,
            work_left: limits.host_work,
        }
    }

    /// Accounts for a call that moves this many bytes in or out.
    pub fn charge(&mut self, bytes: usize) -> wasmtime::Result<()> {
        self.calls_left = self.calls_left.checked_sub(1).ok_or_else(|| too_much("too many calls"))?;
        self.bytes_left = self.bytes_left.checked_sub(bytes as u64).ok_or_else(|| too_much("too many bytes"))?;
        Ok(())
    }

    /// Accounts for values that the host goes through to answer: as many whether it has to or remembers the answer, so that
    /// what one policy may ask for does not depend on what others asked before it.
    pub fn work(&mut self, values: u64) -> wasmtime::Result<()> {
        self.work_left = self.work_left.checked_sub(values).ok_or_else(|| Exceeded {
            kind: FailureKind::HostCalls,
            message: "it made the host work through more values than it may (limit: host-work)".to_owned(),
        })?;
        Ok(())
    }

    /// What wasmtime-wasi works on, once for each call of it, which is accounted for here. There is no failing here: when
    /// the calls are used up, it gets a table without anything in it, and [`State::overdrawn`] says why it failed.
    pub fn view(&mut self) -> WasiCtxView<'_> {
        match self.calls_left.checked_sub(1) {
            Some(rest) => self.calls_left = rest,
            None => self.overdrawn = true,
        }
        let table = if self.overdrawn { &mut self.spent } else { &mut self.table };
        WasiCtxView { ctx: &mut self.wasi, table }
    }

    /// Why calls of wasmtime-wasi failed, if they did because there were too many.
    pub fn overdrawn(&self) -> Option<Exceeded> {
        self.overdrawn.then(|| too_much("too many calls"))
    }

    /// Accounts for bytes that the host keeps for the policy until it drops a handle: as many as it may have itself.
    pub fn keep(&mut self, bytes: u64) -> wasmtime::Result<()> {
        self.room_left = self.room_left.checked_sub(bytes).ok_or_else(|| Exceeded {
            kind: FailureKind::Memory,
            message: "its batches and the model's answers need more memory than it may have; drop them when they are \
                      read, predict in smaller batches, or raise `memory` in its limits"
                .to_owned(),
        })?;
        Ok(())
    }

    /// Gives back what was kept.
    pub fn release(&mut self, bytes: u64) {
        self.room_left = self.room_left.saturating_add(bytes);
    }

    /// What the run offers; an error while the policy describes itself.
    pub fn world(&self) -> wasmtime::Result<&Arc<dyn World>> {
        self.world.as_ref().ok_or_else(|| {
            Exceeded {
                kind: FailureKind::PolicyError,
                message: "it asks for data in `describe`, which may not use any import".to_owned(),
            }
            .into()
        })
    }
}

fn too_much(what: &str) -> Exceeded {
    Exceeded {
        kind: FailureKind::HostCalls,
        message: format!("it asked the host for more than it may: {what} (limits: host-calls, host-bytes)"),
    }
}

/// What a policy logged and printed, up to a limit.
#[derive(Debug)]
pub(crate) struct Log {
    lines: Vec<String>,
    partial: Vec<u8>,
    left: u64,
    printing_left: u64,
    dropped: bool,
}

impl Log {
    /// A log that keeps so many bytes, and takes so many printed ones before it is an abuse.
    pub fn new(limit: u64, printing: u64) -> Self {
        Self { lines: Vec::new(), partial: Vec::new(), left: limit, printing_left: printing, dropped: false }
    }

    /// A line of the contract's log.
    pub fn line(&mut self, level: &str, message: &str) {
        if self.take(message.len() + level.len() + 2) {
            self.lines.push(format!("{level}: {message}"));
        }
    }

    /// Accounts for bytes that are printed, kept or not.
    pub fn pass(&mut self, bytes: usize) -> Result<(), Exceeded> {
        let left = self.printing_left.checked_sub(bytes as u64);
        self.printing_left = left.ok_or_else(|| too_much("too many bytes printed"))?;
        Ok(())
    }

    /// Bytes printed on standard output or error.
    pub fn output(&mut self, bytes: &[u8]) {
        if !self.take(bytes.len()) {
            return;
        }
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            let (piece, whole) = piece.strip_suffix(b"\n").map_or((piece, false), |line| (line, true));
            self.partial.extend_from_slice(piece);
            if whole {
                self.lines.push(String::from_utf8_lossy(&std::mem::take(&mut self.partial)).into_owned());
            }
        }
    }

    /// The lines, and a last one that says so if some were dropped.
    pub fn finish(&mut self) -> Vec<String> {
        let mut lines = std::mem::take(&mut self.lines);
        if !self.partial.is_empty() {
            lines.push(String::from_utf8_lossy(&std::mem::take(&mut self.partial)).into_owned());
        }
        if self.dropped {
            lines.push("(the rest of the log was dropped: it exceeded the limit log-bytes)".to_owned());
        }
        lines
    }

    fn take(&mut self, bytes: usize) -> bool {
        match self.left.checked_sub(bytes as u64) {
            Some(rest) if !self.dropped => {
                self.left = rest;
                true
            }
            _ => {
                self.dropped = true;
                false
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_keeps_whole_lines_up_to_its_limit_and_says_what_it_dropped() {
        let mut log = Log::new(24, 100);
        log.output(b"one\ntw");
        log.output(b"o\n");
        log.line("warn", "three");
        log.line("warn", "four is too long");
        log.line("info", "5");
        let lines = log.finish();
        assert_eq!(lines[..3], ["one", "two", "warn: three"]);
        assert_eq!(lines.len(), 4);
        assert!(lines[3].contains("log-bytes"));
    }

    #[test]
    fn printing_for_ever_is_no_way_around_the_bytes_that_may_pass() {
        let mut log = Log::new(8, 20);
        log.pass(12).unwrap();
        assert_eq!(log.pass(12).unwrap_err().kind, FailureKind::HostCalls);
        log.pass(8).unwrap();
    }
}
