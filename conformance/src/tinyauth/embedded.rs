//! The reference server as Tinyauth, with users that are new in each run, an identity provider and an app behind it.

use super::gate;
use crate::run::{Run, Stop};
use crate::suite::Embedded;
use fastrand::Rng;
use probity_server::tinyauth::{Deviation, Provider, Seed, TotpSecret, User};
use probity_server::{Asked, Clock, ReferenceServer, RunningServer, identity};
use std::collections::BTreeMap;
use std::io;
use url::Url;

/// Where browsers would find it. The name has a domain above it, so that there are addresses that merely end in that.
const APP_URL: &str = "https://auth.probity.example";

/// Starts a server on a free port, on a clock that stands still.
pub(super) async fn start(deviations: &[&'static str], mut random: Rng) -> io::Result<Embedded> {
    let unknown = |id: &str| io::Error::other(format!("the reference server has no deviation {id}"));
    let deviations = deviations.iter().map(|id| Deviation::from_id(id).ok_or_else(|| unknown(id)));
    let deviations = deviations.collect::<io::Result<Vec<_>>>()?;
    let mut account = |kind: &str, sign: &str| {
        (
            format!("{kind}-{}", text(&mut random, 8)),
            format!("{}{sign}{}", text(&mut random, 10), text(&mut random, 10)),
        )
    };
    let (username, password) = account("user", "-\"");
    let (totp_username, totp_password) = account("totp", "-'");
    let (colon_username, colon_password) = account("colon", ":");
    let secret: String =
        (0..32).map(|_| random.choice(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567").copied().map_or('A', char::from)).collect();
    let totp_secret = secret.parse::<TotpSecret>().map_err(io::Error::other)?;
    let clock = Clock::standing();
    let mut people = identity::Seed::default();
    for client in &mut people.clients {
        client.redirect_uris = vec![format!("{APP_URL}/api/oauth/callback/generic")];
    }
    let provider = ReferenceServer::identity_provider().seed(people).clock(clock.clone()).start().await?;
    let seed = Seed {
        users: vec![
            User::new(username.as_str(), password.as_str()),
            User::new(totp_username.as_str(), totp_password.as_str()).totp(totp_secret),
            User::new(colon_username.as_str(), colon_password.as_str()),
        ],
        app_url: Url::parse(APP_URL).ok(),
        providers: vec![Provider::generic(&provider)],
    };
    let asked = Asked::default();
    let server = ReferenceServer::tinyauth().hash_cost(0).seed(seed).deviations(deviations).asked(&asked);
    let server = server.clock(clock.clone()).start().await?;
    let gate = gate::start(Url::parse(server.url()).map_err(io::Error::other)?).await?;
    Ok(Embedded {
        url: server.url().to_owned(),
        values: [
            ("username", username),
            ("password", password),
            ("totp_username", totp_username),
            ("totp_password", totp_password),
            ("totp_secret", secret),
            ("colon_username", colon_username),
            ("colon_password", colon_password),
            ("oauth_provider", "generic".to_owned()),
            ("oauth_follow", "true".to_owned()),
            ("app", gate.app.clone()),
        ]
        .into(),
        made: BTreeMap::new(),
        clock,
        mailbox: None,
        asked: Box::new(move || asked.so_far().into_iter().map(Deviation::id).collect()),
        server: Box::new((server, provider, gate)),
    })
}

fn text(random: &mut Rng, length: usize) -> String {
    (0..length).map(|_| random.alphanumeric()).collect()
}

/// Another Tinyauth than the target.
pub(super) struct Foreign {
    pub(super) url: Url,
    pub(super) password: String,
    _server: RunningServer,
}

/// Starts a Tinyauth that knows a user of the same name. Its sessions are encrypted with the key that is the same in all
/// servers which share one.
pub(super) async fn foreign(run: &Run) -> Result<Foreign, Stop> {
    let password = run.random_text(20);
    run.mask("PASSWORD_ELSEWHERE", &password);
    let user = User::new(run.value("username")?, password.as_str());
    let seed = Seed { users: vec![user], ..Seed::document() };
    let server =
        ReferenceServer::tinyauth().hash_cost(0).seed(seed).deviations([Deviation::SessionKeyShared]).start().await;
    let failed = |error: io::Error| Stop::Inconclusive {
        reason: format!("a second server to take a cookie from did not start: {error}"),
        rests_on: None,
    };
    let server = server.map_err(failed)?;
    let url = Url::parse(server.url()).map_err(|error| failed(io::Error::other(error)))?;
    Ok(Foreign { url, password, _server: server })
}
