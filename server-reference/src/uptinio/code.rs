//! Verification codes: six digits that count for a while, once, and for a few guesses.

use super::Deviation;
use super::instance::Instance;
use crate::clock::whole_seconds;
use std::io;
use std::time::{Duration, SystemTime};

/// So long a code counts.
const LIFETIME: Duration = Duration::from_secs(15 * 60);

/// So long after one mail with a code the next one may be asked for.
const WAIT: Duration = Duration::from_secs(60);

/// So many wrong guesses make a code worthless.
const GUESSES_AT_A_CODE: u32 = 10;

/// So many wrong guesses in all an account has (NIST SP 800-63B-4 §3.2.2).
const GUESSES: u32 = 100;

/// What an account's address is verified by.
#[derive(Default, Clone)]
pub(super) struct Verification {
    code: Option<Code>,
    sent: Option<SystemTime>,
    wrong_guesses: u32,
    /// The code that it was verified by.
    redeemed: Option<String>,
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
pub(super) fn random(instance: &Instance) -> io::Result<String> {
    if instance.deviates(Deviation::CodeConstant) {
        return Ok("271828".to_owned());
    }
    if instance.deviates(Deviation::CodeOfLetters) {
        let mut letters = String::from(fastrand::uppercase());
        letters.extend((1..6).map(|_| fastrand::alphanumeric().to_ascii_uppercase()));
        return Ok(letters);
    }
    let mut digits = six_digits()?;
    while instance.deviates(Deviation::CodeFrom100000) && digits.starts_with('0') {
        digits = six_digits()?;
    }
    Ok(match instance.deviates(Deviation::CodeOf5Digits) {
        true => digits[1..].to_owned(),
        false => digits,
    })
}

fn six_digits() -> io::Result<String> {
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

/// How long a code counts on a server.
fn lifetime(instance: &Instance) -> Duration {
    if instance.deviates(Deviation::CodeGoodFor5Minutes) {
        LIFETIME / 3
    } else if instance.deviates(Deviation::CodeNeverExpires) {
        1_000_000 * LIFETIME
    } else {
        LIFETIME
    }
}

/// How long one has to wait for the next code on a server.
fn pause(instance: &Instance) -> Duration {
    if instance.deviates(Deviation::ResendAtOnce) {
        Duration::ZERO
    } else if instance.deviates(Deviation::ResendAfter30Seconds) {
        WAIT / 2
    } else if instance.deviates(Deviation::ResendAfter5Minutes) {
        5 * WAIT
    } else {
        WAIT
    }
}

impl Verification {
    /// The code that was sent now. It takes the place of the one before.
    pub(super) fn sent(&mut self, instance: &Instance, digits: String) {
        let now = instance.clock.now();
        self.code = Some(Code { digits, until: now + lifetime(instance), wrong_guesses: 0 });
        self.sent = Some(now);
    }

    /// The same without a new wait, for servers that send what they refuse to send.
    pub(super) fn sent_besides(&mut self, instance: &Instance, digits: String) {
        let before = self.sent;
        self.sent(instance, digits);
        self.sent = before;
    }

    /// How long to wait for the next code may be asked for: whole seconds, 1 to 60. `None`: not at all.
    pub(super) fn wait(&self, instance: &Instance) -> Option<u64> {
        let until = self.sent? + pause(instance);
        let wait = until.duration_since(instance.clock.now()).ok().filter(|wait| !wait.is_zero())?;
        Some(whole_seconds(wait))
    }

    /// Whether a guess is the code. If it is, it was so for the last time. What cannot be a code is no guess.
    pub(super) fn redeem(&mut self, instance: &Instance, guess: &str) -> bool {
        let Some(code) = &mut self.code else { return false };
        if guess.starts_with('0') && instance.deviates(Deviation::CodeFrom100000) {
            return false;
        }
        let is_guessed_out = code.wrong_guesses >= GUESSES_AT_A_CODE || self.wrong_guesses >= GUESSES;
        if instance.clock.now() >= code.until || is_guessed_out && !instance.deviates(Deviation::GuessesUnbounded) {
            return false;
        }
        if is_same(instance, &code.digits, guess) {
            self.redeemed = Some(code.digits.clone());
            self.code = None;
            return true;
        }
        if is_code(guess) {
            code.wrong_guesses += 1;
            self.wrong_guesses += 1;
        }
        false
    }

    /// Whether it is this code that the address was verified by.
    pub(super) fn was_redeemed_by(&self, guess: &str) -> bool {
        self.redeemed.as_deref() == Some(guess)
    }
}

/// Whether a guess is a code, and the ways in which servers compare them otherwise.
fn is_same(instance: &Instance, code: &str, guess: &str) -> bool {
    let number = |text: &str| text.parse::<u64>().ok();
    let beginning = |text: &str| text.get(..5).map(str::to_owned);
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    code == guess
        || instance.deviates(Deviation::CodeReadAsNumber) && number(guess).is_some_and(|it| number(code) == Some(it))
        || instance.deviates(Deviation::CodeByItsBeginning)
            && beginning(guess).is_some_and(|it| beginning(code) == Some(it))
        || instance.deviates(Deviation::CodeCutToLength) && guess.get(..6) == Some(code)
        || instance.deviates(Deviation::CodeStripped) && digits(guess) == code
        || instance.deviates(Deviation::AnyCode) && is_code(guess)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_six_digits() {
        let codes: Vec<_> = (0..1000).map(|_| six_digits().expect("randomness")).collect();
        assert!(codes.iter().all(|code| is_code(code)));
        assert!(codes.iter().any(|code| code.starts_with('0')) && codes[0] != codes[1]);
        for other in ["", "12345", "1234567", "12345x", "١٢٣٤٥٦"] {
            assert!(!is_code(other), "{other}");
        }
    }
}
