//! The codes of the account with TOTP.

use crate::run::{Run, Stop};
use std::time::{Duration, SystemTime};
use totp_rs::{Builder, Secret, Totp};

/// How long a code is that of the moment.
pub(super) const STEP: Duration = Duration::from_secs(30);

/// Makes the account's codes from its secret.
pub(super) struct Codes<'r> {
    run: &'r Run,
    totp: Totp,
}

impl<'r> Codes<'r> {
    /// # Errors
    /// [`Stop::Skip`] when the target's configuration gives no secret, or none that is base32.
    pub(super) fn of(run: &'r Run) -> Result<Self, Stop> {
        let secret = run.value("totp_secret")?;
        let wrong = |what: String| Stop::Skip(format!("`totp_secret` is no TOTP secret in base32: {what}"));
        let secret = Secret::try_from_base32(secret.replace([' ', '='], "").to_uppercase());
        let secret = secret.map_err(|error| wrong(error.to_string()))?;
        // The defaults are what Tinyauth takes: SHA-1, six digits, 30 s. Its secrets may be shorter than is recommended.
        let totp = Builder::new().with_secret(secret).build_noncompliant();
        Ok(Self { run, totp })
    }

    /// The code of the moment.
    pub(super) fn now(&self) -> String {
        self.at(self.run.now())
    }

    /// The code of so many steps before the moment.
    pub(super) fn before(&self, steps: u32) -> String {
        self.at(self.run.now() - STEP * steps)
    }

    /// The code of so many steps after the moment.
    pub(super) fn after(&self, steps: u32) -> String {
        self.at(self.run.now() + STEP * steps)
    }

    /// A code of neither the moment nor the steps around it.
    pub(super) fn wrong(&self) -> String {
        let near: Vec<_> = (0..=40).flat_map(|steps| [self.before(steps), self.after(steps)]).collect();
        let codes = (0..1_000_000u32).map(|number| format!("{:06}", (number * 7919 + 123_456) % 1_000_000));
        let wrong = codes.into_iter().find(|code| !near.contains(code)).unwrap_or_default();
        self.run.mask("WRONG_TOTP_CODE", &wrong);
        wrong
    }

    /// The number of the moment's step.
    pub(super) fn step(&self) -> u64 {
        seconds(self.run.now()) / STEP.as_secs()
    }

    /// How long it is until the next step has surely begun.
    pub(super) fn until_next_step(&self) -> Duration {
        STEP - Duration::from_secs(seconds(self.run.now()) % STEP.as_secs()) + Duration::from_secs(1)
    }

    fn at(&self, time: SystemTime) -> String {
        let code = self.totp.generate(seconds(time)).to_string();
        self.run.mask("TOTP_CODE", &code);
        code
    }
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs()
}
