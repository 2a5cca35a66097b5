//! Recorded exchanges with real releases, and a server that they can be repeated on.

use super::*;
use probity_fixtures::Release;
use std::fs;
use std::path::{Path, PathBuf};

/// The websites that the recordings speak of; both are the admin's.
const WEBSITES: [&str; 2] = ["346abcfb-6694-4415-9bea-ba7c310989f2", "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"];

/// A server where a release's recordings can be repeated.
pub(super) struct Repeated {
    server: RunningServer,
    folder: PathBuf,
    /// A token that counted where they were made, and one that counts here.
    tokens: (String, String),
}

#[derive(Clone)]
pub(super) struct Recording {
    pub(super) name: String,
    pub(super) request: Request,
    pub(super) answer: Answer,
}

impl Repeated {
    pub(super) async fn new(release: &Release, deviations: impl IntoIterator<Item = Deviation>) -> Self {
        let website = |id: &str| Website { id: id.to_owned(), ..Website::new("Site", "count.example", "admin") };
        let seed = Seed { users: vec![User::new("admin", "umami")], websites: WEBSITES.map(website).into() };
        let builder = ReferenceServer::umami().seed(seed).deviations(deviations).clock(Clock::standing());
        let server = builder.start().await.expect("a free port");
        let folder = Path::new("../fixtures/umami/releases").join(release.name).join("recordings");
        let verified = Recording::read(&folder.join("auth-verify-good.http"));
        let authorization = verified.request.headers.iter().find(|(name, _)| *name == "Authorization");
        let recorded = authorization.expect("a token").1.trim_start_matches("Bearer ").to_owned();
        let ours = token(&server, login_as("admin", "umami")).await;
        Self { server, folder, tokens: (recorded, ours) }
    }

    /// Those whose name begins so, by name.
    pub(super) fn recordings(&self, beginning: &str) -> Vec<Recording> {
        let files = fs::read_dir(&self.folder).expect("recordings");
        let mut recordings: Vec<_> = files.map(|file| Recording::read(&file.expect("a file").path())).collect();
        recordings.retain(|recording| recording.name.starts_with(beginning));
        recordings.sort_by(|one, other| one.name.cmp(&other.name));
        recordings
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

impl Recording {
    fn read(file: &Path) -> Self {
        let text = fs::read(file).expect("a recording");
        let text = String::from_utf8_lossy(&text);
        let (request, response) = text.split_once("### RESPONSE").expect("two parts");
        let (_, request) = request.split_once("### REQUEST\n").expect("a request");
        let (_, response) = response.split_once('\n').expect("a status line");
        let (response, _) = response.split_once("\n### ").unwrap_or((response, ""));
        Self {
            name: file.file_stem().and_then(|name| name.to_str()).expect("a name").to_owned(),
            request: request_of(request),
            answer: Answer::parse(&response.replace('\n', "\r\n")),
        }
    }

    /// Whether what was sent stands there whole.
    pub(super) fn is_whole(&self) -> bool {
        !self.request.body.contains("…[recording cut")
    }
}

fn request_of(text: &str) -> Request {
    let (head, body) = text.split_once("\n\n").expect("a head");
    let mut lines = head.lines();
    let mut start = lines.next().expect("a start line").split(' ');
    let methods = ["POST", "GET", "PUT", "DELETE", "HEAD", "OPTIONS"];
    let method = start.next().and_then(|word| methods.into_iter().find(|method| *method == word));
    let mut request = Request::new(method.expect("a method"), start.next().expect("a path")).body(body.trim_end());
    for (field, value) in lines.filter_map(|line| line.split_once(':')) {
        let fields = ["Authorization", "Content-Type", "User-Agent"];
        if let Some(field) = fields.into_iter().find(|kept| *kept == field) {
            // Only what belongs to the line: spaces within a value can be what the recording is about.
            request = request.header(field, value.strip_prefix(' ').unwrap_or(value));
        }
    }
    request
}
