//! Whose a request is.

use std::collections::BTreeMap;

use bytes::Bytes;

use crate::Undecodable;
use crate::tinyauth::releases::{REMOTE, REMOTE_EMAIL, REMOTE_GROUPS, REMOTE_NAME, REMOTE_SUB, REMOTE_USER};

/// Whose a request is, by the `Remote-*` headers that proxies hand on to the application. The document does not have
/// them; releases do. All is `None` for what may pass without anybody being logged in, as releases can be set up to let it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Identity {
    /// `Remote-User`: the name that the user logs in with.
    pub user: Option<String>,
    /// `Remote-Name`: the name to show. Releases leave out characters that are not ASCII.
    pub name: Option<String>,
    /// `Remote-Email`: the address.
    pub email: Option<String>,
    /// `Remote-Groups`: the groups that the user's provider tells of.
    pub groups: Vec<String>,
    /// The other `Remote-*` headers, by their names in small letters: `remote-sub` of newer releases.
    pub further: BTreeMap<String, String>,
}

const KNOWN: [&str; 5] = [REMOTE_USER, REMOTE_NAME, REMOTE_EMAIL, REMOTE_GROUPS, REMOTE_SUB];

impl Identity {
    pub(super) fn told_by(response: &http::Response<Bytes>) -> Result<Self, Box<Undecodable>> {
        let (mut texts, mut groups) = (BTreeMap::new(), Vec::new());
        for (name, value) in response.headers().iter().filter(|(name, _)| name.as_str().starts_with(REMOTE)) {
            // A name that is not known may itself be a secret.
            let known = KNOWN.into_iter().find(|known| name == known).unwrap_or("remote-…");
            let unreadable = |found| Undecodable::in_header(response, known, "expected one text", found);
            // A name that was mended may be another user's.
            let value = std::str::from_utf8(value.as_bytes()).map_err(|_| unreadable("bytes that are none"))?.trim();
            if name == REMOTE_GROUPS {
                // A list may come in several lines (RFC 9110, 5.3).
                groups.extend(value.split(',').map(str::trim).filter(|group| !group.is_empty()).map(str::to_owned));
            } else if texts.insert(name.as_str().to_owned(), value.to_owned()).is_some() {
                return Err(unreadable("several"));
            }
        }
        texts.retain(|_, text| !text.is_empty());
        let mut take = |name| texts.remove(name);
        let (user, name, email) = (take(REMOTE_USER), take(REMOTE_NAME), take(REMOTE_EMAIL));
        Ok(Self { user, name, email, groups, further: texts })
    }
}
