//! All that the program has started.

use crate::arguments::{Api, Arguments};
use crate::seed_file::Seeds;
use crate::{Trouble, identity_provider, tinyauth, umami, uptinio};
use probity_server::RunningServer;
use probity_server::identity::IdentityProvider;
use probity_server::uptinio::Server;
use std::io;
use tokio::task::JoinSet;

pub(crate) struct Running {
    provider: Option<IdentityProvider>,
    servers: Vec<RunningServer>,
    uptinio: Option<Server>,
}

impl Running {
    /// Starts what is asked for, and says so once all of it answers.
    pub(crate) async fn start(arguments: &Arguments, seeds: Seeds) -> Result<Self, Trouble> {
        let (mut provider, mut servers, mut of_uptinio, mut greetings) = (None, Vec::new(), None, Vec::new());
        let services = arguments.services();
        let address = |wanted| services.iter().find(|(api, _)| *api == wanted).map(|(_, address)| *address);
        let mut last_greeting = None;
        // First, since people may log in to others by it.
        if let Some(address) = address(Api::IdentityProvider) {
            let (started, greeting) = identity_provider::start(address, seeds.identity_provider).await?;
            provider = Some(started);
            last_greeting = Some(greeting);
        }
        if let Some(address) = address(Api::Umami) {
            let (server, greeting) = umami::start(arguments, address, seeds.umami).await?;
            servers.push(server);
            greetings.push(greeting);
        }
        if let Some(address) = address(Api::Tinyauth) {
            let (server, greeting) = tinyauth::start(arguments, address, seeds.tinyauth, provider.as_ref()).await?;
            servers.push(server);
            greetings.push(greeting);
        }
        if let Some(address) = address(Api::Uptinio) {
            let (server, greeting) = uptinio::start(arguments, address, seeds.uptinio, provider.as_ref()).await?;
            of_uptinio = Some(server);
            greetings.push(greeting);
        }
        let mut out = io::stdout().lock();
        for greeting in greetings.iter().chain(&last_greeting) {
            greeting.write(&mut out).map_err(Trouble::Write)?;
        }
        Ok(Self { provider, servers, uptinio: of_uptinio })
    }

    /// Stops everything, and waits until it has ended.
    pub(crate) async fn shutdown(self) {
        let mut ending: JoinSet<()> = self.servers.into_iter().map(RunningServer::shutdown).collect();
        if let Some(server) = self.uptinio {
            ending.spawn(server.shutdown());
        }
        if let Some(provider) = self.provider {
            ending.spawn(provider.shutdown());
        }
        ending.join_all().await;
    }
}
