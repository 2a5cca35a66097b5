//! Running the binary.

use std::process::{Command, Output};

/// The binary, in an environment that holds no configuration.
pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_probity"));
    clean(&mut command);
    command.args(arguments);
    command
}

/// Takes a program out of what the tests' own environment would have it do.
pub(crate) fn clean(command: &mut Command) {
    command.env("NO_COLOR", "1").env("XDG_STATE_HOME", env!("CARGO_TARGET_TMPDIR"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("PROBITY_")) {
        command.env_remove(name);
    }
}

/// What a run came to.
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

pub(crate) fn ended(mut command: Command) -> Ended {
    let Output { status, stdout, stderr } = command.output().expect("the binary runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("what it prints is UTF-8");
    Ended { code: status.code(), out: text(stdout), err: text(stderr) }
}

pub(crate) fn probity(arguments: &[&str]) -> Ended {
    ended(command(arguments))
}

impl Ended {
    /// Asserts the exit code, and shows what was printed if it is another.
    pub(crate) fn with(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "\n{}{}", self.out, self.err);
        self
    }

    /// Asserts that a usage or configuration error was told in these words.
    pub(crate) fn told(self, words: &[&str]) {
        let ended = self.with(2);
        for word in words {
            assert!(ended.err.contains(word), "{word:?} is not in: {}", ended.err);
        }
    }
}
