//! Work that takes the processor for long, off the threads that serve everybody.

use std::sync::LazyLock;

use tokio::{sync::Semaphore, task::spawn_blocking};

/// Bytes of text that are read at once where the call runs: going elsewhere takes longer.
const SMALL: usize = 16 * 1024;
/// So many messages are read at the same time; more would take the processors from the runtime.
const MOST: usize = 4;

/// Does work on so many bytes, elsewhere if they are many. None where the runtime shuts down.
pub(crate) async fn aside<T, F>(bytes: usize, work: F) -> Option<T>
where
    T: Send + 'static,
    F: FnOnce() -> T + Send + 'static,
{
    static PLACES: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(MOST));
    if bytes <= SMALL {
        return Some(work());
    }
    let place = PLACES.acquire().await.ok()?;
    // Work that is begun goes on when nobody waits any more, and keeps its place until it ends.
    let done = spawn_blocking(move || {
        let done = work();
        drop(place);
        done
    });
    match done.await {
        Ok(done) => Some(done),
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Err(_) => None,
    }
}
