//! A login: waiting for a code, or complete.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::HeaderMap;
use secrecy::SecretString;

use super::{
    Access, Authorize, Decision, Error, ForwardedRequest, GetUser, Logout, PendingCookie, Refusal, Ruling,
    SessionChange, SessionCookie, User, VerifyTotp,
};
use crate::endpoint::Endpoint;
use crate::{Call, Client, ConfigurationError};

/// What the right password gives.
#[derive(Debug)]
pub enum Login {
    /// The user is logged in.
    Complete(Session),
    /// The account has TOTP: a code is still wanted.
    TotpRequired(Pending),
}

/// A login that waits for a TOTP code. It is nowhere logged in:
///
/// ```compile_fail,E0599
/// # async fn example(pending: probity::tinyauth::Pending) {
/// pending.user().await;
/// # }
/// ```
#[derive(Debug)]
pub struct Pending {
    client: Client,
    cookie: PendingCookie,
}

/// A user who is logged in. It keeps the cookie itself, and follows the server where that sets it anew; clones share it.
#[derive(Debug, Clone)]
pub struct Session {
    client: Client,
    /// None once the session has ended.
    cookie: Arc<Mutex<Option<SessionCookie>>>,
}

impl Pending {
    pub(super) fn new(client: Client, cookie: PendingCookie) -> Self {
        Self { client, cookie }
    }

    /// Sends the code of the moment (`POST /api/totp`): six digits, as text. After one that was wrong, another may be sent.
    ///
    /// # Errors
    /// Rejected as [unauthorized](crate::Error::is_unauthorized) when it is not the code, or the login has waited too long;
    /// with [`Refusal::Locked`](super::Refusal::Locked) when too many tries failed.
    pub fn verify(&self, code: impl Into<SecretString>) -> Call<'_, VerifyTotp, Session> {
        let call = self.client.call(VerifyTotp::new(code), self.cookie.clone());
        call.map(|cookie| Session::new(self.client.clone(), cookie))
    }

    /// The login as a secret, to be kept and given to [`Tinyauth::pending`](super::Tinyauth::pending) when the code is there:
    /// where that comes with another request, or to another process.
    pub fn export(&self) -> SecretString {
        self.cookie.export()
    }
}

impl Session {
    pub(super) fn new(client: Client, cookie: SessionCookie) -> Self {
        Self { client, cookie: Arc::new(Mutex::new(Some(cookie))) }
    }

    /// Asks who is logged in (`GET /api/user`), and thereby whether the session is still good.
    ///
    /// # Errors
    /// Rejected as [unauthorized](crate::Error::is_unauthorized) when it is not.
    pub async fn user(&self) -> Result<User, Error> {
        self.call(GetUser, |_| true).await
    }

    /// Asks, as a proxy does, whether a request with this session may pass (`GET /api/auth/:proxy`).
    ///
    /// # Errors
    /// Being denied is none, but a [`Decision`].
    pub async fn authorize(&self, request: &ForwardedRequest) -> Result<Decision, Error> {
        let is_users =
            |ruling: &Ruling| matches!(&ruling.decision, Decision::Allowed(identity) if identity.user.is_some());
        Ok(self.call(Authorize::new(request), is_users).await?.decision)
    }

    /// Logs out (`POST /api/logout`). The session is forgotten here, in clones too. The document warns that it is not
    /// ended there: whoever has a copy of the cookie is let in until it expires.
    ///
    /// # Errors
    /// Those of every call; it is forgotten all the same.
    pub async fn logout(self) -> Result<(), Error> {
        let cookie = self.locked().take().ok_or(ConfigurationError::SessionEnded)?;
        self.client.call(Logout, cookie).await
    }

    /// The session as a secret, to be kept and given to [`Tinyauth::session`](super::Tinyauth::session) another time.
    ///
    /// # Errors
    /// When it has ended.
    pub fn export(&self) -> Result<SecretString, ConfigurationError> {
        self.cookie().map(|cookie| cookie.export())
    }

    /// The way to the server, to [call](Client::call) other endpoints.
    pub fn client(&self) -> &Client {
        &self.client
    }

    fn cookie(&self) -> Result<SessionCookie, ConfigurationError> {
        self.locked().clone().ok_or(ConfigurationError::SessionEnded)
    }

    /// Makes a call with the cookie, and does to the cookie what the answer says, also one that says no. `is_users`: whether
    /// the answer is a user's.
    async fn call<E>(&self, endpoint: E, is_users: impl FnOnce(&E::Output) -> bool + Send) -> Result<E::Output, Error>
    where
        E: Endpoint<Credential = Access, Refusal = Refusal>,
    {
        let sent = self.cookie()?;
        let answer = self.client.call(endpoint, sent.clone().into()).with_response().await;
        match &answer {
            Ok(answer) => self.follow(&sent, &answer.headers, is_users(&answer.value)),
            Err(error) => error.headers().into_iter().for_each(|headers| self.follow(&sent, headers, false)),
        }
        Ok(answer?.value)
    }

    fn follow(&self, sent: &SessionCookie, headers: &HeaderMap, is_users: bool) {
        let mut kept = self.locked();
        // Meanwhile another answer may have set it anew, or it was ended: then this one is about a cookie of the past.
        if !kept.as_ref().is_some_and(|kept| kept.0.is(&sent.0)) {
            return;
        }
        match sent.changed_by(headers) {
            // Releases also set sessions of nobody.
            Some(SessionChange::Set(set)) if is_users => *kept = Some(set),
            Some(SessionChange::Deleted) => *kept = None,
            Some(SessionChange::Set(_)) | None => {}
        }
    }

    fn locked(&self) -> MutexGuard<'_, Option<SessionCookie>> {
        self.cookie.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
