//! Starting Umami's server.

mod greeting;

use crate::arguments::Arguments;
use crate::greeting::{Greeting, Secrets};
use crate::{HASH_COST, Trouble};
use greeting::greeting;
use probity_server::umami::{Deviation, Seed};
use probity_server::{ReferenceServer, RunningServer};
use std::net::SocketAddr;

/// Starts the server: with the document's own users, or with those of a seed file.
pub(crate) async fn start(
    arguments: &Arguments,
    address: SocketAddr,
    of_file: Option<Seed>,
) -> Result<(RunningServer, Greeting), Trouble> {
    let asked: Vec<_> = arguments.deviations().collect();
    let deviations: Vec<_> = Deviation::ALL.iter().copied().filter(|one| asked.contains(&one.id())).collect();
    let secrets = Secrets::of_seed(of_file.as_ref(), address);
    let seed = of_file.unwrap_or_else(Seed::document);
    let server = ReferenceServer::umami()
        .seed(seed.clone())
        .deviations(deviations.iter().copied())
        .hash_cost(HASH_COST)
        .listen(address)
        .start()
        .await
        .map_err(|reason| Trouble::Listen { address, reason })?;
    let greeting = greeting(server.url(), &seed, secrets, &deviations);
    Ok((server, greeting))
}
