//! POST /api/totp

use super::*;

/// A code, sent with a cookie.
fn verify(cookie: &str, code: impl Into<Value>) -> Request {
    totp(code).header("Cookie", cookie)
}

/// One that is none of the moment's.
fn wrong_code(stage: &Stage) -> String {
    let near: Vec<_> = (-1..=1).map(|steps| stage.code(steps)).collect();
    let mut codes = (0..).map(|code| format!("{code:06}"));
    codes.find(|code| !near.contains(code)).expect("another code")
}

#[tokio::test]
async fn the_code_of_the_moment_completes_the_login() {
    let stage = Stage::new([]).await;
    let pending = stage.pending().await;
    let answer = stage.send(verify(&pending, stage.code(0))).await;
    assert_eq!((answer.status, answer.json()), (200, refusal(200, "Logged in")));
    let session = session_of(&answer).expect("a session");
    assert_eq!(stage.user_of(&session).await.as_deref(), Some("carol"));
    assert!(stage.lets_in(&session).await);
    assert!(!stage.lets_in(&pending).await);
}

#[tokio::test]
async fn codes_of_one_step_to_each_side_count_and_no_others() {
    for (steps, status) in [(-2, 401), (-1, 200), (0, 200), (1, 200), (2, 401)] {
        let stage = Stage::new([]).await;
        let pending = stage.pending().await;
        assert_eq!(stage.send(verify(&pending, stage.code(steps))).await.status, status, "{steps}");
    }
}

#[tokio::test]
async fn a_code_counts_once_whichever_login_it_is_for() {
    let stage = Stage::new([]).await;
    let (pending, another, code) = (stage.pending().await, stage.pending().await, stage.code(0));
    assert_eq!(stage.send(verify(&pending, &*code)).await.status, 200);
    assert_eq!(stage.send(verify(&pending, &*code)).await.status, 401);
    assert_eq!(stage.send(verify(&another, &*code)).await.status, 401);
    stage.advance(STEP);
    assert_eq!(stage.send(verify(&another, &*code)).await.status, 401);
    assert_eq!(stage.send(verify(&another, stage.code(0))).await.status, 200);
}

#[tokio::test]
async fn a_wrong_code_is_refused() {
    let stage = Stage::new([]).await;
    let code = stage.code(0);
    for wrong in [wrong_code(&stage), format!(" {code}"), code[1..].to_owned(), format!("0{code}"), String::new()] {
        let stage = Stage::new([]).await;
        let pending = stage.pending().await;
        let answer = stage.send(verify(&pending, &*wrong)).await;
        assert_eq!((answer.status, answer.json()), (401, refusal(401, "Unauthorized")), "{wrong:?}");
        assert_eq!(answer.header("Set-Cookie"), None);
    }
}

#[tokio::test]
async fn a_missing_code_is_a_wrong_one() {
    let stage = Stage::new([]).await;
    for body in ["{}", r#"{"code": null}"#, r#"{"code": ""}"#] {
        let pending = stage.pending().await;
        assert_eq!(stage.send(totp_with(body).header("Cookie", pending)).await.status, 401, "{body}");
    }
}

#[tokio::test]
async fn without_a_login_that_waits_no_code_counts() {
    let stage = Stage::new([]).await;
    let (alices, code) = (stage.session(alice()).await, stage.code(0));
    for cookie in ["", "tinyauth-session-0=x", &alices] {
        assert_eq!(stage.send(verify(cookie, &*code)).await.status, 401, "{cookie}");
    }
}

#[tokio::test]
async fn a_malformed_code_is_a_bad_request() {
    let stage = Stage::new([]).await;
    let pending = stage.pending().await;
    for body in ["", "nonsense", "[]", r#"{"code": 123456}"#, r#"{"code": ["123456"]}"#, r#"{"code": "1"} more"#] {
        let answer = stage.send(totp_with(body).header("Cookie", &pending)).await;
        assert_eq!((answer.status, answer.json()), (400, refusal(400, "Bad Request")), "{body}");
    }
}

#[tokio::test]
async fn five_wrong_codes_hold_the_account_off_for_five_minutes() {
    let stage = Stage::new([]).await;
    for _ in 0..5 {
        let pending = stage.pending().await; // another login does not let them be forgotten
        assert_eq!(stage.send(verify(&pending, wrong_code(&stage))).await.status, 401);
    }
    let pending = stage.pending().await;
    let answer = stage.send(verify(&pending, stage.code(0))).await;
    let message = "Too many failed TOTP attempts. Try again in 300 seconds";
    assert_eq!((answer.status, answer.json()), (429, refusal(429, message)));
    assert_eq!(answer.header("Retry-After"), Some("300"));
    stage.advance(Duration::from_secs(300));
    assert_eq!(stage.send(verify(&pending, stage.code(0))).await.status, 200);
}

pub(super) async fn departs(deviation: Deviation, stage: &Stage) -> Option<bool> {
    let pending = async || stage.pending().await;
    let status = async |request| stage.send(request).await.status;
    let wrong = wrong_code(stage);
    let by = async |method| status(Request { method, ..verify(&pending().await, stage.code(0)) }).await;
    Some(match deviation {
        Deviation::TotpSkipped => {
            let answer = stage.send(carol()).await;
            answer.json()["totpPending"] == "false" && stage.lets_in(session_of(&answer)?).await
        }
        Deviation::PendingCountsAtAuth => {
            stage.lets_in(&pending().await).await && stage.user_of(&pending().await).await.is_none()
        }
        Deviation::PendingCountsAtUser => {
            stage.user_of(&pending().await).await.is_some() && !stage.lets_in(&pending().await).await
        }
        Deviation::AnyCode => {
            status(verify(&pending().await, wrong)).await == 200
                && status(verify(&pending().await, "1234567")).await == 401
        }
        Deviation::CodeWindowOfAnHour => {
            let old = verify(&pending().await, stage.code(-120));
            status(old).await == 200 && status(verify(&pending().await, stage.code(120))).await == 200
        }
        Deviation::CodeCountsTwice => {
            let first = status(verify(&pending().await, stage.code(0))).await;
            first == 200 && status(verify(&pending().await, stage.code(0))).await == 200
        }
        Deviation::CodeAloneLogsIn => {
            let answer = stage.send(totp(stage.code(0))).await;
            stage.user_of(session_of(&answer).unwrap_or_default()).await.as_deref() == Some("carol")
        }
        Deviation::CodeWithBasic => status(basic(totp(stage.code(0)), "carol", "carol's secret")).await == 200,
        Deviation::CodeWithoutLoginCrashes => status(totp(stage.code(0))).await == 500,
        Deviation::EmptyCodeAccepted => {
            let missing = totp_with("{}").header("Cookie", &pending().await);
            status(verify(&pending().await, "")).await == 200 && status(missing).await == 200
        }
        Deviation::NumericCodeAccepted => {
            let number: u32 = stage.code(0).parse().expect("digits");
            status(verify(&pending().await, number)).await == 200
        }
        Deviation::MalformedCodeCrashes => status(totp_with("[]").header("Cookie", &pending().await)).await == 500,
        Deviation::RefusedCodeSetsSession => {
            let answer = stage.send(verify(&pending().await, wrong)).await;
            answer.status == 401 && stage.lets_in(session_of(&answer).unwrap_or_default()).await
        }
        Deviation::RefusedCodeIs400 => status(verify(&pending().await, wrong)).await == 400,
        Deviation::CodesUnlimited => {
            for _ in 0..20 {
                stage.send(verify(&pending().await, &*wrong)).await;
            }
            status(verify(&pending().await, wrong)).await == 401
        }
        Deviation::TotpSetsNoSession => {
            let answer = stage.send(verify(&pending().await, stage.code(0))).await;
            answer.status == 200 && answer.header("Set-Cookie").is_none()
        }
        Deviation::CodeByAnyMethod => by("PUT").await == 200 && by("GET").await == 200 && by("DELETE").await == 200,
        _ => return None,
    })
}
