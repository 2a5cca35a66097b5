//! The Authorization header: how a token is sent, and what is no token.

use super::session::{Session, login, session, verify, websites};
use super::site::Site;
use super::{USER, example};
use crate::case::{Case, Effect, Need, case};
use crate::expect::{challenges, never, refused, succeeds};
use crate::request::Request;
use crate::run::{Control, Run, Stop};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::header::AUTHORIZATION;
use probity_fixtures::umami::operation;
use probity_fixtures::umami::requirement::*;
use std::time::Duration;

pub(super) fn cases() -> Vec<Case> {
    let cases = [
        in_the_header(),
        missing(),
        missing_elsewhere().effect(Effect::Write),
        made_up(),
        altered(),
        other_schemes(),
        scheme_in_any_case(),
        two_spaces(),
        expires().needs(Need::Clock),
        per_login(),
    ];
    cases.into_iter().map(|case| case.needs(USER)).collect()
}

/// A token, and the document's example of a call that needs one, seen to succeed with it.
async fn permitted(run: &Run) -> Result<(Session, Control<'_>), Stop> {
    let session = session(run).await?;
    let control = run.control(TOKEN_GOES_IN_AUTHORIZATION, websites(&session.token), succeeds()).await?;
    Ok((session, control))
}

fn in_the_header() -> Case {
    let says = "The token of a login authenticates one request after another";
    case("umami.token.in-the-header", says, &[TOKEN_GOES_IN_AUTHORIZATION, TOKEN_SERVES_REPEATEDLY], async |run| {
        let Session { token, .. } = session(run).await?;
        let first = run.send("the first request", &websites(&token)).await?;
        first.holds(TOKEN_GOES_IN_AUTHORIZATION, succeeds());
        let second = run.send("the second request", &websites(&token)).await?;
        second.holds(TOKEN_SERVES_REPEATEDLY, succeeds());
        let third = run.send("a request to another operation", &verify(&token)).await?;
        third.holds(TOKEN_SERVES_REPEATEDLY, succeeds());
        Ok(())
    })
}

fn missing() -> Case {
    let says = "A call that needs permissions is refused without a token";
    case("umami.token.missing", says, &[TOKEN_REQUIRED, TOKEN_REFUSAL_STATUS, TOKEN_CHALLENGE], async |run| {
        let (_, permitted) = permitted(run).await?;
        let bare = permitted.fault("without the header", |request| request.without_header(&AUTHORIZATION)).await?;
        bare.holds(TOKEN_REQUIRED, refused()).holds(TOKEN_CHALLENGE, challenges("Bearer"));
        run.observe(TOKEN_REFUSAL_STATUS, bare.response().summary());
        let empty = permitted.fault("with an empty header", |request| request.header(AUTHORIZATION, "")).await?;
        empty.holds(TOKEN_REQUIRED, refused());
        let scheme =
            permitted.fault("with the scheme alone", |request| request.header(AUTHORIZATION, "Bearer")).await?;
        scheme.holds(TOKEN_REQUIRED, refused());
        Ok(())
    })
}

fn missing_elsewhere() -> Case {
    let says = "Creating, reading and removing a website are refused without a token, and what is refused is not done";
    case("umami.token.missing-elsewhere", says, &[TOKEN_REQUIRED], async |run| {
        let site = Site::arrange(run).await?;
        let of_site = |operation| Request::new(operation).at("websiteId", &site.id).bearer(&site.token);
        let stats = of_site(operation::STATS).query("startAt", 0).query("endAt", 4_102_444_800_000_u64);
        for call in [stats, of_site(operation::ACTIVE), site.creation()] {
            let permitted = run.control(TOKEN_SERVES_REPEATEDLY, call, succeeds()).await?;
            let bare = permitted.fault("without the header", |call| call.without_header(&AUTHORIZATION)).await?;
            bare.holds(TOKEN_REQUIRED, refused());
        }
        // Removing is tried on one website with the token, and on another without.
        let other = site.another().await?;
        let removal = Request::new(operation::DELETE_WEBSITE).at("websiteId", &other.id).bearer(&other.token);
        let removed = run.control(TOKEN_SERVES_REPEATEDLY, removal, succeeds()).await?;
        let bare = of_site(operation::DELETE_WEBSITE).without_header(&AUTHORIZATION);
        let bare = removed.fault("the other one, without the header", |_| bare).await?;
        let still_there = site.is_listed().await?;
        bare.holds(TOKEN_REQUIRED, refused()).holds(
            TOKEN_REQUIRED,
            never("the website still among its owner's", move || match still_there {
                true => Ok(()),
                false => Err("it is gone".to_owned()),
            }),
        );
        Ok(())
    })
}

fn made_up() -> Case {
    let says = "What is no token, or another server's, is refused";
    case("umami.token.made-up", says, &[TOKEN_MUST_BE_ONE], async |run| {
        let (_, permitted) = permitted(run).await?;
        let name = run.value("username")?;
        let no_tokens = [
            ("a word", "garbage".to_owned()),
            ("the document's sample", sample_token()),
            ("another server's token", OF_ANOTHER_SERVER.to_owned()),
            ("the user's name", name.to_owned()),
            ("an empty JSON object", STANDARD.encode("{}")),
            ("words of other scripts", "жетон-令牌".to_owned()),
        ];
        for (label, token) in no_tokens {
            let refusal = permitted.fault(label, |request| request.bearer(&token)).await?;
            refusal.holds(TOKEN_MUST_BE_ONE, refused());
        }
        let basic = STANDARD.encode(format!("{name}:{}", run.value("password")?));
        run.mask("BASIC", &basic);
        let basic = permitted
            .fault("user name and password", |request| request.header(AUTHORIZATION, &format!("Basic {basic}")));
        basic.await?.holds(TOKEN_MUST_BE_ONE, refused());
        Ok(())
    })
}

fn altered() -> Case {
    let says = "A token that was altered, cut short, lengthened or stripped of its signature is refused";
    case("umami.token.altered", says, &[TOKEN_TAMPER_PROOF], async |run| {
        let (Session { token, .. }, permitted) = permitted(run).await?;
        for (label, altered) in alterations(&token) {
            run.mask(&format!("TOKEN_{}", label.to_uppercase().replace([' ', ','], "_")), &altered);
            let refusal = permitted.fault(label, |request| request.bearer(&altered)).await?;
            refusal.holds(TOKEN_TAMPER_PROOF, refused());
        }
        Ok(())
    })
}

fn other_schemes() -> Case {
    let says = "A token under another scheme's name, or under none, is refused";
    case("umami.token.other-schemes", says, &[TOKEN_BEARER_SCHEME], async |run| {
        let (Session { token, .. }, permitted) = permitted(run).await?;
        for (label, value) in
            [("as Basic", format!("Basic {token}")), ("as Token", format!("Token {token}")), ("bare", token.clone())]
        {
            let refusal = permitted.fault(label, |request| request.header(AUTHORIZATION, &value)).await?;
            refusal.holds(TOKEN_BEARER_SCHEME, refused());
        }
        Ok(())
    })
}

fn scheme_in_any_case() -> Case {
    let says = "The scheme's name counts in small letters and in capitals";
    case("umami.token.scheme-in-any-case", says, &[TOKEN_SCHEME_IN_ANY_CASE], async |run| {
        let (_, permitted) = permitted(run).await?;
        for scheme in ["bearer", "BEARER", "bEaReR"] {
            // A token of its own, so that a server whose tokens serve once is not blamed for its reading of the header.
            let Session { token, .. } = session(run).await?;
            let value = format!("{scheme} {token}");
            let answer = permitted.variant(scheme, |request| request.header(AUTHORIZATION, &value)).await?;
            answer.holds(TOKEN_SCHEME_IN_ANY_CASE, succeeds());
        }
        Ok(())
    })
}

fn two_spaces() -> Case {
    let says = "Two spaces may stand between scheme and token";
    case("umami.token.two-spaces", says, &[TOKEN_SPACES_AFTER_SCHEME], async |run| {
        let (_, permitted) = permitted(run).await?;
        let Session { token, .. } = session(run).await?;
        let value = format!("Bearer  {token}");
        let answer = permitted.variant("two spaces", |request| request.header(AUTHORIZATION, &value)).await?;
        answer.holds(TOKEN_SPACES_AFTER_SCHEME, succeeds());
        Ok(())
    })
}

fn expires() -> Case {
    let says = "A token stops authenticating within a year, and when it does";
    case("umami.token.expires", says, &[TOKEN_EXPIRES, TOKEN_LIFETIME], async |run| {
        const HOUR: Duration = Duration::from_secs(3600);
        const DAY: Duration = Duration::from_secs(24 * 3600);
        let (_, permitted) = permitted(run).await?;
        let ages =
            [("an hour", HOUR), ("a day", DAY), ("a week", 7 * DAY), ("30 days", 30 * DAY), ("a year", 365 * DAY)];
        let (mut age, mut lasted, mut ended) = (Duration::ZERO, "it is handed out", None);
        for (name, older) in ages {
            let refusal = permitted.later(&format!("after {name}"), older - age).await?;
            age = older;
            match refusal.response().status.is_success() {
                true => lasted = name,
                false => ended = ended.or(Some(name)),
            }
            if name == "a year" {
                refusal.holds(TOKEN_EXPIRES, refused());
            }
        }
        run.observe(
            TOKEN_LIFETIME,
            match ended {
                Some(ended) => format!("valid after {lasted}, and no more after {ended}"),
                None => "valid after a year".to_owned(),
            },
        );
        Ok(())
    })
}

fn per_login() -> Case {
    let says = "Whether each login gets a token of its own, and the earlier one goes on working";
    case("umami.token.per-login", says, &[TOKEN_DIFFERS_PER_LOGIN], async |run| {
        let (Session { token: first, .. }, permitted) = permitted(run).await?;
        let again = run.send("a second login", &login(run)?).await?.response();
        let Some(second) = again.text_at("/token") else {
            let reason = format!("a second login gave no token: {}", again.summary());
            return Err(Stop::Inconclusive { reason, rests_on: Some(LOGIN_RETURNS_TOKEN) });
        };
        let differ = if first == second { "both logins get the same token" } else { "each login gets another token" };
        let earlier = permitted.variant("the first login's token", |request| request).await?.response();
        run.observe(TOKEN_DIFFERS_PER_LOGIN, format!("{differ}; the earlier one then gets {}", earlier.status));
        Ok(())
    })
}

// ── what is no token ──────────────────────────────────────────────────────────────────────────────────────────────

/// HS256 over `{"sub":"admin","userId":"admin","role":"admin","isAdmin":true,"iat":1577836800,"exp":4102444800}`, by a key
/// that is nobody's.
const OF_ANOTHER_SERVER: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhZG1pbiIsInVzZXJJZCI6ImFkbWluIiwicm9sZSI6ImFkbWluIiwiaXNBZG1pbiI6dHJ1ZSwiaWF0IjoxNTc3ODM2ODAwLCJleHAiOjQxMDI0NDQ4MDB9.aNQdqGRv3reItbJRf1qS2DtxuKA44PcHQ8fkASEmpZk";

/// The token that the document prints.
fn sample_token() -> String {
    example("login-response")["token"].as_str().unwrap_or_default().to_owned()
}

/// The token with one thing changed, in each way in which that can be tried without knowing what it is made of. A token of
/// three parts with dots between is taken for a JSON Web Token, and loses its signature too.
fn alterations(token: &str) -> Vec<(&'static str, String)> {
    let letters: Vec<char> = token.chars().collect();
    let end = letters.iter().rposition(|letter| *letter == '.').map_or(0, |dot| dot + 1);
    let mut altered = vec![
        ("a letter changed in the middle of its end", with_other_letter(&letters, (end + letters.len()) / 2)),
        ("a letter changed at its beginning", with_other_letter(&letters, letters.len() / 8)),
        ("cut short", letters[..letters.len() - letters.len().div_ceil(8)].iter().collect()),
        ("lengthened", format!("{token}{token}")),
    ];
    if let [header, claims, _] = token.split('.').collect::<Vec<_>>()[..] {
        let none = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#);
        altered.push(("without its signature", format!("{header}.{claims}.")));
        altered.push(("declared unsigned", format!("{none}.{claims}.")));
    }
    altered
}

fn with_other_letter(letters: &[char], place: usize) -> String {
    let other = |letter: char| if letter.eq_ignore_ascii_case(&'A') { 'B' } else { 'A' };
    letters.iter().enumerate().map(|(at, letter)| if at == place { other(*letter) } else { *letter }).collect()
}
