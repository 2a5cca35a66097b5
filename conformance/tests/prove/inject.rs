//! Proving a part of the suite, or one with something else in it.

use probity_conformance::SUITES;
use probity_conformance::case::Case;
use probity_conformance::prove::{self, Options, Proof};
use probity_conformance::suite::{Embedding, Suite};
use probity_fixtures::Api;
use std::num::NonZeroUsize;

/// How these tests prove, unless they say otherwise: this alone.
pub(crate) fn only(ids: &[&str]) -> Options {
    Options {
        jobs: NonZeroUsize::new(2).expect("two is not zero"),
        seed: 0,
        only: ids.iter().map(|id| (*id).to_owned()).collect(),
        deaf_to: None,
    }
}

pub(crate) fn prove(suite: &'static Suite, options: &Options) -> Proof {
    prove::prove(&[suite], options, &mut |_| ()).expect("it can be tried")
}

/// The flaws, in words.
pub(crate) fn told(proof: &Proof) -> Vec<String> {
    proof.apis.iter().flat_map(|api| &api.flaws).map(ToString::to_string).collect()
}

pub(crate) fn umami() -> &'static Suite {
    SUITES.iter().find(|suite| suite.api.name == "umami").expect("it is there")
}

/// Umami's suite with other cases or another catalogue.
pub(crate) fn umami_with(cases: fn() -> Vec<Case>, api: &'static Api, embed: Option<Embed>) -> &'static Suite {
    let umami = umami();
    let embed = embed.unwrap_or(umami.embed);
    Box::leak(Box::new(Suite { api, cases, embed, ..*umami }))
}

pub(crate) type Embed = for<'a> fn(&'a [&'static str], fastrand::Rng) -> Embedding<'a>;
