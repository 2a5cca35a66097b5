//! Recorded exchanges with real releases, as requests and responses.

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
    let probity_fixtures::Recording { request: sent, response: answered, effect } =
        probity_fixtures::Recording::read(text).expect(name);
    let mut line = sent.start.split(' ');
    let mut next = || line.next().expect("a request line");
    let request = http::Request::builder().method(next()).uri(next());
    let request = sent.headers.iter().fold(request, |request, (name, value)| request.header(*name, value.trim()));
    let response = http::Response::builder().status(answered.start.split(' ').nth(1).expect("a status line"));
    let headers = answered.headers.iter();
    let response = headers.fold(response, |response, (name, value)| response.header(*name, value.trim()));
    let bytes = |body: &str| Bytes::copy_from_slice(body.as_bytes());
    Recording {
        release,
        name: name.to_owned(),
        request: request.body(bytes(sent.body)).expect(name),
        response: response.body(bytes(answered.body)).expect(name),
        effect: effect.to_owned(),
    }
}
