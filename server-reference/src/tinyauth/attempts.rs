//! Names that failed too often are held off for a while.

use crate::expiring::Expiring;
use std::hash::{BuildHasher as _, RandomState};
use std::time::{Duration, SystemTime};

/// So many failures in a row hold a name off.
pub(super) const FAILURES: u32 = 5;

/// So long a name is held off; and so long after the last one, fewer failures are forgotten.
pub(super) const WAIT: Duration = Duration::from_secs(300);

/// Of so many names failures are remembered. Who wants one of them forgotten has to fail with as many other names first,
/// each of which costs a hash.
const NAMES: usize = 10_000;

/// How often each name has failed lately, whether somebody has it or not.
pub(super) struct Attempts {
    /// By the name's hash, since names are as long as their senders like.
    failures: Expiring<u64, u32>,
    hashes: RandomState,
}

/// The ways in which a server may depart.
#[derive(Clone, Copy, Default)]
pub(super) struct Laxity {
    pub(super) never_locks: bool,
    pub(super) locks_everyone: bool,
    pub(super) lock_never_ends: bool,
}

/// How long the name is still held off.
pub(super) struct HeldOff(pub(super) Duration);

impl Attempts {
    pub(super) fn new() -> Self {
        Self { failures: Expiring::new(NAMES), hashes: RandomState::new() }
    }

    /// Whether the name may try.
    pub(super) fn may_try(&self, name: &str, now: SystemTime, laxity: Laxity) -> Result<(), HeldOff> {
        let name = self.hashes.hash_one(name);
        let is_meant = |key: &u64, failures: &u32| {
            *failures >= FAILURES && (*key == name || laxity.locks_everyone) && !laxity.never_locks
        };
        match self.failures.alive(now).find(is_meant) {
            Some((_, wait)) => Err(HeldOff(wait)),
            None => Ok(()),
        }
    }

    /// Remembers how an attempt ended. If the name was held off meanwhile it did not count, not even as a success: many
    /// guesses at once are no more than many one after the other.
    pub(super) fn ended(&self, name: &str, succeeded: bool, now: SystemTime, laxity: Laxity) -> Result<(), HeldOff> {
        self.may_try(name, now, laxity)?;
        let name = self.hashes.hash_one(name);
        let mut failures = self.failures.alive(now);
        let so_far = failures.take(&name).unwrap_or(0);
        if !succeeded {
            let lifetime = if laxity.lock_never_ends { 1_000_000 * WAIT } else { WAIT };
            failures.insert(name, so_far + 1, lifetime);
        }
        Ok(())
    }
}
