//! Files that may be known lists.

#![no_main]

use libfuzzer_sys::fuzz_target;
use probity_conformance::SUITES;
use probity_conformance::known::Known;

fuzz_target!(|text: &str| {
    let apis: Vec<_> = SUITES.iter().map(|suite| suite.api).collect();
    let mut known = Known::default();
    if known.add_text("known.toml", text, &apis, &["umami.login.shape".to_owned()], "2026-12-31").is_ok() {
        // As the same list again: each of its entries stands there already.
        let once = known.entries.len();
        known.add_text("known.toml", text, &apis, &["umami.login.shape".to_owned()], "2026-12-31").expect("it was one");
        assert!(known.entries[once..].iter().all(|entry| entry.listed_before.is_some()));
    }
});
