//! What every tool of every toolkit is held to, at the emulator.
//!
//! A toolkit's tests bring an [`Office`] in which each of its tools can be called, and a [`Hostile`]
//! place in which others wrote what does harm; [`tools_suite!`](crate::tools_suite) and
//! [`hostile_suite!`](crate::hostile_suite) make the tests.

mod arguments;
pub mod cases;
mod golden;
pub mod hostile;
mod office;
mod texts;

pub use golden::{Call, Golden, always_lost, lost};
pub use hostile::Hostile;
pub use office::Office;
pub use texts::{fence_of, is_unseen, texts_of};

use toolgate_toolkit::{Risk, ToolSpec, Toolkit};

/// What the catalogue says of each tool of a toolkit.
pub(crate) fn specs(toolkit: &dyn Toolkit) -> Vec<ToolSpec> {
    let tools = toolkit.tools();
    tools.iter().map(|tool| tool.spec().clone()).collect()
}

/// Whether a tool changes nothing.
pub(crate) fn reads(specs: &[ToolSpec], tool: &str) -> bool {
    let spec = specs.iter().find(|it| it.name == tool);
    spec.is_some_and(|it| it.risk == Risk::Read)
}

/// One test for each sentence that holds for every tool, in an [`Office`].
#[macro_export]
macro_rules! tools_suite {
    ($office:path) => {
        $crate::__tools_suite! {
            $office, cases, [
                an_argument_that_no_tool_has_is_refused_by_name_before_any_request,
                each_argument_that_is_missing_is_named_with_a_good_value_before_any_request,
                each_argument_that_is_wrong_is_named_with_a_good_value_before_any_request,
                every_schema_is_canonical_and_passes_the_lint_of_every_dialect,
                every_tool_asks_for_what_it_needs_and_for_nothing_else,
                every_tool_names_an_argument_that_is_wrong_and_shows_a_good_value,
                every_tool_of_the_catalogue_has_its_cases,
                every_tool_requests_each_method_that_it_declares_and_no_other,
                every_tool_succeeds_with_the_least_consent_and_answers_as_its_output_schema_says,
                every_tool_tells_what_google_refuses_and_nothing_is_done,
            ]
        }
    };
}

/// One test for each sentence that holds for what others wrote, in a [`Hostile`] place.
#[macro_export]
macro_rules! hostile_suite {
    ($place:path) => {
        $crate::__tools_suite! {
            $place, hostile, [
                every_time_that_a_tool_shows_has_a_zone_and_nothing_is_null,
                every_tool_that_reads_is_tried_where_others_wrote,
                few_words_of_anothers_stand_in_members_of_their_own_in_a_result_that_says_whose_they_are,
                no_tool_shows_what_nobody_would_see,
                what_others_wrote_stands_within_a_fence_that_is_announced_and_new_for_each_call,
            ]
        }
    };
}

/// Tests of one of the two.
#[doc(hidden)]
#[macro_export]
macro_rules! __tools_suite {
    ($place:path, $module:ident, [$($case:ident),* $(,)?]) => {
        $(
            #[tokio::test]
            async fn $case() {
                $crate::tools::$module::$case::<$place>().await;
            }
        )*
    };
}
