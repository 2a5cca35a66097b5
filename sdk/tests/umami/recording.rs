//! Reads recordings: `### REQUEST`, the request, `### RESPONSE …`, the response, and perhaps `### DB EFFECT …`.

use std::fs;
use std::path::Path;

use bytes::Bytes;

/// One recorded exchange.
pub(crate) struct Recording {
    /// Of which release.
    pub(crate) release: &'static str,
    /// The file's name without its ending.
    pub(crate) name: String,
    pub(crate) method: String,
    /// The path and the query.
    pub(crate) target: String,
    /// The User-Agent that the request was sent with.
    pub(crate) user_agent: Option<String>,
    /// Whether the database had an event more afterwards.
    pub(crate) stored_event: bool,
    pub(crate) response: http::Response<Bytes>,
}

/// All recordings of all releases.
pub(crate) fn all() -> Vec<Recording> {
    let releases = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/umami/releases");
    let mut recordings = Vec::new();
    for release in probity_fixtures::umami::API.releases {
        let folder = releases.join(release.name).join("recordings");
        for file in fs::read_dir(folder).expect("the release has recordings") {
            let file = file.expect("an entry").path();
            let name = file.file_stem().expect("a name").to_string_lossy();
            recordings.push(read(release.name, &name, &String::from_utf8_lossy(&fs::read(&file).expect("a file"))));
        }
    }
    recordings
}

/// The recording of that name.
pub(crate) fn named(name: &str) -> Recording {
    all().into_iter().find(|recording| recording.name == name).expect(name)
}

fn read(release: &'static str, name: &str, text: &str) -> Recording {
    let after = |marker: &str| {
        let (_, part) = text.split_once(marker).expect(marker);
        part.split_once('\n').expect("lines").1
    };
    let mut line = after("### REQUEST").split_whitespace();
    let mut next = || line.next().expect("a request line").to_owned();
    let (method, target) = (next(), next());
    let (sent, _) = after("### REQUEST").split_once("### RESPONSE").expect("a response");
    let user_agent = sent.lines().find_map(|line| line.strip_prefix("User-Agent: ")).map(str::to_owned);

    let response = after("### RESPONSE");
    let (head, body) = response.split_once("\n\n").unwrap_or((response, ""));
    let (body, effect) = body.split_once("### DB EFFECT").unwrap_or((body, ""));
    let (body, stored_event) = (body.trim_end(), effect.contains("\"website_event\""));
    let mut head = head.lines();
    let status = head.next().and_then(|line| line.split(' ').nth(1)).expect("a status line");
    let mut builder = http::Response::builder().status(status);
    for line in head {
        let (name, value) = line.split_once(':').expect("a header");
        builder = builder.header(name, value.trim());
    }
    let response = builder.body(Bytes::copy_from_slice(body.as_bytes())).expect("a response");
    Recording { release, name: name.to_owned(), method, target, user_agent, stored_event, response }
}
