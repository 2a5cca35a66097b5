//! Starting the identity provider.

use crate::Trouble;
use crate::greeting::{Greeting, Secrets};
use crate::shell::curl;
use probity_server::ReferenceServer;
use probity_server::identity::{Client, IdentityProvider, Person, Seed};
use std::net::SocketAddr;

/// Starts the provider: with the sample people and client, or with those of a seed file.
pub(crate) async fn start(address: SocketAddr, of_file: Option<Seed>) -> Result<(IdentityProvider, Greeting), Trouble> {
    let secrets = Secrets::of_seed(of_file.as_ref(), address);
    let provider = ReferenceServer::identity_provider()
        .seed(of_file.unwrap_or_default())
        .listen(address)
        .start()
        .await
        .map_err(|reason| Trouble::Listen { address, reason })?;
    let greeting = greeting(provider.url(), provider.seed(), secrets);
    Ok((provider, greeting))
}

fn greeting(url: &str, seed: &Seed, secrets: Secrets) -> Greeting {
    let person = |person: &Person| format!("{} <{}>", person.name, person.email);
    let client = |client: &Client| format!("the client {}{}", client.id, secrets.told("secret", &client.secret));
    let authorize = format!("{url}/authorize?response_type=code&client_id={}", seed.clients[0].id);
    Greeting {
        heading: format!("An identity provider answers at {url}"),
        deviations: Vec::new(),
        users: seed.people.iter().map(person).chain(seed.clients.iter().map(client)).collect(),
        script: vec![
            curl(&format!("{url}/.well-known/openid-configuration"), &[]),
            curl(&format!("{authorize}&redirect_uri=http://127.0.0.1/"), &[]) + r" -w '%{redirect_url}\n'",
        ],
    }
}
