//! In the place of yup-oauth2's sign-in: an error that says where people sign in.

use std::future::ready;
use std::pin::Pin;

use yup_oauth2::authenticator_delegate::InstalledFlowDelegate;

/// Lets a call fail that would begin a sign-in of yup-oauth2's own, which nothing ties to the person or
/// to the browser, and which it begins after any failure of a refresh.
///
/// It goes with `InstalledFlowReturnMethod::Interactive`: by `HTTPRedirect` yup-oauth2 waits for a
/// browser whatever its delegate says.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::exhaustive_structs, reason = "there is nothing to set")]
pub struct NoFlow;

impl InstalledFlowDelegate for NoFlow {
    fn present_user_url<'a>(
        &'a self,
        _url: &'a str,
        _need_code: bool,
    ) -> Pin<Box<dyn Future<Output = Result<String, String>> + Send + 'a>> {
        let error = "no usable consent is stored, or it could not be read or refreshed (the log says \
                     which); if it is missing, let the person sign in through Toolgate";
        Box::pin(ready(Err(error.to_owned())))
    }
}
