//! Starting Uptinio's server.

mod greeting;

use crate::arguments::Arguments;
use crate::greeting::{Greeting, Secrets};
use crate::{HASH_COST, Trouble};
use greeting::greeting;
use probity_server::ReferenceServer;
use probity_server::identity::IdentityProvider;
use probity_server::uptinio::{Deliveries, Deviation, Google, Mail, Seed, Server};
use secrecy::ExposeSecret as _;
use std::io::{self, Write as _};
use std::net::SocketAddr;

/// Starts the server: with the document's own users, or with those of a seed file. Unless the file names Google's keys, the
/// provider that runs beside it plays Google; unless there is a relay, mails are printed.
pub(crate) async fn start(
    arguments: &Arguments,
    address: SocketAddr,
    of_file: Option<Seed>,
    provider: Option<&IdentityProvider>,
) -> Result<(Server, Greeting), Trouble> {
    let asked: Vec<_> = arguments.deviations().collect();
    let deviations: Vec<_> = Deviation::ALL.iter().copied().filter(|one| asked.contains(&one.id())).collect();
    let secrets = Secrets::of_seed(of_file.as_ref(), address);
    let mut seed = of_file.unwrap_or_else(Seed::document);
    seed.google = seed.google.or(provider.map(Google::played_by));
    seed.smtp = arguments.smtp.clone().or(seed.smtp);
    let server = ReferenceServer::uptinio()
        .seed(seed.clone())
        .deviations(deviations.iter().copied())
        .hash_cost(HASH_COST)
        .listen(address)
        .start()
        .await
        .map_err(|reason| Trouble::Listen { address, reason })?;
    let greeting = greeting(server.url(), &seed, secrets, &deviations);
    if seed.smtp.is_none() {
        tokio::spawn(print(server.outbox().deliveries()));
    }
    Ok((server, greeting))
}

/// Prints each mail that comes, with what is secret in it: there is no other way to read it.
async fn print(mut deliveries: Deliveries) {
    loop {
        let mail = deliveries.next().await;
        if let Err(error) = writeln!(io::stdout(), "{}", line(&mail)) {
            tracing::warn!(%error, "a mail could not be printed");
        }
    }
}

fn line(mail: &Mail) -> String {
    let secret = mail.code().or(mail.password()).map(|secret| secret.expose_secret());
    format!("Mail to {}: {}: {}", mail.to(), mail.subject(), secret.unwrap_or_default())
}
