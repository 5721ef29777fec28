//! Tests of the workers.

use std::sync::mpsc;

use super::*;

const LONG: Duration = Duration::from_hours(1);
const SHORT: Duration = Duration::from_millis(1);

/// Work that hangs until the sender is dropped.
fn hanging() -> (
    mpsc::Sender<()>,
    impl FnOnce(Stop) -> Result<(), FileError> + Send,
) {
    let (send, receive) = mpsc::channel::<()>();
    let work = move |_| {
        let _ = receive.recv();
        Ok(())
    };
    (send, work)
}

/// Waits for the last given-up thread to end, which it does as soon as it is let go.
async fn until_none_is_stuck(workers: &Workers) {
    while workers.stuck.load(Ordering::SeqCst) > 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn work_runs_on_a_thread_of_its_own_and_gives_its_place_back() {
    let workers = Workers::new(1, 1);
    for _ in 0..3 {
        let here = std::thread::current().id();
        let there = workers.run(LONG, |_| Ok(std::thread::current().id())).await;
        assert_ne!(there.unwrap(), here);
    }
    assert_eq!(workers.places.available_permits(), 1);
}

#[tokio::test]
async fn a_panic_is_a_damaged_file_and_costs_no_place() {
    let workers = Workers::new(1, 1);
    for _ in 0..3 {
        let result = workers
            .run(LONG, |_| -> Result<(), FileError> { panic!("on purpose") })
            .await;
        assert!(result.unwrap_err().is_damaged());
    }
    assert_eq!(workers.run(LONG, |_| Ok(5)).await.unwrap(), 5);
}

#[tokio::test]
async fn a_worker_that_overruns_is_given_up_and_its_place_is_free() {
    let workers = Workers::new(1, 2);
    let (release, work) = hanging();
    assert!(workers.run(SHORT, work).await.unwrap_err().is_out_of_time());
    assert_eq!(workers.stuck.load(Ordering::SeqCst), 1);
    assert_eq!(workers.run(LONG, |_| Ok(5)).await.unwrap(), 5);
    drop(release);
    until_none_is_stuck(&workers).await;
    assert_eq!(workers.places.available_permits(), 1);
}

#[tokio::test]
async fn too_many_stuck_workers_are_an_error_that_passes() {
    let workers = Workers::new(1, 2);
    let mut releases = Vec::new();
    for _ in 0..2 {
        let (release, work) = hanging();
        releases.push(release);
        assert!(workers.run(SHORT, work).await.unwrap_err().is_out_of_time());
    }
    let refused = workers.run(LONG, |_| Ok(5)).await.unwrap_err();
    assert!(refused.is_transient() && !refused.is_damaged());
    releases.clear();
    until_none_is_stuck(&workers).await;
    assert_eq!(workers.run(LONG, |_| Ok(5)).await.unwrap(), 5);
}

#[tokio::test]
async fn no_more_than_the_places_work_at_once_and_waiting_ends() {
    let workers = Arc::new(Workers::new(2, 1));
    let mut running = Vec::new();
    let mut releases = Vec::new();
    for _ in 0..2 {
        let (release, work) = hanging();
        let (workers, (started, is_started)) = (Arc::clone(&workers), oneshot::channel());
        running.push(tokio::spawn(async move {
            let work = move |stop| {
                let _ = started.send(());
                work(stop)
            };
            workers.run(LONG, work).await
        }));
        is_started.await.unwrap();
        releases.push(release);
    }
    let third = workers.run(SHORT, |_| Ok(())).await;
    assert!(third.unwrap_err().is_transient());
    releases.clear();
    for task in running {
        task.await.unwrap().unwrap();
    }
    workers.run(LONG, |_| Ok(())).await.unwrap();
}

#[tokio::test]
async fn a_caller_that_goes_away_stops_the_work() {
    let workers = Arc::new(Workers::new(1, 1));
    let (started, is_started) = oneshot::channel();
    let work = |stop: Stop| {
        let _ = started.send(());
        while !stop.given_up.load(Ordering::Relaxed) {
            std::thread::yield_now();
        }
        Ok(())
    };
    let task = tokio::spawn({
        let workers = Arc::clone(&workers);
        async move { workers.run(LONG, work).await }
    });
    is_started.await.unwrap();
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    until_none_is_stuck(&workers).await;
    assert_eq!(workers.run(LONG, |_| Ok(5)).await.unwrap(), 5);
}
