//! A login: waiting for a code, or complete.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use secrecy::SecretString;

use super::{
    Authorize, Decision, Error, ForwardedRequest, GetUser, Logout, PendingCookie, SessionChange, SessionCookie, User,
    VerifyTotp,
};
use crate::{Client, ConfigurationError};

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
    pub async fn verify(&self, code: impl Into<SecretString>) -> Result<Session, Error> {
        let cookie = self.client.call(VerifyTotp::new(code), self.cookie.clone()).await?;
        Ok(Session::new(self.client.clone(), cookie))
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
        let told = self.client.call(GetUser, self.cookie()?.into()).await?;
        self.follow(told.change);
        Ok(told.answer)
    }

    /// Asks, as a proxy does, whether a request with this session may pass (`GET /api/auth/:proxy`).
    ///
    /// # Errors
    /// Being denied is none, but a [`Decision`].
    pub async fn authorize(&self, request: &ForwardedRequest) -> Result<Decision, Error> {
        let told = self.client.call(Authorize::new(request), self.cookie()?.into()).await?;
        // What is set along with a refusal is the session of nobody.
        let is_followed = |change: &SessionChange| {
            matches!(told.answer, Decision::Allowed(_)) || matches!(change, SessionChange::Deleted(_))
        };
        self.follow(told.change.filter(is_followed));
        Ok(told.answer)
    }

    /// Logs out (`POST /api/logout`). The session is forgotten here, in clones too. The document warns that it is not
    /// ended there: whoever has a copy of the cookie is let in until it expires.
    ///
    /// # Errors
    /// Those of every call; it is forgotten all the same.
    pub async fn logout(self) -> Result<(), Error> {
        let cookie = self.cookie()?;
        *self.locked() = None;
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

    fn follow(&self, change: Option<SessionChange>) {
        let mut kept = self.locked();
        match (change, &*kept) {
            (Some(SessionChange::Set(set)), Some(cookie)) if set.name() == cookie.name() => *kept = Some(set),
            (Some(SessionChange::Deleted(name)), Some(cookie)) if name == cookie.name() => *kept = None,
            _ => {}
        }
    }

    fn locked(&self) -> MutexGuard<'_, Option<SessionCookie>> {
        self.cookie.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
