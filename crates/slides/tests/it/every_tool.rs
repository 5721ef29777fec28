//! The whole catalogue, tool by tool: what succeeds, what is refused, and what Google is asked.

use toolgate_testkit::tools::Office as _;

use crate::golden::Office;

toolgate_testkit::tools_suite!(Office);

#[tokio::test]
async fn no_reply_travels_without_a_mask() {
    for (place, golden) in Office::opened().await.golden().into_iter().enumerate() {
        // What a tool deletes or moves is there for the next one.
        let office = Office::opened().await;
        for call in office.golden().swap_remove(place).good {
            for fault in call.faults {
                office.emulator().faults().add(fault);
            }
            let done = office.call_alone(golden.tool, call.arguments).await;
            assert!(done.is_ok(), "{}: {done:?}", golden.tool);
            office.emulator().faults().clear();
        }
        for request in office.emulator().requests() {
            let is_content = request.path.contains("slides-content");
            let is_whole = request.path.ends_with("/export") || request.method == "DELETE";
            assert!(
                is_content || is_whole || request.query.contains("fields="),
                "{request:?}"
            );
        }
    }
}
