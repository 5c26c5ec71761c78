//! A loaded policy: describe it, hold parameters against its schema, let it judge.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use portcullis_verdict::{Failure, FailureKind, Judgement};
use serde_json::Value;
use wasmtime::Store;
use wasmtime::component::{ComponentNamedList, Instance, Lift};

use crate::engine::{Linked, ticks};
use crate::failure;
use crate::grant::Grant;
use crate::inspect::Inspection;
use crate::limits::Limits;
use crate::parameters::{self, Formatted, ParameterError};
use crate::pool::Places;
use crate::ports::World;
use crate::state::State;
use crate::v0_1;

/// Bytes of a policy's stack that fit into any thread that judges.
const ORDINARY_STACK: u64 = 512 << 10;

/// Bytes of stack that the host itself needs above a policy's.
const HOST_STACK: usize = 2 << 20;

/// What a policy says of itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Description {
    /// Its own name.
    pub name: String,
    /// Its own version.
    pub version: String,
    /// One sentence.
    pub summary: String,
    /// JSON Schema of its parameters.
    pub parameters: Value,
}

impl Description {
    /// The parameters among those given to whose texts the schema gives this format: `metric`, `column`, `class`.
    pub fn of_format(&self, format: &str, given: &Value) -> Vec<Formatted> {
        parameters::of_format(format, &self.parameters, given)
    }
}

/// What one judgement is asked with.
pub struct Request {
    /// Parameters as [`Policy::parameters`] returned them.
    pub parameters: Value,
    /// What the run offers.
    pub world: Arc<dyn World>,
    /// Seed of random numbers that the policy draws.
    pub seed: u64,
    /// The time at which its clocks stand still, since 1970.
    pub now: Duration,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// The judgement, or why there is none.
    pub result: Result<Judgement, Failure>,
    /// Instructions used.
    pub fuel: u64,
    /// What it logged and printed.
    pub log: Vec<String>,
    /// Time to instantiate, judge and drop it.
    pub elapsed: Duration,
    /// Of that, to instantiate it.
    pub instantiating: Duration,
}

/// A policy that is ready to run.
pub struct Policy {
    inspection: Inspection,
    linked: Linked,
    grant: Grant,
    limits: Limits,
    loading: Loading,
}

/// How a policy was loaded.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Loading {
    /// Whether its code came from the cache.
    pub cached: bool,
    /// How long it took.
    pub elapsed: Duration,
    /// How long compiling took of that.
    pub compiling: Duration,
}

/// What came of a call.
struct Called<R> {
    returned: Result<R, Failure>,
    fuel: u64,
    log: Vec<String>,
    instantiating: Duration,
}

impl Policy {
    pub(crate) fn new(inspection: Inspection, linked: Linked, grant: Grant, limits: Limits, loading: Loading) -> Self {
        Self { inspection, linked, grant, limits, loading }
    }

    /// What its file says.
    pub fn inspection(&self) -> &Inspection {
        &self.inspection
    }

    /// Whether its code came from the cache.
    pub fn cached(&self) -> bool {
        self.loading.cached
    }

    /// How long loading took.
    pub fn loading(&self) -> Duration {
        self.loading.elapsed
    }

    /// How long compiling took of that; nothing where the cache had it.
    pub fn compiling(&self) -> Duration {
        self.loading.compiling
    }

    /// Asks the policy what it is.
    pub fn describe(&self) -> Result<Description, Failure> {
        failure::contained(|| self.ask())
    }

    fn ask(&self) -> Result<Description, Failure> {
        let state = State::new(&self.limits, self.grant.clone(), None, Value::Null, 0, Duration::ZERO);
        let (described,) = self.call::<(v0_1::Description,)>("describe", state).returned?;
        if described.parameters.len() > parameters::MOST_BYTES {
            return Err(Failure::new(
                FailureKind::PolicyError,
                format!(
                    "the parameters' schema that it describes has {} bytes; it may have {}",
                    described.parameters.len(),
                    parameters::MOST_BYTES
                ),
            ));
        }
        let schema: Value = serde_json::from_str(&described.parameters).map_err(|error| {
            Failure::new(
                FailureKind::PolicyError,
                format!("the parameters' schema that it describes is not JSON: {error}"),
            )
        })?;
        if !schema.is_object() {
            return Err(Failure::new(
                FailureKind::PolicyError,
                format!("the parameters' schema that it describes is {schema}, and should be an object"),
            ));
        }
        parameters::usable(&schema).map_err(|message| Failure::new(FailureKind::PolicyError, message))?;
        Ok(Description {
            name: described.name,
            version: described.version,
            summary: described.summary,
            parameters: schema,
        })
    }

    /// Holds parameters against the policy's schema and fills in defaults.
    ///
    /// The outer error is the policy's fault (its schema cannot be used, or refuses its own defaults), the inner one the
    /// user's.
    pub fn parameters(
        &self,
        description: &Description,
        given: &Value,
    ) -> Result<Result<Value, ParameterError>, Failure> {
        failure::contained(|| {
            parameters::validate(&description.parameters, given)
                .map_err(|message| Failure::new(FailureKind::PolicyError, message))
        })
    }

    /// Runs the policy once, in a store of its own.
    pub fn judge(&self, request: Request) -> Judged {
        let started = Instant::now();
        let Request { parameters, world, seed, now } = request;
        let state = State::new(&self.limits, self.grant.clone(), Some(world), parameters, seed, now);
        let called = self.call::<(Result<v0_1::Judgement, String>,)>("judge", state);
        let result = called.returned.and_then(|(returned,)| match returned {
            Ok(judgement) => v0_1::judgement(judgement, &self.limits),
            Err(message) if message.trim().is_empty() => {
                Err(Failure::new(FailureKind::PolicyError, "it could not judge, and gave no reason"))
            }
            Err(message) => Err(Failure::new(FailureKind::PolicyError, message)),
        });
        let Called { fuel, log, instantiating, .. } = called;
        Judged { result, fuel, log, elapsed: started.elapsed(), instantiating }
    }

    /// Instantiates the component in a fresh store, calls one function without arguments, and drops the store: on a
    /// thread of its own where the policy's stack might not fit into this one's.
    fn call<R>(&self, function: &str, state: State) -> Called<R>
    where
        R: ComponentNamedList + Lift + Send + 'static,
    {
        if self.limits.stack <= ORDINARY_STACK {
            return self.call_here(function, state);
        }
        let size = usize::try_from(self.limits.stack).unwrap_or(usize::MAX).saturating_add(HOST_STACK);
        thread::scope(|scope| {
            let thread =
                thread::Builder::new().stack_size(size).spawn_scoped(scope, || self.call_here(function, state));
            let failed = |why: &str| Called {
                returned: Err(Failure::new(
                    FailureKind::Host,
                    format!("cannot run it on a stack of {size} bytes: {why}"),
                )),
                fuel: 0,
                log: Vec::new(),
                instantiating: Duration::ZERO,
            };
            match thread {
                Ok(thread) => thread.join().unwrap_or_else(|_| failed("the thread panicked")),
                Err(error) => failed(&error.to_string()),
            }
        })
    }

    fn call_here<R>(&self, function: &str, state: State) -> Called<R>
    where
        R: ComponentNamedList + Lift + 'static,
    {
        let log = Arc::clone(&state.log);
        let _place = self.linked.places.as_deref().map(Places::take);
        let mut store = Store::new(self.linked.instance.engine(), state);
        store.limiter(|state| &mut state.limiter);
        store.set_epoch_deadline(ticks(self.limits.time));
        store.set_hostcall_fuel(usize::try_from(self.limits.output_bytes).unwrap_or(usize::MAX));
        store.set_max_component_handles(self.limits.handles as usize);
        let started = Instant::now();
        let instance = store.set_fuel(self.limits.fuel).and_then(|()| self.linked.instance.instantiate(&mut store));
        let instantiating = started.elapsed();
        let returned = instance.and_then(|instance| self.invoke(&mut store, &instance, function));
        let left = store.get_fuel().unwrap_or(0);
        let refused = store.data().limiter.refused;
        // Whatever the policy made of it: the calls that were one too many got no true answer.
        let returned = store.data().overdrawn().map_or(returned, |overdrawn| Err(overdrawn.into()));
        drop(store);
        let log = log.lock().map(|mut log| log.finish()).unwrap_or_default();
        let returned = returned.map_err(|error| failure::of_call(&error, refused, failure::telling(&log)));
        Called { returned, fuel: self.limits.fuel.saturating_sub(left), log, instantiating }
    }

    fn invoke<R>(&self, store: &mut Store<State>, instance: &Instance, function: &str) -> wasmtime::Result<R>
    where
        R: ComponentNamedList + Lift + 'static,
    {
        let export = instance.get_export_index(&mut *store, None, &self.inspection.export);
        let index = export.and_then(|export| instance.get_export_index(&mut *store, Some(&export), function));
        let missing = |why: String| failure::Exceeded {
            kind: FailureKind::Incompatible,
            message: format!("its export {} has no usable function `{function}`{why}", self.inspection.export),
        };
        let index = index.ok_or_else(|| missing(String::new()))?;
        let callee =
            instance.get_typed_func::<(), R>(&mut *store, index).map_err(|error| missing(format!(": {error:#}")))?;
        callee.call(store, ())
    }
}

impl std::fmt::Debug for Policy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Policy").field("inspection", &self.inspection).finish_non_exhaustive()
    }
}
