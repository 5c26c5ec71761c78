//! What every case of `hostile/` must show and stay within, whether it says so or not.

use libtest_mimic::Failed;

use crate::case::Case;

/// Where such cases are.
pub const FOLDER: &str = "hostile/";

/// Exit code where a policy could not be evaluated.
const NOT_EVALUABLE: i32 = 3;

/// The most memory that the host may need beside a guest that wants it all, in MiB: what it needs to compile the honest
/// policies and to train, both in a build for development, and what a guest may have.
const MEMORY: u64 = 1024;

/// The longest that a command may take, in seconds: the machine may be busy, and the cache empty.
const SECONDS: f64 = 60.0;

/// Bounds a case, and fails unless it shows that the guest's failure has a kind, that an honest policy beside it still
/// gets its verdict, and that the command says so by its exit code.
pub fn harden(case: &mut Case) -> Result<(), Failed> {
    for step in &mut case.step {
        step.most_memory.get_or_insert(MEMORY);
        step.most_seconds.get_or_insert(SECONDS);
    }
    if case.shows_no_failure.is_some() {
        return Ok(());
    }
    let steps = || case.step.iter().filter(|step| step.exit == NOT_EVALUABLE);
    let shown = |ending: &str| {
        steps().flat_map(|step| &step.json).any(|(path, _)| path.starts_with("policies.") && path.ends_with(ending))
    };
    let passed = steps().flat_map(|step| &step.json).any(|(path, value)| {
        path.starts_with("policies.") && path.ends_with(".verdict") && value.as_str() == Some("passed")
    });
    let missing = if steps().next().is_none() {
        "a step that ends with exit code 3"
    } else if !shown(".failure.kind") {
        "the kind of failure: \"policies.guest.failure.kind\" = …"
    } else if !passed {
        "an honest policy that gets its verdict: \"policies.accuracy.verdict\" = \"passed\""
    } else {
        return Ok(());
    };
    Err(format!("a case of {FOLDER} lacks {missing}; say why by `shows_no_failure = …` if it must").into())
}
