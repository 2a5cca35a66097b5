//! Requests as they go over the wire.

use bytes::Bytes;

/// For snapshots.
pub(crate) fn wire(request: &http::Request<Bytes>) -> String {
    let mut text = format!("{} {}\n", request.method(), request.uri());
    for (name, value) in request.headers() {
        text += &format!("{name}: {}\n", value.to_str().expect("text"));
    }
    text + "\n" + std::str::from_utf8(request.body()).expect("text")
}
