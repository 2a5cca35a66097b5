//! The two kinds of tokens.

use crate::bearer_token::bearer_token;

bearer_token! {
    /// A user's token, which signing in gives. `Debug` does not show it; its memory is wiped when it is dropped.
    UserToken
}

bearer_token! {
    /// A project's token, which is made in the dashboard under Settings > API Keys, and shown there once. `Debug` does not
    /// show it; its memory is wiped when it is dropped.
    ProjectToken
}
