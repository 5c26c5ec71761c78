//! Places that are kept ready for policies: memory that the system need not map and clear anew for each judgement.
//!
//! A judgement costs a third of what it costs without (docs/performance.md). What one policy leaves in a place is gone before the
//! next one gets it, which is wasmtime's business; limits are counted as ever. A policy that needs more than a place has, and
//! every policy where the system does not give so many addresses, runs without.

use std::sync::{Condvar, Mutex, PoisonError};

use wasmtime::{Enabled, PoolingAllocationConfig};

/// How many policies judge at once; whoever comes then waits.
const PLACES: u32 = 64;
/// What one place has: core instances, memories, and tables with so many elements each.
const INSTANCES: u32 = 64;
const MEMORIES: u32 = 2;
const TABLES: u32 = 4;
const ELEMENTS: u32 = 1 << 20;
/// Bytes of a memory, and of a table, that are cleared rather than given back to the system.
const KEPT: usize = 1 << 20;

/// The most elements over all tables that a policy may be allowed to have here: its limit strikes before a table is full.
pub(crate) const MOST_ELEMENTS: u64 = ELEMENTS as u64;

/// The settings for wasmtime.
pub(crate) fn settings() -> PoolingAllocationConfig {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(PLACES)
        .total_core_instances(PLACES * INSTANCES)
        .total_memories(PLACES * MEMORIES)
        .total_tables(PLACES * TABLES)
        .total_stacks(0) // for what is asynchronous, which no policy is
        .max_core_instances_per_component(INSTANCES)
        .max_memories_per_component(MEMORIES)
        .max_memories_per_module(MEMORIES)
        .max_tables_per_component(TABLES)
        .max_tables_per_module(TABLES)
        .table_elements(ELEMENTS as usize)
        .linear_memory_keep_resident(KEPT)
        .table_keep_resident(KEPT)
        .pagemap_scan(Enabled::Auto);
    pool
}

/// Counts the places that are free: wasmtime refuses whoever finds none, where here one waits.
#[derive(Debug)]
pub(crate) struct Places {
    free: Mutex<u32>,
    freed: Condvar,
}

impl Default for Places {
    fn default() -> Self {
        Self { free: Mutex::new(PLACES), freed: Condvar::new() }
    }
}

/// A place that is taken, until this is dropped.
pub(crate) struct Taken<'a>(&'a Places);

impl Places {
    /// Takes a place; waits for one if there is none.
    pub fn take(&self) -> Taken<'_> {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let mut free = self.freed.wait_while(free, |free| *free == 0).unwrap_or_else(PoisonError::into_inner);
        *free -= 1;
        Taken(self)
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        *self.0.free.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.0.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::thread;

    #[test]
    fn no_more_take_a_place_than_there_are() {
        let places = Places::default();
        let (now, most) = (AtomicU32::new(0), AtomicU32::new(0));
        thread::scope(|scope| {
            for _ in 0..3 * PLACES {
                scope.spawn(|| {
                    let _taken = places.take();
                    most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    thread::sleep(std::time::Duration::from_millis(5));
                    now.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        assert!(most.into_inner() <= PLACES);
        assert_eq!(*places.free.lock().unwrap(), PLACES, "each was given back");
    }
}
