//! A deployment to run against: the reference server, on a thread of its own.

use probity_server::umami::{Deviation, Role, Seed, User};
use probity_server::{ReferenceServer, RunningServer};
use std::sync::mpsc;

pub(crate) const USERNAME: &str = "operator";
pub(crate) const PASSWORD: &str = "pa$$ w\"ord/with 'quotes' & ünïcode";

/// A server that answers until it is dropped.
pub(crate) struct Deployment {
    pub(crate) url: String,
    _stop: mpsc::Sender<()>,
}

impl Deployment {
    pub(crate) fn umami(deviations: &[Deviation]) -> Self {
        let deviations = deviations.to_vec();
        let (stop, stopped) = mpsc::channel::<()>();
        let (tell, told) = mpsc::channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
            let runtime = runtime.expect("a runtime starts");
            let server = runtime.block_on(start(deviations));
            tell.send(server.url().to_owned()).expect("the test waits for it");
            // Ends when the deployment is dropped.
            let _ = stopped.recv();
        });
        Self { url: told.recv().expect("the server starts"), _stop: stop }
    }
}

async fn start(deviations: Vec<Deviation>) -> RunningServer {
    let user = User { role: Role::Admin, ..User::new(USERNAME, PASSWORD) };
    let seed = Seed { users: vec![user, User::new("second", "another password")], websites: Vec::new() };
    ReferenceServer::umami().seed(seed).deviations(deviations).start().await.expect("a free port")
}
