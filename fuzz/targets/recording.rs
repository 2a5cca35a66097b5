//! Files that may be recordings.

#![no_main]

use libfuzzer_sys::fuzz_target;
use probity_fixtures::Recording;

fuzz_target!(|text: &str| {
    let Ok(Recording { request, response, .. }) = Recording::read(text) else { return };
    for message in [request, response] {
        assert!(text.contains(message.start) && text.contains(message.body));
        assert!(message.headers.iter().all(|(name, value)| text.contains(&format!("{name}:")) && text.contains(value)));
    }
});
