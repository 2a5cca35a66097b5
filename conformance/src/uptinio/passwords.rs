//! Answers that tell a password, or what one was made into.

use crate::expect::{Expect, that};
use serde_json::Value;

/// How the hashes begin that passwords are kept as.
const HASHES: [&str; 6] = ["$2a$", "$2b$", "$2y$", "$argon2", "$scrypt$", "$pbkdf2"];

/// Neither this password nor any other, and no hash of one.
pub(super) fn tells_no_password(known: Option<&str>) -> Expect {
    let known = known.map(str::to_owned);
    that("neither a password nor a hash of one", move |response| {
        let told = response.json().and_then(|json| told_in(json, known.as_deref(), ""));
        let is_in_body = |password: &str| String::from_utf8_lossy(&response.body).contains(password);
        match told {
            Some(place) => Err(format!("one at {place}")),
            None if known.as_deref().is_some_and(is_in_body) => Err("the password in the body".to_owned()),
            None => Ok(()),
        }
    })
}

/// Where a JSON value tells a password.
fn told_in(json: &Value, known: Option<&str>, place: &str) -> Option<String> {
    match json {
        Value::Object(members) => members.iter().find_map(|(name, value)| {
            let place = format!("{place}/{name}");
            let is_secret = names_password(name) && value.as_str().is_some_and(|text| !text.is_empty());
            if is_secret { Some(place) } else { told_in(value, known, &place) }
        }),
        Value::Array(items) => {
            items.iter().enumerate().find_map(|(index, item)| told_in(item, known, &format!("{place}/{index}")))
        }
        Value::String(text) => {
            let is_hash = HASHES.iter().any(|hash| text.starts_with(hash));
            (is_hash || known.is_some_and(|known| text.contains(known))).then(|| place.to_owned())
        }
        _ => None,
    }
}

/// Whether a member of this name holds a password, or what one was made into.
fn names_password(name: &str) -> bool {
    let name = name.to_lowercase();
    ["password", "encrypted_password", "password_digest", "password_hash", "provisional_password"].contains(&&*name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_password_is_found_by_its_name_its_value_and_the_look_of_its_hash() {
        for told in [
            json!({"user": {"password": "x"}}),
            json!({"user": {"password_digest": "0a1b"}}),
            json!({"sent": [{"with": "known-Pw1"}]}),
            json!({"digest": "$2a$12$abc"}),
        ] {
            assert!(told_in(&told, Some("known-Pw1"), "").is_some(), "{told}");
        }
    }

    #[test]
    fn what_merely_speaks_of_passwords_tells_none() {
        let told = json!({"message": "A password was sent", "password_changed_at": "2024-01-01", "password": null});
        assert_eq!(told_in(&told, Some("known-Pw1"), ""), None);
    }
}
