//! `POST /api/v1/email_verifications/verify`

use super::account::{
    Account, Session, fresh_session, is_verified, newcomer, newcomer_with_code, session, took_effect,
    unverified_newcomer, verify,
};
use super::faults::no_objects;
use super::forms::{a_text, answered_200, found, is_json, members, says};
use super::{MAILBOX, UNVERIFIED, mailbox};
use crate::case::{Case, Effect, Need, case, shape_case};
use crate::expect::{Refusal, never, refused, same_answer_as, status, that, value};
use crate::run::{Control, Refused, Run, Stop};
use http::header::AUTHORIZATION;
use probity_fixtures::uptinio::operation;
use probity_fixtures::uptinio::requirement::*;
use serde_json::{Value, json};
use std::time::Duration;

pub(super) fn cases() -> Vec<Case> {
    let cases = [
        shape_case(operation::VERIFY_EMAIL, async |run| {
            let account = newcomer(run).await?;
            let code = mailbox::arrived(run, &account.email, None).await?;
            Ok(verify(&fresh_session(run, &account).await?.token, &code))
        }),
        verifies(),
        already(),
        missing(),
        empty(),
        of_another_type(),
        wrong(),
        wrong_forms(),
        another_users(),
        without_token(),
        no_object(),
        expires().needs(Need::Clock),
        leading_zeros().needs(Need::Clock).needs(UNVERIFIED),
        until_then().needs(Need::Clock),
        at_the_edge().needs(Need::Clock),
        guesses(),
    ];
    cases.into_iter().map(|case| case.effect(Effect::Permanent).needs(MAILBOX)).collect()
}

/// Somebody whose right code was seen to verify them, for the same with a fault by somebody else who waits with a code.
struct Waiting<'r> {
    control: Control<'r>,
    session: Session,
    code: String,
}

async fn waiting(run: &Run) -> Result<Waiting<'_>, Stop> {
    let (done, right) = newcomer_with_code(run).await?;
    let control = run.control(VERIFY_EMAIL_SUCCESS, verify(&done.token, &right), value("/success", true)).await?;
    let (session, code) = newcomer_with_code(run).await?;
    if is_verified(run, &session).await? == Some(true) {
        let reason = "somebody who has only just registered is called verified".to_owned();
        return Err(Stop::Inconclusive { reason, rests_on: Some(REGISTER_UNVERIFIED) });
    }
    Ok(Waiting { control, session, code })
}

impl<'r> Waiting<'r> {
    /// Sends another code than the right one.
    async fn sends(&self, label: &str, code: impl Into<Value>) -> Result<Refused<'r>, Stop> {
        let request = verify(&self.session.token, "").set("/code", code);
        self.control.fault(label, |_| request).await
    }

    /// That nobody was verified, whatever was answered.
    async fn nobody_is_verified(&self, run: &Run) -> Result<Refusal, Stop> {
        let verified = is_verified(run, &self.session).await?;
        Ok(never("that the address is not verified by it", move || match verified {
            Some(true) => Err("the address is verified".to_owned()),
            _ => Ok(()),
        }))
    }
}

/// The form of a wrong code's refusal.
fn holds_wrong(refusal: &Refused<'_>) {
    refusal
        .holds(VERIFY_EMAIL_WRONG_STATUS, status(422))
        .holds(VERIFY_EMAIL_WRONG_SUCCESS, says("/success", false))
        .holds(VERIFY_EMAIL_WRONG_ERROR, says("/error", "invalid_or_expired_code"))
        .holds(VERIFY_EMAIL_WRONG_MESSAGE, a_text("/message"))
        .holds(
            VERIFY_EMAIL_WRONG_TEXT,
            says("/message", "Invalid or expired verification code. Please request a new code."),
        )
        .holds(VERIFY_EMAIL_JSON_REFUSALS, is_json());
}

fn is_six_digits(code: &str) -> bool {
    code.len() == 6 && code.bytes().all(|digit| digit.is_ascii_digit())
}

/// Six digits that are not the code's.
fn other_than(code: &str) -> String {
    let turned = code.chars().map(|digit| char::from_digit(9 - digit.to_digit(10).unwrap_or(4), 10).unwrap_or('5'));
    turned.collect()
}

/// The code with another digit at its end.
fn other_last(code: &str) -> String {
    let kept = code.chars().count().saturating_sub(1);
    let last = if code.ends_with('5') { '6' } else { '5' };
    code.chars().take(kept).chain([last]).collect()
}

/// Whether the code of somebody who registers comes to the first user's address, where that is known.
async fn comes_to_another(run: &Run) -> Result<bool, Stop> {
    let Ok(another) = run.value("email") else { return Ok(false) };
    let before = mailbox::newest(run, another).await?;
    newcomer(run).await?;
    Ok(mailbox::newest(run, another).await? != before)
}

fn verifies() -> Case {
    let says = "The code that was sent verifies its user, and nobody else";
    let covers = &[
        VERIFY_EMAIL_ANSWERS,
        VERIFY_EMAIL_VERIFIES,
        VERIFY_EMAIL_ITS_USER_ONLY,
        VERIFY_EMAIL_NAMES_ITS_USER,
        VERIFY_EMAIL_MESSAGE_TEXT,
        VERIFY_EMAIL_FURTHER_MEMBERS,
        REGISTER_SENDS_A_CODE,
        REGISTER_UNVERIFIED,
        CODE_SIX_DIGITS,
        CODE_GOES_TO_ITS_ADDRESS,
    ];
    case("uptinio.verify-email.verifies", says, covers, async |run| {
        let other = unverified_newcomer(run).await?;
        let session = unverified_newcomer(run).await?;
        let told_of = super::account::validate(&session.token);
        let told_of = run.arrange(async || run.send("before verification", &told_of).await).await?;
        let code = match mailbox::arrived(run, &session.account.email, None).await {
            Ok(code) => code,
            Err(Stop::Inconclusive { reason, rests_on: Some(rests_on) }) if rests_on == REGISTER_SENDS_A_CODE => {
                told_of.holds(REGISTER_SENDS_A_CODE, found("a code in the mailbox of the address", Some(reason)));
                let elsewhere = comes_to_another(run).await?.then(|| "it comes to another user's".to_owned());
                told_of.holds(CODE_GOES_TO_ITS_ADDRESS, found("no code in the mailbox of another address", elsewhere));
                return Ok(());
            }
            Err(stop) => return Err(stop),
        };
        let before = is_verified(run, &session).await?;
        if before == Some(true) {
            told_of.holds(REGISTER_UNVERIFIED, value("/user/email_verified", false));
            return Ok(());
        }
        let answer = run.send("the code that was sent", &verify(&session.token, &code)).await?;
        let after = is_verified(run, &session).await?;
        let others = is_verified(run, &other).await?;
        let told = |wanted: Option<bool>, found: Option<bool>| {
            that("that whose the code is, and they alone, is verified", move |_| match found == wanted {
                true => Ok(()),
                false => Err(format!("`email_verified` is {found:?} and not {wanted:?}")),
            })
        };
        let digits = code.clone();
        answer
            .holds(VERIFY_EMAIL_ANSWERS, answered_200())
            .holds(REGISTER_UNVERIFIED, told(Some(false), before))
            .holds(VERIFY_EMAIL_VERIFIES, told(Some(true), after))
            .holds(VERIFY_EMAIL_ITS_USER_ONLY, told(Some(false), others))
            .holds(VERIFY_EMAIL_NAMES_ITS_USER, value("/user/email", session.account.email.as_str()))
            .holds(VERIFY_EMAIL_MESSAGE_TEXT, value("/message", "Email verified successfully"))
            .holds(REGISTER_SENDS_A_CODE, value("/success", true))
            .holds(CODE_GOES_TO_ITS_ADDRESS, value("/success", true))
            .holds(
                CODE_SIX_DIGITS,
                that("six digits in the mail", move |_| match is_six_digits(&digits) {
                    true => Ok(()),
                    false => Err(format!("a code of {} characters", digits.chars().count())),
                }),
            );
        run.observe(VERIFY_EMAIL_FURTHER_MEMBERS, members(&answer.response()));
        Ok(())
    })
}

fn already() -> Case {
    let says = "Who is verified already is told so";
    let covers = &[
        VERIFY_EMAIL_ALREADY_STATUS,
        VERIFY_EMAIL_ALREADY_SUCCESS,
        VERIFY_EMAIL_ALREADY_MESSAGE,
        VERIFY_EMAIL_ALREADY_TEXT,
        VERIFY_EMAIL_ALREADY_USER,
        VERIFY_EMAIL_ALREADY_FIRST,
    ];
    case("uptinio.verify-email.already", says, covers, async |run| {
        let (session, code) = newcomer_with_code(run).await?;
        let verify_it = verify(&session.token, &code);
        run.control(VERIFY_EMAIL_SUCCESS, verify_it.clone(), value("/success", true)).await?;
        took_effect(run, &session).await?;
        let again = run.send("the same code again", &verify_it).await?;
        again
            .holds(VERIFY_EMAIL_ALREADY_STATUS, answered_200())
            .holds(VERIFY_EMAIL_ALREADY_SUCCESS, value("/success", true))
            .holds(VERIFY_EMAIL_ALREADY_MESSAGE, crate::expect::text("/message"))
            .holds(VERIFY_EMAIL_ALREADY_TEXT, value("/message", "Email is already verified"))
            .holds(VERIFY_EMAIL_ALREADY_USER, crate::expect::text("/user/email"))
            .holds(VERIFY_EMAIL_ALREADY_USER, value("/user/email_verified", true));
        let wrong = run.send("a wrong code", &verify(&session.token, &other_than(&code))).await?;
        run.observe(VERIFY_EMAIL_ALREADY_FIRST, format!("a wrong code: {}", wrong.response().summary()));
        let none = run.send("no code", &verify(&session.token, "").without("/code")).await?;
        run.observe(VERIFY_EMAIL_ALREADY_FIRST, format!("no code: {}", none.response().summary()));
        Ok(())
    })
}

fn missing() -> Case {
    let says = "A request without a code is told that it needs one";
    let covers = &[
        VERIFY_EMAIL_REQUIRES_CODE,
        VERIFY_EMAIL_MISSING_SUCCESS,
        VERIFY_EMAIL_MISSING_ERROR,
        VERIFY_EMAIL_MISSING_MESSAGE,
        VERIFY_EMAIL_MISSING_TEXT,
        VERIFY_EMAIL_JSON_REFUSALS,
    ];
    case("uptinio.verify-email.code-missing", says, covers, async |run| {
        let waiting = waiting(run).await?;
        let without = verify(&waiting.session.token, "").without("/code");
        let refusal = waiting.control.fault("without a code", |_| without).await?;
        refusal
            .holds(VERIFY_EMAIL_REQUIRES_CODE, status(400))
            .holds(VERIFY_EMAIL_MISSING_SUCCESS, super::forms::says("/success", false))
            .holds(VERIFY_EMAIL_MISSING_ERROR, super::forms::says("/error", "code_required"))
            .holds(VERIFY_EMAIL_MISSING_MESSAGE, a_text("/message"))
            .holds(VERIFY_EMAIL_MISSING_TEXT, super::forms::says("/message", "Verification code is required"))
            .holds(VERIFY_EMAIL_JSON_REFUSALS, is_json());
        Ok(())
    })
}

fn empty() -> Case {
    let says = "A code that is empty or null verifies nobody";
    let covers = &[VERIFY_EMAIL_REFUSES_EMPTY_CODE, VERIFY_EMAIL_EMPTY_CODE, VERIFY_EMAIL_BLANKS];
    case("uptinio.verify-email.empty", says, covers, async |run| {
        let waiting = waiting(run).await?;
        for (label, code) in [("empty", json!("")), ("null", Value::Null)] {
            let refusal = waiting.sends(label, code).await?;
            let nobody = waiting.nobody_is_verified(run).await?;
            refusal.holds(VERIFY_EMAIL_REFUSES_EMPTY_CODE, refused()).holds(VERIFY_EMAIL_REFUSES_EMPTY_CODE, nobody);
            run.observe(VERIFY_EMAIL_EMPTY_CODE, format!("{label}: {}", refusal.response().summary()));
        }
        let blank = waiting.control.variant("blank", |_| verify(&waiting.session.token, "      ")).await?;
        run.observe(VERIFY_EMAIL_EMPTY_CODE, format!("blank: {}", blank.response().summary()));
        let padded = format!(" {} ", waiting.code);
        let padded =
            waiting.control.variant("with blanks around it", |_| verify(&waiting.session.token, &padded)).await?;
        run.observe(VERIFY_EMAIL_BLANKS, padded.response().status.to_string());
        Ok(())
    })
}

fn of_another_type() -> Case {
    let says = "A code that is no text verifies nobody, the right digits as a number included";
    case("uptinio.verify-email.code-of-another-type", says, &[VERIFY_EMAIL_CODE_IS_TEXT], async |run| {
        let waiting = waiting(run).await?;
        let number = waiting.code.parse::<u32>().unwrap_or_default();
        let code = waiting.code.as_str();
        let others = [
            ("the digits as a number", json!(number)),
            ("true", json!(true)),
            ("the code in an array", json!([code])),
            ("an object that holds it", json!({ "code": code })),
        ];
        for (label, other) in others {
            let refusal = waiting.sends(label, other).await?;
            let nobody = waiting.nobody_is_verified(run).await?;
            refusal.holds(VERIFY_EMAIL_CODE_IS_TEXT, refused()).holds(VERIFY_EMAIL_CODE_IS_TEXT, nobody);
        }
        Ok(())
    })
}

fn wrong() -> Case {
    let says = "Six digits that were never sent to the user are refused in the form of the document, and verify nobody";
    let covers = &[
        VERIFY_EMAIL_WRONG_STATUS,
        VERIFY_EMAIL_WRONG_SUCCESS,
        VERIFY_EMAIL_WRONG_ERROR,
        VERIFY_EMAIL_WRONG_MESSAGE,
        VERIFY_EMAIL_WRONG_TEXT,
        VERIFY_EMAIL_JSON_REFUSALS,
    ];
    case("uptinio.verify-email.wrong-code", says, covers, async |run| {
        let waiting = waiting(run).await?;
        let code = waiting.code.as_str();
        for (label, wrong) in [("other six digits", other_than(code)), ("another last digit", other_last(code))] {
            let refusal = waiting.sends(label, wrong).await?;
            holds_wrong(&refusal);
            refusal.holds(VERIFY_EMAIL_WRONG_STATUS, waiting.nobody_is_verified(run).await?);
            if refusal.response().status.is_success() {
                break;
            }
        }
        Ok(())
    })
}

fn wrong_forms() -> Case {
    let says = "A code of another length, or with other characters than digits, is a wrong one";
    let covers = &[VERIFY_EMAIL_WRONG_LENGTHS, VERIFY_EMAIL_WRONG_CHARACTERS];
    case("uptinio.verify-email.wrong-forms", says, covers, async |run| {
        let waiting = waiting(run).await?;
        let code = waiting.code.as_str();
        if !is_six_digits(code) {
            let reason = format!("the code that was sent has {} characters", code.chars().count());
            return Err(Stop::Inconclusive { reason, rests_on: Some(CODE_SIX_DIGITS) });
        }
        let (left, right) = code.split_at(3);
        let forms = [
            ("letters", "abcdef".to_owned(), VERIFY_EMAIL_WRONG_CHARACTERS),
            ("a sign in place of a digit", format!("{left}-{}", &right[1..]), VERIFY_EMAIL_WRONG_CHARACTERS),
            ("a sign among its digits", format!("{left}-{right}"), VERIFY_EMAIL_WRONG_CHARACTERS),
            ("a digit left off", code[..5].to_owned(), VERIFY_EMAIL_WRONG_LENGTHS),
            ("a zero before it", format!("0{code}"), VERIFY_EMAIL_WRONG_LENGTHS),
            ("a digit after it", format!("{code}7"), VERIFY_EMAIL_WRONG_LENGTHS),
        ];
        for (label, form, requirement) in forms {
            let refusal = waiting.sends(label, form).await?;
            refusal.holds(requirement, status(422)).holds(requirement, waiting.nobody_is_verified(run).await?);
            if refusal.response().status.is_success() {
                break;
            }
        }
        Ok(())
    })
}

fn another_users() -> Case {
    let says = "The code that was sent to somebody else is a wrong one";
    case("uptinio.verify-email.another-users", says, &[VERIFY_EMAIL_ANOTHER_USERS], async |run| {
        let waiting = waiting(run).await?;
        let others = mailbox::arrived(run, &newcomer(run).await?.email, None).await?;
        let refusal = waiting.sends("somebody else's code", others).await?;
        refusal
            .holds(VERIFY_EMAIL_ANOTHER_USERS, status(422))
            .holds(VERIFY_EMAIL_ANOTHER_USERS, waiting.nobody_is_verified(run).await?);
        Ok(())
    })
}

fn without_token() -> Case {
    let says = "A right code without a good token verifies nobody";
    let covers = &[VERIFY_EMAIL_NEEDS_TOKEN, VERIFY_EMAIL_TOKEN_REFUSAL];
    case("uptinio.verify-email.without-token", says, covers, async |run| {
        let waiting = waiting(run).await?;
        let right = verify(&waiting.session.token, &waiting.code);
        let none = run.random_text(40);
        let strangers = [
            ("without a token", right.clone().without_header(&AUTHORIZATION)),
            ("with one that is none", right.bearer(&none)),
        ];
        for (label, stranger) in strangers {
            let refusal = waiting.control.fault(label, |_| stranger).await?;
            refusal
                .holds(VERIFY_EMAIL_NEEDS_TOKEN, status(401))
                .holds(VERIFY_EMAIL_NEEDS_TOKEN, waiting.nobody_is_verified(run).await?);
            run.observe(VERIFY_EMAIL_TOKEN_REFUSAL, format!("{label}: {}", refusal.response().summary()));
        }
        Ok(())
    })
}

fn no_object() -> Case {
    let says = "A body that is no JSON object is refused, and is not the server's own failure";
    let covers = &[VERIFY_EMAIL_REFUSES_WHAT_IS_NO_OBJECT, VERIFY_EMAIL_MALFORMED_STATUS];
    case("uptinio.verify-email.no-object", says, covers, async |run| {
        let waiting = waiting(run).await?;
        let proper = json!({ "code": waiting.code }).to_string();
        for (label, body) in no_objects(proper.as_bytes()) {
            let request = verify(&waiting.session.token, "").body(body);
            let refusal = waiting.control.fault(label, |_| request).await?;
            refusal.holds(VERIFY_EMAIL_REFUSES_WHAT_IS_NO_OBJECT, refused());
            run.observe(VERIFY_EMAIL_MALFORMED_STATUS, format!("{label}: {}", refusal.response().summary()));
        }
        Ok(())
    })
}

fn expires() -> Case {
    let says = "A code is a wrong one once 15 minutes have passed";
    case("uptinio.code.expires", says, &[CODE_EXPIRES], async |run| {
        let waiting = waiting(run).await?;
        run.advance_clock(Duration::from_secs(15 * 60 + 1))?;
        let refusal = waiting.sends("15 minutes and a second later", waiting.code.as_str()).await?;
        let nobody = waiting.nobody_is_verified(run).await?;
        let wrong = waiting.sends("a wrong one", other_than(&waiting.code)).await?.response();
        refusal
            .holds(CODE_EXPIRES, status(422))
            .holds(CODE_EXPIRES, same_answer_as(&wrong))
            .holds(CODE_EXPIRES, nobody);
        Ok(())
    })
}

fn leading_zeros() -> Case {
    let says = "A code that begins with a zero verifies as any other";
    case("uptinio.code.leading-zeros", says, &[CODE_LEADING_ZEROS], async |run| {
        let (other, any) = newcomer_with_code(run).await?;
        let any = verify(&other.token, &any);
        let control = run.control(VERIFY_EMAIL_SUCCESS, any, value("/success", true)).await?;
        // Only of the embedded server it is known who was sent such a code.
        let code = run.value("unverified_code")?;
        run.mask("CODE_WITH_A_ZERO", code);
        let session = session(run, &Account::unverified(run)?).await?;
        let answer = control.variant("a code with a zero in front", |_| verify(&session.token, code)).await?;
        answer.holds(CODE_LEADING_ZEROS, value("/success", true));
        Ok(())
    })
}

fn until_then() -> Case {
    let says = "A code is good until 15 minutes have passed";
    case("uptinio.code.good-for-15-minutes", says, &[CODE_GOOD_FOR_15_MINUTES], async |run| {
        let (session, code) = newcomer_with_code(run).await?;
        run.advance_clock(Duration::from_secs(15 * 60 - 1))?;
        let answer = run.send("a second before", &verify(&session.token, &code)).await?;
        answer.holds(CODE_GOOD_FOR_15_MINUTES, value("/success", true));
        Ok(())
    })
}

fn at_the_edge() -> Case {
    let says = "Whether a code is good at 15 minutes to the second";
    case("uptinio.code.exactly-15-minutes", says, &[CODE_EXACTLY_15_MINUTES], async |run| {
        let waiting = waiting(run).await?;
        run.advance_clock(Duration::from_secs(15 * 60))?;
        let answer = waiting.control.variant("exactly then", |_| verify(&waiting.session.token, &waiting.code)).await?;
        run.observe(CODE_EXACTLY_15_MINUTES, answer.response().summary());
        Ok(())
    })
}

fn guesses() -> Case {
    let says = "Whoever guesses codes is stopped";
    case("uptinio.code.guesses", says, &[CODE_GUESSES_BOUNDED, CODE_GUESSES_ANSWER], async |run| {
        const GUESSES: usize = 20;
        let waiting = waiting(run).await?;
        let mut answers: Vec<String> = Vec::new();
        for guess in 0..GUESSES {
            let wrong = format!("{:06}", (waiting.code.parse::<usize>().unwrap_or_default() + 1 + guess) % 1_000_000);
            let request = verify(&waiting.session.token, &wrong).may_be_held_off();
            let refusal = waiting.control.fault(&format!("guess {}", guess + 1), |_| request).await?;
            let response = refusal.response();
            if response.status.is_success() {
                let reason = format!("a wrong code is taken: {}", response.summary());
                return Err(Stop::Inconclusive { reason, rests_on: Some(VERIFY_EMAIL_WRONG_STATUS) });
            }
            answers.push(format!("{} {}", response.status, response.text_at("/error").unwrap_or_default()));
        }
        let right = verify(&waiting.session.token, &waiting.code).may_be_held_off();
        let last = waiting.control.fault("the right code then", |_| right).await?;
        let changed = answers.iter().position(|answer| *answer != answers[0]);
        let verifies_still = last.response().status.is_success();
        last.holds(
            CODE_GUESSES_BOUNDED,
            never("that the right code is refused after twenty wrong ones, or that answers change", move || {
                match verifies_still && changed.is_none() {
                    true => Err(format!("the right code verifies after {GUESSES} wrong ones that were answered alike")),
                    false => Ok(()),
                }
            }),
        );
        run.observe(
            CODE_GUESSES_ANSWER,
            format!("answers change after {changed:?}; the right code then: {}", last.response().summary()),
        );
        Ok(())
    })
}
