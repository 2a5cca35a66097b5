//! Who is the same visitor, and what is the same visit.

use super::id;
use std::hash::{BuildHasher as _, Hash, RandomState};
use std::net::IpAddr;
use std::time::Duration;
use uuid::Uuid;

/// Stands for somebody on one website.
pub(super) type Visitor = u64;

/// The key that visitors are hashed with, made anew at each start: from what is kept nobody can tell who it was.
pub(super) struct Visitors(RandomState);

impl Visitors {
    pub(super) fn new() -> Self {
        Self(RandomState::new())
    }

    /// On one website, the visitor whom an application knows under an id.
    pub(super) fn known_as(&self, website: &str, id: &str) -> Visitor {
        self.0.hash_one((website, id))
    }

    /// On one website, the visitor who has this address, or what is given for one, and this browser.
    pub(super) fn using(&self, website: &str, address: Result<IpAddr, &str>, user_agent: &str) -> Visitor {
        self.0.hash_one((website, address, user_agent))
    }

    /// The id that a visitor is told as.
    pub(super) fn session(&self, visitor: Visitor) -> Uuid {
        self.id(visitor)
    }

    /// The id of the visit that a visitor is on at a time, in milliseconds since 1970.
    pub(super) fn visit(&self, visitor: Visitor, time: i64) -> Uuid {
        self.id((visitor, hour(time)))
    }

    fn id(&self, what: impl Hash) -> Uuid {
        let [first, second] = [0, 1].map(|half| u128::from(self.0.hash_one((half, &what))));
        id::of_hash(first << 64 | second)
    }
}

/// A visit is what somebody does within one hour of the clock.
pub(super) fn hour(time: i64) -> i64 {
    const HOUR: i64 = Duration::from_secs(60 * 60).as_millis() as i64;
    time.div_euclid(HOUR)
}
