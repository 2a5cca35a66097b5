//! What was recorded of real releases: with a release's deviations, the same is refused in the same words, and the same
//! is taken.

use super::recording::Repeated;
use super::*;
use probity_fixtures::umami::API;

/// Where this server differs by choice; `umami`'s documentation says why.
const CHOSEN: [&str; 12] = [
    // A token is looked at before anything else.
    "count-stats-no-token-no-dates",
    "websites-create-no-token-bad-body",
    // A website's id is made here.
    "websites-create-bad-id",
    // Neither links nor pixels, nor what `performance` measures, are in the document.
    "send-link-unknown",
    "send-pixel-unknown",
    "send-website-and-link",
    "send-performance-negative",
    // The token of an earlier answer changes nothing.
    "send-cache-valid-unknown-website",
    // An id is one text.
    "send-website-uuid-uppercase",
    // Dates have four digits for the year.
    "send-timestamp-millis",
    // A slash at the end is another path.
    "send-trailing-slash",
    // What says that it is UTF-8 is.
    "send-invalid-utf8",
];

/// Refusals are compared word for word, but for those of a method: real ones have no body, ours say what is wrong.
#[tokio::test]
async fn a_refusal_is_word_for_word_that_of_the_release() {
    for release in API.releases {
        let repeated = Repeated::new(release, Deviation::of(release)).await;
        let mut compared = 0;
        for recording in repeated.recordings("") {
            let (name, refused) = (&*recording.name, &recording.answer);
            if !matches!(refused.status, 400 | 401 | 405) || CHOSEN.contains(&name) {
                continue;
            }
            let ours = repeated.answer(&recording).await;
            assert_eq!(ours.status, refused.status, "{name}: {}", ours.body);
            if refused.status != 405 {
                assert_eq!(ours.json(), refused.json(), "{name}");
            }
            compared += 1;
        }
        assert!(compared > 75, "only {compared} refusals of {} were found", release.name);
    }
}

/// With that, what is a bot's User-Agent here is one there.
#[tokio::test]
async fn what_the_release_takes_is_taken_and_what_it_ignores_is_ignored() {
    for release in API.releases {
        let repeated = Repeated::new(release, Deviation::of(release)).await;
        let mut compared = 0;
        for recording in [repeated.recordings("send-"), repeated.recordings("batch-")].concat() {
            let (name, taken) = (&*recording.name, &recording.answer);
            let is_post = recording.request.method == "POST";
            if taken.status != 200 || !is_post || !recording.is_whole() || CHOSEN.contains(&name) {
                continue;
            }
            let ours = repeated.answer(&recording).await;
            assert_eq!(ours.status, 200, "{name}: {}", ours.body);
            let (mut ours, mut taken) = (ours.json(), taken.json());
            for made in ["cache", "sessionId", "visitId"] {
                for answer in [&mut ours, &mut taken] {
                    if answer[made].is_string() {
                        answer[made] = made.into();
                    }
                }
            }
            assert_eq!(ours, taken, "{name}");
            compared += 1;
        }
        assert!(compared > 90, "only {compared} sends of {} were found", release.name);
    }
}

/// Real ones fail on some texts that the document allows. Whatever they fail on, this server does not.
#[tokio::test]
async fn nothing_makes_the_server_fail() {
    for release in API.releases {
        let repeated = Repeated::new(release, []).await;
        for recording in repeated.recordings("") {
            let status = repeated.answer(&recording).await.status;
            assert!(status < 500, "{}: {status}", recording.name);
        }
    }
}

#[tokio::test]
async fn each_choice_is_one() {
    for release in API.releases {
        let repeated = Repeated::new(release, Deviation::of(release)).await;
        for name in CHOSEN {
            let recordings = repeated.recordings(name);
            let recording = recordings.first().expect(name);
            let ours = repeated.answer(recording).await;
            let differs = ours.status != recording.answer.status || ours.json() != recording.answer.json();
            assert!(differs, "{name}");
        }
    }
}
