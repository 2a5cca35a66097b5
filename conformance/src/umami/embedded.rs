//! The reference server as Umami, with users and websites that are new in each run.

use crate::suite::Embedded;
use fastrand::Rng;
use probity_server::umami::{Deviation, Role, Seed, User, Website};
use probity_server::{Asked, Clock, ReferenceServer};
use std::collections::BTreeMap;
use std::io;

/// Starts a server on a free port, on a clock that stands still.
pub(super) async fn start(deviations: &[&'static str], mut random: Rng) -> io::Result<Embedded> {
    let unknown = |id: &str| io::Error::other(format!("the reference server has no deviation {id}"));
    let deviations = deviations.iter().map(|id| Deviation::from_id(id).ok_or_else(|| unknown(id)));
    let deviations = deviations.collect::<io::Result<Vec<_>>>()?;
    let username = format!("admin-{}", text(&mut random, 8));
    let password = format!("{}-Aa1\"", text(&mut random, 20));
    let user = User { role: Role::Admin, ..User::new(username.as_str(), password.as_str()) };
    let other = User::new(format!("user-{}", text(&mut random, 8)), text(&mut random, 20));
    let websites = vec![
        Website::new("Shop", "shop.example", username.as_str()),
        Website::new("Journal", "journal.example", username.as_str()),
        Website::new("Elsewhere", "elsewhere.example", other.username.as_str()),
    ];
    let seed = Seed { users: vec![user, other], websites };
    let asked = Asked::default();
    let server = ReferenceServer::umami()
        .hash_cost(0)
        .seed(seed)
        .deviations(deviations)
        .asked(&asked)
        .clock(Clock::standing())
        .start()
        .await?;
    Ok(Embedded {
        url: server.url().to_owned(),
        values: [("username", username), ("password", password)].into(),
        made: BTreeMap::new(),
        clock: server.clock().clone(),
        mailbox: None,
        asked: Box::new(move || asked.so_far().into_iter().map(Deviation::id).collect()),
        server: Box::new(server),
    })
}

fn text(random: &mut Rng, length: usize) -> String {
    (0..length).map(|_| random.alphanumeric()).collect()
}
