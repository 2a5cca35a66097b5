//! What differs from run to run and means nothing: made-up names, ids, times of day, ports.

/// A shorter word is no id.
const SHORTEST: usize = 8;

/// The text with an ellipsis for each word that looks made up, so that two runs of one server tell the same.
pub(super) fn stable(text: &str) -> String {
    let mut stable = String::new();
    let mut word = String::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        // A point or colon between digits belongs to a number, a time or an address.
        let within = ".:".contains(letter)
            && word.ends_with(|last: char| last.is_ascii_digit())
            && letters.peek().is_some_and(char::is_ascii_digit);
        if letter.is_ascii_alphanumeric() || "-_".contains(letter) || within {
            word.push(letter);
        } else {
            stable += settled(&word);
            stable.push(letter);
            word.clear();
        }
    }
    stable + settled(&word)
}

fn settled(word: &str) -> &str {
    if word.len() >= SHORTEST && is_made_up(word) { "…" } else { word }
}

/// Letters and digits that change places twice and more, or more digits than a count or a span of seconds has.
fn is_made_up(word: &str) -> bool {
    let kinds: Vec<bool> =
        word.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.is_ascii_digit()).collect();
    let changes = kinds.windows(2).filter(|pair| pair[0] != pair[1]).count();
    changes >= 2 || kinds.iter().filter(|digit| **digit).count() >= 10
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_up_for_a_run_does_not_count_and_what_a_server_chooses_does() {
        for (text, expected) in [
            (r#"{"id":"394f622a-33d0-8b18-aea0-cbff7e790472"}"#, r#"{"id":"…"}"#),
            ("200 OK, created 2026-11-25T15:22:24.000Z", "200 OK, created …"),
            ("http://127.0.0.1:42295/authorize", "http://…/authorize"),
            (r#"{"username":"totp-a4VJmVZo"}"#, r#"{"username":"…"}"#),
            ("expires in 2592000 s as umami-3.1.0", "expires in 2592000 s as umami-3.1.0"),
            ("429 Too Many Requests after 10 of 12", "429 Too Many Requests after 10 of 12"),
            ("iat 1764084144", "iat …"),
        ] {
            assert_eq!(stable(text), expected);
        }
    }
}
