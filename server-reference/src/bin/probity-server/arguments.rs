//! The command line.

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Parser, ValueEnum};
use probity_fixtures::{APIS, Deviation, Release};
use probity_server::uptinio::Smtp;
use std::net::SocketAddr;
use std::path::PathBuf;

/// A reference server: it answers as an API's document says, in memory, with no set-up.
///
/// Try a client on it, or compare with it what another server does. With --release or --deviation it departs from the
/// document in named ways, as real releases do.
#[derive(Debug, Parser)]
#[command(version, after_long_help = AFTER_HELP)]
pub(crate) struct Arguments {
    /// What to answer; may be given several times; without it, all that there is
    #[arg(long = "api", value_name = "API", value_enum)]
    apis: Vec<Api>,

    /// The address to listen on. If there is more to answer than one, each further one takes the next port; port 0 takes
    /// free ones
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:3000")]
    listen: SocketAddr,

    /// The users and what they have, in a TOML file; without it, those of the documents' samples
    #[arg(long, value_name = "FILE")]
    pub(crate) seed: Option<PathBuf>,

    /// Where a relay takes Uptinio's mails, without TLS and without a login; without it, mails are printed
    #[arg(long, value_name = "HOST:PORT")]
    pub(crate) smtp: Option<Smtp>,

    /// Behave as this release of the real product does
    #[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(releases().map(|release| release.name)))]
    release: Option<String>,

    /// Log each exchange to stderr
    #[arg(short, long)]
    pub(crate) verbose: bool,

    /// Depart from the document in this way; may be given several times
    #[arg(long = "deviation", value_name = "ID", value_parser = PossibleValuesParser::new(deviations().map(value)))]
    deviations: Vec<String>,
}

const AFTER_HELP: &str = r#"Examples:
  probity-server
  probity-server --api umami --listen 127.0.0.1:8080 --seed seed.toml
  probity-server --api tinyauth --api identity-provider
  probity-server --api uptinio --smtp 127.0.0.1:1025
  probity-server --release umami-3.1.0
  probity-server --deviation umami.created-at-iso --deviation tinyauth.any-password

Ports: without --api, umami has 3000, tinyauth 3001, uptinio 3002, and identity-provider 3003. With --api they follow
each other in the order given. If the identity provider runs beside them, and the seed file names no other, people can
log in to tinyauth by it, and it plays Google for uptinio.

A seed file:
  [[umami.users]]
  username = "alice"
  password = "correct horse battery staple"
  role = "admin"                        # or "user", which is the default, or "view-only"
  # id = "…"                            made up when left out
  # created_at = "2026-11-22 10:00:00"  in UTC; the document's sample date when left out

  [[umami.websites]]
  name = "Alice's shop"
  domain = "shop.example"
  owner = "alice"

  [tinyauth]
  users = ["alice:$2a$10$…", "bob:$2a$10$…:JBSWY3DPEHPK3PXP"]   # name:bcrypt hash, and :TOTP secret if there is one
  # app_url = "https://auth.example.com"  where browsers find it; the address that it listens on when left out

  # [[tinyauth.providers]]                none when left out
  # id = "generic"
  # client_id = "…"
  # client_secret = "…"
  # authorize_url = "https://idp.example/authorize"
  # token_url = "http://127.0.0.1:9000/token"         asked by the server itself: http only
  # userinfo_url = "http://127.0.0.1:9000/userinfo"

  # [uptinio]
  # smtp = "127.0.0.1:1025"               the relay for mails; --smtp goes before it

  [[uptinio.users]]
  email = "alice@example.com"
  password = "correct horse battery staple"
  # name = "User", plan = "standard" or "enterprise", verified = true, banned = false, mail_fails = false
  # token = "…"                           a user token that counts from the start on
  # code = "012345"                       a verification code that was sent at the start

  [[uptinio.projects]]                    # a user without one has the project "Default"
  owner = "alice@example.com"
  name = "Shop"
  # token = "…"                           made up when left out

  [[uptinio.projects.monitors]]
  url = "https://shop.example"
  # name = "…", status = "success", "failure" or "paused", past_incidents = 0

  # [uptinio.google]                      nobody signs in with Google when left out
  # client_id = "…"
  # issuer = "https://accounts.google.com"
  # jwks_url = "http://127.0.0.1:9000/jwks"           asked by the server itself: http only

  [[identity-provider.people]]
  subject = "1001"
  email = "alice@corp.test"
  name = "Alice"

  [[identity-provider.clients]]
  id = "tinyauth"
  secret = "…"
  redirect_uris = ["https://auth.example.com/api/oauth/callback/generic"]

A file may leave out what the samples are good enough for.

Ctrl-C and SIGTERM end the server once running exchanges are done, which takes 5 seconds at most; a second one ends it
at once. The exit code is 0. Bad input is exit code 2."#;

/// What can be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Api {
    Umami,
    Tinyauth,
    Uptinio,
    IdentityProvider,
}

impl Api {
    /// The word for it, which is that of the fixtures too if it is an API of a document.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Api::Umami => "umami",
            Api::Tinyauth => "tinyauth",
            Api::Uptinio => "uptinio",
            Api::IdentityProvider => "identity-provider",
        }
    }
}

/// Something was asked of an API that is not started.
#[derive(Debug, thiserror::Error)]
#[error("{asked} is of {api}, which is not started; --api {api} starts it")]
pub(crate) struct NotStarted {
    asked: String,
    api: &'static str,
}

impl Arguments {
    /// What to answer, each where it listens.
    pub(crate) fn services(&self) -> Vec<(Api, SocketAddr)> {
        let ports = (0..).map(|further| match self.listen.port() {
            0 => 0,
            first => first.saturating_add(further),
        });
        self.apis().into_iter().zip(ports.map(|port| SocketAddr::new(self.listen.ip(), port))).collect()
    }

    /// What to answer, each once.
    pub(crate) fn apis(&self) -> Vec<Api> {
        let mut apis = if self.apis.is_empty() { Api::value_variants().to_vec() } else { Vec::new() };
        for api in &self.apis {
            if !apis.contains(api) {
                apis.push(*api);
            }
        }
        apis
    }

    /// Refuses a release, or a deviation, of an API that is not started.
    pub(crate) fn check(&self) -> Result<(), NotStarted> {
        let started: Vec<_> = self.apis().into_iter().map(Api::name).collect();
        if self.smtp.is_some() && !started.contains(&Api::Uptinio.name()) {
            return Err(NotStarted { asked: "--smtp".to_owned(), api: Api::Uptinio.name() });
        }
        for api in APIS.iter().filter(|api| !started.contains(&api.name)) {
            let release = self.release.iter().filter(|name| api.release(name).is_some());
            let release = release.map(|name| format!("--release {name}"));
            let is_of = |id: &&String| api.deviations.iter().any(|deviation| deviation.id == **id);
            let deviations = self.deviations.iter().filter(is_of).map(|id| format!("--deviation {id}"));
            if let Some(asked) = release.chain(deviations).next() {
                return Err(NotStarted { asked, api: api.name });
            }
        }
        Ok(())
    }

    /// The ids of the deviations asked for, of all APIs.
    pub(crate) fn deviations(&self) -> impl Iterator<Item = &str> {
        let release = releases().filter(|release| self.release.as_deref() == Some(release.name));
        let of_release = release.flat_map(|release| release.departures).map(|departure| departure.deviation.id);
        of_release.chain(self.deviations.iter().map(String::as_str))
    }
}

fn releases() -> impl Iterator<Item = &'static Release> {
    APIS.iter().flat_map(|api| api.releases)
}

fn value(deviation: &'static Deviation) -> PossibleValue {
    PossibleValue::new(deviation.id).help(deviation.says)
}

fn deviations() -> impl Iterator<Item = &'static Deviation> {
    APIS.iter().flat_map(|api| api.deviations)
}
