//! What this program does when it is started as a process of its own for one policy: see
//! [`Worker`](portcullis_sandbox::worker::Worker).

use std::io;

use portcullis_data::query;
use portcullis_sandbox::{COMPILE_JOB, compile_job, worker};

/// Bounds this process and does the job: reads from standard input, answers on standard output.
///
/// # Errors
/// The arguments are not those of a worker, or the pipes broke: which whoever started the process explains better.
pub fn work(job: &str, memory: &str, seconds: &str) -> io::Result<()> {
    worker::confine(memory, seconds)?;
    let (input, output) = (io::stdin().lock(), io::stdout().lock());
    match job {
        COMPILE_JOB => compile_job(input, output),
        query::JOB => query::serve(input, output),
        _ => Err(io::Error::new(io::ErrorKind::InvalidInput, format!("there is no job `{job}`"))),
    }
}
