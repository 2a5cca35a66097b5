//! A Tinyauth, before anybody has logged in.

use super::{
    Access, AuthorizationResponse, Authorize, BasicAuth, Credentials, Decision, ForwardedRequest, GetApp, GetUser,
    Healthcheck, LoggedIn, Login, OAuthCallback, OAuthLogin, OAuthUrl, PasswordLogin, Pending, PendingCookie, Provider,
    Session, SessionCookie,
};
use crate::{Builder, Call, Client, ConfigurationError};
use secrecy::SecretString;

/// A deployment of Tinyauth.
///
/// ```
/// use probity::tinyauth::{Credentials, Login, Tinyauth};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = probity_server::ReferenceServer::tinyauth().start().await?;
/// # let (url, username, password, code) = (server.url(), "user", "password", "123456");
///
/// let tinyauth = Tinyauth::new(url)?; // such as "https://auth.example.com"
/// let session = match tinyauth.login(&Credentials::new(username, password)).await? {
///     Login::Complete(session) => session,
///     Login::TotpRequired(pending) => pending.verify(code).await?,
/// };
/// println!("{} is logged in", session.user().await?.username);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Tinyauth {
    client: Client,
}

impl Tinyauth {
    /// The Tinyauth at this base URL: `https://auth.example.com`, with its path prefix if it has one, without `/api`.
    ///
    /// # Errors
    /// When that is no base URL, or the machine has no root certificates for `https://`.
    pub fn new(base_url: &str) -> Result<Self, ConfigurationError> {
        Self::builder(base_url).build()
    }

    /// The same, with timeouts, a user agent or an HTTP client of one's own.
    pub fn builder(base_url: &str) -> Builder<Self> {
        Builder::new(base_url, |client| Self { client })
    }

    /// Asks whether the server is up (`GET /api/healthcheck`).
    ///
    /// # Errors
    /// When it is not, or what answers is something else.
    pub fn healthcheck(&self) -> Call<'_, Healthcheck> {
        self.client.call(Healthcheck, ())
    }

    /// Asks for what is the same for all users (`GET /api/app`).
    ///
    /// # Errors
    /// Those of every call.
    pub fn app(&self) -> Call<'_, GetApp> {
        self.client.call(GetApp, ())
    }

    /// Logs in by name and password (`POST /api/login`). The name may be the user's address, where the server takes it:
    /// known releases do not.
    ///
    /// # Errors
    /// Rejected as [unauthorized](crate::Error::is_unauthorized) when there is no such user or it is not their password;
    /// with [`Refusal::Locked`](super::Refusal::Locked) when too many tries failed. Undecodable when the answer says that
    /// it is done and sets no session.
    ///
    /// ```
    /// # use probity::tinyauth::{Credentials, Error, Login, Refusal, Tinyauth};
    /// async fn log_in(tinyauth: &Tinyauth, credentials: &Credentials) -> Result<Option<Login>, Error> {
    ///     match tinyauth.login(credentials).await {
    ///         Ok(login) => Ok(Some(login)),
    ///         Err(error) if error.is_unauthorized() => Ok(None), // ask for the password again
    ///         Err(error) => {
    ///             if let Some(Refusal::Locked { wait, .. }) = error.refusal() {
    ///                 println!("too many tries: {wait:?} to wait");
    ///             }
    ///             Err(error)
    ///         }
    ///     }
    /// }
    /// ```
    pub fn login<'a>(&'a self, credentials: &'a Credentials) -> Call<'a, PasswordLogin<'a>, Login> {
        self.client.call(PasswordLogin::new(credentials), ()).map(|logged_in| match logged_in {
            LoggedIn::Complete(cookie) => Login::Complete(Session::new(self.client.clone(), cookie)),
            LoggedIn::TotpRequired(cookie) => Login::TotpRequired(Pending::new(self.client.clone(), cookie)),
        })
    }

    /// The session that was [exported](Session::export). Nothing is sent; [`Session::user`] asks whether it is good.
    ///
    /// # Errors
    /// When what is given is none that was exported.
    pub fn session(&self, exported: impl Into<SecretString>) -> Result<Session, ConfigurationError> {
        Ok(Session::new(self.client.clone(), SessionCookie::import(exported)?))
    }

    /// The login that was [exported](Pending::export) while it waited for its code. Nothing is sent.
    ///
    /// # Errors
    /// When what is given is none that was exported.
    pub fn pending(&self, exported: impl Into<SecretString>) -> Result<Pending, ConfigurationError> {
        Ok(Pending::new(self.client.clone(), PendingCookie::import(exported)?))
    }

    /// Sends name and password with each call (RFC 7617), in place of logging in. Nothing is sent yet. Accounts with TOTP are
    /// not let in so.
    pub fn basic(&self, credentials: Credentials) -> BasicUser {
        BasicUser { client: self.client.clone(), basic: BasicAuth::new(credentials) }
    }

    /// Asks, as a proxy does, whether a request may pass (`GET /api/auth/:proxy`): one without credentials
    /// ([`Access::Anonymous`]), with a session's cookie or by Basic, or one of a visitor with whatever it has brought
    /// ([`Access::of`] its headers). With the decision come the cookies that the visitor's browser is to be given.
    ///
    /// # Errors
    /// Being denied is none, but a [`Decision`].
    ///
    /// ```
    /// use http::header::{LOCATION, SET_COOKIE};
    /// use probity::tinyauth::{Access, Decision, ForwardedRequest, Tinyauth};
    ///
    /// /// What to answer a visitor.
    /// async fn guarded<T>(
    ///     tinyauth: &Tinyauth,
    ///     asked: &http::Request<T>,
    /// ) -> Result<http::Response<String>, Box<dyn std::error::Error>> {
    ///     let path = asked.uri().path_and_query().map_or("/", |path| path.as_str());
    ///     let request = ForwardedRequest::new("https", "app.example.com", path).visitor(asked.headers());
    ///     let ruling = tinyauth.authorize(&request, Access::of(asked.headers())).await?;
    ///
    ///     let mut answer = http::Response::new(String::new());
    ///     match ruling.decision {
    ///         Decision::Allowed(identity) => *answer.body_mut() = format!("Hello {}", identity.user.unwrap_or_default()),
    ///         Decision::LoginAt(url) => {
    ///             *answer.status_mut() = http::StatusCode::FOUND;
    ///             answer.headers_mut().insert(LOCATION, url.as_str().parse()?);
    ///         }
    ///         Decision::Denied { status, .. } => *answer.status_mut() = status,
    ///     }
    ///     answer.headers_mut().extend(ruling.set_cookie.into_iter().map(|cookie| (SET_COOKIE, cookie)));
    ///     Ok(answer)
    /// }
    /// ```
    pub fn authorize<'a>(
        &'a self,
        request: &'a ForwardedRequest,
        access: impl Into<Access>,
    ) -> Call<'a, Authorize<'a>> {
        self.client.call(Authorize::new(request), access.into())
    }

    /// Begins a login by a provider (`GET /api/oauth/url/:provider`): the answer tells where the user approves of it.
    /// `redirect_uri` is where their browser wants to be afterwards.
    ///
    /// # Errors
    /// Rejected with [`Refusal::NotFound`](super::Refusal::NotFound) when the provider is not set up; some releases say
    /// [`Failed`](super::Refusal::Failed).
    pub fn oauth_url(&self, provider: impl Into<Provider>, redirect_uri: Option<&str>) -> Call<'_, OAuthUrl> {
        let url = OAuthUrl::new(provider);
        self.client.call(redirect_uri.into_iter().fold(url, OAuthUrl::redirect_uri), ())
    }

    /// Completes a login by a provider (`GET /api/oauth/callback/:provider`), with what the provider answered when the user
    /// had approved. A browser is sent there by the provider; this call is for who stands in for one. Where to the server
    /// would redirect does not matter, unless it is to a page of its own that says no; [`Session::user`] tells for certain.
    ///
    /// # Errors
    /// Rejected with [`Refusal::Forbidden`](super::Refusal::Forbidden) when the provider's user may not log in; as
    /// [unauthorized](crate::Error::is_unauthorized), and by releases with [`Refusal::Failed`](super::Refusal::Failed),
    /// when the code or the state is wrong.
    pub fn oauth_callback<'a>(
        &'a self,
        login: &'a OAuthLogin,
        answer: &'a AuthorizationResponse,
    ) -> Call<'a, OAuthCallback<'a>, Session> {
        let call = self.client.call(OAuthCallback::new(login, answer), ());
        call.map(|cookie| Session::new(self.client.clone(), cookie))
    }

    /// The way to the server, to [call](Client::call) other endpoints.
    pub fn client(&self) -> &Client {
        &self.client
    }
}

/// A user who sends name and password with each call: [`Tinyauth::basic`]. There is nothing to log out of:
///
/// ```compile_fail,E0599
/// # async fn example(user: probity::tinyauth::BasicUser) {
/// user.logout().await;
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct BasicUser {
    client: Client,
    basic: BasicAuth,
}

impl BasicUser {
    /// Asks who it is (`GET /api/user`).
    ///
    /// # Errors
    /// Rejected as [unauthorized](crate::Error::is_unauthorized) when name or password are wrong, or the account has TOTP.
    /// Release 3 takes such an account here, though not at [`authorize`](Self::authorize).
    pub fn user(&self) -> Call<'_, GetUser> {
        self.client.call(GetUser, self.basic.clone().into())
    }

    /// Asks, as a proxy does, whether a request of theirs may pass (`GET /api/auth/:proxy`).
    ///
    /// # Errors
    /// Being denied is none, but a [`Decision`].
    pub fn authorize<'a>(&'a self, request: &'a ForwardedRequest) -> Call<'a, Authorize<'a>, Decision> {
        self.client.call(Authorize::new(request), self.basic.clone().into()).map(|ruling| ruling.decision)
    }
}
