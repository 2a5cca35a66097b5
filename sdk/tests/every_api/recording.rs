//! Reads recordings: `### REQUEST`, the request, `### RESPONSE …`, the response, and perhaps `### … EFFECT …`.

use std::fs;
use std::path::Path;

use bytes::Bytes;
use probity_fixtures::Api;

/// One recorded exchange.
pub(crate) struct Recording {
    /// Of which release.
    pub(crate) release: &'static str,
    /// The file's name without its ending.
    pub(crate) name: String,
    pub(crate) request: http::Request<Bytes>,
    pub(crate) response: http::Response<Bytes>,
    /// What the exchange changed behind the server, where that was looked at.
    pub(crate) effect: String,
}

impl Recording {
    /// The segments of the path that was asked for.
    pub(crate) fn segments(&self) -> Vec<&str> {
        self.request.uri().path().trim_matches('/').split('/').collect()
    }
}

/// All recordings of all releases of an API.
pub(crate) fn all(api: &Api) -> Vec<Recording> {
    let releases = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures").join(api.name).join("releases");
    let mut recordings = Vec::new();
    for release in api.releases {
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
pub(crate) fn named(api: &Api, name: &str) -> Recording {
    all(api).into_iter().find(|recording| recording.name == name).expect(name)
}

fn read(release: &'static str, name: &str, text: &str) -> Recording {
    let (request, response) = text.split_once("### RESPONSE").expect("a response");
    let (_, request) = request.split_once("### REQUEST\n").expect("a request");
    let (_, response) = response.split_once('\n').expect("lines");

    let (head, sent) = request.split_once("\n\n").unwrap_or((request, ""));
    let (line, headers) = head.split_once('\n').expect("headers");
    let mut line = line.split(' ');
    let mut next = || line.next().expect("a request line");
    let request = http::Request::builder().method(next()).uri(next());
    let request = fields(headers).fold(request, |request, (name, value)| request.header(name, value));

    let (head, body) = response.split_once("\n\n").unwrap_or((response, ""));
    let (body, effect) = body.split_once("### ").unwrap_or((body, ""));
    let (line, headers) = head.split_once('\n').expect("headers");
    let response = http::Response::builder().status(line.split(' ').nth(1).expect("a status line"));
    let response = fields(headers).fold(response, |response, (name, value)| response.header(name, value));
    Recording {
        release,
        name: name.to_owned(),
        request: request.body(Bytes::copy_from_slice(sent.trim_end().as_bytes())).expect(name),
        response: response.body(Bytes::copy_from_slice(body.trim_end().as_bytes())).expect(name),
        effect: effect.to_owned(),
    }
}

fn fields(headers: &str) -> impl Iterator<Item = (&str, &str)> {
    headers.lines().filter(|line| !line.is_empty()).map(|line| {
        let (name, value) = line.split_once(':').expect("a header");
        (name, value.trim())
    })
}
