//! For a script that deploys: whether all that a project monitors is up. Ends with an error, and so with exit code 1, when
//! something is down. `UPTINIO_TOKEN` is the project's token, and `UPTINIO_URL` says where, if that is not
//! <https://app.uptinio.com>.

#![expect(clippy::print_stdout, reason = "an example shows what it got")]

use probity::uptinio::{MonitorStatus, ProjectToken, Uptinio};
use std::env::var;
use std::error::Error;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let url = var("UPTINIO_URL").unwrap_or_else(|_| Uptinio::CLOUD.to_owned());
    let token = var("UPTINIO_TOKEN").map_err(|error| format!("UPTINIO_TOKEN: {error}"))?;
    all_is_up(&url, ProjectToken::new(token)).await
}

async fn all_is_up(url: &str, token: ProjectToken) -> Result<(), Box<dyn Error>> {
    let project = Uptinio::new(url)?.project(token);
    let mut down = Vec::new();
    let mut pages = project.network_monitors().page_size(100).pages();
    while let Some(page) = pages.next().await? {
        for monitor in page.data {
            let status = monitor.status.as_ref().map_or("untold", MonitorStatus::as_str);
            println!("{status:8} {} {}", monitor.name, monitor.url);
            // What is not known to be well may be down.
            if !matches!(monitor.status, Some(MonitorStatus::Success | MonitorStatus::Paused)) {
                down.push(monitor.name);
            }
        }
    }
    if let Some(left) = pages.rate_limit().and_then(|told| told.remaining) {
        println!("{left} requests are left in this minute");
    }
    if down.is_empty() { Ok(()) } else { Err(format!("down: {}", down.join(", ")).into()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use probity_server::ReferenceServer;
    use probity_server::uptinio::{self, Monitor, Project, Seed};

    /// What is said of a project that watches these.
    async fn said_of(monitors: Vec<Monitor>) -> Result<(), String> {
        let mut project = Project::new("user@example.com", "Shops");
        project.token = Some("token-of-the-shops".into());
        project.monitors = monitors;
        let seed = Seed { projects: vec![project], ..Seed::document() };
        let server = ReferenceServer::uptinio().seed(seed).start().await.expect("the server starts");
        all_is_up(server.url(), ProjectToken::new("token-of-the-shops")).await.map_err(|error| error.to_string())
    }

    fn monitor(name: &str, status: uptinio::MonitorStatus) -> Monitor {
        let mut monitor = Monitor::new("https://shop.example");
        (monitor.name, monitor.status) = (Some(name.to_owned()), status);
        monitor
    }

    #[tokio::test]
    async fn it_succeeds_where_all_is_up_or_paused() {
        let monitors =
            vec![monitor("Shop", uptinio::MonitorStatus::Success), monitor("Blog", uptinio::MonitorStatus::Paused)];
        assert_eq!(said_of(monitors).await, Ok(()));
    }

    #[tokio::test]
    async fn it_fails_and_names_what_is_down() {
        let monitors =
            vec![monitor("Shop", uptinio::MonitorStatus::Success), monitor("Mail", uptinio::MonitorStatus::Failure)];
        assert_eq!(said_of(monitors).await, Err("down: Mail".to_owned()));
    }

    #[tokio::test]
    async fn it_fails_where_the_token_is_not_good() {
        let server = ReferenceServer::uptinio().start().await.expect("the server starts");
        let error = all_is_up(server.url(), ProjectToken::new("not-a-token")).await.expect_err("refused");
        assert!(error.to_string().contains("401"), "{error}");
    }
}
