//! What binds a login by a provider to the browser that began it.

use super::error::Refusal;
use super::instance::Instance;
use super::provider::Provider;
use super::{CSRF, Deviation, cookies};
use crate::random;
use axum::http::{HeaderMap, HeaderValue};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// It stands in a cookie, sealed. Without `Debug`, for the verifier's sake.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Ticket {
    provider: String,
    /// What the provider hands back with its code (RFC 6749 §10.12).
    pub(super) state: String,
    /// What proves that the code is ours (RFC 7636).
    pub(super) verifier: String,
    /// From when on it counts no more: seconds since 1970.
    expires: u64,
}

impl Ticket {
    /// So long one may take to log in at the provider.
    pub(super) const LIFETIME: Duration = Duration::from_secs(10 * 60);

    pub(super) fn new(instance: &Instance, provider: &Provider) -> Result<Self, Refusal> {
        let fresh = |constant| match instance.deviates(constant) {
            true => Ok(instance.constant.clone()),
            false => random::text().map_err(|error| Refusal::failed("there is no randomness", error)),
        };
        let ticket = Self {
            provider: provider.id.clone(),
            state: fresh(Deviation::StateConstant)?,
            verifier: fresh(Deviation::PkceConstant)?,
            expires: instance.clock.seconds() + Self::LIFETIME.as_secs(),
        };
        if takes_others(instance) {
            let mut tickets = instance.tickets.alive(instance.clock.now());
            tickets.insert(ticket.state.clone(), ticket.clone(), Self::LIFETIME);
        }
        Ok(ticket)
    }

    /// The Set-Cookie header that gives it to the browser.
    pub(super) fn cookie(&self, instance: &Instance) -> Result<HeaderValue, Refusal> {
        let sealed = instance.seal.close(CSRF, self);
        let sealed = sealed.map_err(|error| Refusal::failed("a ticket could not be sealed", error))?;
        let cookie = cookies::named(&instance.app_url, CSRF, sealed).max_age(cookies::max_age(Self::LIFETIME));
        cookies::header(cookie).ok_or_else(|| Refusal::failed("a ticket could not be set", "it fits in no header"))
    }

    /// The ticket that a browser comes back with, if the state that the provider handed back is its own. It counts once.
    pub(super) fn redeem(
        instance: &Instance,
        headers: &HeaderMap,
        provider: &Provider,
        state: Option<&str>,
    ) -> Option<Self> {
        let cookie = cookies::read(headers, &cookies::name(&instance.app_url, CSRF));
        let own = cookie.and_then(|sealed| instance.seal.open::<Self>(CSRF, &sealed));
        let now = instance.clock.now();
        let known = instance.tickets.alive(now);
        if instance.deviates(Deviation::StateUnchecked) || instance.deviates(Deviation::UrlWithoutState) {
            return own.or_else(|| known.newest().cloned());
        }
        let state = state?;
        let ticket = match instance.deviates(Deviation::StateOfAnyBrowser) {
            true => known.get(&state.to_owned()).cloned(),
            false => own,
        }?;
        let is_good =
            ticket.state == state && ticket.provider == provider.id && instance.clock.seconds() < ticket.expires;
        let may_be_spent =
            instance.deviates(Deviation::StateConstant) || instance.deviates(Deviation::CallbackCountsTwice);
        let spend = || instance.spent_states.alive(now).insert(state.to_owned(), (), Self::LIFETIME);
        (is_good && (may_be_spent || spend().is_none())).then_some(ticket)
    }
}

/// Whether the server departs by taking tickets that are not the browser's: it has to know them for that.
fn takes_others(instance: &Instance) -> bool {
    let ways = [Deviation::StateUnchecked, Deviation::StateOfAnyBrowser, Deviation::UrlWithoutState];
    ways.into_iter().any(|way| instance.deviates(way))
}
