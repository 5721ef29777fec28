//! The whole catalogue, tool by tool: what succeeds, what is refused, and what Google is asked.

use toolgate_testkit::tools::Office as _;

use crate::golden::Office;

toolgate_testkit::tools_suite!(Office);

#[tokio::test]
async fn no_reply_travels_without_a_mask() {
    let office = Office::opened().await;
    for golden in office.golden() {
        for call in golden.good {
            let done = office.call_alone(golden.tool, call.arguments).await;
            assert!(
                done.is_ok() || golden.tool == "find_replace",
                "{}: {done:?}",
                golden.tool
            );
        }
    }
    for request in office.emulator().requests() {
        assert!(request.query.contains("fields="), "{request:?}");
    }
}
