//! Starting Umami's server.

mod greeting;

use crate::arguments::Arguments;
use crate::{HASH_COST, Trouble};
use greeting::{Greeting, Passwords};
use probity_server::umami::{Deviation, Seed};
use probity_server::{ReferenceServer, RunningServer};
use std::io;
use std::net::Ipv4Addr;

/// Starts the server: with the document's own users, or with those of a seed file.
pub(crate) async fn start(arguments: &Arguments, of_file: Option<Seed>) -> Result<RunningServer, Trouble> {
    let address = arguments.listen.unwrap_or((Ipv4Addr::LOCALHOST, 3000).into());
    let asked: Vec<_> = arguments.deviations().collect();
    let deviations: Vec<_> = Deviation::ALL.iter().copied().filter(|one| asked.contains(&one.id())).collect();
    let passwords = if of_file.is_some() { Passwords::Kept } else { Passwords::Public };
    let seed = of_file.unwrap_or_else(Seed::document);
    if passwords == Passwords::Public && !address.ip().is_loopback() {
        eprintln!(
            "warning: other machines can reach {address}, and everybody knows the sample users' passwords: \
             --seed gives users of your own"
        );
    }
    let server = ReferenceServer::umami()
        .seed(seed.clone())
        .deviations(deviations.iter().copied())
        .hash_cost(HASH_COST)
        .listen(address)
        .start()
        .await
        .map_err(|reason| Trouble::Listen { address, reason })?;
    let greeting = Greeting { url: server.url(), seed: &seed, passwords, deviations: &deviations };
    greeting.write(&mut io::stdout().lock()).map_err(Trouble::Write)?;
    Ok(server)
}
