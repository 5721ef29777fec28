//! What a toolkit is: a definition, without a user and without a credential of one.

use std::fmt::Debug;
use std::sync::Arc;

use toolgate_auth::Requirement;

use crate::consent::ConsentSource;
use crate::tool::Tool;

/// A set of tools for one of Google's products. It holds configuration only: binding makes what
/// runs, and each run derives one person's tools from that.
pub trait Toolkit: Send + Sync + Debug {
    /// The name, such as `gmail`. It is also the name of its service where it has its own consent.
    fn name(&self) -> &'static str;

    /// The chosen tools.
    fn tools(&self) -> Vec<Arc<dyn Tool>>;

    /// What the model should know of the toolkit as a whole.
    fn instructions(&self) -> Option<String> {
        None
    }

    /// Where its consent comes from and is kept, as far as it was told itself.
    fn consent(&self) -> &ConsentSource {
        ConsentSource::unsaid()
    }

    /// What the chosen tools need, together.
    fn requirement(&self) -> Requirement {
        self.tools().iter().fold(Requirement::none(), |sum, tool| {
            sum.union(&tool.spec().requirement)
        })
    }
}
