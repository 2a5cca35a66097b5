//! Reads recordings: `### REQUEST`, the request, `### RESPONSE …`, the response, and perhaps `### DB EFFECT …`.

use std::fs;
use std::path::Path;

use bytes::Bytes;

/// One recorded exchange.
pub(crate) struct Recording {
    /// The file's name without its ending.
    pub(crate) name: String,
    pub(crate) method: String,
    /// The path and the query.
    pub(crate) target: String,
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
            recordings.push(read(&name, &fs::read_to_string(&file).expect("text")));
        }
    }
    recordings
}

/// The recording of that name.
pub(crate) fn named(name: &str) -> Recording {
    all().into_iter().find(|recording| recording.name == name).expect(name)
}

fn read(name: &str, text: &str) -> Recording {
    let after = |marker: &str| {
        let (_, part) = text.split_once(marker).expect(marker);
        part.split_once('\n').expect("lines").1
    };
    let mut line = after("### REQUEST").split_whitespace();
    let mut next = || line.next().expect("a request line").to_owned();
    let (method, target) = (next(), next());

    let response = after("### RESPONSE");
    let (head, body) = response.split_once("\n\n").unwrap_or((response, ""));
    let body = body.split("### DB EFFECT").next().unwrap_or_default().trim_end();
    let mut head = head.lines();
    let status = head.next().and_then(|line| line.split(' ').nth(1)).expect("a status line");
    let mut builder = http::Response::builder().status(status);
    for line in head {
        let (name, value) = line.split_once(':').expect("a header");
        builder = builder.header(name, value.trim());
    }
    let response = builder.body(Bytes::copy_from_slice(body.as_bytes())).expect("a response");
    Recording { name: name.to_owned(), method, target, response }
}
