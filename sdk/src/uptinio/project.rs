//! What a project's token is good for.

use serde_json::Value;

use super::{
    Analyze, CreateIntegration, CreateNetworkMonitor, GeneralStatus, Incidents, Integrations, NetworkMonitors,
    NewIntegration, ProjectToken, ServerReport, Servers, SubmitServerMetrics, Usage,
};
use crate::{Call, Client};

/// A project, by its token: [`Uptinio::project`](super::Uptinio::project).
///
/// ```no_run
/// use probity::uptinio::{IncidentStatus, MonitorSort, Project};
///
/// # async fn example(project: Project) -> Result<(), probity::uptinio::Error> {
/// let mut pages = project.network_monitors().search("shop").sort(MonitorSort::CreatedAt).page_size(100).pages();
/// while let Some(page) = pages.next().await? {
///     for monitor in page.data {
///         println!("{} {:?}", monitor.name, monitor.status);
///     }
/// }
/// let incidents = project.incidents().status(IncidentStatus::Ongoing).await?;
/// println!("{} incidents go on", incidents.meta.total_count);
/// # Ok(())
/// # }
/// ```
///
/// What is a user's is not here, but with their [`Session`](super::Session):
///
/// ```compile_fail,E0599
/// # async fn example(project: probity::uptinio::Project) {
/// project.validate().await;
/// # }
/// ```
///
/// Uptinio refuses a token that is not good as [unauthorized](crate::Error::is_unauthorized). It takes so many requests a
/// minute, by the plan, and tells with every answer how many are left:
///
/// ```no_run
/// # async fn example(project: probity::uptinio::Project) -> Result<(), probity::uptinio::Error> {
/// let answer = project.network_monitors().with_response().await?;
/// if let Some(left) = answer.rate_limit().and_then(|told| told.remaining) {
///     println!("{} monitors; {left} requests are left", answer.value.data.len());
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Project {
    client: Client,
    token: ProjectToken,
}

impl Project {
    pub(super) fn new(client: Client, token: ProjectToken) -> Self {
        Self { client, token }
    }

    /// Lists the monitors (`GET /api/v1/network_monitors`), a page at a time.
    pub fn network_monitors(&self) -> Call<'_, NetworkMonitors> {
        self.client.call(NetworkMonitors::default(), self.token.clone())
    }

    /// Creates a monitor (`POST /api/v1/network_monitors`), with a name, of what a URL leads to. It takes a verified address.
    /// Neither what is sent nor what is answered is documented: see [`CreateNetworkMonitor`].
    pub fn create_network_monitor(
        &self,
        name: impl Into<String>,
        url: impl Into<String>,
    ) -> Call<'_, CreateNetworkMonitor> {
        self.client.call(CreateNetworkMonitor::new(name, url), self.token.clone())
    }

    /// Lists the incidents (`GET /api/v1/incidents`), a page at a time.
    pub fn incidents(&self) -> Call<'_, Incidents> {
        self.client.call(Incidents::default(), self.token.clone())
    }

    /// Submits a report of a machine (`POST /api/v1/server_metrics`).
    ///
    /// # Errors
    /// A [field](crate::ConfigurationError::Field) that servers refuse is found before anything is sent. That some metrics
    /// are not stored is none: [`MetricsReceipt::failure_count`](super::MetricsReceipt::failure_count).
    pub fn submit_server_metrics<'a>(&'a self, report: &'a ServerReport) -> Call<'a, SubmitServerMetrics<'a>> {
        self.client.call(SubmitServerMetrics::new(report), self.token.clone())
    }

    /// Lists the servers (`GET /api/v1/servers`), a page at a time.
    pub fn servers(&self) -> Call<'_, Servers> {
        self.client.call(Servers::default(), self.token.clone())
    }

    /// Asks for an analysis by AI (`POST /api/v1/analysis`). Neither what is sent nor what is answered is documented; plans
    /// limit how many a month has.
    pub fn analysis(&self, question: impl Into<Value>) -> Call<'_, Analyze> {
        self.client.call(Analyze::new(question), self.token.clone())
    }

    /// Lists the integrations (`GET /api/v1/integrations`).
    pub fn integrations(&self) -> Call<'_, Integrations> {
        self.client.call(Integrations, self.token.clone())
    }

    /// Creates an integration (`POST /api/v1/integrations`). It takes a verified address. What is answered is not documented.
    pub fn create_integration<'a>(&'a self, integration: &'a NewIntegration) -> Call<'a, CreateIntegration<'a>> {
        self.client.call(CreateIntegration::new(integration), self.token.clone())
    }

    /// Asks what is used of what the plan has (`GET /api/v1/accounts/usage`). The answer's shape is not documented.
    pub fn usage(&self) -> Call<'_, Usage> {
        self.client.call(Usage, self.token.clone())
    }

    /// Asks how it stands with everything (`GET /api/v1/general-status`). The answer's shape is not documented.
    pub fn general_status(&self) -> Call<'_, GeneralStatus> {
        self.client.call(GeneralStatus, self.token.clone())
    }

    /// The way to the server, to [call](Client::call) other endpoints.
    pub fn client(&self) -> &Client {
        &self.client
    }
}
