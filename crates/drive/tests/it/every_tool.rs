//! The whole catalogue, tool by tool: what succeeds, what is refused, and what Google is asked.

use toolgate_testkit::tools::Office as _;

use crate::golden::Office;

toolgate_testkit::tools_suite!(Office);

#[tokio::test]
async fn no_reply_travels_without_a_mask() {
    let office = Office::opened().await;
    for golden in office.golden() {
        for call in golden.good {
            for fault in call.faults {
                office.emulator().faults().add(fault);
            }
            let done = office.call_alone(golden.tool, call.arguments).await;
            assert!(done.is_ok(), "{}: {done:?}", golden.tool);
            office.emulator().faults().clear();
        }
    }
    for request in office.emulator().requests() {
        let is_content = request.query.contains("alt=media") || request.path.ends_with("/export");
        let is_piece = request.query.contains("upload_id") || request.method == "DELETE";
        assert!(
            is_content || is_piece || request.query.contains("fields="),
            "{request:?}"
        );
    }
}
