//! Where slides stand after a move, whatever was asked.

use proptest::prelude::*;

use super::*;

/// Google's move, as its document describes it: the index counts before the move, the order is kept.
fn moved_by(mut ids: Vec<String>, request: &Request) -> Vec<String> {
    let asked = request.update_slides_position.as_ref().unwrap();
    let moved = asked.slide_object_ids.as_ref().unwrap();
    let index = usize::try_from(asked.insertion_index.unwrap()).unwrap();
    let places: Vec<_> = moved
        .iter()
        .map(|it| ids.iter().position(|id| id == it))
        .collect();
    assert!(
        places.is_sorted() && places.iter().all(Option::is_some),
        "{moved:?}"
    );
    let before = ids[..index].iter().filter(|it| !moved.contains(it)).count();
    ids.retain(|it| !moved.contains(it));
    ids.splice(before..before, moved.iter().cloned());
    ids
}

proptest! {
    #[test]
    fn slides_stand_where_they_were_asked_and_in_the_order_asked(
        order in Just((0..7).map(|it| format!("slide{it}")).collect::<Vec<_>>()).prop_shuffle(),
        count in 1..7_usize,
        index in 0..=7_usize,
    ) {
        let ids: Vec<String> = (0..7).map(|it| format!("slide{it}")).collect();
        let asked = &order[..count];
        let (requests, after) = moves(&ids, asked, index);
        let done = requests.iter().fold(ids.clone(), moved_by);
        prop_assert_eq!(&done, &after);
        let first = done.iter().position(|it| *it == asked[0]).unwrap();
        prop_assert_eq!(&done[first..first + count], asked);
        let before = ids[..index].iter().filter(|it| !asked.contains(it)).count();
        prop_assert_eq!(first, before);
    }
}
