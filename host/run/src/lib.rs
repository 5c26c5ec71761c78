//! The pipeline: check the data, train, evaluate, gate; what comes of it is the run record.
//!
//! [`execute`] does what one subcommand asks for. It decides nothing about models, metrics or WebAssembly: it hands
//! tables to `learn`, predictions to `evaluate` and both to the policies, and writes down what they say.

mod candidate;
mod champion;
mod clock;
mod determinism;
mod error;
mod identity;
mod inputs;
mod leash;
mod lock;
mod named;
mod pipeline;
mod places;
mod policies;
mod predictions;
mod progress;
mod provenance;
mod reading;
mod record;
mod request;
mod results;
mod spare;
mod tape;
mod trainer;
mod work;
mod world;

pub use error::RunError;
pub use leash::{NOT_FOUND, leash};
pub use lock::{check_lock, pin, pin_all};
pub use pipeline::execute;
pub use policies::limits;
pub use portcullis_sandbox::worker::Worker;
pub use progress::Progress;
pub use request::{Finished, Request, Steps};
pub use results::{RECORD_FILE, read_record};
pub use spare::spare;
pub use tape::{RECORDING_FILE, Recording, Replayed, Shelf, cannot, replay, said};
pub use work::work;
