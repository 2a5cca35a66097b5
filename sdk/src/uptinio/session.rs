//! An Uptinio with a user signed in.

use secrecy::SecretString;

use super::{
    Credentials, CurrentProjectApiToken, GetUser, ProjectApiTokens, Refusal, ResendCode, SignIn, SignOut, User, UserId,
    UserToken, Validate, VerifyEmail,
};
use crate::http::Signed;
use crate::{Call, Client};

/// A user who is signed in: [`Uptinio::sign_in`](super::Uptinio::sign_in). Monitors and all else of a project are not
/// here, but with its [`Project`](super::Project):
///
/// ```compile_fail,E0599
/// # async fn example(session: probity::uptinio::Session) {
/// session.network_monitors().await;
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Session {
    client: Client,
    signed: Signed<UserToken, Refusal>,
    user: Option<User>,
}

impl Session {
    pub(super) fn new(client: Client, token: UserToken, user: Option<User>) -> Self {
        Self { client, signed: Signed::Once(token), user }
    }

    /// The same, which signs in anew by these credentials when a call is refused because its token has expired, and then
    /// makes that call again. However many calls are refused at a time, it signs in once. A new token that is refused before
    /// it ever let a call in, and credentials that are, put an end to it: a user who is banned may look like one whose token has
    /// expired. Calls then fail as [unauthorized](crate::Error::is_unauthorized).
    ///
    /// The password stays in memory as long as the session and its clones, which share their tokens.
    ///
    /// ```
    /// # use probity::uptinio::{Credentials, Error, Session, Uptinio};
    /// async fn sign_in_to_stay(uptinio: &Uptinio, credentials: Credentials) -> Result<Session, Error> {
    ///     Ok(uptinio.sign_in(&credentials).await?.renewed_by(credentials))
    /// }
    /// ```
    pub fn renewed_by(self, credentials: Credentials) -> Self {
        let signed = self.signed.renewed_by(&self.client, credentials, |client, credentials| {
            Box::pin(async { Ok(client.call(SignIn::new(credentials), ()).await?.token) })
        });
        Self { signed, ..self }
    }

    /// The token of now, to be kept and given to [`Uptinio::session`](super::Uptinio::session) another time. How long it is good,
    /// the document does not tell.
    pub fn token(&self) -> UserToken {
        self.signed.token()
    }

    /// The user, as signing in told them. `None` in a session that was made from a token: [`Session::validate`] knows.
    pub fn signed_in_user(&self) -> Option<&User> {
        self.user.as_ref()
    }

    /// Asks whether the token is good, and whose it is (`GET /api/v1/auth/validate`).
    ///
    /// # Errors
    /// That it is not good is none, but a [`Validity`](super::Validity).
    pub fn validate(&self) -> Call<'_, Validate> {
        self.client.call_by(Validate, self.signed.credential())
    }

    /// Signs out (`DELETE /api/v1/auth/sign_out`). That the token is good for nothing from then on is meant, and not said.
    pub fn sign_out(&self) -> Call<'_, SignOut> {
        self.client.call_by(SignOut, self.signed.credential())
    }

    /// Asks for a user's details (`GET /api/v1/users/:id`). Their shape is not documented.
    pub fn user(&self, id: impl Into<UserId>) -> Call<'_, GetUser> {
        self.client.call_by(GetUser::new(id), self.signed.credential())
    }

    /// Asks for all of the user's projects, with their tokens (`GET /api/v1/users/project_api_tokens`). The answer's shape is
    /// not documented; [`ProjectTokens`](super::ProjectTokens) looks for tokens in it.
    pub fn project_api_tokens(&self) -> Call<'_, ProjectApiTokens> {
        self.client.call_by(ProjectApiTokens, self.signed.credential())
    }

    /// Asks for the token of the project that the user works in (`GET /api/v1/users/current_project_api_token`). The
    /// answer's shape is not documented; [`ProjectTokens`](super::ProjectTokens) looks for tokens in it.
    pub fn current_project_api_token(&self) -> Call<'_, CurrentProjectApiToken> {
        self.client.call_by(CurrentProjectApiToken, self.signed.credential())
    }

    /// Verifies the user's address by the code that was sent to it (`POST /api/v1/email_verifications/verify`): six digits,
    /// as text. It is no error when the address is verified already.
    ///
    /// # Errors
    /// Rejected with [`Reason::InvalidOrExpiredCode`](super::Reason::InvalidOrExpiredCode) when it is not the code, or is
    /// more than 15 minutes old; with [`Reason::CodeRequired`](super::Reason::CodeRequired) when it is empty.
    ///
    /// ```
    /// # use probity::uptinio::{Error, Reason, Session};
    /// async fn is_the_code(session: &Session, code: &str) -> Result<bool, Error> {
    ///     match session.verify_email(code).await {
    ///         Ok(status) => Ok(status.email_verified),
    ///         Err(error) => match error.refusal().map(|refusal| refusal.reason) {
    ///             Some(Reason::CodeRequired | Reason::InvalidOrExpiredCode) => Ok(false), // ask for it again
    ///             _ => Err(error),
    ///         },
    ///     }
    /// }
    /// ```
    pub fn verify_email(&self, code: impl Into<SecretString>) -> Call<'_, VerifyEmail> {
        self.client.call_by(VerifyEmail::new(code), self.signed.credential())
    }

    /// Has another code sent to the user's address (`POST /api/v1/email_verifications/resend`), a minute after the last at the
    /// earliest. None is sent when the address is verified already, which is no error.
    ///
    /// # Errors
    /// Rejected with [`Reason::ResendTooSoon`](super::Reason::ResendTooSoon) within the minute:
    /// [`retry_after`](crate::Error::retry_after) is what is left of it. With
    /// [`Reason::SendFailed`](super::Reason::SendFailed) when no mail could be sent.
    pub fn resend_code(&self) -> Call<'_, ResendCode> {
        self.client.call_by(ResendCode, self.signed.credential())
    }

    /// The way to the server, to [call](Client::call) other endpoints.
    pub fn client(&self) -> &Client {
        &self.client
    }
}
