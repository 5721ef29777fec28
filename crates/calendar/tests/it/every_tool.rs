//! The whole catalogue, tool by tool: what succeeds, what is refused, and what Google is asked.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::{Value, json};
use toolgate_emulator::Emulator;
use toolgate_testkit::tools::{Golden, Office};
use toolgate_toolkit::{ToolError, Toolkit};

use crate::{
    golden::golden,
    world::{World, all_tools},
};

#[async_trait]
impl Office for World {
    fn toolkit() -> Arc<dyn Toolkit> {
        Arc::new(all_tools())
    }

    async fn opened() -> Self {
        Self::people().await
    }

    fn emulator(&self) -> &Emulator {
        &self.emulator
    }

    fn golden(&self) -> Vec<Golden> {
        golden()
    }

    async fn call(&self, tool: &str, arguments: Value) -> Result<Value, ToolError> {
        self.call(tool, arguments).await
    }

    async fn call_alone(&self, tool: &'static str, arguments: Value) -> Result<Value, ToolError> {
        self.call_alone(tool, arguments).await
    }

    async fn everything(&self) -> Value {
        let all = json!({"start_date": "2027-01-01", "end_date": "2027-12-31"});
        let mut all = self.call("fetch_all_events", all).await.unwrap();
        all.as_object_mut().unwrap().remove("untrusted");
        for event in all["events"].as_array_mut().unwrap() {
            event.as_object_mut().unwrap().remove("description");
        }
        all
    }

    fn is_untold(tool: &str) -> bool {
        tool == "quick_add_event"
    }

    fn nonsense(argument: &str) -> Vec<Value> {
        let texts = nonsense(argument).iter().map(|text| json!(text));
        let lists = nonsense_of_lists(argument).iter().map(|text| json!([text]));
        texts.chain(lists).collect()
    }

    /// Google knows the pages of a list of its own.
    fn is_judged_by_google(tool: &str, argument: &str) -> bool {
        (tool, argument) == ("list_calendars", "page_token")
    }
}

/// What is well-formed and still none, by the name of the argument.
fn nonsense(name: &str) -> &'static [&'static str] {
    match name {
        "start_date" | "end_date" => &[
            "tomorrow",
            "2027-02-30",
            "2027-03-29T25:00",
            "2027-03-29T9:00",
        ],
        "timezone" => &["CEST", "+02:00"],
        "color_id" => &["12", "red"],
        "working_hours" => &["nine to five", "17:00-09:00"],
        "page_token" => &["nonsense"],
        _ => &[],
    }
}

/// The same for lists.
fn nonsense_of_lists(name: &str) -> &'static [&'static str] {
    match name {
        "attendees" | "add_attendees" | "remove_attendees" => {
            &["ada", "a@b.de, c@d.de", "a@b.de\r\nBcc: x"]
        }
        "attendee_emails" => &["ada"],
        "days" => &["noday"],
        "reminders" => &["sms 10", "popup -1"],
        "recurrence" => &[
            "every monday",
            "RRULE:FREQ=HOURLY",
            "RRULE:FREQ=DAILY\nATTENDEE:x",
        ],
        _ => &[],
    }
}

toolgate_testkit::tools_suite!(World);
