//! The SDK's public API, as its sources have it, is the one that is written down in `sdk/public-api.snap`.
//!
//! A change of it is looked at, and then written down by `INSTA_UPDATE=always cargo test -p xtask --test public_api`. What is
//! taken away or changed there breaks somebody's build, and wants a new version and a line in the changelog.

mod macros;
mod source;
mod surface;

use std::path::Path;

use surface::Surface;

fn surface() -> Surface {
    Surface::of(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../sdk/src/lib.rs"))
}

#[test]
fn the_public_api_is_the_one_that_is_written_down() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../../sdk");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("public-api", surface().to_string()));
}

/// The crates whose types a signature may show. Each is at 1.0 or is what the SDK is built on, and `sdk/src/lib.rs` says
/// under "Other crates" what for.
const IN_SIGNATURES: [&str; 9] =
    ["bytes", "http", "reqwest", "secrecy", "serde", "serde_json", "tower_layer", "tower_service", "url"];

#[test]
fn no_signature_shows_a_type_of_a_crate_that_is_not_in_the_contract() {
    let foreign = surface().foreign;
    assert_eq!(foreign.keys().collect::<Vec<_>>(), IN_SIGNATURES, "{foreign:#?}");
    let clients: Vec<_> = foreign["reqwest"].iter().collect();
    assert_eq!(clients, ["http_client of Builder", "re-export of reqwest"], "its major version changes more often");
}
