//! Which `User-Agent`s Umami takes for a bot's.

mod isbot;

use std::sync::LazyLock;

use regex_lite::{Regex, RegexBuilder};

/// Whether Umami takes this `User-Agent` for a bot's: it then answers an event with 200, records nothing, and
/// [`send`](super::Umami::send) gives [`Receipt::Ignored`](super::Receipt::Ignored).
///
/// It tells what Umami 3.1 does, whose list of bots is that of isbot 5.1.37. Other releases have other lists: 2.19 to 3.0
/// record, for one, what comes from `Mozilla/5.0 (compatible; acme/1.0)`. A server that runs with `DISABLE_BOT_CHECK`
/// ignores nobody. An empty `User-Agent` is nobody's: its events are recorded.
///
/// The document only says that events without a proper `User-Agent` are not registered ("Sending stats"). Which one
/// counts is the event's own, where [`Event::user_agent`](super::Event::user_agent) gave it one, and otherwise that of
/// [`Builder::user_agent`](crate::Builder::user_agent).
///
/// ```
/// use probity::umami::would_be_ignored;
///
/// // What most HTTP clients call themselves is lost without a word:
/// assert!(would_be_ignored("curl/8.5.0"));
/// assert!(would_be_ignored("acme/1.0"));
/// assert!(would_be_ignored("Mozilla/5.0 (compatible; acme/1.0)"));
///
/// // So an application does better to begin like a browser:
/// assert!(!would_be_ignored("Mozilla/5.0 (X11; Linux x86_64) acme/1.0"));
/// ```
#[must_use]
pub fn would_be_ignored(user_agent: &str) -> bool {
    static PATTERNS: LazyLock<Regex> = LazyLock::new(|| {
        let pattern = isbot::PATTERNS.join("|");
        RegexBuilder::new(&pattern).case_insensitive(true).build().expect("the list is ours, and a test builds it")
    });
    isbot::has_word_of_a_bot(&user_agent.to_ascii_lowercase())
        || (!user_agent.is_empty() && PATTERNS.is_match(user_agent))
}
