//! What the program prints when a server has started.

use secrecy::{ExposeSecret as _, SecretString};
use std::io::{self, Write};
use std::net::SocketAddr;

/// Where a server is, who can log in, and how to try it with curl.
pub(crate) struct Greeting {
    /// What answers, and where.
    pub(crate) heading: String,
    pub(crate) deviations: Vec<&'static str>,
    /// A line for each.
    pub(crate) users: Vec<String>,
    /// Lines for a shell.
    pub(crate) script: Vec<String>,
}

/// Whether the users' secrets may be printed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Secrets {
    Public,
    Kept,
}

impl Greeting {
    pub(crate) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        writeln!(out, "{}\n", self.heading)?;
        if !self.deviations.is_empty() {
            list(out, "It departs from the document:", &self.deviations)?;
            writeln!(out)?;
        }
        list(out, "Users:", &self.users)?;
        if !self.script.is_empty() {
            writeln!(out)?;
            list(out, "Try it:", &self.script)?;
        }
        writeln!(out)?;
        out.flush()
    }
}

fn list(out: &mut impl Write, heading: &str, lines: &[impl AsRef<str>]) -> io::Result<()> {
    writeln!(out, "{heading}")?;
    lines.iter().try_for_each(|line| writeln!(out, "  {}", line.as_ref()))
}

impl Secrets {
    /// Of the users of a file, or of those whose passwords everybody knows: with a warning, if others can reach them.
    pub(crate) fn of_seed<Seed>(of_file: Option<&Seed>, address: SocketAddr) -> Self {
        if of_file.is_some() {
            return Secrets::Kept;
        }
        if !address.ip().is_loopback() {
            eprintln!(
                "warning: other machines can reach {address}, and everybody knows the sample users' passwords: \
                 --seed gives users of your own"
            );
        }
        Secrets::Public
    }

    /// `, name: secret`, or nothing.
    pub(crate) fn told(self, name: &str, secret: &SecretString) -> String {
        match self {
            Secrets::Public => format!(", {name}: {}", secret.expose_secret()),
            Secrets::Kept => String::new(),
        }
    }
}
