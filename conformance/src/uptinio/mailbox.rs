//! The verification codes that a target mails.

use crate::run::{Run, Stop};
use probity_fixtures::uptinio::requirement::{REGISTER_SENDS_A_CODE, RESEND_SENDS_A_CODE};
use std::process::Stdio;
use std::time::Duration;
use tokio::process::Command;
use tokio::time::timeout;

/// How long the command that reads a mailbox may take.
const LONGEST: Duration = Duration::from_secs(20);

/// How long a mail may be on its way, and how often it is looked for.
const PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_secs(1);

/// The newest code that has come to an address, if any has.
pub(super) async fn newest(run: &Run, address: &str) -> Result<Option<String>, Stop> {
    let code = match run.mailbox() {
        Some(mailbox) => mailbox(address),
        None => printed(run.value("code_command")?, address).await?,
    };
    if let Some(code) = &code {
        run.mask("CODE", code);
    }
    Ok(code)
}

/// The code that comes to an address by registering, or by asking for another than the one that was there `before`.
pub(super) async fn arrived(run: &Run, address: &str, before: Option<&str>) -> Result<String, Stop> {
    let mut waited = Duration::ZERO;
    loop {
        match newest(run, address).await? {
            Some(code) if Some(code.as_str()) != before => return Ok(code),
            _ if waited >= PATIENCE || run.is_embedded() => break,
            _ => run.pause(PAUSE).await,
        }
        waited += PAUSE;
    }
    let reason = format!("no new code came to {address} within {} s", waited.as_secs());
    let rests_on = if before.is_some() { RESEND_SENDS_A_CODE } else { REGISTER_SENDS_A_CODE };
    Err(Stop::Inconclusive { reason, rests_on: Some(rests_on) })
}

/// What the command prints for an address, which it gets by its environment.
async fn printed(command: &str, address: &str) -> Result<Option<String>, Stop> {
    let failed = |what: String| Stop::Inconclusive { reason: format!("`code_command` {what}"), rests_on: None };
    let mut shell = Command::new("sh");
    // What it may tell of a secret goes into no report.
    shell.args(["-c", command]).env("EMAIL", address).stdin(Stdio::null()).stderr(Stdio::inherit()).kill_on_drop(true);
    let output = timeout(LONGEST, shell.output()).await;
    let output = output.map_err(|_| failed(format!("did not end within {} s", LONGEST.as_secs())))?;
    let output = output.map_err(|error| failed(format!("could not be run: {error}")))?;
    if !output.status.success() {
        return Err(failed(format!("ended with {}; what it said is on standard error", output.status)));
    }
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    Ok((!text.is_empty()).then_some(text))
}
