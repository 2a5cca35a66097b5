//! `GET /api/websites`, as far as the document shows it: an example of a call with a token.

use super::USER;
use super::session::{session, websites};
use crate::case::{Case, case, shape_case};
use crate::expect::succeeds;
use http::header::ACCEPT;
use probity_fixtures::umami::operation;
use probity_fixtures::umami::requirement::*;

pub(super) fn cases() -> Vec<Case> {
    let cases = [shape_case(operation::WEBSITES, async |run| Ok(websites(&session(run).await?.token))), body()];
    cases.into_iter().map(|case| case.needs(USER)).collect()
}

fn body() -> Case {
    let says = "What the website list holds, which the document does not show";
    case("umami.websites.body", says, &[WEBSITES_BODY, WEBSITES_SUCCESS_STATUS], async |run| {
        let token = session(run).await?.token;
        let listed = run.control(WEBSITES_ANSWERS_THE_EXAMPLE, websites(&token), succeeds()).await?;
        let response = listed.answer().response();
        let bare = listed.variant("without Accept", |request| request.without_header(&ACCEPT)).await?.response();
        run.observe(WEBSITES_SUCCESS_STATUS, format!("{}; without Accept: {}", response.status, bare.status));
        run.observe(
            WEBSITES_BODY,
            match response.json() {
                Some(json) if json.is_object() => {
                    let members: Vec<_> =
                        json.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
                    format!("an object with {}", members.join(", "))
                }
                Some(json) if json.is_array() => "an array".to_owned(),
                _ => response.body_summary(),
            },
        );
        Ok(())
    })
}
