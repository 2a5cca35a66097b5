//! Recorded exchanges with real releases.

use crate::wire::{Answer, Request};
use probity_fixtures::{Message, Release};
use std::fs;
use std::path::Path;

#[derive(Clone)]
pub(crate) struct Recording {
    pub(crate) name: String,
    pub(crate) request: Request,
    pub(crate) answer: Answer,
}

impl Recording {
    /// Those of a release, by name.
    pub(crate) fn of(api: &str, release: &Release) -> Vec<Self> {
        let folder = Path::new("../fixtures").join(api).join("releases").join(release.name).join("recordings");
        let files = fs::read_dir(folder).expect("recordings");
        let mut recordings: Vec<_> = files.map(|file| Self::read(&file.expect("a file").path())).collect();
        recordings.sort_by(|one, other| one.name.cmp(&other.name));
        recordings
    }

    fn read(file: &Path) -> Self {
        let text = fs::read(file).expect("a recording");
        let text = String::from_utf8_lossy(&text);
        let probity_fixtures::Recording { request, response, .. } =
            probity_fixtures::Recording::read(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let fields: String = response.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        Self {
            name: file.file_stem().and_then(|name| name.to_str()).expect("a name").to_owned(),
            request: request_of(&request),
            answer: Answer::parse(&format!("{}\r\n{fields}\r\n{}", response.start, response.body)),
        }
    }

    /// Whether what was sent stands there whole.
    pub(crate) fn is_whole(&self) -> bool {
        !self.request.body.contains("…[recording cut")
    }
}

fn request_of(message: &Message<'_>) -> Request {
    let mut start = message.start.split(' ');
    let methods = ["POST", "GET", "PUT", "DELETE", "HEAD", "OPTIONS"];
    let method = start.next().and_then(|word| methods.into_iter().find(|method| *method == word));
    let mut request = Request::new(method.expect("a method"), start.next().expect("a path")).body(message.body);
    for (field, value) in &message.headers {
        let fields = [
            "Accept",
            "Authorization",
            "Content-Type",
            "Cookie",
            "User-Agent",
            "X-Forwarded-Host",
            "X-Forwarded-Proto",
            "X-Forwarded-Uri",
        ];
        if let Some(field) = fields.into_iter().find(|kept| kept == field) {
            // As it stands there: spaces within a value can be what the recording is about.
            request = request.header(field, *value);
        }
    }
    request
}
