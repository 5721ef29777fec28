//! What may be done twice: it is, and where every try is lost it is looked up, and never called undone.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use serde_json::{Value, json};
use toolgate_emulator::{FaultPoint, FaultRule};
use toolgate_testkit::tools::Office as _;

use super::{
    GET, PERMISSIONS, assert_not_done, assert_unknown, cut, down, unclear_ends, with_anyone,
};
use crate::golden::Office;

/// A tool, its arguments, the method that is repeated, and what is seen afterwards by which tool.
pub(super) type Repeat = (
    &'static str,
    Value,
    &'static str,
    (&'static str, Value, fn(&Value) -> bool),
);

fn is_anyone(list: &Value, role: &str) -> bool {
    let mut all = list["permissions"].as_array().unwrap().iter();
    all.any(|it| it["type"] == "anyone" && it["role"] == role)
}

/// Writes that may be done twice: the second time they change nothing.
pub(super) fn repeats() -> Vec<Repeat> {
    let people = json!({"file_id": "c-people"});
    let plan = json!({"file_id": "d-plan"});
    let bob = |role| json!({"file_id": "d-plan", "with": crate::seed::BOB, "role": role});
    let update = "drive.files.update";
    vec![
        (
            "rename_file",
            json!({"file_id": "c-people", "name": "b"}),
            update,
            ("get_file", people.clone(), |it| it["name"] == "b"),
        ),
        (
            "trash_file",
            people.clone(),
            update,
            ("get_file", people, |it| it["trashed"] == true),
        ),
        (
            "restore_file",
            json!({"file_id": "t-deep"}),
            update,
            ("get_file", json!({"file_id": "t-deep"}), |it| {
                it.get("trashed").is_none()
            }),
        ),
        (
            "share_file",
            bob("writer"),
            "drive.permissions.update",
            ("list_permissions", plan.clone(), |it| {
                it.to_string().contains("writer")
            }),
        ),
        (
            "unshare_file",
            json!({"file_id": "d-plan", "with": crate::seed::BOB}),
            "drive.permissions.delete",
            ("list_permissions", plan.clone(), |it| {
                !it.to_string().contains(crate::seed::BOB)
            }),
        ),
        (
            "set_link_sharing",
            json!({"file_id": "d-plan", "access": "writer"}),
            "drive.permissions.update",
            ("list_permissions", plan.clone(), |it| {
                is_anyone(it, "writer")
            }),
        ),
        (
            "set_link_sharing",
            json!({"file_id": "d-plan", "access": "off"}),
            "drive.permissions.delete",
            ("list_permissions", plan, |it| with_anyone(it) == 0),
        ),
    ]
}

/// A repeat in an office where it is not done yet, and how often its look-up is used before it.
async fn repeat(place: usize) -> (Office, Repeat, (&'static str, u32)) {
    let office = Office::new().await;
    let (tool, arguments, method, seen) = repeats().into_iter().nth(place).unwrap();
    if tool == "set_link_sharing" {
        let open = json!({"file_id": "d-plan", "access": "reader"});
        office.call(tool, open).await.unwrap();
    }
    let look = match tool {
        "rename_file" => (GET, 1),
        "trash_file" | "restore_file" => (GET, 0),
        _ => (PERMISSIONS, 1),
    };
    (office, (tool, arguments, method, seen), look)
}

#[tokio::test]
async fn what_may_be_done_twice_is_done_again_without_a_word() {
    for place in 0..repeats().len() {
        let (office, (tool, arguments, method, (look, of, is_so)), _) = repeat(place).await;
        let lost = FaultRule::new(cut(FaultPoint::After)).on_method(method);
        office.world.emulator.faults().add(lost.times(1));
        office.call(tool, arguments).await.unwrap();
        assert_eq!(office.world.count(method), 2, "{tool}");
        let seen = office.call(look, of).await.unwrap();
        assert!(is_so(&seen), "{tool}: {seen}");
    }
}

#[tokio::test]
async fn what_is_lost_at_every_try_is_looked_up_and_never_called_undone() {
    for place in 0..repeats().len() {
        for (fault, is_done) in unclear_ends() {
            let (office, (tool, arguments, method, (shows, of, is_so)), _) = repeat(place).await;
            let case = format!("{tool} {arguments} {fault:?}");
            let rule = FaultRule::new(fault).on_method(method);
            office.world.emulator.faults().add(rule);
            let result = office.call(tool, arguments).await;
            office.world.emulator.faults().clear();
            let seen = office.call(shows, of).await.unwrap();
            assert_eq!(is_so(&seen), is_done == 1, "{case}: {seen}");
            if is_done == 1 {
                let result = result.unwrap();
                // Nothing is torn off an answer that is empty.
                let is_whole = case.contains("TornBody") && method.ends_with("delete");
                let status = result["status"].as_str().filter(|_| !is_whole);
                let is_told = status.is_none_or(|it| it.ends_with("(confirmed by look-up)"));
                assert!(is_told, "{case}: {result}");
            } else {
                assert_not_done(&result.unwrap_err(), &case);
            }
        }
    }
}

#[tokio::test]
async fn what_is_lost_at_every_try_and_cannot_be_looked_up_is_unknown() {
    for place in 0..repeats().len() {
        for at in [FaultPoint::Before, FaultPoint::After] {
            let (office, (tool, arguments, method, _), (look, before)) = repeat(place).await;
            let faults = office.world.emulator.faults();
            faults.add(FaultRule::new(cut(at)).on_method(method));
            faults.add(FaultRule::new(down()).on_method(look).after(before));
            let error = office.call(tool, arguments.clone()).await.unwrap_err();
            assert_unknown(&error, &format!("{tool} {arguments}"));
        }
    }
}

#[tokio::test]
async fn a_refusal_of_the_second_try_does_not_say_that_the_first_was_not_done() {
    for place in 0..repeats().len() {
        let (office, (tool, arguments, method, (shows, of, is_so)), _) = repeat(place).await;
        let faults = office.world.emulator.faults();
        faults.add(
            FaultRule::new(cut(FaultPoint::After))
                .on_method(method)
                .times(1),
        );
        let refused = faults.add(FaultRule::new(down()).on_method(method));
        office.call(tool, arguments).await.unwrap();
        assert_eq!(faults.applied(refused), 1, "{tool}");
        faults.clear();
        let seen = office.call(shows, of).await.unwrap();
        assert!(is_so(&seen), "{tool}: {seen}");
    }
}
