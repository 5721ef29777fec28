//! Lists in pages.

use std::sync::Mutex;

use toolgate_google_http::{Error, PageRequest, Paged, collect_pages};

/// A list of the numbers below `total`, in pages of at most `size`.
async fn collect(
    start: Option<&str>,
    wanted: usize,
    most_pages: usize,
    (total, size): (usize, usize),
) -> (Result<Paged<usize>, Error>, usize) {
    let fetched = Mutex::new(0);
    let collected = collect_pages(
        start.map(str::to_owned),
        wanted,
        most_pages,
        |page: PageRequest| {
            *fetched.lock().unwrap() += 1;
            let from: usize = page.token.map_or(0, |token| token.parse().unwrap());
            let to = total.min(from + size.min(page.wanted));
            let next = (to < total).then(|| to.to_string());
            async move { Ok(((from..to).collect(), next)) }
        },
    );
    let collected = collected.await;
    let fetched = *fetched.lock().unwrap();
    (collected, fetched)
}

#[tokio::test]
async fn the_pages_together_are_the_whole_and_no_more_than_wanted() {
    for (wanted, pages, expected, next, fetched) in [
        (100, 10, 7, None, 3),
        (7, 10, 7, None, 3),
        (5, 10, 5, Some("5"), 2),
        (100, 2, 6, Some("6"), 2),
        (0, 10, 0, None, 0),
    ] {
        let (collected, asked) = collect(None, wanted, pages, (7, 3)).await;
        let collected = collected.unwrap();
        assert_eq!(
            collected.items,
            (0..expected).collect::<Vec<_>>(),
            "{wanted} {pages}"
        );
        assert_eq!(
            (collected.next.as_deref(), asked),
            (next, fetched),
            "{wanted} {pages}"
        );
    }
    let (rest, _) = collect(Some("5"), 100, 10, (7, 3)).await;
    assert_eq!(rest.unwrap().items, [5, 6]);
}

#[tokio::test]
async fn a_list_that_repeats_itself_ends() {
    let collected = collect_pages(None, 10, 10, |_page| async {
        Ok((vec![1], Some("again".to_owned())))
    });
    assert!(collected.await.is_err());
}
