//! An Uptinio, before anybody has signed in.

use secrecy::SecretString;

use super::{
    Credentials, NewUser, Project, ProjectToken, Register, RegisterWithEndpoint, Session, SignIn, SignInWithGoogle,
    SignedIn, SignedInWithGoogle, User, UserToken,
};
use crate::{Builder, Call, Client, ConfigurationError};

/// An Uptinio: the makers' own at <https://app.uptinio.com>, or another.
///
/// ```
/// use probity::uptinio::{Credentials, MonitorStatus, ProjectToken, Uptinio};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = probity_server::ReferenceServer::uptinio().start().await?;
/// # let (url, password, token) = (server.url(), "your_password", "YOUR_PROJECT_API_TOKEN");
/// let uptinio = Uptinio::new(url)?; // or Uptinio::cloud()?
/// let session = uptinio.sign_in(&Credentials::new("user@example.com", password)).await?;
/// println!("signed in: {:?}", session.validate().await?.user());
///
/// let project = uptinio.project(ProjectToken::new(token));
/// for monitor in project.network_monitors().await?.data {
///     if monitor.status == Some(MonitorStatus::Failure) {
///         println!("{} is down", monitor.name);
///     }
/// }
/// # Ok(())
/// # }
/// ```
///
/// The two kinds of tokens are two types. What takes one does not take the other:
///
/// ```compile_fail,E0308
/// # use probity::uptinio::{Uptinio, UserToken};
/// # fn example(uptinio: Uptinio, token: UserToken) {
/// uptinio.project(token);
/// # }
/// ```
///
/// ```compile_fail,E0308
/// # use probity::uptinio::{ProjectToken, Uptinio};
/// # fn example(uptinio: Uptinio, token: ProjectToken) {
/// uptinio.session(token);
/// # }
/// ```
///
/// Nor is there anything of a project's, or of a user's, before there is a token:
///
/// ```compile_fail,E0599
/// # async fn example(uptinio: probity::uptinio::Uptinio) {
/// uptinio.network_monitors().await;
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Uptinio {
    client: Client,
}

impl Uptinio {
    /// Where the makers' own is.
    pub const CLOUD: &'static str = "https://app.uptinio.com";

    /// The makers' own, at [`Uptinio::CLOUD`].
    ///
    /// # Errors
    /// When the machine has no root certificates.
    pub fn cloud() -> Result<Self, ConfigurationError> {
        Self::new(Self::CLOUD)
    }

    /// The Uptinio at this base URL, without `/api`: a reference server, a proxy.
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

    /// Makes an account (`POST /api/v1/users`). A code is sent to the address, for [`Session::verify_email`].
    ///
    /// # Errors
    /// Rejected with [`Reason::Invalid`](super::Reason::Invalid) when something is wrong with what was sent, or the address
    /// has an account: [`Refusal::messages`](super::Refusal::messages) tell all that is.
    pub fn register<'a>(&'a self, user: &'a NewUser) -> Call<'a, Register<'a>> {
        self.client.call(Register::new(user), ())
    }

    /// Makes an account for an address, with a monitor of a website (`POST /api/v1/registrations`). A provisional password
    /// is sent to the address.
    ///
    /// # Errors
    /// Rejected with [`Reason::Invalid`](super::Reason::Invalid) when the address has an account, for example.
    pub fn register_with_endpoint(
        &self,
        endpoint: impl Into<String>,
        email: impl Into<String>,
    ) -> Call<'_, RegisterWithEndpoint> {
        self.client.call(RegisterWithEndpoint::new(endpoint, email), ())
    }

    /// Signs in by an address, which is the user name, and a password (`POST /api/v1/auth/sign_in`).
    ///
    /// # Errors
    /// How a wrong password is refused, the document does not tell; as [unauthorized](crate::Error::is_unauthorized) when it
    /// is by 401.
    pub fn sign_in<'a>(&'a self, credentials: &'a Credentials) -> Call<'a, SignIn<'a>, Session> {
        self.client.call(SignIn::new(credentials), ()).map(|SignedIn { token, user }| self.signed_in(token, Some(user)))
    }

    /// Signs in by an ID token of Google's (`POST /api/v1/auth/google`). The document names the call and no more: how the
    /// token is sent, and what is answered, is a guess ([`SignInWithGoogle`]). Who signs in so has a verified address.
    ///
    /// # Errors
    /// Undecodable when the guess is wrong.
    pub fn sign_in_with_google(&self, id_token: impl Into<SecretString>) -> Call<'_, SignInWithGoogle, Session> {
        let call = self.client.call(SignInWithGoogle::new(id_token), ());
        call.map(|SignedInWithGoogle { token, user }| self.signed_in(token, user))
    }

    /// The session of a token that an earlier sign-in gave. Nothing is sent; [`Session::validate`] asks whether it is good.
    pub fn session(&self, token: UserToken) -> Session {
        Session::new(self.client.clone(), token, None)
    }

    /// The project of this token. Nothing is sent; that it is good is not checked before a call is made.
    pub fn project(&self, token: ProjectToken) -> Project {
        Project::new(self.client.clone(), token)
    }

    /// The way to the server, to [call](Client::call) other endpoints.
    pub fn client(&self) -> &Client {
        &self.client
    }

    fn signed_in(&self, token: UserToken, user: Option<User>) -> Session {
        Session::new(self.client.clone(), token, user)
    }
}
