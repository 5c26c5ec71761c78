//! Work on several threads, with results in the order of the input.
//!
//! Not rayon's own iterators: a column is computed under a lock, and a rayon worker that waits for its children steals
//! other work meanwhile, which may ask for that same lock and would then wait for itself.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, Once};

use crate::error::DataError;

/// `work` on each item, on as many threads as rayon was told to use.
pub(crate) fn map<T: Sync, R: Send>(items: &[T], work: impl Fn(usize, &T) -> R + Sync) -> Vec<R> {
    if items.len() < 2 {
        return items.iter().enumerate().map(|(place, item)| work(place, item)).collect();
    }
    let threads = rayon::current_num_threads().min(items.len());
    if threads < 2 {
        return items.iter().enumerate().map(|(place, item)| work(place, item)).collect();
    }
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(items.len()));
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let place = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(place) else { break };
                    let result = work(place, item);
                    done.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push((place, result));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    done.sort_unstable_by_key(|(place, _)| *place);
    done.into_iter().map(|(_, result)| result).collect()
}

/// As [`map`], but on this thread where there are so few rows that starting threads would cost more than the work.
pub(crate) fn map_columns<T: Sync, R: Send>(rows: u64, items: &[T], work: impl Fn(usize, &T) -> R + Sync) -> Vec<R> {
    const WORTH_IT: u64 = 20_000;
    if rows < WORTH_IT {
        return items.iter().enumerate().map(|(place, item)| work(place, item)).collect();
    }
    map(items, work)
}

/// Both works, at the same time where rayon was told to use more than one thread.
pub(crate) fn both<A, B: Send>(one: impl FnOnce() -> A, other: impl FnOnce() -> B + Send) -> (A, B) {
    if rayon::current_num_threads() < 2 {
        return (one(), other());
    }
    std::thread::scope(|scope| {
        let other = scope.spawn(other);
        let one = one();
        match other.join() {
            Ok(other) => (one, other),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

/// Calls a reader that may panic on damaged input, on a thread of its own, and makes its panic an error about the file.
///
/// The thread also keeps the reader's thread pool from stealing the caller's work (see the module).
pub(crate) fn contained<R: Send>(
    path: &str,
    work: impl FnOnce() -> Result<R, DataError> + Send,
) -> Result<R, DataError> {
    keep_readers_quiet();
    let joined = std::thread::scope(|scope| {
        std::thread::Builder::new()
            .name(READER.to_owned())
            .spawn_scoped(scope, work)
            .map(std::thread::ScopedJoinHandle::join)
    });
    match joined {
        Ok(Ok(result)) => result,
        Ok(Err(panic)) => {
            let said = panic
                .downcast_ref::<String>()
                .map(String::as_str)
                .or_else(|| panic.downcast_ref::<&str>().copied())
                .unwrap_or("no reason given");
            Err(DataError::file(
                path,
                format!("the file is damaged, or uses something that cannot be read (the reader gave up: {said})"),
            ))
        }
        Err(error) => Err(DataError::Io { path: path.to_owned(), reason: error.to_string() }),
    }
}

/// The name of the thread that a file's reader runs on: panic hooks keep quiet about it, because a panic there is reported
/// as an error.
pub const READER: &str = "portcullis-reader";

/// Puts a hook before the process's panic hook that keeps a reader's panic, and those of polars' own threads, off
/// stderr, and passes on all others. Whoever sets a hook later replaces it; [`READER`] is there for them.
fn keep_readers_quiet() {
    static DONE: Once = Once::new();
    // Hooks must not be changed by a thread that panics.
    if std::thread::panicking() {
        return;
    }
    DONE.call_once(|| {
        let others = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !std::thread::current().name().is_some_and(is_reader) {
                others(panic);
            }
        }));
    });
}

/// Only [`contained`] calls polars, so its threads work for a reader.
fn is_reader(thread: &str) -> bool {
    thread == READER || thread.strip_prefix("polars-").is_some_and(|number| number.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_keep_the_order_of_the_input() {
        let items: Vec<usize> = (0..1000).collect();
        assert_eq!(map(&items, |place, item| place + item), (0..2000).step_by(2).collect::<Vec<_>>());
    }

    #[test]
    fn both_answers_come_back() {
        assert_eq!(both(|| 1, || "two"), (1, "two"));
        assert!(std::panic::catch_unwind(|| both(|| 1, || panic!("other"))).is_err());
    }

    #[test]
    fn only_readers_are_quiet() {
        assert!(is_reader(READER) && is_reader("polars-0") && is_reader("polars-12"));
        assert!(!is_reader("main") && !is_reader("polars-watch") && !is_reader("portcullis"));
    }

    #[test]
    fn a_panic_becomes_an_error() {
        let error = contained::<()>("data.parquet", || panic!("page {}", 3)).unwrap_err().to_string();
        assert!(error.starts_with("data.parquet: ") && error.contains("page 3"), "{error}");
        assert_eq!(contained("x", || Ok(3)), Ok(3));
    }
}
