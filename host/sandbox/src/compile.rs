//! Compiling, where it can be stopped.
//!
//! Nothing bounds a compilation from within the process that does it: thirteen kilobytes can take minutes, a few hundred a
//! gigabyte. So a component that is not in the cache is compiled by a process of its own, with limits on time and memory.
//! That process bounds what a component costs, not what its code may do: its output is native code which this process
//! runs, so the compiler is trusted either way.

use std::io::{self, Read, Write};

use portcullis_verdict::{Failure, FailureKind};
use wasmtime::Engine;

use crate::engine::engine;
use crate::limits::Limits;
use crate::worker::{Bounds, Stopped, Worker};

/// The name of this job.
pub const JOB: &str = "compile";

/// First byte of an answer: code follows, or what is wrong with the component.
const CODE: u8 = b'+';
const WRONG: u8 = b'-';

/// Compiles a component's bytes into what [`Cache`](crate::Cache) keeps: by a process of its own, if there is a way to
/// start one.
pub(crate) fn compile(
    engine: &Engine,
    worker: Option<&Worker>,
    component: &[u8],
    limits: &Limits,
) -> Result<Vec<u8>, Failure> {
    let Some(worker) = worker else {
        return engine.precompile_component(component).map_err(|error| wrong(&format!("{error:#}")));
    };
    let bounds = Bounds { memory: limits.compile_memory, time: limits.compile_time };
    let answer = worker.run(JOB, bounds, |mut stdin, mut stdout| {
        stdin.write_all(component)?;
        drop(stdin);
        let mut answer = Vec::new();
        stdout.read_to_end(&mut answer)?;
        if answer.is_empty() { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(answer) }
    });
    match answer {
        Ok(mut answer) => match answer.remove(0) {
            CODE => Ok(answer),
            _ => Err(wrong(&String::from_utf8_lossy(&answer))),
        },
        Err(stopped) => Err(failed(&stopped, limits)),
    }
}

fn wrong(why: &str) -> Failure {
    Failure::new(FailureKind::Compile, format!("the component cannot be compiled: {why}"))
}

fn failed(stopped: &Stopped, limits: &Limits) -> Failure {
    let message = match stopped {
        Stopped::Time => format!(
            "it takes longer to compile than it may ({} s; limit: compile-time)",
            limits.compile_time.as_secs_f64()
        ),
        Stopped::Memory => {
            format!(
                "it takes more memory to compile than it may ({} bytes; limit: compile-memory)",
                limits.compile_memory
            )
        }
        Stopped::Crashed(why) => format!("the compiler gave up on it: {why}"),
    };
    Failure::new(FailureKind::Compile, message)
}

/// Does the job in a process that was started for it: reads a component, writes its code.
///
/// # Errors
/// The pipes are closed, or wasmtime does not start.
pub fn serve(mut input: impl Read, mut output: impl Write) -> io::Result<()> {
    let mut component = Vec::new();
    input.read_to_end(&mut component)?;
    let compiled = engine(Limits::default().stack).and_then(|engine| engine.precompile_component(&component));
    let (sign, answer) = match compiled {
        Ok(code) => (CODE, code),
        Err(error) => (WRONG, format!("{error:#}").into_bytes()),
    };
    output.write_all(&[sign])?;
    output.write_all(&answer)?;
    output.flush()
}
