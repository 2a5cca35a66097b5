//! One running provider: its people and clients, and what it has granted.

use super::id_token::IdTokens;
use super::seed::{Client, Person, Seed};
use crate::expiring::Expiring;
use crate::{Clock, Limits};
use std::time::Duration;

pub(super) struct Instance {
    pub(super) seed: Seed,
    pub(super) id_tokens: IdTokens,
    /// By their codes.
    pub(super) grants: Expiring<String, Grant>,
    /// The subjects whose access tokens there are, by those.
    pub(super) access_tokens: Expiring<String, String>,
    pub(super) clock: Clock,
    pub(super) limits: Limits,
}

/// What a code stands for.
pub(super) struct Grant {
    pub(super) client: String,
    pub(super) redirect_uri: String,
    pub(super) challenge: Option<Challenge>,
    pub(super) nonce: Option<String>,
    pub(super) scope: String,
    pub(super) subject: String,
}

/// What whoever redeems a code has to know the verifier of.
pub(super) struct Challenge {
    pub(super) method: ChallengeMethod,
    pub(super) text: String,
}

#[derive(Clone, Copy)]
pub(super) enum ChallengeMethod {
    S256,
    Plain,
}

impl Instance {
    /// So long a code counts.
    pub(super) const CODE_LIFETIME: Duration = Duration::from_secs(60);

    /// So long an access token counts.
    pub(super) const ACCESS_LIFETIME: Duration = Duration::from_secs(60 * 60);

    /// Of a seed that passed its check.
    pub(super) fn new(seed: Seed, id_tokens: IdTokens, clock: Clock, limits: Limits) -> Self {
        let (grants, access_tokens) = (Expiring::new(10_000), Expiring::new(10_000));
        Self { seed, id_tokens, grants, access_tokens, clock, limits }
    }

    pub(super) fn client(&self, id: &str) -> Option<&Client> {
        self.seed.clients.iter().find(|client| client.id == id)
    }

    pub(super) fn person(&self, subject: &str) -> Option<&Person> {
        self.seed.people.iter().find(|person| person.subject == subject)
    }
}
