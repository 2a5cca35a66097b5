//! `POST /api/v1/email_verifications/resend`

use super::account::{
    Account, Session, fresh_session, newcomer, newcomer_with_code, resend, session, unverified_newcomer,
    verified_newcomer, verify,
};
use super::forms::{a_text, answered_200, found, holds_none_of, is_json, members};
use super::{MAILBOX, USER, mailbox};
use crate::case::{Case, Effect, Need, case, shape_case};
use crate::exchange::Response;
use crate::expect::{never, shows, status, text, value};
use crate::run::{Control, Run, Stop};
use http::StatusCode;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use probity_fixtures::uptinio::operation;
use probity_fixtures::uptinio::requirement::*;
use std::time::Duration;

/// More than the minute in which a new code is refused.
const A_MINUTE_LATER: Duration = Duration::from_secs(61);

pub(super) fn cases() -> Vec<Case> {
    let within = |case: Case| case.effect(Effect::Permanent);
    let waited = |case: Case| case.effect(Effect::Permanent).effect(Effect::Slow);
    vec![
        without_token().needs(USER),
        within(already()).needs(MAILBOX),
        // A real server has time for two or three of those that wait: what matters most comes first.
        waited(too_soon()).needs(MAILBOX),
        waited(sends_a_code()).needs(MAILBOX),
        waited(shape_case(operation::RESEND_CODE, async |run| {
            let session = fresh_session(run, &newcomer(run).await?).await?;
            run.wait_out(A_MINUTE_LATER).await?;
            Ok(resend(&session.token))
        })),
        waited(counts_down()),
        waited(told_truly()),
        waited(refused_requests()),
        waited(again_after_a_minute()),
        waited(per_user()),
        waited(older_ones()).needs(MAILBOX),
        within(at_the_edge()).needs(Need::Clock),
        within(registration_counts()),
        within(failed()).needs(Need::Clock),
    ]
}

/// Somebody who has not verified their address, and whose last code is more than a minute old.
async fn waiting(run: &Run) -> Result<Session, Stop> {
    let session = unverified_newcomer(run).await?;
    run.wait_out(A_MINUTE_LATER).await?;
    Ok(session)
}

/// A request that was seen to be granted, for the same with a fault.
async fn granted(run: &Run) -> Result<(Session, Control<'_>), Stop> {
    let session = waiting(run).await?;
    let control = run.control(RESEND_SUCCESS, resend(&session.token), value("/success", true)).await?;
    Ok((session, control))
}

/// The seconds that a refusal tells.
fn seconds(response: &Response) -> Option<u64> {
    response.json()?.pointer("/seconds_until_can_resend")?.as_u64()
}

/// Sees to it that codes differ, where none came that differs from this one.
async fn all_differ(run: &Run, code: Option<&str>) -> Result<(), Stop> {
    let others = mailbox::arrived(run, &newcomer(run).await?.email, None).await;
    match others {
        Ok(others) if Some(others.as_str()) == code => {
            let reason = "somebody else is sent the same code".to_owned();
            Err(Stop::Inconclusive { reason, rests_on: Some(CODE_UNPREDICTABLE) })
        }
        Err(Stop::Skip(reason)) => Err(Stop::Skip(reason)),
        _ => Ok(()),
    }
}

/// The code that came by a request that was granted, another than the first.
async fn second_code(run: &Run, session: &Session, first: &str) -> Result<String, Stop> {
    let arrived = mailbox::arrived(run, &session.account.email, Some(first)).await;
    if arrived.is_err() {
        all_differ(run, Some(first)).await?;
    }
    arrived
}

fn sends_a_code() -> Case {
    let says = "A code is sent on request, without a body; it verifies, and is not in the answer";
    let covers = &[
        RESEND_ANSWERS,
        RESEND_SENDS_A_CODE,
        RESEND_NEEDS_NO_BODY,
        RESEND_CODE_NOT_TOLD,
        RESEND_NAMES_ITS_USER,
        RESEND_MESSAGE_TEXT,
        RESEND_FURTHER_MEMBERS,
    ];
    case("uptinio.resend.sends-a-code", says, covers, async |run| {
        let session = waiting(run).await?;
        let first = mailbox::newest(run, &session.account.email).await?;
        let labelled = resend(&session.token).header(CONTENT_TYPE, "application/json");
        let answer = run.send("without a body, labelled as JSON", &labelled).await?;
        if answer.response().status == StatusCode::TOO_MANY_REQUESTS {
            let reason = format!("more than a minute later it is too soon: {}", answer.response().summary());
            return Err(Stop::Inconclusive { reason, rests_on: Some(RESEND_ANSWERS) });
        }
        answer.holds(RESEND_NEEDS_NO_BODY, value("/success", true));
        if !answer.response().status.is_success() {
            return Ok(());
        }
        answer
            .holds(RESEND_ANSWERS, answered_200())
            .holds(RESEND_NAMES_ITS_USER, value("/user/email", session.account.email.as_str()))
            .holds(RESEND_MESSAGE_TEXT, value("/message", "Verification code sent successfully"));
        run.observe(RESEND_FURTHER_MEMBERS, members(&answer.response()));
        let second = match mailbox::arrived(run, &session.account.email, first.as_deref()).await {
            Ok(code) => code,
            Err(Stop::Inconclusive { reason, rests_on: Some(_) }) => {
                all_differ(run, first.as_deref()).await?;
                answer.holds(RESEND_SENDS_A_CODE, found("a new code in the mailbox", Some(reason)));
                return Ok(());
            }
            Err(stop) => return Err(stop),
        };
        answer.holds(RESEND_CODE_NOT_TOLD, holds_none_of("the code", vec![second.clone()]));
        let verified = run.send("the code that was sent", &verify(&session.token, &second)).await?;
        verified.holds(RESEND_SENDS_A_CODE, value("/success", true));
        Ok(())
    })
}

fn already() -> Case {
    let says = "Who is verified already is told so";
    let covers = &[
        RESEND_ALREADY_STATUS,
        RESEND_ALREADY_SUCCESS,
        RESEND_ALREADY_MESSAGE,
        RESEND_ALREADY_TEXT,
        RESEND_ALREADY_USER,
        RESEND_ALREADY_WITHIN_A_MINUTE,
    ];
    case("uptinio.resend.already", says, covers, async |run| {
        let session = verified_newcomer(run).await?;
        let answer = run.send("verified already", &resend(&session.token)).await?;
        answer
            .holds(RESEND_ALREADY_STATUS, answered_200())
            .holds(RESEND_ALREADY_SUCCESS, value("/success", true))
            .holds(RESEND_ALREADY_MESSAGE, text("/message"))
            .holds(RESEND_ALREADY_TEXT, value("/message", "Email is already verified"))
            .holds(RESEND_ALREADY_USER, text("/user/email"))
            .holds(RESEND_ALREADY_USER, value("/user/email_verified", true));
        let again = run.send("twice in a minute", &resend(&session.token)).await?;
        run.observe(RESEND_ALREADY_WITHIN_A_MINUTE, again.response().summary());
        Ok(())
    })
}

fn too_soon() -> Case {
    let says = "A request within the minute is refused in the form of the document, and sends nothing";
    let covers = &[
        RESEND_TOO_SOON_STATUS,
        RESEND_TOO_SOON_SUCCESS,
        RESEND_TOO_SOON_ERROR,
        RESEND_TOO_SOON_MESSAGE,
        RESEND_TOO_SOON_TEXT,
        RESEND_TOO_SOON_SECONDS,
        RESEND_TOO_SOON_MESSAGE_SAYS_THE_SECONDS,
        RESEND_TOO_SOON_SENDS_NOTHING,
        RESEND_JSON_REFUSALS,
    ];
    case("uptinio.resend.too-soon", says, covers, async |run| {
        let (session, first) = newcomer_with_code(run).await?;
        run.wait_out(A_MINUTE_LATER).await?;
        let granted = run.control(RESEND_SUCCESS, resend(&session.token), value("/success", true)).await?;
        let email = &session.account.email;
        let second = second_code(run, &session, &first).await?;
        let refusal = granted.fault("again at once", |request| request.may_be_held_off()).await?;
        let is_short = |response: &Response| match seconds(response) {
            Some(1..=60) => Ok(()),
            _ => Err(response.summary()),
        };
        let says_so = |response: &Response| {
            let seconds = seconds(response).map(|seconds| seconds.to_string());
            let message = response.text_at("/message").unwrap_or_default();
            let mut numbers = message.split(|letter: char| !letter.is_ascii_digit());
            match seconds.is_some_and(|seconds| numbers.any(|number| number == seconds)) {
                true => Ok(()),
                false => Err(response.summary()),
            }
        };
        let as_shown = |response: &Response| {
            let told = response.text_at("/message").and_then(|text| text.strip_prefix("Please wait "));
            let told = told.and_then(|text| text.strip_suffix(" before requesting a new code"));
            let (number, unit) = told.and_then(|text| text.split_once(' ')).unwrap_or_default();
            match number.parse::<u64>().is_ok() && ["second", "seconds"].contains(&unit) {
                true => Ok(()),
                false => Err(response.summary()),
            }
        };
        refusal
            .holds(RESEND_TOO_SOON_STATUS, status(429))
            .holds(RESEND_TOO_SOON_SUCCESS, super::forms::says("/success", false))
            .holds(RESEND_TOO_SOON_ERROR, super::forms::says("/error", "resend_too_soon"))
            .holds(RESEND_TOO_SOON_MESSAGE, a_text("/message"))
            .holds(RESEND_TOO_SOON_TEXT, shows("the message with a number of seconds", as_shown))
            .holds(RESEND_TOO_SOON_SECONDS, shows("1 to 60 seconds, as a whole number", is_short))
            .holds(RESEND_TOO_SOON_MESSAGE_SAYS_THE_SECONDS, shows("the same seconds in the message", says_so))
            .holds(RESEND_JSON_REFUSALS, is_json());
        let newest = mailbox::newest(run, email).await?;
        let expected = "no other code in the mailbox than that of the request that was granted";
        refusal.holds(
            RESEND_TOO_SOON_SENDS_NOTHING,
            never(expected, move || match newest.as_deref() == Some(second.as_str()) {
                true => Ok(()),
                false => Err("another code came".to_owned()),
            }),
        );
        Ok(())
    })
}

fn counts_down() -> Case {
    let says = "The seconds that are left become fewer, and half a minute later there are some still";
    let covers = &[RESEND_TOO_SOON_COUNTS_DOWN, RESEND_TOO_SOON_STATUS];
    case("uptinio.resend.counts-down", says, covers, async |run| {
        let (_, granted) = granted(run).await?;
        let first = granted.fault("at once", |request| request.may_be_held_off()).await?;
        let before = seconds(&first.response());
        run.wait_out(Duration::from_secs(31)).await?;
        let second = granted.fault("half a minute later", |request| request.may_be_held_off()).await?;
        second.holds(RESEND_TOO_SOON_STATUS, status(429)).holds(
            RESEND_TOO_SOON_COUNTS_DOWN,
            shows("fewer seconds than half a minute before", move |response| match (before, seconds(response)) {
                (Some(before), Some(after)) if after < before => Ok(()),
                _ => Err(response.summary()),
            }),
        );
        Ok(())
    })
}

fn told_truly() -> Case {
    let says = "Who waits as long as was told, and a second more, is granted another code";
    case("uptinio.resend.told-truly", says, &[RESEND_TOO_SOON_TRUE], async |run| {
        let (session, granted) = granted(run).await?;
        let refusal = granted.fault("at once", |request| request.may_be_held_off()).await?;
        let told = seconds(&refusal.response()).unwrap_or(60);
        run.wait_out(Duration::from_secs(told.min(60) + 1)).await?;
        let later = run.send("after that", &resend(&session.token).may_be_held_off()).await?;
        later.holds(RESEND_TOO_SOON_TRUE, value("/success", true));
        Ok(())
    })
}

fn again_after_a_minute() -> Case {
    let says = "Another code may be asked for once more than a minute has passed";
    let covers = &[CODE_AGAIN_AFTER_A_MINUTE];
    case("uptinio.code.again-after-a-minute", says, covers, async |run| {
        let session = unverified_newcomer(run).await?;
        // Refused it is where registering counts as a request. Whatever counts, the last one is no later than this.
        run.send("right after registering", &resend(&session.token).may_be_held_off()).await?;
        run.wait_out(A_MINUTE_LATER).await?;
        let later = run.send("a minute and a second later", &resend(&session.token).may_be_held_off()).await?;
        let response = later.response();
        if !response.status.is_success() && response.status != StatusCode::TOO_MANY_REQUESTS {
            let reason = format!("asking for another code came to nothing: {}", response.summary());
            return Err(Stop::Inconclusive { reason, rests_on: Some(RESEND_ANSWERS) });
        }
        later.holds(CODE_AGAIN_AFTER_A_MINUTE, value("/success", true));
        Ok(())
    })
}

fn refused_requests() -> Case {
    let says = "Whether requests that were refused push the minute out";
    case("uptinio.code.refused-requests-count", says, &[CODE_REFUSED_REQUESTS_COUNT], async |run| {
        let (session, granted) = granted(run).await?;
        run.wait_out(Duration::from_secs(30)).await?;
        granted.fault("half a minute later", |request| request.may_be_held_off()).await?;
        run.wait_out(Duration::from_secs(31)).await?;
        let later = run.send("a minute after the first", &resend(&session.token).may_be_held_off()).await?;
        run.observe(CODE_REFUSED_REQUESTS_COUNT, later.response().summary());
        Ok(())
    })
}

fn per_user() -> Case {
    let says = "The minute is each user's own";
    case("uptinio.resend.per-user", says, &[RESEND_PER_USER], async |run| {
        let (one, other) = (unverified_newcomer(run).await?, unverified_newcomer(run).await?);
        run.wait_out(A_MINUTE_LATER).await?;
        run.control(RESEND_SUCCESS, resend(&one.token), value("/success", true)).await?;
        let others = run.send("somebody else at once", &resend(&other.token).may_be_held_off()).await?;
        others.holds(RESEND_PER_USER, value("/success", true));
        Ok(())
    })
}

fn at_the_edge() -> Case {
    let says = "Whether another code may be asked for at 60 seconds to the second";
    case("uptinio.code.exactly-a-minute", says, &[CODE_EXACTLY_A_MINUTE], async |run| {
        let (session, _) = granted(run).await?;
        run.advance_clock(Duration::from_secs(60))?;
        let answer = run.send("exactly then", &resend(&session.token).may_be_held_off()).await?;
        run.observe(CODE_EXACTLY_A_MINUTE, answer.response().summary());
        Ok(())
    })
}

fn registration_counts() -> Case {
    let says = "Whether a code may be asked for right after registering";
    case("uptinio.code.registration-counts", says, &[CODE_REGISTRATION_COUNTS], async |run| {
        let session = unverified_newcomer(run).await?;
        let answer = run.send("right after registering", &resend(&session.token).may_be_held_off()).await?;
        run.observe(CODE_REGISTRATION_COUNTS, answer.response().summary());
        Ok(())
    })
}

fn older_ones() -> Case {
    let says = "Whether an older code is good still once a new one was sent; and codes differ";
    case("uptinio.code.older-ones", says, &[CODE_OLDER_ONES, CODE_UNPREDICTABLE], async |run| {
        let (session, first) = newcomer_with_code(run).await?;
        let others = mailbox::arrived(run, &newcomer(run).await?.email, None).await?;
        run.wait_out(A_MINUTE_LATER).await?;
        let granted = run.control(RESEND_SUCCESS, resend(&session.token), value("/success", true)).await?;
        let differ = |differ: bool| found("codes that differ", (!differ).then(|| "the same twice".to_owned()));
        granted.answer().holds(CODE_UNPREDICTABLE, differ(first != others));
        if first == others {
            return Ok(());
        }
        let second = mailbox::arrived(run, &session.account.email, Some(&first)).await?;
        granted.answer().holds(CODE_UNPREDICTABLE, differ(second != others));
        let older = run.send("the older code", &verify(&session.token, &first)).await?;
        run.observe(CODE_OLDER_ONES, older.response().summary());
        Ok(())
    })
}

fn without_token() -> Case {
    let says = "A code is sent to nobody without a good token";
    case("uptinio.resend.without-token", says, &[RESEND_NEEDS_TOKEN], async |run| {
        // Who is verified already need not wait for the minute to pass.
        let verified = session(run, &Account::own(run)?).await?;
        let ask = resend(&verified.token).to_succeed_by(RESEND_ALREADY_STATUS);
        let proper = run.control(RESEND_ALREADY_SUCCESS, ask, value("/success", true)).await?;
        let none = run.random_text(40);
        let missing = proper.fault("without a token", |request| request.without_header(&AUTHORIZATION)).await?;
        missing.holds(RESEND_NEEDS_TOKEN, status(401));
        let invalid = proper.fault("with one that is none", |request| request.bearer(&none)).await?;
        invalid.holds(RESEND_NEEDS_TOKEN, status(401));
        Ok(())
    })
}

fn failed() -> Case {
    let says = "A mail that cannot be sent is told in the form of the document";
    let covers = &[
        RESEND_FAILED_STATUS,
        RESEND_FAILED_SUCCESS,
        RESEND_FAILED_ERROR,
        RESEND_FAILED_MESSAGE,
        RESEND_FAILED_TEXT,
        RESEND_FAILED_COUNTS,
        RESEND_JSON_REFUSALS,
    ];
    case("uptinio.resend.failed", says, covers, async |run| {
        let (_, granted) = granted(run).await?;
        run.wait_out(A_MINUTE_LATER).await?;
        // Only the embedded server has somebody whom no mail reaches.
        let unreachable = Account::given(run, "unreachable_email", "unreachable_password")?;
        let unreachable = session(run, &unreachable).await?;
        let refusal = granted.fault("for whom no mail reaches", |_| resend(&unreachable.token)).await?;
        refusal
            .holds(RESEND_FAILED_STATUS, status(500))
            .holds(RESEND_FAILED_SUCCESS, super::forms::says("/success", false))
            .holds(RESEND_FAILED_ERROR, super::forms::says("/error", "send_failed"))
            .holds(RESEND_FAILED_MESSAGE, a_text("/message"))
            .holds(RESEND_JSON_REFUSALS, is_json())
            .holds(
                RESEND_FAILED_TEXT,
                super::forms::says("/message", "Failed to send verification code. Please try again later."),
            );
        let again = granted.variant("again at once", |_| resend(&unreachable.token).may_be_held_off()).await?;
        run.observe(RESEND_FAILED_COUNTS, again.response().summary());
        Ok(())
    })
}
