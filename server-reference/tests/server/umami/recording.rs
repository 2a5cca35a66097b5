//! Recorded exchanges with real releases, and a server that they can be repeated on.

use super::*;
use crate::recording::Recording;
use probity_fixtures::Release;

/// The websites that the recordings speak of; both are the admin's.
const WEBSITES: [&str; 2] = ["346abcfb-6694-4415-9bea-ba7c310989f2", "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"];

/// A server where a release's recordings can be repeated.
pub(super) struct Repeated {
    server: RunningServer,
    recordings: Vec<Recording>,
    /// A token that counted where they were made, and one that counts here.
    tokens: (String, String),
}

impl Repeated {
    pub(super) async fn new(release: &Release, deviations: impl IntoIterator<Item = Deviation>) -> Self {
        let website = |id: &str| Website { id: id.to_owned(), ..Website::new("Site", "count.example", "admin") };
        let seed = Seed { users: vec![User::new("admin", "umami")], websites: WEBSITES.map(website).into() };
        let builder = ReferenceServer::umami().seed(seed).deviations(deviations).clock(Clock::standing());
        let server = builder.start().await.expect("a free port");
        let recordings = Recording::of("umami", release);
        let verified = recordings.iter().find(|recording| recording.name == "auth-verify-good").expect("a token");
        let authorization = verified.request.headers.iter().find(|(name, _)| *name == "Authorization");
        let recorded = authorization.expect("a token").1.trim_start_matches("Bearer ").to_owned();
        let ours = token(&server, login_as("admin", "umami")).await;
        Self { server, recordings, tokens: (recorded, ours) }
    }

    /// Those whose name begins so, by name.
    pub(super) fn recordings(&self, beginning: &str) -> Vec<Recording> {
        self.recordings.iter().filter(|recording| recording.name.starts_with(beginning)).cloned().collect()
    }

    /// What is answered here, where a good token is replaced by one that is good here.
    pub(super) async fn answer(&self, recording: &Recording) -> Answer {
        let mut request = recording.request.clone();
        for (_, value) in &mut request.headers {
            *value = value.replace(&self.tokens.0, &self.tokens.1);
        }
        request.send(self.server.url()).await
    }
}
