//! Which cookies an answer leaves one with.

use probity::ErrorKind;
use probity::tinyauth::{LoggedIn, SessionChange, SessionCookie};
use proptest::prelude::*;
use secrecy::ExposeSecret as _;

use crate::answer::{answer, logged_in, session};

/// The session that a login with these cookies gives, or what is said instead.
fn session_of(set_cookie: &[&str]) -> Result<String, String> {
    match logged_in("", set_cookie) {
        Ok(LoggedIn::Complete(session)) => Ok(session.export().expose_secret().to_owned()),
        Ok(LoggedIn::TotpRequired(_)) => panic!("no code is wanted"),
        Err(error) => {
            assert!(matches!(error.kind(), ErrorKind::Undecodable(_)), "{error:?}");
            Err(error.to_string())
        }
    }
}

#[test]
fn a_session_is_what_its_cookie_says() {
    for attributes in
        ["", "; Path=/; HttpOnly", "; Max-Age=86400", "; expires=Fri, 31 Dec 9999 23:59:59 GMT; Secure; SameSite=Lax"]
    {
        let line = format!("tinyauth-session-f8b72323=a=b/c+d=={attributes}");
        assert_eq!(session_of(&[&line]), Ok("tinyauth-session-f8b72323=a=b/c+d==".to_owned()), "{line}");
    }
}

proptest! {
    #[test]
    fn what_is_exported_of_a_session_is_that_session_again(value in "[ -~]{1,24}", attributes in "(; Path=/)?") {
        let cookie = format!("tinyauth-session-1={value}{attributes}");
        let Ok(LoggedIn::Complete(session)) = logged_in("", &[&cookie]) else { return Ok(()) };
        let exported = session.export();
        let again = SessionCookie::import(exported.clone()).expect("a session").export();
        prop_assert_eq!(again.expose_secret(), exported.expose_secret());
    }
}

#[test]
fn the_last_word_on_a_cookie_counts() {
    assert_eq!(session_of(&["tinyauth-session-1=old", "tinyauth-session-1=new"]), Ok("tinyauth-session-1=new".into()));
    assert!(session_of(&["tinyauth-session-1=old", "tinyauth-session-1=; Max-Age=0"]).is_err());
    assert!(session_of(&["tinyauth-session-1=; Max-Age=0", "tinyauth-session-1=new"]).is_ok());
    // Another deployment's, on the way out.
    assert_eq!(
        session_of(&["tinyauth-session-1=new", "tinyauth-session-2=; Max-Age=0"]),
        Ok("tinyauth-session-1=new".into())
    );
}

#[test]
fn a_clean_up_under_another_path_or_domain_undoes_no_login() {
    let set = "tinyauth-session-1=new; Path=/; Domain=example.com";
    for clean_up in [
        "tinyauth-session-1=; Path=/api; Domain=example.com; Max-Age=0",
        "tinyauth-session-1=; Path=/; Max-Age=0",
        "tinyauth-session-1=; Path=/; Domain=auth.example.com; Max-Age=0",
    ] {
        assert_eq!(session_of(&[set, clean_up]), Ok("tinyauth-session-1=new".into()), "{clean_up}");
    }
    for end in [
        "tinyauth-session-1=; Path=/; Domain=example.com; Max-Age=0",
        "tinyauth-session-1=; Path=/; Domain=.EXAMPLE.com; Max-Age=0",
    ] {
        session_of(&[set, end]).expect_err(end);
    }
}

#[test]
fn a_session_is_known_by_any_name_where_it_is_the_only_cookie() {
    for (set_cookie, is) in [
        (&["sid=abc; Path=/; HttpOnly"][..], "sid=abc"),
        (&["sid=abc", "old=; Max-Age=0"], "sid=abc"),
        (&["tinyauth-csrf-1=; Max-Age=0", "tinyauth-redirect-1=abc", "__Host-session=abc"], "__Host-session=abc"),
        (&["route=a", "tinyauth-session-1=abc"], "tinyauth-session-1=abc"),
    ] {
        assert_eq!(session_of(set_cookie), Ok(is.to_owned()), "{set_cookie:?}");
    }
    let told = session_of(&["sid=abc", "route=a"]).expect_err("either");
    assert!(
        told.ends_with("expected the cookie of a session; found several, and which of them it is not told"),
        "{told}"
    );
    session_of(&["route=a", "tinyauth-session-1=; Max-Age=0"]).expect_err("the session is deleted, the other is none");
}

#[test]
fn a_login_that_sets_no_session_is_none_whatever_it_says() {
    for set_cookie in [
        &[][..],
        &["tinyauth-oauth-1=abc"],
        &["tinyauth-csrf-1=abc"],
        &["tinyauth-session-1"],
        &["tinyauth-session-1=\u{e9}"],
    ] {
        let told = session_of(set_cookie).expect_err("no session");
        let end = "answered 200 OK and cannot be read, at `set-cookie`: expected the cookie of a session; found none";
        assert!(told.ends_with(end), "{set_cookie:?}: {told}");
    }
}

#[test]
fn a_login_that_only_deletes_a_session_says_so() {
    for line in [
        "tinyauth-session-1=; Path=/; Max-Age=0; HttpOnly",
        "tinyauth-session-1=abc; Max-Age=0",
        "tinyauth-session-1=abc; Max-Age=-1",
        "tinyauth-session-1=abc; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
        "tinyauth-session-1=",
    ] {
        let told = session_of(&[line]).expect_err(line);
        assert!(told.ends_with("expected the cookie of a session; found nothing but its deletion"), "{line}: {told}");
    }
}

#[test]
fn a_cookie_is_over_by_the_clock_of_the_server() {
    let change = |date| {
        let cookie = "tinyauth-session-f8b72323=abc; Expires=Sun, 06 Nov 1994 08:49:37 GMT";
        session("FIRST").changed_by(answer(200, &[("date", date), ("set-cookie", cookie)], "").headers())
    };
    let is_set = |change| matches!(change, Some(SessionChange::Set(_)));
    assert!(is_set(change("Sun, 06 Nov 1994 08:49:36 GMT")));
    assert!(!is_set(change("Sun, 06 Nov 1994 08:49:37 GMT")));
    assert!(!is_set(change("no date")), "ours, then");
}
