//! Letters on all cores.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// A page is set with room to spare, whatever the system gives a thread.
const STACK: usize = 16 * 1024 * 1024;

/// Does the work for each, on as many threads as there are cores; the results are in the order of the tasks.
///
/// Threads of their own and no pool: the typesetter waits for a pool's tasks, and a pool would begin another letter while it waits.
pub(super) fn on_all_cores<T: Sync, R: Send>(tasks: &[T], work: &(dyn Fn(&T) -> R + Sync)) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let cores = thread::available_parallelism().map_or(1, usize::from).min(tasks.len()).max(1);
    let worker = || {
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(task) = tasks.get(index) else { return done };
            done.push((index, work(task)));
        }
    };
    let mut results = thread::scope(|scope| {
        let spawn = |_| thread::Builder::new().stack_size(STACK).spawn_scoped(scope, worker);
        let threads: Vec<_> = (0..cores).map(spawn).collect();
        let mut results = Vec::new();
        let mut is_alone = true;
        for thread in threads.into_iter().flatten() {
            is_alone = false;
            match thread.join() {
                Ok(done) => results.extend(done),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        // Where no thread can be had, this one does it.
        if is_alone {
            results.extend(worker());
        }
        results
    });
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}
