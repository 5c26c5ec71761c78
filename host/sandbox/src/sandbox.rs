//! The sandbox: turns files into policies that are ready to run.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use portcullis_verdict::{Failure, FailureKind};
use wasmtime::Engine;

use crate::cache::{self, Cache, Code};
use crate::compile::compile;
use crate::engine::{Backing, Linked};
use crate::failure::contained;
use crate::file::{ComponentFile, too_large};
use crate::grant::Grant;
use crate::limits::Limits;
use crate::policy::{Loading, Policy};
use crate::pool;
use crate::scan::scan;
use crate::worker::Worker;

/// Runs policies: engines with the contract linked to them, and a cache of compiled policies.
pub struct Sandbox {
    /// For policies that are as most are; none where the system does not give so many addresses.
    pooled: Option<Backing>,
    /// For the others, by their stack. Made when first needed.
    plain: Mutex<BTreeMap<u64, Arc<Backing>>>,
    cache: Option<Cache>,
    /// What was compiled and no cache keeps, by the component's digest: several policies may be made of one file.
    made: Mutex<BTreeMap<String, Arc<[u8]>>>,
    worker: Option<Worker>,
}

impl Sandbox {
    /// A sandbox; compiled policies are kept in the cache, if there is one. It compiles in this very process, which only
    /// the shape of the code bounds: [`Sandbox::compiling_with`] is for policies that nobody vouches for.
    ///
    /// # Errors
    /// wasmtime cannot be started.
    pub fn new(cache: Option<Cache>) -> Result<Self, Failure> {
        let pooled = Backing::pooled(Limits::default().stack).ok();
        let sandbox = Self { pooled, plain: Mutex::default(), cache, made: Mutex::default(), worker: None };
        sandbox.compiler().map(|_| sandbox)
    }

    /// The same sandbox, which compiles in a process of its own, where time and memory are limited.
    #[must_use]
    pub fn compiling_with(self, worker: Worker) -> Self {
        Self { worker: Some(worker), ..self }
    }

    /// A key under which to keep the compile cache elsewhere, between the jobs of a CI system for instance: it changes when
    /// no compiled code from before can be used any more.
    pub fn cache_key(&self) -> String {
        self.compiler().map(|engine| cache::engine_key(&engine)).unwrap_or_default() // `new` has made one
    }

    /// Loads a policy from a file: reads what it is, refuses what was not granted, and takes its code from the cache
    /// or compiles it. `name` is the policy's name in the project, for messages.
    pub fn load_file(&self, name: &str, file: &Path, grant: Grant, limits: Limits) -> Result<Policy, Failure> {
        let unreadable = |error: std::io::Error| {
            Failure::new(FailureKind::NotAComponent, format!("cannot read {}: {error}", file.display()))
        };
        let file = ComponentFile::read(file, limits.component_bytes).map_err(unreadable)?;
        self.load(name, &file, grant, limits)
    }

    /// As [`Sandbox::load_file`], from a file that was read already: its bytes are those that are compiled.
    pub fn load(&self, name: &str, file: &ComponentFile, grant: Grant, limits: Limits) -> Result<Policy, Failure> {
        contained(|| self.loaded(name, file, grant, limits))
    }

    fn loaded(&self, name: &str, file: &ComponentFile, grant: Grant, limits: Limits) -> Result<Policy, Failure> {
        let started = Instant::now();
        let inspection = file.inspection().map_err(Clone::clone)?.clone();
        if file.size() > limits.component_bytes {
            return Err(too_large(file.size(), limits.component_bytes));
        }
        inspection.runs()?;
        inspection.refuse(name, &grant)?;
        let found = self.kept(&inspection.digest, &limits)?;
        let cached = found.is_some();
        let compiling = Instant::now();
        let linked = match found {
            Some(linked) => linked,
            None => self.compiled(file.bytes(), &inspection.digest, &limits)?,
        };
        let compiling = if cached { Duration::ZERO } else { compiling.elapsed() };
        let loading = Loading { cached, elapsed: started.elapsed(), compiling };
        Ok(Policy::new(inspection, linked, grant, limits, loading))
    }

    /// What compiles: code is the same for all engines.
    fn compiler(&self) -> Result<Engine, Failure> {
        Ok(match &self.pooled {
            Some(pooled) => pooled.engine().clone(),
            None => self.plain(Limits::default().stack)?.engine().clone(),
        })
    }

    /// The backing for policies with so much stack.
    fn plain(&self, stack: u64) -> Result<Arc<Backing>, Failure> {
        let broken = |_| Failure::new(FailureKind::Host, "a policy that was loaded before this one panicked");
        let mut plain = self.plain.lock().map_err(broken)?;
        if let Some(backing) = plain.get(&stack) {
            return Ok(Arc::clone(backing));
        }
        let backing = Arc::new(Backing::new(stack)?);
        plain.insert(stack, Arc::clone(&backing));
        Ok(backing)
    }

    /// Makes code ready to run: in a place of the pool, if it fits there. None if the code is none.
    fn ready(&self, code: &Code<'_>, limits: &Limits) -> Result<Option<Linked>, Failure> {
        let ordinary = limits.stack == Limits::default().stack && limits.table_elements <= pool::MOST_ELEMENTS;
        if let Some(pooled) = self.pooled.as_ref().filter(|_| ordinary)
            && let Ok(component) = code.component(pooled.engine())
        {
            return pooled.link(&component).map(Some);
        }
        let plain = self.plain(limits.stack)?;
        code.component(plain.engine()).ok().map(|component| plain.link(&component)).transpose()
    }

    /// What the cache keeps of a component.
    fn kept(&self, digest: &str, limits: &Limits) -> Result<Option<Linked>, Failure> {
        let Some(cache) = &self.cache else { return Ok(None) };
        let Some(code) = cache.find(&self.compiler()?, digest) else { return Ok(None) };
        self.ready(&code, limits)
    }

    /// Compiles a component and keeps its code for the next run. Code on which the compiler would explode is refused
    /// before, by its shape: that answer is the same on every machine.
    fn compiled(&self, bytes: &[u8], digest: &str, limits: &Limits) -> Result<Linked, Failure> {
        let before = self.made.lock().ok().and_then(|made| made.get(digest).cloned());
        if let Some(code) = before
            && let Some(linked) = self.ready(&Code::JustMade(&code), limits)?
        {
            return Ok(linked);
        }
        scan(bytes)?;
        let engine = self.compiler()?;
        let code: Arc<[u8]> = compile(&engine, self.worker.as_ref(), bytes, limits)?.into();
        if let Some(cache) = &self.cache {
            cache.store(&engine, digest, &code);
            if let Some(linked) = self.kept(digest, limits)? {
                return Ok(linked);
            }
        }
        let linked = self.ready(&Code::JustMade(&code), limits)?;
        if let Ok(mut made) = self.made.lock() {
            made.insert(digest.to_owned(), code);
        }
        linked.ok_or_else(|| Failure::new(FailureKind::Host, "the code that was just compiled cannot be loaded"))
    }
}

impl std::fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sandbox").field("cache", &self.cache).finish_non_exhaustive()
    }
}
