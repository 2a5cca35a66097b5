//! What was recorded of real releases: with a release's deviations, refusals are those of the release.

use super::*;
use probity_fixtures::umami::API;
use std::fs;
use std::path::Path;

/// Refusals are compared word for word, but for those of a method: real ones have no body, ours say what is wrong.
/// (Successes hold members that the document does not have.)
#[tokio::test]
async fn a_refusal_is_word_for_word_that_of_the_release() {
    for release in API.releases {
        let admin = Seed { users: vec![User::new("admin", "umami")], websites: vec![] };
        let builder = ReferenceServer::umami().seed(admin).deviations(Deviation::of(release));
        let server = builder.start().await.expect("a free port");
        let recordings = Path::new("../fixtures/umami/releases").join(release.name).join("recordings");
        let token =
            Token { recorded: recorded_token(&recordings), ours: token(&server, login_as("admin", "umami")).await };
        let mut compared = 0;
        for file in fs::read_dir(recordings).expect("recordings") {
            let file = file.expect("a file").path();
            let (request, answer) = recording(&fs::read_to_string(&file).expect("a recording"));
            if !matches!(answer.status, 400 | 401 | 405) {
                continue;
            }
            let ours = request.with(&token).send(server.url()).await;
            assert_eq!(ours.status, answer.status, "{}", file.display());
            if answer.status != 405 {
                assert_eq!(ours.json(), answer.json(), "{}", file.display());
            }
            compared += 1;
        }
        assert!(compared > 25, "only {compared} refusals of {} were found", release.name);
    }
}

/// A token that counted where a recording was made, and one that counts here.
struct Token {
    recorded: String,
    ours: String,
}

fn recorded_token(recordings: &Path) -> String {
    let verified = fs::read_to_string(recordings.join("auth-verify-good.http")).expect("a recording");
    let (request, _) = recording(&verified);
    let (_, authorization) = &request.headers[0];
    authorization.strip_prefix("Bearer ").expect("a token").to_owned()
}

/// The request and the answer of a recording.
fn recording(text: &str) -> (Request, Answer) {
    let (request, response) = text.split_once("### RESPONSE").expect("two parts");
    let (_, request) = request.split_once("### REQUEST\n").expect("a request");
    let (head, body) = request.split_once("\n\n").expect("a head");
    let mut lines = head.lines();
    let mut start = lines.next().expect("a start line").split(' ');
    let method = match start.next() {
        Some("POST") => "POST",
        Some("GET") => "GET",
        Some("PUT") => "PUT",
        Some("OPTIONS") => "OPTIONS",
        other => panic!("{other:?}"),
    };
    let mut request = Request::new(method, start.next().expect("a path")).body(body.trim_end());
    for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
        match name {
            "Authorization" => request = request.header("Authorization", value),
            "Content-Type" => request = request.header("Content-Type", value),
            _ => {}
        }
    }
    let (_, response) = response.split_once('\n').expect("a status line");
    let (response, _) = response.split_once("\n### ").unwrap_or((response, ""));
    (request, Answer::parse(&response.replace('\n', "\r\n")))
}

impl Request {
    /// The same form of the Authorization header, and a token of this server where there was a good one.
    fn with(mut self, token: &Token) -> Self {
        for (_, value) in &mut self.headers {
            *value = value.replace(&token.recorded, &token.ours);
        }
        self
    }
}
