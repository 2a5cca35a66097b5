//! Codes by real mail: the reference server brings them to an SMTP server that is not ours, and the suite reads them there.

use crate::deployment::Deployment;
use crate::probity::{command, ended};
use crate::skipped;
use serde_json::Value;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Takes whatever mails come, and keeps them in a file for each address; says first at which port.
const MAIL_SERVER: &str = r#"
import asyncio, pathlib, sys
from aiosmtpd.smtp import SMTP

class Mailboxes:
    async def handle_DATA(self, server, session, envelope):
        for address in envelope.rcpt_tos:
            with open(pathlib.Path(sys.argv[1], address), "ab") as mailbox:
                mailbox.write(envelope.content)
        return "250 it is kept"

async def serve():
    smtp = lambda: SMTP(Mailboxes(), hostname="mail.example")
    server = await asyncio.get_running_loop().create_server(smtp, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()

asyncio.run(serve())
"#;

/// Prints the newest code that came to `$EMAIL`, if any has.
const CODE_COMMAND: &str =
    r#"sed -n 's/^Your verification code is \([0-9]*\).*/\1/p' "$MAILBOXES/$EMAIL" 2>/dev/null | tail -n 1"#;

/// A running mail server.
struct MailServer {
    process: Child,
    address: String,
}

impl MailServer {
    /// With an empty folder for its mailboxes. None where the machine cannot run one.
    fn start(mailboxes: &Path) -> Option<Self> {
        let has_it = Command::new("python3").args(["-c", "import aiosmtpd"]).stderr(Stdio::null()).status();
        if !has_it.is_ok_and(|status| status.success()) {
            skipped("there is no mail server here: install aiosmtpd for the python3 of the PATH");
            return None;
        }
        let mut process = Command::new("python3");
        process.args(["-c", MAIL_SERVER]).arg(mailboxes).stdout(Stdio::piped());
        let mut process = process.spawn().expect("python3 runs");
        let mut port = String::new();
        BufReader::new(process.stdout.take().expect("it is piped")).read_line(&mut port).expect("text");
        let server = Self { process, address: format!("127.0.0.1:{}", port.trim()) };
        assert!(port.trim().parse::<u16>().is_ok(), "the mail server listens: {port:?}");
        Some(server)
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        // One that has ended already is what is wanted.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn codes_are_read_where_real_mail_has_brought_them() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mailboxes = folder.path().join("mailboxes");
    std::fs::create_dir(&mailboxes).expect("a folder");
    let Some(mail_server) = MailServer::start(&mailboxes) else { return };
    let uptinio = Deployment::uptinio_by_mail(&mail_server.address);

    let json = folder.path().join("report.json");
    let mut run = command(&["--target", &format!("uptinio={}", uptinio.url), "--allow", "permanent"]);
    for cases in ["uptinio.verify-email.*", "uptinio.register.sends-a-code", "uptinio.quick-register.sends-a-code"] {
        run.args(["--filter", cases]);
    }
    run.args(["--report", &format!("json={}", json.display())]);
    run.env("PROBITY_UPTINIO_CODE_COMMAND", CODE_COMMAND).env("MAILBOXES", &mailboxes);
    let told = ended(run).with(0).out;

    let report: Value = serde_json::from_str(&std::fs::read_to_string(json).expect("written")).expect("JSON");
    let cases = report["cases"].as_array().expect("cases");
    let (skipped, passed): (Vec<_>, Vec<_>) = cases.iter().partition(|case| case["verdict"] == "skip");
    assert!(passed.len() > 10 && passed.iter().all(|case| case["verdict"] == "pass"), "{told}");
    for case in skipped {
        assert!(case["skip"].as_str().is_some_and(|why| why.contains("clock")), "{case:#}");
    }
    let mailbox = |mailbox: std::io::Result<std::fs::DirEntry>| {
        std::fs::read_to_string(mailbox.expect("a file").path()).expect("text")
    };
    let mailboxes: Vec<_> = std::fs::read_dir(&mailboxes).expect("a folder").map(mailbox).collect();
    assert!(mailboxes.len() > 10, "{} mailboxes", mailboxes.len());
    for mails in mailboxes {
        assert!(
            mails.contains("From: Uptinio <no-reply@uptinio.example>") && mails.contains("Subject: Your "),
            "{mails}"
        );
    }
}
