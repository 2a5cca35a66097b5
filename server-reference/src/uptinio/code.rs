//! Verification codes: six digits that count for a while, once, and for a few guesses.

use crate::clock::whole_seconds;
use std::io;
use std::time::{Duration, SystemTime};

/// So long a code counts.
const LIFETIME: Duration = Duration::from_secs(15 * 60);

/// So long after one mail with a code the next one may be asked for.
const WAIT: Duration = Duration::from_secs(60);

/// So many wrong guesses make a code worthless.
const GUESSES_AT_A_CODE: u32 = 5;

/// So many wrong guesses in all an account has (NIST SP 800-63B §3.2.2).
const GUESSES: u32 = 100;

/// What an account's address is verified by.
#[derive(Default, Clone)]
pub(super) struct Verification {
    code: Option<Code>,
    sent: Option<SystemTime>,
    wrong_guesses: u32,
}

/// Without `Debug`: it is a secret.
#[derive(Clone)]
struct Code {
    digits: String,
    until: SystemTime,
    wrong_guesses: u32,
}

/// A new code: each of the million is as likely.
///
/// # Errors
///
/// The system has no randomness to give.
pub(super) fn random() -> io::Result<String> {
    loop {
        let mut bytes = [0; 4];
        getrandom::fill(&mut bytes)?;
        let number = u32::from_le_bytes(bytes);
        // The rest of the numbers would make some codes likelier.
        if number < u32::MAX / 1_000_000 * 1_000_000 {
            return Ok(format!("{:06}", number % 1_000_000));
        }
    }
}

/// Whether a text is six digits.
pub(super) fn is_code(text: &str) -> bool {
    text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit())
}

impl Verification {
    /// The code that was sent now. It takes the place of the one before.
    pub(super) fn sent(&mut self, digits: String, now: SystemTime) {
        self.code = Some(Code { digits, until: now + LIFETIME, wrong_guesses: 0 });
        self.sent = Some(now);
    }

    /// How long to wait for the next code may be asked for: whole seconds, 1 to 60. `None`: not at all.
    pub(super) fn wait(&self, now: SystemTime) -> Option<u64> {
        let wait = (self.sent? + WAIT).duration_since(now).ok().filter(|wait| !wait.is_zero())?;
        Some(whole_seconds(wait))
    }

    /// Whether a text is the code. If it is, it was so for the last time.
    pub(super) fn redeem(&mut self, guess: &str, now: SystemTime) -> bool {
        let Some(code) = &mut self.code else { return false };
        if now >= code.until || code.wrong_guesses >= GUESSES_AT_A_CODE || self.wrong_guesses >= GUESSES {
            return false;
        }
        if code.digits == guess {
            self.code = None;
            return true;
        }
        code.wrong_guesses += 1;
        self.wrong_guesses += 1;
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_six_digits() {
        let codes: Vec<_> = (0..1000).map(|_| random().expect("randomness")).collect();
        assert!(codes.iter().all(|code| is_code(code)));
        assert!(codes.iter().any(|code| code.starts_with('0')) && codes[0] != codes[1]);
        for other in ["", "12345", "1234567", "12345x", "١٢٣٤٥٦"] {
            assert!(!is_code(other), "{other}");
        }
    }

    #[test]
    fn a_hundred_wrong_guesses_are_all_that_an_account_has() {
        let (mut verification, now) = (Verification::default(), SystemTime::UNIX_EPOCH);
        for _ in 0..20 {
            verification.sent("123456".to_owned(), now);
            for _ in 0..5 {
                assert!(!verification.redeem("654321", now));
            }
        }
        verification.sent("123456".to_owned(), now);
        assert!(!verification.redeem("123456", now));
    }
}
