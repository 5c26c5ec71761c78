//! What a policy costs: to compile, to load from the cache, to instantiate and to judge.

use std::time::Duration;

use portcullis_run::replay;
use portcullis_sandbox::ComponentFile;

use crate::case::{Bench, Case};
use crate::error::AuthorError;
use crate::manifest::Manifest;

/// How often the policy is loaded from the cache.
const LOADS: usize = 9;

/// What a policy costs in one of its cases.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// The case.
    pub case: String,
    /// Size of the component in bytes.
    pub size: u64,
    /// Time to compile it, without a cache.
    pub compile: Duration,
    /// Time to load it from the cache, the median.
    pub load: Duration,
    /// Time to instantiate it.
    pub instantiate: Spread,
    /// Time to instantiate it, let it judge and drop it, with the answers of a recording.
    pub judge: Spread,
    /// Instructions of one judgement.
    pub fuel: u64,
}

/// Some times, sorted.
#[derive(Debug, Clone, PartialEq)]
pub struct Spread(Vec<Duration>);

impl Spread {
    fn of(mut times: Vec<Duration>) -> Self {
        times.sort();
        Self(times)
    }

    /// The time that half of them stay below.
    pub fn median(&self) -> Duration {
        self.at(0.5)
    }

    /// The time that 99 of 100 stay below.
    pub fn p99(&self) -> Duration {
        self.at(0.99)
    }

    fn at(&self, share: f64) -> Duration {
        let place = (share * self.0.len().saturating_sub(1) as f64).round() as usize;
        self.0.get(place).copied().unwrap_or_default()
    }
}

/// Measures a policy in one of its cases, which it judges so often, once more to warm up.
///
/// # Errors
/// The policy or the case cannot be judged.
pub fn measure(manifest: &Manifest, case: &Case, bench: &Bench, repeat: u32) -> Result<Measured, AuthorError> {
    let recording = case.recording(manifest, bench)?;
    let limits = recording.limits.clone();
    let file = ComponentFile::read(&manifest.output, limits.component_bytes)
        .map_err(AuthorError::io("cannot read", &manifest.output))?;
    let folder = tempfile::tempdir().map_err(AuthorError::io("cannot make a folder in", &std::env::temp_dir()))?;
    let load = |cache: Option<&std::path::Path>| {
        let loaded = bench.sandbox(cache)?.load(&manifest.name, &file, recording.grant(), limits.clone());
        loaded.map_err(|failure| AuthorError::NotAPolicy { why: failure.to_string() })
    };
    let compiled = load(Some(folder.path()))?;
    let loads =
        (0..LOADS).map(|_| load(Some(folder.path())).map(|policy| policy.loading())).collect::<Result<_, _>>()?;
    let wrong = |why: String| AuthorError::Case { case: case.name.clone(), why };
    let policy = load(Some(folder.path()))?;
    let description = policy.describe().map_err(|failure| wrong(failure.to_string()))?;
    let parameters = policy
        .parameters(&description, &recording.parameters)
        .map_err(|failure| wrong(failure.to_string()))?
        .map_err(|error| wrong(error.to_string()))?;
    let (mut instantiate, mut judge, mut fuel) = (Vec::new(), Vec::new(), 0);
    for round in 0..=repeat {
        let judged = replay(&policy, parameters.clone(), &recording).judged;
        fuel = judged.fuel;
        if round > 0 {
            instantiate.push(judged.instantiating);
            judge.push(judged.elapsed);
        }
    }
    Ok(Measured {
        case: case.name.clone(),
        size: file.size(),
        compile: compiled.compiling(),
        load: Spread::of(loads).median(),
        instantiate: Spread::of(instantiate),
        judge: Spread::of(judge),
        fuel,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spread_tells_its_middle_and_its_end() {
        let spread = Spread::of((1..=101).rev().map(Duration::from_millis).collect());
        assert_eq!((spread.median(), spread.p99()), (Duration::from_millis(51), Duration::from_millis(100)));
        assert_eq!(Spread::of(vec![]).median(), Duration::ZERO);
    }
}
