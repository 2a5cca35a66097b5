//! Addresses whose sign-ins failed too often are held off for a while.

use super::Deviation;
use super::instance::Instance;
use super::token::Digest;
use crate::clock::whole_seconds;
use crate::expiring::Expiring;
use std::time::Duration;

/// So many sign-ins to one address may fail within the time that begins with the first of them.
const FAILURES: u32 = 10;
const TIME: Duration = Duration::from_secs(15 * 60);

/// How often each address has failed lately, whether somebody has it or not.
pub(super) struct Throttle {
    /// Of so many addresses failures are remembered. Who wants one of them forgotten has to fail with as many others first,
    /// each of which costs a hash.
    failures: Expiring<Digest, u32>,
}

impl Throttle {
    pub(super) fn new() -> Self {
        Self { failures: Expiring::new(10_000) }
    }

    /// Counts a sign-in as failed until it has succeeded.
    ///
    /// # Errors
    ///
    /// The address is held off, for so many seconds more.
    pub(super) fn begin(&self, instance: &Instance, address: Digest) -> Result<(), u64> {
        if instance.deviates(Deviation::SignInNeverThrottled) {
            return Ok(());
        }
        let now = instance.clock.now();
        let time = if instance.deviates(Deviation::ThrottleNeverEnds) { 1_000_000 * TIME } else { TIME };
        if instance.deviates(Deviation::ThrottleHoldsEverybody)
            && let Some((_, left)) = self.failures.alive(now).find(|_, failures| *failures > FAILURES)
        {
            return Err(whole_seconds(left));
        }
        match self.failures.count(address, time, now) {
            (failures, left) if failures > FAILURES => Err(whole_seconds(left)),
            _ => Ok(()),
        }
    }

    /// Forgets the failures of an address.
    pub(super) fn succeeded(&self, instance: &Instance, address: Digest) {
        self.failures.alive(instance.clock.now()).take(&address);
    }
}
