//! The contract of `MetaStore`.

use futures_util::future::join_all;

use crate::fixture::Fixture;

/// A name has no value until one is set, and then keeps it.
pub async fn a_fact_is_set_once(fixture: &Fixture) {
    let meta = fixture.meta();
    assert_eq!(meta.value("key-check:1").await.unwrap(), None);
    let first = "\u{1f600} {\"a\": 'b'}";
    let put = meta.put_if_absent("key-check:1", first).await.unwrap();
    assert_eq!(put, first);
    let put = meta.put_if_absent("key-check:1", "second").await.unwrap();
    assert_eq!(put, first);
    let value = meta.value("key-check:1").await.unwrap();
    assert_eq!(value.as_deref(), Some(first));
    assert_eq!(meta.value("key-check:2").await.unwrap(), None);
}

/// Of many who set a value at once one does, and all learn which.
pub async fn of_many_values_at_once_one_stands(fixture: &Fixture) {
    let tasks = (0..50).map(|number| {
        let meta = fixture.meta();
        tokio::spawn(async move {
            let value = format!("value {number}");
            meta.put_if_absent("fact", &value).await.unwrap()
        })
    });
    let results = join_all(tasks).await;
    let stands = fixture.meta().value("fact").await.unwrap().unwrap();
    for put in results {
        assert_eq!(put.unwrap(), stands);
    }
}
