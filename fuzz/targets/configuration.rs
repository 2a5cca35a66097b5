//! Files that may be configurations.

#![no_main]

use libfuzzer_sys::fuzz_target;
use probity_conformance::SUITES;
use probity_conformance::target::read_text;

fuzz_target!(|text: &str| {
    let Ok(targets) = read_text("probity.toml", text, SUITES) else { return };
    for (api, settings) in targets {
        let suite = SUITES.iter().find(|suite| suite.api.name == api).expect("an API that there is");
        // Neither a command nor the file that `ca` names is any of a fuzzer's business.
        if !text.contains("ca") {
            let _ = settings.without_commands(suite).target(suite);
        }
    }
});
