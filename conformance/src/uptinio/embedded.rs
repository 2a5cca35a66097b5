//! The reference server as Uptinio, with users that are new in each run, and an identity provider in Google's place.

use crate::suite::{Embedded, Made};
use fastrand::Rng;
use probity_server::identity::Person;
use probity_server::uptinio::{Deviation, Google, Plan, Project, Seed, User};
use probity_server::{Asked, Clock, ReferenceServer, identity};
use secrecy::ExposeSecret as _;
use serde_json::json;
use std::collections::BTreeMap;
use std::io;
use std::time::UNIX_EPOCH;

/// For which application Google's tokens are made.
const AUDIENCE: &str = "probity";

/// Starts a server on a free port, on a clock that stands still.
pub(super) async fn start(deviations: &[&'static str], mut random: Rng) -> io::Result<Embedded> {
    let unknown = |id: &str| io::Error::other(format!("the reference server has no deviation {id}"));
    let deviations = deviations.iter().map(|id| Deviation::from_id(id).ok_or_else(|| unknown(id)));
    let deviations = deviations.collect::<io::Result<Vec<_>>>()?;
    let mut values = BTreeMap::new();
    let mut user = |email_key, password_key, kind: &str| {
        let email = format!("{kind}-{}@probity.example", text(&mut random, 8));
        let password = format!("{}-Aa1\"", text(&mut random, 20));
        let user = User { name: kind.to_owned(), ..User::new(email.as_str(), password.as_str()) };
        values.insert(email_key, email);
        values.insert(password_key, password);
        user
    };
    let verified = user("email", "password", "verified");
    let unverified = User { verified: false, ..user("unverified_email", "unverified_password", "unverified") };
    let enterprise = User { plan: Plan::Enterprise, ..user("enterprise_email", "enterprise_password", "enterprise") };
    let unreachable =
        User { verified: false, mail_fails: true, ..user("unreachable_email", "unreachable_password", "unreachable") };
    let banned = user("banned_email", "banned_password", "banned");
    let code = format!("0{:05}", random.u32(..100_000));
    values.insert("unverified_code", code.clone());
    let unverified = User { code: Some(code.into()), ..unverified };
    let mut token = |key| {
        let token = text(&mut random, 40);
        values.insert(key, token.clone());
        token
    };
    let banned = User { banned: true, token: Some(token("banned_token").into()), ..banned };
    let project = Project { token: Some(token("project_token").into()), ..Project::new(&verified.email, "Shop") };
    let enterprises =
        Project { token: Some(token("enterprise_project_token").into()), ..Project::new(&enterprise.email, "Plant") };
    let clock = Clock::standing();
    let people = ["ada", "ben", "cleo"].map(|name| {
        let email = format!("{name}-{}@probity.example", text(&mut random, 8));
        Person::new(text(&mut random, 21), email, name)
    });
    let mut provider_seed = identity::Seed { people: people.to_vec(), ..identity::Seed::default() };
    for client in &mut provider_seed.clients {
        client.id = AUDIENCE.to_owned();
    }
    let provider = ReferenceServer::identity_provider().seed(provider_seed).clock(clock.clone()).start().await?;
    let of = |person: &Person| provider.id_tokens().of(person, AUDIENCE);
    let [ada, ben, cleo] = &people;
    let now = clock.now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let hours_ago = |hours: u64| now.saturating_sub(hours * 3600);
    let victim = Person { email: verified.email.clone(), ..cleo.clone() };
    let mut made = BTreeMap::new();
    for (key, token) in [
        ("google_id_token", of(ada)),
        ("google_id_token_of_another", of(ben)),
        ("google_forged", of(cleo).by_another_key()),
        ("google_other_issuer", of(cleo).claim("iss", "https://accounts.elsewhere.example")),
        ("google_other_audience", provider.id_tokens().of(cleo, "another-application")),
        ("google_expired", of(cleo).claim("iat", hours_ago(3)).claim("exp", hours_ago(2))),
        ("google_unverified", of(&victim).claim("email_verified", json!(false))),
        ("google_existing", of(&victim)),
    ] {
        let sign = move || token.sign().expose_secret().to_owned();
        made.insert(key, Made::new(Box::new(sign)));
    }
    values.insert("google_email", ada.email.clone());
    values.insert("code_command", "the outbox of the server in this process".to_owned());
    let seed = Seed {
        users: vec![verified, unverified, enterprise, unreachable, banned],
        projects: vec![project, enterprises],
        google: Some(Google::played_by(&provider)),
        ..Seed::default()
    };
    let asked = Asked::default();
    let server = ReferenceServer::uptinio().hash_cost(0).seed(seed).deviations(deviations).asked(&asked);
    let server = server.clock(clock.clone()).start().await?;
    let outbox = server.outbox().clone();
    Ok(Embedded {
        url: server.url().to_owned(),
        values,
        made,
        clock,
        mailbox: Some(Box::new(move |address| Some(outbox.code_for(address)?.expose_secret().to_owned()))),
        asked: Box::new(move || asked.so_far().into_iter().map(Deviation::id).collect()),
        server: Box::new((server, provider)),
    })
}

fn text(random: &mut Rng, length: usize) -> String {
    (0..length).map(|_| random.alphanumeric()).collect()
}
