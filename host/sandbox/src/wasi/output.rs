//! Standard output and error: into the log, within its limit.

use std::sync::{Arc, Mutex};

use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamError};
use wasmtime_wasi_io::async_trait;
use wasmtime_wasi_io::bytes::Bytes;

use crate::state::Log;

/// Most bytes of one write: a promise to the guest, and what `write-zeroes` and `splice` may make the host allocate.
const CHUNK: usize = 1 << 16;

/// A stream into the log. What exceeds the log is dropped without an error, because a guest that cannot print would fail
/// for nothing; what exceeds the bytes that a policy may pass to the host ends it.
pub(super) struct Sink {
    log: Arc<Mutex<Log>>,
    kept: bool,
}

impl Sink {
    /// A stream into this log.
    pub fn new(log: &Arc<Mutex<Log>>) -> Self {
        Self { log: Arc::clone(log), kept: true }
    }

    /// A stream into nothing, which counts as if it were printed.
    pub fn nowhere(log: &Arc<Mutex<Log>>) -> Self {
        Self { log: Arc::clone(log), kept: false }
    }
}

impl IsTerminal for Sink {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for Sink {
    fn async_stream(&self) -> Box<dyn tokio::io::AsyncWrite + Send + Sync> {
        Box::new(tokio::io::sink())
    }

    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(Self { log: Arc::clone(&self.log), kept: self.kept })
    }
}

#[async_trait]
impl Pollable for Sink {
    async fn ready(&mut self) {}
}

impl OutputStream for Sink {
    fn write(&mut self, bytes: Bytes) -> Result<(), StreamError> {
        // Nobody panics while holding the log; if somebody did, output is what can be missed.
        let Ok(mut log) = self.log.lock() else { return Ok(()) };
        log.pass(bytes.len()).map_err(|exceeded| StreamError::Trap(exceeded.into()))?;
        if self.kept {
            log.output(&bytes);
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), StreamError> {
        Ok(())
    }

    fn check_write(&mut self) -> Result<usize, StreamError> {
        Ok(CHUNK)
    }
}
