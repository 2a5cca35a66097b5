//! Starting Tinyauth's server.

mod greeting;

use crate::arguments::Arguments;
use crate::greeting::{Greeting, Secrets};
use crate::{HASH_COST, Trouble};
use greeting::greeting;
use probity_server::identity::IdentityProvider;
use probity_server::tinyauth::{Deviation, Provider, Seed};
use probity_server::{ReferenceServer, RunningServer};
use std::net::SocketAddr;

/// Starts the server: with the document's own users, or with those of a seed file. Unless the file names providers of
/// its own, people can log in by the one that runs beside it.
pub(crate) async fn start(
    arguments: &Arguments,
    address: SocketAddr,
    of_file: Option<Seed>,
    provider: Option<&IdentityProvider>,
) -> Result<(RunningServer, Greeting), Trouble> {
    let asked: Vec<_> = arguments.deviations().collect();
    let deviations: Vec<_> = Deviation::ALL.iter().copied().filter(|one| asked.contains(&one.id())).collect();
    let secrets = Secrets::of_seed(of_file.as_ref(), address);
    let mut seed = of_file.unwrap_or_else(Seed::document);
    if seed.providers.is_empty() {
        seed.providers.extend(provider.map(Provider::generic));
    }
    let server = ReferenceServer::tinyauth()
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
