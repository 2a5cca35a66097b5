//! What people log in by.

use crate::vocabulary::open_vocabulary;

open_vocabulary! {
    /// What a user logs in by, or has logged in by.
    Provider {
        /// `username`: name and password.
        Username = "username",
        /// `basic`: name and password, sent along by Basic.
        Basic = "basic",
        /// `github`: OAuth by GitHub.
        Github = "github",
        /// `google`: OAuth by Google.
        Google = "google",
        /// `generic`: OAuth by whom the deployment has chosen.
        Generic = "generic",
    }
}
