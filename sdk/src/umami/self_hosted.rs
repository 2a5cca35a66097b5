//! A self-hosted Umami, before and after signing in.

use super::{
    CreateWebsite, Credentials, Event, LoggedIn, Login, Refusal, SendBatch, SendEvent, Token, User, Verify,
    WebsiteHandle, WebsiteId, Websites,
};
use crate::http::Signed;
use crate::{Builder, Call, Client, ConfigurationError};

/// A self-hosted Umami.
///
/// ```
/// use probity::umami::{Credentials, Umami};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = probity_server::ReferenceServer::umami().start().await?;
/// # let (url, username, password) = (server.url(), "your-username", "your-password");
///
/// let umami = Umami::new(url)?;
/// let session = umami.login(&Credentials::new(username, password)).await?;
/// for website in session.websites().await?.data {
///     println!("{} {}", website.id, website.name);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Umami {
    client: Client,
}

impl Umami {
    /// The Umami at this base URL: `https://analytics.example.com`, with its path prefix if it has one, without `/api`.
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

    /// Signs in (`POST /api/auth/login`).
    ///
    /// # Errors
    /// Rejected with [`Code::IncorrectUsernamePassword`](super::Code::IncorrectUsernamePassword) when there is no such
    /// user or it is not their password.
    ///
    /// ```
    /// # use probity::umami::{Credentials, Error, Session, Umami};
    /// async fn sign_in(umami: &Umami, credentials: &Credentials) -> Result<Option<Session>, Error> {
    ///     match umami.login(credentials).await {
    ///         Ok(session) => Ok(Some(session)),
    ///         Err(error) if error.is_unauthorized() => Ok(None), // ask for the password again
    ///         Err(error) => Err(error),
    ///     }
    /// }
    /// ```
    pub fn login<'a>(&'a self, credentials: &'a Credentials) -> Call<'a, Login<'a>, Session> {
        self.client.call(Login::new(credentials), ()).map(|LoggedIn { token, user }| Session {
            client: self.client.clone(),
            signed: Signed::Once(token),
            user: Some(user),
        })
    }

    /// Sends an event (`POST /api/send`). Nobody needs to be signed in. A server that takes the `User-Agent` for a bot's
    /// ignores it, and says so: [`Receipt::Ignored`](super::Receipt::Ignored).
    ///
    /// Sent twice it counts twice; so it does, with some servers, when it is sent again after an answer of 500.
    ///
    /// # Errors
    /// A [field](crate::ConfigurationError::Field) that servers refuse is found before anything is sent. Rejected with
    /// [`Code::BadRequest`](super::Code::BadRequest) where there is no such website.
    ///
    /// ```
    /// use probity::umami::{Error, Event, Receipt, Umami};
    /// use serde_json::json;
    ///
    /// async fn signed_up(umami: &Umami, plan: &str) -> Result<(), Error> {
    ///     let event = Event::named("your-website-id", "signup").url("/pricing").data(json!({"plan": plan}));
    ///     match umami.send(&event).await? {
    ///         Receipt::Recorded { visit, .. } => println!("recorded with visit {visit}"),
    ///         Receipt::Ignored => println!("ignored: does the User-Agent look like a bot's?"),
    ///     }
    ///     Ok(())
    /// }
    /// ```
    pub fn send<'a>(&'a self, event: &'a Event) -> Call<'a, SendEvent<'a>> {
        self.client.call(SendEvent::new(event), ())
    }

    /// Sends several events at once (`POST /api/batch`). Servers take them one after another, some 30 ms each: mind the
    /// [timeout](crate::Builder::timeout). When a bound is passed, nothing is sent, and the error tells which event it is.
    pub fn batch<'a>(&'a self, events: &'a [Event]) -> Call<'a, SendBatch<'a>> {
        self.client.call(SendBatch::new(events), ())
    }

    /// The session of a token that an earlier login gave. Nothing is sent; [`Session::verify`] asks whether it is good.
    pub fn session(&self, token: Token) -> Session {
        Session { client: self.client.clone(), signed: Signed::Once(token), user: None }
    }

    /// The way to the server, to [call](Client::call) other endpoints.
    pub fn client(&self) -> &Client {
        &self.client
    }
}

/// A self-hosted Umami with a user signed in.
#[derive(Debug, Clone)]
pub struct Session {
    client: Client,
    signed: Signed<Token, Refusal>,
    user: Option<User>,
}

impl Session {
    /// The same, which signs in anew by these credentials when a call is refused because its token has expired, and then
    /// makes that call again. However many calls are refused at a time, it signs in once. A new token that is refused before
    /// it ever let a call in, and credentials that are, put an end to it: calls then fail as
    /// [unauthorized](crate::Error::is_unauthorized).
    ///
    /// The password stays in memory as long as the session and its clones, which share their tokens.
    ///
    /// ```
    /// # use probity::umami::{Credentials, Error, Session, Umami};
    /// async fn sign_in_to_stay(umami: &Umami, credentials: Credentials) -> Result<Session, Error> {
    ///     Ok(umami.login(&credentials).await?.renewed_by(credentials))
    /// }
    /// ```
    pub fn renewed_by(self, credentials: Credentials) -> Self {
        let signed = self.signed.renewed_by(&self.client, credentials, |client, credentials| {
            Box::pin(async { Ok(client.call(Login::new(credentials), ()).await?.token) })
        });
        Self { signed, ..self }
    }

    /// The token of now, to be kept and given to [`Umami::session`] another time.
    pub fn token(&self) -> Token {
        self.signed.token()
    }

    /// The user, as the login told it. `None` in a session that was made from a token: [`Session::verify`] knows.
    pub fn user(&self) -> Option<&User> {
        self.user.as_ref()
    }

    /// Asks whether the token is still valid, and whose it is (`POST /api/auth/verify`).
    ///
    /// # Errors
    /// Rejected as [unauthorized](crate::Error::is_unauthorized) when it is not.
    pub fn verify(&self) -> Call<'_, Verify> {
        self.client.call_by(Verify, self.signed.credential())
    }

    /// Lists the user's websites (`GET /api/websites`), a page at a time.
    pub fn websites(&self) -> Call<'_, Websites> {
        self.client.call_by(Websites::default(), self.signed.credential())
    }

    /// Creates a website (`POST /api/websites`): a name of 100 UTF-16 units at most, and the domain that it is served from,
    /// of 500 at most.
    pub fn create_website(&self, name: impl Into<String>, domain: impl Into<String>) -> Call<'_, CreateWebsite> {
        self.client.call_by(CreateWebsite::new(name, domain), self.signed.credential())
    }

    /// One website, to ask about it. Nothing is sent yet.
    pub fn website(&self, id: impl Into<WebsiteId>) -> WebsiteHandle<'_> {
        WebsiteHandle::new(&self.client, self.signed.credential(), id)
    }

    /// The way to the server, to [call](Client::call) other endpoints.
    pub fn client(&self) -> &Client {
        &self.client
    }
}
